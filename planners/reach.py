"""Joint positions for a tool pose, and straight lines of the tool, by damped Gauss-Newton steps."""

import numpy as np
from pydrake.common.eigen_geometry import AngleAxis
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..robots.kinematics import Kinematics

CLOSE = 1e-7
NEAR = 5e-5
"""What is close enough for an arm of fewer than six joints, [m] and [rad]: axes in a URDF are off by 1e-5,
and what a sixth joint would take up stays. Half of what a pose may be off."""
STEPS = 60
STALLED = 12
LINE_STEP = 0.01
JUMP = 0.25


def rotation_error(R_WG: Float64, R_WK: Float64) -> Float64:
    """Give the rotation vector in the world that turns G onto K, shape (3,), [rad]."""
    R = R_WK @ R_WG.T
    twist = np.array([R[2, 1] - R[1, 2], R[0, 2] - R[2, 0], R[1, 0] - R[0, 1]]) / 2.0
    sine, cosine = float(np.linalg.norm(twist)), (np.trace(R) - 1.0) / 2.0
    angle = float(np.arctan2(sine, cosine))
    if sine > 1e-9:
        return twist * (angle / sine)
    if cosine > 0.0:
        return twist
    # Half a turn: any axis that R leaves alone.
    axis = R[:, int(np.argmax(np.diag(R)))] + np.eye(3)[int(np.argmax(np.diag(R)))]
    return axis / np.linalg.norm(axis) * np.pi


def reach(
    kinematics: Kinematics,
    X_WG: RigidTransform,
    q: Float64,
    lower: Float64,
    upper: Float64,
    wish: Float64 | None = None,
) -> Float64 | None:
    """Find joint positions near q that put the tool at a pose.

    Args:
        kinematics: The arm.
        X_WG: Wanted pose of the tool.
        q: Where to begin, shape (n,), [rad].
        lower: Least joint positions, shape (n,), [rad].
        upper: Largest joint positions, shape (n,), [rad].
        wish: Posture that spare freedom is drawn to, shape (n,), or None to move least.

    Returns:
        Joint positions that reach the pose within ``CLOSE``, with fewer than six joints ``NEAR``, or None.
    """
    R_WK, p_WK = X_WG.rotation().matrix(), X_WG.translation()
    q = np.clip(q, lower, upper)
    damping = 1e-4
    before = np.inf
    for turn in range(STEPS):
        now = kinematics.tool_pose(q)
        error = np.concatenate([rotation_error(now.rotation().matrix(), R_WK), p_WK - now.translation()])
        size = float(np.abs(error).max())
        if size < (CLOSE if len(q) >= 6 else NEAR):
            return q
        if turn % STALLED == STALLED - 1:
            if size > 0.9 * before:
                return None
            before = size
        scale = min(
            1.0,
            0.3 / max(float(np.abs(error[3:]).max()), 1e-9),
            0.6 / max(float(np.abs(error[:3]).max()), 1e-9),
        )
        J = kinematics.jacobian(q)
        # Joints at a limit that would be pushed further are held; the others do the work.
        free = np.ones(len(q), dtype=bool)
        step = np.zeros(len(q))
        for _ in range(3):
            Jf = J[:, free]
            square = Jf @ Jf.T + (damping if size > 1e-3 else 1e-10) * np.eye(6)
            pseudo = np.linalg.solve(square, Jf).T
            move = pseudo @ (scale * error)
            if wish is not None and turn < STEPS // 2:
                pull = 0.3 * (wish - q)[free]
                move = move + pull - pseudo @ (Jf @ pull)
            step[:] = 0.0
            step[free] = move
            stuck = free & (((q <= lower + 1e-12) & (step < 0.0)) | ((q >= upper - 1e-12) & (step > 0.0)))
            if not stuck.any():
                break
            free &= ~stuck
            if free.sum() < 6:
                break
        q = np.clip(q + step, lower, upper)
    return None


def straight(
    kinematics: Kinematics,
    q: Float64,
    shift_W: Float64,
    lower: Float64,
    upper: Float64,
    wish: Float64 | None = None,
) -> Float64 | None:
    """Move the tool along a straight line without turning it.

    Args:
        kinematics: The arm.
        q: Joint positions at the line's beginning, shape (n,), [rad].
        shift_W: From the line's beginning to its end, shape (3,), [m].
        lower: Least joint positions, shape (n,), [rad].
        upper: Largest joint positions, shape (n,), [rad].
        wish: Posture that spare freedom is drawn to, or None to move least.

    Returns:
        Joint positions along the line, both ends included, shape (N, n), or None where the arm cannot follow.
    """
    X_WG = kinematics.tool_pose(q)
    count = max(2, int(np.ceil(np.linalg.norm(shift_W) / LINE_STEP)) + 1)
    line = [q]
    for share in np.linspace(0.0, 1.0, count)[1:]:
        target = RigidTransform(X_WG.rotation(), X_WG.translation() + share * shift_W)
        lean = None if wish is None else line[-1] + np.clip(wish - line[-1], -0.05, 0.05)
        found = reach(kinematics, target, line[-1], lower, upper, lean)
        if found is None or np.abs(found - line[-1]).max() > JUMP:
            return None
        line.append(found)
    return np.array(line)


def level(
    kinematics: Kinematics, start: Float64, end: Float64, lower: Float64, upper: Float64
) -> Float64 | None:
    """Sweep the tool evenly from one pose to another, turning by the shortest way.

    What is level at both ends stays level where the two poses differ by a turn about the vertical.

    Args:
        kinematics: The arm.
        start: First joint positions, shape (n,), [rad].
        end: Last joint positions, shape (n,), [rad].
        lower: Least joint positions, shape (n,), [rad].
        upper: Largest joint positions, shape (n,), [rad].

    Returns:
        Joint positions on the way, both ends included, shape (N, n), or None where the arm cannot follow.
    """
    X_WA, X_WB = kinematics.tool_pose(start), kinematics.tool_pose(end)
    turn = rotation_error(X_WA.rotation().matrix(), X_WB.rotation().matrix())
    angle = float(np.linalg.norm(turn))
    axis = turn / angle if angle > 1e-9 else np.array([0.0, 0.0, 1.0])
    far = float(np.linalg.norm(X_WB.translation() - X_WA.translation()))
    count = max(4, int(np.ceil(max(far / 0.02, angle / 0.06, np.abs(end - start).max() / 0.1))) + 1)
    swept = [start]
    for share in np.linspace(0.0, 1.0, count)[1:-1]:
        target = RigidTransform(
            RotationMatrix(AngleAxis(share * angle, axis)) @ X_WA.rotation(),
            (1.0 - share) * X_WA.translation() + share * X_WB.translation(),
        )
        wish = start + share * (end - start)
        found = reach(kinematics, target, swept[-1], lower, upper, wish)
        if found is None or np.abs(found - swept[-1]).max() > JUMP:
            return None
        swept.append(found)
    if np.abs(end - swept[-1]).max() > JUMP:
        return None
    return np.array([*swept, end])
