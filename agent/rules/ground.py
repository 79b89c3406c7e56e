"""From an instruction to its meaning in a scene: deeds, an answer, or nothing to be done."""

from copy import copy
from dataclasses import replace

from ...core.errors import CannotDo, HandselError, InputError
from ...perception.scene import TABLE, Scene
from .clauses import clause
from .conditions import answer, holds, reach
from .deeds import ANY, Deed, How, Meaning, Turn
from .meaning import Clause, If, Instruction, Item, Manner, NounPhrase, Preview, Question, Reach, Topic
from .putting import is_done
from .refer import find
from .state import State


def ground(instruction: Instruction, scene: Scene, turns: tuple[Turn, ...] = ()) -> tuple[Meaning, int]:
    """Tie an instruction to a scene.

    Args:
        instruction: One reading.
        scene: What is there.
        turns: Earlier turns of the dialogue, oldest first.

    Returns:
        What it means, and how many relations said did not narrow anything down.

    Raises:
        InputError: If a phrase has words that mean nothing here.
        CannotDo: If what is spoken of is not there, or it makes no sense.
        NeedsAnswer: If the person has to choose.
    """
    state = State(scene=scene, turns=turns)
    general = tuple(
        manner
        for item in instruction.items
        if isinstance(item, Clause) and not item.verb
        for manner in item.manners
    )
    unmet: list[str] = []
    used: set[Manner] = set()
    for item in instruction.items:
        if isinstance(item, Question):
            return answer(item, state), state.redundant
        _item(item, state, general, used, unmet)
    if any(manner.kind == "upright" and manner not in used for manner in general):
        raise InputError(
            "what is to be kept upright is not what is moved; say it with the thing that is moved"
        )
    if not state.deeds:
        reason = unmet[0] if unmet else "it is so already"
        return Meaning(kind="nothing", text=f"{reason}; nothing is to be done"), state.redundant
    return Meaning(kind="do", deeds=tuple(state.deeds)), state.redundant


def _item(item: Item, state: State, general: tuple[Manner, ...], used: set[Manner], unmet: list[str]) -> None:
    if isinstance(item, If):
        if holds(item.condition, state):
            chosen = item.then
        else:
            chosen = item.otherwise
            unmet.append("the condition is not met")
            state.supposed = _supposed(item.then, state)
        for part in chosen:
            _item(part, state, general, used, unmet)
    elif isinstance(item, Reach):
        made = reach(item.state, state)
        if made is not None:
            _item(made, state, general, used, unmet)
    elif isinstance(item, Preview):
        for deed in _supposed(item.items, state):
            state.note(deed)
    elif isinstance(item, Topic):
        names = tuple(name for phrase in item.things for name in find(phrase, state))
        spoken = list(state.spoken)
        state.note(Deed(do="", what=names))
        state.spoken = spoken  # "both, the small one here and the other one there"
    elif isinstance(item, Clause) and item.verb:
        before = len(state.deeds)
        bare = clause(item, state)
        for deed in bare:
            _append(state, replace(deed, how=_how((*item.manners, *general), deed, state, used)))
        if not bare:
            unmet.append(f"{before} deeds")


def _supposed(items: tuple[Item, ...], state: State) -> tuple[Deed, ...]:
    """Tell what would have been done, so that "use the other one" knows what is spoken of."""
    trial = copy(state)
    trial.on, trial.inside, trial.placed = dict(state.on), dict(state.inside), dict(state.placed)
    trial.spoken, trial.moved, trial.deeds = list(state.spoken), list(state.moved), []
    try:
        for item in items:
            _item(item, trial, (), set(), [])
    except HandselError:
        return ()
    return tuple(trial.deeds)


def _append(state: State, deed: Deed) -> None:
    """Add a deed; picking up and then moving the same thing are one."""
    for last in reversed(state.deeds):
        if last.what != deed.what or last.options != deed.options or last.group == deed.group:
            continue
        taken = last.do == "pick" and deed.do in ("put", "hand_over", "move", "pick", "pour", "push", "pull")
        # "take it off the plate and put it there"
        off = last.do == "put" and last.relation == "on table" and deed.do in ("put", "hand_over")
        if taken or off:
            state.deeds.remove(last)
            deed = replace(deed, how=_both(last.how, deed.how))
        if taken and deed.relation == "on table" and state.is_table(state.scene.thing(deed.what[0]).on):
            deed = replace(deed, relation="back")  # "pick it up, then put it down"
        break
    last = state.deeds[-1] if state.deeds else None
    refined = last is not None and last.do == "stack" and not last.ordered and deed.relation == "on"
    if refined and last is not None and {*last.what} == {*deed.what, *deed.to}:
        state.deeds.pop()  # "stack the two, the small one on the big one"
    state.deeds.append(deed)
    if deed.do == "put" and deed.what != (ANY,):  # What was put on it before comes after it.
        above = [
            one for one in state.deeds if one.do == "put" and one.relation == "on" and one.to == deed.what
        ]
        state.deeds[:] = [one for one in state.deeds if one not in above] + above


def _both(a: How, b: How) -> How:
    return How(
        slow=a.slow or b.slow,
        gentle=a.gentle or b.gentle,
        upright=a.upright or b.upright,
        away=tuple(dict((*a.away, *b.away)).items()),
        untouched=tuple(dict.fromkeys((*a.untouched, *b.untouched))),
    )


def _how(said: tuple[Manner, ...], deed: Deed, state: State, used: set[Manner]) -> How:
    """Tie manners to a deed.

    Raises:
        CannotDo: If what is to be kept away from is the table.
    """
    moved = {name for name in deed.what if name != ANY}
    upright, away, untouched = False, {}, {}
    for manner in said:
        if manner.kind == "upright":
            names = set(moved)
            for phrase in manner.things:
                if phrase.quantity not in ("it", "them"):
                    names = set(find(phrase, state))
            upright = upright or not manner.things or bool(names & moved) or deed.what == (ANY,)
            if names & moved or deed.what == (ANY,):
                used.add(manner)
        elif manner.kind in ("away", "untouched"):
            for phrase in manner.things:
                without = tuple(moved) if phrase.quantity in ("all", "rest") or phrase.other else ()
                if replace(phrase, quantity="all", plural=True) == NounPhrase(quantity="all", plural=True):
                    continue  # Nothing is ever touched that need not be.
                if phrase.quantity == "a":  # "without touching any of the cans"
                    phrase = replace(phrase, quantity="all", plural=True)
                for name in find(phrase, state, without):
                    if name == TABLE:
                        raise CannotDo("nothing can be done away from the table; everything stands on it")
                    if manner.kind == "away":
                        away[name] = manner.distance
                    else:
                        untouched[name] = None
    return How(
        slow=any(manner.kind == "slowly" for manner in said),
        gentle=any(manner.kind == "gently" for manner in said),
        upright=upright,
        away=tuple(away.items()),
        untouched=tuple(untouched),
    )


def already(meaning: Meaning, scene: Scene) -> str:
    """Name what is already where it is wanted, for a sentence; empty where something is to be done."""
    state = State(scene=scene)
    for deed in meaning.deeds:
        names = [name for name in deed.what if state.known(name)]
        to = (TABLE,) if deed.relation == "on table" else deed.to
        if deed.do != "put" or not names or not is_done(names[0], deed.relation, to, state):
            return ""
        if state.held in names:
            return ""
    first = meaning.deeds[0]
    return f"{first.what[0]} is already {first.relation} {' '.join(first.to)}".strip()
