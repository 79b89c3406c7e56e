"""When a free hand is where on its way: at the speeds that it is allowed, without inertia."""

from collections.abc import Sequence

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ..program import Slow
from ..settings import Settings
from ..solids import Solid, rows_of, solid_distance

TURN_SPEED = 1.0
"""Fastest turn, [rad/s]: about what half of a Panda's wrist limits allow."""


def paced(
    poses: Sequence[RigidTransform], points: Float64, slow: Sequence[Slow], solids: Sequence[Solid]
) -> Float64:
    """Give the times at which the hand is at the poses of its way.

    Args:
        poses: Poses X_WG along the way, close together.
        points: Points of the hand and what it holds, p_G, shape (N, 3), [m].
        slow: Near what it is slow; the tool's speed counts.
        solids: What stands around.

    Returns:
        Times from 0, shape (len(poses),), [s].
    """
    settings = Settings()
    R = np.array([X.rotation().matrix() for X in poses])
    p = np.array([X.translation() for X in poses])
    step = np.linalg.norm(np.diff(p, axis=0), axis=1)
    cosine = (np.einsum("nij,nij->n", R[1:], R[:-1]) - 1.0) / 2.0
    turn = np.arccos(np.clip(cosine, -1.0, 1.0))
    p_GQ = np.concatenate([np.zeros((1, 3)), points])
    p_WQ = np.einsum("nij,qj->nqi", R, p_GQ) + p[:, None]
    # How much nearer a point may come between two samples than it is at both of them.
    between = 0.5 * np.linalg.norm(np.diff(p_WQ, axis=0), axis=2).max(axis=1)
    speed = np.full(len(step), settings.tool_speed)
    for act in slow:
        rows = rows_of([one for one in solids if one.name == act.thing])
        near = np.array([min(solid_distance(rows, *q) for q in at) for at in p_WQ])
        inside = np.minimum(near[1:], near[:-1]) - between <= act.distance
        speed = np.where(inside, np.minimum(speed, act.speed), speed)
    return np.concatenate([[0.0], np.cumsum(np.maximum(step / speed, turn / TURN_SPEED))])
