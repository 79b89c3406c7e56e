"""A problem file solved for an arm: sub-goals and timed motions in joint space, stage after stage."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..core.errors import CannotDo, InputError
from ..robots.kinematics import Kinematics
from ..robots.shapes import distance
from . import subgoal
from .answers import Failure, finite, head, places_table, pose, reaching, relation_rows
from .free_hand.problem import check_surfaces
from .joint_explain import blame, no_way
from .joint_state import ArmState, check_points, room_of
from .problem import UP, Problem, build
from .problem_file import ProblemFile
from .problem_state import ProblemState
from .program import Program, Stage
from .reach import reach
from .room import Room
from .settings import Settings
from .situation import PartKey
from .solution import Infeasible, PathSolution, Report, Solution
from .way import Ends, find_way

STARTS = 24
"""Postures from which the start's pose is tried to be reached."""
SPREAD = 0.8
"""Standard deviation of these postures around the arm's rest, [rad]."""
AGREE_LENGTH, AGREE_ANGLE = 1e-3, 1e-2
"""How far the start's joints may be from the start's pose, [m] and [rad]."""
AT = 0.01
"""What is this near to the hand or the held thing when a stage begins is what it leaves, [m]."""
DOWN_G = np.array([0.0, 0.0, -1.0])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmStage:
    """What was found for one stage.

    Attributes:
        solution: The sub-goal; it holds its problem.
        path: The motion to it.
        state: Where everything is at its end.
        cpu_s: Processor time of sub-goals and of ways, [s].
    """

    solution: Solution
    path: PathSolution
    state: ProblemState
    cpu_s: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmAnswer:
    """What was found for a problem file and an arm.

    Attributes:
        file: The problem.
        kinematics: The arm, where it stands.
        program: The file's program.
        q: Joint positions at the start, shape (n,), [rad]; None where there are none.
        stages: Answers of the stages that can be done, in order.
        failed: The stage that cannot be done, and why; None where all can.
        seed: What the random numbers came from.
    """

    file: ProblemFile
    kinematics: Kinematics
    program: Program
    q: Float64 | None
    stages: tuple[ArmStage, ...]
    failed: Failure | None
    seed: int

    def proves(self) -> bool:
        """Tell whether every stage was solved and measures itself as right; a path exists only proven."""
        return self.failed is None and all(one.solution.proves() for one in self.stages)

    def table(self) -> dict[str, Any]:
        """Give everything as plain values, ready for JSON."""
        model = self.kinematics.model
        first: Mapping[str, Any] = head(self.file.name, model.name, self.seed, self.proves(), self.failed)
        return {
            **first,
            "joint_names": list(model.joint_names),
            "start": None if self.q is None else {"joints": self.q.tolist(), "arm": _stick(self, self.q)},
            "stages": [_table_of(self, one) for one in self.stages],
        }


def solve_joints(
    file: ProblemFile, kinematics: Kinematics, *, seed: int = 0, settings: Settings | None = None
) -> ArmAnswer:
    """Solve a problem file for an arm.

    Args:
        file: The problem; its ``X_WB`` is where the arm has to stand.
        kinematics: The arm, standing there.
        seed: Where the random numbers come from; the same seed gives the same answer.
        settings: The planner's numbers.

    Returns:
        The answer, also where a stage cannot be done: then it says why.

    Raises:
        InputError: If the start's joints do not fit the arm or the start's pose.
        Retryable: If the program cannot be read.
        CannotDo: If it asks for what cannot be solved for an arm without a world.
        UnknownName: If it speaks of a point that the file does not have.
    """
    settings = settings or Settings()
    program, state = file.program(), ProblemState.first(file)
    for stage in program.stages:
        _check_approach(stage)
    rng = np.random.default_rng(seed)
    gripper = kinematics.model.gripper
    width = 0.0 if gripper is None else gripper.max_width
    done: list[ArmStage] = []
    first = reaching(program.stages[0], file.hand)
    begun = _start(first, state, kinematics, width, rng)
    if isinstance(begun, Failure):
        return ArmAnswer(
            file=file, kinematics=kinematics, program=program, q=None, stages=(), failed=begun, seed=seed
        )
    q_start = q = begun
    origin: dict[PartKey, Float64] = {**state.places, (None, file.hand): np.array(file.X_WG.translation())}
    failed: Failure | None = None
    for written in program.stages:
        stage = reaching(written, file.hand)
        check_points(stage, state)
        check_surfaces(stage, state.standing)
        problem = _posed(stage, ArmState(state=state, q=q, origin=origin), kinematics, width, settings)
        try:
            solution, path, spent = _solved(problem, rng)
        except Infeasible as error:
            arm = ArmState(state=state, q=q, origin=origin)
            failed = _failure(problem, state, error, _too_far_kept(stage, arm, kinematics, width, rng))
            break
        q = path.trajectory.q[-1]
        state = state.after(stage, kinematics.tool_pose(q))
        done.append(ArmStage(solution=solution, path=path, state=state, cpu_s=spent))
    return ArmAnswer(
        file=file,
        kinematics=kinematics,
        program=program,
        q=q_start,
        stages=tuple(done),
        failed=failed,
        seed=seed,
    )


def _check_approach(stage: Stage) -> None:
    for act in stage.grasps:
        if act.approach is not None and act.approach @ -UP < 0.999:
            raise CannotDo(
                f"{stage.name}: grasp({act.thing}, approach=...): an arm in a problem file comes from above"
                " where it can; say another way with goals over points, or leave approach out"
            )


def _start(
    stage: Stage, state: ProblemState, kinematics: Kinematics, width: float, rng: np.random.Generator
) -> Float64 | Failure:
    """Find the arm's posture at the start: the file's, or one that reaches the file's pose and is free."""
    file, model = state.file, kinematics.model
    if file.joints is not None:
        return _given(file, kinematics)
    room = room_of(replace(stage, avoid=()), state, kinematics, width)
    best: tuple[float, Float64] | None = None
    for turn in range(STARTS):
        posture = (model.q_home, model.q_look)[turn] if turn < 2 else None
        if posture is None:
            posture = model.q_home + rng.normal(scale=SPREAD, size=model.n)
        q = reach(kinematics, state.X_WG, posture, model.lower, model.upper)
        if q is None:
            continue
        free = room.nearest(q)[0]
        if free >= Settings().clearance:
            return q
        if best is None or free > best[0]:
            best = (free, q)
    if best is not None and best[0] >= 0.0:
        return best[1]
    if best is None:
        text = "the arm cannot reach the start's pose: move [base], or give [start] another pose"
        return Failure(
            stage=stage, report=Report(constraint="start", by=0.0, unit="", text=text), state=state
        )
    near = room.nearest(best[1])[1]
    text = f"the arm is not free at the start: {near} overlap by {-1000 * best[0]:.0f} mm at best"
    return Failure(
        stage=stage,
        report=Report(constraint="start", by=-best[0], unit="m", text=f"{text}; move [base] or the start"),
        state=state,
        X_WG=state.X_WG,
        q=best[1],
        arm=stick_figure(kinematics, best[1]),
    )


def _given(file: ProblemFile, kinematics: Kinematics) -> Float64:
    """Take the joints that the file gives.

    Raises:
        InputError: If they do not fit the arm, its limits or the start's pose.
    """
    model, q = kinematics.model, file.joints
    assert q is not None, "only given joints are checked"
    if q.shape != (model.n,):
        raise InputError(f"[start] joints are {len(q)} numbers, and {model.name} has {model.n} joints")
    if (q < model.lower).any() or (q > model.upper).any():
        bad = int(np.argmax(np.maximum(model.lower - q, q - model.upper)))
        limits = f"{model.lower[bad]:.3f} to {model.upper[bad]:.3f}"
        raise InputError(
            f"[start] joints: {model.joint_names[bad]} is {q[bad]:.3f} rad, its limits are {limits}"
        )
    off = file.X_WG.inverse() @ kinematics.tool_pose(q)
    length, angle = float(np.linalg.norm(off.translation())), off.rotation().ToAngleAxis().angle()
    if length > AGREE_LENGTH or angle > AGREE_ANGLE:
        raise InputError(
            f"[start] joints put the tool {1000 * length:.0f} mm and {np.degrees(angle):.1f} degrees from the"
            " start's position and quaternion: make them agree, or leave joints out"
        )
    return q


def _posed(stage: Stage, arm: ArmState, kinematics: Kinematics, width: float, settings: Settings) -> Problem:
    """Pose a stage in joint space, with the file's room."""
    problem = build(stage, arm.situation(width), kinematics, settings)
    room = room_of(stage, arm.state, kinematics, width)
    if not stage.grasps:
        return replace(problem, room=room)
    touching = frozenset(act.thing for act in stage.grasps)
    return replace(problem, room=room, touching=touching, upright_G=DOWN_G)


def _too_far_kept(
    stage: Stage, arm: ArmState, kinematics: Kinematics, width: float, rng: np.random.Generator
) -> list[str]:
    """Name each ``avoid`` without which there is a sub-goal."""
    found: list[str] = []
    for act in stage.avoid:
        less = replace(stage, avoid=tuple(one for one in stage.avoid if one is not act))
        problem = _posed(less, arm, kinematics, width, Settings())
        if any(one.proves() for one in subgoal.attempts(problem, rng, starts=2)):
            found.append(f"avoid({act.thing}, {act.distance:g}), which would have to ask for less")
    return found


def _solved(problem: Problem, rng: np.random.Generator) -> tuple[Solution, PathSolution, tuple[float, float]]:
    """Find a sub-goal to which there is a way.

    Raises:
        Infeasible: If there is none; it says what would have to give.
    """
    spent = [0.0, 0.0]
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
            return solution, path, (spent[0], spent[1])
        blocked = blocked or (solution, path)
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


def _failure(problem: Problem, state: ProblemState, error: Infeasible, more: list[str]) -> Failure:
    """Measure what misses least; ``more`` is what else could give."""
    report = replace(error.report, others=(*error.report.others, *more))
    q = error.nearest
    if q is None:
        return Failure(stage=problem.stage, report=report, state=state)
    measured = subgoal.measure(problem, q)
    return Failure(
        stage=problem.stage,
        report=report,
        state=state,
        X_WG=problem.kinematics.tool_pose(q),
        q=q,
        met=measured.met,
        arm=stick_figure(problem.kinematics, q),
    )


def stick_figure(kinematics: Kinematics, q: Float64) -> Float64:
    """Give the arm's joints from the base on, then the tool point, p_W, shape (n + 2, 3), [m]."""
    p = kinematics.link_poses(q[None])[1][0]
    base = kinematics.X_WR.translation()
    tool: RigidTransform = kinematics.tool_pose(q)
    return np.array([base, *p[kinematics.joint_link], tool.translation()])


def _stick(answer: ArmAnswer, q: Float64) -> list[list[float]]:
    return stick_figure(answer.kinematics, q).tolist()


def _table_of(answer: ArmAnswer, one: ArmStage) -> dict[str, Any]:
    solution, path = one.solution, one.path
    problem, trajectory = solution.problem, path.trajectory
    kinematics = problem.kinematics
    q = trajectory.q[-1]
    return {
        "stage": problem.stage.name,
        "purpose": problem.stage.purpose,
        "pose": pose(kinematics.tool_pose(q)),
        "joints": q.tolist(),
        "cost": solution.cost,
        "violation": solution.violation,
        "clearance_m": finite(solution.clearance),
        "between": solution.between,
        "limit_margin_rad": float(np.minimum(q - kinematics.model.lower, kinematics.model.upper - q).min()),
        "relations": relation_rows(problem.stage, solution.met),
        "keypoints": places_table(one.state.places),
        "arm": _stick(answer, q),
        "way": {
            "poses": [pose(kinematics.tool_pose(at)) for at in trajectory.q],
            "times_s": trajectory.times.tolist(),
            "joints": trajectory.q.tolist(),
            "velocities": trajectory.v.tolist(),
            "duration_s": trajectory.duration,
            "method": path.method,
            "violation": path.violation,
            "clearance_m": finite(path.clearance),
            "limit_margin_rad": path.limit_margin,
            "speed_share": path.speed_share,
            "acceleration_share": path.acceleration_share,
            "jerk_share": path.jerk_share,
            "samples": path.samples,
            "notes": list(path.notes),
        },
        "cpu_s": {"subgoal": one.cpu_s[0], "way": one.cpu_s[1]},
    }
