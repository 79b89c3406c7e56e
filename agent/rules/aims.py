"""What a clause is about and where to: things to be moved, places, choices left open."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from ...core.errors import CannotDo, InputError, NeedsAnswer
from ...perception.scene import TABLE, Thing
from . import nouns
from .deeds import ANY, Deed
from .meaning import NounPhrase, Phrases
from .refer import chosen, find, kind_of
from .state import FIXED, PARTS, State

BINS = nouns.alike("bin")

Suits = Callable[[str], bool]


def targets(
    phrases: Phrases, state: State, without: Sequence[str] = (), suits: Suits | None = None
) -> list[str]:
    """Find what a clause is about, each thing once."""
    names: list[str] = []
    for phrase in phrases:
        found = find(phrase, state, (*without, *names), suits)
        names += [name for name in found if name not in names]
        state.kind = kind_of(found, state) if found != (TABLE,) else state.kind
    return names


def to_move(phrases: Phrases, state: State, without: Sequence[str] = ()) -> list[Deed]:
    """Find what is to be moved; where the person leaves a choice, a deed that has it."""
    found: list[Deed] = []
    names: list[str] = []
    for phrase in phrases:
        choice = chosen(phrase, state, (*without, *names))
        if choice is not None:
            state.kind = kind_of(choice[1], state)
            found.append(Deed(do="", what=(ANY,), count=choice[0], options=choice[1]))
            continue
        if phrase.quantity == "it" and state.theme == (ANY,):
            before = next(deed for deed in reversed(state.deeds) if deed.what == (ANY,))
            found.append(Deed(do="", what=(ANY,), count=before.count, options=before.options))
            continue
        fresh = [name for name in targets((phrase,), state, (*without, *names)) if name not in names]
        for table in filter(state.is_table, fresh):
            raise CannotDo(f"{'the table' if table == TABLE else table} cannot be moved")
        for name in fresh:
            if state.thing(name).kind in FIXED:
                raise CannotDo(f"{name} is fixed and cannot be moved")
        names += fresh
        found += [Deed(do="", what=(name,)) for name in fresh]
    return found


def reference(
    phrases: Phrases, state: State, without: Sequence[str], relation: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find what a place is relative to: identifiers, and those among which there is a choice."""
    names: list[str] = []
    for phrase in phrases:
        choice = chosen(phrase, state, (*without, *names))
        if choice is not None and choice[0] == 1 and phrase.quantity == "a" and len(phrases) == 1:
            return (ANY,), choice[1]
        if phrase.quantity == "them" and relation == "between" and len(state.theme) == 2:
            names += state.theme
            continue
        phrase = _own(phrase, state)
        names += find(phrase, state, (*without, *names), lambda name: _suits(state.thing(name), relation))
    wanted = 2 if relation == "between" else 1
    if len(names) > wanted:
        raise NeedsAnswer(f"which {'two' if wanted == 2 else 'one'} of them?", names)
    if len(names) < wanted:
        raise InputError("not understood: 'between' needs two things, such as 'between the mug and the bowl'")
    return tuple(names), ()


def _own(phrase: NounPhrase, state: State) -> NounPhrase:
    return replace(phrase, own=False) if phrase.own else phrase


def _suits(thing: Thing, relation: str) -> bool:
    if relation == "in":
        return thing.cavity_radius is not None
    if relation == "on":
        return thing.kind not in ("ball", "bottle", "bowl", "mug", "cup", "glass", "apple", *PARTS)
    return True


def quiet(phrase: NounPhrase, state: State) -> tuple[str, ...]:
    """Give what a pronoun stands for; nothing where that is open."""
    try:
        return find(phrase, state)
    except NeedsAnswer:
        return ()


def called(table: str) -> str:
    """Say a table as the person would."""
    return "the table" if table == TABLE else table


def single(phrases: Phrases, state: State, suits: Suits, what: str, without: Sequence[str] = ()) -> list[str]:
    """Find the one thing that a verb needs."""
    names = targets(phrases, state, without, suits)
    if len(names) != 1:
        raise NeedsAnswer(f"which one to {what}?", names)
    if names[0] == TABLE:
        raise CannotDo(f"there is no way to {what} the table")
    return names
