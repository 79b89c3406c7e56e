"""Whether something holds in a scene, and the answers to questions about it."""

from collections.abc import Sequence
from dataclasses import replace

from ...core.errors import NeedsAnswer
from ...perception.scene import TABLE, Thing
from .deeds import Deed, Meaning
from .meaning import Clause, Condition, NotHere, NotUnderstood, NounPhrase, Phrases, Question, Where
from .naming import in_state
from .refer import all_known, bearing, find, kind_of, matching, present
from .spatial import compared, measure, sized, stands
from .state import State


def holds(condition: Condition, state: State) -> bool:
    """Say whether a condition holds; what it is about is *it* from then on.

    Raises:
        NeedsAnswer: If it is open which thing is meant.
        NotUnderstood: If words in it are unknown.
    """
    if condition.kind == "before":
        if state.truth is None:
            raise NotUnderstood("not understood: 'if so' without a condition before", ("so",))
        return state.truth != condition.negated
    if condition.kind == "both":
        state.truth = all(holds(part, state) for part in condition.parts)
        return state.truth
    state.truth = _KINDS[condition.kind](condition, state) != condition.negated
    return state.truth


def _noted(names: Sequence[str], references: Sequence[str], state: State) -> None:
    known = tuple(name for name in names if state.known(name))
    if known:
        state.note(Deed(do="", what=known, to=tuple(references)))


def _fitting(phrase: NounPhrase, state: State) -> list[Thing]:
    """List what fits a description; nothing where nothing does."""
    try:
        return matching(phrase, state)
    except NotHere:
        return []


def _exists(condition: Condition, state: State) -> bool:
    names = [thing.name for phrase in condition.things for thing in _fitting(phrase, state)]
    _noted(names, (), state)
    least = max((phrase.count or 1 for phrase in condition.things), default=1)
    return len(names) >= least


def _subjects(phrases: Phrases, state: State) -> tuple[list[str], bool]:
    """Find what a statement is about, and whether any one of them is enough."""
    names: list[str] = []
    some = False
    for phrase in phrases:
        if phrase.quantity in ("it", "them"):
            names += find(phrase, state, suits=lambda name: True)
        elif phrase.quantity == "a":
            some = True
            names += [thing.name for thing in _fitting(phrase, state)]
        else:
            names += find(phrase, state)
    return names, some


def _at(condition: Condition, state: State) -> bool:
    assert condition.where is not None
    where = condition.where
    if where.relation == "there":
        holders = [n for group in (state.reference, state.theme) for n in group if state.known(n)]
        holders = [
            n for n in holders if state.thing(n).cavity_radius is not None or state.carries(n)
        ] or holders
        where = Where(
            relation="on", references=(NounPhrase(quantity="the", name=holders[0]),) if holders else ()
        )
        if not holders:
            raise NeedsAnswer("where is 'there'?", (t.name for t in state.scene.things))
    state.kind = "thing" if not state.kind else state.kind
    references = tuple(n for part in where.references for n in find(part, state, suits=bearing(where, state)))
    names, some = _subjects(condition.things, state)
    names = [name for name in names if name not in references]
    found = [n for n in names if stands(state.thing(n), where, references, state)]
    _noted(names if not some else found, references, state)
    return bool(found) if some else len(found) == len(names) > 0


def _is(condition: Condition, state: State) -> bool:
    names, some = _subjects(condition.things, state)
    word = condition.trait
    if word in ("big", "small", "tall", "short", "long", "thin", "thick"):
        kinds = NounPhrase(quantity="all", plural=True, kind=kind_of(names, state))
        large = {thing.name for thing in sized(_fitting(kinds, state), word, kinds)}
        found = [name for name in names if name in large]
    else:
        found = [name for name in names if state.known(name) and in_state(state.thing(name), word, state)]
        found += [name for name in names if name == TABLE and word == "empty" and not _on_table(state)]
    _noted(names, (), state)
    return bool(found) if some else len(found) == len(names) > 0


def _on_table(state: State) -> list[str]:
    return [thing.name for thing in state.scene.things if state.on[thing.name] == TABLE]


def _than(condition: Condition, state: State) -> bool:
    names, _ = _subjects(condition.things, state)
    kind = state.kind = kind_of(names, state)
    other = condition.other[0]
    others = find(replace(other, kind=kind) if other.kind == "one" else other, state)
    found = compared([state.thing(name) for name in names], condition.trait, others, state)
    return len(found) == len(names) > 0


def _has(condition: Condition, state: State) -> bool:
    (name,) = find(condition.things[0], state, suits=lambda name: True)
    carried = set(state.carried(name)) if name != TABLE else set(_on_table(state))
    phrases = condition.other
    _noted((name,), (), state)
    if len(phrases) == 1 and phrases[0].quantity == "none":
        return not carried & {thing.name for thing in _fitting(phrases[0], state)}
    return all(carried & {thing.name for thing in _fitting(phrase, state)} for phrase in phrases)


_KINDS = {"exists": _exists, "at": _at, "is": _is, "than": _than, "has": _has}


def reach(condition: Condition, state: State) -> Clause | None:
    """Give the clause that brings a state about; None where it holds already.

    Raises:
        NotUnderstood: If it is no state that can be brought about.
    """
    if condition.kind == "at" and condition.where is not None:
        probe = replace(condition)
        saved = (state.theme, state.reference, state.kind)
        if holds(probe, state):
            return None
        state.theme, state.reference, state.kind = saved
        return Clause(verb="put", targets=condition.things, where=condition.where)
    if condition.kind == "is" and condition.trait in ("open", "closed"):
        if holds(condition, state):
            return None
        return Clause(verb="open" if condition.trait == "open" else "close", targets=condition.things)
    raise NotUnderstood(
        "not understood: a state that the arm cannot bring about", (condition.trait or "until",)
    )


# ---- answers


def answer(question: Question, state: State) -> Meaning:
    """Answer a question about the scene.

    Raises:
        NeedsAnswer: If it is open which thing is meant.
        NotUnderstood: If words in it are unknown.
    """
    if question.kind == "truth":
        assert question.condition is not None
        yes = holds(question.condition, state)
        return Meaning(kind="answer", answer=yes, text="yes" if yes else "no")
    all_known((*question.things, *question.other), state)
    if question.kind == "exists":
        yes = _exists(Condition(kind="exists", things=question.things), state)
        return Meaning(kind="answer", answer=yes, text="yes" if yes else "no")
    if question.kind in ("where", "color", "most", "measure"):
        return _ANSWERS[question.kind](question, state)
    names: list[str] = []
    for phrase in question.things:
        fits = [thing.name for thing in _fitting(phrase, state)]
        if phrase.superlative or phrase.quantity not in ("all", "bare", "the", "a", "none"):
            fits = list(find(phrase, state))
        names += [name for name in fits if name not in names]
    if question.kind == "things":
        present(question.things, state)
    if question.kind == "count":
        return Meaning(kind="answer", answer=len(names), text=str(len(names)))
    return Meaning(kind="answer", answer=tuple(names), text=", ".join(names) or "nothing")


def _where_is(question: Question, state: State) -> Meaning:
    names = [name for phrase in question.things for name in find(phrase, state)]
    places = [state.inside[name] or state.on[name] for name in names if state.known(name)]
    text = "; ".join(
        f"{n} is {'in' if state.inside[n] else 'on'} {p}" for n, p in zip(names, places, strict=True)
    )
    return Meaning(kind="answer", answer=tuple(dict.fromkeys(places)), text=text)


def _color_of(question: Question, state: State) -> Meaning:
    names = [name for phrase in question.things for name in find(phrase, state)]
    colors = ", ".join(dict.fromkeys(state.thing(name).color for name in names if state.known(name)))
    return Meaning(kind="answer", answer=colors, text=colors)


def _most(question: Question, state: State) -> Meaning:
    """Tell which carries most of something."""
    fits = [thing for phrase in question.things for thing in _fitting(replace(phrase, quantity="all"), state)]
    counted = {thing.name for phrase in question.other for thing in _fitting(phrase, state)}
    counts = {thing.name: len(counted & set(state.carried(thing.name))) for thing in fits}
    wanted = (max if question.trait == "most" else min)(counts.values(), default=0)
    names = tuple(name for name, count in counts.items() if count == wanted)
    return Meaning(kind="answer", answer=names, text=", ".join(names) or "none")


def _measured(question: Question, state: State) -> Meaning:
    """Tell how tall, wide or long a thing is, [m]."""
    (name,) = find(question.things[0], state)
    value = round(measure(state.thing(name), question.trait), 3)
    return Meaning(kind="answer", answer=value, text=f"{100.0 * value:.3g} cm")


_ANSWERS = {"where": _where_is, "color": _color_of, "most": _most, "measure": _measured}
