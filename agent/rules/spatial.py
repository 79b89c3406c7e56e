"""How things lie to each other, and which is the biggest, the leftmost, the second of a row."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from ...core.errors import InputError, NeedsAnswer
from ...perception.scene import TABLE, Thing
from .meaning import NotUnderstood, NounPhrase, Where, describe
from .places import gap
from .state import FIXED, State

NEAR = 0.12  # Surfaces closer than this are next to each other, [m].
ROW = 0.09  # A gap in depth wider than this parts two rows, [m].
CLEARLY = 1.15  # Ratio of two sizes of which one is clearly the bigger.
Key = Callable[[Thing], float]
SIZES = {
    "biggest": "big", "smallest": "small", "tallest": "tall", "shortest": "short", "longest": "long",
    "widest": "thick", "narrowest": "thin",
}  # fmt: skip
LESS = ("small", "short", "thin")
_COLORFUL = ("in front of", "behind", "left of", "right of")


def stands(thing: Thing, where: Where, names: tuple[str, ...], state: State) -> bool:
    """Say whether a thing stands in a relation now, or will after the deeds so far."""
    if thing.name in names:
        return False
    return _holds(thing, where, names, state) != where.negated


def _holds(thing: Thing, where: Where, names: tuple[str, ...], state: State) -> bool:
    relation = where.relation
    if relation in ("in", "on", "from"):
        return _carried(thing, names, state, where.direct)
    if relation == "under":
        return any(state.on.get(name) == thing.name for name in names)
    if thing.name in state.placed:
        return state.placed[thing.name] == (relation, ",".join(names))
    if TABLE in names:
        raise NotUnderstood(f"not understood: {relation} the table; say it relative to a thing", (relation,))
    others = [state.scene.thing(name) for name in names]
    if relation == "between":
        if len(others) != 2:
            raise InputError("not understood: 'between' needs two things")
        return _lies_between(thing, *others)
    if relation == "next to":
        return all(gap(thing, other) <= NEAR for other in others)
    if relation not in _COLORFUL:
        raise NotUnderstood(f"not understood: {relation}; say 'left of', 'behind' and so on", (relation,))
    way = direction(relation, state)
    aside = np.cross([0.0, 0.0, 1.0], way)
    offsets = [thing.center - other.center for other in others]
    return all(offset @ way > 0.01 and offset @ way >= abs(offset @ aside) * 0.8 for offset in offsets)


def direction(word: str, state: State) -> np.ndarray:
    """Give a direction as the person sees it, unit vector in the world, shape (3,)."""
    ways = state.scene.directions
    return {
        "left": ways.left, "left of": ways.left, "right": ways.right, "right of": ways.right,
        "front": ways.front, "in front of": ways.front, "near": ways.front, "behind": ways.behind,
        "away": ways.behind,
    }[word]  # fmt: skip


def _carried(thing: Thing, names: tuple[str, ...], state: State, direct: bool) -> bool:
    for name in names:
        if state.is_table(name):
            if state.on[thing.name] == name and not state.inside[thing.name]:
                return True
        elif state.on[thing.name] == name and thing.kind in FIXED:
            return True  # The drawer of the cabinet: a part, which it does not carry.
        elif (direct and name in (state.on[thing.name], state.inside[thing.name])) or (
            not direct and thing.name in state.carried(name)
        ):
            return True
    return False


def _lies_between(thing: Thing, a: Thing, b: Thing) -> bool:
    along = b.center[:2] - a.center[:2]
    share = float((thing.center[:2] - a.center[:2]) @ along / max(float(along @ along), 1e-9))
    foot = a.center[:2] + share * along
    return 0.0 < share < 1.0 and float(np.linalg.norm(thing.center[:2] - foot)) < 0.08


def apart(thing: Thing, names: tuple[str, ...], state: State) -> float:
    """Give the horizontal distance of a thing from the nearest of some others, [m]."""
    return min(float(np.linalg.norm(thing.center[:2] - state.scene.thing(name).center[:2])) for name in names)


def measure(thing: Thing, size: str) -> float:
    """Give how big, tall, long or thick a thing is, [m]."""
    height = float(thing.parts["top"][2] - thing.parts["bottom"][2])
    if size in ("tall", "short", "tallest", "shortest"):
        return height
    if size in ("long", "longest"):
        return float(max(thing.size))
    if size in ("thin", "thick", "narrowest", "widest"):
        return float(min(thing.size[:2]))
    return float(np.prod(thing.size) ** (1.0 / 3.0))


def sized(fits: list[Thing], size: str, phrase: NounPhrase) -> list[Thing]:
    """Keep the big or the small ones: one clearly so, else the sizes split at their widest gap.

    Raises:
        NeedsAnswer: If none is clearly so.
    """
    if len(fits) < 2:
        return fits
    called = [thing for thing in fits if size in thing.name.split("_")]
    ordered = sorted(fits, key=lambda thing: measure(thing, size))
    ratios = [measure(b, size) / measure(a, size) for a, b in pairwise(ordered)]
    if not phrase.plural:
        clear = ratios[0] if size in LESS else ratios[-1]
        if clear >= CLEARLY:
            return [ordered[0 if size in LESS else -1]]
    split = int(np.argmax(ratios))
    if ratios[split] < 1.08:
        if len(called) == 1:
            return called
        raise NeedsAnswer(
            f"which {phrase.kind or 'thing'}? none is clearly {size}", (thing.name for thing in fits)
        )
    kept = ordered[: split + 1] if size in LESS else ordered[split + 1 :]
    return [thing for thing in fits if thing in kept]


def key_of(word: str, state: State) -> tuple[Key, bool]:
    """Give the measure that a superlative orders by, and whether it wants the most."""
    if word in ("left", "right", "front", "behind"):
        way = direction(word, state)
        return (lambda thing: float(thing.center @ way)), True
    if word in ("top", "bottom"):
        return (lambda thing: float(thing.center[2])), word == "top"
    if word in SIZES:
        return (lambda thing: measure(thing, word)), SIZES[word] not in LESS
    return (lambda thing: float(np.linalg.norm(thing.center[:2]))), word == "farthest"


def along(fits: list[Thing], state: State) -> Key:
    """Give the measure along the row that things stand in: sideways, away, or upward."""
    ways = (direction("left", state), direction("behind", state), np.array([0.0, 0.0, 1.0]))
    spread = [float(np.ptp([thing.center @ way for thing in fits])) for way in ways]
    way = ways[int(np.argmax(spread))]
    return lambda thing: float(thing.center @ way)


def extreme(fits: list[Thing], key: Key, most: bool, word: str, count: int) -> list[Thing]:
    """Keep the first ones in an order, if it is clear which they are.

    Raises:
        NeedsAnswer: If they are too alike.
    """
    if not fits:
        return fits
    ordered = sorted(fits, key=key, reverse=most)
    if len(ordered) > count:
        last, after = key(ordered[count - 1]), key(ordered[count])
        if abs(last - after) < max(0.004, 0.02 * abs(last) if word in SIZES else 0.0):
            raise NeedsAnswer(
                f"which one is the {word}? they are too alike", (thing.name for thing in ordered[: count + 1])
            )
    return ordered[:count]


def extreme_of(values: Mapping[str, float], most: bool, what: str) -> str:
    """Name what has the least, or the most, of a measure.

    Raises:
        NeedsAnswer: If two are too alike, [m].
    """
    ranked = sorted(values, key=lambda name: values[name], reverse=most)
    if len(ranked) > 1 and abs(values[ranked[0]] - values[ranked[1]]) < 0.004:
        raise NeedsAnswer(f"which {what}? two are too alike", ranked[:2])
    return ranked[0]


def in_row(fits: list[Thing], row: str, state: State) -> list[Thing]:
    """Keep what stands in the front or in the back row: those before the first wide gap in depth."""
    way = direction(row, state)
    ordered = sorted(fits, key=lambda thing: -float(thing.center @ way))
    kept = ordered[:1]
    for before, after in pairwise(ordered):
        if float((before.center - after.center) @ way) > ROW:
            break
        kept.append(after)
    return [thing for thing in fits if thing in kept]


def compared(fits: list[Thing], word: str, names: Sequence[str], state: State) -> list[Thing]:
    """Keep what has clearly more of something than other things."""
    key, most = key_of(word, state)
    others = [key(state.scene.thing(name)) for name in names]
    if word in SIZES:
        return [t for t in fits if all(key(t) > 1.04 * o if most else key(t) < o / 1.04 for o in others)]
    return [t for t in fits if all(key(t) > o + 0.01 if most else key(t) < o - 0.01 for o in others)]


def side_asked(phrase: NounPhrase) -> NeedsAnswer:
    """Ask from which side is counted."""
    return NeedsAnswer(
        f"the {describe(phrase)} counted from which side?",
        ("from the left", "from the right", "from the front"),
    )
