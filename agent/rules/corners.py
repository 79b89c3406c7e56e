"""Corners of the table that are told by things: the one nearest to a thing, one for each of several."""

from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from ...core.arrays import Float64
from ...core.errors import CannotDo, NeedsAnswer
from .deeds import ANY, Deed
from .meaning import Where
from .refer import find
from .spatial import extreme_of
from .state import State


def places(state: State) -> dict[str, Float64]:
    """Give the corners as the person sees them, by what they are called, each shape (2,), [m]."""
    table, ways = state.scene.table, state.scene.directions
    middle, half = (table.lower + table.upper) / 2.0, (table.upper - table.lower) / 2.0
    depths, sides = {"near": ways.front, "far": ways.behind}, {"left": ways.left, "right": ways.right}
    return {
        f"{depth} {side} corner": middle + half * np.sign(np.round((a + b)[:2], 6))
        for depth, a in depths.items()
        for side, b in sides.items()
    }


def by(where: Where, state: State) -> str:
    """Name the corner nearest to a thing, or farthest from it.

    Raises:
        NeedsAnswer: If it is not clear which one is meant.
    """
    (phrase,) = where.references
    name = find(phrase, state)[0]
    if not state.known(name):
        raise CannotDo("a corner of the table is not told by the table; say it relative to a thing")
    center = state.thing(name).center[:2]
    far = {corner: float(np.linalg.norm(place - center)) for corner, place in places(state).items()}
    return extreme_of(far, (where.place or "").startswith("farthest"), "corner")


def apart(picks: list[Deed], verb: str, state: State) -> list[Deed]:
    """Give each thing a corner of its own, so that the ways are short in all.

    Args:
        picks: What is to be moved.
        verb: How.
        state: What is there.

    Raises:
        NeedsAnswer: If there is one thing alone.
        CannotDo: If there are more things than corners, or they are not known yet.
    """
    corners = places(state)
    names = [deed.what[0] for deed in picks]
    if len(names) == 1:
        raise NeedsAnswer(f"into which corner does {names[0]} go?", corners)
    if len(names) > len(corners) or ANY in names:
        raise CannotDo(f"there are {len(corners)} corners; say which things are to go there")
    centers = [state.thing(name).center[:2] for name in names]
    cost = np.array([[np.linalg.norm(corner - center) for corner in corners.values()] for center in centers])
    _, columns = linear_sum_assignment(cost)
    told = list(corners)
    return [
        replace(deed, do=verb, relation="at", to=(told[column],))
        for deed, column in zip(picks, columns, strict=True)
    ]
