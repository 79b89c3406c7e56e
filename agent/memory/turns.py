"""What the memory holds of earlier dialogues, as turns: what *it*, *again* and *back* go by."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from ...core.errors import InputError
from ...perception.scene import TABLE, Scene
from ..rules.deeds import Deed, Turn
from ..rules.step import Step
from .records import HAND, Act

RELATIONS = ("in", "on", "next to", "left of", "right of", "in front of", "behind", "between")


def turns_of(acts: Iterable[Act], scene: Scene) -> tuple[Turn, ...]:
    """Give a turn for each episode that moved something which is still there.

    A thing that lies here under the name of another one is not taken for it: kind, colour and size have
    to be the same. Of each thing, only the place before it was moved last is given.

    Args:
        acts: What was moved, oldest first.
        scene: What is there now.
    """
    here = {thing.name: thing for thing in scene.things}
    known = [act for act in acts if act.thing in here and act.before.may_be(here[act.thing])]
    latest = _latest_places(known)
    turns = []
    for _, group in groupby(known, key=lambda act: act.episode):
        own = list(group)
        deeds = tuple(deed for deed in (_deed(act, set(here)) for act in own) if deed)
        places = tuple(
            (act.thing, place.on, place.inside, float(place.p_WO[0]), float(place.p_WO[1]))
            for act in own
            if (place := act.before.place) and latest.get(act.thing) == act.number
        )
        if deeds:
            turns.append(Turn(deeds=deeds, places=places))
    return tuple(turns)


def _latest_places(acts: Sequence[Act]) -> dict[str, int]:
    """Say which act has the place of each thing: its latest that did not begin in a hand."""
    return {act.thing: act.number for act in acts if act.before.place.on != HAND}


def _deed(act: Act, here: set[str]) -> Deed | None:
    """Say what was done, in the rules' words; None where it speaks of what is not there any more."""
    step = _step(act)
    if step is not None and step.skill == "open":
        return Deed(do="open", what=(act.thing,))
    relation, reference = _goal(act, step)
    to = tuple(reference.split(",")) if reference else ()
    if relation == "at" or any(name not in here for name in to if name != TABLE):
        return Deed(do="put", what=(act.thing,), relation="on table")
    if act.skill == "pick":
        return Deed(do="pick", what=(act.thing,))
    if act.skill == "push" and relation == "to":
        return Deed(do="push", what=(act.thing,), relation="next to", to=to)
    if relation not in RELATIONS:
        return None
    if to == (TABLE,):
        return Deed(do="put", what=(act.thing,), relation="on table")
    return Deed(do="put", what=(act.thing,), relation=relation, to=to)


def _goal(act: Act, step: Step | None) -> tuple[str, str]:
    """Give relation and reference: as the step says, else as it was seen afterwards."""
    if "relation" in act.arguments:
        return act.arguments["relation"], act.arguments.get("reference", "")
    if step is not None:
        return step.relation, step.reference
    place = None if act.after is None else act.after.place
    if place is None or place.on == HAND:
        return "", ""
    return ("in", place.inside) if place.inside else ("on", place.on)


def _step(act: Act) -> Step | None:
    """Read the step, where it is in canonical words."""
    try:
        return Step.read(act.subtask)
    except InputError:
        return None
