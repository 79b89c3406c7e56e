"""How high what is seen stands, cell by cell: what a hand from above grasps, sets down on, keeps clear of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import grey_closing, maximum_filter

from ....core.arrays import Float64

CELL = 0.004
"""Side of a cell, [m]."""
NONE = -1e3
"""Height of a cell in which nothing is seen."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heights:
    """The highest point seen in each cell of a level grid.

    Attributes:
        origin: Corner of the first cell, x and y, shape (2,), [m].
        top: Heights, shape (nx, ny), [m]; ``NONE`` where nothing is seen.
    """

    origin: Float64
    top: NDArray[np.float64]

    @classmethod
    def of(cls, cloud: Float64, lower: Float64, upper: Float64, floor: float = NONE) -> "Heights":
        """Lay points on a grid.

        Args:
            cloud: Points, shape (N, 3), [m].
            lower: Least x and y of the grid, shape (2,), [m].
            upper: Largest x and y, shape (2,), [m].
            floor: Height of what nothing is seen of, [m].
        """
        shape = np.maximum(np.ceil((upper - lower) / CELL).astype(int), 1)
        top = np.full(shape, NONE)
        cells = np.floor((cloud[:, :2] - lower) / CELL).astype(int)
        inside = ((cells >= 0) & (cells < shape)).all(axis=1)
        np.maximum.at(top, tuple(cells[inside].T), cloud[inside, 2])
        if len(cloud):
            # Clouds have gaps of a cell or two, which are no holes.
            closed = grey_closing(top, size=(3, 3))
            top = np.where(top == NONE, closed, top)
        return cls(origin=np.asarray(lower, np.float64), top=np.maximum(top, floor))

    def at(self, xy: Float64) -> Float64:
        """Give the heights at points, (..., 2) to (...); ``NONE`` outside the grid."""
        cells = np.floor((xy - self.origin) / CELL).astype(int)
        inside = ((cells >= 0) & (cells < self.top.shape)).all(axis=-1)
        cells = np.clip(cells, 0, np.array(self.top.shape) - 1)
        return np.where(inside, self.top[cells[..., 0], cells[..., 1]], NONE)

    def widened(self) -> "Heights":
        """Give the highest of each cell and its neighbours: for looking up wide areas at fewer points."""
        return Heights(origin=self.origin, top=maximum_filter(self.top, 3))


def patch(half_x: float, half_y: float, center_y: float = 0.0, step: float = CELL) -> Float64:
    """Give points over a rectangle in the hand's frame, no further apart than a step, shape (N, 2), [m]."""
    x = np.linspace(-half_x, half_x, max(2, int(np.ceil(2.0 * half_x / step)) + 1))
    y = center_y + np.linspace(-half_y, half_y, max(2, int(np.ceil(2.0 * half_y / step)) + 1))
    return np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1).reshape(-1, 2)


def turned(points: Float64, yaw: float) -> Float64:
    """Turn points in the plane, (..., 2), by an angle, [rad]."""
    c, s = np.cos(yaw), np.sin(yaw)
    return points @ np.array([[c, s], [-s, c]])
