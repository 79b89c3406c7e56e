"""Did it end as the person wanted? Told from the world's truth, in the world's own process.

What has to hold is written as a person would: ``blue_block in white_bowl``, ``red_block where it was``,
``hand empty``, ``purple_block held``, ``purple_block not in white_bowl``, ``touch brown_bottle``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from .catalogue import extents, footprint_radius
from .judges import DISTURBED, LIFTED, REST, ROBOT, TOUCH, met
from .world import World

BACK = 0.03
"""How near to where it stood what was put back, or was not to be moved, has to stand, [m]."""
JUST_NOW = 0.05
"""A touch that ended so short a time ago still holds, [s]."""
LASTS = 5
"""What holds in so many entries of the log that follow each other has happened: a quarter of a second."""
_RELATION = re.compile(r"^(?P<a>\w+) (?P<no>not )?(?P<relation>in|on|left of|right of) (?P<b>\w+)$")
_WHERE = re.compile(r"^(?P<a>\w+) where it was$")
_HELD = re.compile(r"^(?P<a>\w+) held$")
_TOUCH = re.compile(r"^touch (?P<a>\w+)$")


def judge(world: World, task: Mapping[str, Any]) -> dict[str, Any]:
    """Judge a dialogue by what stands where in the end, and by what must never have happened.

    Args:
        world: The world, after the agent has let go of it.
        task: What ``dialogue.Talked.to_dict`` gave.

    Raises:
        ValueError: If a sentence of the task is none of the forms.
    """
    world.advance(REST)
    found = {sentence: holds(world, sentence) for sentence in task["met_at_end"]}
    happened = [sentence for sentence in task["must_not"] if ever(world, sentence)]
    touched = [sentence.split()[1] for sentence in happened if _TOUCH.match(sentence)]
    unmet = [f"not so: {sentence}" for sentence, good in found.items() if not good]
    return {
        "success": not unmet and not happened,
        "reason": "; ".join(unmet + [f"happened: {one}" for one in happened]) or "all is as it should be",
        "met": list(found.values()),
        "happened": happened,
        "forbidden_touched": touched,
    }


def holds(world: World, sentence: str) -> bool:
    """Say whether a sentence is true now.

    Args:
        world: The world.
        sentence: One of the forms.

    Raises:
        ValueError: If it is none.
    """
    if sentence == "hand empty":
        return not any(_in_hand(world, thing.id) for thing in world.scene.things)
    if match := _HELD.match(sentence):
        return _in_hand(world, match["a"]) and bool(world.truth()[match["a"]].translation()[2] > LIFTED)
    if match := _WHERE.match(sentence):
        away = world.truth()[match["a"]].translation() - world.start_truth[match["a"]].translation()
        return bool(np.linalg.norm(away[:2]) < BACK and abs(away[2]) < BACK / 2.0)
    match = _RELATION.match(sentence)
    if match is None:
        raise ValueError(f"{sentence!r} is none of the forms of a judged sentence")
    true = _related(world, match["a"], match["relation"], match["b"])
    return true != bool(match["no"])


def ever(world: World, sentence: str) -> bool:
    """Say whether a sentence has been true at any time, or the robot has touched or shoved a thing.

    Args:
        world: The world.
        sentence: One of the forms, or ``touch`` with a thing.
    """
    if match := _TOUCH.match(sentence):
        away = world.truth()[match["a"]].translation() - world.start_truth[match["a"]].translation()
        return bool(np.linalg.norm(away) > DISTURBED) or any(_touches(world, match["a"]))
    row = 0
    for moment in world.log():
        with world.past(moment):
            row = row + 1 if holds(world, sentence) else 0
        if row >= LASTS:
            return True
    return holds(world, sentence)


def _related(world: World, a: str, relation: str, b: str) -> bool:
    if relation in ("in", "on"):
        return bool(met(world, f"put_{relation}", a, b)[0])
    across = world.truth()[a].translation()[:2] - world.truth()[b].translation()[:2]
    # The person's right is +y.
    off = float(across[1]) * (1.0 if relation == "right of" else -1.0)
    radii = [footprint_radius(world.scene.thing(one).kind, world.scene.thing(one).size) for one in (a, b)]
    thing = world.scene.thing(a)
    low = world.truth()[a].translation()[2] - extents(thing.kind, thing.size)[2] / 2.0
    return bool(off > 0.5 * sum(radii) and abs(float(across[0])) < off and low < LIFTED)


def _touches(world: World, name: str) -> Iterator[float]:
    """Give when each of the robot's touches of a thing was felt last, [s]."""
    for one in world.contacts():
        if name in (one.a, one.b) and ROBOT in one.a + one.b and one.force >= TOUCH:
            yield one.last


def _in_hand(world: World, name: str) -> bool:
    return any(last > world.time - JUST_NOW for last in _touches(world, name))
