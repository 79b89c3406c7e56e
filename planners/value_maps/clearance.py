"""How much room there is at the nodes of a grid: exact distances to solids, near them.

A solid's distance is computed only where it matters, within ``reach`` of its surface and margin.
Distances are taken from the solids themselves and not from a voxel image of them: filling 50^3
nodes with 24 boxes takes a few milliseconds, about what a distance transform takes, nothing thinner
than a cell is lost, and where a thing moved only its surroundings are filled again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...core.arrays import Float64
from ...robots.collision import Obstacle
from ...robots.compiled import compiled
from ...robots.shapes import Box, Cylinder, Shape, Sphere
from ...robots.solids import Solids, pack, solid_distance, solids_distance
from .cost import COMFORT
from .grid import Grid


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """The solid pieces of all obstacles as arrays.

    Attributes:
        solids: The pieces.
        bounds: Their boxes along the world's axes: least and largest corner, shape (K, 6), [m].
        margin: Distance that has to be kept from each, shape (K,), [m].
        names: The obstacle that each belongs to.
        solid: Which of them can be bumped into; the others are regions that are kept out of, shape (K,).
    """

    solids: Solids
    bounds: Float64
    margin: Float64
    names: tuple[str, ...]
    solid: np.ndarray

    @classmethod
    def of(cls, obstacles: Sequence[Obstacle], regions: Sequence[Obstacle] = ()) -> "Pieces":
        """Take the pieces of obstacles, and of regions that are kept out of."""
        solid = [True] * sum(len(one.shapes) for one in obstacles)
        solid += [False] * sum(len(one.shapes) for one in regions)
        obstacles = (*obstacles, *regions)
        shapes = [shape for one in obstacles for shape in one.shapes]
        return cls(
            solids=pack(shapes),
            bounds=np.array([bounds(shape) for shape in shapes]).reshape(-1, 6),
            margin=np.array([one.margin for one in obstacles for _ in one.shapes], np.float64),
            names=tuple(one.name for one in obstacles for _ in one.shapes),
            solid=np.array(solid, bool),
        )

    def room(self, p_WQ: Float64) -> Float64:
        """Give the least distance of points (N, 3) beyond the margins, (N,), [m]."""
        return nearest(self.solids, self.margin, _own(p_WQ))

    def distance(self, p_WQ: Float64) -> Float64:
        """Give the distance of points (N, 3) to the nearest solid, (N,), [m]."""
        margin = np.where(self.solid, 0.0, -np.inf)
        return nearest(self.solids, margin, _own(p_WQ))

    def each(self, p_WQ: Float64) -> Float64:
        """Give the distance of points (N, 3) to each piece, (N, K), [m]."""
        return solids_distance(self.solids, _own(p_WQ))[0]

    def kept(self, margin: Float64, solid_only: bool) -> "Pieces":
        """Give the same pieces with other margins, without the regions if wanted."""
        return replace(self, margin=np.where(self.solid | (not solid_only), margin, -np.inf))

    def put(self, name: str, shapes: Sequence[Shape], margin: float) -> "Pieces":
        """Give a thing's pieces new places, as many as before.

        Args:
            name: The thing, or the region.
            shapes: Its pieces now.
            margin: What has to be kept from them, [m].
        """
        rows = np.flatnonzero([one == name for one in self.names])
        fresh = pack(shapes)
        arrays = [array.copy() for array in self.solids]
        for array, new in zip(arrays, fresh, strict=True):
            array[rows] = new
        box, kept = self.bounds.copy(), self.margin.copy()
        box[rows] = [bounds(shape) for shape in shapes]
        kept[rows] = margin
        return replace(self, solids=Solids(*arrays), bounds=box, margin=kept)

    def around(self, name: str) -> Float64:
        """Give the box within which a thing or a region takes room away, shape (6,), [m]."""
        rows = np.flatnonzero([one == name for one in self.names])
        far = float(self.margin[rows].max()) + COMFORT
        low, high = self.bounds[rows, :3].min(axis=0), self.bounds[rows, 3:].max(axis=0)
        return np.concatenate([low - far, high + far])


def _own(p_WQ: Float64) -> Float64:
    """Copy points: a read-only array would have the kernels compiled once more."""
    return np.array(p_WQ, np.float64, order="C")


def bounds(shape: Shape) -> Float64:
    """Give the box along the world's axes around a piece: least and largest corner, shape (6,), [m]."""
    R, p = shape.X_WS.rotation().matrix(), shape.X_WS.translation()
    match shape:
        case Box():
            half = np.abs(R) @ shape.half
        case Cylinder():
            half = _round(R, shape.radius, shape.half_length)
        case Sphere():
            half = np.full(3, shape.radius)
        case _:
            p = p + R[:, 2] * shape.height / 2.0
            half = _round(R, max(shape.bottom_radius, shape.top_radius), shape.height / 2.0)
    return np.concatenate([p - half, p + half])


def _round(R: Float64, radius: float, half_length: float) -> Float64:
    axis = R[:, 2]
    return half_length * np.abs(axis) + radius * np.sqrt(np.maximum(1.0 - axis * axis, 0.0))


def fill(
    pieces: Pieces, reach: float, grid: Grid, room: np.ndarray, window: np.ndarray | None = None
) -> None:
    """Fill part of a field with the least distance beyond the margins.

    Args:
        pieces: What is kept away from.
        reach: Where there is more room than this it is not told apart, [m].
        grid: The nodes.
        room: The field to be filled, float32, the grid's padded shape, [m].
        window: Padded indices from and up to (exclusive), shape (2, 3); all nodes where it is not given.
    """
    if window is None:
        window = np.array([np.ones(3), np.array(grid.shape) + 1], np.int64)
    _fill(pieces.solids, pieces.bounds, pieces.margin, reach, grid.lower, grid.step, window, room)


@compiled
def _fill(solids, bounds, margin, reach, lower, step, window, room):
    room[window[0, 0] : window[1, 0], window[0, 1] : window[1, 1], window[0, 2] : window[1, 2]] = reach
    first, last = np.empty(3, np.int64), np.empty(3, np.int64)
    for n in range(len(solids.code)):
        far = margin[n] + reach
        if not far > -np.inf:
            continue
        for a in range(3):
            low = np.ceil((bounds[n, a] - far - lower[a]) / step[a]) + 1
            high = np.floor((bounds[n, 3 + a] + far - lower[a]) / step[a]) + 2
            # A plane's box may reach beyond what an integer holds.
            first[a] = np.int64(max(low, np.float64(window[0, a])))
            last[a] = np.int64(min(high, np.float64(window[1, a])))
        for i in range(first[0], last[0]):
            x = lower[0] + (i - 1) * step[0]
            for j in range(first[1], last[1]):
                y = lower[1] + (j - 1) * step[1]
                for k in range(first[2], last[2]):
                    d = solid_distance(solids, n, x, y, lower[2] + (k - 1) * step[2])[0] - margin[n]
                    if d < room[i, j, k]:
                        room[i, j, k] = d


@compiled
def nearest(solids, margin, points):
    """Give the distance of each point (N, 3) to the nearest piece, less its margin: (N,), [m]."""
    found = np.full(len(points), np.inf)
    for i in range(len(points)):
        for n in range(len(solids.code)):
            d = solid_distance(solids, n, points[i, 0], points[i, 1], points[i, 2])[0] - margin[n]
            found[i] = min(found[i], d)
    return found
