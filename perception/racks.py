"""Racks: a thin post on a foot with one peg that sticks out, to hang things on."""

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..robots.shapes import Box, Cylinder, Shape
from .bodies import Body
from .ranks import middle, rank

LEAST_HEIGHT, MOST_HEIGHT = 0.16, 0.40  # Of a post, [m].
POST = 0.022  # What is seen of a post lies so near to its middle, [m].
FOOT = 0.035  # So low its foot may be broad, [m].
PEG_FROM, SHORTEST, LONGEST = 0.026, 0.045, 0.16  # Where a peg begins beside the post; how long it is, [m].
THIN = 0.010  # Largest distance of nearly all of a peg's points from its line, [m].
FEWEST = 15  # Points that make a peg, and those that make a post.
POST_RADIUS, PEG_RADIUS = 0.011, 0.005  # Usual ones, [m].
LOWEST = 0.3  # A post is seen down to this share of its height; else it is a peg without its rack.
SHARE = 0.9  # Of what is above the foot, so much is post or peg.
# Only its upper side is seen, whose points lie this share of the radius above the middle on average: 2 / pi.
ABOVE = 0.64


def rack(p_W: Float64, base: float) -> Body | None:
    """Tell whether a cluster is a rack, and where its peg is.

    Args:
        p_W: Points, shape (N, 3), [m].
        base: Height of what it stands on, [m].

    Returns:
        The rack, O's x along its peg seen from above, with the parts ``peg``, its free end, and
        ``peg_root``; or None.
    """
    top = rank(p_W[:, 2], 0.995)
    if not LEAST_HEIGHT < top - base < MOST_HEIGHT:
        return None
    high = p_W[p_W[:, 2] > base + FOOT]
    if len(high) < 2 * FEWEST:
        return None
    axis = _post(high)
    beside = high[:, :2] - axis
    away = np.hypot(*beside.T)
    peg = high[away > PEG_FROM]
    if len(peg) < FEWEST or (away < POST).sum() < FEWEST:
        return None
    if rank(high[away < POST, 2], 0.03) > base + LOWEST * (top - base):
        return None
    way = np.array([middle(beside[away > PEG_FROM][:, 0]), middle(beside[away > PEG_FROM][:, 1])])
    way /= max(float(np.linalg.norm(way)), 1e-9)
    along = (peg[:, :2] - axis) @ way
    # A line through the peg: heights and sideways offsets against the distance from the post.
    A = np.column_stack([np.ones(len(along)), along])
    rise, aside = peg[:, 2], (peg[:, :2] - axis) @ np.array([-way[1], way[0]])
    keep, line = np.ones(len(along), bool), np.zeros((2, 2))
    for _ in range(4):
        line = np.asarray(np.linalg.lstsq(A[keep], np.column_stack([rise, aside])[keep], rcond=None)[0])
        off = np.hypot(*(np.column_stack([rise, aside]) - A @ line).T)
        keep = off < max(THIN, float(np.median(off)))
    if keep.mean() < SHARE or keep.sum() < FEWEST:
        return None
    length = rank(along[keep], 0.98)
    if not SHORTEST < length < LONGEST or abs(float(line[1, 0])) > 0.8:
        return None
    return _body(axis, way, np.asarray(line, np.float64), length, base, top)


def _post(high: Float64) -> Float64:
    """Find the post's axis, shape (2,), [m]: where, seen from above, most points of many heights lie."""
    cell = 0.01
    key = np.floor(high / cell).astype(int)
    columns, column = np.unique(key[:, :2], axis=0, return_inverse=True)
    heights = [len(np.unique(key[column.ravel() == index, 2])) for index in range(len(columns))]
    axis = (columns[int(np.argmax(heights))] + 0.5) * cell
    for _ in range(3):
        near = high[np.hypot(*(high[:, :2] - axis).T) < POST]
        axis = 0.5 * (near[:, :2].min(axis=0) + near[:, :2].max(axis=0)) if len(near) < 9 else _middle(near)
    return axis


def _middle(near: Float64) -> Float64:
    """Give the middle between robust ends of a post's points, shape (2,), [m]."""
    return np.array([0.5 * (rank(near[:, i], 0.05) + rank(near[:, i], 0.95)) for i in (0, 1)])


def _body(axis: Float64, way: Float64, line: Float64, length: float, base: float, top: float) -> Body:
    left = np.array([-way[1], way[0]])

    def at(along: float) -> Float64:
        rise, aside = line[0] + along * line[1]
        return np.array([*(axis + along * way + aside * left), rise - ABOVE * PEG_RADIUS])

    root, tip = at(0.0), at(length - PEG_RADIUS)
    direction = (tip - root) / np.linalg.norm(tip - root)
    X_WO = RigidTransform(
        RotationMatrix.MakeZRotation(float(np.arctan2(way[1], way[0]))), [*axis, (base + top) / 2.0]
    )
    size = np.array([0.12, 0.12, top - base])
    foot = RigidTransform([*axis, base + 0.006])
    post = RigidTransform([*axis, (base + top) / 2.0])
    R_WP = RotationMatrix.MakeFromOneVector(direction, 2)
    shapes: tuple[Shape, ...] = (
        Box(X_WS=RigidTransform(X_WO.rotation(), foot.translation()), half=np.array([0.06, 0.06, 0.006])),
        Cylinder(X_WS=post, radius=POST_RADIUS, half_length=(top - base) / 2.0),
        Cylinder(
            X_WS=RigidTransform(R_WP, (root + tip) / 2.0),
            radius=PEG_RADIUS,
            half_length=float(np.linalg.norm(tip - root)) / 2.0,
        ),
    )
    up = np.array([0.0, 0.0, (top - base) / 2.0])
    parts = {
        "top": X_WO @ up,
        "bottom": X_WO @ -up,
        "center": np.array(X_WO.translation()),
        "peg": tip,
        "peg_root": root,
    }
    return Body(kind="rack", X_WO=X_WO, size=size, parts=parts, shapes=shapes, floor=top)
