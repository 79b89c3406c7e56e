"""How steps are to be done: slowly, upright, and away from what."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...core.errors import CannotDo, InputError
from ...perception.scene import Scene
from .meaning import Manner, Step
from .places import Footprint, gap
from .refer import TABLE, State, find

USUAL_AWAY = 0.10  # "keep away from" without a number, where there is as much room, [m]
UNTOUCHED = 0.02
LEAST = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The manners of one clause, with identifiers.

    Attributes:
        slowly: Whether to move slowly.
        upright: What to keep upright.
        avoid: Name, distance and whether the distance was said.
        used: Those manners that concern this clause.
    """

    slowly: bool
    upright: tuple[str, ...]
    avoid: tuple[tuple[str, float, bool], ...]
    used: tuple[Manner, ...]

    def applied(self, step: Step, scene: Scene) -> Step:
        """Give a step with the manners that concern it.

        Raises:
            CannotDo: If a distance cannot be kept.
        """
        avoid = tuple((name, _kept(name, distance, said, step, scene)) for name, distance, said in self.avoid)
        distance = step.distance
        kept = dict(avoid).get(step.reference)
        if kept is not None and (distance is None or distance < kept):
            if distance is not None:
                raise CannotDo(
                    f"{step.thing} cannot stand {distance * 100:g} cm from {step.reference} "
                    f"and keep {kept * 100:g} cm away from it"
                )
            distance = kept
        return replace(
            step, slowly=self.slowly, upright=step.thing in self.upright, avoid=avoid, distance=distance
        )


def manners(said: Sequence[Manner], steps: Sequence[Step], state: State) -> Manners:
    """Tie manners to a scene.

    Args:
        said: Manners of a clause and of the whole instruction.
        steps: The clause's steps.
        state: The scene as it will be after the clause.

    Raises:
        InputError: If a phrase has words that mean nothing here.
        CannotDo: If what is named does not exist.
        NeedsAnswer: If more fit than are meant.
    """
    moved = tuple(dict.fromkeys(step.thing for step in steps))
    slowly = any(manner.kind == "slowly" for manner in said)
    upright: set[str] = set()
    used: list[Manner] = []
    avoid: dict[str, tuple[float, bool]] = {}
    for manner in said:
        if manner.kind == "upright":
            names = set(moved) if not manner.things else set()
            for phrase in manner.things:
                names |= set(moved) if phrase.quantity in ("it", "them") else set(find(phrase, state))
            if names & set(moved):
                used.append(manner)
            upright |= names
        elif manner.kind in ("away", "untouched"):
            for phrase in manner.things:
                without = moved if phrase.quantity in ("all", "rest") or phrase.other else ()
                for name in find(phrase, state, without):
                    distance = UNTOUCHED if manner.kind == "untouched" else manner.distance or USUAL_AWAY
                    if name == TABLE:
                        raise CannotDo("nothing can be done away from the table; everything stands on it")
                    if distance > avoid.get(name, (0.0, False))[0]:
                        avoid[name] = (distance, manner.distance is not None)
            used.append(manner)
        else:
            used.append(manner)
    if upright and not upright & set(moved) and steps and not used:
        raise InputError(f"what is to be kept upright is not what is moved, which is {', '.join(moved)}")
    return Manners(
        slowly=slowly,
        upright=tuple(sorted(upright)),
        avoid=tuple((name, distance, known) for name, (distance, known) in avoid.items()),
        used=tuple(used),
    )


def _kept(name: str, distance: float, said: bool, step: Step, scene: Scene) -> float:
    """Check a distance to keep against where the step has to reach.

    Raises:
        CannotDo: If the step has to come nearer.
    """
    if name == step.thing:
        raise CannotDo(f"{name} cannot be moved without coming near it")
    if name in step.reference.split(",") and step.relation in ("in", "on", "between"):
        raise CannotDo(f"{step.thing} cannot be put {step.relation} {name} and be kept away from {name}")
    room = _room(name, step, scene)
    if room >= distance:
        return distance
    if said:
        raise CannotDo(
            f"{distance * 100:g} cm from {name} cannot be kept: "
            f"the hand has to come within {room * 100:.0f} cm of it"
        )
    return round(max(LEAST, min(distance, room - 0.01)), 3)


def _room(name: str, step: Step, scene: Scene) -> float:
    """Give the horizontal room between a thing and where a step begins and ends, [m]."""
    thing, other = scene.thing(step.thing), scene.thing(name)
    rooms = [gap(thing, other)]
    radius = float(Footprint.of(thing).half.min())
    around = Footprint.of(other)
    if step.relation in ("in", "on") and step.reference != TABLE:
        carrier = scene.thing(step.reference)
        if carrier.kind != TABLE:
            rooms.append(float(around.distance(carrier.center[None, :2])[0]) - radius)
    if step.relation == "at":
        spot = np.array([float(value) for value in step.reference.split(",")])
        rooms.append(float(around.distance(spot[None])[0]) - radius)
    return max(0.0, min(rooms))
