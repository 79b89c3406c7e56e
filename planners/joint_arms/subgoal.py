"""The sub-goal of several arms: SNOPT over all their joints, warm first, then from a few seeded starts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from pydrake.autodiffutils import ExtractValue, InitializeAutoDiff
from pydrake.solvers import MathematicalProgram, SnoptSolver, SolverOptions

from ...core.arrays import Float64, frozen
from ..lift import Met, judge
from ..reach import rotation_error
from ..solution import POSE_ANGLE, POSE_LENGTH, ROWS, Infeasible, Report
from .problem import ArmsProblem
from .rules import pose_rows

STAY, COMFORT, LEVEL, INSIDE = 0.15, 0.05, 4.0, 1000.0
INSIDE_LENGTH, INSIDE_ANGLE = 0.015, 0.05
SNOPT_FEASIBLE = 1e-7
SPREAD = 0.6
ROOMY = 0.008
"""Distance that a sub-goal keeps where it can, so that there is a way to it and back, [m]."""
HOPELESS = 1e-3
"""Violation of a row, with nothing in the way, that an attempt does not look further from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsSolution:
    """Joint positions of all arms for a stage's end, measured.

    Attributes:
        problem: What was solved.
        q: The joint positions, shape (n,), [rad].
        met: Each relation as it was written, measured at q.
        violation: Largest violation of a lifted row, or of the pose of two hands that one thing joins.
        clearance: Least distance that counts, [m].
        between: What is that near.
        limit_margin: Least distance from a joint limit, of arms that may move, [rad].
        pose_error: Distance and angle from the wanted tool poses at worst, [m] and [rad].
        cost: The wishes' sum, for choosing among solutions.
    """

    problem: ArmsProblem
    q: Float64
    met: tuple[Met, ...]
    violation: float
    clearance: float
    between: str
    limit_margin: float
    pose_error: tuple[float, float]
    cost: float

    def proves(self) -> bool:
        """Tell whether everything that has to hold does."""
        return (
            all(one.met for one in self.met)
            and self.violation <= ROWS
            and self.clearance >= self.problem.kept
            and self.limit_margin >= 0.0
            and self.pose_error[0] <= POSE_LENGTH
            and self.pose_error[1] <= POSE_ANGLE
        )


class ArmsEvaluator:
    """A problem's hard rows and wishes at joint positions, each with the exact derivative."""

    def __init__(self, problem: ArmsProblem, margin: float | None = None):
        """Take a problem; without a margin, [m], distances do not count."""
        self.problem = problem
        self.margin = margin
        self._key = b""
        self._poses: tuple[Float64, Float64, Float64] | None = None

    def _at(self, q: Float64) -> tuple[Float64, Float64, Float64]:
        if self._poses is None or self._key != q.tobytes():
            group = self.problem.group
            R, p = group.tool_poses(q[None])
            self._key, self._poses = q.tobytes(), (R[0], p[0], group.jacobians(q))
        return self._poses

    def _exact(self, q: Float64) -> tuple[list[Float64], list[Float64]]:
        """Give the rows that have to be 0: closures and wanted tool poses."""
        problem = self.problem
        R, p, J = self._at(q)
        found = [closure.differentiate(R, p, J) for closure in problem.closures]
        for hand, X_WG in problem.X_WG.items():
            a = problem.group.names.index(hand)
            wanted = (X_WG.rotation().matrix(), X_WG.translation(), np.zeros_like(J[a]))
            found.append(pose_rows((R[a], p[a], J[a]), wanted))
        return [r for r, _ in found], [dr for _, dr in found]

    def rows(self, q: Float64) -> tuple[Float64, Float64, Float64, Float64]:
        """Give the hard rows (m,), their Jacobian (m, n), and their lower and upper bounds (m,)."""
        values, slopes = self._exact(q)
        count = sum(map(len, values))
        low, high = [np.zeros(count)], [np.zeros(count)]
        for rules in self.problem.rules:
            r, dr = rules.differentiate(*self._at(q))
            values.append(r)
            slopes.append(dr)
            low.append(np.where(rules.equal, 0.0, -np.inf))
            high.append(np.zeros(len(r)))
        if self.margin is not None:
            d, dd = self.problem.room.rows(q, self.problem.touching)
            values.append(d)
            slopes.append(dd)
            low.append(np.full(len(d), self.margin))
            high.append(np.full(len(d), np.inf))
        empty = [np.empty((0, len(q)))]
        return (
            np.concatenate([np.empty(0), *values]),
            np.concatenate(empty + slopes),
            np.concatenate(low),
            np.concatenate(high),
        )

    def wishes(self, q: Float64) -> tuple[float, Float64]:
        """Give the cost of joint positions, and its gradient (n,)."""
        problem, group = self.problem, self.problem.group
        R, p, J = self._at(q)
        moved, away = q - problem.q, q - group.q_home
        cost = 0.5 * STAY * float(moved @ moved) + 0.5 * COMFORT * float(away @ away)
        slope = STAY * moved + COMFORT * away
        for hand, up_G in problem.upright_G.items():
            a = group.names.index(hand)
            up = R[a] @ up_G
            cost += LEVEL * (1.0 - float(up[2]))
            slope = slope - LEVEL * (J[a][0] * up[1] - J[a][1] * up[0])
        for rules in problem.rules:
            r, dr = rules.differentiate(R, p, J)
            depth = np.where(rules.angular, INSIDE_ANGLE, INSIDE_LENGTH)
            weight = np.where(rules.equal, 0.0, INSIDE * (INSIDE_LENGTH / depth) ** 2)
            # Past its bound a row is the constraint's business; the wish stays bounded there.
            near = np.clip(r + depth, 0.0, 2.0 * depth)
            cost += 0.5 * float(weight @ near**2)
            slope = slope + (weight * near * (r < depth)) @ dr
        return cost, np.asarray(slope, dtype=np.float64)


def _run(problem: ArmsProblem, start: Float64, *, margin: float | None, elastic: bool = False) -> Float64:
    """Solve once from a start, whatever comes out; elastic rows may be broken at a price."""
    numbers = ArmsEvaluator(problem, margin)
    start = np.clip(start, problem.lower, problem.upper)
    n = len(start)
    prog = MathematicalProgram()
    q = prog.NewContinuousVariables(n, "q")
    prog.AddBoundingBoxConstraint(problem.lower, problem.upper, q)
    at_start, _, low, high = numbers.rows(start)
    count = len(at_start)

    def row_values(x: np.ndarray) -> np.ndarray:
        value = ExtractValue(x).ravel()
        r, J, _, _ = numbers.rows(np.ascontiguousarray(value[:n]))
        if elastic:
            s = value[n:].reshape(2, -1)
            r, J = r + s[0] - s[1], np.hstack([J, np.eye(count), -np.eye(count)])
        return InitializeAutoDiff(r, J).ravel()

    def cost(x: np.ndarray) -> object:
        value, slope = numbers.wishes(np.ascontiguousarray(ExtractValue(x).ravel()))
        return InitializeAutoDiff(np.array([value]), slope[None]).ravel()[0]

    variables, guess = q, start
    if elastic:
        slack = prog.NewContinuousVariables(2 * count, "s")
        prog.AddBoundingBoxConstraint(0.0, np.inf, slack)
        prog.AddLinearCost(np.ones(2 * count), 0.0, slack)
        variables = np.concatenate([q, slack])
        guess = np.concatenate([start, np.maximum(low - at_start, 0.0), np.maximum(at_start - high, 0.0)])
    else:
        prog.AddCost(cost, q)
    if count:
        prog.AddConstraint(row_values, low, high, variables)
    options = SolverOptions()
    solver = SnoptSolver()
    options.SetOption(solver.id(), "Major iterations limit", problem.settings.iterations)
    options.SetOption(solver.id(), "Major feasibility tolerance", SNOPT_FEASIBLE)
    options.SetOption(solver.id(), "Major optimality tolerance", 1e-3)
    found = solver.Solve(prog, guess, options).GetSolution(variables)[:n]
    return np.clip(np.where(np.isfinite(found), found, start), problem.lower, problem.upper)


def measure_arms(problem: ArmsProblem, q: Float64) -> ArmsSolution:
    """Measure joint positions against a problem, independently of how they were found."""
    group = problem.group
    R, p = group.tool_poses(q[None])
    met: list[Met] = []
    violation = 0.0
    for rules in problem.rules:
        place = dict(zip(rules.points.refs, rules.points.at(R, p)[0], strict=True))
        met.extend(judge(rules.relations, place.__getitem__))
        violation = max(violation, float(rules.violation(R, p).max()))
    for closure in problem.closures:
        violation = max(violation, float(closure.violation(R, p).max()))
    clearance, between = problem.room.nearest(q, problem.touching)
    far, turned = 0.0, 0.0
    for hand, X_WG in problem.X_WG.items():
        a = group.names.index(hand)
        far = max(far, float(np.linalg.norm(p[0, a] - X_WG.translation())))
        turned = max(turned, float(np.linalg.norm(rotation_error(R[0, a], X_WG.rotation().matrix()))))
    return ArmsSolution(
        problem=problem,
        q=frozen(q, (None,)),
        met=tuple(met),
        violation=violation,
        clearance=clearance,
        between=between,
        limit_margin=float(min((q - problem.lower).min(), (problem.upper - q).min())),
        pose_error=(far, turned),
        cost=ArmsEvaluator(problem).wishes(q)[0],
    )


def improve_arms(problem: ArmsProblem, solution: ArmsSolution) -> ArmsSolution:
    """Give a solution the room that it lacks: what it has to have, then what is wished, where that can be."""
    if not solution.proves():
        solution = measure_arms(problem, _run(problem, solution.q, margin=problem.kept + 0.0005))
    if not solution.proves() or solution.clearance >= ROOMY:
        return solution
    better = measure_arms(problem, _run(problem, solution.q, margin=ROOMY))
    return better if better.proves() else solution


def attempts_arms(problem: ArmsProblem, rng: np.random.Generator, starts: int) -> Iterator[ArmsSolution]:
    """Solve from the warm start, then from the postures of rest, then from seeded ones around them.

    Args:
        problem: What to solve.
        rng: The only source of chance.
        starts: Starts after the warm one.

    Yields:
        What came out of each, proven or not.
    """
    home = problem.group.q_home
    for turn in range(starts + 1):
        begin = problem.q if turn == 0 else home
        if turn > 1:
            begin = home + rng.normal(scale=SPREAD, size=len(home))
        solution = measure_arms(problem, _run(problem, begin, margin=None))
        hopeless = solution.violation > HOPELESS
        yield solution if hopeless else improve_arms(problem, solution)


def solve_arms(problem: ArmsProblem, rng: np.random.Generator) -> ArmsSolution:
    """Find joint positions of all arms at which everything holds that has to.

    Raises:
        Infeasible: If none was found; the report names what cannot hold and by how much.
    """
    failed: list[Float64] = []
    for solution in attempts_arms(problem, rng, problem.settings.starts):
        if solution.proves():
            return solution
        failed.append(solution.q)
    raise explain_arms(problem, failed)


def explain_arms(problem: ArmsProblem, starts: Sequence[Float64]) -> Infeasible:
    """Say what cannot hold: the least sum of violations that was found, its largest share named."""
    tried = [
        measure_arms(problem, _run(problem, start, margin=problem.kept, elastic=True))
        for start in (*starts[:3], *([] if starts else [problem.q]))
    ]
    best = min(tried, key=_broken)
    return Infeasible(problem.stage.name, _report(best), best.q)


def _broken(solution: ArmsSolution) -> float:
    relations = sum(max(one.residual, 0.0) for one in solution.met)
    return relations + sum(solution.pose_error) + max(-solution.clearance, 0.0) + solution.violation


def _report(solution: ArmsSolution) -> Report:
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
    if solution.problem.closures and solution.violation > ROWS:
        text = f"the two hands cannot both keep their hold: {solution.violation * 1000:.0f} mm apart at best"
        return Report(constraint="hold", by=solution.violation, unit="m", text=text)
    short = solution.problem.kept - solution.clearance
    text = f"no free place: {solution.between} would be {solution.clearance * 1000:.0f} mm apart at best"
    return Report(constraint="clearance", by=max(short, 0.0), unit="m", text=text)
