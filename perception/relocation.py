"""Where a thing is now that it is not quite where it stood: several starts, the best fit counts."""

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from .registration import Fit, Prior, fit_pose
from .track import Track

FINE, COARSE = (0.006,), (0.03, 0.012, 0.006)
"""Outlier scales of a fit close to the truth and of one from afar, [m]."""
EXPLAINED = 0.97
"""Share of the points that a fit explains where no other turn is tried: a handle has few points, and most of
a block's lie on its top, which explains any turn."""
AROUND = tuple(np.radians([-75.0, -50.0, -25.0, 25.0, 50.0, 75.0]))
"""Turns that are tried, [rad]: a mug's handle may be anywhere; a box repeats itself."""


def best_fit(track: Track, points: Float64, start: RigidTransform, there: bool) -> Fit:
    """Fit a thing to points; where its old place does not explain them, other places and turns are tried.

    Args:
        track: The thing.
        points: What is measured on it, p_W, shape (N, 3), [m].
        start: Where its solids fitted before.
        there: Whether it is still where it was, but for some centimetres.
    """
    prior = track.prior()
    if there:
        fit = fit_pose(track.shapes_O, points, start, prior, scales=FINE, rounds=3)
        if fit.share > EXPLAINED:
            return fit
        return _turned(track, points, fit, prior)
    off = shift_along(track, points, track.X_WO)
    there_now = RigidTransform(start.rotation(), start.translation() + off)
    fits = [fit_pose(track.shapes_O, points, X_WO, prior, scales=COARSE) for X_WO in (start, there_now)]
    best = min(fits, key=lambda one: one.cost)
    return best if best.share > EXPLAINED else _turned(track, points, best, prior)


def shift_along(track: Track, points: Float64, X_WO: RigidTransform) -> Float64:
    """Give how far the middle of some points lies from that of a thing's surface, level, shape (3,), [m]."""
    off = np.median(points, axis=0) - np.median(track.surface(X_WO), axis=0)
    return off * [1.0, 1.0, 0.0]


def _turned(track: Track, points: Float64, fit: Fit, prior: Prior) -> Fit:
    """Try other turns about the upright axis; the best fit counts."""
    if prior.turn == 0.0:
        return fit
    starts = [fit.X_WO @ RigidTransform(RotationMatrix.MakeZRotation(turn), np.zeros(3)) for turn in AROUND]
    more = [fit_pose(track.shapes_O, points, X_WO, prior, scales=FINE) for X_WO in starts]
    return min([fit, *more], key=lambda one: one.cost)


def pose_distance(X_WA: RigidTransform, X_WB: RigidTransform) -> tuple[float, float]:
    """Give how far two poses lie apart, ([m], [rad])."""
    turn = X_WA.rotation().InvertAndCompose(X_WB.rotation()).ToAngleAxis().angle()
    return float(np.linalg.norm(X_WA.translation() - X_WB.translation())), float(abs(turn))


def apart(track: Track, X_WA: RigidTransform, X_WB: RigidTransform) -> float:
    """Give how far a thing's surface moves between two poses, [m]."""
    shift, turn = pose_distance(X_WA, X_WB)
    return shift + turn * 0.5 * float(track.thing.size.max())


def between(X_WA: RigidTransform, X_WB: RigidTransform, share: float) -> RigidTransform:
    """Go a share of the way from one pose to another near by."""
    R_WA, R_WB = X_WA.rotation(), X_WB.rotation()
    quaternion = R_WA.ToQuaternion().slerp(share, R_WB.ToQuaternion())
    p_W = (1.0 - share) * X_WA.translation() + share * X_WB.translation()
    return RigidTransform(quaternion, p_W)
