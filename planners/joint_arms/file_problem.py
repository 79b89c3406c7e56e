"""A problem file for several arms, solved: things taken by their solids, all stages planned as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...core.errors import InputError
from ...perception.scene import Directions, Scene, Table, Thing
from ...robots.arm_group import ArmGroup
from ...robots.kinematics import Kinematics
from ...robots.models import RobotModel
from ...robots.shapes import Shape
from ..answers import pose, relation_rows
from ..joint_state import NO_TABLE, shapes_of
from ..problem_file import ProblemFile
from ..problem_state import surface
from ..program import Program
from ..settings import Settings
from ..solids import Solid, called
from ..solution import Infeasible
from .plan import ArmsPlan
from .situation import ArmsSituation, HandState, begin_arms
from .whole import Redrawn, plan_program


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmsAnswer:
    """What was found for a problem file with several arms.

    Attributes:
        file: The problem.
        robot: Name of the arms' model.
        group: The arms, where they stand.
        program: The file's program.
        plans: A plan for each stage, all of them proven; none where one cannot be done.
        failed: Why the program cannot be done, or None.
        redrawn: How often stages were drawn anew.
        seed: What the random numbers came from.
    """

    file: ProblemFile
    robot: str
    group: ArmGroup
    program: Program
    plans: tuple[ArmsPlan, ...]
    failed: Infeasible | None
    redrawn: int
    seed: int

    def proves(self) -> bool:
        """Tell whether every stage was solved and measures itself as right; a path exists only proven."""
        return self.failed is None and all(plan.subgoal.proves() for plan in self.plans)

    def table(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return {
            "problem": self.file.name,
            "robot": self.robot,
            "arms": list(self.group.names),
            "seed": self.seed,
            "proved": self.proves(),
            "redrawn": self.redrawn,
            "failed": None if self.failed is None else self._failure(self.failed),
            "stages": [self._stage(index, plan) for index, plan in enumerate(self.plans)],
        }

    def _failure(self, failed: Infeasible) -> dict[str, Any]:
        report = failed.report
        return {
            "stage": failed.stage,
            "constraint": report.constraint,
            "by": report.by if np.isfinite(report.by) else None,
            "unit": report.unit,
            "text": report.text,
            "others": list(report.others),
            "nearest": None,
        }

    def _stage(self, index: int, plan: ArmsPlan) -> dict[str, Any]:
        stage, after = self.program.stages[index], plan.after
        way = plan.path
        things = [after.thing_now(thing.name, self.group) for thing in after.scene.things]
        return {
            "stage": plan.stage,
            "purpose": stage.purpose,
            "relations": relation_rows(stage, plan.subgoal.met),
            "arms": {
                name: {
                    "joints": hand.q.tolist(),
                    "pose": pose(self.group.arms[name].tool_pose(hand.q)),
                    "holds": None if hand.held is None else hand.held.thing,
                }
                for name, hand in after.hands.items()
            },
            "clearance_m": plan.subgoal.clearance,
            "between": plan.subgoal.between,
            "limit_margin_rad": plan.subgoal.limit_margin,
            "way": {
                "duration_s": 0.0 if way is None else way.whole.duration,
                "clearance_m": None if way is None else way.clearance,
                "violation": 0.0 if way is None else way.violation,
                "times": [] if way is None else way.whole.times.tolist(),
                "joints": [] if way is None else way.whole.q.tolist(),
            },
            "cpu_s": dict(plan.cpu),
            "keypoints": {
                f"{thing.name}.{part}": p_W.tolist() for thing in things for part, p_W in thing.parts.items()
            },
        }


def solve_arms_file(file: ProblemFile, model: RobotModel, seed: int = 0) -> ArmsAnswer:
    """Solve a problem file for several arms of one model.

    Args:
        file: The problem; it has arms.
        model: What its arms are.
        seed: Where the random numbers come from.

    Returns:
        Plans of all stages, or why there are none.

    Raises:
        InputError: If the file has one hand only, or joints that are not the model's.
        Retryable: If its program cannot be read.
    """
    if not file.arms:
        raise InputError(f"the problem {file.name!r} has one hand: expected an [[arm]] for each of several")
    group = ArmGroup({arm.name: Kinematics(model, arm.X_WB) for arm in file.arms})
    program = file.program()
    settings = Settings()
    planning = plan_program(program, 0, _situation(file, group), group, np.random.default_rng(seed), settings)
    plans: tuple[ArmsPlan, ...] = ()
    failed: Infeasible | None = None
    redrawn = 0
    while True:
        try:
            redrawn += isinstance(next(planning), Redrawn)
        except StopIteration as end:
            plans = tuple(end.value)
            break
        except Infeasible as refusal:
            failed = refusal
            break
    return ArmsAnswer(
        file=file,
        robot=model.name,
        group=group,
        program=program,
        plans=plans,
        failed=failed,
        redrawn=redrawn,
        seed=seed,
    )


def _situation(file: ProblemFile, group: ArmGroup) -> ArmsSituation:
    """Give where the program begins: hands open, joints as given or where the arms look from.

    Raises:
        InputError: If joints are given that the arms do not have.
    """
    hands: dict[str, HandState] = {}
    for arm in file.arms:
        model = group.arms[arm.name].model
        q = model.q_look if arm.joints is None else arm.joints
        if len(q) != model.n:
            raise InputError(f"arm {arm.name!r}: {len(q)} joints, expected the {model.n} of {model.name!r}")
        hands[arm.name] = HandState(q=q, width=model.gripper.max_width if model.gripper else 0.0)
    return begin_arms(_scene(file), hands, group)


def _scene(file: ProblemFile) -> Scene:
    """Make things of a file's keypoints and solids; a file has solids, no table."""
    parts: dict[str, dict[str, Float64]] = {}
    for one in file.keypoints:
        parts.setdefault(one.thing, {})[one.part] = one.p_W
    solids: dict[str, list[Solid]] = {}
    for number, solid in enumerate(file.obstacles):
        solids.setdefault(called(solid, number), []).append(solid)
    names = dict.fromkeys((*parts, *solids))
    floor = min([file.lower[2], *(one.p_W[2] for one in file.keypoints)]) - NO_TABLE
    return Scene(
        time=0.0,
        things=tuple(_thing(name, parts.get(name, {}), solids.get(name, [])) for name in names),
        table=Table(height=float(floor), lower=file.lower[:2], upper=file.upper[:2]),
        directions=Directions(right=np.array([0.0, -1.0, 0.0]), behind=np.array([1.0, 0.0, 0.0])),
        keypoints=(),
        field=None,
        frames=(),
        perceiver="a problem file",
    )


def _thing(name: str, parts: Mapping[str, Float64], solids: list[Solid]) -> Thing:
    """Make a thing; hands take it by its solids. What the file does not say of it is that of its box."""
    shapes: tuple[Shape, ...] = tuple(shape for one in solids for shape in shapes_of(one))
    points = np.concatenate([*(surface(one) for one in solids), *(p_W[None] for p_W in parts.values())])
    low, high = points.min(axis=0), points.max(axis=0)
    center, half = (low + high) / 2.0, (high - low) / 2.0
    up = np.array([0.0, 0.0, half[2]])
    box = {"top": center + up, "bottom": center - up, "center": center}
    return Thing(
        name=name,
        kind="solid",
        color="",
        X_WO=RigidTransform(center),
        size=2.0 * half,
        cloud=np.zeros((0, 3)),
        parts=box | dict(parts),
        shapes=shapes,
    )
