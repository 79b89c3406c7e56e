"""A stage that grasps: the candidate is chosen together with the stage that follows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..robots.kinematics import Kinematics
from . import subgoal
from .grasps import GraspCandidate, Grasps, grasps_of
from .problem import Problem, build
from .program import Grasp, Program, Stage
from .reach import reach
from .settings import Settings
from .situation import Held, Situation, places
from .solution import PathSolution, Solution
from .stage_plan import Clock, StagePlan, refuse
from .way import Ends, find_way

TRAVEL, STRAINED, STRAIN_FROM = 0.12, 3.0, 0.15
SQUEEZE = 0.012
"""How much narrower than the thing the fingers are told to close, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reached:
    """A grasp candidate with the arm at it."""

    candidate: GraspCandidate
    solution: Solution
    cost: float


def grasp_stage(
    program: Program,
    index: int,
    grasp: Grasp,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
    clock: Clock,
) -> StagePlan:
    """Choose a grasp that is reachable, free, and good for what follows; plan the way to it."""
    stage = program.stages[index]
    if situation.held is not None:
        raise refuse(stage, f"grasp({grasp.thing})", f"the hand already holds {situation.held.thing}")
    gripper = kinematics.model.gripper
    if gripper is None:
        raise refuse(stage, f"grasp({grasp.thing})", f"{situation.hand} has no gripper")
    thing = situation.scene.thing(grasp.thing)
    with clock.part("candidates"):
        grasps = grasps_of(thing, grasp, situation.scene, gripper, settings)
    if not grasps.free:
        raise refuse(stage, f"grasp({grasp.thing})", _blocked(grasp, grasps, gripper.max_width))
    reason, tried = "", 0
    useless: list[_Reached] = []
    for batch in _batches(grasps.free, settings.grasps_solved):
        with clock.part("subgoal"):
            reached, failure = _reach_all(stage, batch, situation, kinematics, settings)
        reason = reason or failure
        for one in reached:
            if tried >= settings.grasps_tried:
                break
            if any(_alike(one.candidate, other.candidate) for other in useless):
                continue
            tried += 1
            with clock.part("next stage"):
                serves = _serves(program, index, one, situation, kinematics, rng, settings)
            if not serves:
                useless.append(one)
                continue
            with clock.part("path"):
                way = find_way(one.solution.problem, one.solution.q, _grasp_ends(one), rng)
            if not isinstance(way, str):
                return _grasped(stage, one, way, situation, settings, clock)
            reason = f"no free way to a grasp on {grasp.thing}: {way}"
    if useless:
        after = _after(program, index, useless[0], situation, kinematics, settings)
        assert after is not None, "a grasp is useless only for a stage that follows"
        refusal = subgoal.explain(after, [after.situation.q, kinematics.model.q_home])
        reason = f"{grasp.thing} can be grasped, but then {refusal.report.text}"
    raise refuse(stage, f"grasp({grasp.thing})", reason or f"no collision-free grasp on {grasp.thing}")


def _alike(one: GraspCandidate, other: GraspCandidate) -> bool:
    """Tell whether two grasps are so near each other that what one cannot do the other cannot either."""
    turn = one.X_WG.rotation().matrix().T @ other.X_WG.rotation().matrix()
    near = float(np.linalg.norm(one.X_WG.translation() - other.X_WG.translation()))
    return turn[2, 2] > 0.93 and abs(turn[1, 1]) > 0.8 and near < 0.03


def _blocked(grasp: Grasp, grasps: Grasps, widest: float) -> str:
    if not grasps.blocked:
        part = f".{grasp.part}" if grasp.part else ""
        return f"{grasp.thing}{part} offers nothing to close on: the fingers open {widest * 100:.0f} cm"
    near = min(grasps.blocked, key=lambda one: -one.clearance)
    return f"no collision-free grasp on {grasp.thing}: blocked by {near.nearest}"


def _batches(free: tuple[GraspCandidate, ...], size: int) -> Iterator[tuple[GraspCandidate, ...]]:
    """Give the best candidates, then an even spread of the others."""
    yield free[:size]
    rest = free[size:]
    stride = max(1, len(rest) // (3 * size))
    spread = rest[::stride]
    for begin in range(0, min(len(spread), 3 * size), size):
        yield spread[begin : begin + size]


def _reach_all(
    stage: Stage,
    candidates: tuple[GraspCandidate, ...],
    situation: Situation,
    kinematics: Kinematics,
    settings: Settings,
) -> tuple[list[_Reached], str]:
    """Bring the arm to candidates; best first, and why the others failed."""
    found: list[_Reached] = []
    far = near = ""
    for candidate in candidates:
        problem = build(
            stage, replace(situation, width=candidate.opening), kinematics, settings, grasp=candidate
        )
        solution = None
        for begin in (situation.q, kinematics.model.q_home):
            q = reach(kinematics, candidate.X_WG, begin, problem.lower, problem.upper)
            if q is None:
                far = far or "out of reach"
                continue
            measured = subgoal.improve(problem, subgoal.measure(problem, q))
            if not measured.proves():
                near = near or measured.between
            else:
                solution = measured
                break
        if solution is not None:
            moved = float(np.linalg.norm(solution.q - situation.q))
            strain = max(STRAIN_FROM - solution.limit_margin, 0.0)
            cost = candidate.cost + TRAVEL * moved + STRAINED * strain
            found.append(_Reached(candidate=candidate, solution=solution, cost=cost))
    found.sort(key=lambda one: one.cost)
    if found:
        return found, ""
    if near:
        return [], f"no collision-free grasp on {candidates[0].thing}: {near} would meet"
    problem = build(stage, situation, kinematics, settings, grasp=candidates[0])
    refusal = subgoal.explain(problem, [situation.q, kinematics.model.q_home])
    return [], f"{candidates[0].thing} is {far}: {refusal.report.text}"


def _held(one: _Reached, situation: Situation) -> Held:
    thing = situation.scene.thing(one.candidate.thing)
    return Held.at(thing, one.candidate.X_WG, one.candidate.width)


def _after(
    program: Program,
    index: int,
    one: _Reached,
    situation: Situation,
    kinematics: Kinematics,
    settings: Settings,
) -> Problem | None:
    """Pose the following stage's sub-goal with this grasp; None where there is none to pose."""
    if index + 1 >= len(program.stages):
        return None
    stage = program.stages[index + 1]
    if any(grasp.hand == situation.hand for grasp in stage.grasps):
        return None
    held = _held(one, situation)
    after = Situation(
        scene=situation.scene,
        q=one.solution.q,
        hand=situation.hand,
        width=held.width,
        held=held,
        start=places(situation.scene, situation.hand, kinematics.tool_pose(one.solution.q), held),
        origin=situation.origin,
    )
    return build(stage, after, kinematics, settings)


def _serves(
    program: Program,
    index: int,
    one: _Reached,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
) -> bool:
    """Tell whether the following stage's sub-goal can be met with this grasp."""
    after = _after(program, index, one, situation, kinematics, settings)
    return after is None or any(one.proves() for one in subgoal.attempts(after, rng, starts=1))


def _grasp_ends(one: _Reached) -> Ends:
    problem = one.solution.problem
    q = problem.situation.q
    near_start = float(problem.room.clearance(q[None])[0]) < problem.settings.clearance
    return Ends(
        out_W=(-problem.kinematics.tool_pose(q).rotation().matrix()[:, 2],) if near_start else (),
        into_W=(-one.candidate.approach,),
        leaving=frozenset(),
        entering=problem.touching,
    )


def _grasped(
    stage: Stage, one: _Reached, way: PathSolution, situation: Situation, settings: Settings, clock: Clock
) -> StagePlan:
    closed = max(one.candidate.width - SQUEEZE, 0.0)
    return StagePlan(
        stage=stage.name,
        prepare=(one.candidate.opening, settings.grip_force),
        motion=way.trajectory,
        grip=(closed, settings.grip_force),
        retreat=None,
        held_after=_held(one, situation),
        subgoal=one.solution,
        path=way,
        grasp=one.candidate,
        cpu=clock.spent,
    )
