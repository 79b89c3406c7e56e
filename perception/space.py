"""Free space: distance to the nearest surface on a regular grid, and what no camera has seen."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64, frozen
from ..core.camera import CameraFrame
from ..robots.shapes import Box, Cylinder, Shape, Sphere, Vessel, distance
from . import kernels
from .scene import DistanceField

STEP = 0.02
BEHIND = 0.01  # A node so little behind a surface still counts as seen, [m].


def measure_space(
    p_W: Float64,
    shapes: Iterable[Shape],
    frames: tuple[CameraFrame, ...],
    table: float,
    lower: Float64,
    upper: Float64,
) -> DistanceField:
    """Measure the free space over the table.

    Args:
        p_W: Surface points seen above the table, shape (N, 3), [m].
        shapes: Solids of the things, so that unseen backs and insides count too.
        frames: The frames, to tell seen from unseen.
        table: Height of the table, [m].
        lower: Least corner of the grid, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].
    """
    count = np.ceil((upper - lower) / STEP).astype(int) + 1
    axes = [lower[axis] + STEP * np.arange(count[axis]) for axis in range(3)]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    solid = nodes[..., 2] < table
    index = np.round((p_W - lower) / STEP).astype(int)
    index = index[((index >= 0) & (index < count)).all(axis=1)]
    solid[tuple(index.T)] = True
    for shape in shapes:
        _fill(solid, nodes, shape, lower, count)
    gap = STEP * np.sqrt(kernels.squared_distance(solid))
    depth = STEP * np.sqrt(kernels.squared_distance(~solid))
    # A node is taken as solid when a surface lies in its cell, so surfaces are on average where gap is 0.
    signed = np.minimum(np.where(solid, -(depth - STEP), gap), nodes[..., 2] - table)
    signed.setflags(write=False)
    unknown = ~_seen(solid.shape, lower, frames) & ~solid
    unknown.setflags(write=False)
    return DistanceField(origin=frozen(lower, (3,)), step=STEP, distance=signed, unknown=unknown)


def _fill(solid: NDArray[np.bool_], nodes: Float64, shape: Shape, lower: Float64, count: NDArray) -> None:
    """Mark the nodes within half a step of a solid, looking only where it can be."""
    center, reach = shape.X_WS.translation(), _radius(shape) + STEP
    first = np.clip(np.floor((center - reach - lower) / STEP).astype(int), 0, count)
    last = np.clip(np.ceil((center + reach - lower) / STEP).astype(int) + 1, 0, count)
    window = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
    if all(b > a for a, b in zip(first, last, strict=True)):
        solid[window] |= distance(shape, nodes[window]) < STEP / 2.0


def _radius(shape: Shape) -> float:
    """Radius of a ball about the shape's origin that covers it, [m]."""
    match shape:
        case Box(half=half):
            return float(np.linalg.norm(half))
        case Cylinder(radius=radius, half_length=half_length):
            return float(np.hypot(radius, half_length))
        case Sphere(radius=radius):
            return radius
        case Vessel(bottom_radius=bottom, top_radius=top, height=height):
            return float(np.hypot(max(bottom, top), height))


def _seen(shape: tuple[int, ...], lower: Float64, frames: tuple[CameraFrame, ...]) -> NDArray[np.bool_]:
    """Tell which nodes lie before the first surface of some camera."""
    seen = np.zeros(shape, bool)
    for frame in frames:
        X_CW, model = frame.X_WC.inverse(), frame.model
        pinhole = np.array([model.fx, model.fy, model.cx, model.cy])
        R_CW, p_CW = np.ascontiguousarray(X_CW.rotation().matrix()), np.array(X_CW.translation())
        kernels.mark_seen(seen, lower, STEP, R_CW, p_CW, pinhole, np.ascontiguousarray(frame.depth), BEHIND)
    return seen
