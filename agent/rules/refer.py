"""From noun phrases to things: which identifiers a description means in a scene."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ...core.errors import CannotDo, InputError, NeedsAnswer
from ...perception.scene import TABLE, Scene, Thing, table_name
from . import nouns
from .meaning import NotHere, NotUnderstood, NounPhrase, Phrases, Where, describe
from .naming import called, names_of, traits
from .spatial import along, apart, compared, extreme, in_row, key_of, side_asked, sized, stands
from .state import FIXED, FLAT, FURNITURE, State

Suits = Callable[[str], bool]

DIRECTIONAL = ("left of", "right of", "in front of", "behind")


def listing(scene: Scene) -> str:
    """Name everything in a scene."""
    return ", ".join(thing.name for thing in scene.things) or "nothing"


def find(
    phrase: NounPhrase, state: State, without: Sequence[str] = (), suits: Suits | None = None
) -> tuple[str, ...]:
    """Give the things that a phrase means.

    Args:
        phrase: The description.
        state: The scene and what was spoken of.
        without: Names that it cannot mean.
        suits: What a pronoun can mean; anything that is not fixed where it is left out.

    Returns:
        Identifiers, at least one; ``("table",)`` for the table at which the robot stands.

    Raises:
        NotUnderstood: If words in it are unknown.
        NotHere: If nothing fits.
        NeedsAnswer: If more fit than are meant.
    """
    if phrase.quantity == "it":
        return (state.it(suits or (lambda name: state.thing(name).kind not in FIXED), without),)
    if phrase.quantity == "them":
        return state.them()
    if phrase.kind in nouns.alike(TABLE):
        return _table(phrase, state)
    if phrase.kind == "stack":
        return _top_of_stack(phrase, state)
    counted = phrase.superlative == "middle" or (phrase.ordinal is not None and phrase.superlative)
    if without and counted and not phrase.other:
        try:  # "the middle one on the back one": counted among all, the back one too.
            found = find(phrase, state, (), suits)
        except (NotHere, NeedsAnswer, CannotDo):
            found = tuple(without)
        if not {*found} & {*without}:
            return found
    fits = matching(phrase, state, without)
    if phrase.that and len(fits) > 1 and not phrase.plural:
        latest = [name for name in reversed(state.touched) if name in {thing.name for thing in fits}]
        fits = [state.thing(latest[0])] if latest else fits
    found = tuple(thing.name for thing in _quantified(phrase, fits, state))
    state.touched += found
    return found


def chosen(
    phrase: NounPhrase, state: State, without: Sequence[str] = ()
) -> tuple[int, tuple[str, ...]] | None:
    """Give how many are to be chosen from which things, where the phrase leaves a choice; else None."""
    if phrase.quantity not in ("a", "count") or phrase.superlative or phrase.ordinal or phrase.plural is None:
        return None
    if phrase.kind in nouns.alike(TABLE):
        return None
    fits = [thing.name for thing in matching(phrase, state, without)]
    count = phrase.count or 1
    return (count, tuple(fits)) if len(fits) > count else None


def _top_of_stack(phrase: NounPhrase, state: State) -> tuple[str, ...]:
    """Find what lies uppermost of things that stand on each other."""
    parts = {t.name for p in phrase.having for t in matching(replace(p, quantity="all", plural=True), state)}
    names = [t.name for t in state.scene.things if t.kind not in FURNITURE and (not parts or t.name in parts)]
    tops = [n for n in names if state.on[n] in names and not state.carries(n)]
    if not tops:
        raise NotHere("there is no stack here", ("stack",))
    if len(tops) > 1:
        raise NeedsAnswer("on which stack?", tops)
    return tuple(tops)


def kind_of(names: Sequence[str], state: State) -> str:
    """Give the kind that all of some things share, or ``thing``."""
    kinds = {state.scene.thing(name).kind for name in names if state.known(name)}
    return kinds.pop() if len(kinds) == 1 else "thing"


def _table(phrase: NounPhrase, state: State) -> tuple[str, ...]:
    """Find a table: *the table* is the main one, others go by number or are *the other* one."""
    others = [thing.name for thing in state.scene.things if thing.kind == TABLE]
    if phrase.colors or phrase.sizes or phrase.superlative or phrase.where or phrase.unknown:
        names = f"say 'the table' or {', '.join(others)}" if others else "there is one table, say 'the table'"
        raise NotUnderstood(f"not understood: {describe(phrase)!r}; {names}", (describe(phrase),))
    number = int(phrase.name[1:]) if phrase.name else phrase.ordinal
    if (number is None and not phrase.other) or number == 1:
        return (TABLE,)
    if phrase.other and len(others) > 1:
        raise NeedsAnswer("which other table?", others)
    name = others[0] if phrase.other and others else table_name((number or 2) - 1)
    if name not in others:
        raise NotHere(
            f"there is no such table here; there is: {', '.join(('the table', *others))}", ("table",)
        )
    return (name,)


def matching(phrase: NounPhrase, state: State, without: Sequence[str] = ()) -> list[Thing]:
    """List the things that a description fits, before quantity is counted.

    Raises:
        NotUnderstood: If words in it are unknown.
        NotHere: If nothing fits.
    """
    if phrase.unknown:
        raise NotUnderstood(
            f"not understood: {', '.join(map(repr, phrase.unknown))} in {describe(phrase)!r}; things are "
            "told apart by colour, size and place, or use --mind model, which understands free speech",
            phrase.unknown,
        )
    scene = state.scene
    named = [thing for thing in scene.things if thing.name not in without]
    fits = [thing for thing in called(phrase, named, state) if traits(thing, phrase, state)]
    if not fits:
        raise _absent(phrase, state, utterly=not called(phrase, list(scene.things), state))
    for where in phrase.where:
        kept = _related(fits, where, state)
        state.redundant += len(kept) == len(fits)
        fits = kept
    for word, other in phrase.than:
        names = find(_noun_of(other, phrase), state)
        fits = compared([thing for thing in fits if thing.name not in names], word, names, state)
    for part in phrase.having:
        fits = [thing for thing in fits if _has(thing, part, state)]
    if phrase.row:
        fits = in_row([thing for thing in fits if state.is_table(state.on[thing.name])], phrase.row, state)
    left_out = _left_out(phrase, fits, state)
    fits = [thing for thing in fits if thing.name not in left_out]
    if not fits:
        raise _absent(phrase, state)
    for size in phrase.sizes:
        fits = sized(fits, size, phrase)
    return fits


def _absent(
    phrase: NounPhrase, state: State, utterly: bool = False, more: Sequence[NounPhrase] = ()
) -> NotHere:
    other = "other " if phrase.other or phrase.quantity == "rest" else ""
    said = " and no ".join(map(describe, (phrase, *more)))
    return NotHere(
        f"there is no {other}{said} here; there is: {listing(state.scene)}", tuple(said.split()), utterly
    )


def _noun_of(phrase: NounPhrase, before: NounPhrase) -> NounPhrase:
    """Let *one* stand for the noun before it."""
    return replace(phrase, kind=before.kind) if phrase.kind in ("one", "") else phrase


def _has(thing: Thing, part: NounPhrase, state: State) -> bool:
    """Say whether a thing carries or holds what a phrase describes."""
    try:
        wanted = {other.name for other in matching(replace(part, other=False), state)}
    except (NotHere, NeedsAnswer):
        return False
    return len(wanted & set(state.carried(thing.name))) >= (part.count or 1)


def _left_out(phrase: NounPhrase, fits: list[Thing], state: State) -> set[str]:
    """Find what the exceptions name, and what *other* leaves out; in exceptions, *one* is the noun before."""
    kind = state.kind
    if phrase.kind not in ("", "one"):
        state.kind = phrase.kind
    names: set[str] = set()
    among = {thing.name for thing in fits}
    for part in phrase.exceptions:
        try:
            names |= set(find(part, state, [t.name for t in state.scene.things if t.name not in among]))
        except NotHere:
            if part.kind != "thing":  # Of several groups the exception may belong to another one.
                raise
    state.kind = kind
    if phrase.other or phrase.quantity == "rest":
        names |= set(state.spoken)
    return names


def _related(fits: list[Thing], where: Where, state: State) -> list[Thing]:
    """Keep what stands in a relation to other things, or at a place of the table."""
    if where.relation == "at":
        return _at_place(fits, where.place or "", state)
    vague = len(where.references) == 1 and _vague(where.references[0])
    if vague and where.relation not in ("nearest", "farthest"):
        # "the block in the bowl" with two bowls: the one that has a block in it.
        options = [(thing.name,) for thing in matching(where.references[0], state)]
        every = all if where.negated else any
        state.touched += [name for (name,) in options if any(stands(t, where, (name,), state) for t in fits)]
        fits = [thing for thing in fits if every(stands(thing, where, names, state) for names in options)]
        return _closest(fits, where, [name for (name,) in options], state)
    names = tuple(
        name for part in where.references for name in find(part, state, suits=bearing(where, state))
    )
    if where.relation in ("nearest", "farthest"):
        if TABLE in names:
            raise InputError("not understood: nearest to the table; say it relative to a thing")
        others = [thing for thing in fits if thing.name not in names]
        far = where.relation == "farthest"
        return extreme(others, lambda thing: apart(thing, names, state), far, where.relation, 1)
    if where.relation in ("in", "on", "from") and len(names) > 1:
        return [thing for thing in fits if any(stands(thing, where, (name,), state) for name in names)]
    return _closest([thing for thing in fits if stands(thing, where, names, state)], where, names, state)


def _closest(fits: list[Thing], where: Where, names: Sequence[str], state: State) -> list[Thing]:
    """Of things directly left of another one keep the nearest."""
    if not where.direct or where.relation not in DIRECTIONAL or len(fits) < 2:
        return fits
    return extreme(fits, lambda thing: apart(thing, tuple(names), state), False, where.relation, 1)


def bearing(where: Where, state: State) -> Suits:
    """Tell what *it* can be in "what is on it": what can carry or hold."""

    def suits(name: str) -> bool:
        thing = state.thing(name)
        if where.relation in ("in", "on"):
            return thing.cavity_radius is not None or thing.kind in FLAT or bool(state.carries(name))
        return True

    return suits


def _all_in(phrase: NounPhrase) -> Phrases:
    """Give a description and all descriptions in it."""
    inner = [*phrase.having, *phrase.exceptions, *(other for _, other in phrase.than)]
    inner += [part for where in phrase.where for part in where.references]
    return (phrase, *(part for one in inner for part in _all_in(one)))


def all_known(phrases: Phrases, state: State) -> None:
    """Check that every noun is a word of the language, whether or not such a thing is here.

    Raises:
        NotUnderstood: If one is not.
    """
    here = {name for thing in state.scene.things for name in names_of(thing)}
    for phrase in (part for one in phrases for part in _all_in(one)):
        known = phrase.kind in nouns.NOUNS or phrase.kind in ("", "one", "stack") or phrase.kind in here
        strange = [*phrase.unknown, *([] if known else [phrase.kind])]
        if strange:
            raise NotUnderstood(f"not understood: {', '.join(map(repr, strange))}", strange)


def present(phrases: Phrases, state: State) -> None:
    """Check that there is something of each kind that is spoken of.

    Raises:
        NotHere: If there is nothing of that kind at all.
    """
    phrases = tuple(part for phrase in phrases for part in _all_in(phrase))
    strange = [word for phrase in phrases for word in phrase.unknown]
    if strange:
        for phrase in phrases:
            matching(replace(phrase, unknown=tuple(strange)), state)
    missing: list[NounPhrase] = []
    for phrase in phrases:
        plain = (
            phrase.quantity not in ("it", "them")
            and phrase.kind not in ("", "one", "thing")
            and not phrase.name
        )
        if not plain or phrase.kind in nouns.alike(TABLE) or phrase.unknown:
            continue
        if phrase.kind != "stack" and not called(phrase, list(state.scene.things), state):
            missing.append(phrase)
    colors = {thing.color for thing in state.scene.things}
    missing += [p for p in phrases if p not in missing and p.colors and not colors & set(p.colors)]
    if missing:
        raise _absent(missing[0], state, utterly=True, more=missing[1:])


def _at_place(fits: list[Thing], place: str, state: State) -> list[Thing]:
    """Keep what stands farthest toward a side or a corner of the table: one thing, or all on that side."""
    middle = (state.scene.table.lower + state.scene.table.upper) / 2.0
    ways = [word for word in ("left", "right", "near", "far") if word in place.split()]
    if not ways and len(fits) > 1:  # The middle: what stands nearest to it.
        return extreme(fits, lambda t: float(np.linalg.norm(t.center[:2] - middle)), False, place, 1)
    if not ways:
        return fits
    ds = state.scene.directions
    vectors = {"left": ds.left, "right": ds.right, "near": ds.front, "far": ds.behind}
    return [t for t in fits if all((t.center[:2] - middle) @ vectors[word][:2] > 0.02 for word in ways)]


def _vague(phrase: NounPhrase) -> bool:
    """Say whether a phrase names one thing by description alone."""
    plain = (
        phrase.quantity in ("the", "bare", "a")
        and not phrase.plural
        and phrase.kind not in nouns.alike(TABLE)
    )
    return plain and phrase.superlative is None and phrase.ordinal is None and not phrase.sizes


def _ranked(phrase: NounPhrase, fits: list[Thing], state: State) -> list[Thing]:
    """Apply a superlative and an ordinal."""
    word, ordinal = phrase.superlative, phrase.ordinal
    if ordinal is not None and word is None:
        if phrase.kind in ("one", "") and len(state.moved) >= max(ordinal, 1):
            return [state.thing(state.moved[ordinal - 1 if ordinal > 0 else -1])]
        if len(fits) == 1 and ordinal in (1, -1):
            return fits
        raise side_asked(phrase)
    if phrase.count is not None and phrase.quantity == "the" and len(fits) != phrase.count:
        raise NeedsAnswer(f"which {phrase.count} of them?", (thing.name for thing in fits))
    if word is None:
        return fits
    # "take the block to the left side" where there is one block: the side is where it goes.
    state.redundant += len(fits) == 1 and ordinal is None
    called = [thing for thing in fits if {word, *_TWINS.get(word, ())} & set(thing.name.split("_"))]
    if word in _TWINS and len(called) == 1 and ordinal is None:
        return called
    if word == "middle" and len(fits) == 2:
        raise NotHere(f"there is no {describe(phrase)}: there are two", ("middle",))
    if word == "middle":
        if len(fits) % 2 == 0 or ordinal is not None:
            raise NeedsAnswer(f"which {describe(phrase)}?", (thing.name for thing in fits))
        key = along(fits, state)
        return [sorted(fits, key=key)[len(fits) // 2]]
    if ordinal is not None and word in ("top", "bottom") and np.ptp([t.center[2] for t in fits]) < 0.01:
        word = {"top": "behind", "bottom": "front"}[word]  # On one level the top is what is farther away.
    key, most = key_of(word, state)
    if ordinal is not None:
        place = len(fits) if ordinal == -1 else ordinal
        if place > len(fits):
            raise NotHere(f"there are only {len(fits)} that fit {describe(phrase)!r}", (describe(phrase),))
        first = extreme(fits, key, most, word, place)
        before = extreme(fits, key, most, word, place - 1) if place > 1 else []
        return [thing for thing in first if thing not in before]
    if phrase.plural and phrase.count is None:
        raise NeedsAnswer(f"how many are {describe(phrase)}?", (thing.name for thing in fits))
    count = 1 if phrase.quantity == "the" else phrase.count or 1
    if count > len(fits):
        raise NotHere(f"there are only {len(fits)} that fit {describe(phrase)!r}", (describe(phrase),))
    return extreme(fits, key, most, word, count)


_TWINS = {"top": ("upper",), "bottom": ("lower",), "left": (), "right": ()}


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
        return easiest(fits, state)[:count] if quantity == "count" else fits
    if quantity == "a":
        return easiest(fits, state)[:1]
    if len(fits) > 1:
        raise NeedsAnswer(f"which {describe(phrase)}?", (thing.name for thing in fits))
    return fits


def easiest(fits: list[Thing], state: State) -> list[Thing]:
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
