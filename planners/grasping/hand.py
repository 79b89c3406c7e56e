"""The hand's own shape in the tool frame G, coarse: two fingers and a palm."""

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...robots.models import GripperModel

FINGER_POINTS = 60
STANDOFF = 0.008
"""Gap that a standing finger comes with; the other one brings the thing to it, [m]. A standing finger is one
piece with the hand, and the hand's convex cover fills the corner between them: the SO-101's by some 8 mm."""


def sides(gripper: GripperModel, openings: Float64) -> tuple[Float64, Float64]:
    """Give y in G of both pads' faces at openings, shape (N,) each, [m]."""
    low = np.full(len(openings), -gripper.standing) if gripper.jaw else -openings / 2.0
    return low, low + openings


def middle(gripper: GripperModel, widths: Float64) -> Float64:
    """Give y in G of the middle of what is about to be closed on, by its width, shape (N,), [m].

    Between two moving fingers that is 0. A standing finger comes as near as it
    may and the other one brings the thing to it.
    """
    return STANDOFF - gripper.standing + widths / 2.0 if gripper.jaw else np.zeros(len(widths))


def closed(gripper: GripperModel, X_WG: RigidTransform) -> RigidTransform:
    """Give the pose at which the hand would have had to come for the thing not to move when it closes."""
    shift = STANDOFF if gripper.jaw else 0.0
    return X_WG @ RigidTransform([0.0, shift, 0.0])


def lean(gripper: GripperModel, width: float) -> float:
    """Give the angle by which a swinging finger's pad opens toward the tips at a width, [rad]."""
    if gripper.parallel is None:
        return 0.0
    at, level = gripper.joint_positions(width), gripper.joint_positions(gripper.parallel)
    return float(at[0] - level[0])


def hand_points(gripper: GripperModel, openings: Float64) -> Float64:
    """Sample the surface of a coarse hand.

    Args:
        gripper: The fingers.
        openings: Openings between the fingertips, shape (N,), [m].

    Returns:
        Points in G, the first ``FINGER_POINTS`` on the fingers, shape (N, P, 3), [m].
    """
    half_x, thick = gripper.finger
    palm = gripper.palm_depth
    x, z = (
        grid.ravel()
        for grid in np.meshgrid(
            [-half_x, 0.0, half_x],
            [gripper.finger_reach, 0.0, -0.32 * palm, -0.64 * palm, -palm],
            indexing="ij",
        )
    )
    fingers = []
    for sign, face in zip((-1.0, 1.0), sides(gripper, openings), strict=True):
        for out in (0.0, thick):
            y = face[:, None] + sign * out + 0.0 * x
            fingers.append(np.stack([np.broadcast_to(x, y.shape), y, np.broadcast_to(z, y.shape)], axis=-1))
    wide, long, deep = gripper.palm
    grid = np.meshgrid(
        [-wide, 0.0, wide],
        np.linspace(-1, 1, 7) * long,
        [-palm, -palm - deep / 2, -palm - deep],
        indexing="ij",
    )
    points = np.stack([axis.ravel() for axis in grid], axis=-1)
    return np.concatenate([*fingers, np.broadcast_to(points, (len(openings), *points.shape))], axis=1)
