"""From clauses to deeds: what each verb means in a scene."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from ...core.errors import CannotDo, InputError, NeedsAnswer
from ...perception.scene import TABLE
from . import nouns
from .aims import called, single, targets, to_move
from .deeds import ANY, Deed
from .meaning import Clause, NotHere, NotUnderstood
from .naming import names_of
from .putting import back, discard, down, match, mismatch, pull, push, put, put_away, refit, remove, together
from .refer import easiest, find, kind_of, matching, present
from .stacking import line_up, stack, stack_at, tower
from .state import FILLABLE, FIXED, OPENABLE, POURABLE, SWITCHED, State


def clause(said: Clause, state: State) -> list[Deed]:
    """Tie one clause to the scene, and note what it is about and what it changes."""
    state.group += 1
    if any(phrase.other for phrase in said.targets):
        _settle(state)
    present((*said.targets, *said.other, *(said.where.references if said.where else ())), state)
    deeds = [replace(deed, group=state.group) for deed in _VERBS[said.verb](said, state)]
    for deed in deeds:
        _effect(deed, state)
    if deeds:
        _noted(said, deeds, state)
    return deeds


def _settle(state: State) -> None:
    """Choose now what was left open, for "the other one" to be another one."""
    for place, deed in enumerate(state.deeds):
        if deed.what == (ANY,) and deed.count == 1:
            name = easiest([state.thing(option) for option in deed.options], state)[0].name
            state.deeds[place] = replace(deed, what=(name,), count=0, options=())
            state.theme = (name,) if state.theme == (ANY,) else state.theme
            state.speak(name)


def _noted(said: Clause, deeds: Sequence[Deed], state: State) -> None:
    names = tuple(dict.fromkeys(name for deed in deeds for name in deed.what))
    references = tuple(dict.fromkeys(name for deed in deeds for name in (*deed.to, deed.tool) if name))
    whole = replace(deeds[0], what=names, to=references, tool="")
    state.note(whole)
    colors = said.targets[-1].colors if said.targets else ()
    one = bool(said.targets) and said.targets[-1].kind in ("one", "")
    state.colors = colors or (state.colors if one else ())


def _effect(deed: Deed, state: State) -> None:
    if deed.do == "pick" and deed.what[0] != ANY:
        state.held = deed.what[0]
    elif deed.do in ("put", "move", "push", "pull"):
        relation = "on" if deed.relation == "on table" else deed.relation or "at"
        for name in deed.what:
            state.moved_to(name, relation, TABLE if deed.relation == "on table" else ",".join(deed.to))
    elif deed.do == "stack":
        for below, above in pairwise(deed.what):
            state.moved_to(above, "on", below)


def _pick(said: Clause, state: State) -> list[Deed]:
    return [replace(deed, do="pick") for deed in to_move(said.targets, state)]


def _hand_over(said: Clause, state: State) -> list[Deed]:
    return [replace(deed, do="hand_over") for deed in to_move(said.targets, state)]


def _open(said: Clause, state: State) -> list[Deed]:
    return _set(said, state, "open", "closed")


def _close(said: Clause, state: State) -> list[Deed]:
    return _set(said, state, "close", "open")


def _set(said: Clause, state: State, verb: str, before: str) -> list[Deed]:
    """Open or close; of several drawers the only one that is not so yet is meant."""

    def opens(name: str) -> bool:
        return state.known(name) and state.thing(name).kind in OPENABLE

    deeds = []
    for phrase in said.targets:
        plain = phrase.quantity in ("the", "bare") and not phrase.plural and not phrase.states
        plain = plain and phrase.superlative is None and phrase.ordinal is None
        if plain and phrase.kind != "one":
            fits = matching(phrase, state)
            joints = [t for t in fits if t.articulation is not None]
            if len(joints) == len(fits) > 1:
                phrase = replace(phrase, states=(before,))
        names = find(phrase, state, suits=opens)
        for name in names:
            if name != TABLE and state.thing(name).kind not in (
                *OPENABLE,
                "holder",
                "basket",
                "book",
                "notebook",
                "mug",
            ):
                raise CannotDo(f"{name} cannot be {'opened' if verb == 'open' else 'closed'}")
        deeds += [Deed(do=verb, what=(name,)) for name in names]
    return deeds


def _turn(said: Clause, state: State, verb: str) -> list[Deed]:
    """Turn on or off: what has a switch or a knob."""
    names = targets(said.targets, state, (), lambda name: _switched(name, state))
    for name in names:
        if not _switched(name, state):
            raise CannotDo(f"{called(name)} cannot be turned {verb.removeprefix('turn_')}")
    return [Deed(do=verb, what=(name,)) for name in names]


def _turn_on(said: Clause, state: State) -> list[Deed]:
    return _turn(said, state, "turn_on")


def _turn_off(said: Clause, state: State) -> list[Deed]:
    return _turn(said, state, "turn_off")


def _switched(name: str, state: State) -> bool:
    return state.known(name) and state.thing(name).kind.split()[-1] in SWITCHED


def _pours(name: str, state: State) -> bool:
    return state.known(name) and state.thing(name).kind.split()[-1] in (*POURABLE, *FILLABLE)


def _pour(said: Clause, state: State) -> list[Deed]:
    (source,) = single(said.targets, state, lambda name: _pours(name, state), "pour from")
    (target,) = single(
        said.other, state, lambda name: _fills(name, state) and name != source, "pour into", (source,)
    )
    for name, able in ((source, _pours(source, state)), (target, _fills(target, state))):
        if not able:
            raise NotUnderstood(f"nothing can be poured from {source} into {target}", ("pour", name))
    return [Deed(do="pour", what=(source,), to=(target,))]


def _fills(name: str, state: State) -> bool:
    return state.known(name) and state.thing(name).kind.split()[-1] in FILLABLE


def _pour_into(said: Clause, state: State) -> list[Deed]:
    """Pour into something, from what was spoken of or from the only thing that holds a drink."""
    if not said.targets:
        raise NeedsAnswer("into what?", (t.name for t in state.scene.things if _fills(t.name, state)))
    (target,) = single(said.targets, state, lambda name: _fills(name, state), "pour into")
    spoken = [n for group in (state.theme, state.reference) for n in group if n != target and state.known(n)]
    sources = [n for n in spoken if state.thing(n).kind in POURABLE]
    sources = sources or [t.name for t in state.scene.things if t.kind in POURABLE and t.name != target]
    if len(set(sources)) != 1:
        raise NeedsAnswer("pour from what?", sources)
    return [Deed(do="pour", what=(sources[0],), to=(target,))]


def _wipe(said: Clause, state: State) -> list[Deed]:
    tool = ""
    if said.other:
        (tool,) = find(said.other[0], state)
    if said.where is not None:
        return [Deed(do="wipe", what=(said.where.place or "",), tool=tool)]
    names = targets(said.targets, state, [tool] if tool else (), lambda name: name != tool)
    return [Deed(do="wipe", what=(name,), tool=tool) for name in names]


def _swap(said: Clause, state: State) -> list[Deed]:
    names = targets(said.targets, state)
    if len(names) != 2:
        raise NeedsAnswer("which two are to be swapped?", names)
    for name in names:
        if state.is_table(name) or state.thing(name).kind in FIXED:
            raise CannotDo(f"{called(name)} cannot be moved")
    return [Deed(do="swap", what=tuple(names))]


def _again(said: Clause, state: State) -> list[Deed]:
    """Do what was done last with other things: "the same with the red one", "and the rest"."""
    strange = [phrase.kind for phrase in said.targets if phrase.kind not in (*nouns.NOUNS, "", "one")]
    strange = [kind for kind in strange if not any(kind in names_of(thing) for thing in state.scene.things)]
    if strange:
        raise NotUnderstood(f"not understood: {', '.join(map(repr, strange))}", strange)
    before = state.deeds or list(state.supposed) or [deed for turn in state.turns for deed in turn.deeds]
    if not before:
        raise InputError("not understood: no verb; say what to do with it, such as 'put it in the bowl'")
    last = before[-1]
    if last.do in ("stack", "swap", "line_up"):
        raise NeedsAnswer("the same cannot be done with that; what is to be done?", ())
    try:
        picks = to_move(said.targets, state, [name for name in last.to if state.known(name)])
    except (NotHere, NeedsAnswer, CannotDo):
        if not last.to or said.verb == "same":
            raise
        return _elsewhere(said, last, state)
    if said.verb == "use" and last.to:
        return _elsewhere(said, last, state)
    return [replace(last, what=deed.what, count=deed.count, options=deed.options) for deed in picks]


def _elsewhere(said: Clause, last: Deed, state: State) -> list[Deed]:
    """The same thing to another place."""
    kind = state.kind
    state.kind = kind_of(last.to, state)
    names = find(said.targets[0], state, last.what)
    state.kind = kind
    if len(names) != 1:
        raise NeedsAnswer("which one is to be used?", names)
    return [replace(last, to=names)]


_VERBS: dict[str, Callable[[Clause, State], list[Deed]]] = {
    "pick": _pick, "hand_over": _hand_over, "put": put, "push": push, "pull": pull, "down": down,
    "back": back, "discard": discard, "put_away": put_away, "together": together, "remove": remove,
    "open": _open, "close": _close, "turn_on": _turn_on, "turn_off": _turn_off, "pour": _pour,
    "pour_into": _pour_into, "wipe": _wipe, "swap": _swap, "refit": refit, "same": _again,
    "fragment": _again, "use": _again, "match_color": match, "mismatch_color": mismatch, "stack": stack,
    "tower": tower, "stack_at": stack_at, "line_up": line_up,
}  # fmt: skip
