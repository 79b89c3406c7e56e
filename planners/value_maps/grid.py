"""A regular grid over a box of space, stored with a border of blocked nodes round it."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from ...core.arrays import Float64, frozen
from ...core.errors import InputError

CELLS = 50
"""Nodes along each axis. Half of the field's usual 100: an eighth of the work, and the
distances at the nodes are exact, so that walls thinner than a cell do not get lost."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Nodes in the middle of equal cells.

    Arrays over it have ``padded`` as their shape: one more node on every side, which is always
    blocked, so that the kernels need no test for the edge.

    Attributes:
        lower: The first node that is not border, p_W, shape (3,), [m].
        step: Distance of neighbours along each axis, shape (3,), [m].
        shape: Number of nodes along each axis, without border.
    """

    lower: Float64
    step: Float64
    shape: tuple[int, int, int]

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "lower", frozen(self.lower, (3,)))
        object.__setattr__(self, "step", frozen(self.step, (3,)))

    @classmethod
    def over(cls, lower: Float64, upper: Float64, cells: int = CELLS) -> Self:
        """Divide a box into cells.

        Args:
            lower: Least corner, p_W, shape (3,), [m].
            upper: Largest corner, p_W, shape (3,), [m].
            cells: Number of cells along each axis.

        Raises:
            InputError: If the box is empty or the number does not fit.
        """
        lower, upper = frozen(lower, (3,)), frozen(upper, (3,))
        if not (np.isfinite(lower).all() and np.isfinite(upper).all() and (upper > lower).all()):
            raise InputError(
                f"the workspace from {lower.tolist()} to {upper.tolist()} is empty; "
                "expected each upper bound above its lower one, in metres"
            )
        if not 2 <= cells <= 200:
            raise InputError(f"expected 2 to 200 cells along each axis, got {cells}; 50 is usual")
        step = (upper - lower) / cells
        return cls(lower=lower + step / 2.0, step=step, shape=(cells, cells, cells))

    @property
    def padded(self) -> tuple[int, int, int]:
        """Shape of arrays over the grid, border included."""
        nx, ny, nz = self.shape
        return nx + 2, ny + 2, nz + 2

    @property
    def upper(self) -> Float64:
        """The last node that is not border, p_W, shape (3,), [m]."""
        return self.lower + self.step * (np.array(self.shape) - 1)

    @property
    def half_diagonal(self) -> float:
        """Farthest that a point of a way between neighbours is from the nearer one, [m]."""
        return float(np.linalg.norm(self.step)) / 2.0

    def covers(self, p_W: Float64) -> bool:
        """Tell whether a point lies in one of the cells."""
        # Plain numbers: a replan asks this, and numpy takes longer to start than to count to three.
        for at, lower, step, most in zip(
            p_W.tolist(), self.lower.tolist(), self.step.tolist(), self.shape, strict=True
        ):
            if not -0.5 - 1e-9 <= (at - lower) / step <= most - 0.5 + 1e-9:
                return False
        return True

    def index(self, p_W: Float64) -> tuple[int, int, int]:
        """Give the padded index of the node nearest to a point."""
        i, j, k = (
            min(max(round((at - lower) / step), 0), most - 1) + 1
            for at, lower, step, most in zip(
                p_W.tolist(), self.lower.tolist(), self.step.tolist(), self.shape, strict=True
            )
        )
        return i, j, k

    def flat(self, p_W: Float64) -> int:
        """Give the number of the node nearest to a point in a flattened padded array."""
        i, j, k = self.index(p_W)
        return (i * (self.shape[1] + 2) + j) * (self.shape[2] + 2) + k

    def position(self, flat: np.ndarray) -> Float64:
        """Give the places of nodes by their numbers, (N,) to p_W, (N, 3), [m]."""
        index = np.stack(np.unravel_index(flat, self.padded), axis=-1)
        return self.lower + (index - 1) * self.step

    def nodes(self) -> Float64:
        """Give all nodes without the border, p_W, shape (nx * ny * nz, 3), [m]."""
        axes = [self.lower[a] + self.step[a] * np.arange(self.shape[a]) for a in range(3)]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)

    def window(self, lower: Float64, upper: Float64) -> tuple[np.ndarray, np.ndarray]:
        """Give the padded indices of the nodes within a box, from and up to (exclusive), each (3,)."""
        first = np.ceil((lower - self.lower) / self.step - 1e-9).astype(np.int64)
        last = np.floor((upper - self.lower) / self.step + 1e-9).astype(np.int64)
        most = np.array(self.shape, np.int64)
        return np.clip(first, 0, most) + 1, np.clip(last + 1, 0, most) + 1

    def finer(self, lower: Float64, upper: Float64) -> "Grid":
        """Make a grid of half the spacing over part of this one, every second node on a node of this one.

        Args:
            lower: Least corner of the part, p_W, shape (3,), [m].
            upper: Its largest corner, p_W, shape (3,), [m].
        """
        begin, end = (np.array(self.index(p_W)) - 1 for p_W in (lower, upper))
        nx, ny, nz = (2 * (end - begin) + 1).tolist()
        return Grid(lower=self.lower + begin * self.step, step=self.step / 2.0, shape=(nx, ny, nz))
