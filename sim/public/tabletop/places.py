"""Where a thing goes by what was said: on, in or beside another one, as points over the table."""

import numpy as np

from ....agent.rules.deeds import Deed
from ....core.arrays import Float64
from ....core.errors import CannotDo
from .seeing import Seen, bounds, category_of, kind_of

GAP = 0.04
"""Between what is put beside each other, [m]."""
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
    middle = (low + high)[:2] / 2.0
    if deed.relation in BESIDE:
        return _beside(deed.relation, name, target, seen)
    mark = seen.marks.get(category_of(name))
    if mark is not None and ((mark > low) & (mark < high))[:2].all():
        return mark[:2]
    if deed.relation in ("in", "on", "at", "under", "on table", "back"):
        return _surface(target, seen, middle)
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


def _surface(target: str, seen: Seen, middle: Float64) -> Float64:
    """Give the middle of what carries: of a piece that is made for it, else of the thing."""
    if kind_of(target) == "stove":
        # Where one cooks is round and level; the knob stands beside it.
        level = [p for p in seen.pieces[target] if "burner" in p.path[-1] or "cook" in p.path[-1]]
        if level:
            low, high = bounds(tuple(level))
            return (low + high)[:2] / 2.0
    return middle
