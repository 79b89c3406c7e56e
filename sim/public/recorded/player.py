"""Plays a recorded reading: what was told is looked for among what is seen, and done step by step."""

from functools import partial
from pathlib import Path

from ..named.agent import Step
from ..named.deeds import Deed
from ..named.scene import NamedScene
from ..unnamed.describing import Described, Relation
from ..unnamed.matching import fit, match
from ..unnamed.naming import WAYS, Meaning, as_named
from .recordings import read_recordings, recordings_for
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


class Player:
    """Reads instructions out of a folder of recordings."""

    def __init__(self, folder: Path):
        """Take a folder.

        Raises:
            InputError: If it has none, or a file is none.
        """
        self._recordings = read_recordings(folder)

    def __call__(self, instruction: str) -> tuple[Step, ...]:
        """Give the steps that were told; of several readings of one text those that fit best to what is seen.

        Raises:
            CannotDo: If there is no recording of it.
        """
        readings = [one.answer for one in recordings_for(self._recordings, instruction)]
        count = max(len(answer.steps) for answer in readings)

        def step(number: int, scene: NamedScene) -> tuple[Deed, NamedScene]:
            best = max(readings, key=lambda answer: fit([described(told) for told in answer.things], scene))
            return play(best, min(number, len(best.steps) - 1), scene)

        return tuple(partial(step, number) for number in range(count))


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
