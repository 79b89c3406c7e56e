"""Bring a thing to a place, which is said relative to other things."""

from itertools import combinations

import numpy as np

from ..core.errors import UnknownName
from ..perception.scene import TABLE, Scene, Thing
from ..robots.robot import Observation, RobotInfo
from .measure import (
    OPEN_KINDS,
    footprint_area,
    grasp_trouble,
    point_trouble,
    reach_trouble,
    smallest_radius,
    top_of,
)
from .placed import placed
from .registry import start_program
from .skill import Activity, Arguments, Context, Feasibility, Parameter, SkillSpec

RELATIONS = ("in", "on", "next to", "left of", "right of", "in front of", "behind", "between", "at")
LEAST_OPENING = 0.02
"""Narrowest opening, as a radius, that counts as a container's, [m]."""
MOST_FILLED = 0.68
"""Share of a container's floor that things may cover; five discs in a circle cover 0.685 at best."""


class Place:
    """Take a thing, unless it is held already, and set it down in, on or beside another."""

    spec = SkillSpec(
        name="place",
        purpose="Take a thing, if it is not held yet, and set it down in, on or beside another thing.",
        parameters=(
            Parameter(name="thing", kind="thing", purpose="what to move"),
            Parameter(name="relation", kind="relation", purpose="where, relative to", choices=RELATIONS),
            Parameter(
                name="reference",
                kind="thing",
                purpose="what it is placed relative to; 'a,b' with between, 'table' with on, 'x,y' with at",
            ),
        ),
    )

    def candidates(self, scene: Scene) -> tuple[Arguments, ...]:
        """Every thing in every relation to every other; ``at`` has no end, so a mind names it itself.

        On a second table things are only put; no table is moved.
        """
        found: list[Arguments] = []
        names = [thing.name for thing in scene.things if thing.kind != TABLE]
        tables = [TABLE, *(thing.name for thing in scene.things if thing.kind == TABLE)]
        for name in names:
            others = [other for other in names if other != name]
            found += [
                {"thing": name, "relation": relation, "reference": other}
                for relation in RELATIONS[:-2]
                for other in others
            ]
            found += [{"thing": name, "relation": "on", "reference": table} for table in tables]
            found += [
                {"thing": name, "relation": "between", "reference": f"{a},{b}"}
                for a, b in combinations(others, 2)
            ]
        return tuple(found)

    def can(self, scene: Scene, arguments: Arguments, robot: RobotInfo) -> Feasibility:
        """Say whether the thing can be taken, and whether its place is there and has room."""
        thing = scene.thing(arguments["thing"])
        trouble = self._taking(scene, thing, robot)
        if not trouble:
            trouble = self._putting(scene, thing, arguments["relation"], arguments["reference"], robot)
        if trouble:
            return Feasibility(probability=0.0, reason=trouble)
        confidence = min([thing.confidence, *(other.confidence for other in _references(scene, arguments))])
        return Feasibility(
            probability=0.85 * confidence, reason="within reach, graspable, and the place has room"
        )

    def start(self, arguments: Arguments, context: Context, observation: Observation) -> Activity:
        """Begin; nothing moves until the activity is stepped."""
        return start_program(context, observation)

    def done(self, before: Scene, after: Scene, arguments: Arguments) -> Feasibility:
        """Judge by where the thing and its references are now."""
        name = arguments["thing"]
        if any(thing.name == name and thing.on == "hand" for thing in after.things):
            return Feasibility(probability=0.0, reason=f"{name} is still in the hand")
        try:
            thing, references = after.thing(name), _references(after, arguments)
        except UnknownName as error:
            return Feasibility(probability=0.0, reason=f"cannot be seen any more: {error}")
        return placed(thing, arguments["relation"], arguments["reference"], references, after)

    def _taking(self, scene: Scene, thing: Thing, robot: RobotInfo) -> str:
        if thing.on == "hand":
            return ""
        held = [other.name for other in scene.things if other.on == "hand"]
        if held:
            return f"the hand holds {held[0]}; put that down first"
        return reach_trouble(thing, robot) or grasp_trouble(thing, scene)

    def _putting(self, scene: Scene, thing: Thing, relation: str, reference: str, robot: RobotInfo) -> str:
        if relation == "at":
            x, y = (float(part) for part in reference.split(","))
            return point_trouble(np.array([x, y, 0.0]), robot, f"the place {x:.2f}, {y:.2f}")
        if reference == TABLE:
            return "" if relation == "on" else f"nothing is placed {relation} the table"
        references = _references(scene, {"relation": relation, "reference": reference})
        if thing.name in {other.name for other in references}:
            return f"{thing.name} cannot be placed {relation} itself"
        for other in references:
            if other.on == "hand":
                return f"{other.name} is in the hand"
            # Some of a table may be in reach though its middle is not: the planner looks for a place.
            trouble = "" if other.kind == TABLE else reach_trouble(other, robot)
            if trouble:
                return trouble
        match relation:
            case "in":
                return inside_trouble(scene, thing, references[0])
            case "on":
                return support_trouble(scene, thing, references[0])
        return ""


def _references(scene: Scene, arguments: Arguments) -> tuple[Thing, ...]:
    """Find the things that a place is relative to."""
    if arguments["relation"] == "at" or arguments["reference"] == TABLE:
        return ()
    return tuple(scene.thing(name) for name in arguments["reference"].split(","))


def inside_trouble(scene: Scene, thing: Thing, container: Thing) -> str:
    """Say why a thing cannot go into another; nothing where it may."""
    if container.kind not in OPEN_KINDS and container.cavity_radius is None:
        return f"{container.name} is a {container.kind}: it has no inside"
    radius = container.cavity_radius
    if radius is None or container.kind in ("tray", "drawer", "box"):
        room = container.size[:2] - 0.01
        fits = bool((np.sort(thing.size[:2]) <= np.sort(room)).all())
        area, opening = float(room.prod()), " x ".join(f"{100 * side:.1f}" for side in room)
    else:
        # A long thing may stick out of the opening, so its narrower side has to go in.
        inner = min(smallest_radius(thing), 0.6 * float(thing.size[:2].max()))
        fits = radius >= LEAST_OPENING and inner <= radius
        area, opening = float(np.pi * radius**2), f"{200 * radius:.1f}"
    if not fits:
        return (
            f"{thing.name} ({100 * thing.size[0]:.1f} x {100 * thing.size[1]:.1f} cm) does not fit "
            f"into the opening of {container.name} ({opening} cm)"
        )
    content = [other for other in scene.things if other.inside == container.name and other.name != thing.name]
    filled = sum(footprint_area(other) for other in content)
    if content and filled + footprint_area(thing) > MOST_FILLED * area:
        return (
            f"{container.name} is full: {' and '.join(other.name for other in content)} in it "
            f"leave no room for {thing.name}"
        )
    return ""


def support_trouble(scene: Scene, thing: Thing, support: Thing) -> str:
    """Say why a thing would not stay on another; nothing where it may."""
    if support.kind == "ball" or (support.kind in ("can", "bottle") and support.size[2] < support.size[0]):
        return f"{support.name} is round on top: nothing stays on it"
    if (
        thing.kind == "ball"
        and support.kind not in ("plate", "tray", TABLE)
        and support.cavity_radius is None
    ):
        return f"{thing.name} would roll off {support.name}"
    if support.kind == "bottle":
        return f"the top of {support.name} is too narrow for {thing.name}"
    wide, carried = np.sort(support.size[:2]), np.sort(thing.size[:2])
    if (wide < 0.5 * carried).any():
        return (
            f"{support.name} ({100 * wide[0]:.1f} x {100 * wide[1]:.1f} cm) is too small to carry "
            f"{thing.name} ({100 * carried[0]:.1f} x {100 * carried[1]:.1f} cm)"
        )
    load = [other for other in scene.things if other.on == support.name and other.name != thing.name]
    filled = sum(footprint_area(other) for other in load)
    if load and filled + footprint_area(thing) > footprint_area(support):
        return (
            f"{' and '.join(other.name for other in load)} on {support.name} leave no room "
            f"for {thing.name} (top at {100 * top_of(support):.1f} cm)"
        )
    return ""
