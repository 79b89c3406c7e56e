"""Relations over points that different hands carry, and hands that one thing joins, as rows."""

from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...robots.arm_group import ArmGroup
from ..lift import Residuals, lift, points_in
from ..program import PointRef, Relation
from .situation import ArmsSituation

STANDS = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CarriedPoints:
    """Positions of the points that relations speak of, as functions of the tools' poses.

    Attributes:
        refs: The points, in order.
        carrier: Number of the arm that carries each, ``STANDS`` for none, shape (P,).
        place: p_W of those that stand still, p_G of those that move, shape (P, 3), [m].
    """

    refs: tuple[PointRef, ...]
    carrier: np.ndarray
    place: Float64

    def at(self, R_WG: Float64, p_WG: Float64) -> Float64:
        """Give the positions at tool poses (N, A, 3, 3) and (N, A, 3): (N, P, 3), [m]."""
        R, p = R_WG[:, self.carrier], p_WG[:, self.carrier]
        carried = np.einsum("npij,pj->npi", R, self.place) + p
        return np.where((self.carrier != STANDS)[:, None], carried, self.place)

    def slopes(self, R_WG: Float64, J: Float64) -> Float64:
        """Give the derivative of the positions by all joints.

        Args:
            R_WG: Rotations of the tools, shape (A, 3, 3).
            J: Their spatial Jacobians, angular rows first, shape (A, 6, n).

        Returns:
            Shape (P, 3, n), [m/rad].
        """
        lever = np.einsum("pij,pj->pi", R_WG[self.carrier], self.place)
        turn, slide = J[self.carrier, :3], J[self.carrier, 3:]
        by_turn = np.cross(turn, lever[:, :, None], axis=1)
        return (slide + by_turn) * (self.carrier != STANDS)[:, None, None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ArmRules:
    """Relations over bound points: residuals of the joint positions of all arms.

    Attributes:
        relations: What has to hold.
        residuals: The same as rows.
        points: The points they speak of.
        equal: Which rows have to be 0, shape (m,); the others at most 0.
        angular: Which rows are angles, shape (m,).
    """

    relations: tuple[Relation, ...]
    residuals: Residuals
    points: CarriedPoints
    equal: np.ndarray
    angular: np.ndarray

    def violation(self, R_WG: Float64, p_WG: Float64) -> Float64:
        """Give by how much each row is broken at tool poses (N, A, ...): (N, m), 0 where it holds."""
        r = self.residuals.evaluate_batch(self.points.at(R_WG, p_WG))
        return np.where(self.equal, np.abs(r), np.maximum(r, 0.0))

    def differentiate(self, R_WG: Float64, p_WG: Float64, J: Float64) -> tuple[Float64, Float64]:
        """Give the rows (m,) and their Jacobian (m, n) at tool poses (A, ...)."""
        places = self.points.at(R_WG[None], p_WG[None])[0]
        return self.residuals.differentiate(places, self.points.slopes(R_WG, J))


def bind_arms(relations: tuple[Relation, ...], situation: ArmsSituation, group: ArmGroup) -> ArmRules:
    """Tie relations to what each hand holds and to what stands still.

    Raises:
        UnknownName: If a relation speaks of what the scene does not have.
    """
    refs = points_in(relations)
    carrier, place = [], []
    for ref in refs:
        hand, p = _carried(ref, situation)
        carrier.append(STANDS if hand is None else group.names.index(hand))
        place.append(p)
    residuals = lift(relations, refs)
    return ArmRules(
        relations=relations,
        residuals=residuals,
        points=CarriedPoints(
            refs=refs, carrier=np.array(carrier, dtype=np.int64), place=np.array(place).reshape(-1, 3)
        ),
        equal=np.array([row.kind == "eq" for row in residuals.rows], dtype=bool),
        angular=np.array([relations[row.relation].left.unit == "rad" for row in residuals.rows], dtype=bool),
    )


def _carried(ref: PointRef, situation: ArmsSituation) -> tuple[str | None, Float64]:
    """Say which hand carries a point, and where in it; None and the world where it stands still."""
    if ref.when == "now" and ref.thing is None:
        return ref.part, np.zeros(3)
    holders = situation.holders(ref.thing) if ref.thing is not None and ref.when == "now" else ()
    if holders:
        held = situation.hands[holders[0]].held
        assert held is not None, "a holder holds"
        if ref.part in held.points:
            return holders[0], held.points[ref.part]
    return None, situation.point(ref)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Closure:
    """Two hands that one thing joins: six rows that are 0 where their relative pose is kept.

    Attributes:
        first: Number of the arm that the thing moves with.
        second: Number of the other.
        X_GH: Pose of the second's tool in the first's.
    """

    first: int
    second: int
    X_GH: RigidTransform

    def violation(self, R_WG: Float64, p_WG: Float64) -> Float64:
        """Give by how much each row is broken at tool poses (N, A, ...): (N, 6)."""
        K, p = self._wanted(R_WG, p_WG)
        turn = np.cross(R_WG[:, self.second], K, axis=1).sum(axis=2) / 2.0
        return np.abs(np.concatenate([turn, p_WG[:, self.second] - p], axis=1))

    def differentiate(self, R_WG: Float64, p_WG: Float64, J: Float64) -> tuple[Float64, Float64]:
        """Give the rows (6,) and their Jacobian (6, n) at tool poses (A, ...)."""
        K, p = (array[0] for array in self._wanted(R_WG[None], p_WG[None]))
        return pose_rows(
            (R_WG[self.second], p_WG[self.second], J[self.second]),
            (K, p, _at_lever(J[self.first], p - p_WG[self.first])),
        )

    def _wanted(self, R_WG: Float64, p_WG: Float64) -> tuple[Float64, Float64]:
        """Give the pose of the second tool that the first one's asks for, (N, 3, 3) and (N, 3)."""
        R, p = R_WG[:, self.first], p_WG[:, self.first]
        return R @ self.X_GH.rotation().matrix(), p + R @ self.X_GH.translation()


def _at_lever(J: Float64, lever_W: Float64) -> Float64:
    """Give the Jacobian of a frame that moves with another one, away from it by a lever."""
    return np.concatenate([J[:3], J[3:] + np.cross(J[:3], lever_W[:, None], axis=0)])


Frame = tuple[Float64, Float64, Float64]
"""Rotation (3, 3), position (3,) and spatial Jacobian (6, n)."""


def pose_rows(one: Frame, other: Frame) -> tuple[Float64, Float64]:
    """Half the sum of the axes' cross products, and the offset: zero where two frames are the same.

    Returns:
        Shape (6,) and the Jacobian, shape (6, n).
    """
    (R, p, J), (K, k, H) = one, other
    turn = np.cross(R, K, axis=0).sum(axis=1) / 2.0
    # d(r x k) = (w x r) x k + r x (v x k), each = matrix times w or v, summed over the axes.
    by_one = (R @ K.T - np.trace(R.T @ K) * np.eye(3)) / 2.0
    by_other = (np.trace(R.T @ K) * np.eye(3) - K @ R.T) / 2.0
    return (
        np.concatenate([turn, p - k]),
        np.concatenate([by_one @ J[:3] + by_other @ H[:3], J[3:] - H[3:]]),
    )
