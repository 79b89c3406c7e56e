"""The door: one stage of a program in, one certified motion out."""

import numpy as np

from ..robots.kinematics import Kinematics
from .moving import move_stage
from .picking import grasp_stage
from .program import Program
from .settings import Settings
from .situation import Situation
from .stage_plan import Clock
from .stage_plan import StagePlan as StagePlan


def plan_stage(
    program: Program,
    index: int,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
) -> StagePlan:
    """Plan one stage.

    Args:
        program: The whole program; the stages that follow bear on the choice of a grasp.
        index: Which stage, from 0.
        situation: Where it begins.
        kinematics: The arm.
        rng: The only source of chance.
        settings: The planner's numbers.

    Returns:
        A plan whose parts prove themselves.

    Raises:
        Infeasible: If there is no such plan, or none was found; its report says what cannot hold.
        UnknownName: If the stage speaks of what the scene does not have.
    """
    stage = program.stages[index]
    clock = Clock()
    grasp = next((one for one in stage.grasps if one.hand == situation.hand), None)
    if grasp is not None:
        return grasp_stage(program, index, grasp, situation, kinematics, rng, settings, clock)
    return move_stage(stage, situation, kinematics, rng, settings, clock)
