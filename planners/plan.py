"""The door: one stage of a program in, one certified motion out."""

from dataclasses import replace

import numpy as np

from ..robots.kinematics import Kinematics
from .arriving import arrive_stage
from .checking import dense
from .grasps import GraspCandidate
from .moving import move_stage
from .picking import grasp_stage
from .program import AvoidRegion, Program, Stage
from .room import nearest_to
from .settings import Settings
from .situation import Situation
from .solution import Infeasible
from .stage_maps import region_kept
from .stage_plan import Clock
from .stage_plan import StagePlan as StagePlan
from .yielding import Avoidance, asking_no_more, most_asked, notes_of, yielding


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
    things, regions = most_asked(program.stages[index:] if grasping else (stage,))
    wanted = replace(stage, avoid=things, avoid_regions=regions)
    most_short = np.inf

    def attempt(limited: Stage, _probing: bool) -> StagePlan:
        less = asking_no_more(program, limited)
        return _planned(less, index, situation, kinematics, rng, settings, unwanted, most_short)

    def kept(plan: StagePlan, act: Avoidance) -> float:
        problem = plan.subgoal.problem
        Q = dense(plan.motion, kinematics, settings)[1]
        if isinstance(act, AvoidRegion):
            return region_kept(act, problem.situation, kinematics, Q)
        margin = next((one.distance for one in problem.stage.avoid if one.thing == act.thing), 0.0)
        return nearest_to(problem.room.world, Q, act.thing, margin)

    refused: Infeasible | None = None
    if stage.toward and (things or regions):
        # What is avoided gives before the target does: only what the arm itself lacks may be missing there.
        most_short = 0.0
        try:
            return attempt(wanted, True)
        except Infeasible as refusal:
            most_short = np.inf
            most_short = attempt(replace(wanted, avoid=(), avoid_regions=()), True).short
            refused = refusal if most_short == 0.0 else None
    plan, yielded = yielding(wanted, attempt, kept, refused)
    notes = notes_of(yielded, stage)
    return replace(plan, path=replace(plan.path, notes=(*plan.path.notes, *notes))) if notes else plan


def _planned(
    program: Program,
    index: int,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
    unwanted: tuple[GraspCandidate, ...],
    most_short: float,
) -> StagePlan:
    """Plan one stage as it stands."""
    stage, clock = program.stages[index], Clock()
    grasp = next((one for one in stage.grasps if one.hand == situation.hand), None)
    if grasp is not None:
        return grasp_stage(program, index, grasp, situation, kinematics, rng, settings, clock, unwanted)
    if stage.toward:
        return arrive_stage(stage, situation, kinematics, rng, settings, clock, most_short)
    return move_stage(stage, situation, kinematics, rng, settings, clock)
