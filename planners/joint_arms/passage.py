"""Where several arms may go between contacts, and the sweep that keeps what holds on the way."""

from dataclasses import dataclass

import numpy as np
from pydrake.common.eigen_geometry import AngleAxis
from pydrake.math import RigidTransform, RotationMatrix

from ...core.arrays import Float64
from ..reach import JUMP, reach, rotation_error
from .problem import ArmsProblem

SWEEP_LENGTH, SWEEP_ANGLE, SWEEP_JOINTS = 0.02, 0.06, 0.1
"""Largest step of a sweep: of a tool, [m] and [rad], and of a joint, [rad]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmsPassage:
    """The allowed configurations of all arms between contacts.

    Attributes:
        problem: Whose room, relations and joined hands count.
        required: Distance to keep, [m].
        broken: Violation of a row that is allowed, in its unit.
    """

    problem: ArmsProblem
    required: float
    broken: float

    @property
    def lower(self) -> Float64:
        """Least joint positions, shape (n,), [rad]."""
        return self.problem.lower

    @property
    def upper(self) -> Float64:
        """Largest joint positions, shape (n,), [rad]."""
        return self.problem.upper

    @property
    def constrained(self) -> bool:
        """Whether something holds on the way."""
        return self.problem.constrained

    def slack(self, Q: Float64) -> Float64:
        """Give how far configurations are from being forbidden, (N, n) to (N,)."""
        slack = self.problem.room.clearance(Q) - self.required
        if self.constrained:
            slack = np.minimum(slack, self.broken - self.problem.broken_along(Q))
        return slack

    def project(self, q: Float64) -> Float64 | None:
        """Put a configuration onto what holds on the way by Gauss-Newton steps; None where that fails."""
        problem = self.problem
        free = problem.upper > problem.lower
        for _ in range(12):
            R, p = (array[0] for array in problem.group.tool_poses(q[None]))
            J = problem.group.jacobians(q)
            found = [(*closure.differentiate(R, p, J), np.ones(6, bool)) for closure in problem.closures]
            if problem.along.relations:
                found.append((*problem.along.differentiate(R, p, J), problem.along.equal))
            r, slope = np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found])
            equal = np.concatenate([one[2] for one in found])
            active = equal | (r > 0.0)
            if np.abs(r[active]).max(initial=0.0) < 0.2 * self.broken:
                return q
            wanted = np.where(equal, r, r + 0.5 * self.broken)[active]
            step = np.zeros_like(q)
            step[free] = np.linalg.lstsq(slope[active][:, free], -wanted, rcond=1e-6)[0]
            size = float(np.linalg.norm(step))
            q = np.clip(q + step * min(1.0, 0.3 / max(size, 1e-9)), self.lower, self.upper)
        return None


def sweep(problem: ArmsProblem, start: Float64, end: Float64, finer: float = 1.0) -> Float64 | None:
    """Move every tool evenly from one pose to another; hands that one thing joins go with that thing.

    What is level at both ends stays level where the two poses differ by a turn about the vertical.

    Args:
        problem: The arms and what joins them.
        start: First joint positions, shape (n,), [rad].
        end: Last joint positions, shape (n,), [rad].
        finer: How many times finer than usual the steps are.

    Returns:
        Joint positions on the way, both ends included, shape (N, n), or None where the arms cannot follow.
    """
    group = problem.group
    follows = {group.names[one.second]: one for one in problem.closures}
    leads = {group.names[one.first] for one in problem.closures}
    moves: dict[str, tuple[RigidTransform, RigidTransform, RigidTransform]] = {}
    count = 4
    for name, columns in group.joints.items():
        if name in follows:
            continue
        X_GO = RigidTransform()
        held = problem.situation.hands[name].held
        if name in leads and held is not None:
            X_GO = held.X_GO
        kinematics = group.arms[name]
        X_WA, X_WB = (kinematics.tool_pose(q[columns]) @ X_GO for q in (start, end))
        moves[name] = (X_WA, X_WB, X_GO.inverse())
        far = float(np.linalg.norm(X_WB.translation() - X_WA.translation()))
        angle = float(np.linalg.norm(rotation_error(X_WA.rotation().matrix(), X_WB.rotation().matrix())))
        count = max(count, int(np.ceil(finer * max(far / SWEEP_LENGTH, angle / SWEEP_ANGLE))) + 1)
    count = max(count, int(np.ceil(finer * np.abs(end - start).max() / SWEEP_JOINTS)) + 1)
    swept = [start]
    for share in np.linspace(0.0, 1.0, count)[1:-1]:
        targets = {name: _between(*move[:2], share) @ move[2] for name, move in moves.items()}
        for name, closure in follows.items():
            targets[name] = targets[group.names[closure.first]] @ closure.X_GH
        q = np.array(swept[-1])
        for name, columns in group.joints.items():
            if np.array_equal(start[columns], end[columns]) and name not in follows:
                continue
            wish = start[columns] + share * (end - start)[columns]
            found = reach(
                group.arms[name],
                targets[name],
                q[columns],
                problem.lower[columns],
                problem.upper[columns],
                wish,
            )
            if found is None or np.abs(found - q[columns]).max() > JUMP:
                return None
            q[columns] = found
        swept.append(q)
    if np.abs(end - swept[-1]).max() > JUMP:
        return None
    return np.array([*swept, end])


def _between(X_WA: RigidTransform, X_WB: RigidTransform, share: float) -> RigidTransform:
    """Give the pose a share of the way from one to another, turned by the shortest way."""
    turn = rotation_error(X_WA.rotation().matrix(), X_WB.rotation().matrix())
    angle = float(np.linalg.norm(turn))
    axis = turn / angle if angle > 1e-9 else np.array([0.0, 0.0, 1.0])
    return RigidTransform(
        RotationMatrix(AngleAxis(share * angle, axis)) @ X_WA.rotation(),
        (1.0 - share) * X_WA.translation() + share * X_WB.translation(),
    )
