"""Where two fingers can close on what was seen: antipodal pairs of a cloud with normals.

Two points hold between two fingers where the line between them lies in both
friction cones (V.-D. Nguyen, "Constructing force-closure grasps", IJRR 7(3),
1988). The side that no camera saw is taken from the solid pieces: the line goes
into the seen surface and out of them.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.spatial import KDTree

from ...core.arrays import Float64
from ...robots.shapes import Shape
from .gaps import gaps, slopes
from .pinches import SPARE, Pinch, directions_round

FEWEST, MOST = 30, 250
NEIGHBOURS = 16
CELL = 0.006
"""Spacing of the points that are tried, [m]."""
FLAT = 0.10
"""Largest share of the least variance for which a neighbourhood has a normal."""
THINNEST = 0.004
PAIRS = 96
APPROACHES = 12
UPWARD = 0.7
SEEN, HALF_SEEN = 0.15, 0.35
"""Costs of a pinch both of whose sides were seen, and of one with an inferred side; a fitted solid's is 0."""
APART, ALIKE = 0.008, 0.94
"""Pairs nearer to each other than this, [m], whose directions' cosine is larger, count as one."""


def normals(cloud: Float64, at: Float64, shapes: Sequence[Shape]) -> tuple[Float64, Float64]:
    """Estimate outward normals by the plane through each point's neighbours.

    Args:
        cloud: Surface points, shape (N, 3), [m].
        at: Points of it, shape (M, 3), [m].
        shapes: Solid pieces that stand for the thing: they say which side is out.

    Returns:
        Unit normals, shape (M, 3), and the share of the least variance, shape (M,): 0 is flat.
    """
    _, near = KDTree(cloud).query(at, k=min(NEIGHBOURS, len(cloud)))
    spread = cloud[near] - cloud[near].mean(axis=1, keepdims=True)
    values, vectors = np.linalg.eigh(np.einsum("mki,mkj->mij", spread, spread))
    n = vectors[:, :, 0]
    inward = np.einsum("mi,mi->m", n, slopes(shapes, at)) < 0.0
    return np.where(inward[:, None], -n, n), values[:, 0] / np.maximum(values.sum(axis=1), 1e-12)


def on_cloud(
    cloud: Float64,
    shapes: Sequence[Shape],
    *,
    widest: float,
    friction: float,
) -> Iterator[Pinch]:
    """Propose ways to close on what was seen.

    Args:
        cloud: Surface points, shape (N, 3), [m].
        shapes: Solid pieces that stand for the thing, for which side is out and those not seen.
        widest: Largest opening of the fingers, [m].
        friction: Coefficient of friction.
    """
    if len(cloud) < FEWEST:
        return
    cells = np.floor(cloud / CELL).astype(int)
    _, first = np.unique(cells, axis=0, return_index=True)
    first = np.sort(first)
    at = cloud[first[:: len(first) // MOST + 1]]
    n, bent = normals(cloud, at, shapes)
    at, n = at[bent < FLAT], n[bent < FLAT]
    if len(at) == 0:
        return
    steepest = float(np.cos(np.arctan(friction)))
    pairs = [*_seen(at, n, widest - SPARE, steepest), *_half_seen(at, n, shapes, widest - SPARE)]
    for begin, end, cost in _spread(pairs):
        width = float(np.linalg.norm(end - begin))
        c_W = (end - begin) / width
        for a_W in directions_round(c_W, APPROACHES):
            if a_W[2] <= 0.1:
                for sign in (1.0, -1.0):
                    yield Pinch(c_W=sign * c_W, a_W=a_W, p_W=(begin + end) / 2.0, width=width, cost=cost)


_Pair = tuple[Float64, Float64, float]
"""Two points, [m], and what speaks against them."""


def _seen(at: Float64, n: Float64, widest: float, steepest: float) -> list[_Pair]:
    """Give pairs of seen points, each in the other's friction cone."""
    line = at[None] - at[:, None]
    width = np.linalg.norm(line, axis=2)
    unit = line / np.maximum(width, 1e-9)[..., None]
    out = -np.einsum("ijk,ik->ij", unit, n)
    into = np.einsum("ijk,jk->ij", unit, n)
    good = (width > THINNEST) & (width < widest) & (out > steepest) & (into > steepest)
    i, j = np.nonzero(np.triu(good))
    return [(at[a], at[b], SEEN + 1.0 - (out[a, b] + into[a, b]) / 2.0) for a, b in zip(i, j, strict=True)]


def _half_seen(at: Float64, n: Float64, shapes: Sequence[Shape], widest: float) -> list[_Pair]:
    """Go from seen points straight in, and out where the solid pieces end."""
    # Straight down there is what the thing stands on.
    at, n = at[n[:, 2] < UPWARD], n[n[:, 2] < UPWARD]
    depth = np.arange(0.002, widest, 0.002)
    line = at[:, None] - depth[:, None] * n[:, None]
    inside = gaps(shapes, line) < 0.0
    # Noise puts points a little before the surface: what counts is the first way out after a way in.
    entered = np.maximum.accumulate(inside, axis=1)
    left = entered & ~inside
    ends = left.argmax(axis=1)
    return [
        (at[i], line[i, ends[i]], HALF_SEEN)
        for i in np.nonzero(left.any(axis=1))[0]
        if entered[i, : min(5, len(depth))].any() and depth[ends[i]] > THINNEST
    ]


def _spread(pairs: list[_Pair]) -> Iterator[_Pair]:
    """Give the best pairs, none much like another."""
    taken_p, taken_c = np.zeros((0, 3)), np.zeros((0, 3))
    for begin, end, cost in sorted(pairs, key=lambda pair: pair[2]):
        p, c = (begin + end) / 2.0, (end - begin) / np.linalg.norm(end - begin)
        near = np.linalg.norm(taken_p - p, axis=1) < APART
        if (near & (np.abs(taken_c @ c) > ALIKE)).any():
            continue
        taken_p, taken_c = np.vstack([taken_p, p]), np.vstack([taken_c, c])
        yield begin, end, cost
        if len(taken_p) == PAIRS:
            return
