"""A problem as numbers: its hard rows and its wishes at joint positions, each with the exact derivative.

Wishes are: move little, stay near a comfortable posture, keep level what is
level, stay away from the edge of what a relation allows.
"""

from typing import NamedTuple

import numpy as np

from ..core.arrays import Float64
from .problem import Problem, Rules

STAY, COMFORT, LEVEL, INSIDE = 0.15, 0.05, 4.0, 1000.0
INSIDE_LENGTH, INSIDE_ANGLE = 0.015, 0.05


class _Here(NamedTuple):
    """Everything at one point."""

    key: bytes
    R: Float64
    p: Float64
    J: Float64
    rules: list[tuple[Rules, Float64, Float64]]


class Evaluator:
    """A problem as functions of the joints; what rows and wishes share is computed once a point.

    Attributes:
        problem: The problem.
        margin: Distance from obstacles to keep, [m]; None where distances do not count.
    """

    def __init__(self, problem: Problem, margin: float | None = None):
        """Take a problem.

        Args:
            problem: The problem.
            margin: Distance from obstacles to keep, [m]; None where distances do not count.
        """
        self.problem = problem
        self.margin = margin
        self._here: _Here | None = None

    def _at(self, q: Float64) -> _Here:
        key = q.tobytes()
        if self._here is None or self._here.key != key:
            kin = self.problem.kinematics
            R, p = kin.tool_poses(q[None])
            J = kin.jacobian(q)
            active = [rules for rules in self.problem.rules if rules.relations]
            values = [(rules, *rules.differentiate(R[0], p[0], J)) for rules in active]
            self._here = _Here(key, R[0], p[0], J, values)
        return self._here

    def rows(self, q: Float64) -> tuple[Float64, Float64]:
        """Give the hard rows: relations, the wanted tool pose, distances; (m,) and their Jacobian (m, n)."""
        here = self._at(q)
        values, slopes = [r for _, r, _ in here.rules], [dr for _, _, dr in here.rules]
        if self.problem.X_WG is not None:
            r, dr = _pose_rows(self.problem, here)
            values.append(r)
            slopes.append(dr)
        if self.margin is not None:
            d, dd = self.problem.room.rows(q, self.problem.touching)
            values.append(d)
            slopes.append(dd)
        if not values:
            return np.empty(0), np.empty((0, len(q)))
        return np.concatenate(values), np.concatenate(slopes)

    def bounds(self, q: Float64) -> tuple[Float64, Float64]:
        """Give the lower and upper bounds of the rows, (m,) each."""
        low, high = [], []
        for rules in self.problem.rules:
            low.append(np.where(rules.equal, 0.0, -np.inf))
            high.append(np.zeros(len(rules.equal)))
        if self.problem.X_WG is not None:
            low.append(np.zeros(6))
            high.append(np.zeros(6))
        count = len(self.rows(q)[0]) - sum(map(len, low))
        low.append(np.full(count, self.margin or 0.0))
        high.append(np.full(count, np.inf))
        return np.concatenate(low), np.concatenate(high)

    def wishes(self, q: Float64) -> tuple[float, Float64]:
        """Give the cost of joint positions, and its gradient (n,)."""
        problem, here = self.problem, self._at(q)
        moved, away = q - problem.situation.q, q - problem.kinematics.model.q_home
        up = here.R @ problem.upright_G
        cost = 0.5 * STAY * float(moved @ moved) + 0.5 * COMFORT * float(away @ away)
        cost += LEVEL * (1.0 - float(up[2]))
        slope = STAY * moved + COMFORT * away - LEVEL * (here.J[0] * up[1] - here.J[1] * up[0])
        for rules, r, dr in here.rules:
            depth = np.where(rules.angular, INSIDE_ANGLE, INSIDE_LENGTH)
            weight = np.where(rules.equal, 0.0, INSIDE * (INSIDE_LENGTH / depth) ** 2)
            # Past its bound a row is the constraint's business; the wish stays bounded there.
            near = np.clip(r + depth, 0.0, 2.0 * depth)
            cost += 0.5 * float(weight @ near**2)
            slope = slope + (weight * near * (r < depth)) @ dr
        return cost, np.asarray(slope, dtype=np.float64)


def _pose_rows(problem: Problem, here: _Here) -> tuple[Float64, Float64]:
    """Half the sum of the axes' cross products, and the offset: zero at the wanted pose."""
    assert problem.X_WG is not None
    K = problem.X_WG.rotation().matrix()
    turn = np.cross(here.R, K, axisa=0, axisb=0).sum(axis=0) / 2.0
    # d(r x k) = (w x r) x k = r (w . k) - w (r . k), summed over the axes.
    by_turn = (here.R @ K.T - np.trace(here.R.T @ K) * np.eye(3)) / 2.0
    return (
        np.concatenate([turn, here.p - problem.X_WG.translation()]),
        np.concatenate([by_turn @ here.J[:3], here.J[3:]]),
    )
