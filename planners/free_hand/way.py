"""The way of a free hand: the curve that is executed is the curve that is optimised.

Many curves are drawn and scored at few samples; the best are improved by BFGS at
more; what comes out is measured densely, and only what holds there counts.
"""

from dataclasses import dataclass

import numba
import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ...core.arrays import Float64
from ..lift import Met, judge
from ..solution import Infeasible, Report
from .curve import basis, place
from .curve_search import improve, solve_way
from .kernel import Data, least_distance
from .problem import HandProblem
from .subgoal import clearance

CLOSER = 3
"""How many times as many samples mend a curve that breaks something between them."""
BROKEN = 1e-3
"""Largest violation along the curve, in a relation's own unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayEffort:
    """How hard the solver tries; counts, never seconds.

    Attributes:
        controls: Control points of the curve, the ends included.
        drawn: Curves drawn.
        kept: How many of the best are improved.
        coarse: Samples of a curve that is drawn.
        samples: Samples of a curve that is improved.
        steps: Steps of the improvement.
        more: Further steps of the best, with broken relations priced higher.
        trials: Random trials at last, for what slopes do not see.
    """

    controls: int = 6
    drawn: int = 300
    kept: int = 6
    coarse: int = 12
    samples: int = 32
    steps: int = 40
    more: int = 40
    trials: int = 150


@numba.njit(cache=True, error_model="numpy")
def pose_list(d: Data, x: Float64) -> tuple[Float64, Float64, Float64]:
    """Rotations, positions and least exact distances at points of a curve, shape (M, 6)."""
    R, p, room = np.empty((len(x), 3, 3)), np.empty((len(x), 3)), np.empty(len(x))
    for j in range(len(x)):
        place(d, x[j], R[j], p[j])
        room[j] = least_distance(d, R[j], p[j])
    return R, p, room


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Way:
    """A curve from the start to a sub-goal, measured densely.

    Attributes:
        problem: The stage.
        controls: Control points: rotation vector from the start's rotation, and position, shape (n, 6).
        cost: The integral cost.
        violation: Largest violation of a relation that holds throughout, between the ends.
        clearance: Least exact distance along it, [m].
        met: Each relation that holds throughout, where it is broken most.
    """

    problem: HandProblem
    controls: Float64
    cost: float
    violation: float
    clearance: float
    met: tuple[Met, ...]

    def at(self, t: Float64) -> Float64:
        """Give points of the curve at parameters in [0, 1], shape (len(t), 6)."""
        return basis(len(self.controls), t) @ self.controls

    def sampled(self, length: float, turn: float) -> list[RigidTransform]:
        """Give poses X_WG evenly along the curve, the ends included, no farther apart than asked."""
        R, p = _spread(self.problem, self.controls, length, turn)
        return [
            RigidTransform(RotationMatrix.ProjectToRotationMatrix(Ri), pi)
            for Ri, pi in zip(R, p, strict=True)
        ]

    def proves(self) -> bool:
        """Tell whether everything that has to hold on the way does."""
        return self.violation <= BROKEN and self.clearance >= 0.0


def solve(
    problem: HandProblem, end: RigidTransform, rng: np.random.Generator, *, effort: WayEffort | None = None
) -> Way:
    """Find a way from the start to a pose.

    Args:
        problem: The stage.
        end: The sub-goal's pose.
        rng: Draws curves and trials.
        effort: How hard to try.

    Returns:
        A way that proves itself.

    Raises:
        Infeasible: If none was found; it names what is broken on the best.
    """
    effort = effort or WayEffort()
    d, end_point = problem.way, _end_point(problem, end)
    start_point = np.concatenate([np.zeros(3), problem.X_WG.translation()])
    # No more room can be asked for than there is at the ends, and some is lost between samples.
    least = min(0.003, 0.8 * clearance(problem, problem.X_WG), 0.8 * clearance(problem, end))
    d = d._replace(weights=np.concatenate([d.weights[:-1], [max(least, 0.0)]]))
    n = effort.controls
    best: Way | None = None
    for attempt in range(3):
        spread = np.linspace(0.0, 1.0, effort.samples * (1 + attempt))
        curves, costs = solve_way(
            d,
            start_point,
            end_point,
            basis(n, np.linspace(0.0, 1.0, effort.coarse)),
            basis(n, spread),
            rng.standard_normal((effort.drawn * (1 + attempt), 7)),
            rng.standard_normal((effort.trials, 6 * (n - 2))),
            effort.kept * (1 + attempt),
            effort.steps,
            effort.more,
        )
        for controls, cost in zip(curves, costs, strict=True):
            if not np.isfinite(cost):
                break
            way = _measured(problem, controls, float(cost))
            if not way.proves():  # what breaks lies between the samples: look closer
                mended = controls.copy()
                close = basis(n, np.linspace(0.0, 1.0, CLOSER * effort.samples))
                cost = improve(d, close, mended, 2e4, 1e-3, effort.more)
                way = _measured(problem, mended, float(cost))
            if way.proves():
                return way
            if best is None or _fault(way) < _fault(best):
                best = way
    assert best is not None
    raise Infeasible(problem.stage.name, _explained(best))


def _fault(way: Way) -> float:
    return max(way.violation - BROKEN, 0.0) + max(-way.clearance, 0.0)


def _end_point(problem: HandProblem, end: RigidTransform) -> Float64:
    turn = end.rotation() @ problem.X_WG.rotation().inverse()
    about = turn.ToAngleAxis()
    return np.concatenate([about.angle() * about.axis(), end.translation()])


def _spread(problem: HandProblem, controls: Float64, length: float, turn: float) -> tuple[Float64, Float64]:
    """Poses evenly along a curve, rotations and positions."""
    x = basis(len(controls), np.linspace(0.0, 1.0, 400)) @ controls
    R, p = _poses(problem, x)
    step = np.linalg.norm(np.diff(p, axis=0), axis=1) / length
    cosine = (np.einsum("nij,nij->n", R[1:], R[:-1]) - 1.0) / 2.0
    along = np.concatenate([[0.0], np.cumsum(np.maximum(step, np.arccos(np.clip(cosine, -1.0, 1.0)) / turn))])
    count = max(int(np.ceil(along[-1] * 1.01)), 1) + 1
    t = np.interp(np.linspace(0.0, along[-1], count), along, np.linspace(0.0, 1.0, 400))
    return _poses(problem, basis(len(controls), t) @ controls)


def _poses(problem: HandProblem, x: Float64) -> tuple[Float64, Float64]:
    R, p, _ = pose_list(problem.way, np.ascontiguousarray(x))
    return R, p


def _measured(problem: HandProblem, controls: Float64, cost: float) -> Way:
    """Measure a curve at samples of at most 5 mm and 0.02 rad."""
    R, p = _spread(problem, controls, 0.005, 0.02)
    room = min(least_distance(problem.way, Ri, pi) for Ri, pi in zip(R, p, strict=True))
    met: tuple[Met, ...] = ()
    violation = 0.0
    if problem.stage.along:
        refs, moves = problem.along.points, problem.data.moving
        carried = np.einsum("nij,kj->nki", R, problem.data.place) + p[:, None]
        at = np.where(moves[:, None] == 1, carried, problem.data.place)
        values = problem.along.evaluate_batch(at)[1:-1]
        equal = problem.way.equal == 1
        broken = np.where(equal, np.abs(values), np.maximum(values, 0.0))
        if broken.size:
            worst = int(broken.max(axis=1).argmax()) + 1
            places = dict(zip(refs, at[worst], strict=True))
            met = judge(problem.stage.along, places.__getitem__)
            violation = max([float(broken.max()), *(one.residual for one in met)])
    return Way(
        problem=problem,
        controls=controls,
        cost=cost,
        violation=violation,
        clearance=float(room),
        met=met,
    )


def _explained(way: Way) -> Report:
    if way.violation > BROKEN:
        met = max(way.met, key=lambda one: one.residual)
        unit = {"m": "m", "rad": "rad"}.get(met.relation.left.unit, "")
        text = (
            f"line {met.relation.line}, {met.relation.text}: no way was found on which it holds throughout; "
            f"the best misses it by {met.residual:.2g} {unit}".rstrip()
        )
        return Report(constraint=met.relation.text, by=met.residual, unit=unit, text=text)
    text = f"no free way was found: the best goes {-1000 * way.clearance:.0f} mm into an obstacle"
    return Report(constraint="clearance", by=-way.clearance, unit="m", text=text)
