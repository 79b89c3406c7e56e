"""The sub-goal of a free hand: solved cold or from an earlier answer, proved, or explained."""

from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ...core.arrays import Float64
from ..lift import Met, judge
from .explain import PROVED, explain
from .kernel import least_distance
from .problem import HandProblem
from .search import follow, search


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard the solver tries; counts, never seconds.

    Attributes:
        starts: Poses drawn and brought to the relations.
        kept: How many of the best are refined.
        trials: Trials for each of them.
        last: Trials for the best of those.
        warm: Trials for an earlier answer.
        repeats: How often it begins anew with other draws, four times the starts each, where nothing held.
    """

    starts: int = 150
    kept: int = 6
    trials: int = 60
    last: int = 150
    warm: int = 60
    repeats: int = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HandSolution:
    """A pose for a stage's end, measured.

    Attributes:
        problem: What was solved.
        X_WG: Tool pose.
        cost: Cost of the wishes.
        warm: Whether an earlier answer led to it.
    """

    problem: HandProblem
    X_WG: RigidTransform
    cost: float
    warm: bool

    @property
    def met(self) -> tuple[Met, ...]:
        """Each relation as it was written, measured here."""
        return judge(self.problem.relations, lambda ref: self.problem.position(ref, self.X_WG))

    @property
    def violation(self) -> float:
        """Largest violation of a relation as it was written, in its own unit."""
        return max([0.0, *(one.residual for one in self.met)])

    @property
    def clearance(self) -> float:
        """Least exact distance of the hand's points from the obstacles, [m]."""
        return clearance(self.problem, self.X_WG)

    def proves(self) -> bool:
        """Tell whether everything that has to hold does."""
        return self.violation <= PROVED and self.clearance >= 0.0


def clearance(problem: HandProblem, X_WG: RigidTransform) -> float:
    """Measure the least exact distance of the hand's points from the obstacles at a pose, [m]."""
    R = np.ascontiguousarray(X_WG.rotation().matrix())
    return least_distance(problem.data, R, np.array(X_WG.translation()))


def solve(
    problem: HandProblem,
    rng: np.random.Generator,
    *,
    earlier: RigidTransform | None = None,
    effort: Effort | None = None,
) -> HandSolution:
    """Find a pose at which a stage's relations hold.

    Args:
        problem: The stage.
        rng: Draws starts and trials.
        earlier: An earlier answer to begin from; where it leads nowhere the search is cold.
        effort: How hard to try.

    Returns:
        A solution that proves itself.

    Raises:
        Infeasible: If none was found; it names the relation that has to give, and by how much.
    """
    effort = effort or Effort()
    if earlier is not None:
        R, p = np.ascontiguousarray(earlier.rotation().matrix()), np.array(earlier.translation())
        R, p, value = follow(problem.data, R, p, rng.standard_normal((effort.warm, 6)))
        if value < np.inf:
            solution = _solution(problem, R, p, value, warm=True)
            if solution.clearance >= 0.0:
                return solution
    for repeat in range(effort.repeats + 1):
        starts = effort.starts * 4**repeat
        count = starts + effort.kept * effort.trials + effort.last
        R, p, value = search(
            problem.data,
            rng.standard_normal((count, 6)),
            starts,
            effort.kept,
            effort.trials,
            effort.last,
        )
        if value < np.inf:
            solution = _solution(problem, R, p, value, warm=False)
            if solution.clearance >= 0.0:
                return solution
    raise explain(problem, rng)


def _solution(problem: HandProblem, R: Float64, p: Float64, value: float, *, warm: bool) -> HandSolution:
    rotation = RotationMatrix.ProjectToRotationMatrix(R)
    return HandSolution(problem=problem, X_WG=RigidTransform(rotation, p), cost=value, warm=warm)
