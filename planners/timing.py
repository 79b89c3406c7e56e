"""Time along a path: as fast as joint and tool limits allow, at rest at both ends.

The method is reachability analysis in the plane of path speed and path
acceleration (Pham and Pham, "A new approach to time-optimal path
parameterization based on reachability analysis", 2018): a backward pass finds
the speeds from which the end can still be reached, a forward pass takes the
greatest of them.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import BSpline

from ..core.arrays import Float64
from ..core.trajectory import JointTrajectory
from ..robots.compiled import compiled

TINY = 1e-9
OVERSHOOT = 1.4
"""How much of the acceleration limit the cubic between two knots may use: the limit is a share of the arm's,
and the path's own acceleration, which the limit is kept for, changes between them."""
STALL = 0.25
"""Least share of its squared speed that a path keeps from one grid point to the next, but where it brakes: a
joint that turns back may force so much braking that it all but stands still between two points, for hours."""
REFITS = 5
SLOWEST = 0.7
"""Least factor by which a stretch is slowed down at once, so that no more is lost than has to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a motion keeps, each shape (n,): [rad/s], [rad/s^2] and, unless None, [rad/s^3]."""

    velocity: Float64
    acceleration: Float64
    jerk: Float64 | None = None


def strains(trajectory: JointTrajectory) -> tuple[Float64, Float64]:
    """Give the executed curve's largest acceleration and jerk between knots.

    A cubic's jerk is constant between knots; where its acceleration jumps at a
    knot, the jump counts as if it took the time from there to the next knot.

    Returns:
        [rad/s^2] and [rad/s^3], each shape (N - 1, n), never negative.
    """
    h = np.diff(trajectory.times)[:, None]
    rise, v0, v1 = np.diff(trajectory.q, axis=0), trajectory.v[:-1], trajectory.v[1:]
    first = (6.0 * rise / h - 4.0 * v0 - 2.0 * v1) / h
    last = (-6.0 * rise / h + 2.0 * v0 + 4.0 * v1) / h
    rest = np.zeros((1, rise.shape[1]))
    before, after = np.concatenate([rest, last[:-1]]), np.concatenate([first[1:], rest])
    jump = np.maximum(np.abs(first - before), np.abs(after - last))
    return np.maximum(np.abs(first), np.abs(last)), np.maximum(np.abs(last - first), jump) / h


@compiled
def _accelerations(x: float, dq: np.ndarray, ddq: np.ndarray, a_max: np.ndarray) -> tuple[float, float]:
    """Give least and largest path acceleration at squared path speed x; empty when least > largest."""
    low, high = -1e12, 1e12
    for i in range(dq.shape[0]):
        rest = ddq[i] * x
        if abs(dq[i]) < TINY:
            if abs(rest) > a_max[i] * (1.0 + 1e-9):
                return 1.0, -1.0
            continue
        one, two = (a_max[i] - rest) / dq[i], (-a_max[i] - rest) / dq[i]
        low, high = max(low, min(one, two)), min(high, max(one, two))
    return low, high


@compiled
def _profile(
    step: np.ndarray, dq: np.ndarray, ddq: np.ndarray, ceiling: np.ndarray, a_max: np.ndarray
) -> np.ndarray:
    """Squared path speed at each grid point, from rest to rest."""
    count = ceiling.shape[0]
    reach = np.zeros(count)
    for i in range(count - 2, -1, -1):
        low, high = 0.0, ceiling[i]
        for _ in range(60):
            middle = 0.5 * (low + high) if _ > 0 else high
            least, largest = _accelerations(middle, dq[i], ddq[i], a_max)
            # A state counts when some allowed acceleration ends between nearly stalling and the next reach.
            slowest = middle + 2.0 * step[i] * least
            fastest = middle + 2.0 * step[i] * largest
            stall = STALL * min(middle, reach[i + 1])
            if least <= largest and slowest <= reach[i + 1] and fastest >= stall:
                low = middle
                if _ == 0:
                    break
            else:
                high = middle
        reach[i] = low
    speed = np.zeros(count)
    for i in range(count - 1):
        _least, largest = _accelerations(speed[i], dq[i], ddq[i], a_max)
        speed[i + 1] = max(0.0, min(speed[i] + 2.0 * step[i] * largest, reach[i + 1]))
    return speed


def time_path(
    path: BSpline,
    limits: Limits,
    *,
    arm: str,
    joint_names: tuple[str, ...],
    grid: Float64,
    path_speed: Float64,
    knot_step: float,
) -> tuple[JointTrajectory, Float64]:
    """Run along a path as fast as the limits allow.

    Args:
        path: The path, twice continuously differentiable, over ``[grid[0], grid[-1]]``.
        limits: Joint limits.
        arm: The arm that moves.
        joint_names: Names of its joints.
        grid: Path parameters at which limits are kept, increasing, shape (G,).
        path_speed: Largest path speed at each grid point, from tool limits; inf where free, shape (G,).
        knot_step: Largest time between knots of the result, [s].

    Returns:
        The timed curve, at rest at both ends, its knots exactly on the path; and the path
        parameter of each knot. Where the cubic between two knots would break a limit by
        much, the path is run more slowly there, and what is left is taken off the whole.
    """
    dq, ddq = path(grid, 1), path(grid, 2)
    with np.errstate(divide="ignore"):
        fastest = np.min(limits.velocity / np.maximum(np.abs(dq), TINY), axis=1)
        # A joint that turns back here has only its curvature to keep.
        turning = np.abs(dq) < TINY
        bend = np.min(
            np.where(turning, np.sqrt(limits.acceleration / np.maximum(np.abs(ddq), TINY)), np.inf), axis=1
        )
    ceiling = np.minimum(np.minimum(fastest, path_speed), bend)
    turn = 0
    while True:
        x = _profile(np.diff(grid), dq, ddq, ceiling**2, limits.acceleration)
        trajectory, s = _resampled(path, grid, x, arm, joint_names, knot_step)
        factor = _factors(trajectory, limits)
        if turn == REFITS or factor.min() >= 1.0:
            break
        turn += 1
        # What is slowed down is the stretch between two knots, and half of either neighbour.
        middle = (s[1:] + s[:-1]) / 2.0
        low, high = np.concatenate([s[:1], middle[:-1]]), np.concatenate([middle[1:], s[-1:]])
        rate = np.sqrt(x)
        begin, end = np.searchsorted(grid, low, side="right") - 1, np.searchsorted(grid, high) + 1
        for k in np.flatnonzero(factor < 1.0):
            inside = slice(begin[k], end[k])
            ceiling[inside] = np.minimum(ceiling[inside], max(factor[k], SLOWEST) * rate[inside].max())
    # A way of hardly any length takes a knot step: shorter motions cannot be followed.
    slower = max(1.0 / min(float(factor.min()), 1.0), knot_step / trajectory.duration)
    if slower > 1.0:
        trajectory = replace(trajectory, times=trajectory.times * slower, v=trajectory.v / slower)
    return trajectory, s


def _factors(trajectory: JointTrajectory, limits: Limits) -> Float64:
    """Give the factor of speed at which each stretch between knots would keep the limits, shape (N - 1,)."""
    acceleration, jerk = strains(trajectory)
    share = np.sqrt((acceleration / limits.acceleration).max(axis=1) / OVERSHOOT)
    if limits.jerk is not None:
        share = np.maximum(share, np.cbrt((jerk / limits.jerk).max(axis=1)))
    return 1.0 / np.maximum(share, 1e-3)


def _resampled(
    path: BSpline, grid: Float64, x: Float64, arm: str, joint_names: tuple[str, ...], knot_step: float
) -> tuple[JointTrajectory, Float64]:
    """Turn squared speeds on a grid into knots even in time, exact in position and velocity."""
    rate = np.sqrt(x)
    steps = np.diff(grid)
    pace = rate[1:] + rate[:-1]
    assert (pace > 0.0).all(), "the path has a point that cannot be left"
    times = np.concatenate([[0.0], np.cumsum(2.0 * steps / pace)])
    knots = np.linspace(0.0, times[-1], max(3, int(np.ceil(times[-1] / knot_step)) + 1))
    cell = np.clip(np.searchsorted(times, knots, side="right") - 1, 0, len(steps) - 1)
    u = (x[cell + 1] - x[cell]) / (2.0 * steps[cell])
    since = knots - times[cell]
    s = np.clip(grid[cell] + rate[cell] * since + 0.5 * u * since**2, grid[0], grid[-1])
    v = path(s, 1) * (rate[cell] + u * since)[:, None]
    v[0] = v[-1] = 0.0
    s[0], s[-1] = grid[0], grid[-1]
    return JointTrajectory(arm=arm, joint_names=joint_names, times=knots, q=path(s), v=v), s
