"""A program that begins by grasping what the hand holds already: it goes on after that grasp.

That is so where a step is tried again after it was broken off. What comes after
the grasp is all done again; nothing says how far it had got.
"""

from collections.abc import Mapping
from dataclasses import replace

from ..planners.lift import judge
from ..planners.problem import bind
from ..planners.program import Program, Relation, Stage
from ..planners.situation import Situation
from ..robots.kinematics import Kinematics

READY = "stage_0"
"""Name of the stage that brings what is held to where the program can go on; programs count from 1."""


def after_grasp(program: Program, held: Mapping[str, str]) -> Program | None:
    """Leave out the stages up to the one that grasps what a hand holds already.

    Args:
        program: A program that begins with empty hands.
        held: What each hand holds.

    Returns:
        The rest of the program, or None where it never grasps that, or where nothing follows.
    """
    for index, stage in enumerate(program.stages[:-1]):
        if any(held.get(grasp.hand) == grasp.thing for grasp in stage.grasps):
            return replace(program, stages=program.stages[index + 1 :])
    return None


def made_ready(program: Program, now: Situation, kinematics: Kinematics) -> Program:
    """Put a stage first that brings what is held to where the path constraints of the next one hold.

    Args:
        program: What is to be done from here.
        now: Where it would begin.
        kinematics: The arm.

    Returns:
        The program as it is, where they hold already.
    """
    wanted = _broken(program.stages[0], now, kinematics)
    if not wanted:
        return program
    purpose = "bring what is held to where the rest can begin"
    ready = Stage(name=READY, purpose=purpose, goals=wanted)
    return replace(program, stages=(ready, *program.stages))


def _broken(stage: Stage, now: Situation, kinematics: Kinematics) -> tuple[Relation, ...]:
    """List all that has to hold throughout a stage, where anything of it does not hold at its begin."""
    if not stage.along:
        return ()
    points = bind(stage.along, now).points
    X_WG = kinematics.tool_pose(now.q)
    at = dict(zip(points.refs, points.at(X_WG.rotation().matrix(), X_WG.translation()), strict=True))
    return () if all(met.met for met in judge(stage.along, at.__getitem__)) else stage.along
