"""``--dry-run``: a robot that can be looked through and planned for, and never moves."""

from ..core.closing import Closing
from ..core.errors import CannotDo
from ..core.trajectory import JointTrajectory
from ..robots.robot import Motion, Observation, Robot, RobotInfo

PLANNED = "planned, nothing moved"


class Rehearsed(CannotDo):
    """The plan stands; with a dry run that is all that was wanted."""

    exit_code = 0


class Rehearsal(Closing):
    """Stands before a robot and lets nothing through that moves it."""

    def __init__(self, robot: Robot):
        """Hold the robot.

        Args:
            robot: The one that stays at rest.
        """
        self._robot = robot

    @property
    def info(self) -> RobotInfo:
        """What the robot is made of."""
        return self._robot.info

    def observe(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Sense the present."""
        return self._robot.observe(cameras)

    def execute(self, trajectory: JointTrajectory) -> Motion:
        """End the rehearsal: here the arm would have moved.

        Raises:
            Rehearsed: Always.
        """
        raise Rehearsed(f"a motion of {trajectory.duration:.1f} s would come first")

    def grip(self, arm: str, width: float, force: float) -> Motion:
        """End the rehearsal: here the fingers would have moved.

        Raises:
            Rehearsed: Always.
        """
        raise Rehearsed(f"an opening of the fingers to {1000 * width:.0f} mm would come first")

    def advance(self, duration: float) -> None:
        """Let time pass."""
        self._robot.advance(duration)

    def stop(self) -> None:
        """Stay at rest."""
        self._robot.stop()

    def close(self) -> None:
        """Let go of the robot."""
        self._robot.close()
