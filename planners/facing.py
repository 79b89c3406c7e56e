"""``face`` on the way: how far the hand's approach direction may be from what is said, and by how much it is.

What is said holds where it is said. A way may begin and end with the hand turned otherwise, as a grasp or
a goal wants it: there the hand turns over the first and the last ``TURN`` of the way.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from ..core.arrays import Float64
from ..robots.kinematics import Kinematics
from .value_maps.statements import Statements

FACING = 0.10
"""How far the approach direction of a planned way may be off, [rad]: six degrees look straight."""
CHECKED_FACING = 0.15
"""The same on the curve that is executed, which rounds the corners of the way, [rad]."""
TURN = 0.10
"""How far from an end that faces elsewhere the hand may still be turning, [m]."""
ARM = 0.1
"""How a way's excess counts beside a distance that lacks, [m/rad]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Facing:
    """What ``face`` asks of the hand between two ends of a way.

    Attributes:
        maps: What is said where.
        p_WE: Tool points of the ends, shape (2, 3), [m].
        off: How far each end is from what is said there, shape (2,), [rad].
    """

    maps: Statements
    p_WE: Float64
    off: Float64

    @classmethod
    def between(cls, maps: Statements, kinematics: Kinematics, q_one: Float64, q_two: Float64) -> Self:
        """Take two ends of a way.

        Args:
            maps: What is said where.
            kinematics: The arm.
            q_one: First configuration, shape (n,), [rad].
            q_two: Last configuration, shape (n,), [rad].
        """
        R, p = kinematics.tool_poses(np.array([q_one, q_two]))
        return cls(maps=maps, p_WE=p, off=np.nan_to_num(away(maps, R, p)))

    def allowed(self, p_WG: Float64, tolerance: float) -> Float64:
        """Give how far the hand may be off at tool points (N, 3), (N,), [rad]."""
        away_m = np.linalg.norm(p_WG[:, None] - self.p_WE, axis=2)
        # All that it is off over the first half of the turn, then ever less.
        share = np.clip(2.0 * (1.0 - away_m / TURN), 0.0, 1.0)
        return np.maximum(tolerance, ((self.off + tolerance) * share).max(axis=1))

    def excess(self, R_WG: Float64, p_WG: Float64, tolerance: float = FACING) -> Float64:
        """Give by how much tool poses (N, 3, 3), (N, 3) are farther off than allowed, (N,), [rad]."""
        off = away(self.maps, R_WG, p_WG)
        return np.where(np.isnan(off), -np.pi, off - self.allowed(p_WG, tolerance))


def away(maps: Statements, R_WG: Float64, p_WG: Float64) -> Float64:
    """Give the angle of the approach from what is said at tool poses, (N,), [rad]; NaN where nothing is."""
    wanted = maps.rotation(p_WG).astype(np.float64)
    return np.arccos(np.clip((R_WG[:, :, 2] * wanted).sum(axis=1), -1.0, 1.0))
