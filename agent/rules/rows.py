"""Where the things of a row go: side by side on the table, in their order, where all have room."""

import itertools

import numpy as np

from ...core.arrays import Float64
from ...core.errors import CannotDo
from ...perception.scene import Thing
from . import places
from .deeds import Deed
from .spatial import direction
from .state import State

ROOM = 0.05  # Between two things of a row: the hand's fingers and some, [m].
SHIFTS = (0.0, 0.04, -0.04, 0.08, -0.08, 0.12, -0.12, 0.16, -0.16)


def row(deed: Deed, state: State) -> list[tuple[str, Float64]]:
    """Find a place for each thing of a row.

    Args:
        deed: What is to be lined up, first things first, and along which direction.
        state: What is there.

    Returns:
        Names with spots of the table, shape (2,), [m], in an order in which each spot is free by then.

    Raises:
        CannotDo: If there is no such row.
    """
    scene = state.scene
    things = [scene.thing(name) for name in deed.what]
    right, away = direction("right", state)[:2], direction("away", state)[:2]
    ways = {
        "near to far": (away,),
        "diagonal": ((right + away) / np.sqrt(2.0), (right - away) / np.sqrt(2.0)),
    }
    for along in ways.get(deed.direction, (right,)):
        for room in (places.FINGER_ROOM, places.TIGHT_ROOM):
            found = _along(along, things, deed, state, room)
            if found is not None:
                return found
    raise CannotDo(f"there is no room for {', '.join(deed.what)} in one row")


def _along(
    along: Float64, things: list[Thing], deed: Deed, state: State, room: float
) -> list[tuple[str, Float64]] | None:
    """Find a row along a direction, unit vector of shape (2,), with room about it, [m]; None if none is."""
    scene = state.scene
    if not deed.ordered:
        things = sorted(things, key=lambda thing: float(thing.center[:2] @ along))
    radii = [places.Footprint.of(thing).radius for thing in things]
    steps = np.cumsum([0.0, *(a + b + ROOM for a, b in itertools.pairwise(radii))])
    middle = np.mean([thing.center[:2] for thing in things], axis=0)
    across = np.array([-along[1], along[0]])
    others = [
        places.Footprint.of(thing)
        for thing in scene.things
        if thing.name not in deed.what and state.is_table(thing.on)
    ]
    for aside in SHIFTS:
        for ahead in SHIFTS:
            start = middle + aside * across + (ahead - steps[-1] / 2.0) * along
            spots = [start + step * along for step in steps]
            inside = all(((s >= places.REACH_LOWER) & (s <= places.REACH_UPPER)).all() for s in spots)
            free = all(
                float(other.distance(spot[None])[0]) >= radius + room
                for spot, radius in zip(spots, radii, strict=True)
                for other in others
            )
            if inside and free:
                order = _ordered([thing.name for thing in things], spots, radii, state)
                if order is not None:
                    return order
    return None


def _ordered(
    names: list[str], spots: list[Float64], radii: list[float], state: State
) -> list[tuple[str, Float64]] | None:
    """Order the moves so that none ends where another thing of the row still stands; None where none does."""
    scene = state.scene
    waiting = dict(zip(names, zip(spots, radii, strict=True), strict=True))
    order: list[tuple[str, Float64]] = []
    while waiting:
        for name, (spot, radius) in waiting.items():
            still = [scene.thing(other) for other in waiting if other != name]
            if all(
                float(places.Footprint.of(thing).distance(spot[None])[0]) >= radius + places.TIGHT_ROOM
                for thing in still
            ):
                order.append((name, spot))
                del waiting[name]
                break
        else:
            return None
    return order
