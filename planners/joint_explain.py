"""Why an arm cannot do a stage of a problem file: what would have to give, and by how much."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..core.arrays import Float64
from . import subgoal
from .checking import dense
from .legs import Ends
from .lift import Met, judge
from .problem import Problem, bind, without
from .program import Avoid, Relation
from .solution import Infeasible, PathSolution, Report, Solution
from .subgoal import amount
from .way import find_way

MOST = 8
"""Relations that are let go in turn."""
SPARSE = 60
"""Places of a way at which a relation that was let go is measured."""


def blame(problem: Problem, failed: Sequence[Float64], rng: np.random.Generator) -> Infeasible:
    """Say why there is no sub-goal: what is missed least, and what else could give instead.

    Args:
        problem: The stage.
        failed: Joint positions that were found and do not do.
        rng: Draws starts.
    """
    error = subgoal.explain(problem, failed)
    report = error.report
    near = next((one for one in problem.stage.avoid if one.thing in report.text.split()), None)
    if report.constraint == "clearance" and near is not None:
        report = _kept_away(near, report)
    others: list[str] = []
    relations = (*problem.stage.goals, *problem.stage.along)
    for number, relation in enumerate(relations[:MOST]):
        said = any(relation.text in one for one in report.others)
        if said or relation.text == report.constraint or len(relations) == 1:
            continue
        less = without(problem, number)
        found = next((one for one in subgoal.attempts(less, rng, starts=1) if one.proves()), None)
        if found is not None:
            missed = _measured(problem, relation, found.q)
            others.append(f"line {relation.line}, {relation.text}, by at most {amount(missed)}")
    return Infeasible(problem.stage.name, replace(report, others=(*report.others, *others)), error.nearest)


def no_way(
    problem: Problem, solution: Solution, reason: str, ends: Ends, rng: np.random.Generator
) -> Infeasible:
    """Say why there is no way to a sub-goal: a relation that holds throughout, or what stands around.

    Args:
        problem: The stage.
        solution: The sub-goal.
        reason: What the search said.
        ends: How contact is left and entered.
        rng: Draws searches.
    """
    report = held_throughout(problem, solution, ends, rng)
    if report is not None:
        return Infeasible(problem.stage.name, report, solution.q)
    kept = "".join(f", less than avoid({act.thing}, {act.distance:g})" for act in problem.stage.avoid)
    text = f"no free way to the goal: {reason}; move what stands between, or [base]" + (
        f", or ask for{kept[1:]}" if kept else ""
    )
    return Infeasible(problem.stage.name, Report(constraint="path", by=0.0, unit="", text=text), solution.q)


def held_throughout(
    problem: Problem, solution: Solution, ends: Ends, rng: np.random.Generator
) -> Report | None:
    """Name a relation that holds throughout and without which there is a way; None where there is none.

    Args:
        problem: The stage.
        solution: The sub-goal to which no way was found.
        ends: How contact is left and entered.
        rng: Draws searches.
    """
    for number, relation in enumerate(problem.stage.along[:MOST]):
        less = without(problem, len(problem.stage.goals) + number)
        path = find_way(less, solution.q, ends, rng)
        if not isinstance(path, PathSolution):
            continue
        _, Q = dense(path.trajectory, problem.kinematics, problem.settings)
        sparse = Q[:: max(1, len(Q) // SPARSE)]
        by = max((_measured(problem, relation, q) for q in sparse), key=lambda one: one.residual)
        text = (
            f"line {relation.line}, {relation.text}: no way was found on which it holds throughout; "
            f"without it there is one, which misses it by {amount(by)}"
        )
        unit = relation.left.unit if relation.left.unit in ("m", "rad") else ""
        return Report(constraint=relation.text, by=by.residual, unit=unit, text=text)
    return None


def _measured(problem: Problem, relation: Relation, q: Float64) -> Met:
    rules = bind((relation,), problem.situation)
    R, p = problem.kinematics.tool_poses(q[None])
    place = dict(zip(rules.points.refs, rules.points.at(R[0], p[0]), strict=True))
    return judge((relation,), place.__getitem__)[0]


def _kept_away(act: Avoid, report: Report) -> Report:
    """Name the avoid() that leaves no place, rather than the distance that everything keeps."""
    most = max(act.distance - report.by, 0.0)
    text = f"avoid({act.thing}, {act.distance:g}): at most {100 * most:.1f} cm can be kept; ask for less"
    return replace(report, constraint=f"avoid({act.thing}, {act.distance:g})", text=text)
