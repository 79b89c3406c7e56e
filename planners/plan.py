"""The door: one stage of a program in, one certified motion out.

A stage without an act, or with a release, is a sub-goal and a way to it. A
stage that grasps chooses among candidates together with the stage that follows.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from ..robots.kinematics import Kinematics
from . import subgoal
from .curve import smooth
from .grasps import GraspCandidate, Grasps, grasps_of
from .problem import Problem, build
from .program import Grasp, Program, Stage
from .reach import reach, straight
from .room import Room
from .settings import Settings
from .situation import Held, Situation, places
from .solution import Infeasible, PathSolution, Report, Solution
from .way import Ends, check_retreat, find_way, timed

UP = np.array([0.0, 0.0, 1.0])
TRAVEL, STRAINED, STRAIN_FROM = 0.12, 3.0, 0.15
STEEP = 0.9
SLANTS = (0.7, 0.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan:
    """What is to be done for one stage, in this order: prepare, motion, grip, retreat.

    Attributes:
        stage: The stage's name.
        prepare: Opening, [m], and force, [N], to take before the motion, or None.
        motion: The whole move to the stage's end.
        grip: Opening, [m], and force, [N], to take at its end, or None.
        retreat: The way back after letting go, or None.
        held_after: What the hand holds afterwards.
        subgoal: The stage's end, proven.
        path: The motion, measured.
        grasp: The grasp that was chosen, or None.
        cpu: Processor time by part, [s].
    """

    stage: str
    prepare: tuple[float, float] | None
    motion: JointTrajectory
    grip: tuple[float, float] | None
    retreat: JointTrajectory | None
    held_after: Held | None
    subgoal: Solution
    path: PathSolution
    grasp: GraspCandidate | None
    cpu: dict[str, float]


@dataclass(slots=True)
class _Clock:
    """Adds up processor time by part."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        begin = time.process_time()
        try:
            yield
        finally:
            self.spent[name] = self.spent.get(name, 0.0) + time.process_time() - begin


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
    clock = _Clock()
    grasp = next((one for one in stage.grasps if one.hand == situation.hand), None)
    if grasp is not None:
        return _grasp_stage(program, index, grasp, situation, kinematics, rng, settings, clock)
    return _move_stage(stage, situation, kinematics, rng, settings, clock)


def _refuse(stage: Stage, constraint: str, text: str, by: float = 0.0, unit: str = "") -> Infeasible:
    return Infeasible(stage.name, Report(constraint=constraint, by=by, unit=unit, text=text))


def _move_stage(
    stage: Stage,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
    clock: _Clock,
) -> StagePlan:
    """Plan a stage that moves what is held, or the empty hand, and may let go."""
    held = situation.held
    release = next((one for one in stage.releases if one.hand == situation.hand), None)
    if release is not None and (held is None or held.thing != release.thing):
        raise _refuse(stage, f"release({release.thing})", f"the hand does not hold {release.thing}")
    with clock.part("problem"):
        problem = build(stage, situation, kinematics, settings)
    refusal: Infeasible | None = None
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
            refusal = refusal or reason
    with clock.part("explain"):
        raise refusal or subgoal.explain(problem, failed)


def _moved(
    problem: Problem, solution: Solution, let_go: Held | None, rng: np.random.Generator, clock: _Clock
) -> StagePlan:
    """Plan the way to a sub-goal, and back from it where something is let go there.

    Raises:
        Infeasible: If there is no way to it or none back.
    """
    stage = problem.stage
    with clock.part("path"):
        way = find_way(problem, solution.q, _ends(problem, solution), rng)
    if isinstance(way, str):
        raise _refuse(stage, "path", f"no free way to the goal: {way}")
    grip, retreat, held_after = None, None, problem.situation.held
    if let_go is not None:
        with clock.part("retreat"):
            grip, retreat = _let_go(problem, solution, let_go)
        held_after = None
    return StagePlan(
        stage=stage.name,
        prepare=None,
        motion=way.trajectory,
        grip=grip,
        retreat=retreat,
        held_after=held_after,
        subgoal=solution,
        path=way,
        grasp=None,
        cpu=clock.spent,
    )


def _ends(problem: Problem, solution: Solution) -> Ends:
    """Say how a move without a grasp leaves its start and enters its end."""
    situation, settings = problem.situation, problem.settings
    near_start = float(problem.room.clearance(situation.q[None])[0]) < settings.clearance
    near_end = float(problem.room.clearance(solution.q[None])[0]) < settings.clearance
    held = situation.held is not None
    out_W: tuple[Float64, ...] = ()
    if near_start:
        back = -_approach(problem.kinematics, situation.q)
        out_W = (UP, *_slanted(back)) if held else (back,)
    into_W = (UP, *_slanted(-_approach(problem.kinematics, solution.q))) if near_end else ()
    leaving = frozenset[str]()
    if situation.held is not None:
        thing = situation.scene.thing(situation.held.thing)
        leaving = frozenset({thing.on, thing.inside or "table", "table"})
    return Ends(out_W=out_W, into_W=into_W, leaving=leaving, entering=problem.touching)


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
        free = Room.around(situation, kinematics, width=width, placed=(held, X_WG))
        for line in _ways_back(problem, solution.q, back_W):
            curve = replace(smooth(line[:1], line, line[-1:], 0.05), enters=0.4)
            motion, _, _ = timed(curve, replace(problem, stage=replace(problem.stage, slow=())))
            near = check_retreat(free, motion, kinematics, settings, held.thing)
            if near is None:
                return (width, settings.grip_force), motion
            blocked = f"{near} would meet"
    raise _refuse(problem.stage, f"release({held.thing})", f"{held.thing} cannot be let go: {blocked}")


def _ways_back(problem: Problem, q: Float64, back_W: Float64) -> Iterator[Float64]:
    """Offer lines straight back, each first with a rise after it where the hand came from the side."""
    length = problem.settings.retreat
    for share in (1.0, 0.6):
        line = straight(problem.kinematics, q, share * length * back_W, problem.lower, problem.upper)
        if line is None:
            continue
        if back_W[2] < STEEP:
            up = straight(problem.kinematics, line[-1], length * UP, problem.lower, problem.upper)
            if up is not None:
                yield np.concatenate([line, up[1:]])
        yield line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reached:
    """A grasp candidate with the arm at it."""

    candidate: GraspCandidate
    solution: Solution
    cost: float


def _grasp_stage(
    program: Program,
    index: int,
    grasp: Grasp,
    situation: Situation,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
    clock: _Clock,
) -> StagePlan:
    """Choose a grasp that is reachable, free, and good for what follows; plan the way to it."""
    stage = program.stages[index]
    if situation.held is not None:
        raise _refuse(stage, f"grasp({grasp.thing})", f"the hand already holds {situation.held.thing}")
    gripper = kinematics.model.gripper
    if gripper is None:
        raise _refuse(stage, f"grasp({grasp.thing})", f"{situation.hand} has no gripper")
    thing = situation.scene.thing(grasp.thing)
    with clock.part("candidates"):
        grasps = grasps_of(thing, grasp, situation.scene, gripper, settings)
    if not grasps.free:
        raise _refuse(stage, f"grasp({grasp.thing})", _blocked(grasp, grasps, gripper.max_width))
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
    raise _refuse(stage, f"grasp({grasp.thing})", reason or f"no collision-free grasp on {grasp.thing}")


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
        out_W=(-_approach(problem.kinematics, q),) if near_start else (),
        into_W=(-one.candidate.approach,),
        leaving=frozenset(),
        entering=problem.touching,
    )


def _grasped(
    stage: Stage, one: _Reached, way: PathSolution, situation: Situation, settings: Settings, clock: _Clock
) -> StagePlan:
    closed = max(one.candidate.width - 0.012, 0.0)
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
