"""Amending what is to be done: another thing, another place, one thing less or one more."""

from dataclasses import dataclass, replace
from typing import Literal

from ...core.errors import CannotDo, HandselError, InputError, NeedsAnswer
from .meaning import NotUnderstood
from .phrases import Phrase
from .plan import place, plan
from .pointing import Pointing
from .state import State
from .step import Step
from .understand import understand

Role = Literal["thing", "goal"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """What of what is to be done a phrase is about.

    Attributes:
        index: Which step.
        role: Whether what is moved, or where to.
        name: The thing that is there now.
    """

    index: int
    role: Role
    name: str


def amended(phrases: list[Phrase], pointing: Pointing, steps: list[Step]) -> list[Step] | None:
    """Amend steps by phrases such as "not that one", "the blue one", "on the green".

    Args:
        phrases: What was said, but for remarks.
        pointing: What words can point at.
        steps: What is to be done, at least one.

    Returns:
        What is to be done now; None where the phrases are no amendment.

    Raises:
        NeedsAnswer: If it is open what is meant.
        CannotDo: If it cannot be done so.
    """
    refused = _refused([one for one in phrases if one.role == "not"], pointing, steps)
    wanted = [one for one in phrases if one.role in ("other", "place", "said")]
    if all(one.clause.added for one in wanted) and wanted and not refused:
        return _one_more(wanted, pointing, steps)
    if not wanted:
        return _one_less(refused, pointing, steps) if refused else None
    for one in reversed(wanted):
        try:
            return _instead(one, refused[-1] if refused else None, pointing, steps)
        except NotUnderstood:
            # What is beside the matter stands among what is not: "the blue one, my favourite".
            continue
    return _one_less(refused, pointing, steps) if refused else None


def _refused(phrases: list[Phrase], pointing: Pointing, steps: list[Step]) -> list[Spot]:
    """Find what is not wanted."""
    found = []
    for one in phrases:
        goal = _place_words(one.np)
        if goal is not None:
            found.append(Spot(index=0, role="goal", name=steps[0].reference))
            continue
        found.append(_spot(one.np, pointing, steps))
    return found


def _spot(words: str, pointing: Pointing, steps: list[Step]) -> Spot:
    """Find the step that speaks of what words mean, the one that is done now first.

    Raises:
        NeedsAnswer: If nothing of what is to be done is meant.
    """
    trouble: HandselError | None = None
    kinds = dict.fromkeys(
        pointing.kind(name) for step in steps for name in (step.thing, *step.reference.split(","))
    )
    for kind in ["", *kinds]:
        try:
            names = pointing.names(words, kind)
        except (InputError, CannotDo, NeedsAnswer) as error:
            trouble = trouble or error
            continue
        for index, step in enumerate(steps):
            if step.thing in names:
                return Spot(index=index, role="thing", name=step.thing)
            if {*step.reference.split(",")} & {*names}:
                return Spot(index=index, role="goal", name=step.reference)
    said = ", ".join(step.thing for step in steps)
    raise trouble or NeedsAnswer(f"what is meant by {words!r}? I am busy with: {said}")


def _one_less(refused: list[Spot], pointing: Pointing, steps: list[Step]) -> list[Step]:
    """Leave out what is not wanted.

    Raises:
        NeedsAnswer: If nothing would be left to do, for then something else is wanted.
    """
    for spot in refused:
        if spot.role == "goal":
            options = [t.name for t in pointing.scene.things if t.kind == pointing.kind(spot.name)]
            raise NeedsAnswer(f"where to then, if not {spot.name}?", [o for o in options if o != spot.name])
    unwanted = {spot.name for spot in refused}
    left = [step for step in steps if step.thing not in unwanted]
    if left:
        return left
    (name, *_) = unwanted
    kind = pointing.kind(name)
    others = [t.name for t in pointing.scene.things if t.kind == kind and t.name not in unwanted]
    raise NeedsAnswer(f"which one then, if not {name}?", others)


def _one_more(wanted: list[Phrase], pointing: Pointing, steps: list[Step]) -> list[Step] | None:
    """Do the same with one more thing: "and also the green one"."""
    more = []
    last = steps[-1]
    for one in wanted:
        try:
            names = pointing.names(bare(one.np), pointing.kind(last.thing))
        except NotUnderstood:
            return None
        more += [_moved(last, name, pointing) for name in names]
    return [*steps, *more]


def _instead(one: Phrase, refused: Spot | None, pointing: Pointing, steps: list[Step]) -> list[Step]:
    """Put something else in the place of what is not wanted.

    Raises:
        NotUnderstood: If the words are none.
        NeedsAnswer: If it is open what is meant.
        CannotDo: If it cannot be done so.
    """
    first = Spot(index=0, role="thing", name=steps[0].thing)
    if one.role == "place":
        spot = refused or first
        return _replaced(steps, spot.index, _elsewhere(steps[spot.index], one.np, pointing))
    if one.role == "other":
        spot = refused or first
        name = pointing.others(spot.name, tuple(step.thing for step in steps))
    else:
        spot, name = _named(bare(one.np), refused or first, refused is not None, pointing, steps)
    step = steps[spot.index]
    if spot.role == "goal":
        return _replaced(steps, spot.index, _to(step, name, pointing))
    return _replaced(steps, spot.index, _moved(step, name, pointing))


def _named(words: str, spot: Spot, certain: bool, pointing: Pointing, steps: list[Step]) -> tuple[Spot, str]:
    """Find what words mean in the place of something: what is moved, or where to, whichever is of its kind.

    Raises:
        NeedsAnswer: If they mean several things.
    """
    names = pointing.names(words, pointing.kind(spot.name))
    if len(names) != 1:
        raise NeedsAnswer(f"which one is meant by {words!r}?", names)
    (name,) = names
    if certain:
        return spot, name
    kind = pointing.kind(name)
    for index, step in enumerate(steps):
        if pointing.kind(step.thing) == kind:
            return Spot(index=index, role="thing", name=step.thing), name
        if pointing.kind(step.reference) == kind:
            return Spot(index=index, role="goal", name=step.reference), name
    return spot, name


def _moved(step: Step, name: str, pointing: Pointing) -> Step:
    """Give a step with another thing to be moved.

    Raises:
        CannotDo: If that thing cannot go there.
    """
    if step.skill != "place" or step.relation == "at":
        return replace(step, thing=name)
    made = place(name, step.relation, step.reference, step.distance, State(scene=pointing.scene))
    return replace(step, thing=made.thing)


def _to(step: Step, name: str, pointing: Pointing) -> Step:
    """Give a step with another goal.

    Raises:
        CannotDo: If the thing cannot go there.
    """
    if step.skill != "place":
        return replace(step, reference=name)
    made = place(step.thing, step.relation, name, step.distance, State(scene=pointing.scene))
    return replace(step, reference=made.reference)


def _elsewhere(step: Step, words: str, pointing: Pointing) -> list[Step]:
    """Give the steps that bring what a step moves somewhere else, as words say it.

    Raises:
        NotUnderstood: If they say nothing.
        NeedsAnswer: If they can mean several places.
    """
    preposition, _, rest = words.rpartition(" the ") if " the " in words else words.partition(" ")
    spelled = pointing.spelled(("the " if " the " in words else "") + rest, pointing.kind(step.reference))
    text = f"put {step.thing} {preposition} {spelled}"
    meaning = understand(text, pointing.scene, pointing.with_steps())
    if meaning.kind == "ask":
        raise NeedsAnswer(meaning.text, meaning.about)
    if meaning.kind != "do":
        raise NotUnderstood(meaning.text, (words,))
    return [
        replace(new, slowly=step.slowly, upright=step.upright, avoid=step.avoid)
        for new in plan(meaning, pointing.scene, pointing.turns)
    ]


def _replaced(steps: list[Step], index: int, new: Step | list[Step]) -> list[Step]:
    listed = new if isinstance(new, list) else [new]
    return [*steps[:index], *listed, *steps[index + 1 :]]


def _place_words(words: str) -> str | None:
    """Give the words of a place, or None where they are none."""
    first = words.partition(" ")[0]
    return (
        words if first in ("in", "into", "on", "onto", "next", "beside", "behind", "left", "right") else None
    )


def bare(words: str) -> str:
    """Leave out the verb of "take the blue one", and what says *too*."""
    for verb in ("take ", "use ", "get ", "i want ", "i'd like ", "make it ", "i said ", "with "):
        words = words.removeprefix(verb)
    for end in (" too", " as well", " instead", " besides", " rather"):
        words = words.removesuffix(end)
    return words
