"""Solids as rows of numbers: what compiled kernels measure distances to.

The rows hold a kind, a pose and up to three sizes; distances are the textbook
forms (I. Quilez, "Distance functions"), exact outside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numba
import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64, frozen

SolidKind = Literal["box", "cylinder", "capsule", "sphere"]
KINDS: tuple[SolidKind, ...] = get_args(SolidKind)
SIZES: dict[SolidKind, tuple[str, ...]] = {
    "box": ("half_x", "half_y", "half_z"),
    "cylinder": ("radius", "half_length"),
    "capsule": ("radius", "half_length"),
    "sphere": ("radius",),
}
"""What the sizes of each kind are, [m]; cylinders and capsules lie along z."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solid:
    """A solid obstacle.

    Attributes:
        kind: Its form.
        X_WS: Pose of its centre.
        size: Its sizes in the order of ``SIZES``, [m].
        name: The thing that it is, or is a piece of; None for what has no name.
    """

    kind: SolidKind
    X_WS: RigidTransform
    size: Float64
    name: str | None = None

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "size", frozen(self.size, (len(SIZES[self.kind]),)))

    def row(self) -> Float64:
        """Give kind, R_WS row by row, p_WS and sizes, shape (16,)."""
        size = np.zeros(3)
        size[: len(self.size)] = self.size
        R, p = self.X_WS.rotation().matrix(), self.X_WS.translation()
        return np.concatenate([[KINDS.index(self.kind)], R.ravel(), p, size])


def called(solid: Solid, number: int) -> str:
    """Give what messages call a solid: its name, or its kind and its number from 0."""
    return solid.name or f"{solid.kind}_{number}"


def rows_of(solids: Sequence[Solid]) -> Float64:
    """Give the rows of several solids, shape (n, 16)."""
    return np.array([solid.row() for solid in solids]).reshape(-1, 16)


@numba.njit(cache=True)
def one_distance(row: Float64, x: float, y: float, z: float) -> float:
    """Signed distance of a point to one solid, [m]."""
    dx, dy, dz = x - row[10], y - row[11], z - row[12]
    a = row[1] * dx + row[4] * dy + row[7] * dz
    b = row[2] * dx + row[5] * dy + row[8] * dz
    c = row[3] * dx + row[6] * dy + row[9] * dz
    kind = int(row[0])
    if kind == 0:
        u, v, w = abs(a) - row[13], abs(b) - row[14], abs(c) - row[15]
        inner = min(max(u, max(v, w)), 0.0)
        u, v, w = max(u, 0.0), max(v, 0.0), max(w, 0.0)
        return np.sqrt(u * u + v * v + w * w) + inner
    if kind == 1:
        u, v = np.sqrt(a * a + b * b) - row[13], abs(c) - row[14]
        inner = min(max(u, v), 0.0)
        u, v = max(u, 0.0), max(v, 0.0)
        return np.sqrt(u * u + v * v) + inner
    if kind == 2:
        c -= min(max(c, -row[14]), row[14])
    return np.sqrt(a * a + b * b + c * c) - row[13]


@numba.njit(cache=True)
def solid_distance(rows: Float64, x: float, y: float, z: float) -> float:
    """Signed distance of a point to the nearest solid, [m]; infinite where there is none."""
    least = np.inf
    for i in range(rows.shape[0]):
        least = min(least, one_distance(rows[i], x, y, z))
    return least


@numba.njit(cache=True)
def kept_distance(rows: Float64, margins: Float64, x: float, y: float, z: float) -> float:
    """Least signed distance of a point to a solid beyond that solid's margin, [m]."""
    least = np.inf
    for i in range(rows.shape[0]):
        least = min(least, one_distance(rows[i], x, y, z) - margins[i])
    return least


@numba.njit(cache=True)
def distance_grid(rows: Float64, lower: Float64, upper: Float64, shape: tuple[int, int, int]) -> Float64:
    """Sample the distance at the nodes of a grid whose corner nodes are ``lower`` and ``upper``."""
    grid = np.empty(shape)
    step = (upper - lower) / (np.array(shape) - 1)
    for i in range(shape[0]):
        for j in range(shape[1]):
            for k in range(shape[2]):
                grid[i, j, k] = solid_distance(
                    rows, lower[0] + i * step[0], lower[1] + j * step[1], lower[2] + k * step[2]
                )
    return grid
