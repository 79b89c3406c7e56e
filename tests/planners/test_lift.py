"""Lifted relations have the solutions of the written ones, and better derivatives."""

import math
from typing import Literal

import numpy as np
import pytest
from handsel.planners import expressions as ex
from handsel.planners.expressions import Expression
from handsel.planners.lift import judge, lift, points_in
from handsel.planners.program import Relation

from .oracle import POINTS

A, B, C, D = map(ex.Point, POINTS)
UP = ex.constant((0.0, 0.0, 1.0))


def relation(
    left: Expression | float, op: Literal["<=", "=="], right: Expression | float, tolerance: float = 0.003
) -> Relation:
    sides = ex.as_expression(left), ex.as_expression(right)
    return Relation(left=sides[0], op=op, right=sides[1], tolerance=tolerance, line=1, text="")


INEQUALITIES = {
    "near": relation(ex.norm(A - B), "<=", 0.8),
    "near, turned": relation(0.2 - 2.0 * ex.norm(A - B), "<=", -1.4),
    "far": relation(0.8, "<=", ex.norm(A - B)),
    "moved": relation(ex.norm(A - B) - 0.8, "<=", 0.0),
    "scaled": relation(ex.norm(A - B) / 2.0, "<=", 0.4),
    "upright": relation(ex.tilt(A, B), "<=", 0.7),
    "tilted": relation(0.7, "<=", ex.tilt(A, B)),
    "hanging": relation(2.6, "<=", ex.tilt(A, B)),
    "angle": relation(ex.angle(A - B, C - D), "<=", 0.9),
    "angle above": relation(0.9, "<=", ex.angle(A - B, C - D)),
    "abs": relation(ex.unary("abs", ex.height(A)), "<=", 0.4),
    "abs above": relation(0.4, "<=", ex.unary("abs", ex.height(A))),
    "max": relation(ex.binary("max", ex.height(A), ex.height(B)), "<=", 0.2),
    "min": relation(0.2, "<=", ex.binary("min", ex.height(A), ex.height(B))),
    "max above": relation(0.2, "<=", ex.binary("max", ex.height(A), ex.height(B))),
    "never": relation(ex.norm(A - B), "<=", -0.5),
    "vector": relation(A, "<=", B + 0.3),
    "dot": relation(ex.dot(A, B), "<=", 0.1),
    "cosine": relation(0.8, "<=", ex.dot(ex.direction(A, B), UP)),
    "cosine below": relation(ex.dot(ex.direction(A, B), ex.direction(C, D)), "<=", 0.3),
    "cosine, written out": relation(ex.dot(A - B, C - D) / (ex.norm(A - B) * ex.norm(C - D)), "<=", -0.2),
    "arccos": relation(ex.unary("arccos", ex.clip(ex.height(B - A) / ex.norm(B - A), -1.0, 1.0)), "<=", 0.7),
    "arccos above": relation(0.7, "<=", ex.unary("arccos", ex.dot(UP, ex.direction(A, B)))),
    "no cosine, twice as long": relation(ex.dot(ex.direction(A, B), UP * 2.0), "<=", 0.3),
    "no cosine": relation(ex.dot(A - B, C - D) / ex.norm(A - B), "<=", 0.3),
    "impossible cosine": relation(1.5, "<=", ex.dot(ex.direction(A, B), UP)),
    "always cosine": relation(ex.dot(ex.direction(A, B), UP), "<=", 1.5),
    "negative abs": relation(ex.unary("abs", ex.height(A)), "<=", -0.5),
}  # fmt: skip


@pytest.mark.parametrize("name", INEQUALITIES)
def test_inequalities_keep_their_solutions(name: str) -> None:
    rng = np.random.default_rng(3)
    one = INEQUALITIES[name]
    residuals = lift([one], POINTS)
    assert {row.kind for row in residuals.rows} == {"ineq"}
    for _ in range(200):
        p = rng.normal(size=(4, 3)) * rng.choice([0.3, 1.0])
        written = judge([one], dict(zip(POINTS, p, strict=True)).__getitem__)[0].residual
        lifted = residuals.evaluate(p).max()
        assert (lifted <= 0.0) == (written <= 0.0), (lifted, written)


def test_outside_its_bound_a_rounded_residual_is_the_written_one() -> None:
    for one in (
        INEQUALITIES["near"],
        INEQUALITIES["upright"],
        INEQUALITIES["hanging"],
        INEQUALITIES["angle"],
    ):
        rng = np.random.default_rng(5)
        for _ in range(50):
            p = rng.normal(size=(4, 3))
            written = judge([one], dict(zip(POINTS, p, strict=True)).__getitem__)[0].residual
            if written > 0.0:
                assert lift([one], POINTS).evaluate(p)[0] == pytest.approx(written, abs=1e-12)


EQUALITIES = {
    "coincide": (relation(ex.norm(A - B), "==", 0.0), 3),
    "coincide, as a bound": (relation(ex.norm(A - B), "<=", 0.0), 3),
    "offset": (relation(ex.norm(A - B - ex.constant((0.0, 0.0, 0.1))), "<=", 1e-5), 3),
    "points": (relation(A, "==", B), 3),
    "above": (relation(ex.xy(A), "==", ex.xy(B)), 2),
    "height": (relation(ex.height(A), "==", 0.2), 1),
    "abs": (relation(ex.unary("abs", ex.height(A)), "<=", 0.0), 1),
    "upright": (relation(ex.tilt(A, B), "==", 0.0), 2),
    "upright, as a bound": (relation(ex.tilt(A, B), "<=", 0.0), 2),
    "upside down": (relation(ex.tilt(A, B), "==", math.pi), 2),
    "lying": (relation(ex.tilt(A, B), "==", math.pi / 2.0), 1),
    "poured": (relation(ex.tilt(A, B), "==", 0.8), 1),
    "facing": (relation(ex.angle(A - B, UP), "==", math.pi), 2),
    "facing, turned": (relation(ex.angle(UP, A - B), "==", 0.0), 2),
    "parallel": (relation(ex.angle(A - B, C - D), "==", 0.0), 2),
    "opposed": (relation(ex.angle(A - B, C - D), "==", math.pi), 2),
    "square": (relation(ex.angle(A - B, C - D), "==", math.pi / 2.0), 1),
    "cosine 1": (relation(ex.dot(ex.direction(A, B), UP), "==", 1.0), 2),
    "cosine at least 1": (relation(1.0, "<=", ex.dot(ex.direction(A, B), UP)), 2),
    "cosine -1": (relation(ex.dot(ex.direction(A, B), UP), "==", -1.0), 2),
    "cosine 0": (relation(ex.dot(ex.direction(A, B), ex.direction(C, D)), "==", 0.0), 1),
    "cosine 0.4": (relation(ex.dot(ex.direction(A, B), ex.direction(C, D)), "==", 0.4), 1),
    "arccos 0": (relation(ex.unary("arccos", ex.index(ex.direction(A, B), 2)), "==", 0.0), 2),
    "arccos, the other side": (relation(0.5, "==", ex.unary("arccos", ex.dot(ex.direction(A, B), UP))), 1),
    "as written": (relation(ex.dot(A, B), "==", 0.3), 1),
}  # fmt: skip


@pytest.mark.parametrize("name", EQUALITIES)
def test_equalities_are_solved_by_newton_to_what_was_written(name: str) -> None:
    """A few Gauss-Newton steps reach the written relation; its rows have full rank there."""
    one, rank = EQUALITIES[name]
    residuals = lift([one], POINTS)
    equal = np.array([row.kind == "eq" for row in residuals.rows])
    dp = np.eye(12).reshape(4, 3, 12)
    solved = 0
    for seed in range(12):
        p = np.random.default_rng(seed).normal(size=(4, 3))
        for _ in range(30):
            r, J = residuals.differentiate(p, dp)
            step = np.linalg.lstsq(J[equal], -r[equal], rcond=1e-8)[0].reshape(4, 3)
            p = p + step * min(1.0, 0.3 / max(np.linalg.norm(step), 1e-12))
        r, J = residuals.differentiate(p, dp)
        if (r[~equal] > 1e-9).any() or abs(r[equal]).max() > 1e-8:
            continue
        solved += 1
        measured = judge([one], dict(zip(POINTS, p, strict=True)).__getitem__)[0]
        assert measured.met and measured.residual < 2e-5
        assert np.linalg.matrix_rank(J[equal], tol=1e-6) == rank
    assert solved >= 4


def test_an_upright_bottle_can_be_told_to_tilt() -> None:
    """Exactly upright, tilt == 45 degrees has a slope to follow."""
    residuals = lift([relation(ex.tilt(A, B), "==", math.pi / 4.0)])
    p = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.2]])
    assert abs(residuals.differentiate(p, np.eye(6).reshape(2, 3, 6))[1]).max() > 1.0


@pytest.mark.parametrize("one", [INEQUALITIES["near"], INEQUALITIES["upright"]])
def test_bounds_are_smooth_where_the_size_is_zero(one: Relation) -> None:
    residuals = lift([one], POINTS[:2])
    apart = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0 if one is INEQUALITIES["near"] else 1.0]])
    dp = np.zeros((2, 3, 1))
    dp[1, 0, 0] = 1.0
    slopes = [residuals.differentiate(apart + s * dp[..., 0], dp)[1][0, 0] for s in (-1e-6, 0.0, 1e-6)]
    assert slopes[1] == 0.0
    assert abs(slopes[0]) < 1e-5 and abs(slopes[2]) < 1e-5


def test_rows_tell_their_relation() -> None:
    relations = (relation(A, "==", B, 0.01), relation(ex.height(A), "<=", 0.3, 0.02))
    residuals = lift(relations)
    assert [(row.relation, row.kind, row.tolerance) for row in residuals.rows] == [(0, "eq", 0.01)] * 3 + [
        (1, "ineq", 0.02)
    ]
    assert residuals.points == points_in(relations) == POINTS[:2]
    assert lift([]).rows == () and lift([]).evaluate(np.empty((0, 3))).shape == (0,)


def test_judging_uses_each_tolerance_and_the_written_form() -> None:
    at = {POINTS[0]: np.array([0.0, 0.0, 0.2]), POINTS[1]: np.array([0.004, 0.003, 0.2])}
    relations = [relation(A, "==", B, tolerance) for tolerance in (0.0049, 0.0051)]
    relations.append(relation(ex.norm(A - B), "<=", 0.001, 0.003))
    relations.append(relation(ex.height(A), "<=", 0.3))
    measured = judge(relations, at.__getitem__)
    assert [one.met for one in measured] == [False, True, False, True]
    assert [one.residual for one in measured] == pytest.approx([0.005, 0.005, 0.004, -0.1])


def test_what_cannot_be_measured_is_not_met() -> None:
    at = {POINTS[0]: np.full(3, np.nan), POINTS[1]: np.zeros(3)}
    assert not judge([relation(ex.norm(A - B), "<=", 1.0)], at.__getitem__)[0].met
