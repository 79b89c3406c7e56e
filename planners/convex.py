"""The one door to cvxpy: the solver is always named.

A solve without a name takes the first solver that cvxpy finds installed, which
may be one that needs a licence. Clarabel is named here: it takes cones, is a
dependency of cvxpy itself, and gives the same answer for the same numbers.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import cvxpy

STEPS = 100
"""Most interior-point steps of one solve; usual are 8 to 15."""


def optimum(problem: "cvxpy.Problem") -> float | None:
    """Solve a parametrised convex problem.

    Args:
        problem: A disciplined parametrised program (DPP), its parameters set: it is
            canonicalised on its first solve only.

    Returns:
        The best value of its objective, or None where it has none.
    """
    import cvxpy

    value = problem.solve(solver=cvxpy.CLARABEL, max_iter=STEPS)
    solved = problem.status in (cvxpy.OPTIMAL, cvxpy.OPTIMAL_INACCURATE)
    return float(value) if solved and isinstance(value, (int, float)) else None
