"""Expressions and their tape against a plain interpreter, finite differences and closed forms."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from handsel.planners import expressions as ex
from handsel.planners.expressions import Expression, ExpressionError, PointRef
from handsel.planners.tape import Tape
from hypothesis import given, settings
from hypothesis import strategies as st

from .oracle import POINTS, evaluated, random_scalar, random_vector

A, B, C, D = map(ex.Point, POINTS)
METRE = ex.constant(1.0, "m")
Z = ex.height(A) / METRE

EVERY_OP: dict[str, Expression] = {
    "add": A + B, "sub": A - 2.0, "mul": A * ex.height(B), "div": A / ex.height(C), "neg": -A,
    "abs": ex.unary("abs", A), "sqrt": ex.unary("sqrt", ex.dot(A, A)), "sin": ex.unary("sin", Z / 0.7),
    "cos": ex.unary("cos", ex.height(A) * ex.height(B)), "arccos": ex.unary("arccos", Z / 9.0),
    "min": ex.binary("min", A, B), "max": ex.binary("max", A, 0.1),
    "atan2": ex.atan2(ex.height(A), ex.height(B)),
    "norm": ex.norm(A - B), "dot": ex.dot(A, B), "cross": ex.cross(A, B), "xy": ex.xy(A),
    "tilt": ex.tilt(A, B), "angle": ex.angle(A - B, C - D), "unit": ex.direction(A, B),
    "index": ex.index(A, -1), "vec": ex.vec([ex.height(A), 1.0, ex.height(B)]), "mean": ex.mean([A, B, C]),
    "clip": ex.clip(A, -0.2, 0.3),
}  # fmt: skip


def values_of(node: Expression, p: np.ndarray) -> np.ndarray:
    return np.atleast_1d(evaluated(node, dict(zip(POINTS, p, strict=True))))


def differences(run: Callable[[np.ndarray], np.ndarray], p: np.ndarray, dp: np.ndarray) -> np.ndarray:
    h = 1e-6
    columns = [(run(p + h * d) - run(p - h * d)) / (2.0 * h) for d in np.moveaxis(dp, -1, 0)]
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("name", EVERY_OP)
def test_values_and_derivatives_of_every_operation(name: str) -> None:
    rng = np.random.default_rng(7)
    tape = Tape.compile([EVERY_OP[name]], POINTS)
    for _ in range(5):
        p, dp = rng.normal(size=(4, 3)), rng.normal(size=(4, 3, 6))
        values, jacobian = tape.differentiate(p, dp)
        np.testing.assert_allclose(values, values_of(EVERY_OP[name], p), atol=1e-12)
        np.testing.assert_allclose(values, tape.evaluate(p), atol=0.0)
        np.testing.assert_allclose(jacobian, differences(tape.evaluate, p, dp), atol=2e-7, rtol=1e-6)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.integers(0, 2**31))
def test_random_expressions_agree_with_the_interpreter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    roots = [random_scalar(rng, 3), random_vector(rng, 3)]
    tape = Tape.compile(roots, POINTS)
    p, dp = rng.normal(size=(5, 4, 3)), rng.normal(size=(5, 4, 3, 7))
    values, jacobians = tape.differentiate_batch(p, dp)
    np.testing.assert_array_equal(values, tape.evaluate_batch(p))
    for row in range(5):
        expected = np.concatenate([values_of(root, p[row]) for root in roots])
        np.testing.assert_allclose(values[row], expected, atol=1e-9, rtol=1e-9)
        single, jacobian = tape.differentiate(p[row], dp[row])
        np.testing.assert_array_equal(single, values[row])
        np.testing.assert_array_equal(jacobian, jacobians[row])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**31))
def test_random_derivatives_agree_along_a_line(seed: int) -> None:
    """The directional derivative is the mean slope of a short piece, kinks aside."""
    rng = np.random.default_rng(seed)
    tape = Tape.compile([random_scalar(rng, 3)], POINTS)
    p, dp = rng.normal(size=(4, 3)), rng.normal(size=(4, 3, 1))
    exact = tape.differentiate(p, dp)[1]
    slopes = [differences(lambda x: tape.evaluate(x), p + s * dp[..., 0], dp) for s in (-2e-6, 0.0, 2e-6)]
    spread = max(abs(slopes[0] - slopes[1]).max(), abs(slopes[2] - slopes[1]).max())
    assert abs(exact - slopes[1]).max() <= 1e-5 * (1.0 + abs(exact).max()) + 2.0 * spread


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ((0, 0, 1), 0.0),
        ((0, 0, -2), math.pi),
        ((3, 0, 0), math.pi / 2),
        ((1, 0, 1), math.pi / 4),
        ((0, 1, -1), 3 * math.pi / 4),
    ],
)
def test_tilt_knows_up_from_down(direction: tuple[float, ...], expected: float) -> None:
    p = np.array([[0.3, 0.2, 0.1], np.add([0.3, 0.2, 0.1], direction)])
    tape = Tape.compile([ex.tilt(A, B), ex.angle(B - A, ex.constant((0.0, 0.0, 5.0)))], POINTS[:2])
    np.testing.assert_allclose(tape.evaluate(p), expected, atol=1e-12)


def test_tilt_is_exact_close_to_upright() -> None:
    """An arccos would lose half the digits here."""
    tape = Tape.compile([ex.tilt(A, B)], POINTS[:2])
    assert tape.evaluate(np.array([[0.0, 0.0, 0.0], [1e-9, 0.0, 1.0]]))[0] == pytest.approx(1e-9, rel=1e-9)


@pytest.mark.parametrize(
    "node", [ex.tilt(A, B), ex.norm(ex.xy(B - A)), ex.angle(B - A, ex.constant((0.0, 0.0, 1.0)))]
)
def test_a_zero_length_still_shows_a_way(node: Expression) -> None:
    p = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 0.1]])
    dp = np.zeros((2, 3, 2))
    dp[1, 0, 0] = dp[1, 1, 1] = 1.0
    value, jacobian = Tape.compile([node], POINTS[:2]).differentiate(p, dp)
    assert value[0] == 0.0
    assert np.isfinite(jacobian).all() and abs(jacobian).max() > 0.5


def test_what_is_not_a_number_is_not_hidden() -> None:
    nodes = [ex.binary("min", ex.height(A), 1.0), ex.binary("max", ex.height(A), 1.0), ex.norm(A)]
    nodes += [ex.binary("min", 1.0, Z), ex.unary("sqrt", Z), ex.unary("abs", Z)]
    nodes += [ex.tilt(A, B), ex.unary("arccos", Z)]
    p = np.array([[0.0, 0.0, np.nan], [1.0, 1.0, 1.0]])
    assert np.isnan(Tape.compile(nodes, POINTS[:2]).evaluate(p)).all()


def test_equal_parts_are_computed_once() -> None:
    once = Tape.compile([ex.norm(A - B)])
    twice = Tape.compile([ex.norm(A - B), ex.norm(A - B) * ex.norm(A - B)])
    assert twice.code.size == once.code.size + 1


def test_constants_are_folded() -> None:
    node = (ex.constant((1.0, 2.0, 3.0), "m") - 1.0) * 2.0
    assert ex.numbers_of(node) == (0.0, 2.0, 4.0)
    assert node.unit == "m"
    assert ex.unary("cos", 0.0).value == 1.0


def test_no_points_and_a_given_order() -> None:
    assert Tape.compile([ex.constant(3.0)]).evaluate(np.empty((0, 3))) == [3.0]
    assert Tape.compile([A - C]).points == (POINTS[0], POINTS[2])
    assert Tape.compile([C], POINTS).points == POINTS
    with pytest.raises(ValueError, match="expected positions"):
        Tape.compile([A]).evaluate(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="expected derivatives"):
        Tape.compile([A]).differentiate(np.zeros((1, 3)), np.zeros((2, 3, 1)))


def test_units_follow_the_arithmetic() -> None:
    metre, angle = ex.constant(1.0, "m"), ex.constant(1.0, "rad")
    assert ex.norm(A - B).unit == "m"
    assert (metre / metre).unit == "ratio"
    assert (2.0 * angle).unit == "rad"
    assert (metre * metre).unit == "other"
    assert ex.dot(ex.direction(A, B), C).unit == "m"
    with pytest.raises(ExpressionError, match="a length and an angle"):
        ex.binary("add", metre, angle)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: A + ex.xy(B),
        lambda: ex.height(ex.xy(A)),
        lambda: ex.norm(ex.height(A)),
        lambda: ex.index(A, 3),
        lambda: A / 0.0,
        lambda: ex.constant(math.inf),
        lambda: ex.vec([A]),
        lambda: ex.mean([]),
        lambda: ex.dot(A, ex.xy(B)),
        lambda: ex.unary("sin", ex.height(A)),
        lambda: ex.unary("arccos", ex.height(A)),
        lambda: ex.at_time(ex.at_time(A, "start"), "origin"),
    ],
)
def test_what_does_not_fit_is_refused(wrong: Callable[[], Expression]) -> None:
    with pytest.raises(ExpressionError):
        wrong()


def test_at_time_moves_every_point() -> None:
    before = ex.points_of([ex.at_time(ex.norm(A - B), "start")])
    assert before == tuple(PointRef(thing="cup", part=f"k{i}", when="start") for i in range(2))
