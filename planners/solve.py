"""The door to problem files: every stage in order, for a free-flying hand."""

import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from . import expressions as ex
from .free_hand import subgoal, way
from .free_hand.problem import HandProblem, build, space_of
from .free_hand.subgoal import HandSolution
from .free_hand.way import Way
from .problem_file import ProblemFile
from .program import Grasp, PointRef, Program, Relation, Stage
from .solution import Infeasible, Report

Places = dict[tuple[str | None, str], Float64]
"""Keypoints by thing and part, p_W, [m]."""
SAMPLE_LENGTH, SAMPLE_TURN = 0.02, 0.10
"""Spacing of the poses that an answer lists, [m] and [rad]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StageAnswer:
    """What was found for one stage.

    Attributes:
        problem: The stage, posed.
        solution: The sub-goal.
        way: The way to it.
        cpu_s: Processor time of both solves, [s].
    """

    problem: HandProblem
    solution: HandSolution
    way: Way
    cpu_s: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """What was found for a problem file.

    Attributes:
        file: The problem.
        program: Its program.
        stages: Answers of the stages that can be done, in order.
        failed: Name of the stage that cannot be done, and why; None where all can.
        seed: What the random numbers came from.
    """

    file: ProblemFile
    program: Program
    stages: tuple[StageAnswer, ...]
    failed: tuple[str, Report] | None
    seed: int

    def proves(self) -> bool:
        """Tell whether every stage was solved and measures itself as right."""
        return self.failed is None and all(one.solution.proves() and one.way.proves() for one in self.stages)

    def table(self) -> dict[str, Any]:
        """Give everything as plain values, ready for JSON; poses are positions and wxyz."""
        return {
            "problem": self.file.name,
            "robot": "hand",
            "seed": self.seed,
            "proved": self.proves(),
            "stages": [_table_of(one) for one in self.stages],
            "failed": None
            if self.failed is None
            else {
                "stage": self.failed[0],
                "constraint": self.failed[1].constraint,
                "text": self.failed[1].text,
            },
        }


def solve(file: ProblemFile, *, seed: int = 0) -> Answer:
    """Solve a problem file for a free-flying hand: sub-goal and way of every stage.

    A thing that a stage grasps moves with the hand from there on. Its solid does not: the points that are
    kept clear are those of the file throughout.

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
    program, space = file.program(), space_of(file)
    rng = np.random.default_rng(seed)
    X_WG, held = file.X_WG, file.held
    places: Places = {(one.thing, one.part): one.p_W for one in file.keypoints}
    done: list[StageAnswer] = []
    for stage in program.stages:
        problem = build(reaching(stage, file.hand), file, space=space, X_WG=X_WG, positions=places, held=held)
        begin = time.process_time()
        try:
            solution = subgoal.solve(problem, rng)
            middle = time.process_time()
            found = way.solve(problem, solution.X_WG, rng)
        except Infeasible as error:
            failed = stage.name, error.report
            return Answer(file=file, program=program, stages=tuple(done), failed=failed, seed=seed)
        spent = middle - begin, time.process_time() - middle
        done.append(StageAnswer(problem=problem, solution=solution, way=found, cpu_s=spent))
        places = _carried(places, held, X_WG, solution.X_WG)
        X_WG, held = solution.X_WG, _held_after(stage, held)
    return Answer(file=file, program=program, stages=tuple(done), failed=None, seed=seed)


def reaching(stage: Stage, hand: str) -> Stage:
    """Give a grasp without goals its goal: the tool point at the part, or at the thing's center."""
    if stage.goals or not stage.grasps:
        return stage
    return replace(stage, goals=tuple(_reach(act, hand, stage.line) for act in stage.grasps))


def _reach(act: Grasp, hand: str, line: int) -> Relation:
    part = act.part or "center"
    return Relation(
        left=ex.Point(PointRef(thing=None, part=hand)),
        op="==",
        right=ex.Point(PointRef(thing=act.thing, part=part)),
        tolerance=0.003,
        line=line,
        text=f"grasp({act.thing}.{part})",
    )


def _carried(places: Places, held: str | None, X_WG: RigidTransform, X_WK: RigidTransform) -> Places:
    """Move the keypoints of what is held with the hand, from X_WG to X_WK."""
    X_KG = X_WK @ X_WG.inverse()
    return {key: X_KG @ p_W if key[0] == held else p_W for key, p_W in places.items()}


def _held_after(stage: Stage, held: str | None) -> str | None:
    if stage.grasps:
        return stage.grasps[0].thing
    return None if stage.releases else held


def _table_of(one: StageAnswer) -> dict[str, Any]:
    return {
        "stage": one.problem.stage.name,
        "purpose": one.problem.stage.purpose,
        "pose": _pose(one.solution.X_WG),
        "cost": one.solution.cost,
        "violation": one.solution.violation,
        "clearance_m": one.solution.clearance,
        "relations": [
            {"text": met.relation.text, "residual": met.residual, "met": met.met} for met in one.solution.met
        ],
        "way": {
            "poses": [_pose(X) for X in one.way.sampled(SAMPLE_LENGTH, SAMPLE_TURN)],
            "cost": one.way.cost,
            "violation": one.way.violation,
            "clearance_m": one.way.clearance,
        },
        "cpu_s": {"subgoal": one.cpu_s[0], "way": one.cpu_s[1]},
    }


def _pose(X: RigidTransform) -> list[float]:
    return [*X.translation().tolist(), *X.rotation().ToQuaternion().wxyz().tolist()]
