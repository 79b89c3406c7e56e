"""The sub-goal solver: a compiled descent from seeded starts, polished by SNOPT; SNOPT alone where it fails.

The warm start comes first. What is found is measured by ``measure``, which knows
nothing of how it was found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from pydrake.autodiffutils import ExtractValue, InitializeAutoDiff
from pydrake.solvers import MathematicalProgram, SnoptSolver, SolverOptions

from ..core.arrays import Float64, frozen
from .lift import Met, judge
from .problem import Problem, without
from .reach import rotation_error
from .rows import Evaluator
from .solution import POSE_LENGTH, ROWS, Infeasible, Report, Solution

SNOPT_FEASIBLE = 1e-7
SPREAD = 0.6
ROOMY = 0.008
"""Distance that a sub-goal keeps where it can, so that there is a way to it and back, [m]."""
HAIR = 0.0005
"""How much more than has to be kept is asked for, so that rounding does not break it, [m]."""
RETRIES = 4
"""Starts that stand in for one whose descent ends where something is broken."""
POLISH = 12
"""Major iterations that polish what the descent has found."""
MOST = 8
"""Relations that are left out in turn to say what could give."""
DEAR = 30.0
"""Price of breaking a row beside that of the one relation that is to give."""
FALLBACKS = 2
"""Starts from which SNOPT tries by itself where no descent has ended well."""


def _program(
    problem: Problem, numbers: Evaluator, prices: Float64 | None
) -> tuple[MathematicalProgram, Float64]:
    """Pose the problem to Drake; where prices are given, every row may be broken at its price."""
    prog = MathematicalProgram()
    n = problem.kinematics.n
    q = prog.NewContinuousVariables(n, "q")
    prog.AddBoundingBoxConstraint(problem.lower, problem.upper, q)
    low, high = numbers.bounds()

    def row_values(x: np.ndarray) -> np.ndarray:
        value = ExtractValue(x).ravel()
        r, J = numbers.rows(value[:n])
        if prices is None:
            return InitializeAutoDiff(r, J).ravel()
        s = value[n:].reshape(2, -1)
        eye = np.eye(len(r))
        return InitializeAutoDiff(r + s[0] - s[1], np.hstack([J, eye, -eye])).ravel()

    variables = q
    if prices is not None:
        slack = prog.NewContinuousVariables(2 * len(low), "s")
        prog.AddBoundingBoxConstraint(0.0, np.inf, slack)
        prog.AddLinearCost(np.tile(prices, 2), 0.0, slack)
        variables = np.concatenate([q, slack])
    if len(low):
        prog.AddConstraint(row_values, low, high, variables)
    if prices is None:

        def cost(x: np.ndarray) -> object:
            value, slope = numbers.wishes(ExtractValue(x).ravel())
            return InitializeAutoDiff(np.array([value]), slope[None]).ravel()[0]

        prog.AddCost(cost, q)
    return prog, variables


def _run(
    numbers: Evaluator, start: Float64, *, prices: Float64 | None = None, iterations: int | None = None
) -> Float64:
    """Let SNOPT solve once from a start, whatever comes out."""
    problem = numbers.problem
    start = np.clip(start, problem.lower, problem.upper)
    prog, variables = _program(problem, numbers, prices)
    options = SolverOptions()
    solver = SnoptSolver()
    limit = problem.settings.iterations if iterations is None else iterations
    options.SetOption(solver.id(), "Major iterations limit", limit)
    options.SetOption(solver.id(), "Major feasibility tolerance", SNOPT_FEASIBLE)
    options.SetOption(solver.id(), "Major optimality tolerance", 1e-3)
    guess = start
    if prices is not None:
        r = numbers.rows(start)[0]
        low, high = numbers.bounds()
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

    Where none of these ends well, SNOPT tries by itself from the best of what was found.

    Args:
        problem: What to solve.
        rng: The only source of chance.
        starts: Starts after the warm one.
        quick: Look for no more room than there has to be, and polish nothing.

    Yields:
        What came out of each, proven or not.
    """
    home = problem.kinematics.model.q_home
    numbers = Evaluator(problem, problem.kept + HAIR)
    roomy = problem.kept + HAIR if quick else ROOMY + HAIR
    failed: list[Solution] = []
    proven = False
    for turn in range(starts + 1):
        solution: Solution | None = None
        for again in range(1 if turn == 0 or quick else RETRIES):
            begin = problem.situation.q if turn == 0 else home
            if turn > 1 or again:
                begin = home + rng.normal(scale=SPREAD, size=len(home))
                begin[0] += rng.uniform(-0.8, 0.8)
            found = measure(problem, numbers.descend(begin, roomy))
            if solution is None or _broken(found) < _broken(solution):
                solution = found
            if solution.proves():
                break
        assert solution is not None, "every turn has a start"
        if not solution.proves():
            failed.append(solution)
            yield solution
            continue
        proven = True
        yield solution if quick else _polished(numbers, solution)
    if proven:
        return
    for solution in sorted(failed, key=_broken)[: 1 if quick else FALLBACKS]:
        alone = measure(problem, _run(Evaluator(problem), solution.q))
        yield alone if quick and alone.proves() else improve(problem, alone)


def solve(problem: Problem, rng: np.random.Generator) -> Solution:
    """Find joint positions at which everything holds that has to.

    Args:
        problem: What to solve.
        rng: The only source of chance.

    Raises:
        Infeasible: If none was found; the report names what cannot hold and by how much.
    """
    failed: list[Solution] = []
    for solution in attempts(problem, rng, problem.settings.starts):
        if solution.proves():
            return solution
        failed.append(solution)
    raise explain(problem, [one.q for one in sorted(failed, key=_broken)])


def _polished(numbers: Evaluator, solution: Solution) -> Solution:
    """Let SNOPT go on from what the descent has found; what it gives counts where proven and cheaper."""
    roomy = solution.clearance >= ROOMY + HAIR
    exact = Evaluator(numbers.problem, ROOMY) if roomy else numbers
    better = measure(numbers.problem, _run(exact, solution.q, iterations=POLISH))
    return better if better.proves() and better.cost <= solution.cost else solution


def improve(problem: Problem, solution: Solution) -> Solution:
    """Give a solution the room that it lacks: what it has to have, then what is wished, where that can be."""
    if solution.proves() and solution.clearance >= ROOMY:
        return solution
    numbers = Evaluator(problem, problem.kept + HAIR)
    found = measure(problem, numbers.descend(solution.q, ROOMY + HAIR))
    if found.proves() and (not solution.proves() or found.clearance > solution.clearance):
        return found
    if solution.proves():
        return solution
    return measure(problem, _run(numbers, solution.q))


def explain(problem: Problem, starts: Sequence[Float64]) -> Infeasible:
    """Say what cannot hold: the least sum of violations that was found, its largest share named.

    What could give instead is found by leaving it out: distances first, then
    each relation in turn.
    """
    best: Solution | None = None
    numbers = Evaluator(problem, problem.kept)
    alike = np.ones(len(numbers.bounds()[0]))
    for start in starts[:3]:
        solution = measure(problem, _run(numbers, start, prices=alike))
        if best is None or _broken(solution) < _broken(best):
            best = solution
    assert best is not None, "there is always the warm start"
    begins = [best.q, problem.situation.q, problem.kinematics.model.q_home]
    best = _alone(numbers, _report(best).constraint, best)
    report = _report(best)
    others = (*_room_wanted(problem, begins), *_others(problem, report.constraint, begins))
    return Infeasible(problem.stage.name, replace(report, others=others), best.q)


def _alone(numbers: Evaluator, constraint: str, best: Solution) -> Solution:
    """Let one relation give all that is missing; where two contradict, the least sum may lie between them."""
    problem = numbers.problem
    named = [
        rules.relations[row.relation].text == constraint
        for rules in problem.rules
        for row in rules.residuals.rows
    ]
    if not any(named):
        return best
    prices = np.full(len(numbers.bounds()[0]), DEAR)
    prices[: len(named)][named] = 1.0
    found = measure(problem, _run(numbers, best.q, prices=prices))
    return found if [one.relation.text for one in found.met if not one.met] == [constraint] else best


def _room_wanted(problem: Problem, begins: Sequence[Float64]) -> tuple[str, ...]:
    """Say what is in the way where all relations hold, if they do anywhere."""
    free = Evaluator(problem)
    found = [measure(problem, free.descend(begin, -np.inf)) for begin in begins]
    held = [one for one in found if one.violation <= ROWS and all(met.met for met in one.met)]
    held = [one for one in held if max(one.pose_error) <= POSE_LENGTH and one.clearance < problem.kept]
    if not held:
        return ()
    best = max(held, key=lambda one: one.clearance)
    lacks = 1000.0 * (problem.kept - best.clearance)
    return (f"{best.between}, which lack {lacks:.0f} mm where the relations hold",)


def _others(problem: Problem, constraint: str, begins: Sequence[Float64]) -> tuple[str, ...]:
    """Name each relation without which the rest can hold, and by how much it is missed there."""
    relations = (*problem.stage.goals, *problem.stage.along)
    told: list[str] = []
    for number, relation in enumerate(relations[:MOST]):
        if relation.text == constraint or len(relations) == 1:
            continue
        less = without(problem, number)
        numbers = Evaluator(less, problem.kept + HAIR)
        for begin in begins:
            found = measure(less, numbers.descend(begin, ROOMY))
            if found.proves():
                missed = measure(problem, found.q).met[number]
                told.append(f"line {relation.line}, {relation.text}, by at most {amount(missed)}")
                break
    return tuple(told)


def amount(met: Met) -> str:
    """Write by how much a relation is missed."""
    value = max(met.residual, 0.0)
    match met.relation.left.unit:
        case "m":
            return f"{100 * value:.2g} cm"
        case "rad":
            return f"{np.degrees(value):.2g} degrees"
    return f"{value:.2g}"


def _broken(solution: Solution) -> float:
    relations = sum(max(one.residual, 0.0) for one in solution.met)
    return relations + sum(solution.pose_error) + max(solution.problem.kept - solution.clearance, 0.0)


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
    meet = f"would be {solution.clearance * 1000:.0f} mm apart"
    if solution.clearance < 0.0:
        meet = f"would overlap by {-solution.clearance * 1000:.0f} mm"
    text = f"no free place: {solution.between} {meet} at best"
    return Report(constraint="clearance", by=max(short, 0.0), unit="m", text=text)
