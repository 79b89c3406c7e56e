"""A public benchmark's robot behind our own seam: arms, cameras, trajectories, and nothing else."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...core.closing import Closing
from ...core.errors import RobotError
from ...core.trajectory import JointTrajectory
from ...robots.following import Follower, Limits, MotionLedger
from ...robots.models import load_model
from ...robots.numbered import NumberedMotion
from ...robots.robot import ArmInfo, ArmState, MotionState, Observation, RobotInfo
from .env import Body, BodyLook, BodyState
from .gantry import GantryDrive
from .wrist import WristDrive

ARM = "arm"
ASSETS = Path(__file__).with_name("assets")
STILL, STILL_TIME = 3, 0.075
"""Steps, and time, [s], without a change of the opening after which the fingers have done what they can."""
SLUGGISH = 6
"""Steps that they may take to begin."""
LATELY = 4
"""Places of the arm, a step apart, by which it counts as slow."""
STILL_STEP = 2e-4
"""Least change of the opening in a step that counts, [m]."""


class Drive(Protocol):
    """Turns what the arm should do into a benchmark's actions.

    Attributes:
        arrived: Largest error and speed with which a motion has arrived, [rad] or [m], and each a second.
    """

    arrived: tuple[float, float]

    def fingers(self, width: float, state: BodyState, widest: float) -> None:
        """Set where the fingers go from now on."""
        ...

    def action(self, q: Float64, v: Float64, state: BodyState) -> Float64:
        """Give the action that brings the arm to a position and velocity."""
        ...


DRIVES: dict[str, Callable[[float], Drive]] = {"metaworld_hand": GantryDrive, "free_hand": WristDrive}
"""What turns motions into actions, by the body's model."""


class BenchRobot(Closing):
    """The robot of one episode; time passes in ``advance``, one step of the benchmark after another."""

    def __init__(self, body: Body, make_drive: Callable[[float], Drive] | None = None):
        """Take over a benchmark's body in the middle of nothing: an episode has just begun.

        Args:
            body: What moves and senses.
            make_drive: Makes the drive from the time of a step, [s]; the one for the body's model where None.

        Raises:
            RobotError: If the benchmark is gone.
        """
        self._body, self._told = body, body.info()
        self._drive = (make_drive or DRIVES[self._told.model])(self._told.period)
        path = ASSETS / f"{self._told.model}.toml"
        name = str(path) if path.is_file() else self._told.model
        model = load_model(name)
        self._widest = model.gripper.max_width if model.gripper else 0.0
        limits = Limits(
            names=model.joint_names,
            lower=np.maximum(model.lower, self._told.lower),
            upper=np.minimum(model.upper, self._told.upper),
            speed=model.velocity,
            acceleration=model.acceleration,
        )
        arm = ArmInfo(
            name=ARM, model=name, X_WR=RigidTransform(), joint_names=model.joint_names, has_gripper=True
        )
        self._info = RobotInfo(
            name="bench", arms=(arm,), cameras=self._told.cameras, simulated=True, lockstep=True
        )
        self._ledger = MotionLedger()
        self._state = body.observe().state
        self._rest = np.clip(self._state.q, limits.lower, limits.upper)
        self._follower = Follower(ARM, limits, self._rest, self._ledger, self._drive.arrived)
        self._lately: deque[Float64] = deque([np.array(self._state.q)], maxlen=LATELY)
        self._fingers: int | None = None
        self._still, self._began = 0, False

    @property
    def info(self) -> RobotInfo:
        """What the robot is made of."""
        return self._info

    @property
    def limits(self) -> Limits:
        """What its joints can do in this episode."""
        return self._follower.limits

    @property
    def period(self) -> float:
        """Time of a step, [s]."""
        return self._told.period

    @property
    def over(self) -> bool:
        """Whether the episode has no steps left."""
        return self._state.over

    @property
    def time_left(self) -> float:
        """Time until the episode is over, [s]."""
        return max(0.0, self._told.horizon * self._told.period - self._state.time)

    def observe(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Sense the present; see ``robots.robot.Robot``."""
        look = self._body.observe(cameras) if cameras else BodyLook(state=self._state)
        state = look.state
        arm = ArmState(q=state.q, v=state.v, width=state.width, grip_force=state.force)
        trails = self._ledger.trails()
        return Observation(
            time=state.time,
            arms={ARM: arm},
            frames=look.frames,
            motions=self._ledger.report(),
            trails=trails,
        )

    def execute(self, trajectory: JointTrajectory) -> NumberedMotion:
        """Start a motion; see ``robots.robot.Robot``."""
        self._check(trajectory.arm)
        return NumberedMotion(
            self._follower.execute(trajectory, self._state.time, np.array(self._state.q)), self
        )

    def replace(self, number: int, trajectory: JointTrajectory, at: float) -> NumberedMotion:
        """Join a trajectory onto the motion of a number."""
        return NumberedMotion(self._follower.replace(number, trajectory, at, self._state.time), self)

    def grip(self, arm: str, width: float, force: float) -> NumberedMotion:
        """Move the fingers; see ``robots.robot.Robot``. They go on pressing when they have arrived."""
        self._check(arm)
        self._ledger.end(self._fingers, MotionState.STOPPED)
        self._drive.fingers(width, self._state, self._widest)
        self._fingers, self._still, self._began = self._ledger.open(), 0, False
        return NumberedMotion(self._fingers, self)

    def advance(self, duration: float) -> None:
        """Let time pass, in whole steps; none where the episode is over."""
        steps = max(1, round(duration / self._told.period))
        for _ in range(steps):
            if self._state.over:
                return
            self._step()

    def stop(self) -> None:
        """Bring the arm to rest."""
        self._follower.stop(self._state.time)

    def close(self) -> None:
        """Stop; the benchmark itself is the evaluation's."""
        self.stop()

    def _step(self) -> None:
        before = self._state
        target, speed = self._follower.target(before.time + self._told.period)
        self._state = self._body.act(self._drive.action(target, speed, before))
        self._lately.append(np.array(self._state.q))
        # A hand held by a springy controller trembles: it is slow where it has not come far lately.
        drift = (self._lately[-1] - self._lately[0]) / (self._told.period * max(1, len(self._lately) - 1))
        slow = np.minimum(np.abs(self._state.v), np.abs(drift))
        self._follower.update(self._state.time, self._state.q, slow)
        if self._fingers is not None:
            still = abs(self._state.width - before.width) < STILL_STEP
            self._still, self._began = (self._still + 1, self._began) if still else (0, True)
            enough = max(STILL, round(STILL_TIME / self._told.period)) if self._began else SLUGGISH
            if self._still >= enough:
                self._ledger.end(self._fingers, MotionState.DONE)
                self._fingers = None

    def _check(self, arm: str) -> None:
        if arm != ARM:
            raise RobotError(f"no arm {arm!r}; this robot has {ARM!r}")
        if self._state.over:
            raise RobotError("the episode is over")
