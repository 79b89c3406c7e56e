"""Cans and bottles that lie on their side: a horizontal axis, its direction, and which end is the neck.

A cylinder of radius r on a plane touches it, so its axis is r above it, and in
the plane across the axis the surface is t² + ζ² = 2 r ζ with ζ the height above
the plane: linear in r and in the axis' place once its yaw is known. The yaw is
scanned about that of the outline.
"""

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from . import bodies
from .bodies import Body
from .footprints import Rectangle
from .ranks import rank

RADII = (0.021, 0.040)  # Of household cans and bottles, [m].
CAN, BOTTLE = (0.055, 0.135), (0.13, 0.27)  # Their lengths, [m].
SHOULDER = 0.62  # Where a bottle's straight part ends, as a share of its length.
# A lying thing's outline runs along its grazing sides, which cameras hardly see: it is
# taken for as good as that of an upright thing usually is, [m].
LOOSE = 0.0012
DISC = 0.012  # Points so near to an end may lie on its disc, [m].
TIGHT = 0.0015  # A point farther than this off the surface loses weight, [m].
_YAWS = np.radians(np.linspace(-10.0, 10.0, 11))


def lying(
    p_W: Float64, rectangle: Rectangle, base: float, top: float, spacing: float
) -> list[tuple[Body, float]]:
    """Give the lying can or bottle that these points may be.

    Args:
        p_W: Points, shape (N, 3), [m].
        rectangle: Their outline seen from above.
        base: Height of what they lie on, [m].
        top: Height of the highest, [m].
        spacing: Of neighbouring points, [m].

    Returns:
        The body with what its outline costs, [m]; nothing where none fits.
    """
    height, length = top - base, rectangle.length
    if not (2.0 * RADII[0] < height < 2.0 * RADII[1] and CAN[0] < length < BOTTLE[1]):
        return []
    if not 0.5 * height < rectangle.width < 1.4 * height or length < 1.1 * height:
        return []
    xy, z = p_W[:, :2] - rectangle.center, p_W[:, 2] - base
    axis = np.array([np.cos(rectangle.yaw), np.sin(rectangle.yaw)])
    along = xy @ axis
    ends = [_height_at(z, side * along, 0.5 * length) for side in (1.0, -1.0)]
    sign = 1.0 if ends[0] < ends[1] else -1.0
    bottle = length > BOTTLE[0] and min(ends) < 0.87 * max(ends)
    if not bottle and length > CAN[1]:
        return []
    # Only the straight part tells the axis; a bottle narrows toward one end.
    # The ends' discs lie inside of the cylinder and would make it thinner.
    last = (SHOULDER - 0.54) * length if bottle else 0.5 * length - DISC
    straight = (sign * along > DISC - 0.5 * length) & (sign * along < last)
    if straight.sum() < 20:
        return []
    fit = _cylinder(xy[straight], z[straight], rectangle.yaw)
    if fit is None:
        return []
    yaw, offset, radius = fit
    axis = sign * np.array([np.cos(yaw), np.sin(yaw)])
    across = np.array([-np.sin(yaw), np.cos(yaw)])
    reach = xy @ axis
    low, high = rank(reach, 0.015) - spacing / 2.0, rank(reach, 0.985) + spacing / 2.0
    middle = 0.5 * (low + high) * axis + offset * across
    X_WO = RigidTransform(RotationMatrix(_upright(axis)), [*(rectangle.center + middle), base + radius])
    body = bodies.pillar("bottle" if bottle else "can", X_WO, radius, high - low)
    return [(body, LOOSE)]


def _height_at(z: Float64, along: Float64, half: float) -> float:
    """Give how high the last sixth toward one end is, [m]."""
    near = z[along > 0.66 * half]
    return rank(near, 0.9) if len(near) >= 5 else 1.0


def _cylinder(xy: Float64, z: Float64, yaw: float) -> tuple[float, float, float] | None:
    """Fit yaw, sideways place and radius of a cylinder that lies on the plane z = 0."""
    yaws = yaw + _YAWS
    across = xy @ np.stack([-np.sin(yaws), np.cos(yaws)])
    costs, fits = [], []
    for column in across.T:
        A = np.column_stack([2.0 * column, np.ones(len(z)), 2.0 * z])
        offset, _, radius = np.linalg.solve(A.T @ A + 1e-12 * np.eye(3), A.T @ (column**2 + z**2))
        offset, radius = _refined(column, z, offset, radius)
        error = np.abs(np.hypot(column - offset, z - radius) - radius)
        costs.append(float(np.mean(np.minimum(error, 0.01))))
        fits.append((float(offset), float(radius)))
    best = int(np.argmin(costs))
    shift = 0.0
    if 0 < best < len(yaws) - 1:
        bend = costs[best - 1] - 2.0 * costs[best] + costs[best + 1]
        shift = 0.5 * (costs[best - 1] - costs[best + 1]) / bend if bend > 1e-12 else 0.0
    offset, radius = fits[best]
    if not RADII[0] < radius < RADII[1] or costs[best] > 0.004:
        return None
    return float(yaws[best] + np.clip(shift, -0.5, 0.5) * (_YAWS[1] - _YAWS[0])), offset, radius


def _refined(t: Float64, z: Float64, offset: float, radius: float) -> tuple[float, float]:
    """Bring the axis to the least robust distance: Gauss and Newton's steps with Huber's weights."""
    for _ in range(4):
        away = np.maximum(np.hypot(t - offset, z - radius), 1e-6)
        error = away - radius
        weight = np.minimum(1.0, TIGHT / np.maximum(np.abs(error), 1e-9))
        J = np.column_stack([-(t - offset) / away, -(z - radius) / away - 1.0])
        normal = (J.T * weight) @ J + 1e-9 * np.eye(2)
        step = np.linalg.solve(normal, -(J.T * weight) @ error)
        offset, radius = offset + step[0], radius + step[1]
    return float(offset), float(radius)


def _upright(axis: Float64) -> Float64:
    """Give the rotation whose z is a horizontal axis and whose y points down, shape (3, 3)."""
    z = np.array([*axis, 0.0])
    y = np.array([0.0, 0.0, -1.0])
    return np.column_stack([np.cross(y, z), y, z])
