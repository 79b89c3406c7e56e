"""How far the executed motion strays from the planned one, by the robot's own samples."""

import numpy as np

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from ..robots.kinematics import Kinematics
from ..robots.robot import Trail


class Course:
    """One motion as planned, pieces joined onto it included, and the largest deviation from it.

    The deviation is the distance between the tool point where the arm is and where the curve has it
    at the same moment: lagging behind on the right way counts too.
    """

    def __init__(self, kinematics: Kinematics, trajectory: JointTrajectory, began: float):
        """Begin a motion.

        Args:
            kinematics: The arm.
            trajectory: What it follows.
            began: Robot time of the curve's start, [s].
        """
        self._kinematics = kinematics
        self._pieces = [(began, trajectory)]
        self.largest = 0.0
        self.samples = 0
        self.joints = 0

    def join(self, trajectory: JointTrajectory, at: float) -> None:
        """Go on along another curve from a robot time, [s]."""
        self._pieces = [(start, piece) for start, piece in self._pieces if start < at]
        self._pieces.append((at, trajectory))
        self.joints += 1

    def planned(self, times: Float64) -> Float64:
        """Give where the arm should be at robot times (T,), shape (T, n), [rad]."""
        starts = np.array([start for start, _ in self._pieces])
        chosen = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, None)
        q = np.empty((len(times), len(self._pieces[0][1].joint_names)))
        for number, (start, piece) in enumerate(self._pieces):
            own = chosen == number
            q[own] = piece.at(np.maximum(times[own] - start, 0.0))[0]
        return q

    def measure(self, trail: Trail) -> None:
        """Take samples into account; those from before the motion belong to another."""
        own = trail.times >= self._pieces[0][0]
        if not own.any():
            return
        p_is = self._kinematics.tool_poses(trail.q[own])[1]
        p_planned = self._kinematics.tool_poses(self.planned(trail.times[own]))[1]
        self.largest = max(self.largest, float(np.linalg.norm(p_is - p_planned, axis=1).max()))
        self.samples += int(own.sum())
