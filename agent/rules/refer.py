"""From noun phrases to things: which identifiers a description means in a scene."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ...core.errors import CannotDo, InputError, NeedsAnswer
from ...perception.scene import TABLE, Scene, Thing, table_name
from .meaning import NounPhrase, Where, describe
from .places import gap

FIXED = ("tray", "shelf", "drawer")  # furniture: never part of "everything"
NEAR = 0.12  # surfaces closer than this are next to each other, [m]
HAND = "hand"  # what carries a thing that is held
Key = Callable[[Thing], float]


@dataclass(slots=True, kw_only=True)
class State:
    """The scene as it will be after the steps so far, in words.

    Attributes:
        scene: What is there now.
        on: What carries each thing, by name.
        inside: What holds each thing, by name.
        placed: Relation and reference of each thing that steps so far have moved.
        spoken: Names spoken of so far, oldest first.
        theme: Names that the last clause moved.
        reference: Names that it was moved relative to.
        kind: What "one" stands for now.
        reference_kind: The kind of the last reference.
        held: Name of what the hand holds.
        colors: Colours said with the last target, for "the other one".
        redundant: How many relations said did not narrow anything down.
    """

    scene: Scene
    on: dict[str, str] = field(default_factory=dict)
    inside: dict[str, str | None] = field(default_factory=dict)
    placed: dict[str, tuple[str, str]] = field(default_factory=dict)
    spoken: list[str] = field(default_factory=list)
    theme: tuple[str, ...] = ()
    reference: tuple[str, ...] = ()
    kind: str = "thing"
    reference_kind: str | None = None
    held: str | None = None
    colors: tuple[str, ...] = ()
    redundant: int = 0

    def __post_init__(self) -> None:
        """Take what carries what from the scene."""
        self.on = {thing.name: thing.on for thing in self.scene.things}
        self.inside = {thing.name: thing.inside for thing in self.scene.things}
        self.held = next((name for name, carrier in self.on.items() if carrier == HAND), None)

    def is_table(self, name: str) -> bool:
        """Whether a name is a table's: the main one's, or that of a second one, which is a thing too."""
        return name == TABLE or any(thing.name == name and thing.kind == TABLE for thing in self.scene.things)

    def table_under(self, name: str) -> str:
        """Name the table that carries a thing, whatever is in between."""
        passed: set[str] = set()
        while not self.is_table(name) and name in self.on and name not in passed:
            passed.add(name)
            name = self.on[name]
        return name if self.is_table(name) else TABLE

    def carries(self, name: str) -> tuple[str, ...]:
        """List what stands on a thing or lies in it."""
        return tuple(n for n in self.on if name in (self.on[n], self.inside[n]))


def listing(scene: Scene) -> str:
    """Name everything in a scene."""
    return ", ".join(thing.name for thing in scene.things) or "nothing"


def find(phrase: NounPhrase, state: State, without: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the things that a phrase means.

    Args:
        phrase: The description.
        state: The scene and what was spoken of.
        without: Names that it cannot mean.

    Returns:
        Identifiers, at least one; ``("table",)`` for the table at which the robot stands.

    Raises:
        InputError: If words in it are unknown.
        CannotDo: If nothing fits.
        NeedsAnswer: If more fit than are meant.
    """
    if phrase.quantity in ("it", "them"):
        return _pronoun(phrase, state)
    if phrase.kind == TABLE:
        return _table(phrase, state)
    fits = _fits(phrase, state, without)
    chosen = _quantified(phrase, fits, state)
    return tuple(thing.name for thing in chosen)


def kind_of(names: Sequence[str], state: State) -> str:
    """Give the kind that all of some things share, or ``thing``."""
    kinds = {state.scene.thing(name).kind for name in names if name != TABLE}
    return kinds.pop() if len(kinds) == 1 else "thing"


def _table(phrase: NounPhrase, state: State) -> tuple[str, ...]:
    """Find a table: *the table* is the main one, others go by number or are *the other* one."""
    others = [thing.name for thing in state.scene.things if thing.kind == TABLE]
    if phrase.colors or phrase.sizes or phrase.superlative or phrase.where or phrase.unknown:
        names = f"say 'the table' or {', '.join(others)}" if others else "there is one table, say 'the table'"
        raise InputError(f"not understood: {describe(phrase)!r}; {names}")
    number = int(phrase.name[1:]) if phrase.name else phrase.ordinal
    if (number is None and not phrase.other) or number == 1:
        return (TABLE,)
    if phrase.other and len(others) > 1:
        raise NeedsAnswer("which other table?", others)
    name = others[0] if phrase.other and others else table_name((number or 2) - 1)
    if name not in others:
        raise CannotDo(f"there is no such table here; there is: {', '.join(('the table', *others))}")
    return (name,)


def _pronoun(phrase: NounPhrase, state: State) -> tuple[str, ...]:
    said = "it" if phrase.quantity == "it" else "them"
    if not state.theme or (said == "it") != (len(state.theme) == 1):
        raise NeedsAnswer(f"what does {said!r} stand for?", (thing.name for thing in state.scene.things))
    return state.theme


def _fits(phrase: NounPhrase, state: State, without: Sequence[str]) -> list[Thing]:
    """List the things that the description fits, before quantity is counted."""
    if phrase.unknown and phrase.kind not in ("", "thing", "one"):
        raise InputError(
            f"not understood: {', '.join(map(repr, phrase.unknown))} in {describe(phrase)!r}; things are "
            "told apart by colour, size and place, or use --mind model, which understands free speech"
        )
    scene = state.scene
    fits = [thing for thing in scene.things if not phrase.unknown and _is(thing, phrase, state)]
    if not fits:
        raise CannotDo(f"there is no {describe(phrase)} here; there is: {listing(scene)}")
    fits = [thing for thing in fits if thing.name not in without]
    for where in phrase.where:
        kept = _related(fits, where, state)
        state.redundant += len(kept) == len(fits)
        fits = kept
    left_out = _left_out(phrase, state)
    if phrase.other or phrase.quantity == "rest":
        left_out |= set(state.spoken)
    if phrase.kind in ("thing", "") and phrase.quantity in ("all", "rest") and not phrase.name:
        left_out |= {thing.name for thing in scene.things if thing.kind in FIXED}
    fits = [thing for thing in fits if thing.name not in left_out]
    if not fits:
        other = "other " if phrase.other or phrase.quantity == "rest" else ""
        raise CannotDo(f"there is no {other}{describe(phrase)} here; there is: {listing(scene)}")
    for size in phrase.sizes:
        fits = _sized(fits, size, phrase)
    return fits


def _left_out(phrase: NounPhrase, state: State) -> set[str]:
    """Find what the exceptions name; in them, "one" is the noun that they are taken from."""
    kind = state.kind
    if phrase.kind not in ("", "one"):
        state.kind = phrase.kind
    names = {name for part in phrase.exceptions for name in find(part, state)}
    state.kind = kind
    return names


def _is(thing: Thing, phrase: NounPhrase, state: State) -> bool:
    if phrase.name and not phrase.name.startswith("#"):
        return thing.name == phrase.name
    if thing.kind == TABLE:
        return False  # Who says *thing* means none that is furniture of the room.
    if phrase.name and not thing.name.endswith("_" + phrase.name[1:]):
        return False
    kind = state.kind if phrase.kind == "one" else phrase.kind
    if kind == "container":
        fits = thing.cavity_radius is not None
    else:
        fits = kind in ("thing", "") or thing.kind == kind
    colors = phrase.colors
    if phrase.kind == "one" and phrase.other and not colors:
        colors = state.colors
    return fits and (not colors or thing.color in colors)


def _measure(thing: Thing, size: str) -> float:
    """How big or how tall a thing is, [m]."""
    if size in ("tall", "short", "tallest", "shortest"):
        return float(thing.parts["top"][2] - thing.parts["bottom"][2])
    return float(np.prod(thing.size) ** (1.0 / 3.0))


def _sized(fits: list[Thing], size: str, phrase: NounPhrase) -> list[Thing]:
    """Keep the big or the small ones: the sizes split at their widest gap."""
    if len(fits) < 2:
        return fits
    ordered = sorted(fits, key=lambda thing: _measure(thing, size))
    ratios = [_measure(b, size) / _measure(a, size) for a, b in pairwise(ordered)]
    if not phrase.plural:
        clear = ratios[0] if size in ("small", "short") else ratios[-1]
        if clear >= 1.15:
            return [ordered[0 if size in ("small", "short") else -1]]
    split = int(np.argmax(ratios))
    if ratios[split] < 1.08:
        raise NeedsAnswer(
            f"which {phrase.kind or 'thing'}? none is clearly {size}", (thing.name for thing in fits)
        )
    kept = ordered[: split + 1] if size in ("small", "short") else ordered[split + 1 :]
    return [thing for thing in fits if thing in kept]


def _related(fits: list[Thing], where: Where, state: State) -> list[Thing]:
    """Keep what stands in a relation to other things."""
    if (
        len(where.references) == 1
        and _vague(where.references[0])
        and where.relation not in ("nearest", "farthest")
    ):
        # "the block in the bowl" with two bowls: the one that has a block in it.
        options = [(thing.name,) for thing in _fits(where.references[0], state, ())]
        return [thing for thing in fits if any(_stands(thing, where, names, state) for names in options)]
    names = tuple(name for part in where.references for name in find(part, state))
    if where.relation in ("nearest", "farthest"):
        if TABLE in names:
            raise InputError("not understood: nearest to the table; say it relative to a thing")
        others = [thing for thing in fits if thing.name not in names]
        far = where.relation == "farthest"
        return _extreme(others, lambda thing: _between(thing, names, state), far, where.relation, 1)
    return [thing for thing in fits if _stands(thing, where, names, state)]


def _vague(phrase: NounPhrase) -> bool:
    """Say whether a phrase names one thing by description alone."""
    plain = phrase.quantity in ("the", "bare", "a") and not phrase.plural and phrase.kind != TABLE
    return plain and phrase.superlative is None and phrase.ordinal is None and not phrase.sizes


def _stands(thing: Thing, where: Where, names: tuple[str, ...], state: State) -> bool:
    return thing.name not in names and _holds(thing, where, names, state)


def _between(thing: Thing, names: tuple[str, ...], state: State) -> float:
    return min(float(np.linalg.norm(thing.center[:2] - state.scene.thing(name).center[:2])) for name in names)


def _holds(thing: Thing, where: Where, names: tuple[str, ...], state: State) -> bool:
    """Say whether a thing stands in a relation now, or will after the steps so far."""
    relation = where.relation
    if relation in ("in", "on", "from"):
        return state.inside[thing.name] in names or (
            state.on[thing.name] in names
            and not (state.inside[thing.name] and any(map(state.is_table, names)))
        )
    if relation == "under":
        return any(state.on.get(name) == thing.name for name in names)
    if thing.name in state.placed:
        return state.placed[thing.name] == (relation, ",".join(names))
    if TABLE in names:
        raise InputError(f"not understood: {relation} the table; say it relative to a thing")
    others = [state.scene.thing(name) for name in names]
    if relation == "between":
        if len(others) != 2:
            raise InputError("not understood: 'between' needs two things")
        return _lies_between(thing, *others)
    if relation == "region" or relation == "move":
        raise InputError("not understood: a side of a thing; say 'left of', 'behind' and so on")
    if relation == "next to":
        return all(gap(thing, other) <= NEAR for other in others)
    directions = state.scene.directions
    way = {
        "left of": directions.left,
        "right of": directions.right,
        "in front of": directions.front,
        "behind": directions.behind,
    }[relation]
    aside = np.cross([0.0, 0.0, 1.0], way)
    offsets = [thing.center - other.center for other in others]
    return all(offset @ way > 0.01 and offset @ way >= abs(offset @ aside) * 0.8 for offset in offsets)


def _lies_between(thing: Thing, a: Thing, b: Thing) -> bool:
    along = b.center[:2] - a.center[:2]
    share = float((thing.center[:2] - a.center[:2]) @ along / max(float(along @ along), 1e-9))
    foot = a.center[:2] + share * along
    return 0.0 < share < 1.0 and float(np.linalg.norm(thing.center[:2] - foot)) < 0.08


def _extreme(fits: list[Thing], key: Key, most: bool, word: str, count: int) -> list[Thing]:
    """Keep the first ones in an order, if it is clear which they are."""
    if not fits:
        return fits
    ordered = sorted(fits, key=key, reverse=most)
    if len(ordered) > count:
        last, after = key(ordered[count - 1]), key(ordered[count])
        if abs(last - after) < max(0.004, 0.02 * abs(last) if word in _SIZES else 0.0):
            raise NeedsAnswer(
                f"which one is the {word}? they are too alike", (thing.name for thing in ordered[: count + 1])
            )
    return ordered[:count]


_SIZES = {"biggest": "big", "smallest": "small", "tallest": "tall", "shortest": "short"}


def _key(word: str, state: State) -> tuple[Key, bool]:
    """Give the measure that a superlative orders by, and whether it wants the most."""
    directions = state.scene.directions
    ways = {
        "left": directions.left,
        "right": directions.right,
        "front": directions.front,
        "behind": directions.behind,
    }
    if word in ways:
        return (lambda thing: float(thing.center @ ways[word])), True
    if word in _SIZES:
        return (lambda thing: _measure(thing, word)), word in ("biggest", "tallest")
    return (lambda thing: float(np.linalg.norm(thing.center[:2]))), word == "farthest"


def _ranked(phrase: NounPhrase, fits: list[Thing], state: State) -> list[Thing]:
    """Apply a superlative and an ordinal."""
    word, ordinal = phrase.superlative, phrase.ordinal
    if ordinal is not None and word is None:
        if len(fits) == 1 and ordinal in (1, -1):
            return fits
        raise NeedsAnswer(
            f"the {describe(phrase)} counted from which side?",
            ("from the left", "from the right", "from the front"),
        )
    if word == "middle":
        if len(fits) % 2 == 0 or ordinal is not None:
            raise NeedsAnswer(f"which {describe(phrase)}?", (thing.name for thing in fits))
        key, _ = _key("left", state)
        return [sorted(fits, key=key)[len(fits) // 2]]
    if word is None:
        return fits
    key, most = _key(word, state)
    if ordinal is not None:
        place = len(fits) if ordinal == -1 else ordinal
        if place > len(fits):
            raise CannotDo(f"there are only {len(fits)} that fit {describe(phrase)!r}")
        chosen = _extreme(fits, key, most, word, place)
        before = _extreme(fits, key, most, word, place - 1) if place > 1 else []
        return [thing for thing in chosen if thing not in before]
    if phrase.plural and phrase.count is None:
        raise NeedsAnswer(f"how many are {describe(phrase)}?", (thing.name for thing in fits))
    count = phrase.count or 1
    if count > len(fits):
        raise CannotDo(f"there are only {len(fits)} that fit {describe(phrase)!r}")
    return _extreme(fits, key, most, word, count)


def _quantified(phrase: NounPhrase, fits: list[Thing], state: State) -> list[Thing]:
    """Take as many as the phrase means."""
    fits = _ranked(phrase, fits, state)
    quantity, count = phrase.quantity, phrase.count
    if quantity in ("the", "bare") and phrase.plural and count is None:
        quantity = "all"
    if quantity in ("all", "rest"):
        return fits
    if quantity in ("both", "exactly", "count"):
        assert count is not None
        if len(fits) < count:
            raise CannotDo(f"{count} are meant by {describe(phrase)!r}, but only {len(fits)} fit")
        if quantity != "count" and len(fits) > count:
            raise NeedsAnswer(
                f"which {count} of the {len(fits)} that fit {describe(phrase)!r}?", (t.name for t in fits)
            )
        return _easiest(fits, state)[:count] if quantity == "count" else fits
    if quantity == "a":
        return _easiest(fits, state)[:1]
    if len(fits) > 1:
        raise NeedsAnswer(f"which {describe(phrase)}?", (thing.name for thing in fits))
    return fits


def _easiest(fits: list[Thing], state: State) -> list[Thing]:
    """Order by what is easiest to take: nothing on it, not spoken of yet, nearest to the robot."""
    return sorted(
        fits,
        key=lambda thing: (
            bool(state.carries(thing.name)),
            thing.name in state.spoken,
            round(float(np.linalg.norm(thing.center[:2])), 3),
            thing.name,
        ),
    )
