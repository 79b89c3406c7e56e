"""Whether what follows a grasp can be done with it: the sub-goals up to the release, one after the other."""

from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Float64
from ..robots.kinematics import Kinematics
from . import subgoal
from .lift import judge, points_in
from .problem import UP, Problem, build
from .program import Program
from .settings import Settings
from .situation import Situation, places
from .solution import Solution

ASIDE = np.array([0.31, -0.17, 0.23])
"""Some shift, [m]."""
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


def has_to_turn(program: Program, index: int, begin: Situation, thing: str) -> bool:
    """Tell whether a thing must be turned before it is let go, whatever else happens.

    That is so where a relation among its own points is broken as it lies and
    does not depend on where it lies.

    Args:
        program: The whole program.
        index: The stage that grasps.
        begin: Where that stage begins.
        thing: Identifier of what it grasps.
    """
    for stage in program.stages[index + 1 :]:
        own = tuple(
            relation
            for relation in (*stage.goals, *stage.along)
            if all(ref.thing == thing and ref.when == "now" for ref in points_in((relation,)))
        )
        here = judge(own, begin.point)
        if any(not one.met for one in here):
            raised = judge(own, lambda ref: begin.point(ref) + ASIDE)
            if any(
                not one.met and abs(one.residual - other.residual) < 1e-9
                for one, other in zip(here, raised, strict=True)
            ):
                return True
        if any(release.thing == thing for release in stage.releases):
            break
    return False


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
        found = next(
            (one for one in subgoal.attempts(problem, rng, STARTS, quick=True) if one.proves()), None
        )
        if found is None:
            return Following(solutions=tuple(solutions), stuck=problem)
        solutions.append(found)
        if any(release.thing == begin.held.thing for release in stage.releases):
            break
        X_WG = kinematics.tool_pose(found.q)
        now = replace(now, q=found.q, start=places(begin.scene, begin.hand, X_WG, begin.held))
    return Following(solutions=tuple(solutions), stuck=None)
