"""Circle or rectangle: the outline of a thing seen from above.

Both are fitted to the support function h(n) = max over points of n·p, which is
linear in the unknowns: a circle has h = c·n + r, a rectangle at yaw a has
h = c·n + (length |cos| + width |sin|) / 2. No hull, no iteration, and a hidden
stretch of the outline costs only its own directions.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from ..core.arrays import Float64
from . import kernels

_ANGLES = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
NORMALS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """A round outline.

    Attributes:
        center: Shape (2,), [m].
        radius: [m].
        rms: Root mean square of the support function's residual, [m].
    """

    center: Float64
    radius: float
    rms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle:
    """A rectangular outline.

    Attributes:
        center: Shape (2,), [m].
        yaw: Direction of the longer side, [rad].
        length: Longer side, [m].
        width: Shorter side, [m].
        rms: Root mean square of the support function's residual, [m].
    """

    center: Float64
    yaw: float
    length: float
    width: float
    rms: float


def outline(xy: Float64, pitch: float) -> Float64:
    """Measure how far the points reach in 72 directions.

    Args:
        xy: Points, shape (N, 2), [m].
        pitch: Spacing of the points; the surface ends about half of it behind the last, [m].

    Returns:
        Support function, shape (72,), [m].
    """
    # With many points, the very farthest are noise and left out.
    skip = min(int(0.004 * len(xy)), kernels.MOST_SKIPPED)
    return kernels.support(np.ascontiguousarray(xy), NORMALS, skip) + pitch / 2.0


def fit_circle(support: Float64) -> Circle:
    """Fit a circle; directions that stand out (a handle) lose their weight."""
    # Geman and McClure's weight: a handle is a third of all directions and must count for nothing.
    cx, cy, radius, rms = kernels.circle(support, NORMALS, 8, 0.0005)
    return Circle(center=np.array([cx, cy]), radius=float(radius), rms=float(rms))


def fit_rectangle(support: Float64) -> Rectangle:
    """Fit a rectangle: the best of 90 yaws, then a parabola through the residuals."""
    inside = (_all_bases() @ support).reshape(90, 4)
    costs = (support @ support - (inside**2).sum(axis=1)) / len(support)
    best = int(np.argmin(costs))
    left, right = costs[best - 1], costs[(best + 1) % len(costs)]
    bend = left - 2.0 * costs[best] + right
    shift = 0.5 * (left - right) / bend if bend > 1e-15 else 0.0
    yaw = (best + float(np.clip(shift, -0.5, 0.5))) * _YAW_STEP
    design = _design(yaw)
    cx, cy, a, b = np.linalg.lstsq(design, support, rcond=None)[0]
    rms = float(np.sqrt(np.mean((support - design @ [cx, cy, a, b]) ** 2)))
    if b > a:
        a, b, yaw = b, a, yaw + np.pi / 2.0
    yaw = (yaw + np.pi / 2.0) % np.pi - np.pi / 2.0
    return Rectangle(center=np.array([cx, cy]), yaw=yaw, length=2.0 * a, width=2.0 * b, rms=rms)


def fit_corner(xy: Float64, pitch: float) -> Rectangle:
    """Fit a rectangle of which only one or two sides are seen: the yaw whose sides carry the points.

    Args:
        xy: Points of upright faces, shape (N, 2), [m].
        pitch: Spacing of the points, [m].
    """
    yaws = np.arange(0.0, np.pi / 2.0, 2.0 * _YAW_STEP)
    R = np.stack([[np.cos(yaws), np.sin(yaws)], [-np.sin(yaws), np.cos(yaws)]]).transpose(2, 0, 1)
    along = np.sort(R @ xy.T, axis=2)
    last = xy.shape[0] - 1
    low, high = along[..., round(0.015 * last), None], along[..., round(0.985 * last), None]
    along = R @ xy.T
    gap = np.minimum(np.abs(along - low), np.abs(along - high)).min(axis=1)
    costs = np.minimum(gap, 0.01).mean(axis=1)
    best = int(np.argmin(costs))
    cost, yaw = float(costs[best]), float(yaws[best])
    center = R[best].T @ (low + high)[best, :, 0] / 2.0
    a, b = (high - low)[best, :, 0] + pitch / 2.0
    if b > a:
        a, b, yaw = b, a, yaw + np.pi / 2.0
    yaw = (yaw + np.pi / 2.0) % np.pi - np.pi / 2.0
    return Rectangle(center=center, yaw=yaw, length=float(a), width=float(b), rms=cost)


_YAW_STEP = np.pi / 180.0


def _design(yaw: float) -> Float64:
    """Give the support function's dependence on centre and half sides at one yaw, shape (72, 4)."""
    relative = _ANGLES - yaw
    return np.column_stack([NORMALS, np.abs(np.cos(relative)), np.abs(np.sin(relative))])


@cache
def _all_bases() -> Float64:
    """Give orthonormal bases of what rectangles at the 90 yaws can explain, shape (360, 72)."""
    designs = np.stack([_design(step * _YAW_STEP) for step in range(90)])
    return np.linalg.qr(designs)[0].transpose(0, 2, 1).reshape(-1, len(_ANGLES)).copy()
