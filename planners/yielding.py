"""``avoid`` is kept where it can be; where it cannot, as much of it as a stage can keep, and that is said.

A stage that cannot be done is tried without its ``avoid``. If it can be done
then, those that stand in the way give, no other: each by itself, if one is
enough. How much is kept is found by halving; what is reported is measured on
the motion itself.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from .program import Avoid, AvoidRegion, Program, Region, Stage
from .solution import Infeasible

TRIES = 3
"""Halvings between what the motion without the ``avoid`` keeps by itself and what is asked."""
WORTH = 0.005
"""Distance that is not worth another try, [m]."""
Avoidance = Avoid | AvoidRegion
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, kw_only=True)
class Yielded:
    """A distance that was asked for and could not be kept.

    Attributes:
        thing: What was to be kept away from, or the region as it was written.
        asked: How far, [m].
        kept: How near the motion comes, [m]: below 0 where it is meant to touch it, or goes into the region.
        instead: What could give instead, so that the distance can be kept; one sentence each.
        region: Whether it is a region that was to be kept out of.
    """

    thing: str
    asked: float
    kept: float
    instead: tuple[str, ...] = ()
    region: bool = False

    @property
    def text(self) -> str:
        """Say it in a sentence."""
        instead = f"; instead could give: {'; '.join(self.instead)}" if self.instead else ""
        asked = self.thing if self.region and not self.asked else f"{self.thing}, {self.asked:g}"
        if self.region and self.kept < 0.0:
            how = f"the hand goes {-100 * self.kept:.1f} cm into it"
        else:
            how = f"{100 * self.kept:.1f} cm are, {100 * (self.asked - self.kept):.1f} cm less"
        return f"avoid({asked}) cannot be kept: {how}{instead}"


def yielding(
    stage: Stage,
    attempt: Callable[[Stage, bool], Found],
    kept: Callable[[Found, Avoidance], float],
    refused: Infeasible | None = None,
) -> tuple[Found, tuple[Yielded, ...]]:
    """Do a stage, giving up of its ``avoid`` what cannot be kept.

    Args:
        stage: What is asked.
        attempt: Does a stage, or refuses; the second argument says whether the refusal is only counted,
            so that its reason need not be looked for.
        kept: Measures how near a result comes to what an ``avoid`` names, [m]; below 0 inside a region.
        refused: Why the stage as it is asked was refused already; then that is not tried again.

    Returns:
        The result, and what could not be kept.

    Raises:
        Infeasible: If the stage cannot be done without its ``avoid`` either: that says why.
    """
    try:
        if refused is not None:
            raise refused
        return attempt(stage, False), ()
    except Infeasible as error:
        if not _avoids(stage):
            raise
        refusal = error
    best, giving = _without(stage, attempt)
    floor = {act: min(kept(best, act), act.distance) for act in giving}
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
        Yielded(
            thing=_named(act),
            asked=act.distance,
            kept=kept(best, act),
            instead=instead,
            region=isinstance(act, AvoidRegion),
        )
        for act in giving
    )
    # What is kept after all, since the way happens to lead there, is not told.
    return best, tuple(one for one in told if one.kept < one.asked)


def _without(stage: Stage, attempt: Callable[[Stage, bool], Found]) -> tuple[Found, tuple[Avoidance, ...]]:
    """Do a stage without the ``avoid`` that is in the way, without all where one alone is not enough."""
    acts = _avoids(stage)
    if len(acts) > 1:
        for act in acts:
            try:
                return attempt(_asking(stage, {act: None}), True), (act,)
            except Infeasible:
                continue
    return attempt(replace(stage, avoid=(), avoid_regions=()), False), acts


def _avoids(stage: Stage) -> tuple[Avoidance, ...]:
    return (*stage.avoid, *stage.avoid_regions)


def _named(act: Avoidance) -> str:
    return act.thing if isinstance(act, Avoid) else act.region.text


def _asking(stage: Stage, distances: Mapping[Avoidance, float | None]) -> Stage:
    """Ask for other distances; None asks for nothing, and of a thing nothing is asked that is not above 0."""
    things = [(act, distances.get(act, act.distance)) for act in stage.avoid]
    regions = [(act, distances.get(act, act.distance)) for act in stage.avoid_regions]
    return replace(
        stage,
        avoid=tuple(replace(act, distance=far) for act, far in things if far is not None and far > 0.0),
        avoid_regions=tuple(replace(act, distance=far) for act, far in regions if far is not None),
    )


def most_asked(stages: Iterable[Stage]) -> tuple[tuple[Avoid, ...], tuple[AvoidRegion, ...]]:
    """Give what stages keep away from, each thing and region once, with the largest distance.

    Args:
        stages: The stages.
    """
    things: dict[str, float] = {}
    regions: dict[Region, float] = {}
    for stage in stages:
        for act in stage.avoid:
            things[act.thing] = max(act.distance, things.get(act.thing, 0.0))
        for one in stage.avoid_regions:
            regions[one.region] = max(one.distance, regions.get(one.region, one.distance))
    return (
        tuple(Avoid(thing=thing, distance=distance) for thing, distance in things.items()),
        tuple(AvoidRegion(region=region, distance=distance) for region, distance in regions.items()),
    )


def asking_no_more(program: Program, limited: Stage) -> Program:
    """Give a program whose stages keep no farther away than one stage does.

    Args:
        program: The program.
        limited: How far at most; what it does not keep away from, no stage does.
    """
    things = {act.thing: act.distance for act in limited.avoid}
    regions = {act.region: act.distance for act in limited.avoid_regions}

    def less(stage: Stage) -> Stage:
        acts = (replace(one, distance=min(one.distance, things.get(one.thing, 0.0))) for one in stage.avoid)
        return replace(
            stage,
            avoid=tuple(one for one in acts if one.distance > 0.0),
            avoid_regions=tuple(
                replace(one, distance=min(one.distance, regions[one.region]))
                for one in stage.avoid_regions
                if one.region in regions
            ),
        )

    return replace(program, stages=tuple(map(less, program.stages)))


def notes_of(yielded: Iterable[Yielded], stage: Stage) -> tuple[str, ...]:
    """Say what a stage could not keep of what it asks for itself, one sentence each.

    Args:
        yielded: What could not be kept.
        stage: The stage as it was written.
    """
    own = {(_named(act), isinstance(act, AvoidRegion)): act.distance for act in _avoids(stage)}
    return tuple(one.text for one in yielded if one.kept < own.get((one.thing, one.region), -float("inf")))
