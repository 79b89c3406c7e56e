"""Plays a recorded reading: what was told is looked for among what is seen, and done step by step."""

from ..named.deeds import Deed
from ..named.scene import NamedScene
from ..unnamed.describing import Described, Relation
from ..unnamed.matching import match
from ..unnamed.naming import WAYS, Meaning, as_named
from .schema import Answer, ToldStep, ToldThing

HAND = "hand"


def described(told: ToldThing) -> Described:
    """Give what was told of a thing."""
    return Described(
        name=told.name,
        role=told.role,
        sort=told.sort,
        colors=tuple(told.colors),
        shape=told.shape,
        size=told.size,
        relations=tuple(Relation(how=one.how, of=one.of) for one in told.relations if one.of != HAND),
    )


def deed_from(step: ToldStep) -> Deed:
    """Give the deed that a step tells; its nouns are the names of the reading."""
    kind, thing, tool = step.verb, step.thing, step.tool or ""
    if kind == "lid":
        kind = "close"
        if not tool:  # The cover may be told as the thing, and what it covers as the place.
            thing, tool = step.place or step.thing, step.thing
    return Deed(
        kind=kind,
        verb=step.verb,
        thing="" if kind == "reach" else thing,
        place=step.place or "",
        source=step.source or "",
        tool=tool,
        around=step.around or "",
        manners=frozenset(step.manners) - frozenset(WAYS),
    )


def play(answer: Answer, number: int, scene: NamedScene) -> tuple[Deed, NamedScene]:
    """Say which pieces a step means.

    Args:
        answer: The reading.
        number: Which of its steps.
        scene: What is seen now.
    """
    things = tuple(described(told) for told in answer.things if told.sort != "hand")
    step = answer.steps[number]
    meaning = Meaning(
        deed=deed_from(step),
        things=things,
        found=match(list(things), scene),
        ways=frozenset(step.manners) & frozenset(WAYS),
    )
    return as_named(meaning, scene)
