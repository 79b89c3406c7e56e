"""A stage that moves what is held, or the empty hand, and may let go at its end."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from ..robots.kinematics import Kinematics
from . import subgoal
from .checking import check_retreat
from .curve import smooth
from .fingers import HOLDS, SAME, openings
from .joint_explain import held_throughout
from .legs import Ends
from .pace import timed
from .problem import UP, Problem, build
from .program import Stage
from .reach import straight
from .room import Room
from .settings import Settings
from .situation import Held, Situation
from .solution import Infeasible, Solution
from .stage_maps import kept_out
from .stage_plan import Clock, StagePlan, refuse
from .way import find_way

STEEP = 0.9
"""How upright a way back is that needs no other beside it: the cosine from the vertical."""
AFAR = 0.15
"""A stage that begins farther from its end than this does not slide there, [m]."""
SLANTS = (0.7, 0.3)
"""Rises of the other ways, from the level, [rad]."""


def move_stage(
    stage: Stage,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
    clock: Clock,
) -> StagePlan:
    """Plan a stage that moves what is held, or the empty hand, and may let go."""
    held = situation.held
    release = next((one for one in stage.releases if one.hand == situation.hand), None)
    if release is not None and (held is None or held.thing != release.thing):
        raise refuse(stage, f"release({release.thing})", f"the hand does not hold {release.thing}")
    with clock.part("problem"):
        problem = build(stage, situation, kinematics, settings)
    refusal: Infeasible | None = None
    blocked: Solution | None = None
    failed: list[Float64] = []
    tried = 0
    goals = subgoal.attempts(problem, rng, settings.starts)
    while tried < settings.goals_tried:
        with clock.part("subgoal"):
            solution = next(goals, None)
        if solution is None:
            break
        if not solution.proves():
            failed.append(solution.q)
            continue
        tried += 1
        try:
            return _moved(problem, solution, held if release else None, rng, clock)
        except Infeasible as reason:
            refusal, blocked = refusal or reason, blocked or solution
    with clock.part("explain"):
        if refusal is None:
            raise subgoal.explain(problem, failed)
        if blocked is not None and refusal.report.constraint == "path":
            report = held_throughout(problem, blocked, _ends(problem, blocked), rng)
            raise refusal if report is None else Infeasible(stage.name, report, blocked.q)
        raise refusal


def _moved(
    problem: Problem, solution: Solution, let_go: Held | None, rng: np.random.Generator, clock: Clock
) -> StagePlan:
    """Plan the way to a sub-goal, and back from it where something is let go there.

    Raises:
        Infeasible: If there is no way to it or none back.
    """
    stage = problem.stage
    with clock.part("path"):
        way = find_way(problem, solution.q, _ends(problem, solution), rng, led=True)
    if isinstance(way, str):
        raise refuse(stage, "path", f"no free way to the goal: {way}")
    if stage.grip and problem.situation.held is not None:
        way = replace(way, notes=(*way.notes, HOLDS))
    grip, retreat, held_after = None, None, problem.situation.held
    own = problem.situation.width
    fingers = openings(problem, way.trajectory, own, np.inf)
    force = problem.settings.grip_force
    prepare = (fingers[0][1], force) if fingers and abs(fingers[0][1] - own) > SAME else None
    if fingers:
        # The stage that follows begins with the fingers as they are at the end of this one.
        grip = (fingers[-1][1], force)
    if let_go is not None:
        with clock.part("retreat"):
            grip, retreat = _let_go(problem, solution, let_go)
        held_after = None
    return StagePlan(
        stage=stage.name,
        prepare=prepare,
        motion=way.trajectory,
        grip=grip,
        retreat=retreat,
        held_after=held_after,
        subgoal=solution,
        path=way,
        grasp=None,
        cpu=clock.spent,
        openings=fingers[1:],
    )


def _ends(problem: Problem, solution: Solution) -> Ends:
    """Say how a move without a grasp leaves its start and enters its end."""
    situation, settings = problem.situation, problem.settings
    near_start = float(problem.room.solid_clearance(situation.q[None])[0]) < settings.clearance
    held = situation.held is not None
    near_end = float(problem.room.solid_clearance(solution.q[None])[0]) < settings.clearance
    out_W: tuple[Float64, ...] = ()
    if near_start:
        back = -_approach(problem.kinematics, situation.q)
        out_W = (UP, *_slanted(back)) if held else (back,)
    into_W: tuple[Float64, ...] = ()
    slid = False
    if near_end:
        into_W = (UP, *_slanted(-_approach(problem.kinematics, solution.q)))
        # What is slid onto something comes from where it was brought before it.
        gone = problem.kinematics.tool_pose(situation.q).translation()
        gone = gone - problem.kinematics.tool_pose(solution.q).translation()
        far = float(np.linalg.norm(gone))
        slid = held and settings.least_clearance < far < AFAR
        if slid:
            into_W = (*into_W, gone / far)
    leaving = frozenset[str]()
    if situation.held is not None:
        thing = situation.scene.thing(situation.held.thing)
        leaving = frozenset({thing.on, thing.inside or "table", "table"})
    return Ends(out_W=out_W, into_W=into_W, leaving=leaving, entering=problem.touching, slid=slid)


def _slanted(back_W: Float64) -> tuple[Float64, ...]:
    """Offer the way back, and ways between it and the level, for a hand that comes from the side."""
    if back_W[2] > STEEP:
        return ()
    level = back_W * [1.0, 1.0, 0.0] / np.linalg.norm(back_W[:2])
    return (back_W, *(np.cos(rise) * level + np.sin(rise) * UP for rise in SLANTS))


def _approach(kinematics: Kinematics, q: Float64) -> Float64:
    return kinematics.tool_pose(q).rotation().matrix()[:, 2]


def _let_go(problem: Problem, solution: Solution, held: Held) -> tuple[tuple[float, float], JointTrajectory]:
    """Open just enough, then go straight back, and up where the hand came from the side.

    Raises:
        Infeasible: If the hand would take something along.
    """
    settings, kinematics, situation = problem.settings, problem.kinematics, problem.situation
    gripper = kinematics.model.gripper
    assert gripper is not None, "only a gripper holds"
    X_WG = kinematics.tool_pose(solution.q)
    back_W = -X_WG.rotation().matrix()[:, 2]
    blocked = "the arm cannot go straight back"
    for room in (settings.release_room, 0.6 * settings.release_room, 0.4 * settings.release_room):
        width = min(held.width + room, gripper.max_width)
        # The hand that draws back is empty, and keeps away from what the stage keeps away from.
        empty = replace(situation, q=solution.q, width=width, held=None)
        free = Room.around(
            situation,
            kinematics,
            width=width,
            keep={one.thing: one.distance for one in problem.stage.avoid},
            placed=(held, X_WG),
            regions=kept_out(problem.maps, empty, kinematics)[0],
        )
        for line in _ways_back(problem, solution.q, back_W):
            curve = replace(smooth(line[:1], line, line[-1:], 0.05), enters=0.4)
            motion, _, _ = timed(curve, drawing_back(problem, held))
            near = check_retreat(free, motion, kinematics, settings, held.thing)
            if near is None:
                return (width, settings.grip_force), motion
            blocked = f"{near} would meet"
    raise refuse(problem.stage, f"release({held.thing})", f"{held.thing} cannot be let go: {blocked}")


def drawing_back(problem: Problem, held: Held) -> Problem:
    """Pose a way back as what it is: the hand is empty, and what was in it is not slow to go away from.

    Args:
        problem: The stage that lets go.
        held: What was let go.
    """
    slow = tuple(one for one in problem.stage.slow if one.thing != held.thing)
    stage = replace(problem.stage, slow=slow)
    return replace(problem, stage=stage, situation=replace(problem.situation, held=None))


def _ways_back(problem: Problem, q: Float64, back_W: Float64) -> Iterator[Float64]:
    """Offer lines straight back, each first with a rise after it where the hand came from the side."""
    length = problem.settings.retreat
    for share in (1.0, 0.6, 0.4):
        line = straight(problem.kinematics, q, share * length * back_W, problem.lower, problem.upper)
        if line is None:
            continue
        if back_W[2] < STEEP:
            up = straight(problem.kinematics, line[-1], length * UP, problem.lower, problem.upper)
            if up is not None:
                yield np.concatenate([line, up[1:]])
        yield line
