"""The door to problem files: every stage in order, for a free-flying hand."""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from .answers import (
    Failure,
    finite,
    head,
    places_table,
    pose,
    pose_of,
    reaching,
    relation_rows,
    yielded_table,
)
from .free_hand import subgoal, way
from .free_hand.pace import paced
from .free_hand.problem import HandProblem, build
from .free_hand.subgoal import HandSolution
from .free_hand.way import Way
from .lift import judge
from .problem_file import ProblemFile
from .problem_state import ProblemState
from .program import Avoid, Program, Stage
from .solids import rows_of, solid_distance
from .solution import Infeasible
from .yielding import Avoidance, Yielded, yielding

SAMPLE_LENGTH, SAMPLE_TURN = 0.01, 0.05
"""Spacing of the poses that an answer lists, [m] and [rad]."""
CHECKED_LENGTH, CHECKED_TURN = 0.005, 0.02
"""Spacing of the poses at which it is measured how near the way comes, [m] and [rad]: as ways are proven."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StageAnswer:
    """What was found for one stage.

    Attributes:
        problem: The stage, posed.
        solution: The sub-goal.
        way: The way to it.
        yielded: Distances that could not be kept.
        poses: Poses along the way.
        times: When the hand is there, shape (len(poses),), [s].
        state: Where everything is at its end.
        cpu_s: Processor time of both solves, [s].
    """

    problem: HandProblem
    solution: HandSolution
    way: Way
    yielded: tuple[Yielded, ...]
    poses: tuple[RigidTransform, ...]
    times: Float64
    state: ProblemState
    cpu_s: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What was found for a problem file.

    Attributes:
        file: The problem.
        program: Its program.
        stages: Answers of the stages that can be done, in order.
        failed: The stage that cannot be done, and why; None where all can.
        seed: What the random numbers came from.
    """

    file: ProblemFile
    program: Program
    stages: tuple[StageAnswer, ...]
    failed: Failure | None
    seed: int

    def proves(self) -> bool:
        """Tell whether every stage was solved and measures itself as right."""
        return self.failed is None and all(one.solution.proves() and one.way.proves() for one in self.stages)

    def table(self) -> dict[str, Any]:
        """Give everything as plain values, ready for JSON; poses are positions and wxyz."""
        first = head(self.file.name, "hand", self.seed, self.proves(), self.failed)
        return {**first, "stages": [_table_of(one) for one in self.stages]}


def solve(file: ProblemFile, *, seed: int = 0) -> Answer:
    """Solve a problem file for a free-flying hand: sub-goal and way of every stage.

    A thing that a stage grasps moves with the hand from there on, and so do the solids that bear its
    name: points of their surface are then kept clear beside those of the file.

    Args:
        file: The problem.
        seed: Where the random numbers come from; the same seed gives the same answer.

    Returns:
        The answer, also where a stage cannot be done: then it says why.

    Raises:
        Retryable: If the program cannot be read.
        CannotDo: If it asks for what a problem file cannot say.
        UnknownName: If it speaks of a point that the file does not have.
    """
    program = file.program()
    rng = np.random.default_rng(seed)
    state = ProblemState.first(file)
    done: list[StageAnswer] = []
    for written in program.stages:
        stage = reaching(written, file.hand)
        try:
            answer = _done(stage, state, rng)
        except Infeasible as error:
            failed = _failure(_posed(stage, state), state, error)
            return Answer(file=file, program=program, stages=tuple(done), failed=failed, seed=seed)
        done.append(answer)
        state = answer.state
    return Answer(file=file, program=program, stages=tuple(done), failed=None, seed=seed)


def _posed(stage: Stage, state: ProblemState) -> HandProblem:
    here = replace(state.file, obstacles=state.standing, p_Glist=state.points())
    return build(stage, here, X_WG=state.X_WG, positions=state.places, held=state.held)


def _done(stage: Stage, state: ProblemState, rng: np.random.Generator) -> StageAnswer:
    """Do a stage; of what it is to keep away from, as much is kept as can be.

    Raises:
        Infeasible: If it cannot be done.
    """
    spent = [0.0, 0.0]

    def attempt(asked: Stage, _probing: bool) -> tuple[HandProblem, HandSolution, Way]:
        problem = _posed(asked, state)
        begin = time.process_time()
        try:
            solution = subgoal.solve(problem, rng)
        finally:
            middle = time.process_time()
            spent[0] += middle - begin
        try:
            return problem, solution, way.solve(problem, solution.X_WG, rng)
        finally:
            spent[1] += time.process_time() - middle

    p_Glist = state.points()

    def kept(found: tuple[HandProblem, HandSolution, Way], act: Avoidance) -> float:
        assert isinstance(act, Avoid), "problem files speak of no regions"
        rows = rows_of([one for one in state.standing if one.name == act.thing])
        at = found[2].sampled(CHECKED_LENGTH, CHECKED_TURN)
        return min(solid_distance(rows, *p_WQ) for X in at for p_WQ in X.multiply(p_Glist.T).T)

    (problem, solution, found), yielded = yielding(stage, attempt, kept)
    poses = tuple(found.sampled(SAMPLE_LENGTH, SAMPLE_TURN))
    return StageAnswer(
        problem=problem,
        solution=solution,
        way=found,
        yielded=yielded,
        poses=poses,
        times=paced(poses, p_Glist, stage.slow, state.standing),
        state=state.after(stage, solution.X_WG),
        cpu_s=(spent[0], spent[1]),
    )


def _failure(problem: HandProblem, state: ProblemState, error: Infeasible) -> Failure:
    """Measure what misses least."""
    X_WG = None if error.nearest is None else pose_of(error.nearest)
    met = () if X_WG is None else judge(problem.relations, lambda ref: problem.position(ref, X_WG))
    return Failure(stage=problem.stage, report=error.report, state=state, X_WG=X_WG, met=met)


def _table_of(one: StageAnswer) -> dict[str, Any]:
    solution, stage = one.solution, one.problem.stage
    return {
        "stage": stage.name,
        "purpose": stage.purpose,
        "pose": pose(solution.X_WG),
        "cost": solution.cost,
        "violation": solution.violation,
        "clearance_m": finite(solution.clearance),
        "relations": relation_rows(stage, solution.met),
        "yielded": yielded_table(one.yielded),
        "keypoints": places_table(one.state.places),
        "way": {
            "poses": [pose(X) for X in one.poses],
            "times_s": one.times.tolist(),
            "duration_s": float(one.times[-1]),
            "cost": one.way.cost,
            "violation": one.way.violation,
            "clearance_m": finite(one.way.clearance),
        },
        "cpu_s": {"subgoal": one.cpu_s[0], "way": one.cpu_s[1]},
    }
