"""Pieces of a cloud: connected, and of one colour or of its shades."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from ....core.arrays import Float64
from ....perception.colors import hue_angle, name_color
from .clouds import ColoredCloud

STEP = 0.012
"""Points nearer to each other than this are connected, [m]."""
HUE = 0.2
"""Sine of the angle between colours below which they are shades of one."""
SHADE = 1.0
"""Logarithm of the ratio of brightnesses up to which neighbours are shades of one colour."""
DIM = 0.01
"""Light added to a brightness before ratios are taken: black is noisy."""
FEW = 12
"""Points below which a piece is added to what it touches the most, or left out where it is alone."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One connected piece of one colour.

    Attributes:
        cloud: Its points and their colours.
        color: Its colour's name.
        second: Another name that is nearly as good; None where there is none.
        group: Number of what it is connected with, whatever the colour.
    """

    cloud: ColoredCloud
    color: str
    second: str | None
    group: int

    @property
    def size(self) -> Float64:
        """Its extents, shape (3,), [m]."""
        return np.ptp(self.cloud.points, axis=0)


def parts_of(cloud: ColoredCloud) -> list[Part]:
    """Split a cloud, the largest piece first.

    Args:
        cloud: What is seen, without what everything stands on.
    """
    if len(cloud) < FEW:
        return []
    a, b = KDTree(cloud.points).query_pairs(STEP, output_type="ndarray").T
    alike = _alike(cloud.colors[a], cloud.colors[b])
    group = _connected(a, b, len(cloud))
    piece = _connected(a[alike], b[alike], len(cloud))
    piece = _with_small_ones(piece, a, b)
    parts = []
    for number, count in zip(*np.unique(piece, return_counts=True), strict=True):
        if count < FEW:
            continue
        mine = np.flatnonzero(piece == number)
        color, second = name_color(cloud.colors[mine])
        parts.append(Part(cloud=cloud.where(mine), color=color, second=second, group=int(group[mine[0]])))
    return sorted(parts, key=lambda part: -len(part.cloud))


def _alike(a: Float64, b: Float64) -> np.ndarray:
    ratio = np.log((a.sum(axis=1) + DIM) / (b.sum(axis=1) + DIM))
    return (hue_angle(a, b) < HUE) & (np.abs(ratio) < SHADE)


def _connected(a: np.ndarray, b: np.ndarray, count: int) -> np.ndarray:
    graph = coo_array((np.ones(len(a)), (a, b)), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def _with_small_ones(piece: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Add pieces of few points, such as a highlight or an edge, to the piece that they touch the most."""
    counts = np.bincount(piece)
    across = piece[a] != piece[b]
    one, other = (
        np.concatenate([piece[a][across], piece[b][across]]),
        np.concatenate([piece[b][across], piece[a][across]]),
    )
    small = (counts[one] < FEW) & (counts[other] >= FEW)
    target = np.arange(len(counts))
    pairs, touches = np.unique(np.column_stack([one[small], other[small]]), axis=0, return_counts=True)
    for row in np.argsort(touches, kind="stable"):
        target[pairs[row, 0]] = pairs[row, 1]
    return target[piece]
