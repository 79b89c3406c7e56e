"""A thing in the hand, as balls that move with the tool frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from ..core.arrays import Float64, frozen
from .shapes import Box, Cylinder, Shape, Sphere, Vessel

FINEST = 0.006
"""Half the grid step on a thing's surface, [m]; a ball sticks out by 0.73 of it on a cube's face."""
MOST = 200
"""Balls of one piece at most; a larger piece gets a coarser grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldShape:
    """Balls that cover a held thing's surface.

    Attributes:
        name: The thing's identifier.
        spheres: p_GS and radius of each ball, shape (K, 4), [m].
    """

    name: str
    spheres: Float64

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "spheres", frozen(self.spheres, (None, 4)))

    @classmethod
    def of(cls, name: str, shapes: Sequence[Shape]) -> Self:
        """Cover a thing's pieces.

        Args:
            name: The thing's identifier.
            shapes: Its pieces, posed in the tool frame G.
        """
        rows = [_posed(shape, _cover(shape)) for shape in shapes]
        return cls(name=name, spheres=np.concatenate(rows) if rows else np.zeros((0, 4)))


def _posed(shape: Shape, balls_S: Float64) -> Float64:
    """Move balls from the piece's frame to the one that it is posed in."""
    X = shape.X_WS
    centers = balls_S[:, :3] @ X.rotation().matrix().T + X.translation()
    return np.concatenate([centers, balls_S[:, 3:]], axis=1)


def _cover(shape: Shape) -> Float64:
    """Cover a piece's surface in its own frame with at most ``MOST`` balls, or as few as its form allows."""
    step = FINEST
    while True:
        match shape:
            case Sphere():
                return np.array([[0.0, 0.0, 0.0, shape.radius]])
            case Box():
                balls = _box(shape.half, step)
            case Cylinder():
                balls = _cylinder(shape.radius, shape.half_length, step)
            case Vessel():
                balls = _vessel(shape, step)
        if len(balls) <= MOST or step > 0.05:
            return balls
        step *= 1.2


def _box(half: Float64, step: float) -> Float64:
    """Balls around the outer cells of a grid through a box."""
    counts = np.maximum(1, np.ceil(half / step - 1e-9)).astype(int)
    cell = half / counts
    index = np.stack(np.meshgrid(*[np.arange(n) for n in counts], indexing="ij"), axis=-1).reshape(-1, 3)
    outer = ((index == 0) | (index == counts - 1)).any(axis=1)
    centers = (2 * index[outer] + 1) * cell - half
    return np.column_stack([centers, np.full(len(centers), float(np.linalg.norm(cell)))])


def _ring(rho: float, z: float, d_rho: float, d_z: float, step: float) -> Float64:
    """Balls around the cells of a ring with the cross-section (rho ± d_rho, z ± d_z)."""
    outer = rho + d_rho
    count = max(4, int(np.ceil(np.pi * outer / step)))
    half = np.pi / count
    # The cell's corners at its outer and inner edge, seen from its middle.
    far = [np.hypot(r * np.cos(half) - rho, r * np.sin(half)) for r in (outer, rho - d_rho)]
    far.append(d_rho)
    angle = 2.0 * half * np.arange(count)
    ones = np.ones(count)
    return np.column_stack(
        [rho * np.cos(angle), rho * np.sin(angle), z * ones, np.hypot(max(far), d_z) * ones]
    )


def _disc(radius: float, z: float, d_z: float, step: float) -> list[Float64]:
    """Rings that fill a disc."""
    count = max(1, int(np.ceil(radius / (2.0 * step))))
    width = radius / count / 2.0
    return [_ring(width * (2 * i + 1), z, width, d_z, step) for i in range(count)]


def _cylinder(radius: float, half_length: float, step: float) -> Float64:
    """Full discs at both ends, outer rings between."""
    layers = max(1, int(np.ceil(half_length / step)))
    d_z = half_length / layers
    balls: list[Float64] = []
    for i in range(layers):
        z = (2 * i + 1) * d_z - half_length
        rings = _disc(radius, z, d_z, step)
        balls += rings if i in (0, layers - 1) else rings[-1:]
    return np.concatenate(balls)


def _vessel(vessel: Vessel, step: float) -> Float64:
    """A disc for the bottom and rings up the wall."""
    half = vessel.wall / 2.0
    balls = _disc(vessel.bottom_radius, half, half, step)
    base, rim = (
        np.array([vessel.bottom_radius - half, half]),
        np.array([vessel.top_radius - half, vessel.height - half]),
    )
    rise = rim - base
    count = max(1, int(np.ceil(np.linalg.norm(rise) / (2.0 * step))))
    part = rise / count / 2.0
    for i in range(count):
        rho, z = base + part * (2 * i + 1)
        balls.append(_ring(rho, z, abs(part[0]) + half, abs(part[1]) + half, step))
    return np.concatenate(balls)
