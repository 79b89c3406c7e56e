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

_ANGLES = np.linspace(0.0, 2.0 * np.pi, 72, endpoint=False)
_NORMALS = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


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
    skip = min(int(0.004 * len(xy)), 4)
    if len(xy) > 400:
        xy = _outer(xy)
    reach = xy @ _NORMALS.T
    return -np.partition(-reach, skip, axis=0)[skip] + pitch / 2.0


def _outer(xy: Float64) -> Float64:
    """Leave out what lies well inside: it reaches farthest in no direction."""
    offset = xy - (xy.min(axis=0) + xy.max(axis=0)) / 2.0
    sector = ((np.arctan2(offset[:, 1], offset[:, 0]) + np.pi) * (24.0 / (2.0 * np.pi))).astype(int) % 24
    away = np.hypot(offset[:, 0], offset[:, 1])
    farthest = np.zeros(24)
    np.maximum.at(farthest, sector, away)
    return xy[away > 0.7 * farthest[sector]]


def fit_circle(support: Float64) -> Circle:
    """Fit a circle; directions that stand out (a handle) lose their weight."""
    A = np.column_stack([_NORMALS, np.ones(len(_NORMALS))])
    weight = np.ones(len(support))
    x, residual = np.zeros(3), support
    for _ in range(8):
        weighted = A * weight[:, None]
        x = np.linalg.solve(A.T @ weighted, support @ weighted).astype(np.float64)
        residual = support - A @ x
        scale = max(1.4826 * float(np.median(np.abs(residual))), 0.0005)
        # Geman and McClure's weight: a handle is a third of all directions and must count for nothing.
        weight = 1.0 / (1.0 + (residual / (1.5 * scale)) ** 2) ** 2
    return Circle(center=x[:2], radius=float(x[2]), rms=float(np.sqrt(np.mean(residual**2))))


def fit_rectangle(support: Float64) -> Rectangle:
    """Fit a rectangle: the best of 90 yaws, then a parabola through the residuals."""
    solvers, designs = _all_solvers()
    unknowns = solvers @ support
    costs = ((support - (designs @ unknowns[..., None])[..., 0]) ** 2).mean(axis=1)
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
    best: tuple[float, float, Float64, Float64] | None = None
    for yaw in np.arange(0.0, np.pi / 2.0, 2.0 * _YAW_STEP):
        R = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])
        along = xy @ R.T
        low, high = np.percentile(along, [1.5, 98.5], axis=0)
        gap = np.minimum(np.abs(along - low), np.abs(along - high)).min(axis=1)
        cost = float(np.mean(np.minimum(gap, 0.01)))
        if best is None or cost < best[0]:
            best = (cost, float(yaw), R.T @ (low + high) / 2.0, high - low + pitch / 2.0)
    assert best is not None
    cost, yaw, center, (a, b) = best
    if b > a:
        a, b, yaw = b, a, yaw + np.pi / 2.0
    yaw = (yaw + np.pi / 2.0) % np.pi - np.pi / 2.0
    return Rectangle(center=center, yaw=yaw, length=float(a), width=float(b), rms=cost)


_YAW_STEP = np.pi / 180.0


def _design(yaw: float) -> Float64:
    """Give the support function's dependence on centre and half sides at one yaw, shape (72, 4)."""
    relative = _ANGLES - yaw
    return np.column_stack([_NORMALS, np.abs(np.cos(relative)), np.abs(np.sin(relative))])


@cache
def _all_solvers() -> tuple[Float64, Float64]:
    designs = np.stack([_design(step * _YAW_STEP) for step in range(90)])
    return np.linalg.pinv(designs).astype(np.float64), designs
