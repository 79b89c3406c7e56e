"""Clauses about rows and stacks: what lies on what, and in which order."""

from dataclasses import replace
from itertools import pairwise

from ...core.errors import NeedsAnswer
from ...perception.scene import TABLE
from . import corners, nouns
from .aims import reference, targets
from .deeds import Deed
from .meaning import Clause, NounPhrase
from .putting import put
from .refer import find
from .spatial import measure
from .state import FLAT, FURNITURE, State


def stack(said: Clause, state: State) -> list[Deed]:
    """Tie stacking things in no order, or in one of size."""
    names = targets(said.targets or (NounPhrase(quantity="all", plural=True, kind="block"),), state)
    names = [name for name in names if state.thing(name).kind not in FURNITURE]
    if len(names) < 2:
        others = (t.name for t in state.scene.things if t.name not in names)
        raise NeedsAnswer(f"stack {names[0] if names else 'what'} on what?", others)
    ordered = bool(said.order)
    if said.order in (("base",), ("summit",)) and said.other:
        (end,) = find(
            replace(said.other[0], kind=state.kind) if said.other[0].kind == "" else said.other[0], state
        )
        rest = [name for name in names if name != end]
        names = [end, *rest] if said.order == ("base",) else [*rest, end]
    for word in said.order:
        names = _ranked(names, word, state)
    if said.order and said.order[0].startswith("size") and said.order[0].endswith("up"):
        names.reverse()  # "from the biggest": towers of a size order have the biggest below
    return [Deed(do="stack", what=tuple(names), ordered=ordered)]


def _ranked(names: list[str], word: str, state: State) -> list[str]:
    """Order names by a word of order: the first is the bottom, or the left end."""
    key, _, value = word.rpartition(" ")
    if key in ("size", "height"):
        size = "big" if key == "size" else "tall"
        return sorted(names, key=lambda name: measure(state.thing(name), size), reverse=value == "down")
    if key in ("base", "summit"):
        least = value in ("smallest", "shortest", "small", "short", "narrowest", "thin")
        size = "tall" if value in ("tallest", "shortest", "tall", "short") else "big"
        return sorted(names, key=lambda n: measure(state.thing(n), size), reverse=least == (key == "summit"))
    if key in _SIZES and value in ("left", "right", "first"):
        size, most = _SIZES[key]
        first = value in ("left", "first")
        return sorted(names, key=lambda name: measure(state.thing(name), size), reverse=most == first)
    return names


_SIZES = {
    "biggest": ("big", True), "smallest": ("big", False), "tallest": ("tall", True),
    "shortest": ("tall", False),
    "longest": ("long", True), "widest": ("thick", True),
    "narrowest": ("thick", False),
}  # fmt: skip


def tower(said: Clause, state: State) -> list[Deed]:
    """Tie a tower told from below."""
    names: list[str] = []
    for phrase in said.targets:
        if phrase.quantity == "it" and names:
            continue
        names += targets((phrase,), state, names)
    if len(names) != len(set(names)) or len(names) < 2 or TABLE in names:
        raise NeedsAnswer("what goes on what?", names)
    return [Deed(do="put", what=(above,), relation="on", to=(below,)) for below, above in pairwise(names)]


def stack_at(said: Clause, state: State) -> list[Deed]:
    """Tie stacking onto something."""
    if len(said.targets) == 1 and not said.targets[0].plural and said.targets[0].quantity != "them":
        return put(replace(said, verb="put"), state)
    if (
        said.where is not None
        and said.where.relation == "on"
        and said.where.references[0].kind in nouns.alike(TABLE)
    ):
        return stack(said, state)
    if said.where is not None and said.where.relation == "at":
        place = corners.by(said.where, state) if said.where.references else said.where.place or ""
        return [replace(deed, relation="at", to=(place,)) for deed in stack(said, state)]
    if said.where is not None and said.where.relation in ("on", "in", "to"):
        names = targets(said.targets, state)
        to, _ = reference(said.where.references, state, names, "on")
        if state.thing(to[0]).kind not in FLAT and len(names) == 1:
            return [Deed(do="stack", what=(*to, *names), ordered=True)]
    raise NeedsAnswer("a stack at a place is not among the rules; stack them first, then say where", ())


_WAYS = ("left to right", "near to far", "diagonal")
"""Words of order that say how a row lies, and not what comes first in it."""


def line_up(said: Clause, state: State) -> list[Deed]:
    """Tie a row."""
    names = targets(said.targets, state)
    if len(names) < 2:
        raise NeedsAnswer("a row of what?", (t.name for t in state.scene.things))
    along, ordered = "any", False
    for word in said.order:
        if word in _WAYS:
            along = word
        elif word in ("right to left", "far to near"):
            along, names = ("left to right" if word[0] == "r" else "near to far"), names[::-1]
        elif word != "said":
            names = _ranked(names, word, state)
            if word.split()[-1] in ("left", "right"):
                along = "left to right"
        listed = len(said.targets) > 1 and not any(phrase.plural for phrase in said.targets)
        ordered = ordered or word not in _WAYS or listed
    return [Deed(do="line_up", what=tuple(names), direction=along, ordered=ordered)]
