"""What four cameras see where the hand can go: points with colours, without the table and the robot."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from ....core.arrays import Float64
from ..env import BodyInfo, BodyLook

ROOM = 0.1
"""How far beyond where the hand can go things are still looked at, [m]."""
CELL = 0.005
"""Cell of the grid by which one picture's points are thinned, [m]."""
LEVEL = 0.004
"""Cell of the search for the table's height, and half its thickness, [m]."""
LOW = 0.16
"""The table's height is looked for up to so far above the origin, [m]."""
HAND = np.array([[-0.075, -0.08, -0.056], [0.075, 0.06, 0.09]])
"""Bounds of the open hand from its middle: its model's boxes and what carries them, [m]."""
DEPTH = 0.2
"""How far below the table holes are looked into, [m]."""
BORDER, STRIPE = 0.7, 0.02
"""Share of the table's width along which a border is seen, and the cells in which it is, [m]."""
ARM_ABOVE, ARM_NEAR, ARM_STEP = 0.05, 0.12, 0.035
"""Where the arm begins, over the hand and near to the upright through it; steps to follow it by, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ColoredCloud:
    """Points with colours.

    Attributes:
        points: In the world, shape (N, 3), [m].
        codes: Of the colours, 0 to 1, shape (N, 3).
    """

    points: Float64
    codes: Float64

    def __len__(self) -> int:
        """Count the points."""
        return len(self.points)

    def where(self, chosen: np.ndarray) -> "ColoredCloud":
        """Keep some points.

        Args:
            chosen: Which, bool (N,) or numbers.
        """
        return ColoredCloud(points=self.points[chosen], codes=self.codes[chosen])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TableTop:
    """What is seen about a table.

    Attributes:
        height: Of the table, [m].
        above: What is on it, without the robot.
        below: What is seen through holes in it.
    """

    height: float
    above: ColoredCloud
    below: ColoredCloud


def table_top(look: BodyLook, info: BodyInfo) -> TableTop:
    """Lay the pictures together and cut off what is no thing.

    Args:
        look: Frames of all cameras.
        info: Where the hand can go.
    """
    clouds = [_thinned(frame.points().reshape(-1, 3), frame.rgb.reshape(-1, 3)) for frame in look.frames]
    cloud = ColoredCloud(
        points=np.concatenate([one.points for one in clouds]),
        codes=np.concatenate([one.codes for one in clouds]),
    )
    inside = (cloud.points[:, :2] > info.lower[:2] - ROOM) & (cloud.points[:, :2] < info.upper[:2] + ROOM)
    height = _height(cloud.points[inside.all(axis=1)])
    robot = _robot(cloud.points, look.state.q, height)
    kept = cloud.where(inside.all(axis=1) & ~robot)
    z = kept.points[:, 2]
    low = (z < height - 2.0 * LEVEL) & (z > height - DEPTH)
    above = kept.where(z > height + LEVEL)
    return TableTop(height=height, above=above.where(~_border(above.points)), below=kept.where(low))


def _height(points: Float64) -> float:
    """Give the height at which most is seen, [m]."""
    z = points[(points[:, 2] > -LOW) & (points[:, 2] < LOW), 2]
    levels = np.round(z / LEVEL).astype(np.int64)
    values, counts = np.unique(levels, return_counts=True)
    if not len(values):
        return 0.0
    middle = values[np.argmax(counts)] * LEVEL
    return float(np.median(z[np.abs(z - middle) < LEVEL]))


def _border(points: Float64) -> np.ndarray:
    """Tell which points are of a rim that runs along the table's far side, or lie beyond it."""
    across, far = points[:, 0], points[:, 1]
    if not len(points):
        return np.zeros(0, bool)
    width = max(float(np.ptp(across)), 1.0) / STRIPE
    rows = np.round(far / LEVEL).astype(np.int64)
    cells = np.unique(np.column_stack([rows, np.round(across / STRIPE).astype(np.int64)]), axis=0)
    found, counts = np.unique(cells[:, 0], return_counts=True)
    full = found[counts > BORDER * width]
    if not len(full):
        return np.zeros(len(points), bool)
    return rows >= full.min() - 1


def _robot(points: Float64, hand: Float64, height: float) -> np.ndarray:
    """Tell which points are the robot's: in the hand's box, or connected with what is above it."""
    off = points - hand
    mine = ((off > HAND[0]) & (off < HAND[1])).all(axis=1)
    high = np.flatnonzero(off[:, 2] > ARM_ABOVE)
    if not len(high):
        return mine
    # The arm is large: one point in a cell of its own is enough to follow it by.
    tree = KDTree(points[high])
    pairs = tree.query_pairs(ARM_STEP / 2.0, output_type="ndarray")
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(high), len(high)))
    _, part = connected_components(graph, directed=False)
    seeds = np.unique(part[np.linalg.norm(off[high, :2], axis=1) < ARM_NEAR])
    mine[high[np.isin(part, seeds)]] = True
    return mine


def _thinned(points: Float64, rgb: np.ndarray) -> ColoredCloud:
    """Keep one point a cell of one picture."""
    good = np.flatnonzero(np.isfinite(points).all(axis=1) & (np.abs(points) < 3.0).all(axis=1))
    cells = np.round(points[good] / CELL).astype(np.int64) + 2**15
    _, first = np.unique((cells[:, 0] << 32) + (cells[:, 1] << 16) + cells[:, 2], return_index=True)
    kept = good[first]
    return ColoredCloud(points=points[kept], codes=rgb[kept] / 255.0)
