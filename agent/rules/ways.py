"""How steps are done: slowly, upright, and away from what, as far as there is room."""

from dataclasses import replace

import numpy as np

from ...core.errors import CannotDo
from ...perception.scene import TABLE, Scene
from ..corrections import Standing
from .deeds import How
from .places import Footprint, gap
from .step import Step

USUAL_AWAY = 0.10  # "keep away from" without a number, where there is as much room, [m]
UNTOUCHED = 0.02
LEAST = 0.02


def applied(how: How, step: Step, scene: Scene) -> Step:
    """Give a step with how it is to be done; gently is slowly, too.

    Raises:
        CannotDo: If a distance cannot be kept.
    """
    wanted: dict[str, tuple[float, bool]] = dict.fromkeys(how.untouched, (UNTOUCHED, False))
    for name, said in how.away:
        if (said or USUAL_AWAY) > wanted.get(name, (0.0, False))[0]:
            wanted[name] = (said or USUAL_AWAY, said is not None)
    avoid = tuple((name, _kept(name, far, known, step, scene)) for name, (far, known) in wanted.items())
    distance = step.distance
    kept = dict(avoid).get(step.reference)
    if kept is not None and (distance is None or distance < kept):
        if distance is not None:
            raise CannotDo(
                f"{step.thing} cannot stand {distance * 100:g} cm from {step.reference} "
                f"and keep {kept * 100:g} cm away from it"
            )
        distance = kept
    return replace(step, slowly=how.slow or how.gentle, upright=how.upright, avoid=avoid, distance=distance)


def heeding(step: Step, standing: Standing, scene: Scene) -> Step:
    """Give a step with what holds for the whole dialogue besides what it says itself.

    What has to be reached is reached: a distance that the step cannot keep is kept as far as it can be.

    Raises:
        CannotDo: If what is not to be touched would be taken, or a distance that was said cannot be kept.
    """
    if step.thing in standing.excluded:
        raise CannotDo(f"{step.thing} must not be touched, as you said")
    own = {step.thing, *step.reference.split(",")}
    here = {thing.name for thing in scene.things}
    how = How(
        away=tuple((name, far) for name, far in standing.away if name in here - own),
        untouched=tuple(name for name in standing.excluded if name in here - own),
    )
    wanted = applied(how, step, scene)
    said = dict(step.avoid)
    more = tuple((name, far) for name, far in wanted.avoid if far > said.get(name, 0.0))
    kept = tuple(one for one in step.avoid if one[0] not in dict(more))
    return replace(step, avoid=(*kept, *more))


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
