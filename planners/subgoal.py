"""The sub-goal solver: SNOPT over the arm's joints, warm first, then from a few seeded starts."""

from collections.abc import Iterator, Sequence

import numpy as np
from pydrake.autodiffutils import ExtractValue, InitializeAutoDiff
from pydrake.solvers import MathematicalProgram, SnoptSolver, SolverOptions

from ..core.arrays import Float64, frozen
from .lift import Met, judge
from .problem import Problem
from .reach import rotation_error
from .rows import Evaluator
from .solution import Infeasible, Report, Solution

SNOPT_FEASIBLE = 1e-7
SPREAD = 0.6
ROOMY = 0.008
"""Distance that a sub-goal keeps where it can, so that there is a way to it and back, [m]."""
HOPELESS = 1e-3
"""Violation of a row, with nothing in the way, that a quick attempt does not look further from."""


def _program(
    problem: Problem, numbers: Evaluator, start: Float64, elastic: bool
) -> tuple[MathematicalProgram, Float64]:
    """Pose the problem to Drake; elastic rows may be broken at a price."""
    prog = MathematicalProgram()
    n = len(start)
    q = prog.NewContinuousVariables(n, "q")
    prog.AddBoundingBoxConstraint(problem.lower, problem.upper, q)
    low, high = numbers.bounds(start)

    def row_values(x: np.ndarray) -> np.ndarray:
        value = ExtractValue(x).ravel()
        r, J = numbers.rows(np.ascontiguousarray(value[:n]))
        if not elastic:
            return InitializeAutoDiff(r, J).ravel()
        s = value[n:].reshape(2, -1)
        eye = np.eye(len(r))
        return InitializeAutoDiff(r + s[0] - s[1], np.hstack([J, eye, -eye])).ravel()

    variables = q
    if elastic:
        slack = prog.NewContinuousVariables(2 * len(low), "s")
        prog.AddBoundingBoxConstraint(0.0, np.inf, slack)
        prog.AddLinearCost(np.ones(len(slack)), 0.0, slack)
        variables = np.concatenate([q, slack])
    if len(low):
        prog.AddConstraint(row_values, low, high, variables)
    if not elastic:

        def cost(x: np.ndarray) -> object:
            value, slope = numbers.wishes(np.ascontiguousarray(ExtractValue(x).ravel()))
            return InitializeAutoDiff(np.array([value]), slope[None]).ravel()[0]

        prog.AddCost(cost, q)
    return prog, variables


def _run(problem: Problem, start: Float64, *, margin: float | None, elastic: bool = False) -> Float64:
    """Solve once from a start, whatever comes out; without a margin, distances do not count."""
    numbers = Evaluator(problem, margin)
    start = np.clip(start, problem.lower, problem.upper)
    prog, variables = _program(problem, numbers, start, elastic)
    options = SolverOptions()
    solver = SnoptSolver()
    options.SetOption(solver.id(), "Major iterations limit", problem.settings.iterations)
    options.SetOption(solver.id(), "Major feasibility tolerance", SNOPT_FEASIBLE)
    options.SetOption(solver.id(), "Major optimality tolerance", 1e-3)
    guess = start
    if elastic:
        r = numbers.rows(start)[0]
        low, high = numbers.bounds(start)
        guess = np.concatenate([start, np.maximum(low - r, 0.0), np.maximum(r - high, 0.0)])
    result = solver.Solve(prog, guess, options)
    found = result.GetSolution(variables)[: len(start)]
    return np.clip(np.where(np.isfinite(found), found, start), problem.lower, problem.upper)


def measure(problem: Problem, q: Float64) -> Solution:
    """Measure joint positions against a problem, independently of how they were found."""
    kin = problem.kinematics
    R, p = kin.tool_poses(q[None])
    met: list[Met] = []
    violation = 0.0
    for rules in problem.rules:
        if rules.relations:
            place = dict(zip(rules.points.refs, rules.points.at(R[0], p[0]), strict=True))
            met.extend(judge(rules.relations, place.__getitem__))
            violation = max(violation, float(rules.violation(R, p).max()))
    clearance, between = problem.room.nearest(q, problem.touching)
    error = (0.0, 0.0)
    if problem.X_WG is not None:
        turn = rotation_error(R[0], problem.X_WG.rotation().matrix())
        error = (float(np.linalg.norm(p[0] - problem.X_WG.translation())), float(np.linalg.norm(turn)))
    return Solution(
        problem=problem,
        q=frozen(q, (None,)),
        met=tuple(met),
        violation=violation,
        clearance=clearance,
        between=between,
        limit_margin=float(min((q - problem.lower).min(), (problem.upper - q).min())),
        pose_error=error,
        cost=Evaluator(problem).wishes(q)[0],
    )


def attempts(
    problem: Problem, rng: np.random.Generator, starts: int, *, quick: bool = False
) -> Iterator[Solution]:
    """Solve from the warm start, then from the posture of rest, then from seeded ones around it.

    Args:
        problem: What to solve.
        rng: The only source of chance.
        starts: Starts after the warm one.
        quick: Look for no room where the relations alone are missed, and for no more than there has to be.

    Yields:
        What came out of each, proven or not.
    """
    home = problem.kinematics.model.q_home
    for turn in range(starts + 1):
        begin = problem.situation.q if turn == 0 else home
        if turn > 1:
            begin = home + rng.normal(scale=SPREAD, size=len(home))
            begin[0] += rng.uniform(-0.8, 0.8)
        solution = measure(problem, _run(problem, begin, margin=None))
        settled = solution.proves() or solution.violation > HOPELESS
        yield solution if quick and settled else improve(problem, solution)


def solve(problem: Problem, rng: np.random.Generator) -> Solution:
    """Find joint positions at which everything holds that has to.

    Args:
        problem: What to solve.
        rng: The only source of chance.

    Raises:
        Infeasible: If none was found; the report names what cannot hold and by how much.
    """
    failed: list[Float64] = []
    for solution in attempts(problem, rng, problem.settings.starts):
        if solution.proves():
            return solution
        failed.append(solution.q)
    raise explain(problem, failed)


def improve(problem: Problem, solution: Solution) -> Solution:
    """Give a solution the room that it lacks: what it has to have, then what is wished, where that can be."""
    if not solution.proves():
        solution = measure(problem, _run(problem, solution.q, margin=problem.kept + 0.0005))
    if not solution.proves() or solution.clearance >= ROOMY:
        return solution
    better = measure(problem, _run(problem, solution.q, margin=ROOMY))
    return better if better.proves() else solution


def explain(problem: Problem, starts: Sequence[Float64]) -> Infeasible:
    """Say what cannot hold: the least sum of violations that was found, its largest share named."""
    best: Solution | None = None
    for start in starts[:3]:
        solution = measure(problem, _run(problem, start, margin=problem.kept, elastic=True))
        if best is None or _broken(solution) < _broken(best):
            best = solution
    assert best is not None, "there is always the warm start"
    return Infeasible(problem.stage.name, _report(best), best.q)


def _broken(solution: Solution) -> float:
    relations = sum(max(one.residual, 0.0) for one in solution.met)
    return relations + sum(solution.pose_error) + max(-solution.clearance, 0.0)


def _report(solution: Solution) -> Report:
    """Name the constraint that is missed by most."""
    worst = max(solution.met, key=lambda one: one.residual, default=None)
    if solution.pose_error[0] > 1e-3:
        by = solution.pose_error[0]
        return Report(constraint="reach", by=by, unit="m", text=f"out of reach: {by * 100:.0f} cm too far")
    if worst is not None and not worst.met:
        unit = worst.relation.left.unit
        amount = f"{worst.residual * 100:.1f} cm" if unit == "m" else f"{worst.residual:.3g}"
        if unit == "rad":
            amount = f"{np.degrees(worst.residual):.1f} degrees"
        text = f"line {worst.relation.line}: {worst.relation.text!r} cannot hold: missed by {amount} at best"
        return Report(constraint=worst.relation.text, by=worst.residual, unit=unit, text=text)
    short = solution.problem.settings.least_clearance - solution.clearance
    text = f"no free place: {solution.between} would be {solution.clearance * 1000:.0f} mm apart at best"
    return Report(constraint="clearance", by=max(short, 0.0), unit="m", text=text)
