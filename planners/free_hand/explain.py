"""Why a free hand's sub-goal cannot be: what would have to give, and by how much."""

from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ...core.arrays import Float64
from ..lift import Met, judge
from ..solids import one_distance
from ..solution import Infeasible, Report
from .kernel import least_distance
from .problem import HandProblem
from .search import give_way

PROVED = 1e-5
"""Largest violation of a relation as it was written, in its own unit."""
GIVES = 0.003
"""Stiffness of a relation that may give way, against 1 of those that have to hold."""
HOLDS = 1e-4
"""Violation up to which the others count as holding while one gives way."""
TRIES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class _Give:
    """One relation that gives way, and where."""

    met: Met
    X_WG: RigidTransform
    room: float

    @property
    def share(self) -> float:
        """How much it gives, in terms of its tolerance."""
        return self.met.residual / self.met.relation.tolerance


def explain(problem: HandProblem, rng: np.random.Generator) -> Infeasible:
    """Find what, given way to alone, has to give the least; everything else that could, too.

    Args:
        problem: What was not solved.
        rng: Draws the turns from which the others are brought together.
    """
    stage = problem.stage.name
    together = _together(problem, rng, np.ones(len(problem.ends.rows)), PROVED)
    if together:
        X_WG, room = max(together, key=lambda one: one[1])
        if room < 0.0:
            return Infeasible(stage, _crowded(problem, X_WG, -room), _numbers(X_WG))
    gives = sorted(_gives(problem, rng), key=lambda one: one.share)
    if not gives:
        text = "no single relation is to blame: several contradict each other; leave one out"
        return Infeasible(stage, Report(constraint="", by=np.inf, unit="", text=text))
    first, *rest = gives
    met = first.met
    text = (
        f"line {met.relation.line}, {met.relation.text}: cannot hold together with the others; it is missed "
        f"by at least {_amount(met)}; widen it or leave it out"
    )
    others = tuple(
        f"line {one.met.relation.line}, {one.met.relation.text}, by {_amount(one.met)}" for one in rest
    )
    unit = met.relation.left.unit if met.relation.left.unit in ("m", "rad") else ""
    report = Report(constraint=met.relation.text, by=met.residual, unit=unit, text=text, others=others)
    return Infeasible(stage, report, _numbers(first.X_WG))


def _together(
    problem: HandProblem, rng: np.random.Generator, stiff: Float64, holds: float
) -> list[tuple[RigidTransform, float]]:
    """Give poses at which the stiff rows hold, each with the hand's room there, [m]."""
    data = problem.data._replace(stiff=stiff)
    Rs, ps, worst = give_way(data, rng.standard_normal((TRIES, 6)))
    return [
        (RigidTransform(RotationMatrix.ProjectToRotationMatrix(R), p), least_distance(data, R, p))
        for R, p, left in zip(Rs, ps, worst, strict=True)
        if left <= holds
    ]


def _gives(problem: HandProblem, rng: np.random.Generator) -> list[_Give]:
    """Let each relation go in turn; those that help, where they give least."""
    owner = np.array([row.relation for row in problem.ends.rows], dtype=int)
    found: list[_Give] = []
    for number in range(len(problem.relations)):
        ways: list[_Give] = []
        for X_WG, room in _together(problem, rng, np.where(owner == number, GIVES, 1.0), HOLDS):
            met = judge(problem.relations, lambda ref, X=X_WG: problem.position(ref, X))[number]
            if np.isfinite(met.residual) and met.residual > PROVED:
                ways.append(_Give(met=met, X_WG=X_WG, room=room))
        # Where the hand is free counts before how little it takes.
        free = [one for one in ways if one.room >= 0.0] or ways
        if free:
            found.append(min(free, key=lambda one: one.met.residual))
    return found


def _crowded(problem: HandProblem, X_WG: RigidTransform, by: float) -> Report:
    """Name the solid that is in the way."""
    p_WQ = problem.data.points @ X_WG.rotation().matrix().T + X_WG.translation()
    rooms = [
        min(one_distance(row, *p) for p in p_WQ) - margin
        for row, margin in zip(problem.data.solids, problem.data.margins, strict=True)
    ]
    number = int(np.argmin(rooms))
    name, margin = problem.solids[number], float(problem.data.margins[number])
    if margin > 0.0:
        constraint = f"avoid({name}, {margin:g})"
        text = f"{constraint}: the relations hold only {100 * max(margin - by, 0.0):.1f} cm from it at best"
    else:
        constraint = "clearance"
        text = (
            "the relations can hold, but only where the hand or what it holds is "
            f"{by * 1000:.0f} mm inside {name}"
        )
    return Report(constraint=constraint, by=by, unit="m", text=f"{text}; move it or widen a relation")


def _amount(met: Met) -> str:
    match met.relation.left.unit:
        case "m":
            return f"{100 * met.residual:.2g} cm"
        case "rad":
            return f"{np.degrees(met.residual):.2g} degrees"
    return f"{met.residual:.2g}"


def _numbers(X: RigidTransform) -> Float64:
    return np.concatenate([X.translation(), X.rotation().ToQuaternion().wxyz()])
