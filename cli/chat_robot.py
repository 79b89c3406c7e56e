"""The robot of a chat: the same one for planning without moving and for the real thing."""

from ..core.trajectory import JointTrajectory
from ..robots.robot import Motion
from .rehearsal import Rehearsal


class ChatRobot(Rehearsal):
    """Lets motions through unless it rehearses."""

    rehearses = False

    def execute(self, trajectory: JointTrajectory) -> Motion:
        """Start a motion.

        Raises:
            Rehearsed: If it rehearses.
        """
        return super().execute(trajectory) if self.rehearses else self._robot.execute(trajectory)

    def grip(self, arm: str, width: float, force: float) -> Motion:
        """Move the fingers.

        Raises:
            Rehearsed: If it rehearses.
        """
        return super().grip(arm, width, force) if self.rehearses else self._robot.grip(arm, width, force)
