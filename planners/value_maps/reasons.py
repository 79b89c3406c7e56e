"""Why there is no way: what the cheapest way through what is closed would break."""

import numpy as np

from ...core.arrays import Float64
from .answers import Unreachable, divided
from .clearance import Pieces, fill
from .cost import COMFORT
from .grid import Grid
from .regions import side_of
from .spread import begin, grow
from .statements import Statements
from .target_field import TargetField
from .walk import NOWHERE, follow

THROUGH = 10.0
"""What a metre inside solids costs where nothing else is left: a wall of some centimetres is worth a detour
of some decimetres, so that it is the side near the hand that is called closed."""
SAMPLE = 0.002
"""Spacing at which that way is looked at, [m]."""


def why_not(field: TargetField, statements: Statements, p_WG: Float64) -> Unreachable:
    """Say what closes the way.

    Args:
        field: The field that does not reach the start.
        statements: What was said.
        p_WG: The start, shape (3,), [m].
    """
    grid, pieces = field.coarse.grid, field.pieces
    way = _through(field, statements.hand.radius, p_WG)
    solid = np.flatnonzero(pieces.solid)
    each = pieces.each(way)
    inside = each[:, solid].min(axis=1) < 0.0
    if inside.any():
        first = int(np.argmax(inside))
        hit = solid[(each[inside][:, solid] < 0.0).any(axis=0)]
        names = tuple(dict.fromkeys(pieces.names[k] for k in hit))
        at = pieces.names[solid[int(each[first, solid].argmin())]]
        return Unreachable(
            kind="closed", reason=_closed(at, names, way[first], field, statements), by=names, p_W=way[first]
        )
    least = each[:, solid].min(axis=1) if len(solid) else np.full(len(way), np.inf)
    radius = max(statements.hand.radius, grid.half_diagonal)
    margin = np.where(pieces.solid, radius, -np.inf)
    tight = np.where(_eased_room(pieces.kept(margin, True), field, way) < 0.0, least, np.inf)
    if np.isfinite(tight).any():
        n = int(np.argmin(tight))
        near = np.argsort(each[n, solid])
        names = tuple(dict.fromkeys(pieces.names[solid[k]] for k in near if each[n, solid[k]] < radius))
        reason = (
            f"unreachable: the way by {' and '.join(names[:2])} is too narrow: there is room for a radius of "
            f"{least[n]:.3f} m, the hand needs {statements.hand.radius:.3f} m"
        )
        return Unreachable(kind="narrow", reason=reason, by=names, p_W=way[n])
    short = each - pieces.margin
    n = int(np.argmin(short.min(axis=1)))
    names = tuple(dict.fromkeys(pieces.names[k] for k in np.flatnonzero(short[n] < 0.0)))
    said = " and ".join(name if name.startswith("avoid(") else f"avoid({name})" for name in names)
    reason = f"unreachable: {said or 'what is avoided'} leaves no way; ask for less distance"
    return Unreachable(kind="avoided", reason=reason, by=names, p_W=way[n])


def _through(field: TargetField, radius: float, p_WG: Float64) -> Float64:
    """Give the way that breaks least, sampled densely, shape (N, 3), [m].

    That is one through what is avoided, if there is one; else one through gaps that are too narrow; else one
    through solids.
    """
    grid, pieces = field.coarse.grid, field.pieces
    free = field.coarse.room >= 0.0
    wide = _room(pieces, max(radius, grid.half_diagonal), grid) >= 0.0
    room = _room(pieces, grid.half_diagonal, grid) >= 0.0
    nodes = np.array([grid.flat(p_W) for p_W in field.targets])
    node = grid.flat(p_WG)
    for cost in (
        np.where(free, 1.0, np.where(wide, 2.0, np.inf)),
        np.where(free, 1.0, np.where(room, 2.0, np.inf)),
        np.where(free | room, 1.0, THROUGH),
    ):
        half = np.full(grid.padded, np.inf, np.float32)
        half[1:-1, 1:-1, 1:-1] = 0.5 * cost[1:-1, 1:-1, 1:-1]
        spread = begin(grid, half, nodes, np.zeros(len(nodes)))
        if grow(spread, node):
            break
    found = np.empty((spread.togo.size, 3))
    layer = field.coarse.layer._replace(hop=spread.hop)
    count = follow(layer, NOWHERE, node, found, np.empty(len(found)))
    return divided(np.concatenate([p_WG[None], found[:count]]), SAMPLE)


def _room(pieces: Pieces, keep: float, grid: Grid) -> np.ndarray:
    room = np.full(grid.padded, -1.0, np.float32)
    fill(pieces.kept(np.full(len(pieces.margin), keep), True), COMFORT, grid, room)
    return room


def _eased_room(pieces: Pieces, field: TargetField, way: Float64) -> Float64:
    room = pieces.room(way)
    if field.easing is None:
        return room
    away = np.linalg.norm(way - field.easing.p_W, axis=1)
    return np.where(away < field.easing.radius, np.maximum(room, 0.0), room)


def _closed(at: str, names: tuple[str, ...], p_W: Float64, field: TargetField, statements: Statements) -> str:
    """Word it: the side of the thing that the target is in, or the thing that stands in the way."""
    around = statements.surroundings
    target = field.targets[0]
    # The smallest thing whose box holds the target is what is closed.
    holders = [
        (float(np.prod(body.size)), name)
        for name, body in around.things.items()
        if name != "table"
        and (np.abs(body.X_WO.inverse() @ target) <= body.size / 2.0 + 1e-6).all()
        and name not in statements.cleared
    ]
    if not holders:
        return f"unreachable: {' and '.join(names[:3])} closes the way"
    holder = min(holders)[1]
    side = side_of(around.thing(holder), around, p_W)
    by = "" if at == holder else f" by {at}"
    return f"unreachable: the {holder}'s {side} is closed{by}"
