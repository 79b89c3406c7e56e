"""What an arm's script is made of: moving, joining, gripping, waiting, looking; each gives actions."""

from collections.abc import Generator, Iterator

import numpy as np

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene
from ..perception.tracking import Tracked
from ..planners.situation import Held
from ..robots.robot import ArmInfo, ArmState, MotionState, Observation
from .arm import kinematics_of
from .joining import SHORTEST, braking_along
from .looking import HOME, LookWays, way_to_look
from .skill import Action, Cause, Failed, Grip, Look, Recorder, Replace, Submit, Wait

GRACE = 3.0
"""How much longer than planned a motion may take, [s]."""
HALT_AHEAD = 0.05
"""How far ahead braking is joined in, [s]."""
LEAST_WIDTH = 0.0015
"""What is held keeps the fingers this much wider than they were told to close, [m]."""
AT_POSE = 0.05
"""How near joint positions count as the same pose, [rad]."""
MOST_OVER = 0.02
"""How much wider than expected what is grasped may be, [m]."""
SAME_WIDTH = 0.001
"""Openings this near to each other are the same, [m]."""


def holds(width: float | None, closed: float) -> bool:
    """Whether something keeps the fingers from where they were told to close.

    Args:
        width: Opening between the fingertips, [m]; None where it is not measured.
        closed: Opening that they were told to close to, [m].
    """
    return width is None or width >= closed + LEAST_WIDTH


class Stop(Exception):
    """Ends a script as failed."""

    def __init__(self, failed: Failed):
        """Hold the reason."""
        super().__init__(failed.reason)
        self.failed = failed


class Back(Exception):
    """Breaks a stage off; the activity looks for a stage to go on from."""

    def __init__(self, cause: Cause, reason: str):
        """Hold the reason."""
        super().__init__(reason)
        self.cause: Cause = cause


class Steps:
    """One arm, what is known of it and of the things at this moment, and what it can be asked to do.

    Attributes:
        arm: The arm.
        kinematics: Its kinematics.
        observation: What was sensed last.
        held: What the hand holds.
        tracked: Where everything is, or None where nothing is tracked.
        dropped: Why something is believed to have fallen out of the hand, until somebody deals with it.
        fresh: A scene that was looked at since the last step.
        began: Robot time at which the curve that runs began or will be joined in, [s].
        keeping: What is kept away from on ways to look.
    """

    def __init__(self, arm: ArmInfo, recorder: Recorder, observation: Observation, held: Held | None):
        """Take an arm at rest.

        Args:
            arm: The arm.
            recorder: Takes note of what is done.
            observation: What is sensed now.
            held: What the hand holds.
        """
        self.arm, self.kinematics = arm, kinematics_of(arm)
        self.observation, self.held = observation, held
        self.tracked: Tracked | None = None
        self.dropped = ""
        self.fresh: Scene | None = None
        self.began = 0.0
        self.keeping = HOME
        self._recorder = recorder
        self._curve: JointTrajectory | None = None
        self._opening: float | None = None

    @property
    def state(self) -> ArmState:
        """The arm's joints and fingers."""
        return self.observation.arms[self.arm.name]

    @property
    def moving(self) -> bool:
        """Whether something of the robot moves."""
        return MotionState.RUNNING in self.observation.motions.values()

    @property
    def holding(self) -> str | None:
        """Name of the thing in the hand."""
        return None if self.held is None else self.held.thing

    def submit(self, motion: JointTrajectory) -> Iterator[Action]:
        """Start a motion from rest; ``wait`` sees it end."""
        self._curve, self.began = motion, self.observation.time
        yield Submit(trajectory=motion)

    def move(self, motion: JointTrajectory) -> Iterator[Action]:
        """Carry out a motion from rest to its end."""
        yield from self.submit(motion)
        yield from self.wait(motion.duration)

    def replace(self, motion: JointTrajectory, at: float) -> Iterator[Action]:
        """Join a motion in at a robot time, [s]."""
        self._curve, self.began = motion, at
        yield Replace(trajectory=motion, at=at)

    @property
    def ends(self) -> float:
        """Robot time at which the curve that runs ends, [s]."""
        return self.began + (0.0 if self._curve is None else self._curve.duration)

    def rest(self, step: float) -> Float64:
        """Sample what is left of the curve that runs, [s] apart, joint positions, shape (N, n), [rad]."""
        assert self._curve is not None, "something runs"
        since = float(np.clip(self.observation.time - self.began, 0.0, self._curve.duration))
        count = max(2, int(np.ceil((self._curve.duration - since) / step)) + 1)
        return self._curve.at(np.linspace(since, self._curve.duration, count))[0]

    def braking(self, at: float) -> JointTrajectory | None:
        """Give the braking along what runs from a robot time, [s]; None where that is too near its end."""
        assert self._curve is not None, "something runs"
        if at < self.began or at > self.ends - SHORTEST:
            return None
        return braking_along(self._curve, at - self.began, self._acceleration)

    @property
    def _acceleration(self) -> Float64:
        return np.asarray(self.kinematics.model.acceleration)

    def grip(self, width: float, force: float, wait: bool = True) -> Iterator[Action]:
        """Move the fingers to an opening, [m], with a largest force, [N]."""
        self.tell("grip", width=width, force=force)
        self._opening = width
        yield Grip(arm=self.arm.name, width=width, force=force)
        if wait:
            yield from self.wait(1.0)

    def take(self, expected: Held, closed: float) -> None:
        """Check what is between the fingers after they were told to close to an opening, [m].

        Raises:
            Stop: If nothing is, or something else.
        """
        width = self.state.width
        stopped, wanted = 1000 * (width or 0.0), 1000 * expected.width
        words = f"the fingers stopped at {stopped:.1f} mm, {wanted:.1f} mm were expected"
        if not holds(width, closed):
            raise Stop(
                Failed(cause=Cause.NOT_GRASPED, reason=f"{expected.thing} is not in the hand: {words}")
            )
        if width is not None and width > expected.width + MOST_OVER:
            raise Stop(Failed(cause=Cause.NOT_GRASPED, reason=f"something else is in the hand: {words}"))
        self.held = expected
        self.tell("grasped", thing=expected.thing, width=width, expected=expected.width, X_GO=expected.X_GO)

    def opened(self, width: float) -> bool:
        """Whether the fingers were told to go to this opening, [m]."""
        return self._opening is not None and abs(self._opening - width) < SAME_WIDTH

    def wait(self, duration: float) -> Iterator[Action]:
        """Wait until nothing moves.

        Raises:
            Stop: If the motion was stopped, failed, or takes too long.
        """
        latest = self.observation.time + duration + GRACE
        while self.moving:
            self.check_late(latest)
            yield Wait()
        self.check_end()

    def check_late(self, latest: float) -> None:
        """Raise where a motion runs that should have ended.

        Raises:
            Stop: If it is later than a robot time, [s].
        """
        if self.observation.time > latest:
            reason = f"a motion still runs {GRACE:.0f} s after its time"
            raise Stop(Failed(cause=Cause.LATE, reason=reason))

    def check_end(self) -> None:
        """Look at how what has ended did so.

        Raises:
            Stop: If it was stopped or failed.
        """
        ends = set(self.observation.motions.values())
        if MotionState.FAILED in ends:
            raise Stop(
                Failed(cause=Cause.BLOCKED, reason="the robot gave a motion up: something is in its way")
            )
        if MotionState.STOPPED in ends:
            raise Stop(Failed(cause=Cause.OFF_TRACK, reason="a motion was stopped before its end"))

    def halt(self) -> Iterator[Action]:
        """Come to rest on the way that the arm is on."""
        while self.moving and self.observation.time < self.began:
            yield Wait()
        if self.moving:
            at = self.observation.time + HALT_AHEAD
            brake = self.braking(at)
            if brake is not None:
                yield from self.replace(brake, at)
            yield from self.wait(1.0 if brake is None else brake.duration)

    def look(self, scene: Scene, rng: np.random.Generator) -> Generator[Action, None, Scene]:
        """Look again at rest; where nothing is held, from where the cameras see the table.

        Args:
            scene: What is there, as far as is known.
            rng: The only source of chance.
        """
        if self.held is None and not self.looks:
            arm = (self.arm.name, self.state, None, self.kinematics)
            way = way_to_look(scene, *arm, rng, self.keeping)
            if isinstance(way, LookWays):
                (motion,) = way.motions
                self.tell("move", motion=motion, notes=way.notes)
                yield from self.move(motion)
        return (yield from self.look_from_here())

    def look_from_here(self) -> Generator[Action, None, Scene]:
        """Look again from where the arm is, which may move on meanwhile."""
        self.fresh = None
        yield Look()
        assert self.fresh is not None, "whoever was asked to look brings a scene"
        return self.fresh

    @property
    def looks(self) -> bool:
        """Whether the arm stands where its cameras see the table."""
        return bool(np.abs(self.state.q - self.kinematics.model.q_look).max() < AT_POSE)

    def tell(self, kind: str, **data: object) -> None:
        """Tell of a decision."""
        self._recorder.record(kind, **data)
