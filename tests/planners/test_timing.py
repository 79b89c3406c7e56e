"""Timing against closed forms, and the limits on random paths."""

import numpy as np
import pytest
from handsel.core.arrays import Float64
from handsel.core.trajectory import JointTrajectory
from handsel.planners.curve import smooth
from handsel.planners.timing import Limits, time_path
from scipy.interpolate import BSpline, CubicHermiteSpline

NAMES = ("a", "b", "c")


def run(
    path: BSpline, velocity: float, acceleration: float, speed: float = np.inf
) -> tuple[JointTrajectory, Float64]:
    grid = np.linspace(0.0, 1.0, 201)
    n = path.c.shape[1]
    limits = Limits(velocity=np.full(n, velocity), acceleration=np.full(n, acceleration))
    return time_path(
        path,
        limits,
        arm="arm",
        joint_names=NAMES[:n],
        grid=grid,
        path_speed=np.full(201, speed),
        knot_step=0.03,
    )


def line(length: float) -> BSpline:
    """One joint along a straight line, parameter proportional to the way."""
    return BSpline(np.r_[0, 0, 1, 1].astype(float), np.array([[0.0], [length]]), 1)


def cubic_line(length: float) -> BSpline:
    control = np.linspace(0.0, length, 4)[:, None]
    return BSpline(np.r_[[0.0] * 4, [1.0] * 4], control, 3)


@pytest.mark.parametrize(("length", "velocity", "acceleration"), [(0.1, 10.0, 2.0), (2.0, 0.5, 2.0)])
def test_a_straight_line_takes_the_bang_bang_time(
    length: float, velocity: float, acceleration: float
) -> None:
    trajectory, _ = run(cubic_line(length), velocity, acceleration)
    peak = np.sqrt(length * acceleration)
    best = (
        2.0 * np.sqrt(length / acceleration)
        if peak < velocity
        else length / velocity + velocity / acceleration
    )
    assert trajectory.duration == pytest.approx(best, rel=0.02)


def test_a_slow_tool_sets_the_pace() -> None:
    trajectory, _ = run(cubic_line(1.0), 10.0, 100.0, speed=0.2)
    assert trajectory.duration == pytest.approx(5.0, rel=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_limits_hold_on_the_executed_curve(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = np.cumsum(rng.normal(scale=0.4, size=(6, 3)), axis=0)
    path = smooth(points[:1], points, points[-1:], 0.2).spline
    trajectory, s = run(path, 1.0, 4.0)
    curve = CubicHermiteSpline(trajectory.times, trajectory.q, trajectory.v)
    t = np.linspace(0.0, trajectory.duration, 4000)
    assert np.abs(curve(t, 1)).max() <= 1.03
    # Where the acceleration jumps, the cubic between two knots overshoots; the limit is a share of the arm's.
    assert np.quantile(np.abs(curve(t, 2)), 0.99) <= 4.0 * 1.45
    np.testing.assert_allclose(trajectory.q, path(s), atol=1e-12)
    assert np.abs(trajectory.v[0]).max() == 0.0
    assert np.abs(trajectory.v[-1]).max() == 0.0
    # Between its knots the executed curve keeps to the planned one.
    dense = path(np.linspace(0.0, 1.0, 20001))
    off = [np.linalg.norm(dense - q, axis=1).min() for q in curve(t[::40])]
    assert max(off) < 2e-3


def test_the_fastest_joint_is_always_at_a_limit() -> None:
    rng = np.random.default_rng(3)
    points = np.cumsum(rng.normal(scale=0.5, size=(5, 3)), axis=0)
    path = smooth(points[:1], points, points[-1:], 0.3).spline
    trajectory, _ = run(path, 1.0, 4.0)
    curve = CubicHermiteSpline(trajectory.times, trajectory.q, trajectory.v)
    t = np.linspace(0.0, trajectory.duration, 2000)
    use = np.maximum(np.abs(curve(t, 1)).max(axis=1), np.abs(curve(t, 2)).max(axis=1) / 4.0)
    assert np.median(use) > 0.95
