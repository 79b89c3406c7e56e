"""A robot without a world: its arm is where it was told to be, and it can be told to misbehave.

For tests. It has the panda's joints or any others, a hand that closes on an
imagined thing, and two cameras that see a gray wall one metre away.
"""

from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform

from ..core.camera import CameraFrame, CameraModel
from ..core.closing import Closing
from ..core.errors import InputError, RobotError, UnknownName
from ..core.trajectory import JointTrajectory
from .following import Follower, Limits, MotionLedger
from .numbered import NumberedMotion
from .robot import ArmInfo, ArmState, MotionState, Observation, RobotInfo

ARM = "arm"
PANDA = tuple(f"panda_joint{number}" for number in range(1, 8))
Q_START = (0.0, -0.785, 0.0, -2.356, 0.0, 1.571, 0.785)
STEP = 0.01  # How finely motions are followed, [s].
FINGER_SPEED = 0.1  # [m/s].
OPEN = 0.08  # [m].
CAMERAS = ("front", "wrist")
MODEL = CameraModel(width=32, height=24, fx=27.0, fy=27.0, cx=15.5, cy=11.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What goes wrong, each from a robot time on; None where nothing does.

    Attributes:
        frozen_state: The joint state is reported as it was then, [s].
        dropped: What the hand holds slips out: the opening falls to 0, [s].
        frozen_camera: The cameras give the last frame before it again and again, [s].
        refused: Every new motion is refused, [s].
        disconnected: The robot is gone: every call raises, [s].
    """

    frozen_state: float | None = None
    dropped: float | None = None
    frozen_camera: float | None = None
    refused: float | None = None
    disconnected: float | None = None


class FakeRobot(Closing):
    """A robot that follows perfectly and senses what it is told to."""

    def __init__(
        self,
        *,
        faults: Faults | None = None,
        holdable: float = 0.0,
        joint_names: tuple[str, ...] = PANDA,
        q_start: tuple[float, ...] = Q_START,
        model: str = "panda",
    ):
        """Stand at the start, hand open.

        Args:
            faults: What goes wrong.
            holdable: Width of what lies between the fingers, 0 for nothing, [m].
            joint_names: The arm's joints.
            q_start: Where they stand, [rad].
            model: Name of the robot model.
        """
        self._faults = faults or Faults()
        self._holdable = holdable
        n = len(joint_names)
        limits = Limits(
            names=joint_names,
            lower=np.full(n, -3.8),
            upper=np.full(n, 3.8),
            speed=np.full(n, 2.7),  # No slower than the joints of the arm that it is taken for.
            acceleration=np.full(n, 8.0),
        )
        arm = ArmInfo(name=ARM, model=model, X_WR=RigidTransform(), joint_names=joint_names, has_gripper=True)
        self._info = RobotInfo(name="fake", arms=(arm,), cameras=CAMERAS, simulated=True, lockstep=True)
        self._ledger = MotionLedger()
        self._follower = Follower(ARM, limits, np.array(q_start), self._ledger)
        self._time = 0.0
        self._width = self._goal = OPEN
        self._force = self._wanted_force = 0.0
        self._gripping: int | None = None
        self._closed = False
        self._last_state: ArmState | None = None
        self._last_frames: dict[str, CameraFrame] = {}

    @property
    def info(self) -> RobotInfo:
        """What the robot is made of."""
        return self._info

    def observe(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Sense the present; see ``robots.robot.Robot``."""
        self._check_here()
        if self._last_state is None or not self._has(self._faults.frozen_state):
            self._last_state = self._state()
        frames = tuple(self._frame(camera) for camera in cameras)
        trails = self._ledger.trails()
        return Observation(
            time=self._time,
            arms={ARM: self._last_state},
            frames=frames,
            motions=self._ledger.report(),
            trails={} if self._has(self._faults.frozen_state) else trails,
        )

    def execute(self, trajectory: JointTrajectory) -> NumberedMotion:
        """Start a motion; see ``robots.robot.Robot``."""
        self._check_obeys(trajectory.arm)
        q, _ = self._follower.target(self._time)
        return NumberedMotion(self._follower.execute(trajectory, self._time, q), self)

    def replace(self, number: int, trajectory: JointTrajectory, at: float) -> NumberedMotion:
        """Join a trajectory onto the motion of a number."""
        self._check_obeys(trajectory.arm)
        return NumberedMotion(self._follower.replace(number, trajectory, at, self._time), self)

    def grip(self, arm: str, width: float, force: float) -> NumberedMotion:
        """Move the fingers; see ``robots.robot.Robot``."""
        self._check_obeys(arm)
        if not 0.0 <= width <= OPEN or not 0.0 < force <= 70.0:
            raise RobotError(
                f"cannot grip to {width!r} m with {force!r} N; expected 0 to {OPEN} m, up to 70 N"
            )
        self._ledger.end(self._gripping, MotionState.STOPPED)
        self._goal, self._wanted_force, self._force = width, force, 0.0
        self._gripping = self._ledger.open()
        return NumberedMotion(self._gripping, self)

    def advance(self, duration: float) -> None:
        """Let time pass; see ``robots.robot.Robot``."""
        self._check_here()
        if not 0.0 <= duration <= 600.0:
            raise RobotError(f"cannot advance by {duration!r} s; expected 0 to 600 s")
        end = self._time + duration
        while self._time < end - 1e-9:
            step = min(STEP, end - self._time)
            self._time += step
            self._follower.update(self._time, *self._follower.target(self._time))
            self._move_fingers(step)

    def stop(self) -> None:
        """Bring the arm to rest."""
        self._check_here()
        self._follower.stop(self._time)
        self._ledger.end(self._gripping, MotionState.STOPPED)
        self._gripping, self._goal = None, self._width

    def close(self) -> None:
        """Stop, then let go of the robot; may be called twice."""
        self._closed = True

    def _move_fingers(self, step: float) -> None:
        room = 0.0 if self._has(self._faults.dropped) else self._holdable
        if self._force > 0.0 and room == 0.0:
            self._width, self._force = 0.0, 0.0
        if self._gripping is None:
            return
        goal = max(self._goal, room) if self._goal < self._width else self._goal
        self._width += float(np.clip(goal - self._width, -FINGER_SPEED * step, FINGER_SPEED * step))
        if abs(self._width - goal) < 1e-9:
            self._force = self._wanted_force if goal > self._goal else 0.0
            self._ledger.end(self._gripping, MotionState.DONE)
            self._gripping = None

    def _state(self) -> ArmState:
        q, v = self._follower.target(self._time)
        return ArmState(q=np.array(q), v=np.array(v), width=self._width, grip_force=self._force)

    def _frame(self, camera: str) -> CameraFrame:
        if camera not in CAMERAS:
            raise RobotError(str(UnknownName("camera", camera, CAMERAS)))
        if camera in self._last_frames and self._has(self._faults.frozen_camera):
            return self._last_frames[camera]
        shape = (MODEL.height, MODEL.width)
        # The picture grows lighter with time, so that a frozen camera can be told from a live one.
        gray = np.full((*shape, 3), int(100 + 10 * self._time) % 256, dtype=np.uint8)
        frame = CameraFrame(
            camera=camera,
            time=self._time,
            rgb=gray,
            depth=np.ones(shape, dtype=np.float32),
            model=MODEL,
            X_WC=RigidTransform(),
        )
        self._last_frames[camera] = frame
        return frame

    def _has(self, since: float | None) -> bool:
        return since is not None and self._time >= since - 1e-9

    def _check_here(self) -> None:
        if self._closed:
            raise RobotError("the robot has been closed")
        if self._has(self._faults.disconnected):
            raise RobotError("the robot is gone: the connection was lost")

    def _check_obeys(self, arm: str) -> None:
        self._check_here()
        if arm != ARM:
            raise RobotError(str(UnknownName("arm", arm, [ARM])))
        if self._has(self._faults.refused):
            raise RobotError("the robot refuses to move")


def connect(what: str) -> FakeRobot:
    """Give a robot without faults; what the registry's ``fake`` leads to.

    Args:
        what: Nothing.

    Raises:
        InputError: If it is something.
    """
    if what:
        raise InputError(f"the fake robot takes nothing after its name; got {what!r}")
    return FakeRobot()
