"""What the compiled solvers compute at a pose: rows of relations, cost, room.

A pose is a rotation R_WG, shape (3, 3), and a position p_WG, shape (3,). Slopes
are by (theta, p): a small turn about the world's axes, then a shift. Nothing
here knows which relations it runs: they come as a tape.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Float64
from ..solids import kept_distance
from ..tape import CONSTANT, INPUT, NEG, apply_op


class Data(NamedTuple):
    """A problem as arrays.

    Attributes:
        code: The tape's operations; ``first``, ``second``, ``constants`` and ``outputs`` belong to it.
        first: See ``code``.
        second: See ``code``.
        constants: See ``code``.
        outputs: See ``code``.
        equal: 1 for a row that has to be 0, 0 for one that has to be at most 0.
        stiff: 1 for a row that has to hold; less for one that may give way, shape (m,).
        place: p_W of points that stand still, p_G of those that move, shape (P, 3), [m].
        moving: 1 for points that move with the hand, shape (P,).
        points: p_G of what is kept clear, shape (N, 3), [m].
        grid: Distance at the nodes of a grid over the workspace, [m].
        scale: Cells per metre along each axis, shape (3,).
        lower: Least corner of the workspace, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].
        solids: Rows of the obstacles.
        margins: Distance to keep from each of them beside the clearance, shape (S,), [m].
        screen: Grid distance beyond which the exact distance need not be looked up, [m].
        R: Rotation at the start.
        p: Position at the start, [m].
        toward: Wanted direction of a grasp's approach in the world, shape (3,).
        weights: Margin [m], weights of nearness, shift, turn and approach, least clearance [m].
    """

    code: NDArray[np.int64]
    first: NDArray[np.int64]
    second: NDArray[np.int64]
    constants: Float64
    outputs: NDArray[np.int64]
    equal: NDArray[np.int64]
    stiff: Float64
    place: Float64
    moving: NDArray[np.int64]
    points: Float64
    grid: Float64
    scale: Float64
    lower: Float64
    upper: Float64
    solids: Float64
    margins: Float64
    screen: float
    R: Float64
    p: Float64
    toward: Float64
    weights: Float64


FIRM = 500.0
"""Price of a metre of missing clearance, summed over the points: above any gain from it."""
INSIDE = 2e-8
"""How far inside its bound a broken inequality is brought."""


@numba.njit(cache=True)
def turned(R: Float64, a: float, b: float, c: float) -> None:
    """Turn R in place by the rotation vector (a, b, c) in the world."""
    angle = np.sqrt(a * a + b * b + c * c)
    if angle < 1e-12:
        s, h = 1.0, 0.5
    else:
        s, h = np.sin(angle) / angle, (1.0 - np.cos(angle)) / (angle * angle)
    for k in range(3):
        x, y, z = R[0, k], R[1, k], R[2, k]
        u, v, w = b * z - c * y, c * x - a * z, a * y - b * x
        R[0, k] = x + s * u + h * (b * w - c * v)
        R[1, k] = y + s * v + h * (c * u - a * w)
        R[2, k] = z + s * w + h * (a * v - b * u)


@numba.njit(cache=True, error_model="numpy")
def rows(d: Data, R: Float64, p: Float64, values: Float64, slopes: Float64) -> None:
    """Run the tape with slopes by the six degrees of freedom, into ``values`` and ``slopes``."""
    for i in range(d.code.size):
        op = d.code[i]
        if op == INPUT:
            point, axis = d.first[i] // 3, d.first[i] % 3
            if d.moving[point] == 0:
                values[i] = d.place[point, axis]
                for k in range(6):
                    slopes[i, k] = 0.0
                continue
            l0, l1, l2 = d.place[point, 0], d.place[point, 1], d.place[point, 2]
            x = R[0, 0] * l0 + R[0, 1] * l1 + R[0, 2] * l2
            y = R[1, 0] * l0 + R[1, 1] * l1 + R[1, 2] * l2
            z = R[2, 0] * l0 + R[2, 1] * l1 + R[2, 2] * l2
            for k in range(6):
                slopes[i, k] = 0.0
            slopes[i, 3 + axis] = 1.0
            if axis == 0:
                values[i] = x + p[0]
                slopes[i, 1], slopes[i, 2] = z, -y
            elif axis == 1:
                values[i] = y + p[1]
                slopes[i, 0], slopes[i, 2] = -z, x
            else:
                values[i] = z + p[2]
                slopes[i, 0], slopes[i, 1] = y, -x
        elif op != CONSTANT:
            a, b = d.first[i], d.second[i]
            values[i], by_a, by_b = apply_op(op, values[a], values[b])
            if op >= NEG:
                for k in range(6):
                    slopes[i, k] = by_a * slopes[a, k]
            else:
                for k in range(6):
                    slopes[i, k] = by_a * slopes[a, k] + by_b * slopes[b, k]


@numba.njit(cache=True, error_model="numpy")
def solve6(A: Float64, b: Float64) -> None:
    """Solve A x = b in place for a positive definite A of order 6."""
    for i in range(6):
        for j in range(i + 1):
            s = A[i, j]
            for k in range(j):
                s -= A[i, k] * A[j, k]
            A[i, j] = np.sqrt(max(s, 1e-14)) if i == j else s / A[j, j]
    for i in range(6):
        for k in range(i):
            b[i] -= A[i, k] * b[k]
        b[i] /= A[i, i]
    for i in range(5, -1, -1):
        for k in range(i + 1, 6):
            b[i] -= A[k, i] * b[k]
        b[i] /= A[i, i]


@numba.njit(cache=True, error_model="numpy")
def retract(
    d: Data, R: Float64, p: Float64, values: Float64, slopes: Float64, steps: int, tolerance: float
) -> float:
    """Move a pose to where the relations hold, by the shortest steps (Gauss-Newton), in place.

    Returns:
        The largest violation that is left of the rows that have to hold.
    """
    A, b = np.empty((6, 6)), np.empty(6)
    worst: Any = np.inf
    for step in range(steps + 1):
        rows(d, R, p, values, slopes)
        A[:] = 0.0
        b[:] = 0.0
        worst = 0.0
        total: Any = 0.0
        for m in range(d.outputs.size):
            o = d.outputs[m]
            r = values[o]
            if d.equal[m] == 0:
                if r <= 0.0:
                    continue
                r += INSIDE
            if d.stiff[m] == 1.0:
                worst = max(worst, abs(r))
            weight = d.stiff[m] * d.stiff[m]
            total += weight * r * r
            for i in range(6):
                slope = weight * slopes[o, i]
                b[i] -= slope * r
                for j in range(i + 1):
                    A[i, j] += slope * slopes[o, j]
        for i in range(3):
            over = max(p[i] - d.upper[i], 0.0) + min(p[i] - d.lower[i], 0.0)
            if over != 0.0:
                worst = max(worst, abs(over))
                over += INSIDE if over > 0.0 else -INSIDE
                A[3 + i, 3 + i] += 1.0
                b[3 + i] -= over
        if not worst > tolerance or step == steps:
            return worst if worst == worst else np.inf
        for i in range(6):
            A[i, i] += 1e-9 + 1e-3 * min(total, 1.0)
        solve6(A, b)
        size = np.sqrt(b[0] * b[0] + b[1] * b[1] + b[2] * b[2])
        cut = min(1.0, 1.0 / size) if size > 1.0 else 1.0
        turned(R, cut * b[0], cut * b[1], cut * b[2])
        for i in range(3):
            p[i] += cut * b[3 + i]
    return worst


@numba.njit(cache=True, error_model="numpy")
def near(
    d: Data, R: Float64, p: Float64, margin: float, least: float, g: Float64, with_slopes: bool
) -> tuple[float, float]:
    """Sum over the points what lacks of a margin by the grid, and of a least clearance exactly.

    A point outside of the grid counts as touching: its distance reads 0.

    Returns:
        Both sums, [m]; the slope of the first is added to ``g`` where it is asked for.
    """
    short, missing = 0.0, 0.0
    n0, n1, n2 = d.grid.shape
    for i in range(d.points.shape[0]):
        l0, l1, l2 = d.points[i, 0], d.points[i, 1], d.points[i, 2]
        x = R[0, 0] * l0 + R[0, 1] * l1 + R[0, 2] * l2
        y = R[1, 0] * l0 + R[1, 1] * l1 + R[1, 2] * l2
        z = R[2, 0] * l0 + R[2, 1] * l1 + R[2, 2] * l2
        u = (x + p[0] - d.lower[0]) * d.scale[0]
        v = (y + p[1] - d.lower[1]) * d.scale[1]
        w = (z + p[2] - d.lower[2]) * d.scale[2]
        if u < 0.0 or v < 0.0 or w < 0.0 or u > n0 - 1 or v > n1 - 1 or w > n2 - 1:
            short += margin
            here = -np.inf
        else:
            a, b, c = min(int(u), n0 - 2), min(int(v), n1 - 2), min(int(w), n2 - 2)
            u, v, w = u - a, v - b, w - c
            g000, g001 = d.grid[a, b, c], d.grid[a, b, c + 1]
            g010, g011 = d.grid[a, b + 1, c], d.grid[a, b + 1, c + 1]
            g100, g101 = d.grid[a + 1, b, c], d.grid[a + 1, b, c + 1]
            g110, g111 = d.grid[a + 1, b + 1, c], d.grid[a + 1, b + 1, c + 1]
            g00, g01 = g000 + w * (g001 - g000), g010 + w * (g011 - g010)
            g10, g11 = g100 + w * (g101 - g100), g110 + w * (g111 - g110)
            g0, g1 = g00 + v * (g01 - g00), g10 + v * (g11 - g10)
            here = g0 + u * (g1 - g0)
            if here < margin:
                short += margin - here
                if with_slopes:
                    dx = (g1 - g0) * d.scale[0]
                    dy = ((1.0 - u) * (g01 - g00) + u * (g11 - g10)) * d.scale[1]
                    dz = (
                        (1.0 - u) * ((1.0 - v) * (g001 - g000) + v * (g011 - g010))
                        + u * ((1.0 - v) * (g101 - g100) + v * (g111 - g110))
                    ) * d.scale[2]
                    g[0] -= y * dz - z * dy
                    g[1] -= z * dx - x * dz
                    g[2] -= x * dy - y * dx
                    g[3] -= dx
                    g[4] -= dy
                    g[5] -= dz
        if here < d.screen:
            exact = kept_distance(d.solids, d.margins, x + p[0], y + p[1], z + p[2])
            if exact < least:
                missing += least - exact
    return short, missing


@numba.njit(cache=True, error_model="numpy")
def angle_between(R: Float64, S: Float64) -> float:
    """Angle of the turn from S to R, 0 to pi, [rad]."""
    trace = 0.0
    for i in range(3):
        for j in range(3):
            trace += R[i, j] * S[i, j]
    x = R[2, 0] * S[1, 0] + R[2, 1] * S[1, 1] + R[2, 2] * S[1, 2]
    x -= R[1, 0] * S[2, 0] + R[1, 1] * S[2, 1] + R[1, 2] * S[2, 2]
    y = R[0, 0] * S[2, 0] + R[0, 1] * S[2, 1] + R[0, 2] * S[2, 2]
    y -= R[2, 0] * S[0, 0] + R[2, 1] * S[0, 1] + R[2, 2] * S[0, 2]
    z = R[1, 0] * S[0, 0] + R[1, 1] * S[0, 1] + R[1, 2] * S[0, 2]
    z -= R[0, 0] * S[1, 0] + R[0, 1] * S[1, 1] + R[0, 2] * S[1, 2]
    return np.arctan2(np.sqrt(x * x + y * y + z * z), trace - 1.0)


@numba.njit(cache=True, error_model="numpy")
def cost(d: Data, R: Float64, p: Float64, g: Float64) -> float:
    """Cost of a pose as a sub-goal; missing clearance is priced so that it never pays."""
    margin, by_near, by_shift, by_turn, by_approach, least = d.weights
    short, missing = near(d, R, p, margin, least, g, False)
    x, y, z = p[0] - d.p[0], p[1] - d.p[1], p[2] - d.p[2]
    moved = by_shift * np.sqrt(x * x + y * y + z * z) + by_turn * angle_between(R, d.R)
    along = R[0, 2] * d.toward[0] + R[1, 2] * d.toward[1] + R[2, 2] * d.toward[2]
    return by_near * short + moved + by_approach * (1.0 - along) + FIRM * missing


@numba.njit(cache=True, error_model="numpy")
def least_distance(d: Data, R: Float64, p: Float64) -> float:
    """Least exact distance of the hand's points from the solids beyond their margins, [m]."""
    least = np.inf
    for i in range(d.points.shape[0]):
        a, b, c = d.points[i]
        x = R[0, 0] * a + R[0, 1] * b + R[0, 2] * c + p[0]
        y = R[1, 0] * a + R[1, 1] * b + R[1, 2] * c + p[1]
        z = R[2, 0] * a + R[2, 1] * b + R[2, 2] * c + p[2]
        least = min(least, kept_distance(d.solids, d.margins, x, y, z))
    return least
