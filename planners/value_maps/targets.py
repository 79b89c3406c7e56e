"""Where exactly to: the points of a stage's targets that the hand can be at."""

from dataclasses import dataclass

import numpy as np

from ...core.arrays import Float64
from .answers import Unreachable
from .clearance import Pieces, bounds
from .grid import Grid
from .regions import Bound
from .statements import Statements
from .target_field import PATCH_MOST, Easing

TIGHT = 0.005
"""Targets with less room than the hand needs: those within this of the roomiest one are as good, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Targets:
    """Where the hand is to go.

    Attributes:
        p_W: The places, any of which will do, shape (K, 3), [m].
        exact: Whether it is one point to be met exactly; else they lie on nodes.
        easing: Where less distance is kept because the target needs it.
        notes: What was not kept, one sentence each.
    """

    p_W: Float64
    exact: bool
    easing: Easing | None
    notes: tuple[str, ...] = ()


def find_targets(statements: Statements, grid: Grid, pieces: Pieces) -> Targets | Unreachable:
    """Choose the places with the most weight that are free.

    Args:
        statements: What was said.
        grid: The workspace.
        pieces: What is kept away from, the target thing not among it.
    """
    places = statements.targets()
    p_W = np.concatenate([_candidates(bound, point, grid) for bound, _, point in places])
    weight = np.zeros(len(p_W))
    for bound, more, point in places:
        # Of several places a point has the node beside it.
        weight += more * (bound.distance(p_W) <= (grid.half_diagonal / 2.0 if point else 1e-9))
    inside = np.array([grid.covers(p) for p in p_W])
    if not inside.any():
        reason = "unreachable: the target lies outside of the workspace"
        return Unreachable(kind="outside", reason=reason, by=(), p_W=p_W[0])
    p_W, weight = p_W[inside], weight[inside]
    solid = pieces.distance(p_W)
    if not (solid > 0.0).any():
        return _filled(p_W, pieces)
    p_W, weight, solid = (array[solid > 0.0] for array in (p_W, weight, solid))
    best = weight >= weight.max() - 1e-9
    p_W, solid = p_W[best], solid[best]
    exact = len(p_W) == 1 and any(point for _, _, point in places)
    room = pieces.room(p_W)
    if (room >= 0.0).any():
        return Targets(p_W=p_W[room >= 0.0], exact=exact, easing=None)
    # Less than the hand needs everywhere: the roomiest place, with less kept close to it.
    chosen = int(np.argmax(np.where(room >= room.max() - TIGHT, solid, -np.inf)))
    easing = Easing(p_W=p_W[chosen], amount=float(-room[chosen]), solid=float(solid[chosen]))
    return Targets(
        p_W=p_W[chosen : chosen + 1],
        exact=exact,
        easing=easing,
        notes=_eased(p_W[chosen], pieces, statements),
    )


def _candidates(bound: Bound, point: bool, grid: Grid) -> Float64:
    """Give the point, or the nodes inside a region: finer ones where it is small; its middle if none."""
    if point:
        return bound.centre[None]
    boxes = np.array([bounds(shape) for shape in bound.shapes])
    low, high = boxes[:, :3].min(axis=0) - bound.margin, boxes[:, 3:].max(axis=0) + bound.margin
    step = grid.step / 2.0 if (high - low).max() <= PATCH_MOST else grid.step
    first = np.maximum(np.ceil((low - grid.lower) / step - 1e-9), 0.0)
    last = np.minimum(np.floor((high - grid.lower) / step + 1e-9), (grid.upper - grid.lower) / step + 0.5)
    if (last < first).any():
        return bound.centre[None]
    axes = [grid.lower[a] + step[a] * np.arange(first[a], np.floor(last[a]) + 1.0) for a in range(3)]
    nodes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    nodes = nodes[bound.distance(nodes) <= 1e-9]
    return nodes if len(nodes) else bound.centre[None]


def _filled(p_W: Float64, pieces: Pieces) -> Unreachable:
    each = np.where(pieces.solid, pieces.each(p_W), np.inf)
    names = tuple(dict.fromkeys(pieces.names[k] for k in each.argmin(axis=1)))
    reason = f"unreachable: the target is filled by {' and '.join(names[:3])}"
    return Unreachable(kind="filled", reason=reason, by=names, p_W=p_W[0])


def _eased(p_W: Float64, pieces: Pieces, statements: Statements) -> tuple[str, ...]:
    """Say which avoid() a target itself breaks."""
    each = pieces.each(p_W[None])[0]
    notes = []
    for name in dict.fromkeys(pieces.names):
        rows = [k for k, one in enumerate(pieces.names) if one == name]
        asked = float(pieces.margin[rows].max()) - statements.hand.radius
        short = asked - float(each[rows].min())
        if asked > 0.0 and short > 0.0:
            notes.append(f"the target is {short:.3f} m nearer to {name} than what is to be kept from it")
    return tuple(notes)
