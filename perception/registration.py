"""Fitting a thing's solids to points that cameras see now: robust, rigid, from a predicted pose.

Measured points are held against the signed distance of the thing's solids, which
is point-to-plane registration with the plane taken where the point is nearest
(Y. Chen, G. Medioni, "Object modelling by registration of multiple range
images", IVC 1992; on a distance field: A. Fitzgibbon, "Robust registration of
2D and 3D point sets", IVC 2003). Outliers weigh little (S. Geman, D. McClure,
1987). What the points do not determine stays where it was predicted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydrake.common.eigen_geometry import AngleAxis
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..robots.shapes import Shape, moved

NOISE = 0.003
"""Random error of a depth camera at about a metre, [m]: 2 to 3 mm by the model in ``sim/noise.py``."""
CORRELATED = 4.0
"""How many neighbouring pixels share one error: the matching window's area at half width."""
SCALES = (0.015, 0.006)
"""Distances at which a point begins to count as an outlier, coarse to fine, [m]."""
STEP = 5e-4
"""Half the base of the numerical gradient, [m]."""
ENOUGH = 1e-4
"""A step shorter than this ends the search, [m]; rotations count at 5 cm from the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """How far a pose may plausibly lie from the predicted one, standard deviations about O's axes.

    Attributes:
        shift: Along O's x and y, [m].
        lift: Along O's z, [m].
        tilt: About O's x and y, [rad].
        turn: About O's z, [rad]; 0 for what looks the same from all sides.
    """

    shift: float
    lift: float
    tilt: float
    turn: float

    def information(self) -> Float64:
        """Give the inverse variances of (rotation, translation), shape (6,)."""
        deviations = np.array([self.tilt, self.tilt, self.turn, self.shift, self.shift, self.lift])
        return 1.0 / np.maximum(deviations, 1e-6) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A fitted pose and how well it fits.

    Attributes:
        X_WO: The pose.
        rms: Root mean square distance of the inliers from the surface, [m].
        share: Share of the points that lie within the fine scale of the surface.
        cost: Mean of how little each point fits, from 0 on the surface to 1 far from it.
    """

    X_WO: RigidTransform
    rms: float
    share: float
    cost: float


def solids_of(shapes: Sequence[Shape], X_WO: RigidTransform) -> tuple[Shape, ...]:
    """Give a thing's solids in its own frame O.

    Args:
        shapes: The solids in the world.
        X_WO: Pose of the thing.
    """
    X_OW = X_WO.inverse()
    return tuple(moved(shape, X_OW) for shape in shapes)


def surface_distance(shapes_O: Sequence[Shape], p_O: Float64) -> Float64:
    """Give the signed distance of points to the nearest of some solids.

    Args:
        shapes_O: Solids in the frame O.
        p_O: Points, shape (N, 3), [m].

    Returns:
        Distances, positive outside, shape (N,), [m].
    """
    nearest = np.full(len(p_O), np.inf)
    for shape in shapes_O:
        local = (p_O - shape.X_WS.translation()) @ shape.X_WS.rotation().matrix()
        np.minimum(nearest, shape.distance_S(local), out=nearest)
    return nearest


def fit_pose(
    shapes_O: Sequence[Shape],
    p_W: Float64,
    X_WO: RigidTransform,
    prior: Prior,
    *,
    scales: Sequence[float] = SCALES,
    rounds: int = 4,
) -> Fit:
    """Fit a pose to points by Gauss-Newton steps.

    Args:
        shapes_O: The thing's solids in O.
        p_W: Points that are believed to lie on it, shape (N, 3), [m].
        X_WO: Where it is predicted; the prior is centred there.
        prior: How far from there it may plausibly be.
        scales: Outlier scales, coarse to fine, [m].
        rounds: Most steps at each scale.
    """
    start, pose = X_WO, X_WO
    own = prior.information()
    for scale in scales:
        for _ in range(rounds):
            p_O = _into(pose, p_W)
            distances, gradients = _distances(shapes_O, p_O)
            weights = 1.0 / (1.0 + (distances / scale) ** 2) ** 2 / (CORRELATED * NOISE**2)
            jacobian = np.hstack([-np.cross(p_O, gradients), -gradients])
            weighted = jacobian.T * weights
            off = _difference(start, pose)
            step = np.linalg.solve(weighted @ jacobian + np.diag(own), -(weighted @ distances) - own * off)
            pose = pose @ _exp(np.asarray(step, np.float64))
            if np.abs(step[3:]).max() + 0.05 * np.abs(step[:3]).max() < ENOUGH:
                break
    return measure_fit(shapes_O, p_W, pose, scales[-1])


def measure_fit(
    shapes_O: Sequence[Shape], p_W: Float64, X_WO: RigidTransform, scale: float = SCALES[-1]
) -> Fit:
    """Hold points against solids at a pose without moving it.

    Args:
        shapes_O: The thing's solids in O.
        p_W: Points, shape (N, 3), [m].
        X_WO: The pose.
        scale: Distance within which a point counts as on the surface, [m].
    """
    away = np.abs(surface_distance(shapes_O, _into(X_WO, p_W)))
    if not len(away):
        return Fit(X_WO=X_WO, rms=float("inf"), share=0.0, cost=1.0)
    near = away <= scale
    rms = float(np.sqrt((away[near] ** 2).mean())) if near.any() else float("inf")
    cost = float((away**2 / (away**2 + scale**2)).mean())
    return Fit(X_WO=X_WO, rms=rms, share=float(near.mean()), cost=cost)


def _into(X_WO: RigidTransform, p_W: Float64) -> Float64:
    return (p_W - X_WO.translation()) @ X_WO.rotation().matrix()


def _distances(shapes_O: Sequence[Shape], p_O: Float64) -> tuple[Float64, Float64]:
    """Give signed distances (N,) and their gradients (N, 3), by central differences."""
    offsets = STEP * np.vstack([np.eye(3), -np.eye(3)])
    around = (p_O[None] + np.vstack([np.zeros(3), offsets])[:, None]).reshape(-1, 3)
    values = surface_distance(shapes_O, around).reshape(7, -1)
    return values[0], ((values[1:4] - values[4:7]) / (2.0 * STEP)).T


def _difference(X_WA: RigidTransform, X_WB: RigidTransform) -> Float64:
    """Give how B lies off A, (rotation vector, translation) in A, shape (6,)."""
    X_AB = X_WA.inverse() @ X_WB
    turn = X_AB.rotation().ToAngleAxis()
    return np.concatenate([turn.angle() * turn.axis(), X_AB.translation()])


def _exp(step: Float64) -> RigidTransform:
    """Give the small motion with a rotation vector and a translation, shape (6,)."""
    angle = float(np.linalg.norm(step[:3]))
    axis = step[:3] / angle if angle > 1e-12 else np.array([0.0, 0.0, 1.0])
    return RigidTransform(RotationMatrix(AngleAxis(angle, axis)), step[3:])
