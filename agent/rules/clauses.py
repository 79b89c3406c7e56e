"""From clauses to deeds: what each verb's things and places mean in a scene."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ...core.errors import CannotDo, InputError, NeedsAnswer
from ...perception.scene import TABLE, Thing
from . import nouns
from .deeds import ANY, Deed
from .meaning import Clause, NotHere, NotUnderstood, NounPhrase, Phrases, Where
from .refer import chosen, easiest, find, kind_of, matching, names_of, present
from .spatial import measure
from .state import FILLABLE, FIXED, FLAT, FURNITURE, OPENABLE, POURABLE, State

BINS = nouns.alike("bin")
Suits = Callable[[str], bool]


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


# ---- things


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


def _picks(phrases: Phrases, state: State, without: Sequence[str] = ()) -> list[Deed]:
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


def _reference(
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
        return thing.kind not in ("ball", "bottle", "bowl", "mug", "cup", "glass", "apple")
    return True


# ---- verbs


def _pick(said: Clause, state: State) -> list[Deed]:
    return [replace(deed, do="pick") for deed in _picks(said.targets, state)]


def _hand_over(said: Clause, state: State) -> list[Deed]:
    return [replace(deed, do="hand_over") for deed in _picks(said.targets, state)]


def put(said: Clause, state: State, verb: str = "put") -> list[Deed]:
    """Tie put, push and pull: every target to one place, or along one direction."""
    where = said.where
    assert where is not None
    if where.relation in ("move", "at"):
        return _by_place(said, where, state, verb)
    if where.relation == "there":
        where = _there(where, state)
    taken = tuple(name for p in said.targets if p.quantity in ("it", "them") for name in _quiet(p, state))
    before, last = state.kind, said.targets[-1].kind
    if where.relation == "in":
        state.kind = state.reference_kind or "container"
    elif last not in ("", "one"):
        state.kind = kind_of(taken, state) if taken else last
    if where.relation == "part":
        (name,) = find(where.references[0], state, taken, lambda name: True)
        state.kind = before
        place = "table" if name == TABLE else name
        to: tuple[str, ...] = (f"{where.place} of {place}",)
        return [replace(d, do=verb, relation="at", to=to) for d in _picks(said.targets, state, (name,))]
    to, options = _reference(where.references, state, taken, where.relation)
    if verb in ("push", "pull") and where.relation == "to":
        where = replace(where, relation="next to")
    relation = _relation(where, to, options, state)
    state.reference_kind = kind_of(options or to, state)
    state.kind = before
    picks = _picks(said.targets, state, [name for name in (*to, *options) if name != TABLE])
    both = [deed.what[0] for deed in picks if deed.what[0] in to]
    if both:
        raise CannotDo(f"{both[0]} cannot be put {relation} itself")
    picks = _not_done(said, picks, relation, to, state)
    if to == (TABLE,) and relation == "on":
        relation, to = "on table", ()
    elif TABLE in to:
        raise CannotDo(f"nothing can be put {relation} the table; say 'on the table'")
    return [
        replace(deed, do=verb, relation=relation, to=to, places=options, distance=where.distance)
        for deed in picks
    ]


def _quiet(phrase: NounPhrase, state: State) -> tuple[str, ...]:
    try:
        return find(phrase, state)
    except NeedsAnswer:
        return ()


def _not_done(
    said: Clause, picks: list[Deed], relation: str, to: tuple[str, ...], state: State
) -> list[Deed]:
    """Of a group leave out what is there already, and order it: what carries nothing first, then the nearest."""
    whole = any(p.quantity in ("all", "rest") or (p.plural and p.quantity != "them") for p in said.targets)
    if not whole or any(deed.what == (ANY,) for deed in picks):
        return picks
    kept = [deed for deed in picks if not is_done(deed.what[0], relation, to, state)] or picks
    goal = [state.thing(name).center[:2] for name in to if state.known(name)]
    middle = np.mean(goal, axis=0) if goal else np.zeros(2)

    def key(deed: Deed) -> tuple[int, float, str]:
        thing = state.thing(deed.what[0])
        far = round(float(np.linalg.norm(thing.center[:2] - middle)), 3)
        return len(state.carried(thing.name)), far, thing.name

    return sorted(kept, key=key)


def is_done(name: str, relation: str, to: Sequence[str], state: State) -> bool:
    """Say whether a thing is already where it is wanted."""
    if len(to) != 1:
        return False
    if relation == "in":
        return state.inside[name] == to[0] or (state.on[name] == to[0] and name not in state.placed)
    if relation in ("on", "on table"):
        table = to[0] == TABLE
        return state.on[name] == to[0] and not (table and state.inside[name])
    return False


def _relation(where: Where, to: tuple[str, ...], options: tuple[str, ...], state: State) -> str:
    """Tell what *to* is: in what holds things, on what is flat."""
    names = options or to
    flat = all(name == TABLE or state.thing(name).kind in FLAT for name in names)
    if flat and (where.relation == "to" or (where.relation == "in" and not any(map(state.is_table, names)))):
        return "on"
    if where.relation != "to":
        if where.relation not in _SAID:
            raise CannotDo(
                f"nothing can be put {where.relation} a thing; say in, on, next to, left of, behind or between"
            )
        return where.relation
    if all(state.known(name) and state.thing(name).cavity_radius is not None for name in names):
        return "in"
    raise NeedsAnswer("'to' can mean several places; where exactly?", ("in", "on", "next to"))


_SAID = ("in", "on", "next to", "left of", "right of", "in front of", "behind", "between")


def _there(where: Where, state: State) -> Where:
    """Say what *there* is: what can hold or carry among what was spoken of last."""
    wanted = ("in",) if where.place == "in" else ("on",) if where.place == "on" else ("in", "on")
    for relation in wanted:
        for group in (state.reference, state.theme, *state.earlier):
            names = [
                name for name in group
                if state.known(name) and (state.thing(name).cavity_radius is not None
                                          if relation == "in" else state.thing(name).kind in (*FLAT, "peg", "cabinet"))
            ]  # fmt: skip
            if len(names) == 1:
                return Where(relation=relation, references=(NounPhrase(quantity="the", name=names[0]),))
    holders = [t.name for t in state.scene.things if t.cavity_radius is not None or t.kind in FLAT]
    raise NeedsAnswer("where is 'there'?", holders)


def _by_place(said: Clause, where: Where, state: State, verb: str) -> list[Deed]:
    """A place of the table, or a direction from where it is."""
    picks = _picks(said.targets, state)
    if where.relation == "at":
        return [replace(deed, do=verb, relation="at", to=(where.place or "",)) for deed in picks]
    do = "move" if verb == "put" else verb
    return [replace(deed, do=do, direction=where.direction or "", distance=where.distance) for deed in picks]


def _push(said: Clause, state: State) -> list[Deed]:
    return put(said, state, _slid(said, "push"))


def _pull(said: Clause, state: State) -> list[Deed]:
    return put(said, state, _slid(said, "pull"))


def _slid(said: Clause, verb: str) -> str:
    """What goes into or onto something is put there, whatever the verb."""
    return "put" if said.where is not None and said.where.relation in ("in", "on", "there") else verb


def _down(said: Clause, state: State) -> list[Deed]:
    picks = _picks(said.targets, state)
    for deed in picks:
        name = deed.what[0]
        if name != ANY and state.held != name and state.is_table(state.on[name]) and not state.inside[name]:
            raise CannotDo(f"{name} already stands on {_called(state.on[name])}; say where to put it")
    return [replace(deed, do="put", relation="on table") for deed in picks]


def _called(table: str) -> str:
    return "the table" if table == TABLE else table


def _back(said: Clause, state: State) -> list[Deed]:
    picks = _picks(said.targets, state)
    for deed in picks:
        name = deed.what[0]
        if (
            name != ANY
            and state.place_before(name) is None
            and state.held != name
            and name not in state.moved
        ):
            raise CannotDo(f"{name} has not been moved, so there is no place to put it back to")
    return [replace(deed, do="put", relation="back") for deed in picks]


def _discard(said: Clause, state: State) -> list[Deed]:
    bins = tuple(thing.name for thing in state.scene.things if thing.kind in BINS)
    if not bins:
        raise NotHere("there is no bin here to throw things into", ("away",))
    if len(bins) > 1:
        raise NeedsAnswer("into which bin?", bins)
    picks = _picks(said.targets, state, bins)
    return [replace(deed, do="put", relation="in", to=bins) for deed in picks]


def _put_away(said: Clause, state: State) -> list[Deed]:
    _picks(said.targets, state)
    holders = [
        t.name for t in state.scene.things if t.cavity_radius is not None or t.kind in ("cabinet", "shelf")
    ]
    raise NeedsAnswer("away into what?", holders)


def _together(said: Clause, state: State) -> list[Deed]:
    names = targets(said.targets, state)
    if len(names) != 2:
        raise NeedsAnswer("which two are to stand together?", names)
    return [Deed(do="put", what=(names[0],), relation="next to", to=(names[1],))]


def _remove(said: Clause, state: State) -> list[Deed]:
    phrases = said.targets
    if said.other:
        where = Where(relation="from", references=said.other)
        phrases = tuple(
            p if p.quantity in ("it", "them") else replace(p, where=(*p.where, where)) for p in phrases
        )
    picks = _picks(phrases, state)
    for deed in picks:
        name = deed.what[0]
        if name != ANY and state.on[name] == TABLE and not state.inside[name]:
            raise CannotDo(f"{name} already stands on the table; say where to put it")
    return [replace(deed, do="put", relation="on table") for deed in picks]


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


def _pours(name: str, state: State) -> bool:
    return state.known(name) and state.thing(name).kind.split()[-1] in (*POURABLE, *FILLABLE)


def _pour(said: Clause, state: State) -> list[Deed]:
    (source,) = _single(said.targets, state, lambda name: _pours(name, state), "pour from")
    (target,) = _single(
        said.other, state, lambda name: _fills(name, state) and name != source, "pour into", (source,)
    )
    for name, able in ((source, _pours(source, state)), (target, _fills(target, state))):
        if not able:
            raise NotUnderstood(f"nothing can be poured from {source} into {target}", ("pour", name))
    return [Deed(do="pour", what=(source,), to=(target,))]


def _fills(name: str, state: State) -> bool:
    return state.known(name) and state.thing(name).kind.split()[-1] in FILLABLE


def _single(
    phrases: Phrases, state: State, suits: Suits, what: str, without: Sequence[str] = ()
) -> list[str]:
    names = targets(phrases, state, without, suits)
    if len(names) != 1:
        raise NeedsAnswer(f"which one to {what}?", names)
    if names[0] == TABLE:
        raise CannotDo(f"there is no way to {what} the table")
    return names


def _pour_into(said: Clause, state: State) -> list[Deed]:
    """Pour into something, from what was spoken of or from the only thing that holds a drink."""
    if not said.targets:
        raise NeedsAnswer("into what?", (t.name for t in state.scene.things if _fills(t.name, state)))
    (target,) = _single(said.targets, state, lambda name: _fills(name, state), "pour into")
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
            raise CannotDo(f"{_called(name)} cannot be moved")
    return [Deed(do="swap", what=tuple(names))]


def _refit(said: Clause, state: State) -> list[Deed]:
    """A place alone: what was moved last, to there."""
    last = [deed for turn in state.turns for deed in turn.deeds][-1:] if not state.deeds else []
    if not last or last[0].do not in ("put", "move", "push", "pull", "pick") or said.where is None:
        raise InputError("not understood: a place alone; say what is to go there")
    names = tuple(NounPhrase(quantity="the", name=name) for name in last[0].what)
    verb = last[0].do if last[0].do in ("push", "pull") else "put"
    return put(Clause(verb="put", targets=names, where=said.where), state, verb)


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
        picks = _picks(said.targets, state, [name for name in last.to if state.known(name)])
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


def _match(said: Clause, state: State) -> list[Deed]:
    """Each thing to the one of its colour."""
    picks = [deed.what[0] for deed in _picks(said.targets, state) if deed.what[0] != ANY]
    phrases = said.other or (NounPhrase(quantity="all", plural=True, kind="container"),)
    goals = [
        state.thing(n) for p in phrases for n in find(replace(p, quantity="all", plural=True), state, picks)
    ]
    deeds = []
    for name in picks:
        same = [goal.name for goal in goals if goal.color == state.thing(name).color]
        if len(same) > 1:
            raise NeedsAnswer(f"where does {name} go?", same)
        relation = "on" if same and state.thing(same[0]).kind in FLAT else "in"
        deeds += [Deed(do="put", what=(name,), relation=relation, to=(goal,)) for goal in same]
    if not deeds:
        raise NotHere("nothing here has a place of its own colour", ("color",))
    return deeds


# ---- rows and stacks


def _stack(said: Clause, state: State) -> list[Deed]:
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
    "biggest": ("big", True), "smallest": ("big", False), "tallest": ("tall", True), "shortest": ("tall", False),
    "longest": ("long", True), "widest": ("thick", True), "narrowest": ("thick", False),
}  # fmt: skip


def _tower(said: Clause, state: State) -> list[Deed]:
    names: list[str] = []
    for phrase in said.targets:
        if phrase.quantity == "it" and names:
            continue
        names += targets((phrase,), state, names)
    if len(names) != len(set(names)) or len(names) < 2 or TABLE in names:
        raise NeedsAnswer("what goes on what?", names)
    return [Deed(do="put", what=(above,), relation="on", to=(below,)) for below, above in pairwise(names)]


def _stack_at(said: Clause, state: State) -> list[Deed]:
    if len(said.targets) == 1 and not said.targets[0].plural and said.targets[0].quantity != "them":
        return put(replace(said, verb="put"), state)
    if (
        said.where is not None
        and said.where.relation == "on"
        and said.where.references[0].kind in nouns.alike(TABLE)
    ):
        return _stack(said, state)
    if said.where is not None and said.where.relation in ("on", "in", "to"):
        names = targets(said.targets, state)
        to, _ = _reference(said.where.references, state, names, "on")
        if state.thing(to[0]).kind not in FLAT and len(names) == 1:
            return [Deed(do="stack", what=(*to, *names), ordered=True)]
    raise NeedsAnswer("a stack at a place is not among the rules; stack them first, then say where", ())


def _line_up(said: Clause, state: State) -> list[Deed]:
    names = targets(said.targets, state)
    if len(names) < 2:
        raise NeedsAnswer("a row of what?", (t.name for t in state.scene.things))
    along, ordered = "any", False
    for word in said.order:
        if word in ("left to right", "near to far"):
            along = word
        elif word in ("right to left", "far to near"):
            along, names = ("left to right" if word[0] == "r" else "near to far"), names[::-1]
        elif word != "said":
            names = _ranked(names, word, state)
            if word.split()[-1] in ("left", "right"):
                along = "left to right"
        listed = len(said.targets) > 1 and not any(phrase.plural for phrase in said.targets)
        ordered = ordered or word not in ("left to right", "near to far") or listed
    return [Deed(do="line_up", what=tuple(names), direction=along, ordered=ordered)]


_VERBS: dict[str, Callable[[Clause, State], list[Deed]]] = {
    "pick": _pick, "hand_over": _hand_over, "put": put, "push": _push, "pull": _pull, "down": _down,
    "back": _back, "discard": _discard, "put_away": _put_away, "together": _together, "remove": _remove,
    "open": _open, "close": _close, "pour": _pour, "pour_into": _pour_into, "wipe": _wipe, "swap": _swap,
    "refit": _refit, "same": _again, "fragment": _again, "use": _again, "match_color": _match,
    "stack": _stack, "tower": _tower, "stack_at": _stack_at, "line_up": _line_up,
}  # fmt: skip
