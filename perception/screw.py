"""Fit how a part moved between two states: both clouds of the same thing, before and after.

What moved is found by what is no longer where it was. Motions that bring it to where
something now is are proposed by counting (a translation's peak among all differences of
points, for each of some turns), refined by closest points, and compared by residual.
"""

from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix
from scipy.spatial import cKDTree

from ..core.arrays import Float64
from ..core.errors import InputError
from .articulation import Articulation, screw_motion, turn

GAP = (
    0.010  # A point this far from all of the other state has moved, [m]; three times a noisy cloud's spread.
)
FEW = 25  # Fewer moved points tell no motion.
MOST = 400  # More points are thinned: they cost time and add nothing.
CELL = 0.012  # Edge of the cells that differences of points are counted in, [m].
NEAR = 0.008  # Closest points farther apart do not belong together, [m].
LEAST_TURN = np.radians(4.0)
BETTER = 0.85  # A turn has one parameter more: it must leave less than this share of a slide's cost.
SMALL_SLIDE, SMALL_TURN = 0.015, np.radians(10.0)  # Below these the axis is doubtful.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """A motion, its cost (mean distance cut at NEAR) and the RMS distance of what arrives."""

    X: RigidTransform
    cost: float
    rms: float


def from_two_states(before: Float64, after: Float64, p_WH: Float64 | None = None) -> Articulation:
    """Fit a sliding or a turning motion.

    Args:
        before: Surface points of the thing in one state, shape (N, 3), in the world, [m].
        after: The same in another state, shape (M, 3), [m]; the thing's fixed part has not moved.
        p_WH: Where the moving part is pulled in the second state, shape (3,), [m]; its middle where None.

    Returns:
        The axis, positive from the first state to the second; 0 is the second state, and
        the first one is the only limit that is known.

    Raises:
        InputError: If too little has moved to tell how.
    """
    moved, _ = _moved(before, after)
    arrived, tree = _moved(after, before)[0], cKDTree(after)
    if min(len(moved), len(arrived)) < FEW:
        raise InputError(
            f"only {len(moved)} points of the first state and {len(arrived)} of the second are not in the "
            f"other one; a visible part has to move by more than {1000 * GAP:.0f} mm to tell an axis"
        )
    slide = min(
        (_refined(RigidTransform(t), moved, after, tree, turning=False) for t, _ in _peaks(moved, arrived)),
        key=lambda fit: fit.cost,
    )
    turned = _best_turn(moved, arrived, after, tree)
    if turned is not None and turned.cost < BETTER * slide.cost:
        return _revolute(turned, slide, moved, p_WH)
    return _prismatic(slide, turned, moved, p_WH)


def _moved(points: Float64, other: Float64) -> tuple[Float64, Float64]:
    """Part the points into those that are not in the other state, thinned, and the rest."""
    gap = cKDTree(other).query(points)[0]
    away = points[gap > GAP]
    return away[:: max(len(away) // MOST, 1)], points[gap <= GAP]


def _peaks(moved: Float64, arrived: Float64, count: int = 4) -> list[tuple[Float64, int]]:
    """Count the differences of points in cells and give the most frequent translations with their counts."""
    step = max(len(moved) // 120, 1), max(len(arrived) // 240, 1)
    differences = (arrived[None, :: step[1]] - moved[:: step[0], None]).reshape(-1, 3)
    cells = np.floor(differences / CELL).astype(np.int64)
    low = cells.min(axis=0)
    span = cells.max(axis=0) - low + 3
    # Each difference also counts for the neighbouring cells, or a peak on a border is cut in eight.
    grid = np.zeros(span, np.int32)
    np.add.at(grid, tuple((cells - low + 1).T), 1)
    for axis in range(3):
        grid = grid + np.roll(grid, 1, axis) + np.roll(grid, -1, axis)
    best = np.argsort(grid, axis=None)[::-1][: 8 * count]
    chosen: list[tuple[Float64, int]] = []
    for flat in best:
        cell = np.array(np.unravel_index(flat, grid.shape))
        middle = (cell - 1 + low + 0.5) * CELL
        if all(np.linalg.norm(middle - other) > 2.0 * CELL for other, _ in chosen):
            chosen.append((middle, int(grid.ravel()[flat])))
    return chosen[:count]


def _best_turn(moved: Float64, arrived: Float64, after: Float64, tree: cKDTree) -> _Fit | None:
    """Try turns about the vertical and the moved part's own axes; refine those that gather most points."""
    middle = moved.mean(axis=0)
    axes = [np.array([0.0, 0.0, 1.0]), *np.linalg.eigh(np.cov((moved - middle).T))[1].T]
    proposals: list[tuple[int, RigidTransform]] = []
    for axis in axes:
        for angle in np.radians([-100, -80, -60, -45, -30, -20, -10, 10, 20, 30, 45, 60, 80, 100]):
            about = screw_motion("revolute", axis, middle, float(angle))
            ((shift, votes),) = _peaks(about.multiply(moved.T).T, arrived, count=1)
            proposals.append((votes, RigidTransform(shift) @ about))
    proposals.sort(key=lambda proposal: -proposal[0])
    fits = [_refined(X, moved, after, tree, turning=True) for _, X in proposals[:8]]
    turns = [fit for fit in fits if _angle(fit.X) > LEAST_TURN]
    return min(turns, key=lambda fit: fit.cost, default=None)


def _refined(X: RigidTransform, moved: Float64, after: Float64, tree: cKDTree, *, turning: bool) -> _Fit:
    """Improve a motion by closest points; a turn is kept free of sliding along its axis."""
    for reach in (*np.geomspace(4.0 * NEAR, NEAR, 8), *(NEAR,) * 12):
        there = X.multiply(moved.T).T
        gap, index = tree.query(there)
        close = gap < reach
        if close.sum() < FEW // 2:
            break
        if turning:
            X = _pure(_aligned(moved[close], after[index[close]]))
        else:
            X = RigidTransform(X.translation() + np.mean(after[index[close]] - there[close], axis=0))
    gap = tree.query(X.multiply(moved.T).T)[0]
    rms = float(np.sqrt(np.mean(gap[gap < NEAR] ** 2))) if (gap < NEAR).any() else NEAR
    return _Fit(X=X, cost=float(np.minimum(gap, NEAR).mean()), rms=rms)


def _aligned(p: Float64, q: Float64) -> RigidTransform:
    """Give the motion that brings points p nearest to points q (Kabsch, 1976)."""
    p_middle, q_middle = p.mean(axis=0), q.mean(axis=0)
    U, _, Vt = np.linalg.svd((p - p_middle).T @ (q - q_middle))
    R = Vt.T @ np.diag([1.0, 1.0, np.sign(np.linalg.det(Vt.T @ U.T))]) @ U.T
    return RigidTransform(RotationMatrix.ProjectToRotationMatrix(R), q_middle - R @ p_middle)


def _pure(X: RigidTransform) -> RigidTransform:
    """Take the sliding along its own axis out of a turn."""
    angle_axis = X.rotation().ToAngleAxis()
    axis = np.asarray(angle_axis.axis())
    t = X.translation()
    return X if abs(angle_axis.angle()) < 1e-3 else RigidTransform(X.rotation(), t - (t @ axis) * axis)


def _angle(X: RigidTransform) -> float:
    return float(abs(X.rotation().ToAngleAxis().angle()))


def _prismatic(fit: _Fit, turned: _Fit | None, moved: Float64, p_WH: Float64 | None) -> Articulation:
    travel = float(np.linalg.norm(fit.X.translation()))
    doubts = [*_poor(fit)]
    if travel < SMALL_SLIDE:
        doubts.append(f"it moved by only {1000 * travel:.0f} mm, so its axis is uncertain")
    if turned is not None and turned.cost < fit.cost and _angle(turned.X) > 2.0 * LEAST_TURN:
        doubts.append("it may also turn: that explains the two states nearly as well")
    middle = fit.X @ np.median(moved, axis=0)
    return Articulation(
        kind="prismatic",
        axis_W=fit.X.translation() / max(travel, 1e-9),
        point_W=middle if p_WH is None else p_WH,
        radius=None,
        lower=-travel,
        upper=0.0,
        residual=fit.rms,
        source="two_states",
        doubts=tuple(doubts),
    )


def _revolute(fit: _Fit, slide: _Fit, moved: Float64, p_WH: Float64 | None) -> Articulation:
    angle_axis = fit.X.rotation().ToAngleAxis()
    angle, axis = float(angle_axis.angle()), np.asarray(angle_axis.axis())
    if angle < 0.0:
        angle, axis = -angle, -axis
    doubts = [*_poor(fit)]
    if angle < SMALL_TURN:
        doubts.append(f"it turned by only {np.degrees(angle):.0f} degrees, so its axis is uncertain")
    if fit.cost > 0.7 * slide.cost:
        doubts.append("it may also slide: that explains the two states nearly as well")
    # A point of the axis stays where it is: (1 - R) p = t, which leaves p free along the axis.
    point = np.linalg.pinv(np.eye(3) - turn(axis, angle).matrix(), rcond=1e-6) @ fit.X.translation()
    pulled = fit.X @ np.median(moved, axis=0) if p_WH is None else p_WH
    point = point + ((pulled - point) @ axis) * axis
    return Articulation(
        kind="revolute",
        axis_W=axis,
        point_W=point,
        radius=float(np.linalg.norm(pulled - point)),
        lower=-angle,
        upper=0.0,
        residual=fit.rms,
        source="two_states",
        doubts=tuple(doubts),
    )


def _poor(fit: _Fit) -> list[str]:
    """Doubt a motion after which half of the moved points arrive nowhere."""
    return ["half of what moved is not found where it should be"] if fit.cost > 0.6 * NEAR else []
