"""Whether what follows a grasp can be done with it: the sub-goals up to the release, one after the other."""

from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Float64
from ..robots.kinematics import Kinematics
from . import subgoal
from .problem import UP, Problem, build
from .program import Program
from .settings import Settings
from .situation import Situation, places
from .solution import Solution

STARTS = 1
"""Starts of a sub-goal beside the warm one: the posture of rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """The stages after a grasp, tried.

    Attributes:
        solutions: Ends of the stages that can be done, in order.
        stuck: The first stage that cannot, or None where all can.
    """

    solutions: tuple[Solution, ...]
    stuck: Problem | None

    def most_tilted(self, R_WG: Float64) -> Float64:
        """Give what is up in the pose that differs most from the grasp's, as seen from there.

        Args:
            R_WG: The hand's rotation at the grasp, shape (3, 3).

        Returns:
            Unit vector, shape (3,); straight up where nothing follows.
        """
        ups = [UP]
        for solution in self.solutions:
            R_WN = solution.problem.kinematics.tool_pose(solution.q).rotation().matrix()
            ups.append((R_WN @ R_WG.T).T @ UP)
        return min(ups, key=lambda up: float(up[2]))


def follow(
    program: Program,
    index: int,
    begin: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
) -> Following:
    """Solve the sub-goals of the stages after a grasp, through to the one that lets go.

    Ways between them are not planned: that is the cheap part of the question.

    Args:
        program: The whole program.
        index: The stage that grasps.
        begin: Where it ends, the thing in the hand.
        kinematics: The arm.
        rng: The only source of chance.
        settings: The planner's numbers.
    """
    assert begin.held is not None, "what follows a grasp is asked with the thing in the hand"
    now, solutions = begin, []
    for stage in program.stages[index + 1 :]:
        if any(grasp.hand == begin.hand for grasp in stage.grasps):
            break
        problem = build(stage, now, kinematics, settings)
        found = next((one for one in subgoal.attempts(problem, rng, STARTS) if one.proves()), None)
        if found is None:
            return Following(solutions=tuple(solutions), stuck=problem)
        solutions.append(found)
        if any(release.thing == begin.held.thing for release in stage.releases):
            break
        X_WG = kinematics.tool_pose(found.q)
        now = replace(now, q=found.q, start=places(begin.scene, begin.hand, X_WG, begin.held))
    return Following(solutions=tuple(solutions), stuck=None)
