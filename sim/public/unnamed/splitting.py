"""Pieces of a cloud: connected, and of one colour or of its shades."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from ....core.arrays import Float64
from ....perception.colors import name_color, to_linear
from .clouds import ColoredCloud

STEP, FAMILY = 0.012, 0.025
"""Points nearer to each other than this are connected; pieces of one colour so near are of one thing, [m]."""
HUE, NOISE = 0.025, 0.006
"""Sine of the angle between shades of one colour; and what rounding adds to it at full light."""
SHADE, VIVID_SHADE = 0.4, 1.0
"""Logarithm of the ratio of brightnesses of neighbours of one gray, and of one vivid colour."""
VIVID = 0.2
"""Share of the strongest channel that the weakest one lacks, from which on a colour is vivid."""
DIM = 0.02
"""Light added to codes before ratios are taken: black is noisy."""
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
    alike = _alike(cloud.codes[a], cloud.codes[b])
    group = _connected(a, b, len(cloud))
    piece = _connected(a[alike], b[alike], len(cloud))
    piece = _with_small_ones(piece, a, b)
    parts = []
    for number, count in zip(*np.unique(piece, return_counts=True), strict=True):
        if count < FEW:
            continue
        mine = np.flatnonzero(piece == number)
        color, second = name_color(to_linear(np.round(255.0 * cloud.codes[mine]).astype(np.uint8)))
        parts.append(Part(cloud=cloud.where(mine), color=color, second=second, group=int(group[mine[0]])))
    return sorted(_in_families(parts), key=lambda part: -len(part.cloud))


def _in_families(parts: list[Part]) -> list[Part]:
    """Join the groups of pieces of one colour with a narrow gap between them, such as a cap and its rim."""
    group = {part.group: part.group for part in parts}
    trees = [KDTree(part.cloud.points) for part in parts]
    for i, one in enumerate(parts):
        for j in range(i):
            other = parts[j]
            if one.color != other.color or group[one.group] == group[other.group]:
                continue
            near = trees[j].query(one.cloud.points, distance_upper_bound=FAMILY)[0].min()
            if near < FAMILY:
                old, new = group[one.group], group[other.group]
                group = {key: new if value == old else value for key, value in group.items()}
    return [replace(part, group=group[part.group]) for part in parts]


def _alike(a: Float64, b: Float64) -> np.ndarray:
    """Tell which pairs are shades of one colour.

    Args:
        a: Codes, 0 to 1, in which a renderer's light is a factor, shape (N, 3).
        b: The others', shape (N, 3).
    """
    a, b = a + DIM, b + DIM
    long = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    sine = np.linalg.norm(np.cross(a, b), axis=1) / long
    ratio = np.abs(np.log(a.sum(axis=1) / b.sum(axis=1)))
    vivid = np.minimum(_vividness(a), _vividness(b)) > VIVID
    limit = HUE + NOISE / np.sqrt(long)
    return (sine < limit) & (ratio < np.where(vivid, VIVID_SHADE, SHADE))


def _vividness(codes: Float64) -> Float64:
    return 1.0 - codes.min(axis=1) / codes.max(axis=1)


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
