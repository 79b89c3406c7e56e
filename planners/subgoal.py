"""The sub-goal solver: SNOPT over the arm's joints, warm first, then from a few seeded starts.

Hard: relations, the wanted tool pose, joint limits, clearance. Wishes: move
little, stay near a comfortable posture, keep level what is level, stay away
from the edge of what a relation allows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from pydrake.autodiffutils import ExtractValue, InitializeAutoDiff
from pydrake.solvers import MathematicalProgram, SnoptSolver, SolverOptions

from ..core.arrays import Float64, frozen
from .lift import Met, judge
from .problem import Problem, Rules
from .reach import rotation_error
from .solution import Infeasible, Report, Solution

STAY, COMFORT, LEVEL, INSIDE = 0.15, 0.05, 4.0, 1000.0
INSIDE_LENGTH, INSIDE_ANGLE = 0.015, 0.05
SNOPT_FEASIBLE = 1e-7
SPREAD = 0.6
ROOMY = 0.008
"""Distance that a sub-goal keeps where it can, so that there is a way to it and back, [m]."""


@dataclass(slots=True, eq=False)
class _Rows:
    """All hard rows of a problem as functions of the joints, each evaluated once per point."""

    problem: Problem
    margin: float | None
    _key: bytes = b""
    _last: tuple[Float64, Float64] = field(default=(np.empty(0), np.empty((0, 0))))

    def __call__(self, q: Float64) -> tuple[Float64, Float64]:
        key = q.tobytes()
        if key != self._key:
            self._last, self._key = self._evaluate(q), key
        return self._last

    def _evaluate(self, q: Float64) -> tuple[Float64, Float64]:
        kin = self.problem.kinematics
        R, p = (array[0] for array in kin.tool_poses(q[None]))
        J = kin.jacobian(q)
        values, slopes = [], []
        for rules in self.problem.rules:
            if rules.relations:
                r, dr = rules.differentiate(R, p, J)
                values.append(r)
                slopes.append(dr)
        if self.problem.X_WG is not None:
            r, dr = _pose_rows(self.problem, R, p, J)
            values.append(r)
            slopes.append(dr)
        if self.margin is not None:
            d, dd = self.problem.room.rows(q, self.problem.touching)
            values.append(d)
            slopes.append(dd)
        if not values:
            return np.empty(0), np.empty((0, len(q)))
        return np.concatenate(values), np.concatenate(slopes)

    def bounds(self, q: Float64) -> tuple[Float64, Float64]:
        """Give the lower and upper bounds of the rows."""
        low, high = [], []
        for rules in self.problem.rules:
            equal = rules.equal
            low.append(np.where(equal, 0.0, -np.inf))
            high.append(np.zeros(len(equal)))
        if self.problem.X_WG is not None:
            low.append(np.zeros(6))
            high.append(np.zeros(6))
        count = len(self(q)[0]) - sum(map(len, low))
        low.append(np.full(count, self.margin or 0.0))
        high.append(np.full(count, np.inf))
        return np.concatenate(low), np.concatenate(high)


def _pose_rows(problem: Problem, R: Float64, p: Float64, J: Float64) -> tuple[Float64, Float64]:
    """Half the sum of the axes' cross products, and the offset: zero at the wanted pose."""
    assert problem.X_WG is not None
    K = problem.X_WG.rotation().matrix()
    turn = np.cross(R, K, axisa=0, axisb=0).sum(axis=0) / 2.0
    # d(r x k) = (w x r) x k = r (w . k) - w (r . k), summed over the axes.
    by_turn = (R @ K.T - np.trace(R.T @ K) * np.eye(3)) / 2.0
    return (
        np.concatenate([turn, p - problem.X_WG.translation()]),
        np.concatenate([by_turn @ J[:3], J[3:]]),
    )


def _insides(rules: Rules) -> Float64:
    """How far inside its bound each row is wished, in its own unit; 0 for equalities."""
    unit = [rules.relations[row.relation].left.unit for row in rules.residuals.rows]
    depth = np.array([INSIDE_ANGLE if one == "rad" else INSIDE_LENGTH for one in unit])
    return np.where(rules.equal, 0.0, depth)


def wishes(problem: Problem, q: Float64) -> tuple[float, Float64]:
    """Give the cost of joint positions, and its gradient (n,)."""
    kin = problem.kinematics
    R, p = (array[0] for array in kin.tool_poses(q[None]))
    J = kin.jacobian(q)
    moved, away = q - problem.situation.q, q - kin.model.q_home
    cost = 0.5 * STAY * float(moved @ moved) + 0.5 * COMFORT * float(away @ away)
    slope = STAY * moved + COMFORT * away
    up = R @ problem.upright_G
    cost += LEVEL * (1.0 - float(up[2]))
    slope = slope - LEVEL * (np.cross(J[:3], up, axisa=0)[:, 2])
    for rules in problem.rules:
        if not rules.relations:
            continue
        r, dr = rules.differentiate(R, p, J)
        depth = _insides(rules)
        scale = INSIDE * np.where(depth == INSIDE_ANGLE, (INSIDE_LENGTH / INSIDE_ANGLE) ** 2, 1.0)
        near = np.where(depth > 0.0, np.maximum(r + depth, 0.0), 0.0)
        # Past its bound a row is the constraint's business; the wish stays bounded there.
        near = np.minimum(near, 2.0 * depth)
        cost += 0.5 * float(scale @ near**2)
        slope = slope + (scale * near * (r + depth < 2.0 * depth)) @ dr
    return cost, np.asarray(slope, dtype=np.float64)


def _program(
    problem: Problem, rows: _Rows, start: Float64, elastic: bool
) -> tuple[MathematicalProgram, Float64]:
    """Pose the problem to Drake; elastic rows may be broken at a price."""
    prog = MathematicalProgram()
    n = len(start)
    q = prog.NewContinuousVariables(n, "q")
    prog.AddBoundingBoxConstraint(problem.lower, problem.upper, q)
    low, high = rows.bounds(start)

    def row_values(x: np.ndarray) -> np.ndarray:
        value = ExtractValue(x).ravel()
        r, J = rows(np.ascontiguousarray(value[:n]))
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
            value, slope = wishes(problem, np.ascontiguousarray(ExtractValue(x).ravel()))
            return InitializeAutoDiff(np.array([value]), slope[None]).ravel()[0]

        prog.AddCost(cost, q)
    return prog, variables


def _run(problem: Problem, start: Float64, *, margin: float | None, elastic: bool = False) -> Float64:
    """Solve once from a start, whatever comes out; without a margin, distances do not count."""
    rows = _Rows(problem, margin)
    start = np.clip(start, problem.lower, problem.upper)
    prog, variables = _program(problem, rows, start, elastic)
    options = SolverOptions()
    solver = SnoptSolver()
    options.SetOption(solver.id(), "Major iterations limit", problem.settings.iterations)
    options.SetOption(solver.id(), "Major feasibility tolerance", SNOPT_FEASIBLE)
    options.SetOption(solver.id(), "Major optimality tolerance", 1e-3)
    guess = start
    if elastic:
        r = rows(start)[0]
        low, high = rows.bounds(start)
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
        cost=wishes(problem, q)[0],
    )


def attempts(problem: Problem, rng: np.random.Generator, starts: int) -> Iterator[Solution]:
    """Solve from the warm start, then from the posture of rest, then from seeded ones around it.

    Args:
        problem: What to solve.
        rng: The only source of chance.
        starts: Starts after the warm one.

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
        yield improve(problem, solution)


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
    """Give a solution the room that it lacks: what is wished, else what has to be."""
    if solution.proves() and solution.clearance >= ROOMY:
        return solution
    for margin in (ROOMY, problem.kept + 0.0005):
        better = measure(problem, _run(problem, solution.q, margin=margin))
        if better.proves():
            return better
        if solution.proves():
            return solution
    return better


def explain(problem: Problem, starts: Sequence[Float64]) -> Infeasible:
    """Say what cannot hold: the least sum of violations that was found, its largest share named."""
    best: Solution | None = None
    for start in starts[:3]:
        solution = measure(problem, _run(problem, start, margin=problem.kept, elastic=True))
        if best is None or _broken(solution) < _broken(best):
            best = solution
    assert best is not None, "there is always the warm start"
    return Infeasible(problem.stage.name, _report(best))


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
