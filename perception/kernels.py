"""Compiled inner loops of segmentation and fitting: plain arrays in, plain arrays out.

They are here for speed alone; what they mean is said where they are called,
in ``segments`` and ``footprints``.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64

MOST_SKIPPED = 4  # Farthest points of a direction that may be left out as noise.


@numba.njit(cache=True, error_model="numpy")
def support(xy: Float64, normals: Float64, skip: int) -> Float64:
    """Measure how far points reach along directions, the ``skip`` farthest left out.

    Args:
        xy: Points, shape (N, 2), N > skip.
        normals: Unit directions, shape (M, 2).
        skip: 0 to ``MOST_SKIPPED``.

    Returns:
        Shape (M,).
    """
    result = np.empty(len(normals))
    best = np.empty(MOST_SKIPPED + 1)
    for k in range(len(normals)):
        best[:] = -np.inf
        nx, ny = normals[k, 0], normals[k, 1]
        for i in range(len(xy)):
            reach = xy[i, 0] * nx + xy[i, 1] * ny
            if reach > best[skip]:
                place = skip
                while place > 0 and best[place - 1] < reach:
                    best[place] = best[place - 1]
                    place -= 1
                best[place] = reach
        result[k] = best[skip]
    return result


@numba.njit(cache=True, error_model="numpy")
def circle(reach: Float64, normals: Float64, rounds: int, least: float) -> Float64:
    """Fit h(n) = c·n + r by reweighted least squares with Geman and McClure's weight.

    Args:
        reach: Support function, shape (M,).
        normals: Its directions, shape (M, 2).
        rounds: Number of reweightings.
        least: Smallest scale of the residuals.

    Returns:
        Centre, radius and root mean square residual, shape (4,).
    """
    count = len(reach)
    weight = np.ones(count)
    residual = np.zeros(count)
    cx = cy = radius = 0.0
    for _ in range(rounds):
        a = b = c = d = e = f = g = h = j = 0.0
        for i in range(count):
            w, x, y, s = weight[i], normals[i, 0], normals[i, 1], reach[i]
            a += w * x * x
            b += w * x * y
            c += w * x
            d += w * y * y
            e += w * y
            f += w
            g += w * x * s
            h += w * y * s
            j += w * s
        # Cramer's rule for the symmetric 3 x 3 normal equations [[a b c] [b d e] [c e f]].
        A, B, C = d * f - e * e, c * e - b * f, b * e - c * d
        det = a * A + b * B + c * C
        cx = (g * A + h * B + j * C) / det
        cy = (g * B + h * (a * f - c * c) + j * (b * c - a * e)) / det
        radius = (g * C + h * (b * c - a * e) + j * (a * d - b * b)) / det
        for i in range(count):
            residual[i] = reach[i] - normals[i, 0] * cx - normals[i, 1] * cy - radius
        scale = 1.5 * max(1.4826 * np.median(np.abs(residual)), least)
        for i in range(count):
            ratio = residual[i] / scale
            weight[i] = 1.0 / (1.0 + ratio * ratio) ** 2
    return np.array([cx, cy, radius, np.sqrt(np.mean(residual * residual))])


@numba.njit(cache=True, error_model="numpy")
def same_color(
    one: Float64, other: Float64, same_hue: float, dark: float, same_light: float, offset: float
) -> bool:
    """Tell whether two linear colours may be one surface in different light; see ``segments.same_color``."""
    light_a, light_b = one[0] + one[1] + one[2], other[0] + other[1] + other[2]
    low, high = min(light_a, light_b) + 0.02, max(light_a, light_b) + 0.02
    if high >= same_light * low:
        return False
    aa = ab = bb = 0.0
    for k in range(3):
        a, b = one[k] + offset, other[k] + offset
        aa += a * a
        ab += a * b
        bb += b * b
    squared = 1.0 - ab * ab / (aa * bb)
    slack = same_hue * (1.0 + dark / low)
    return squared < slack * slack


@numba.njit(cache=True, error_model="numpy")
def linked(
    p: Float64,
    rgb: Float64,
    reach: Float64,
    same_hue: float,
    dark: float,
    same_light: float,
    offset: float,
) -> NDArray[np.int64]:
    """Label points that hang together: nearer than their reach and of one colour.

    Args:
        p: Points, shape (N, 3), N > 0, [m].
        rgb: Linear light, shape (N, 3).
        reach: How far each point's neighbours may be, shape (N,), [m].
        same_hue: Largest sine of the angle between colours.
        dark: How much of that slack darkness adds.
        same_light: Largest ratio of light.
        offset: Light added to every channel before angles are taken.

    Returns:
        Label of each point, from 0 in the order of first members, shape (N,).
    """
    count = len(p)
    cell = reach.max() + 1e-9
    low = np.array([p[:, 0].min(), p[:, 1].min(), p[:, 2].min()])
    high = np.array([p[:, 0].max(), p[:, 1].max(), p[:, 2].max()])
    shape = np.floor((high - low) / cell).astype(np.int64) + 1
    head = np.full(shape[0] * shape[1] * shape[2], -1, np.int64)
    following = np.full(count, -1, np.int64)
    parent = np.arange(count)
    for i in range(count):
        x = np.int64((p[i, 0] - low[0]) / cell)
        y = np.int64((p[i, 1] - low[1]) / cell)
        z = np.int64((p[i, 2] - low[2]) / cell)
        for u in range(max(x - 1, 0), min(x + 2, shape[0])):
            for v in range(max(y - 1, 0), min(y + 2, shape[1])):
                for w in range(max(z - 1, 0), min(z + 2, shape[2])):
                    j = head[(u * shape[1] + v) * shape[2] + w]
                    while j >= 0:
                        gap = (p[i, 0] - p[j, 0]) ** 2 + (p[i, 1] - p[j, 1]) ** 2 + (p[i, 2] - p[j, 2]) ** 2
                        if gap < max(reach[i], reach[j]) ** 2:
                            a, b = _root(parent, i), _root(parent, int(j))
                            if a != b and same_color(rgb[i], rgb[j], same_hue, dark, same_light, offset):
                                parent[max(a, b)] = min(a, b)
                        j = following[j]
        place = (x * shape[1] + y) * shape[2] + z
        following[i] = head[place]
        head[place] = i
    labels = np.empty(count, np.int64)
    fresh = 0
    for i in range(count):
        a = _root(parent, i)
        if a == i:
            labels[i] = fresh
            fresh += 1
        else:
            labels[i] = labels[a]
    return labels


@numba.njit(cache=True, error_model="numpy")
def _root(parent: NDArray[np.int64], i: int) -> int:
    """Find a point's representative, halving the way to it."""
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@numba.njit(cache=True, error_model="numpy")
def nearest_pair(one: Float64, other: Float64) -> tuple[int, int, float]:
    """Find the nearest two points of two sets, shapes (N, 3) and (M, 3), and their distance."""
    best, at_i, at_j = np.inf, 0, 0
    for i in range(len(one)):
        for j in range(len(other)):
            gap = (
                (one[i, 0] - other[j, 0]) ** 2
                + (one[i, 1] - other[j, 1]) ** 2
                + (one[i, 2] - other[j, 2]) ** 2
            )
            if gap < best:
                best, at_i, at_j = gap, i, j
    return at_i, at_j, np.sqrt(best)


@numba.njit(cache=True, error_model="numpy")
def squared_distance(solid: NDArray[np.bool_]) -> Float64:
    """Give the squared distance of every node of a grid to the nearest solid one, in steps.

    Exact and linear in the nodes: the lower envelope of parabolas, one axis after
    the other (P. Felzenszwalb, D. Huttenlocher, "Distance transforms of sampled
    functions", Theory of Computing 8, 2012).

    Args:
        solid: Shape (nx, ny, nz).
    """
    nx, ny, nz = solid.shape
    most = float(nx * nx + ny * ny + nz * nz)
    field = np.empty(solid.shape)
    for x in range(nx):
        for y in range(ny):
            # Along the first axis the values are 0 or nothing: two sweeps do.
            gap = most
            for z in range(nz):
                gap = 0.0 if solid[x, y, z] else gap + 1.0
                field[x, y, z] = gap
            gap = most
            for z in range(nz - 1, -1, -1):
                gap = 0.0 if solid[x, y, z] else gap + 1.0
                gap = min(gap, field[x, y, z])
                field[x, y, z] = min(gap * gap, most)
    longest = max(nx, ny)
    place, bound = np.empty(longest, np.int64), np.empty(longest + 1)
    line, result = np.empty(longest), np.empty(longest)
    for x in range(nx):
        for z in range(nz):
            for y in range(ny):
                line[y] = field[x, y, z]
            _envelope(line, ny, place, bound, result)
            for y in range(ny):
                field[x, y, z] = result[y]
    for y in range(ny):
        for z in range(nz):
            for x in range(nx):
                line[x] = field[x, y, z]
            _envelope(line, nx, place, bound, result)
            for x in range(nx):
                field[x, y, z] = result[x]
    return field


@numba.njit(cache=True, error_model="numpy")
def _envelope(line: Float64, count: int, place: NDArray[np.int64], bound: Float64, result: Float64) -> None:
    """Give min over q of (p - q)² + line[q] for every p of a line."""
    k = 0
    place[0], bound[0], bound[1] = 0, -np.inf, np.inf
    for q in range(1, count):
        while True:
            r = place[k]
            s = ((line[q] + q * q) - (line[r] + r * r)) / (2.0 * (q - r))
            if s > bound[k]:
                break
            k -= 1
        k += 1
        place[k], bound[k], bound[k + 1] = q, s, np.inf
    k = 0
    for p in range(count):
        while bound[k + 1] < p:
            k += 1
        result[p] = (p - place[k]) ** 2 + line[place[k]]


@numba.njit(cache=True, error_model="numpy")
def mark_seen(
    seen: NDArray[np.bool_],
    lower: Float64,
    step: float,
    R_CW: Float64,
    p_CW: Float64,
    pinhole: Float64,
    depth: NDArray[np.float32],
    slack: float,
) -> None:
    """Mark the nodes of a grid that lie before the first surface of a camera.

    Args:
        seen: What is marked, shape (nx, ny, nz).
        lower: The first node, shape (3,), [m].
        step: Node spacing, [m].
        R_CW: Rotation of the world in the camera, shape (3, 3).
        p_CW: The world's origin in the camera, shape (3,), [m].
        pinhole: fx, fy, cx and cy, [px].
        depth: Shape (height, width), [m].
        slack: How far behind a surface still counts as seen, [m].
    """
    height, width = depth.shape
    for i in range(seen.shape[0]):
        for j in range(seen.shape[1]):
            for k in range(seen.shape[2]):
                x, y, z = lower[0] + step * i, lower[1] + step * j, lower[2] + step * k
                depth_C = R_CW[2, 0] * x + R_CW[2, 1] * y + R_CW[2, 2] * z + p_CW[2]
                if seen[i, j, k] or depth_C <= 0.02:
                    continue
                u = pinhole[0] * (R_CW[0, 0] * x + R_CW[0, 1] * y + R_CW[0, 2] * z + p_CW[0]) / depth_C
                v = pinhole[1] * (R_CW[1, 0] * x + R_CW[1, 1] * y + R_CW[1, 2] * z + p_CW[1]) / depth_C
                column = int(np.floor(u + pinhole[2] + 0.5))
                row = int(np.floor(v + pinhole[3] + 0.5))
                if 0 <= column < width and 0 <= row < height:
                    seen[i, j, k] = depth[row, column] > depth_C - slack


@numba.njit(cache=True, error_model="numpy")
def outside(p: Float64, balls: Float64) -> NDArray[np.bool_]:
    """Tell which points lie in none of some balls.

    Args:
        p: Points, shape (N, 3).
        balls: Centres and radii, shape (S, 4).

    Returns:
        Shape (N,).
    """
    free = np.ones(len(p), np.bool_)
    for i in range(len(p)):
        for s in range(len(balls)):
            x, y, z = p[i, 0] - balls[s, 0], p[i, 1] - balls[s, 1], p[i, 2] - balls[s, 2]
            if x * x + y * y + z * z < balls[s, 3] * balls[s, 3]:
                free[i] = False
                break
    return free


@numba.njit(cache=True, error_model="numpy")
def hidden_contour(
    depth: NDArray[np.float32], own: NDArray[np.bool_], pixel: NDArray[np.int64], step: int, nearer: float
) -> tuple[int, int]:
    """Count the neighbours outside a region of a depth picture, and those of them that lie before it.

    Args:
        depth: Shape (h, w), [m]; NaN where unknown.
        own: The region, shape (h, w).
        pixel: Row and column of its pixels, shape (N, 2).
        step: Distance to a neighbour, [px].
        nearer: What lies before a pixel is nearer by more than this, [m].

    Returns:
        How many lie before it, and how many there are.
    """
    height, width = depth.shape
    before = beside = 0
    for i in range(len(pixel)):
        row, column = pixel[i, 0], pixel[i, 1]
        for side in range(4):
            r = row + (step if side == 0 else -step if side == 1 else 0)
            c = column + (step if side == 2 else -step if side == 3 else 0)
            r, c = min(max(r, 0), height - 1), min(max(c, 0), width - 1)
            if not own[r, c]:
                beside += 1
                # A comparison with NaN is false.
                if depth[r, c] < depth[row, column] - nearer:
                    before += 1
    return before, beside
