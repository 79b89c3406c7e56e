"""``avoid`` is kept where it can be; where it cannot, as much of it as a stage can keep, and that is said.

A stage that cannot be done is tried without its ``avoid``. If it can be done
then, those that stand in the way give, no other: each by itself, if one is
enough. How much is kept is found by halving; what is reported is measured on
the motion itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from ..core.arrays import Float64
from .program import Avoid, Stage
from .room import Room
from .solution import Infeasible

TRIES = 3
"""Halvings between what the motion without the ``avoid`` keeps by itself and what is asked."""
WORTH = 0.005
"""Distance that is not worth another try, [m]."""
AROUND = 1.0
"""How far distances are measured, [m]: no ``avoid`` asks for more."""
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Yielded:
    """A distance that was asked for and could not be kept.

    Attributes:
        thing: What was to be kept away from.
        asked: How far, [m].
        kept: How near the motion comes, [m]: below 0 where it is meant to touch it.
        instead: What could give instead, so that the distance can be kept; one sentence each.
    """

    thing: str
    asked: float
    kept: float
    instead: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Say it in a sentence."""
        instead = f"; instead could give: {'; '.join(self.instead)}" if self.instead else ""
        return (
            f"avoid({self.thing}, {self.asked:g}) cannot be kept: {100 * self.kept:.1f} cm are, "
            f"{100 * (self.asked - self.kept):.1f} cm less{instead}"
        )


def yielding(
    stage: Stage,
    attempt: Callable[[Stage, bool], Found],
    kept: Callable[[Found, str], float],
) -> tuple[Found, tuple[Yielded, ...]]:
    """Do a stage, giving up of its ``avoid`` what cannot be kept.

    Args:
        stage: What is asked.
        attempt: Does a stage, or refuses; the second argument says whether the refusal is only counted,
            so that its reason need not be looked for.
        kept: Measures how near a result comes to a thing, [m].

    Returns:
        The result, and what could not be kept.

    Raises:
        Infeasible: If the stage cannot be done without its ``avoid`` either: that says why.
    """
    try:
        return attempt(stage, False), ()
    except Infeasible as error:
        if not stage.avoid:
            raise
        refusal = error
    best, giving = _without(stage, attempt)
    floor = {act: min(kept(best, act.thing), act.distance) for act in giving}
    low, high = 0.0, 1.0
    for _ in range(TRIES):
        if (high - low) * max(act.distance - floor[act] for act in giving) < WORTH:
            break
        share = (low + high) / 2.0
        asked = {act: floor[act] + share * (act.distance - floor[act]) for act in giving}
        try:
            best = attempt(_asking(stage, asked), True)
            low = share
        except Infeasible:
            high = share
    # Only relations are named: that what stands there is in the way is what the distance says itself.
    instead = tuple(one for one in refusal.report.others if one.startswith("line "))
    told = tuple(
        Yielded(thing=act.thing, asked=act.distance, kept=kept(best, act.thing), instead=instead)
        for act in giving
    )
    # What is kept after all, since the way happens to lead there, is not told.
    return best, tuple(one for one in told if one.kept < one.asked)


def _without(stage: Stage, attempt: Callable[[Stage, bool], Found]) -> tuple[Found, tuple[Avoid, ...]]:
    """Do a stage without the ``avoid`` that is in the way, without all where one alone is not enough."""
    if len(stage.avoid) > 1:
        for act in stage.avoid:
            try:
                return attempt(_asking(stage, {act: 0.0}), True), (act,)
            except Infeasible:
                continue
    return attempt(replace(stage, avoid=()), False), stage.avoid


def _asking(stage: Stage, distances: dict[Avoid, float]) -> Stage:
    """Ask for other distances; what is not above 0 is not asked for."""
    acts = (replace(act, distance=distances.get(act, act.distance)) for act in stage.avoid)
    return replace(stage, avoid=tuple(act for act in acts if act.distance > 0.0))


def nearest_to(room: Room, Q: Float64, thing: str, margin: float) -> float:
    """Give how near arm, hand and held thing come to a thing, at most ``AROUND`` less the margin, [m].

    Args:
        room: Free space, in which the thing may be kept away from.
        Q: Joint positions, shape (N, n), [rad].
        thing: Its identifier.
        margin: Distance that the room takes off every distance from it, [m].
    """
    rows = np.array([pair.other == thing for pair in room.world.rows()], dtype=bool)
    if not rows.any():
        return AROUND
    return margin + min(float(room.world.distances(q, band=AROUND)[0][rows].min()) for q in Q)
