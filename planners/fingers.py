"""``grip`` on the way: when the fingers go to which opening, so that they are there where it is said.

A grasp's own opening comes back for the last straight line to what is grasped. What a hand holds is not let
go: ``grip`` says nothing to a hand that holds something, and a note says so.
"""

import numpy as np

from ..core.trajectory import JointTrajectory
from .problem import Problem

SPEED = 0.08
"""How fast the fingertips come together or apart, [m/s]: a little less than the Panda's 0.1 m/s (its data
sheet: 50 mm/s each finger)."""
SAME = 0.001
"""Openings this near to each other are the same, [m]."""
SAMPLES = 0.02
"""Time between the places at which openings are looked up, [s]."""
HOLDS = "grip(): the hand holds something, so the fingers stay as they are"

Openings = tuple[tuple[float, float], ...]
"""Times since a motion's start, [s], and openings that the fingers begin to go to then, [m]."""


def openings(
    problem: Problem, motion: JointTrajectory, own: float, until: float, most: float = np.inf
) -> Openings:
    """Say when the fingers begin to go where on a motion.

    Args:
        problem: The stage's problem.
        motion: The motion.
        own: Opening where nothing is said, [m].
        until: From this time on the stage's own opening counts, whatever is said, [s].
        most: They go no farther apart than this, [m]: a grasp's room was measured with its own opening.

    Returns:
        In order, the first at 0 s; none where nothing is said, or the hand holds something.
    """
    if problem.maps is None or not problem.stage.grip or problem.situation.held is not None:
        return ()
    times = np.linspace(0.0, motion.duration, max(2, int(np.ceil(motion.duration / SAMPLES)) + 1))
    wanted = problem.maps.grip(problem.kinematics.tool_poses(motion.at(times)[0])[1]).astype(float)
    wanted = np.where(np.isnan(wanted) | (times > until), own, np.minimum(wanted, most))
    found = [(0.0, float(wanted[0]))]
    for n in np.flatnonzero(np.abs(np.diff(wanted)) > SAME) + 1:
        takes = abs(float(wanted[n] - wanted[n - 1])) / SPEED
        # They are there when a place is come to, and when a grasp needs them; on leaving one they go then.
        said = wanted[n] != own or times[n] > until
        begin = max(float(times[n]) - (takes if said else 0.0), found[-1][0])
        found.append((begin, float(wanted[n])))
    return tuple(found)
