"""What a solved problem file gives, whatever solved it: measured stages, or why one cannot be done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydrake.common.eigen_geometry import Quaternion
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from . import expressions as ex
from .lift import Met, points_in
from .problem_state import Places, ProblemState
from .program import Grasp, PointRef, Relation, Stage
from .solids import called
from .solution import Report
from .yielding import Yielded

AT_GRASP = 0.003
"""How near the tool point comes to what it grasps, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Failure:
    """A stage that cannot be done.

    Attributes:
        stage: The stage.
        report: What cannot hold, by how much, and what would have to give.
        state: Where everything was when it began.
        X_WG: Tool pose that misses it least, or None where none was found.
        q: The arm's joint positions there, for an arm.
        met: The relations, measured there.
        arm: Points of the arm's stick figure there, shape (L, 3), [m]; none for a hand.
    """

    stage: Stage
    report: Report
    state: ProblemState
    X_WG: RigidTransform | None = None
    q: Float64 | None = None
    met: tuple[Met, ...] = ()
    arm: Float64 | None = None

    def table(self) -> dict[str, Any]:
        """Give everything as plain values."""
        report = self.report
        relations = (*self.stage.goals, *self.stage.along)
        broken = [one.relation for one in self.met if not one.met]
        names = {called(one, number) for number, one in enumerate(self.state.standing)}
        blamed = [one for one in relations if one.text == report.constraint] or broken
        nearest = None
        if self.X_WG is not None:
            nearest = {
                "pose": pose(self.X_WG),
                "joints": None if self.q is None else self.q.tolist(),
                "arm": None if self.arm is None else self.arm.tolist(),
                "relations": relation_rows(self.stage, self.met),
                "keypoints": places_table(self.state.moved(self.X_WG).places),
            }
        return {
            "stage": self.stage.name,
            "purpose": self.stage.purpose,
            "constraint": report.constraint,
            "by": report.by if np.isfinite(report.by) else None,
            "unit": report.unit,
            "text": report.text,
            "others": list(report.others),
            "keypoints": sorted({_said(ref, self.state.file.hand) for ref in points_in(blamed)}),
            "solids": sorted(names & set(re.findall(r"\w+", f"{report.constraint} {report.text}"))),
            "start": pose(self.state.X_WG),
            "nearest": nearest,
        }


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
        tolerance=AT_GRASP,
        line=line,
        text=f"grasp({act.thing}.{part})",
    )


def relation_rows(stage: Stage, met: Sequence[Met]) -> list[dict[str, Any]]:
    """Give the residual table of a stage: its goals, then what holds throughout."""
    return [
        {
            "text": one.relation.text,
            "line": one.relation.line,
            "when": "end" if number < len(stage.goals) else "throughout",
            "residual": one.residual if np.isfinite(one.residual) else None,
            "unit": one.relation.left.unit if one.relation.left.unit in ("m", "rad") else "",
            "tolerance": one.relation.tolerance,
            "met": one.met,
        }
        for number, one in enumerate(met)
    ]


def yielded_table(yielded: Sequence[Yielded]) -> list[dict[str, Any]]:
    """Give the distances that could not be kept."""
    return [
        {"thing": one.thing, "asked_m": one.asked, "kept_m": one.kept, "text": one.text} for one in yielded
    ]


def places_table(places: Places) -> dict[str, list[float]]:
    """Give keypoints as plain values."""
    return {f"{thing}.{part}": p_W.tolist() for (thing, part), p_W in places.items() if thing is not None}


def pose(X: RigidTransform) -> list[float]:
    """Give a pose as plain values: position and wxyz."""
    return [*X.translation().tolist(), *X.rotation().ToQuaternion().wxyz().tolist()]


def pose_of(numbers: Float64) -> RigidTransform:
    """Take a pose from position and wxyz."""
    wxyz = numbers[3:] / np.linalg.norm(numbers[3:])
    return RigidTransform(RotationMatrix(Quaternion(wxyz)), numbers[:3])


def finite(value: float) -> float | None:
    """Give a number, None where it is infinite: JSON has no word for that."""
    return float(value) if np.isfinite(value) else None


def head(name: str, robot: str, seed: int, proved: bool, failed: Failure | None) -> Mapping[str, Any]:
    """Give what every answer's table begins with."""
    return {
        "problem": name,
        "robot": robot,
        "seed": seed,
        "proved": proved,
        "failed": None if failed is None else failed.table(),
    }


def _said(ref: PointRef, hand: str) -> str:
    return f"{hand}.ee" if ref.thing is None else f"{ref.thing}.{ref.part}"
