"""One stage of a problem file in joint space: posed with the file's room, solved, or blamed."""

import time
from dataclasses import dataclass, replace

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..robots.kinematics import Kinematics
from ..robots.shapes import distance
from . import subgoal
from .answers import Failure
from .approaching import ANGLES, asks_direction, coming
from .checking import dense
from .joint_explain import blame, no_way
from .joint_state import ArmState, room_of
from .legs import Ends
from .problem import UP, Problem, build
from .problem_state import ProblemState
from .program import Avoid, Stage
from .room import Room, nearest_to
from .settings import Settings
from .solution import Infeasible, PathSolution, Report, Solution
from .way import find_way
from .yielding import Avoidance, Yielded, yielding

AT = 0.01
"""What is this near to the hand or the held thing when a stage begins is what it leaves, [m]."""
DOWN_G = np.array([0.0, 0.0, -1.0])
UNWANTED_G = np.zeros(3)
"""No direction of the hand is wished vertical: a grasp says where it comes from, and may turn about that."""
LEVEL_G = (np.array([1.0, 0.0, 0.0]), np.array([-1.0, 0.0, 0.0]))
"""Wishes that are tried before: fingers that close level, as what stands is taken from a side."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Done:
    """A stage that is solved.

    Attributes:
        solution: The sub-goal; it holds its problem.
        path: The motion to it.
        yielded: Distances that could not be kept.
        cpu_s: Processor time of sub-goals and of ways, [s].
    """

    solution: Solution
    path: PathSolution
    yielded: tuple[Yielded, ...]
    cpu_s: tuple[float, float]


def do_stage(
    stage: Stage, arm: ArmState, kinematics: Kinematics, rng: np.random.Generator, settings: Settings
) -> Done:
    """Find a stage's end and a way to it; of what it is to keep away from, as much is kept as can be.

    Args:
        stage: What is asked.
        arm: Where it begins.
        kinematics: The arm.
        rng: The only source of chance.
        settings: The planner's numbers.

    Raises:
        Infeasible: If it cannot be done; it says what would have to give.
    """
    spent = [0.0, 0.0]

    def attempt(asked: Stage, probing: bool) -> tuple[Solution, PathSolution]:
        return _attempted(asked, arm, kinematics, rng, settings, spent, probing)

    def kept(found: tuple[Solution, PathSolution], act: Avoidance) -> float:
        assert isinstance(act, Avoid), "problem files speak of no regions"
        problem = found[0].problem
        margin = next((one.distance for one in problem.stage.avoid if one.thing == act.thing), 0.0)
        _, Q = dense(found[1].trajectory, kinematics, settings)
        return nearest_to(problem.room.world, Q, act.thing, margin)

    (solution, path), yielded = yielding(stage, attempt, kept)
    return Done(solution=solution, path=path, yielded=yielded, cpu_s=(spent[0], spent[1]))


def _attempted(
    stage: Stage,
    arm: ArmState,
    kinematics: Kinematics,
    rng: np.random.Generator,
    settings: Settings,
    spent: list[float],
    probing: bool,
) -> tuple[Solution, PathSolution]:
    """Solve a stage: along the direction that its grasp asks for, or as near it as can be."""
    if not asks_direction(stage):
        return _solved(_posed(stage, arm, kinematics, settings), rng, spent, probing)
    turned = [_posed(coming(stage, within), arm, kinematics, settings) for within in ANGLES]
    for problem in turned:
        for level_G in LEVEL_G:
            try:
                return _solved(replace(problem, upright_G=level_G), rng, spent, True)
            except Infeasible:
                continue
    return _solved(turned[-1], rng, spent, probing)


def _posed(stage: Stage, arm: ArmState, kinematics: Kinematics, settings: Settings) -> Problem:
    """Pose a stage in joint space, with the file's room."""
    problem = build(stage, arm.situation(), kinematics, settings)
    room = room_of(stage, arm.state, kinematics, arm.width)
    if not stage.grasps:
        return replace(problem, room=room)
    touching = frozenset(act.thing for act in stage.grasps)
    upright_G = UNWANTED_G if asks_direction(stage) else DOWN_G
    return replace(problem, room=room, touching=touching, upright_G=upright_G)


def _solved(
    problem: Problem, rng: np.random.Generator, spent: list[float], probing: bool
) -> tuple[Solution, PathSolution]:
    """Find a sub-goal to which there is a way; add up the processor time of both.

    Raises:
        Infeasible: If there is none; it says what would have to give, unless that is not asked.
    """
    failed: list[Float64] = []
    blocked: tuple[Solution, str] | None = None
    tried = 0
    goals = subgoal.attempts(problem, rng, problem.settings.starts)
    while tried < problem.settings.goals_tried:
        begin = time.process_time()
        solution = next(goals, None)
        spent[0] += time.process_time() - begin
        if solution is None:
            break
        if not solution.proves():
            failed.append(solution.q)
            continue
        tried += 1
        begin = time.process_time()
        path = find_way(problem, solution.q, ends_of(problem, solution.q), rng)
        spent[1] += time.process_time() - begin
        if isinstance(path, PathSolution):
            return solution, path
        blocked = blocked or (solution, path)
    if probing:
        raise Infeasible(problem.stage.name, Report(constraint="", by=0.0, unit="", text="not this way"))
    if blocked is not None:
        raise no_way(problem, *blocked, ends_of(problem, blocked[0].q), rng)
    raise blame(problem, failed, rng)


def ends_of(problem: Problem, q_end: Float64) -> Ends:
    """Say how a motion leaves its start and enters its end where something is near there.

    Args:
        problem: The stage.
        q_end: Joint positions at its end, shape (n,), [rad].
    """
    situation, room, least = problem.situation, problem.room, problem.settings.clearance
    holding = situation.held is not None

    def away(q: Float64) -> tuple[Float64, ...]:
        if float(room.clearance(q[None])[0]) >= least:
            return ()
        back_W = -problem.kinematics.tool_pose(q).rotation().matrix()[:, 2]
        return (UP, back_W) if holding else (back_W, UP)

    return Ends(
        out_W=away(situation.q),
        into_W=away(q_end),
        leaving=_left(problem, room),
        entering=problem.touching,
    )


def _left(problem: Problem, room: Room) -> frozenset[str]:
    """Name the things that the hand, or what it holds, stands at when the stage begins."""
    held = problem.situation.held
    p_GQ = np.array([np.zeros(3), *([] if held is None else held.points.values())])
    X_WG = problem.kinematics.tool_pose(problem.situation.q)
    p_WQ = p_GQ @ X_WG.rotation().matrix().T + X_WG.translation()
    others = (one for one in problem.situation.scene.things if held is None or one.name != held.thing)
    near = (
        one.name
        for one in others
        if one.name in room.world.obstacle_names
        and min((distance(shape, p_WQ).min() for shape in one.shapes), default=np.inf) < AT
    )
    return frozenset(near)


def failure(
    stage: Stage, arm: ArmState, kinematics: Kinematics, settings: Settings, error: Infeasible
) -> Failure:
    """Measure what misses least.

    Args:
        stage: What cannot be done.
        arm: Where it begins.
        kinematics: The arm.
        settings: The planner's numbers.
        error: Why.
    """
    state, q = arm.state, error.nearest
    if q is None:
        return Failure(stage=stage, report=error.report, state=state)
    asked = coming(stage, ANGLES[-1])
    measured = subgoal.measure(_posed(asked, arm, kinematics, settings), q)
    return Failure(
        stage=asked,
        report=error.report,
        state=state,
        X_WG=kinematics.tool_pose(q),
        q=q,
        met=measured.met,
        arm=stick_figure(kinematics, q),
    )


def stick_figure(kinematics: Kinematics, q: Float64) -> Float64:
    """Give the arm's joints from the base on, then the tool point, p_W, shape (n + 2, 3), [m]."""
    p = kinematics.link_poses(q[None])[1][0]
    base = kinematics.X_WR.translation()
    tool: RigidTransform = kinematics.tool_pose(q)
    return np.array([base, *p[kinematics.joint_link], tool.translation()])


def after(stage: Stage, arm: ArmState, kinematics: Kinematics, q: Float64, open_width: float) -> ArmState:
    """Bring the arm to a stage's end and do its acts; fingers close on what they grasp.

    Args:
        stage: What was done.
        arm: Where it began.
        kinematics: The arm.
        q: Joint positions at its end, shape (n,), [rad].
        open_width: Opening of the open fingers, [m].
    """
    X_WG = kinematics.tool_pose(q)
    state: ProblemState = arm.state.after(stage, X_WG)
    width = arm.width
    if stage.grasps:
        width = state.closed(X_WG, open_width, kinematics.model.gripper)
    elif stage.releases:
        width = open_width
    return replace(arm, state=state, q=q, width=width)
