"""Where a thing goes by what was said: on, in or beside another one, as points over the table."""

import numpy as np

from ....agent.rules.deeds import Deed
from ....core.arrays import Float64
from ....core.errors import CannotDo
from .seeing import Seen, bounds, category_of, kind_of

GAP = 0.04
"""Between what is put beside each other, [m]."""
SIDE = 0.01
"""Between what is put side by side on something, [m]."""
BESIDE = ("left of", "right of", "in front of", "behind", "next to")


def place_of(deed: Deed, name: str, seen: Seen) -> Float64:
    """Give where a thing's middle goes, x and y, shape (2,), [m].

    Args:
        deed: What was said.
        name: The thing.
        seen: What is known.

    Raises:
        CannotDo: If what was said is no place that is known of.
    """
    if not deed.to:
        raise CannotDo(f"no place was said for {name}")
    target = deed.to[0]
    if target not in seen.pieces:
        raise CannotDo(f"no place is known for {deed.relation!r} {target}")
    low, high = bounds(seen.pieces[target])
    if deed.relation in BESIDE:
        return _beside(deed.relation, name, target, seen)
    mark = seen.marks.get(category_of(name))
    if mark is not None and ((mark > low) & (mark < high))[:2].all():
        return mark[:2]
    if deed.relation in ("in", "on", "at", "under", "on table", "back"):
        return _surface(deed, name, target, seen)
    raise CannotDo(f"{deed.relation!r} {target} is no place that is known of")


def _beside(relation: str, name: str, target: str, seen: Seen) -> Float64:
    way = seen.scene.directions
    step = {
        "left of": way.left, "right of": way.right, "in front of": way.front, "behind": way.behind,
        "next to": way.right,
    }[relation]  # fmt: skip
    (low, high), (own_low, own_high) = bounds(seen.pieces[target]), bounds(seen.pieces[name])
    half = np.abs((high - low) / 2.0) @ np.abs(step) + np.abs((own_high - own_low) / 2.0) @ np.abs(step)
    return ((low + high) / 2.0 + step * (half + GAP))[:2]


def _surface(deed: Deed, name: str, target: str, seen: Seen) -> Float64:
    """Give a place on what carries: on a piece that is made for it, else on the thing."""
    low, high = bounds(seen.pieces[target])
    if kind_of(target) == "stove":
        # Where one cooks is round and level; the knob stands beside it.
        level = [p for p in seen.pieces[target] if "burner" in p.path[-1] or "cook" in p.path[-1]]
        if level:
            low, high = bounds(tuple(level))
    if deed.relation == "on" and len(deed.what) > 1 and name in deed.what:
        # Several side by side, along the longer side of what carries them.
        long = int(np.argmax((high - low)[:2]))
        room = 2.0 * max(float(_half(one, seen).min()) for one in deed.what if one in seen.pieces) + SIDE
        at = (low + high)[:2] / 2.0
        at[long] += (deed.what.index(name) - (len(deed.what) - 1) / 2.0) * room
        return at
    return _free_spot(name, target, seen, low, high)


def _free_spot(name: str, target: str, seen: Seen, low: Float64, high: Float64) -> Float64:
    """Give the middle of a surface, or what is nearest to it beside what stands there already."""
    middle = (low + high)[:2] / 2.0
    half = _half(name, seen)
    there = [
        (np.mean(bounds(seen.pieces[thing.name]), axis=0)[:2], _half(thing.name, seen))
        for thing in seen.scene.things
        if thing.on == target and thing.inside is None and thing.name != name and thing.kind != "drawer"
    ]
    if not there:
        return middle
    reach = (high - low)[:2] / 2.0
    x, y = (np.linspace(-r, r, 15) for r in reach)
    spots = middle + np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    free = np.ones(len(spots), bool)
    for at, other in there:
        free &= (np.abs(spots - at) > half + other).any(axis=1)
    spots = spots[free]
    return spots[int(np.argmin(np.linalg.norm(spots - middle, axis=1)))] if len(spots) else middle


def _half(name: str, seen: Seen) -> Float64:
    low, high = bounds(seen.pieces[name])
    return (high - low)[:2] / 2.0
