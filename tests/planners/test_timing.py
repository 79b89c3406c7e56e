"""Timing against closed forms, and the limits on random paths."""

import numpy as np
import pytest
from handsel.core.arrays import Float64
from handsel.core.trajectory import JointTrajectory
from handsel.planners.curve import smooth
from handsel.planners.timing import OVERSHOOT, Limits, strains, time_path
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


TURNING_BACK = [
    [0.25, -0.116, 0.819, -1.968, -0.746, 1.264, 0.494],
    [0.202, -0.143, 0.815, -1.98, -0.575, 1.332, 0.538],
    [0.104, -0.165, 0.742, -2.042, -0.367, 1.344, 0.562],
    [0.006, -0.187, 0.668, -2.104, -0.159, 1.355, 0.586],
    [-0.092, -0.208, 0.595, -2.166, 0.049, 1.367, 0.609],
    [-0.191, -0.23, 0.521, -2.228, 0.257, 1.379, 0.633],
    [-0.289, -0.252, 0.447, -2.29, 0.465, 1.39, 0.657],
    [-0.387, -0.274, 0.374, -2.352, 0.673, 1.402, 0.681],
    [-0.441, -0.272, 0.31, -2.418, 0.899, 1.461, 0.712],
    [-0.494, -0.271, 0.247, -2.484, 1.124, 1.52, 0.744],
    [-0.548, -0.269, 0.184, -2.55, 1.35, 1.579, 0.775],
    [-0.601, -0.268, 0.12, -2.616, 1.575, 1.638, 0.807],
    [-0.655, -0.267, 0.057, -2.681, 1.801, 1.697, 0.838],
    [-0.614, -0.22, 0.022, -2.745, 2.03, 1.841, 0.881],
    [-0.573, -0.174, -0.012, -2.81, 2.259, 1.984, 0.923],
    [-0.527, -0.143, 0.007, -2.816, 2.335, 2.07, 0.955],
    [-0.437, -0.072, 0.057, -2.833, 2.465, 2.285, 1.008],
    [-0.435, -0.067, 0.061, -2.835, 2.464, 2.3, 1.008],
    [-0.463, -0.052, 0.009, -2.89, 2.617, 2.344, 1.025],
]


def test_a_joint_that_turns_back_does_not_stall_the_path() -> None:
    """The speed fell to nothing between two grid points: a motion of ten weeks, and memory for its knots."""
    control = np.array(TURNING_BACK)
    knots = np.concatenate([np.zeros(3), np.linspace(0.0, 1.0, len(control) - 2), np.ones(3)])
    limits = Limits(
        velocity=np.array([1.0875] * 4 + [1.305] * 3),
        acceleration=np.array([5.25, 2.625, 3.5, 4.375, 5.25, 7.0, 7.0]),
        jerk=np.array([6000.0, 3000.0, 4000.0, 5000.0, 6000.0, 8000.0, 8000.0]),
    )
    motion, _ = time_path(
        BSpline(knots, control, 3),
        limits,
        arm="arm",
        joint_names=tuple("abcdefg"),
        grid=np.linspace(0.0, 1.0, 65),
        path_speed=np.full(65, np.inf),
        knot_step=0.03,
    )
    acceleration, jerk = strains(motion)
    assert 1.0 < motion.duration < 5.0
    assert (acceleration <= OVERSHOOT * limits.acceleration * (1.0 + 1e-9)).all()
    assert limits.jerk is not None
    assert (jerk <= limits.jerk).all()
