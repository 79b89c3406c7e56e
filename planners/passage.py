"""The configurations that are allowed between contacts, and what stands in the way of the straight edge."""

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Float64
from ..robots.kinematics import Kinematics
from .facing import ARM, Facing
from .path import between
from .problem import Rules
from .room import Room


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passage:
    """The allowed configurations between contacts.

    Attributes:
        room: Free space.
        along: Relations throughout.
        kinematics: The arm.
        required: Distance to keep, [m].
        broken: Violation of a relation that is allowed, in the row's unit.
        lower: Least joint positions, shape (n,), [rad].
        upper: Largest joint positions, shape (n,), [rad].
        facing: What ``face`` asks of the hand, or None.
    """

    room: Room
    along: Rules
    kinematics: Kinematics
    required: float
    broken: float
    lower: Float64
    upper: Float64
    facing: Facing | None = None

    @property
    def constrained(self) -> bool:
        """Whether relations hold on the way, or the hand has to face something."""
        return bool(self.along.relations) or self.facing is not None

    def slack(self, Q: Float64) -> Float64:
        """Give how far configurations are from being forbidden, (N, n) to (N,)."""
        slack = self.room.clearance(Q) - self.required
        if not self.constrained:
            return slack
        R, p = self.kinematics.tool_poses(Q)
        if self.along.relations:
            slack = np.minimum(slack, self.broken - self.along.violation(R, p).max(axis=1))
        if self.facing is not None:
            slack = np.minimum(slack, -ARM * self.facing.excess(R, p))
        return slack

    def project(self, q: Float64) -> Float64 | None:
        """Put a configuration onto the relations, and the hand to where it faces, by Gauss-Newton steps."""
        for _ in range(12):
            R, p = (array[0] for array in self.kinematics.tool_poses(q[None]))
            J_WG = self.kinematics.jacobian(q)
            wanted, J = self._to_hold(R, p, J_WG)
            turn, J_turn = self._to_face(R, p, J_WG)
            if not len(wanted) and not len(turn):
                return q
            step = np.linalg.lstsq(np.concatenate([J, J_turn]), np.concatenate([-wanted, turn]), rcond=1e-6)[
                0
            ]
            size = float(np.linalg.norm(step))
            q = np.clip(q + step * min(1.0, 0.3 / max(size, 1e-9)), self.lower, self.upper)
        return None

    def _to_hold(self, R_WG: Float64, p_WG: Float64, J_WG: Float64) -> tuple[Float64, Float64]:
        """Give what is left of the relations' rows and their Jacobian; no rows where all hold."""
        if not self.along.relations:
            return np.zeros(0), np.zeros((0, J_WG.shape[1]))
        r, J = self.along.differentiate(R_WG, p_WG, J_WG)
        active = self.along.equal | (r > 0.0)
        if np.abs(r[active]).max(initial=0.0) < 0.2 * self.broken:
            return np.zeros(0), np.zeros((0, J_WG.shape[1]))
        return np.where(self.along.equal, r, r + 0.5 * self.broken)[active], J[active]

    def _to_face(self, R_WG: Float64, p_WG: Float64, J_WG: Float64) -> tuple[Float64, Float64]:
        """Give the turn left to where the hand has to face and its Jacobian; no rows where it does."""
        none = np.zeros(0), np.zeros((0, J_WG.shape[1]))
        if self.facing is None or self.facing.excess(R_WG[None], p_WG[None])[0] <= 0.0:
            return none
        z = R_WG[:, 2]
        aim = self.facing.maps.rotation(p_WG[None])[0].astype(np.float64)
        axis = np.cross(z, aim)
        sine = float(np.linalg.norm(axis))
        # Straight away from it any turn will do.
        axis = axis / sine if sine > 1e-6 else R_WG[:, 0]
        turn: Float64 = np.asarray(axis * float(np.arctan2(sine, z @ aim)), np.float64)
        # The turn about the approach direction itself is free.
        return turn, J_WG[:3] - np.outer(z, z @ J_WG[:3])

    def between_ends(self, start: Float64, end: Float64) -> str:
        """Say what the straight edge meets most, or which relation it breaks by how much."""
        samples = between(start, end)
        kept = " and ".join(f"line {one.line}, {one.text}" for one in self.along.relations)
        clearance = self.room.clearance(samples)
        worst = int(np.argmin(clearance))
        if clearance[worst] < self.required:
            room, pair = self.room.nearest(samples[worst])
            meets = f"overlap by {-1000 * room:.0f} mm" if room < 0.0 else f"are {1000 * room:.0f} mm apart"
            text = f"straight across, {pair} {meets}"
            return f"{text}, and no way round was found that keeps {kept}" if self.constrained else text
        R, p = self.kinematics.tool_poses(samples)
        if self.facing is not None and (off := float(self.facing.excess(R, p).max())) > 0.0:
            away = f"{np.degrees(off):.0f} degrees"
            return f"straight across, the hand is {away} farther off what it is to face than it may be"
        if not self.along.relations:
            return "the arm can follow none of them"
        broken = self.along.violation(*self.kinematics.tool_poses(samples)).max(axis=0)
        row = int(np.argmax(broken))
        relation = self.along.relations[self.along.residuals.rows[row].relation]
        by = f"{np.degrees(broken[row]):.1f} degrees" if self.along.angular[row] else f"{broken[row]:.3g}"
        return f"straight across, line {relation.line}, {relation.text}, is broken by {by}"
