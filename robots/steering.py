"""Following targets that come at a fixed rate: each one turns the running motion toward it.

A robot follows curves that end at rest. At every target the curve under way is
replaced, at this moment, by one that begins with its position and velocity and
ends at rest at the target, as soon as the limits allow; where no such curve
keeps them, the arm brakes. A target that never changes is therefore reached, and
one that stops coming leaves the arm at rest.
"""

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from .following import START_TOLERANCE, Limits, braking
from .kinematics import Kinematics
from .models import RobotModel
from .robot import ArmInfo, ArmState, Motion, MotionState, Robot

SHARE = 0.9
"""Share of the limits that is used: the robot checks the whole curve again and refuses what is beyond."""
GROWTH = 1.15
"""By how much a curve is made longer until it keeps the limits."""
TRIES = 60
DAMPING = 1e-3
"""Damping of the steps toward a tool pose; makes them small where the arm is stretched out."""
ROUNDS = 4
TINY_GRIP = 1e-3
"""Change of the wanted opening from which the fingers are told anew, [m]."""
GRIP_FORCE = 40.0
"""Force with which the fingers close, where the hand has it, [N]."""
STANDS = 0.04
"""Speed below which a curve begins at rest, [rad/s]; the robot takes up to 0.05 rad/s for that."""


class Steering:
    """One arm and its fingers, turned toward targets."""

    def __init__(self, robot: Robot, arm: ArmInfo, model: RobotModel, period: float):
        """Stand; nothing moves.

        Args:
            robot: What moves.
            arm: Which of its arms.
            model: The arm's model.
            period: Time between targets, [s].
        """
        self.arm, self.model = arm, model
        self.kinematics = Kinematics(model, arm.X_WR)
        self._robot, self._period = robot, period
        self._limits = Limits(
            names=arm.joint_names,
            lower=model.lower,
            upper=model.upper,
            speed=SHARE * model.velocity,
            acceleration=SHARE * model.acceleration,
        )
        self._motion: Motion | None = None
        self._curve: tuple[JointTrajectory, float] | None = None
        self._width: float | None = None
        self.goal: Float64 | None = None

    def joints(self, q: Float64, state: ArmState, time: float, motions: dict[int, MotionState]) -> None:
        """Turn toward joint positions.

        Args:
            q: Where to go, shape (n,), [rad]; what is beyond the joints' range is brought back into it.
            state: What the arm senses now.
            time: Robot time now, [s].
            motions: What was sensed of the motions.

        Raises:
            RobotError: If the robot refuses.
        """
        self.goal = np.clip(q, self.model.lower, self.model.upper)
        running = self._motion is not None and motions.get(self._motion.number) is MotionState.RUNNING
        q0, v0 = self._where(state, time, running)
        if not running and np.abs(self.goal - q0).max() < 1e-6:
            return
        curve = toward(self._limits, self.arm.name, q0, v0, self.goal, self._period)
        if running and self._motion is not None:
            self._motion = self._motion.replace(curve, time)
        else:
            self._motion = self._robot.execute(curve)
        self._curve = (curve, time)

    def tool(self, shift: Float64, state: ArmState, time: float, motions: dict[int, MotionState]) -> None:
        """Turn toward a tool pose beside the last one.

        Args:
            shift: How far from where the last target has the tool: p in the world, [m], then the rotation
                vector about the world's axes, [rad]; shape (6,).
            state: What the arm senses now.
            time: Robot time now, [s].
            motions: What was sensed of the motions.

        Raises:
            RobotError: If the robot refuses.
        """
        lost = self._motion is not None and motions.get(self._motion.number) is MotionState.FAILED
        base = state.q if self.goal is None or lost else self.goal
        self.joints(reach(self.kinematics, self.model, base, shift), state, time, motions)

    def fingers(self, width: float) -> None:
        """Move the fingers toward an opening, [m], unless that is what they do already."""
        gripper = self.model.gripper
        assert gripper is not None, "an arm without a hand has no opening to give"
        width = float(np.clip(width, gripper.min_width, gripper.max_width))
        if self._width is None or abs(width - self._width) > TINY_GRIP:
            self._width = width
            self._robot.grip(self.arm.name, width, min(GRIP_FORCE, gripper.max_force))

    def _where(self, state: ArmState, time: float, running: bool) -> tuple[Float64, Float64]:
        """Give the position and velocity that the next curve has to begin with."""
        still = np.zeros_like(state.q)
        if self._curve is None:
            return np.clip(state.q, self.model.lower, self.model.upper), still
        curve, began = self._curve
        if running:
            return curve.at(max(0.0, time - began))
        end = curve.q[-1]
        near = np.abs(end - state.q).max() < START_TOLERANCE / 2.0
        return (end if near else np.clip(state.q, self.model.lower, self.model.upper)), still


def toward(
    limits: Limits, arm: str, q0: Float64, v0: Float64, q1: Float64, shortest: float
) -> JointTrajectory:
    """Give the shortest cubic from a position and velocity to rest at a target that keeps the limits.

    Args:
        limits: What the joints can do.
        arm: The arm's name.
        q0: Where it begins, shape (n,), [rad].
        v0: Its velocity there, shape (n,), [rad/s].
        q1: Where it ends, shape (n,), [rad].
        shortest: It takes at least so long, [s].

    Returns:
        The curve; straight to rest where no curve to the target keeps the limits.
    """
    share = np.linspace(0.0, 1.0, 33)[:, None]
    for duration in shortest * GROWTH ** np.arange(TRIES):
        rise, slope = q1 - q0, duration * v0
        # Hermite's cubic with these values, this slope at its beginning and none at its end.
        a, b = slope - 2.0 * rise, 3.0 * rise - 2.0 * slope
        q = q0 + share * (slope + share * (b + share * a))
        v = (slope + share * (2.0 * b + 3.0 * a * share)) / duration
        ends = np.abs(np.stack([2.0 * b, 2.0 * b + 6.0 * a])) / duration**2
        kept = (
            (np.abs(v) <= limits.speed).all()
            and (ends <= limits.acceleration).all()
            and (q >= limits.lower - 1e-9).all()
            and (q <= limits.upper + 1e-9).all()
        )
        if kept:
            return JointTrajectory(
                arm=arm,
                joint_names=limits.names,
                times=np.array([0.0, duration]),
                q=np.stack([q0, q1]),
                v=np.stack([v0, np.zeros_like(v0)]),
            )
    return braking(arm, limits, q0, v0)


def reach(kinematics: Kinematics, model: RobotModel, q: Float64, shift: Float64) -> Float64:
    """Give joint positions that bring the tool a little farther.

    Args:
        kinematics: Of the arm.
        model: Its limits.
        q: Where it is, shape (n,), [rad].
        shift: p in the world, [m], and the rotation vector about the world's axes, [rad]; shape (6,).

    Returns:
        Shape (n,), [rad]; as near as a few damped steps come, within the joints' range.
    """
    X_WG = kinematics.tool_pose(q)
    angle = float(np.linalg.norm(shift[3:]))
    R = X_WG.rotation()
    if angle > 1e-12:
        R = RotationMatrix(_rotation(shift[3:])) @ R
    X_WT = RigidTransform(R, X_WG.translation() + shift[:3])
    for _ in range(ROUNDS):
        X_WG = kinematics.tool_pose(q)
        off = np.concatenate(
            [
                _vector((X_WT.rotation() @ X_WG.rotation().inverse()).matrix()),
                X_WT.translation() - X_WG.translation(),
            ]
        )
        J = kinematics.jacobian(q)
        q = q + J.T @ np.linalg.solve(J @ J.T + DAMPING * np.eye(6), off)
        q = np.clip(q, model.lower, model.upper)
    return q


def _rotation(vector: Float64) -> Float64:
    from scipy.spatial.transform import Rotation

    return Rotation.from_rotvec(vector).as_matrix()


def _vector(R: Float64) -> Float64:
    from scipy.spatial.transform import Rotation

    return Rotation.from_matrix(R).as_rotvec()
