"""Clauses that bring things somewhere: put, push, throw away, put back, sort by colour."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment

from ...core.errors import CannotDo, InputError, NeedsAnswer
from ...perception.scene import TABLE, Thing
from . import corners
from .aims import BINS, called, quiet, reference, targets, to_move
from .deeds import ANY, Deed
from .fits import HOLDERS
from .meaning import Clause, NotHere, NounPhrase, Where
from .refer import find, kind_of
from .state import FLAT, RAISED, State


def put(said: Clause, state: State, verb: str = "put") -> list[Deed]:
    """Tie put, push and pull: every target to one place, or along one direction."""
    where = said.where
    assert where is not None
    if where.place == "different corners":
        return corners.apart(to_move(said.targets, state), verb, state)
    if where.relation == "at" and where.references:
        where = replace(where, place=corners.by(where, state), references=())
    if where.relation in ("move", "at"):
        return _by_place(said, where, state, verb)
    if where.relation == "there":
        where = _there(where, state)
    taken = tuple(name for p in said.targets if p.quantity in ("it", "them") for name in quiet(p, state))
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
        return [replace(d, do=verb, relation="at", to=to) for d in to_move(said.targets, state, (name,))]
    to, options = reference(where.references, state, taken, where.relation)
    if verb in ("push", "pull") and where.relation == "to":
        where = replace(where, relation="next to")
    relation = _relation(where, to, options, state)
    state.reference_kind = kind_of(options or to, state)
    state.kind = before
    picks = to_move(said.targets, state, [name for name in (*to, *options) if name != TABLE])
    both = [deed.what[0] for deed in picks if deed.what[0] in to]
    if both:
        raise CannotDo(f"{both[0]} cannot be put {relation} itself")
    picks = _lowest(said, _not_done(said, picks, relation, to, state), state)
    open_tops = [name for name in to if state.known(name) and state.thing(name).kind in HOLDERS]
    if where.place == "to the top" and relation == "on" and open_tops:
        raise CannotDo(f"nothing can be put on {to[0]}, which is open at the top; say 'in {to[0]}'")
    if to == (TABLE,) and relation == "on":
        relation, to = "on table", ()
    elif TABLE in to:
        raise CannotDo(f"nothing can be put {relation} the table; say 'on the table'")
    there = Deed(
        do=verb, relation=relation, to=to, places=options, distance=where.distance, top=where.place == "top"
    )
    return [replace(there, what=deed.what, count=deed.count, options=deed.options) for deed in picks]


def _not_done(
    said: Clause, picks: list[Deed], relation: str, to: tuple[str, ...], state: State
) -> list[Deed]:
    """Of a group leave out what is there already; what carries nothing comes first, then the nearest."""
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


def _lowest(said: Clause, picks: list[Deed], state: State) -> list[Deed]:
    """Of *them*, stacked on each other before, take what is below: the others come along with it."""
    if not any(phrase.quantity == "them" for phrase in said.targets):
        return picks
    names = {deed.what[0] for deed in picks}
    stacked = {name for name in names & state.placed.keys() if state.on.get(name) in names}
    return [deed for deed in picks if deed.what[0] not in stacked]


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
        raised = all(name != TABLE and state.thing(name).kind in RAISED for name in names)
        if where.relation not in _SAID and not (where.relation == "under" and raised):
            raise CannotDo(
                f"nothing can be put {where.relation} a thing; "
                "say in, on, next to, left of, behind or between"
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
            names = [name for name in group if state.known(name) and _takes(state.thing(name), relation)]
            if len(names) == 1:
                return Where(relation=relation, references=(NounPhrase(quantity="the", name=names[0]),))
    holders = [t.name for t in state.scene.things if t.cavity_radius is not None or t.kind in FLAT]
    raise NeedsAnswer("where is 'there'?", holders)


def _takes(thing: Thing, relation: str) -> bool:
    """Say whether things can be brought into or onto a thing."""
    return thing.cavity_radius is not None if relation == "in" else thing.kind in (*FLAT, "peg", "cabinet")


def _by_place(said: Clause, where: Where, state: State, verb: str) -> list[Deed]:
    """A place of the table, or a direction from where it is."""
    picks = to_move(said.targets, state)
    if where.relation == "at":
        return [replace(deed, do=verb, relation="at", to=(where.place or "",)) for deed in picks]
    do = "move" if verb == "put" else verb
    return [replace(deed, do=do, direction=where.direction or "", distance=where.distance) for deed in picks]


def push(said: Clause, state: State) -> list[Deed]:
    """Tie a push."""
    return put(said, state, _slid(said, "push"))


def pull(said: Clause, state: State) -> list[Deed]:
    """Tie a pull."""
    return put(said, state, _slid(said, "pull"))


def _slid(said: Clause, verb: str) -> str:
    """What goes into something is put there, whatever the verb."""
    return "put" if said.where is not None and said.where.relation in ("in", "there") else verb


def down(said: Clause, state: State) -> list[Deed]:
    """Tie putting down: onto the table."""
    picks = to_move(said.targets, state)
    for deed in picks:
        name = deed.what[0]
        if name != ANY and state.held != name and state.is_table(state.on[name]) and not state.inside[name]:
            raise CannotDo(f"{name} already stands on {called(state.on[name])}; say where to put it")
    return [replace(deed, do="put", relation="on table") for deed in picks]


def back(said: Clause, state: State) -> list[Deed]:
    """Tie putting back: to where it was."""
    picks = to_move(said.targets, state)
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


def discard(said: Clause, state: State) -> list[Deed]:
    """Tie throwing away: into the bin."""
    bins = tuple(thing.name for thing in state.scene.things if thing.kind in BINS)
    if not bins:
        raise NotHere("there is no bin here to throw things into", ("away",))
    if len(bins) > 1:
        raise NeedsAnswer("into which bin?", bins)
    picks = to_move(said.targets, state, bins)
    return [replace(deed, do="put", relation="in", to=bins) for deed in picks]


def put_away(said: Clause, state: State) -> list[Deed]:
    """Ask where "away" is."""
    to_move(said.targets, state)
    holders = [
        t.name for t in state.scene.things if t.cavity_radius is not None or t.kind in ("cabinet", "shelf")
    ]
    raise NeedsAnswer("away into what?", holders)


def together(said: Clause, state: State) -> list[Deed]:
    """Tie putting two things together."""
    names = targets(said.targets, state)
    if len(names) != 2:
        raise NeedsAnswer("which two are to stand together?", names)
    return [Deed(do="put", what=(names[0],), relation="next to", to=(names[1],))]


def remove(said: Clause, state: State) -> list[Deed]:
    """Tie taking off: onto the table."""
    phrases = said.targets
    if said.other:
        where = Where(relation="from", references=said.other)
        phrases = tuple(
            p if p.quantity in ("it", "them") else replace(p, where=(*p.where, where)) for p in phrases
        )
    picks = to_move(phrases, state)
    for deed in picks:
        name = deed.what[0]
        if name != ANY and state.on[name] == TABLE and not state.inside[name]:
            raise CannotDo(f"{name} already stands on the table; say where to put it")
    return [replace(deed, do="put", relation="on table") for deed in picks]


def refit(said: Clause, state: State) -> list[Deed]:
    """A place alone: what was moved last, to there."""
    last = [deed for turn in state.turns for deed in turn.deeds][-1:] if not state.deeds else []
    if not last or last[0].do not in ("put", "move", "push", "pull", "pick") or said.where is None:
        raise InputError("not understood: a place alone; say what is to go there")
    names = tuple(NounPhrase(quantity="the", name=name) for name in last[0].what)
    verb = last[0].do if last[0].do in ("push", "pull") else "put"
    return put(Clause(verb="put", targets=names, where=said.where), state, verb)


def match(said: Clause, state: State) -> list[Deed]:
    """Each thing to the one of its colour."""
    picks, goals = _sorted_into(said, state)
    deeds = []
    for name in picks:
        same = [goal.name for goal in goals if goal.color == state.thing(name).color]
        if len(same) > 1:
            raise NeedsAnswer(f"where does {name} go?", same)
        deeds += [_into(name, goal, state) for goal in same]
    if not deeds:
        raise NotHere("nothing here has a place of its own colour", ("color",))
    return deeds


def mismatch(said: Clause, state: State) -> list[Deed]:
    """Each thing to one of another colour, and no two to the same where there are enough."""
    picks, goals = _sorted_into(said, state)
    apart = 1e3  # More than any way over a table: a colour of its own is taken only where none else is left.
    names = [goal.name for goal in goals] * (1 + (len(picks) - 1) // max(len(goals), 1))
    cost = np.array([[
        apart * (state.thing(goal).color == state.thing(name).color)
        + float(np.linalg.norm(state.thing(goal).center - state.thing(name).center))
        for goal in names] for name in picks]).reshape(len(picks), len(names))  # fmt: skip
    rows, columns = linear_sum_assignment(cost)
    if not goals or any(cost[row, column] >= apart for row, column in zip(rows, columns, strict=True)):
        raise NotHere("not everything here has a place of another colour", ("color",))
    return [_into(picks[row], names[column], state) for row, column in zip(rows, columns, strict=True)]


def _sorted_into(said: Clause, state: State) -> tuple[list[str], list[Thing]]:
    """Find what is sorted by colour, and what it goes into."""
    picks = [deed.what[0] for deed in to_move(said.targets, state) if deed.what[0] != ANY]
    phrases = said.other or (NounPhrase(quantity="all", plural=True, kind="container"),)
    goals = [
        state.thing(n) for p in phrases for n in find(replace(p, quantity="all", plural=True), state, picks)
    ]
    return picks, goals


def _into(name: str, goal: str, state: State) -> Deed:
    relation = "on" if state.thing(goal).kind in FLAT else "in"
    return Deed(do="put", what=(name,), relation=relation, to=(goal,))
