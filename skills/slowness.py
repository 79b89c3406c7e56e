"""How fast the tool really was where ``slow`` says how fast it may be, by the robot's own samples."""

import numpy as np

from ..core.arrays import Float64
from ..planners.pace import said_speed
from ..planners.problem import Problem
from ..robots.robot import Trail

OVER = 0.01
"""Time over which a speed is taken, [s]: four samples of a robot that senses itself 400 times a second."""
BROKEN = 0.02
"""Samples farther apart than this do not belong together, [s]."""
EPS = 1e-9
"""Rounding of times, [s]."""


class Slowness:
    """The largest share of an allowed tool speed that was used, over everything that was measured.

    Attributes:
        share: The tool's speed over the one that was asked for; above 1 where it was too fast.
        speed: The speed there, [m/s].
        asked: What was asked for there, [m/s].
        samples: How many samples lay where something is said.
    """

    def __init__(self) -> None:
        """Begin with nothing measured."""
        self.share = self.speed = self.asked = 0.0
        self.samples = 0
        self._times: Float64 = np.empty(0)
        self._q: Float64 | None = None

    def measure(self, trail: Trail, problem: Problem) -> None:
        """Take samples into account.

        Args:
            trail: Where the arm was since the last samples.
            problem: Whose stage, situation and arm count.
        """
        if not len(trail.times):
            return
        times, q, known = trail.times, trail.q, len(self._times)
        if self._q is not None:
            times, q = np.concatenate([self._times, times]), np.concatenate([self._q, q])
        recent = times > times[-1] - OVER - BROKEN
        self._times, self._q = times[recent], q[recent]
        last = np.arange(known, len(times))
        first = np.searchsorted(times, times[last] - OVER + EPS, side="right") - 1
        # Where samples are missing there is no speed.
        whole = (first >= 0) & (times[last] - times[first] < OVER + BROKEN)
        first, last = first[whole], last[whole]
        if not len(last):
            return
        kinematics = problem.kinematics
        p_WG = kinematics.tool_poses(q)[1]
        speed = np.linalg.norm(p_WG[last] - p_WG[first], axis=1) / (times[last] - times[first])
        # A speed belongs to the middle of the time that it is taken over.
        said = said_speed(problem, *kinematics.tool_poses(q[(first + last) // 2]))
        near = np.isfinite(said)
        if not near.any():
            return
        self.samples += int(near.sum())
        share = speed[near] / said[near]
        worst = int(np.argmax(share))
        if share[worst] > self.share:
            self.share = float(share[worst])
            self.speed, self.asked = float(speed[near][worst]), float(said[near][worst])
