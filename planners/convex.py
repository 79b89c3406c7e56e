"""The one door to cvxpy: the solver is always named, and what it says of its answer is heeded.

A solve without a name takes the first solver that cvxpy finds installed, which
may be one that needs a licence. Clarabel is named here: it takes cones, is a
dependency of cvxpy itself, and gives the same answer for the same numbers.
"""

import logging
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import cvxpy

STEPS = 100
"""Most interior-point steps of one solve; usual are 8 to 15."""
KEPT = 1e-4
"""How far a point at which the solver stopped short may miss a constraint: its ``reduced_tol_feas``."""
SHORT = ("optimal_inaccurate", "user_limit")
"""States in which cvxpy has a point, warns of it, and does not vouch for it."""
_log = logging.getLogger(__name__)


def optimum(problem: "cvxpy.Problem") -> float | None:
    """Solve a parametrised convex problem.

    Where the solver stops short of its accuracy, or of the end, the point that it has is measured: if
    it keeps the constraints, its value is one that can be had, though perhaps not the best, and is
    given; else nothing is.

    Args:
        problem: A disciplined parametrised program (DPP), its parameters set: it is
            canonicalised on its first solve only.

    Returns:
        The best value of its objective that was found, or None where there is none, or none was found.
    """
    import cvxpy

    with warnings.catch_warnings():
        # The status says the same, and is looked at below.
        warnings.filterwarnings("ignore", message="Solution may be inaccurate", category=UserWarning)
        try:
            value = problem.solve(solver=cvxpy.CLARABEL, max_iter=STEPS)
        except cvxpy.SolverError as error:
            _log.warning("the cone solver gave up: %s", error)
            return None
    if not isinstance(value, (int, float)):
        return None
    if problem.status in SHORT:
        missed = max((float(one.violation().max()) for one in problem.constraints), default=0.0)
        _log.warning("the cone solver stopped short (%s): missed by %.1e", problem.status, missed)
        # Not "missed > KEPT": what is no number is not kept either.
        return float(value) if missed <= KEPT else None
    return float(value) if problem.status == cvxpy.OPTIMAL else None
