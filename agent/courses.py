"""The motions that run: a handle and a course for each arm, told of when they end."""

from collections.abc import Mapping

from ..core.trajectory import JointTrajectory
from ..robots.robot import ArmInfo, Motion, MotionState, Observation
from ..skills.arm import kinematics_of
from .course import Course
from .events import Stream


class Courses:
    """What every arm does, against what it was told."""

    def __init__(self, arms: tuple[ArmInfo, ...], stream: Stream):
        """Begin with nothing that moves.

        Args:
            arms: The arms.
            stream: Who is told of motions that ended.
        """
        self._arms: Mapping[str, ArmInfo] = {arm.name: arm for arm in arms}
        self._stream = stream
        self._motions: dict[str, Motion] = {}
        self._courses: dict[str, Course] = {}

    def begin(self, trajectory: JointTrajectory, motion: Motion, time: float) -> None:
        """Take note of a motion that was started at a robot time, [s]."""
        arm = trajectory.arm
        self._motions[arm] = motion
        self._courses[arm] = Course(kinematics_of(self._arms[arm]), trajectory, time)

    def join(self, trajectory: JointTrajectory, at: float) -> None:
        """Have a motion joined onto its arm's running one at a robot time, [s]."""
        arm = trajectory.arm
        assert arm in self._courses, "nothing runs"
        self._motions[arm] = self._motions[arm].replace(trajectory, at)
        self._courses[arm].join(trajectory, at)

    def sense(self, observation: Observation) -> bool:
        """Hold what moved against its plan.

        Args:
            observation: What the robot senses now.

        Returns:
            Whether an arm's motion broke off; what was begun with it should not go on alone.
        """
        broken = False
        for arm in tuple(self._courses):
            if arm in observation.trails:
                self._courses[arm].measure(observation.trails[arm])
            state = observation.motions.get(self._motions[arm].number, MotionState.STOPPED)
            if state is not MotionState.RUNNING:
                self._end(arm, state)
                broken = broken or state is not MotionState.DONE
        return broken and bool(self._courses)

    def stop(self) -> None:
        """Take note that everything was stopped."""
        for arm in tuple(self._courses):
            self._end(arm, MotionState.STOPPED)

    def _end(self, arm: str, state: MotionState) -> None:
        """Tell how far a motion strayed from its plan."""
        course = self._courses.pop(arm)
        if course.samples:
            self._stream.record(
                "followed",
                arm=arm,
                state=state.value,
                deviation_max_mm=1e3 * course.largest,
                samples=course.samples,
                joints=course.joints,
            )
