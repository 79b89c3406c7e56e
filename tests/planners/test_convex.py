"""What the cone solver says of its answer is heeded."""

import cvxpy
import handsel.planners.convex as convex
import numpy as np
import pytest
from handsel.planners.convex import KEPT, optimum


def pressed(limit: float = 1.0) -> tuple[cvxpy.Problem, cvxpy.Variable]:
    """The longest first component of a vector of bounded length: the bound."""
    x = cvxpy.Variable(3)
    return cvxpy.Problem(cvxpy.Maximize(x[0]), [cvxpy.SOC(cvxpy.Constant(limit), x)]), x


def test_the_best_value_is_found() -> None:
    assert optimum(pressed(2.5)[0]) == pytest.approx(2.5, rel=1e-7)


def test_nothing_is_found_where_nothing_is() -> None:
    x = cvxpy.Variable()
    assert optimum(cvxpy.Problem(cvxpy.Maximize(x), [x <= 1.0, x >= 2.0])) is None
    assert optimum(cvxpy.Problem(cvxpy.Maximize(x), [x >= 2.0])) is None


def test_a_solve_that_stops_short_warns_nobody_and_counts_where_its_point_keeps_the_constraints(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """cvxpy's "Solution may be inaccurate" went through to whoever called: an error in a test."""
    monkeypatch.setattr(convex, "STEPS", 3)
    problem, x = pressed()
    found = optimum(problem)
    assert problem.status == "user_limit", "this test needs a solve that is cut off"
    assert found is not None and x.value is not None
    assert found <= 1.0 + KEPT and np.linalg.norm(x.value) <= 1.0 + KEPT
    assert found == pytest.approx(float(x.value[0]))
    assert "stopped short" in caplog.text


def test_a_point_that_misses_the_constraints_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, x = pressed()

    def short(**_: object) -> float:
        problem._status = "optimal_inaccurate"
        x.value = np.array([1.5, 0.0, 0.0])
        return 1.5

    monkeypatch.setattr(problem, "solve", short)
    assert optimum(problem) is None
    x.value = np.array([0.9, 0.0, 0.0])
    monkeypatch.setattr(problem, "solve", lambda **_: 0.9)
    assert optimum(problem) == 0.9


def test_a_solver_that_gives_up_gives_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    problem, _ = pressed()

    def fail(**_: object) -> float:
        raise cvxpy.SolverError("Solver 'CLARABEL' failed.")

    monkeypatch.setattr(problem, "solve", fail)
    assert optimum(problem) is None
