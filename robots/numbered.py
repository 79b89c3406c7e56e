"""The handle on a motion of a robot in this process: its number, and whom to ask to replace it."""

from dataclasses import dataclass
from typing import Protocol

from ..core.trajectory import JointTrajectory


class Replaces(Protocol):
    """A robot that knows its motions by number."""

    def replace(self, number: int, trajectory: JointTrajectory, at: float) -> "NumberedMotion":
        """Join a trajectory onto the motion of a number."""
        ...


@dataclass(frozen=True, slots=True)
class NumberedMotion:
    """A motion of a robot in this process."""

    number: int
    _robot: Replaces

    def replace(self, trajectory: JointTrajectory, at: float) -> "NumberedMotion":
        """Join another trajectory onto this one; see ``robots.robot.Motion``."""
        return self._robot.replace(self.number, trajectory, at)
