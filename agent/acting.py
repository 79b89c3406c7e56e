"""Carrying out what an activity asks for, one tick at a time, with the watch on."""

import time
from collections.abc import Generator, Iterator

import numpy as np

from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene
from ..robots.robot import Motion, MotionState, Observation, Robot
from ..skills.arm import kinematics_of
from ..skills.skill import Action, Activity, Done, Failed, Grip, Look, Replace, Submit, Wait
from .course import Course
from .episode import Limits
from .events import Stream
from .senses import Senses
from .watch import Watch

SETTLE = 3.0
"""How long an arm may take to come to rest after a stop or a motion's end, [s]."""
AT_REST = 0.02
"""Slower than this an arm stands, [rad/s]."""


class Acting:
    """The part of the loop that moves the robot."""

    def __init__(self, robot: Robot, senses: Senses, stream: Stream, limits: Limits):
        """Begin an episode; nothing moves.

        Args:
            robot: What acts.
            senses: What it senses, and what it believes.
            stream: Who is told.
            limits: What the episode may use up.
        """
        self._robot, self._senses, self._stream, self._limits = robot, senses, stream, limits
        self._arm = robot.info.arms[0]
        self._watch = Watch(self._arm.name)
        self._course: Course | None = None
        self._latest = senses.time + limits.robot_time
        self._motion: Motion | None = None
        self._ticks = 0
        self.moved = False

    def act(self, activity: Activity) -> Generator[None, None, Failed | None]:
        """Ask the activity, act and watch, until it is done or has failed.

        Args:
            activity: What to carry out.

        Returns:
            Why it failed, or None where it ended as planned.
        """
        fresh: Scene | None = None
        while True:
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
                    fresh = self._senses.look("asked for by the skill")
                case _:
                    self._apply(action)
            self._robot.advance(self._limits.tick)
            yield

    def follow(self, way: JointTrajectory) -> Iterator[None]:
        """Carry out a motion of the agent's own, which only serves looking."""
        self._stream.record("move", motion=way)
        self._apply(Submit(trajectory=way))
        self._robot.advance(self._limits.tick)
        yield from self._until_still(way.duration + SETTLE)

    def rest(self) -> Iterator[None]:
        """Stop, and wait until nothing moves."""
        self._end_course(MotionState.STOPPED)
        self._robot.stop()
        yield from self._until_still(SETTLE)

    def _decide(self, activity: Activity, fresh: Scene | None) -> Action:
        """Sense; let the watch object, else the activity speak."""
        senses = self._senses
        observation = self._sense(self._cameras_due(activity))
        assert senses.scene is not None, "an activity starts from a scene"
        trouble = self._watch.check(observation, senses.held, activity.attends, senses.follow())
        goes_on = activity.notice(senses.tracked, trouble)
        if trouble is not None and trouble.cause == "dropped":
            senses.hold(None)
        if trouble is not None and not goes_on:
            self._stream.record("trouble", cause=trouble.cause, reason=trouble.reason)
            return trouble
        if observation.time > self._latest:
            reason = (
                f"the {self._limits.robot_time:.0f} s of robot time that an instruction may take are over"
            )
            return Failed(cause="late", reason=reason)
        action = self._ask(activity, fresh)
        senses.hold(activity.held)
        return action

    def _ask(self, activity: Activity, fresh: Scene | None) -> Action:
        """Let the activity decide; tell where that takes longer than declared."""
        began = time.process_time()
        action = activity.step(self._senses.observation, fresh)
        spent = time.process_time() - began
        if spent > self._limits.plan_budget:
            self._stream.record("over", spent=spent, budget=self._limits.plan_budget)
        return action

    def _apply(self, action: Submit | Replace | Grip | Wait) -> None:
        match action:
            case Wait():
                if action.charge and self._robot.info.lockstep:
                    self._robot.advance(action.charge)
                return
            case Submit():
                self._motion = self._robot.execute(action.trajectory)
                self._watch.follow(action.trajectory, self._senses.time)
                self._course = Course(kinematics_of(self._arm), action.trajectory, self._senses.time)
            case Replace():
                assert self._motion is not None and self._course is not None, "nothing runs"
                self._motion = self._motion.replace(action.trajectory, action.at)
                self._watch.join(action.trajectory, action.at)
                self._course.join(action.trajectory, action.at)
            case Grip():
                if action.width < (self._senses.state.width or 0.0):
                    self._watch.closing(action.width)
                self._robot.grip(action.arm, action.width, action.force)
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
        """Sense, and hold what moved against its plan."""
        observation = self._senses.sense(cameras)
        if self._course is not None and self._motion is not None:
            if self._arm.name in observation.trails:
                self._course.measure(observation.trails[self._arm.name])
            state = observation.motions.get(self._motion.number, MotionState.STOPPED)
            if state is not MotionState.RUNNING:
                self._end_course(state)
        return observation

    def _end_course(self, state: MotionState) -> None:
        """Tell how far a motion strayed from its plan."""
        course, self._course = self._course, None
        if course is not None and course.samples:
            self._stream.record(
                "followed",
                state=state.value,
                deviation_max_mm=1e3 * course.largest,
                samples=course.samples,
                joints=course.joints,
            )

    def _moves(self) -> bool:
        """Sense whether a motion runs, or the arm still brakes after one that was stopped."""
        running = MotionState.RUNNING in self._sense().motions.values()
        return running or float(np.abs(self._senses.state.v).max()) > AT_REST
