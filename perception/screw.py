"""Fit how a part moved between two states: the same thing seen before and after.

What moved is found by what is no longer where it was. Motions that bring it to where
something now is are proposed by counting (a translation's peak among all differences of
points, for each of some turns), refined by closest points, settled by a simplex search,
and compared by what they leave over. Points lie together only where their surfaces face
the same way: or the inner side of a drawer's front is taken for its outer one.
"""

from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform
from scipy.optimize import minimize
from scipy.spatial import KDTree

from ..core.arrays import Float64
from ..core.errors import InputError
from .articulation import Articulation, screw_motion, turn
from .segments import seen_free
from .states import State

GAP = (
    0.010  # A point this far from all of the other state has moved, [m]; three times a noisy cloud's spread.
)
FEW = 25  # Fewer moved points tell no motion.
MOST = 400  # More points are thinned: they cost time and add nothing.
CELL = 0.012  # Edge of the cells that differences of points are counted in, [m].
NEAR = 0.008  # Closest points farther apart do not belong together, [m].
FACING = 0.006  # What a unit of difference between normals counts as, [m]: opposite ones never meet.
ALONG = 0.2  # Weight of distances along a surface against those across it.
TURNS = (-100, -80, -60, -45, -30, -20, -10, 10, 20, 30, 45, 60, 80, 100)  # Tried, [degrees].
LEAST_TURN = np.radians(4.0)
BETTER = 0.85  # A turn has more to choose from: it must leave less than this share of a slide's cost.
SMALL_SLIDE, SMALL_TURN = 0.015, np.radians(10.0)  # Below these the axis is doubtful.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Surface:
    """Points, their normals, and a tree over both."""

    p_W: Float64
    normals: Float64
    tree: KDTree

    @classmethod
    def of(cls, p_W: Float64, normals: Float64) -> "_Surface":
        return cls(p_W=p_W, normals=normals, tree=KDTree(np.hstack([p_W, FACING * normals])))

    def nearest(self, X: RigidTransform, other: "_Surface", reach: float) -> tuple[Float64, np.ndarray]:
        """Give distance and index of the nearest own point to each of the other's, moved by X.

        Where none is within reach, the distance is infinite and the index means nothing.
        """
        R = X.rotation().matrix()
        there = np.hstack([other.p_W @ R.T + X.translation(), FACING * other.normals @ R.T])
        return self.tree.query(there, distance_upper_bound=reach)

    def thinned(self) -> "_Surface":
        step = max(len(self.p_W) // MOST, 1)
        return _Surface.of(self.p_W[::step], self.normals[::step])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """What has left its place and what has come to a new one, whole and thinned."""

    left: _Surface
    arrived: _Surface
    few_left: _Surface
    few_arrived: _Surface


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """A motion, its cost (mean distances cut at NEAR), RMS distance of what arrives, share that does not."""

    X: RigidTransform
    cost: float
    rms: float
    missed: float


def from_two_states(before: State, after: State, p_WH: Float64 | None = None) -> Articulation:
    """Fit a sliding or a turning motion.

    Args:
        before: The thing in one state.
        after: The same in another state; its fixed part has not moved.
        p_WH: Where the moving part is pulled in the second state, shape (3,), [m]; its middle where None.

    Returns:
        The axis, positive from the first state to the second; 0 is the second state, and
        the first one is the only limit that is known.

    Raises:
        InputError: If too little has moved to tell how.
    """
    before = before.shifted(_drift(before, after))
    left, arrived = _away(before, after), _away(after, before)
    if min(len(left.p_W), len(arrived.p_W)) < FEW:
        raise InputError(
            f"only {len(left.p_W)} points of the first state and {len(arrived.p_W)} of the second are not in "
            f"the other one; a visible part has to move by more than {1000 * GAP:.0f} mm to tell an axis"
        )
    pair = _Pair(left=left, arrived=arrived, few_left=left.thinned(), few_arrived=arrived.thinned())
    slide, turned = _best_slide(pair), _best_turn(pair)
    middle = np.median(pair.few_left.p_W, axis=0)
    if turned is not None and turned.cost < BETTER * slide.cost:
        return _revolute(turned, slide, turned.X @ middle if p_WH is None else p_WH)
    return _prismatic(slide, turned, slide.X @ middle if p_WH is None else p_WH)


def _away(state: State, other: State) -> _Surface:
    """Give what is not in the other state: far from all of it, and not merely hidden in it."""
    gone = np.ones(len(state.p_W), bool)
    if len(state.p_W) and len(other.p_W):
        gone = KDTree(other.p_W).query(state.p_W)[0] > GAP
    p_W, normals = state.p_W[gone], state.normals[gone]
    if other.frames:
        free = seen_free(p_W, other.frames)
        p_W, normals = p_W[free], normals[free]
    return _Surface.of(p_W, normals)


def _drift(before: State, after: State) -> Float64:
    """Tell by how much what has not moved seems to have: a camera's bias, taken out, shape (3,), [m]."""
    if min(len(before.p_W), len(after.p_W)) < FEW:
        return np.zeros(3)
    surface = _Surface.of(after.p_W, after.normals)
    step = max(len(before.p_W) // (5 * MOST), 1)
    points, shift = _Surface.of(before.p_W[::step], before.normals[::step]), RigidTransform()
    for _ in range(4):
        gap, index = surface.nearest(shift, points, GAP)
        still = gap < GAP
        if still.sum() < FEW:
            return np.zeros(3)
        p_W = points.p_W[still] + shift.translation()
        shift = _step(p_W, surface.p_W[index[still]], surface.normals[index[still]], turning=False) @ shift
    return shift.translation()


def _peaks(X: RigidTransform, pair: _Pair, count: int) -> list[tuple[Float64, int]]:
    """Count which translations bring points, first moved by X, to points that face the same way.

    Returns:
        The most frequent ones with their counts.
    """
    here, there = pair.few_left, pair.few_arrived
    a, b = max(len(here.p_W) // 150, 1), max(len(there.p_W) // 250, 1)
    R = X.rotation().matrix()
    alike = (here.normals[::a] @ R.T) @ there.normals[::b].T > 0.7
    differences = (there.p_W[None, ::b] - (here.p_W[::a] @ R.T + X.translation())[:, None])[alike]
    if not len(differences):
        return []
    cells = np.floor(differences / CELL).astype(np.int64)
    low = cells.min(axis=0)
    span = tuple(cells.max(axis=0) - low + 3)
    flat = np.ravel_multi_index(tuple((cells - low + 1).T), span)
    grid = np.bincount(flat, minlength=int(np.prod(span))).reshape(span)
    # Each difference also counts for the neighbouring cells, or a peak on a border is cut in eight.
    for axis in range(3):
        grid = grid + np.roll(grid, 1, axis) + np.roll(grid, -1, axis)
    chosen: list[tuple[Float64, int]] = []
    most = min(12 * count, grid.size)
    best = np.argpartition(grid, -most, axis=None)[-most:]
    for cell in best[np.argsort(grid.ravel()[best])[::-1]]:
        middle = (np.array(np.unravel_index(cell, span)) - 1 + low + 0.5) * CELL
        if all(np.linalg.norm(middle - other) > 2.0 * CELL for other, _ in chosen):
            chosen.append((middle, int(grid.ravel()[cell])))
    return chosen[:count]


def _best_slide(pair: _Pair) -> _Fit:
    """Refine the most frequent translations and give the best."""
    shifts = [t for t, _ in _peaks(RigidTransform(), pair, 8)]
    # Where nothing faces the same way any more, nothing has slid: the fit is then a bad one.
    shifts = shifts or [pair.arrived.p_W.mean(axis=0) - pair.left.p_W.mean(axis=0)]
    fits = sorted(
        (_refined(RigidTransform(t), pair, turning=False) for t in shifts), key=lambda fit: fit.cost
    )
    return min((_polished(fit, pair, turning=False) for fit in fits[:2]), key=lambda fit: fit.cost)


def _best_turn(pair: _Pair) -> _Fit | None:
    """Try turns about the vertical and the moved part's own axes; refine those that gather most points."""
    middle = pair.few_left.p_W.mean(axis=0)
    axes = [np.array([0.0, 0.0, 1.0]), *np.linalg.eigh(np.cov((pair.few_left.p_W - middle).T))[1].T]
    proposals: list[tuple[int, RigidTransform]] = []
    for axis in axes:
        for angle in np.radians(TURNS):
            about = screw_motion("revolute", axis, middle, float(angle))
            proposals += [(votes, RigidTransform(t) @ about) for t, votes in _peaks(about, pair, 1)]
    proposals.sort(key=lambda proposal: -proposal[0])
    fits = [_refined(X, pair, turning=True) for _, X in proposals[:8]]
    turns = sorted((fit for fit in fits if _angle(fit.X) > LEAST_TURN), key=lambda fit: fit.cost)
    polished = [_polished(fit, pair, turning=True) for fit in turns[:2]]
    return min(
        (fit for fit in polished if _angle(fit.X) > LEAST_TURN), key=lambda fit: fit.cost, default=None
    )


def _refined(X: RigidTransform, pair: _Pair, *, turning: bool) -> _Fit:
    """Improve a motion by closest points; a turn is kept free of sliding along its axis."""
    moved, goal = pair.few_left, pair.arrived
    for reach in (*np.geomspace(4.0 * NEAR, NEAR, 6), *(NEAR,) * 4):
        gap, index = goal.nearest(X, moved, reach)
        close = gap < reach
        if close.sum() < FEW // 2:
            break
        there = X.multiply(moved.p_W[close].T).T
        step = _step(there, goal.p_W[index[close]], goal.normals[index[close]], turning)
        X = _pure(step @ X) if turning else step @ X
    return _fit(X, pair)


def _polished(fit: _Fit, pair: _Pair, *, turning: bool) -> _Fit:
    """Settle what closest points leave open: they let a face glide in itself, only its edges tell.

    The simplex search needs no slope, which a cost of nearest and cut distances does not have.
    """
    middle = pair.few_left.p_W.mean(axis=0)
    radius = float(np.linalg.norm(pair.few_left.p_W - middle, axis=1).mean())
    middle = fit.X @ middle

    def motion(x: Float64) -> RigidTransform:
        if not turning:
            return RigidTransform(x) @ fit.X
        return _pure(_about(middle, x[:3], x[3:] / radius) @ fit.X)

    count = 6 if turning else 3
    start = np.vstack([np.zeros(count), 0.006 * np.eye(count)])
    options = {"initial_simplex": start, "xatol": 1e-4, "fatol": 1e-6, "maxiter": 40 * count}
    found = minimize(lambda x: _fit(motion(x), pair).cost, start[0], method="Nelder-Mead", options=options)
    return _fit(motion(found.x), pair)


def _fit(X: RigidTransform, pair: _Pair) -> _Fit:
    """Measure a motion both ways: what left has to arrive, and what arrived has to have left."""
    gap = pair.arrived.nearest(X, pair.few_left, NEAR)[0]
    back = pair.left.nearest(X.inverse(), pair.few_arrived, NEAR)[0]
    rms = float(np.sqrt(np.mean(gap[gap < NEAR] ** 2))) if (gap < NEAR).any() else NEAR
    cost = np.minimum(gap, NEAR).mean() + np.minimum(back, NEAR).mean()
    return _Fit(X=X, cost=float(cost), rms=rms, missed=float(np.mean(gap >= NEAR)))


def _step(p: Float64, q: Float64, normals: Float64, turning: bool) -> RigidTransform:
    """Give the small motion that brings points p to the planes at points q.

    Point to plane (Y. Chen, G. Medioni, 1992): a face may glide in itself, where closest points
    hold it back; the distance along the face keeps a little weight for what no normal decides.
    """
    middle = p.mean(axis=0)
    rows, errors = [], []
    for direction, weight in ((normals, 1.0), *((axis[None], ALONG) for axis in np.eye(3))):
        direction = np.broadcast_to(direction, p.shape)
        turned = np.cross(p - middle, direction) if turning else np.zeros((len(p), 0))
        rows.append(weight * np.hstack([direction, turned]))
        errors.append(weight * ((q - p) * direction).sum(axis=1))
    x = np.linalg.lstsq(np.concatenate(rows), np.concatenate(errors), rcond=None)[0]
    return _about(middle, x[:3], x[3:]) if turning else RigidTransform(x)


def _about(middle: Float64, shift: Float64, rotation: Float64) -> RigidTransform:
    """Give a shift after a rotation (its axis times its angle) about a point."""
    angle = float(np.linalg.norm(rotation))
    R = turn(rotation / max(angle, 1e-12), angle)
    return RigidTransform(R, middle + shift - R @ middle)


def _pure(X: RigidTransform) -> RigidTransform:
    """Take the sliding along its own axis out of a turn."""
    angle_axis = X.rotation().ToAngleAxis()
    axis = np.asarray(angle_axis.axis())
    t = X.translation()
    return X if abs(angle_axis.angle()) < 1e-3 else RigidTransform(X.rotation(), t - (t @ axis) * axis)


def _angle(X: RigidTransform) -> float:
    return float(abs(X.rotation().ToAngleAxis().angle()))


def _prismatic(fit: _Fit, turned: _Fit | None, p_WH: Float64) -> Articulation:
    travel = float(np.linalg.norm(fit.X.translation()))
    doubts = [*_poor(fit)]
    if travel < SMALL_SLIDE:
        doubts.append(f"it moved by only {1000 * travel:.0f} mm, so its axis is uncertain")
    if turned is not None and turned.cost < fit.cost:
        doubts.append("it may also turn: that explains the two states nearly as well")
    return Articulation(
        kind="prismatic",
        axis_W=fit.X.translation() / max(travel, 1e-9),
        point_W=p_WH,
        radius=None,
        lower=-travel,
        upper=0.0,
        residual=fit.rms,
        source="two_states",
        doubts=tuple(doubts),
    )


def _revolute(fit: _Fit, slide: _Fit, p_WH: Float64) -> Articulation:
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
    point = point + ((p_WH - point) @ axis) * axis
    return Articulation(
        kind="revolute",
        axis_W=axis,
        point_W=point,
        radius=float(np.linalg.norm(p_WH - point)),
        lower=-angle,
        upper=0.0,
        residual=fit.rms,
        source="two_states",
        doubts=tuple(doubts),
    )


def _poor(fit: _Fit) -> list[str]:
    """Doubt a motion after which half of the moved points arrive nowhere."""
    return ["half of what moved is not found where it should be"] if fit.missed > 0.5 else []
