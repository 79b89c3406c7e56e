"""The door: one stage of a program in, one certified motion out."""

from dataclasses import replace

import numpy as np

from ..robots.kinematics import Kinematics
from .arriving import arrive_stage
from .checking import dense
from .grasps import GraspCandidate
from .moving import move_stage
from .picking import grasp_stage
from .program import Avoid, Program, Stage
from .settings import Settings
from .situation import Situation
from .stage_plan import Clock
from .stage_plan import StagePlan as StagePlan
from .yielding import nearest_to, yielding


def plan_stage(
    program: Program,
    index: int,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
    unwanted: tuple[GraspCandidate, ...] = (),
) -> StagePlan:
    """Plan one stage; of what it is to keep away from, as much is kept as can be, and a note says the rest.

    Args:
        program: The whole program; the stages that follow bear on the choice of a grasp.
        index: Which stage, from 0.
        situation: Where it begins.
        kinematics: The arm.
        rng: The only source of chance.
        settings: The planner's numbers.
        unwanted: Grasps from which what follows could not be planned; none like them is chosen.

    Returns:
        A plan whose parts prove themselves.

    Raises:
        Infeasible: If there is no such plan, or none was found; its report says what cannot hold.
        UnknownName: If the stage speaks of what the scene does not have.
    """
    stage = program.stages[index]
    grasping = any(one.hand == situation.hand for one in stage.grasps)
    # A grasp has to serve the stages that follow, so what they keep away from binds it, too.
    bound = program.stages[index:] if grasping else (stage,)
    asked: dict[str, float] = {}
    for act in (act for one in bound for act in one.avoid):
        asked[act.thing] = max(act.distance, asked.get(act.thing, 0.0))

    def attempt(limited: Stage, _probing: bool) -> StagePlan:
        most = {act.thing: act.distance for act in limited.avoid}
        less = tuple(_within(one, most) for one in program.stages)
        return _planned(replace(program, stages=less), index, situation, kinematics, rng, settings, unwanted)

    def kept(plan: StagePlan, thing: str) -> float:
        problem = plan.subgoal.problem
        margin = next((act.distance for act in problem.stage.avoid if act.thing == thing), 0.0)
        return nearest_to(problem.room, dense(plan.motion, kinematics, settings)[1], thing, margin)

    wanted = tuple(Avoid(thing=thing, distance=distance) for thing, distance in asked.items())
    plan, yielded = yielding(replace(stage, avoid=wanted), attempt, kept)
    own = {act.thing: act.distance for act in stage.avoid}
    notes = tuple(one.text for one in yielded if one.kept < own.get(one.thing, -np.inf))
    return replace(plan, path=replace(plan.path, notes=(*plan.path.notes, *notes))) if notes else plan


def _within(stage: Stage, most: dict[str, float]) -> Stage:
    """Keep away from things no farther than this, [m]; what is not named is not kept away from."""
    acts = (replace(act, distance=min(act.distance, most.get(act.thing, 0.0))) for act in stage.avoid)
    return replace(stage, avoid=tuple(act for act in acts if act.distance > 0.0))


def _planned(
    program: Program,
    index: int,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
    unwanted: tuple[GraspCandidate, ...],
) -> StagePlan:
    """Plan one stage as it stands."""
    stage, clock = program.stages[index], Clock()
    grasp = next((one for one in stage.grasps if one.hand == situation.hand), None)
    if grasp is not None:
        return grasp_stage(program, index, grasp, situation, kinematics, rng, settings, clock, unwanted)
    if stage.toward:
        return arrive_stage(stage, situation, kinematics, rng, settings, clock)
    return move_stage(stage, situation, kinematics, rng, settings, clock)
