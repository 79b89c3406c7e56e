"""Carrying out what an activity asks for, one tick at a time, with the watch on."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np

from ..core.causes import Cause
from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene
from ..robots.robot import MotionState, Observation
from ..skills.skill import Action, Activity, Done, Failed, Grip, Look, Replace, Submit, Together, Wait
from .courses import Courses
from .episode import Limits
from .events import Stream
from .meter import Meter
from .reins import Halted, Reins
from .senses import Senses
from .watch import Blindfold, Watch

SETTLE = 3.0
"""How long an arm may take to come to rest after a stop or a motion's end, [s]."""
AT_REST = 0.02
"""Slower than this an arm stands, [rad/s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingers:
    """Fingers on their way.

    Attributes:
        number: Number of their motion.
        open: The wider of where they began and where they go, [m].
        force: Largest force, [N].
    """

    number: int
    open: float
    force: float


class Acting:
    """The part of the loop that moves the robot."""

    def __init__(
        self,
        robot: Reins,
        senses: Senses,
        stream: Stream,
        limits: Limits,
        meter: Meter,
        fingers: dict[str, Fingers],
        watches: bool = True,
    ):
        """Begin an episode; nothing moves.

        Args:
            robot: What acts, and who may not while somebody speaks.
            senses: What it senses, and what it believes.
            stream: Who is told.
            limits: What the episode may use up.
            meter: Where what others cost is booked.
            fingers: Fingers on their way, by arm; kept here beyond the episode, as a stop leaves them there.
            watches: Whether it looks for trouble while something moves.
        """
        self._meter = meter
        self._robot, self._senses, self._stream, self._limits = robot, senses, stream, limits
        self._watch = (Watch if watches else Blindfold)(arm.name for arm in robot.info.arms)
        self._courses = Courses(robot.info.arms, stream)
        self._latest = senses.time + limits.robot_time
        self._ticks = 0
        self._grips = fingers
        self.moved = False

    def act(self, activity: Activity) -> Generator[None, None, Failed | None]:
        """Ask the activity, act and watch, until it is done or has failed.

        Args:
            activity: What to carry out.

        Returns:
            Why it failed, or None where it ended as planned.

        Raises:
            Halted: If somebody speaks; the robot has been told to stop.
        """
        fresh: Scene | None = None
        while True:
            if self._robot.tight:
                raise Halted
            action = self._decide(activity, fresh)
            fresh = None
            match action:
                case Done():
                    return None
                case Failed():
                    self._stream.record("failure", cause=action.cause, reason=action.reason)
                    yield from self.rest()
                    return action
                case Look():
                    with self._meter.on("perceive"):
                        fresh = self._senses.look("asked for by the skill")
                case _:
                    self._apply(action)
            self._robot.advance(self._limits.tick)
            yield

    def follow(self, ways: tuple[JointTrajectory, ...]) -> Iterator[None]:
        """Carry out motions of the agent's own, of several arms at once, which only serve looking."""
        for way in ways:
            self._stream.record("move", motion=way)
        self._apply(Together(actions=tuple(Submit(trajectory=way) for way in ways)))
        self._robot.advance(self._limits.tick)
        for _ in self._until_still(max(way.duration for way in ways) + SETTLE):
            yield
            if self._robot.tight:
                raise Halted

    def pause(self) -> Iterator[None]:
        """Let a tick pass with the arm at rest."""
        self._sense()
        self._robot.advance(self._limits.tick)
        yield

    def settle(self) -> Iterator[None]:
        """Come to rest after somebody spoke, and open fingers that were broken off on their way."""
        yield from self.rest()
        yield from self.let_go()

    def let_go(self) -> Iterator[None]:
        """Open fingers that were broken off on their way.

        What they were about to take still stands where it did, and what they were about to let go stands
        where it was brought: either way an open hand is the one state that is known.
        """
        broken = tuple(self._grips)
        for arm in broken:
            self._robot.let_go(arm, self._grips[arm].open, self._grips[arm].force)
        if broken:
            self._grips.clear()
            self._senses.hold({hand: one for hand, one in self._senses.held.items() if hand not in broken})
            yield from self._until_still(SETTLE)

    def rest(self) -> Iterator[None]:
        """Stop, and wait until nothing moves."""
        self._courses.stop()
        self._watch.rest()
        self._robot.stop()
        yield from self._until_still(SETTLE)

    def _decide(self, activity: Activity, fresh: Scene | None) -> Action:
        """Sense; let the watch object, else the activity speak."""
        senses = self._senses
        observation = self._sense(self._cameras_due(activity))
        assert senses.scene is not None, "an activity starts from a scene"
        with self._meter.on("perceive"):
            tracked = senses.follow()
        trouble = self._watch.check(observation, senses.held, activity.attends, tracked)
        with self._meter.on("skill"):
            goes_on = activity.notice(tracked, trouble)
        if trouble is not None and trouble.cause == Cause.DROPPED:
            lost = self._watch.empty(observation, senses.held)
            senses.hold({hand: held for hand, held in senses.held.items() if hand not in lost})
        if trouble is not None and not goes_on:
            self._stream.record("trouble", cause=trouble.cause, reason=trouble.reason)
            return trouble
        if observation.time > self._latest:
            reason = (
                f"the {self._limits.robot_time:.0f} s of robot time that an instruction may take are over"
            )
            return Failed(cause=Cause.LATE, reason=reason)
        action = self._ask(activity, fresh)
        senses.hold(activity.held)
        return action

    def _ask(self, activity: Activity, fresh: Scene | None) -> Action:
        """Let the activity decide; tell where that takes longer than declared."""
        began = time.process_time()
        with self._meter.on("skill"):
            action = activity.step(self._senses.observation, fresh)
        spent = time.process_time() - began
        if spent > self._limits.plan_budget:
            self._stream.record("over", spent=spent, budget=self._limits.plan_budget)
        return action

    def _apply(self, action: Submit | Replace | Grip | Together | Wait) -> None:
        match action:
            case Together():
                for one in action.actions:
                    self._apply(one)
            case Wait():
                if action.charge and self._robot.info.lockstep:
                    self._robot.advance(action.charge)
                return
            case Submit():
                motion = self._robot.execute(action.trajectory)
                self._watch.follow(action.trajectory, self._senses.time)
                self._courses.begin(action.trajectory, motion, self._senses.time)
            case Replace():
                self._courses.join(action.trajectory, action.at)
                self._watch.join(action.trajectory, action.at)
            case Grip():
                if action.width < (self._senses.observation.arms[action.arm].width or 0.0):
                    self._watch.closing(action.arm, action.width)
                width = self._senses.observation.arms[action.arm].width or 0.0
                number = self._robot.grip(action.arm, action.width, action.force).number
                self._grips[action.arm] = Fingers(
                    number=number, open=max(width, action.width), force=action.force
                )
        self.moved = True

    def _cameras_due(self, activity: Activity) -> tuple[str, ...]:
        """Name the camera to look through in this tick, where something has to stay in its place or hand."""
        self._ticks += 1
        every = self._limits.look_every
        if not every or not (activity.attends or self._senses.held) or self._ticks % every:
            return ()
        return tuple(name for name in self._robot.info.cameras if name != "wrist")[:1]

    def _until_still(self, patience: float) -> Iterator[None]:
        latest = self._senses.time + patience
        while self._moves() and self._senses.time < latest:
            self._robot.advance(self._limits.tick)
            yield

    def _sense(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Sense, and hold what moved against its plan; arms that move together stop together."""
        with self._meter.on("sense"):
            observation = self._senses.sense(cameras)
        for arm, fingers in tuple(self._grips.items()):
            if observation.motions.get(fingers.number) in (MotionState.DONE, MotionState.FAILED):
                del self._grips[arm]
        with self._meter.on("measure"):
            broken = self._courses.sense(observation)
        if broken:
            self._robot.stop()
        return observation

    def _moves(self) -> bool:
        """Sense whether a motion runs, or the arm still brakes after one that was stopped."""
        running = MotionState.RUNNING in self._sense().motions.values()
        arms = self._senses.observation.arms.values()
        return running or max(float(np.abs(state.v).max()) for state in arms) > AT_REST
