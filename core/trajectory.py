"""The one form in which motion travels: a cubic curve in joint space, at rest at its end."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import Float64, frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class JointTrajectory:
    """A piecewise cubic curve through joint positions and velocities.

    The curve between knots is the cubic Hermite polynomial, so what is checked
    by a planner is, number for number, what a robot follows.

    Attributes:
        arm: The arm that moves.
        joint_names: Names of the joints, in the order of the columns.
        times: Knot times from 0, strictly increasing, shape (N,), [s].
        q: Joint positions at the knots, shape (N, n), [rad].
        v: Joint velocities at the knots, shape (N, n), [rad/s]; the last row is zero.
    """

    arm: str
    joint_names: tuple[str, ...]
    times: Float64
    q: Float64
    v: Float64

    def __post_init__(self) -> None:
        """Check shapes, order and the rest at the end; hold read-only copies."""
        n = len(self.joint_names)
        object.__setattr__(self, "times", frozen(self.times, (None,)))
        object.__setattr__(self, "q", frozen(self.q, (len(self.times), n)))
        object.__setattr__(self, "v", frozen(self.v, (len(self.times), n)))
        if not (np.isfinite(self.times).all() and np.isfinite(self.q).all() and np.isfinite(self.v).all()):
            raise ValueError("a trajectory holds only finite numbers")
        if len(self.times) < 2 or self.times[0] != 0.0 or (np.diff(self.times) <= 0.0).any():
            raise ValueError("a trajectory needs two or more knots, strictly increasing from time 0")
        if np.abs(self.v[-1]).max() > 1e-9:
            raise ValueError("a trajectory ends at rest")

    @property
    def duration(self) -> float:
        """Time from the first knot to the last, [s]."""
        return float(self.times[-1])

    def at(self, t: Float64 | float) -> tuple[Float64, Float64]:
        """Evaluate the curve; before its start and after its end it stands still.

        Args:
            t: Times since the start, scalar or shape (T,), [s].

        Returns:
            Positions and velocities, shape (n,) or (T, n), [rad] and [rad/s].
        """
        k, h, s = self._within(t)
        v0, a, b = self._cubic(k, h)
        q = self.q[k] + s * (v0 + s * (b + s * a))
        v = (v0 + s * (2.0 * b + s * 3.0 * a)) / h
        moving = (np.asarray(t) >= 0.0) & (np.asarray(t) < self.duration)
        return q, np.where(moving[..., None], v, 0.0)

    def position(self, t: Float64 | float) -> Float64:
        """Evaluate the curve's positions alone, as ``at`` does.

        Args:
            t: Times since the start, scalar or shape (T,), [s].

        Returns:
            Shape (n,) or (T, n), [rad].
        """
        k, h, s = self._within(t)
        v0, a, b = self._cubic(k, h)
        return self.q[k] + s * (v0 + s * (b + s * a))

    def _cubic(self, k: Any, h: Any) -> tuple[Float64, Float64, Float64]:
        """Give the factors of the cubic on [0, 1] with a knot's and the next one's values and slopes.

        They are those of the first, third and second power, for Horner's rule.
        """
        rise, v0, v1 = self.q[k + 1] - self.q[k], h * self.v[k], h * self.v[k + 1]
        return v0, v0 + v1 - 2.0 * rise, 3.0 * rise - 2.0 * v0 - v1

    def _within(self, t: Float64 | float) -> tuple[Any, Any, Any]:
        """Give the number of each time's knot, the time to the next, and the share of that which is over."""
        if np.ndim(t) == 0:
            # A loop asks for one time in every tick: arrays of one element would cost it five times as much.
            k = min(max(int(self.times.searchsorted(t, side="right")) - 1, 0), len(self.times) - 2)
            start, end = float(self.times[k]), float(self.times[k + 1])
            return k, end - start, min(max((float(t) - start) / (end - start), 0.0), 1.0)
        t = np.asarray(t, dtype=np.float64)
        k = np.clip(np.searchsorted(self.times, t, side="right") - 1, 0, len(self.times) - 2)
        h = (self.times[k + 1] - self.times[k])[..., None]
        return k, h, np.clip((t - self.times[k])[..., None] / h, 0.0, 1.0)

    def sampled(self, step: float) -> tuple[Float64, Float64]:
        """Sample the curve evenly, both ends included.

        Args:
            step: Largest time between samples, [s].

        Returns:
            Sample times (T,) and positions (T, n).
        """
        times = np.linspace(0.0, self.duration, max(2, int(np.ceil(self.duration / step)) + 1))
        return times, self.at(times)[0]
