"""A program for a robot with several hands: read for all of them, or, where it names none, for one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..core.errors import Retryable
from ..perception.scene import Scene
from ..planners.program import Program
from ..planners.read import Vocabulary, read
from ..planners.situation import Held
from ..robots.arm_group import ArmGroup
from .noticing import spoken_of

Holding = Mapping[str, str]
"""Name of what each hand holds, by hand; empty hands are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to understand a text.

    Attributes:
        program: The program, its acts and points bound to hands.
        first: The stage that it begins with: a hand may hold already what earlier ones take.
    """

    program: Program
    first: int = 0


def readings(text: str, scene: Scene, group: ArmGroup, held: Mapping[str, Held]) -> Iterator[Reading]:
    """Offer the ways to understand a text, best first.

    A text that names hands has one. One that names none is for one hand: for the one that holds
    something, else for that whose arm stands nearest to what the program speaks of.

    Args:
        text: What was written.
        scene: What is there.
        group: The arms.
        held: What each hand holds.

    Raises:
        Retryable: If it cannot be read.
    """
    holding = {hand: one.thing for hand, one in held.items()}
    try:
        yield _begun(text, scene, group.names, holding)
        return
    except Retryable as refusal:
        refused = refusal
    alone: list[tuple[float, Reading]] = []
    for hand in group.names:
        own = {name: thing for name, thing in holding.items() if name == hand}
        try:
            reading = _begun(text, scene, (hand,), own)
        except Retryable:
            continue
        empty = 0.0 if own or not holding else np.inf
        alone.append((empty + _away(reading.program, scene, group, hand), reading))
    if not alone:
        raise refused
    # Numbers alone decide; the order of the arms where they are the same.
    for _, reading in sorted(alone, key=lambda pair: pair[0]):
        yield reading


def _begun(text: str, scene: Scene, hands: tuple[str, ...], holding: Holding) -> Reading:
    """Read a text for hands; where they hold already what it takes, it goes on from there.

    Raises:
        Retryable: If it cannot be read, or begins with other hands than these.
    """
    try:
        return Reading(program=read(text, Vocabulary.of(scene, hands, holding)))
    except Retryable as refusal:
        if not holding:
            raise
        program = read(text, Vocabulary.of(scene, hands, {}))
        before = holdings(program)
        for index in range(len(before) - 1, 0, -1):
            if before[index] == holding:
                return Reading(program=program, first=index)
        raise refusal


def holdings(program: Program) -> list[dict[str, str]]:
    """Say what each hand holds when each stage begins, of a program that begins with empty hands."""
    now: dict[str, str] = {}
    found: list[dict[str, str]] = []
    for stage in program.stages:
        found.append(dict(now))
        now |= {act.hand: act.thing for act in stage.grasps}
        for act in stage.releases:
            now.pop(act.hand, None)
    return found


def _away(program: Program, scene: Scene, group: ArmGroup, hand: str) -> float:
    """Give how far an arm's base is from what a program speaks of, at worst, [m]."""
    known = {thing.name: thing for thing in scene.things}
    names = {name for stage in program.stages for name in spoken_of(stage) if name in known}
    base = group.arms[hand].X_WR.translation()
    return max((float(np.linalg.norm((known[name].center - base)[:2])) for name in names), default=0.0)
