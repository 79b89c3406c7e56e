"""A hand without weight: a step's program is carried out by putting what is held where the goals want it.

No arm, no way and no force: a stage's goals are solved for where the held thing is, by translation alone, and
what is let go comes to rest on what is below. What cannot be done so is told, and the rest is left undone.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import least_squares

from ...core.arrays import Float64
from ...core.errors import CannotDo
from ...perception.scene import TABLE
from ...planners.lift import Residuals, judge, lift
from ...planners.program import PointRef, Program, Stage
from .table import BLOCK, CAVITY, Piece, scene_of

SOFT = 1e-3
"""How much staying where it is counts beside the goals, which leave some directions open."""
OVER = 0.7
"""Within this share of its side a block's middle has to be over what carries it."""


def carry_out(program: Program, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """Carry a program out.

    Args:
        program: What a mind wrote for one step.
        pieces: Where everything is.

    Returns:
        Where everything is then.

    Raises:
        CannotDo: If a stage moves what is not held, or its goals cannot be met.
    """
    origin = {piece.name: piece for piece in pieces}
    now = dict(origin)
    held = ""
    for stage in program.stages:
        if stage.goals:
            if not held:
                raise CannotDo(f"{stage.name} wants something moved while nothing is held")
            now[held] = _moved(stage, now[held], now, origin)
        for grasp in stage.grasps:
            held = grasp.thing
            above = [piece.name for piece in now.values() if held in (piece.on, piece.inside)]
            if above or now[held].kind != "block":
                raise CannotDo(f"{held} cannot be lifted: {above[0] if above else 'it is a bowl'}")
        for release in stage.releases:
            now[release.thing] = _settled(now[release.thing], now)
            held = ""
    return tuple(now.values())


def _moved(stage: Stage, held: Piece, now: dict[str, Piece], origin: dict[str, Piece]) -> Piece:
    """Move what is held to where a stage's goals hold."""
    start = dict(now)
    residuals = lift(stage.goals)

    def at(offset: Float64) -> dict[str, Piece]:
        return {**now, held.name: replace(held, center=held.center + offset)}

    def cost(offset: Float64) -> Float64:
        values = residuals.evaluate(_points(residuals.points, at(offset), start, origin))
        return np.concatenate([_broken(residuals, values), SOFT * offset])

    found = least_squares(cost, np.full(3, 1e-3), x_scale=0.1).x
    places = at(found)
    measured = judge(stage.goals, lambda ref: _point(ref, places, start, origin))
    failed = [met.relation.text for met in measured if not met.met]
    if failed:
        raise CannotDo(f"{stage.name} cannot be met: {failed[0]}")
    return places[held.name]


def _broken(residuals: Residuals, values: Float64) -> Float64:
    kinds = np.array([row.kind == "eq" for row in residuals.rows])
    return np.where(kinds, values, np.maximum(values, 0.0))


def _points(
    refs: Sequence[PointRef], now: dict[str, Piece], start: dict[str, Piece], origin: dict[str, Piece]
) -> Float64:
    return np.array([_point(ref, now, start, origin) for ref in refs]).reshape(-1, 3)


def _point(
    ref: PointRef, now: dict[str, Piece], start: dict[str, Piece], origin: dict[str, Piece]
) -> Float64:
    if ref.thing is None:
        raise CannotDo("a goal speaks of the hand itself, which has no place here")
    if ref.thing == TABLE:
        table = scene_of(()).table
        return np.array([*(table.lower + table.upper) / 2.0, table.height])
    return {"now": now, "start": start, "origin": origin}[ref.when][ref.thing].part(ref.part)


def _settled(piece: Piece, now: dict[str, Piece]) -> Piece:
    """Let a thing come to rest on what is below it: in a bowl, on a block, on the table."""
    others = [other for other in now.values() if other.name != piece.name]
    bowls = [o for o in others if o.kind == "bowl" and _off(piece, o).max() < CAVITY]
    if bowls:
        center = np.array([*piece.center[:2], bowls[0].center[2]])
        return replace(piece, center=center, on=bowls[0].name, inside=bowls[0].name)
    below = [o for o in others if o.kind == "block" and _off(piece, o).max() < OVER * BLOCK]
    below = [o for o in below if o.center[2] < piece.center[2]]
    if below:
        support = max(below, key=lambda other: float(other.center[2]))
        center = np.array([*piece.center[:2], support.center[2] + BLOCK])
        return replace(piece, center=center, on=support.name, inside=None)
    return replace(piece, center=np.array([*piece.center[:2], piece.size[2] / 2.0]), on=TABLE, inside=None)


def _off(a: Piece, b: Piece) -> Float64:
    """Give how far two things' middles are off each other, shape (2,), [m]."""
    return np.abs(a.center[:2] - b.center[:2])
