"""The configurations that are allowed between contacts, and what stands in the way of the straight edge."""

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Float64
from ..robots.kinematics import Kinematics
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
    """

    room: Room
    along: Rules
    kinematics: Kinematics
    required: float
    broken: float
    lower: Float64
    upper: Float64

    @property
    def constrained(self) -> bool:
        """Whether relations hold on the way."""
        return bool(self.along.relations)

    def slack(self, Q: Float64) -> Float64:
        """Give how far configurations are from being forbidden, (N, n) to (N,)."""
        slack = self.room.clearance(Q) - self.required
        if self.constrained:
            slack = np.minimum(
                slack, self.broken - self.along.violation(*self.kinematics.tool_poses(Q)).max(axis=1)
            )
        return slack

    def project(self, q: Float64) -> Float64 | None:
        """Put a configuration onto the relations by Gauss-Newton steps."""
        for _ in range(12):
            R, p = (array[0] for array in self.kinematics.tool_poses(q[None]))
            r, J = self.along.differentiate(R, p, self.kinematics.jacobian(q))
            active = self.along.equal | (r > 0.0)
            if np.abs(r[active]).max(initial=0.0) < 0.2 * self.broken:
                return q
            wanted = np.where(self.along.equal, r, r + 0.5 * self.broken)[active]
            step = np.linalg.lstsq(J[active], -wanted, rcond=1e-6)[0]
            size = float(np.linalg.norm(step))
            q = np.clip(q + step * min(1.0, 0.3 / max(size, 1e-9)), self.lower, self.upper)
        return None

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
        if not self.constrained:
            return "the arm can follow none of them"
        broken = self.along.violation(*self.kinematics.tool_poses(samples)).max(axis=0)
        row = int(np.argmax(broken))
        relation = self.along.relations[self.along.residuals.rows[row].relation]
        by = f"{np.degrees(broken[row]):.1f} degrees" if self.along.angular[row] else f"{broken[row]:.3g}"
        return f"straight across, line {relation.line}, {relation.text}, is broken by {by}"
