"""Push a thing over the table with the closed hand, or furniture shut."""

import numpy as np

from ..core.errors import UnknownName
from ..perception.scene import TABLE, Scene, Thing
from ..robots.robot import Observation, RobotInfo
from .measure import gap, point_trouble, reach_trouble, standing
from .push_plan import blocked, options
from .registry import start_program
from .skill import Activity, Arguments, Context, Feasibility, Parameter, SkillSpec

RELATIONS = ("to", "at", "shut")
BESIDE = 0.03
"""Room between a thing and what it was pushed to at which it is there, [m]."""
NEAR = 0.025
"""How far from coordinates a thing may end, [m]."""
SHUT = 0.014
"""How far a front may be from where it is when shut, [m]: what the cameras tell."""
TILTS = 3.0
"""What is higher than so many times its narrowest width falls over rather than slides."""
FIXED = ("shelf", "wall", "rack")
"""Furniture without anything to push."""


class Push:
    """Slide a thing over what it stands on, with the fingers closed, a little at a time."""

    spec = SkillSpec(
        name="push",
        purpose="Push a thing over the table with the closed hand, without taking it; or push a drawer shut.",
        parameters=(
            Parameter(name="thing", kind="thing", purpose="what to push"),
            Parameter(
                name="relation",
                kind="relation",
                purpose="to beside another thing, at coordinates, or shut",
                choices=RELATIONS,
            ),
            Parameter(
                name="reference",
                kind="thing",
                purpose="what it is pushed to; 'x,y' in the world with at, the thing itself with shut",
            ),
        ),
    )

    def candidates(self, scene: Scene) -> tuple[Arguments, ...]:
        """Every thing to every other, and every drawer shut; ``at`` has no end, so a mind names it itself."""
        names = [thing.name for thing in scene.things if thing.kind not in (TABLE, *FIXED)]
        loose = [name for name in names if scene.thing(name).articulation is None]
        found: list[Arguments] = [
            {"thing": name, "relation": "to", "reference": other}
            for name in loose
            for other in names
            if other != name
        ]
        found += [
            {"thing": name, "relation": "shut", "reference": name} for name in names if name not in loose
        ]
        return tuple(found)

    def can(self, scene: Scene, arguments: Arguments, robot: RobotInfo) -> Feasibility:
        """Say whether the thing can be slid, is in reach at both ends, and where its first push would go."""
        thing = scene.thing(arguments["thing"])
        trouble = _trouble(scene, thing, arguments, robot)
        if trouble:
            return Feasibility(probability=0.0, reason=trouble)
        shift = shift_of(scene, arguments)
        ways = list(options(thing, shift))
        if not ways:
            return Feasibility(probability=0.0, reason=f"{thing.name} is there already")
        obstacles = [blocked(push, scene) for push in ways]
        if all(obstacles):
            return Feasibility(
                probability=0.3 * thing.confidence,
                reason=f"{thing.name} has to be pushed round {obstacles[0]}",
            )
        return Feasibility(probability=0.75 * thing.confidence, reason="within reach, and the way is free")

    def start(self, arguments: Arguments, context: Context, observation: Observation) -> Activity:
        """Begin; nothing moves until the activity is stepped."""
        return start_program(context, observation)

    def done(self, before: Scene, after: Scene, arguments: Arguments) -> Feasibility:
        """Judge by where the thing is now, and that it still stands as it did."""
        try:
            was, thing = before.thing(arguments["thing"]), after.thing(arguments["thing"])
            left, words = _left(after, arguments)
        except UnknownName as error:
            return Feasibility(probability=0.0, reason=f"cannot be seen any more: {error}")
        if standing(was) and not standing(thing):
            return Feasibility(probability=0.0, reason=f"{thing.name} has fallen over; {words}")
        return Feasibility(probability=0.9 if left <= 0.0 else 0.05, reason=words)


def shift_of(scene: Scene, arguments: Arguments) -> np.ndarray:
    """Give how far a thing is to be pushed, level, shape (3,), [m].

    Args:
        scene: What is there.
        arguments: Those of the skill.
    """
    thing = scene.thing(arguments["thing"])
    if arguments["relation"] == "shut":
        return thing.parts["shut"] - thing.parts["front"]
    if arguments["relation"] == "at":
        x, y = (float(part) for part in arguments["reference"].split(","))
        return (np.array([x, y, 0.0]) - thing.center) * [1.0, 1.0, 0.0]
    other = scene.thing(arguments["reference"])
    between = (other.center - thing.center) * [1.0, 1.0, 0.0]
    far = max(float(np.linalg.norm(between)), 1e-9)
    return between / far * (gap(thing, other) - BESIDE / 2.0)


def program(scene: Scene, arguments: Arguments) -> str:
    """Write the program of a push: a stage whose goal is about what nothing holds.

    Args:
        scene: What is there.
        arguments: Those of the skill.
    """
    name, reference = arguments["thing"], arguments["reference"]
    head = f'def stage_1():\n    """push {name}"""\n    '
    if arguments["relation"] == "shut":
        return head + f"goal(norm({name}.front - {name}.shut) <= mm(8), tol=mm(6))\n"
    if arguments["relation"] == "at":
        x, y = (float(part) for part in reference.split(","))
        spot = f"vec({x:.4f}, {y:.4f})"
        return head + f"goal(norm(xy({name}.center) - {spot}) <= mm(10), tol=cm(1))\n"
    thing, other = scene.thing(name), scene.thing(reference)
    between = float(np.linalg.norm((other.center - thing.center)[:2]))
    room = between - gap(thing, other) + BESIDE / 2.0
    return head + f"goal(norm(xy({name}.center) - xy({reference}.center)) <= {room:.4f}, tol=cm(1))\n"


def _trouble(scene: Scene, thing: Thing, arguments: Arguments, robot: RobotInfo) -> str:
    """Say why a thing cannot be pushed; nothing where it can."""
    held = [other.name for other in scene.things if other.on == "hand"]
    if held:
        return f"the hand holds {held[0]}; put that down first"
    if thing.kind == TABLE or thing.kind in FIXED:
        return f"{thing.name} stays where it is"
    shut = arguments["relation"] == "shut"
    if shut and not {"front", "shut"} <= thing.parts.keys():
        return f"nothing of {thing.name} is seen that could be pushed shut"
    if not shut and thing.articulation is not None:
        return f"{thing.name} is furniture: only its drawer moves"
    if thing.inside is not None:
        return f"{thing.name} is in {thing.inside}; it would have to be taken out"
    if not shut and standing(thing) and thing.size[2] > TILTS * thing.size[:2].min():
        return f"{thing.name} is so slender that it would fall over"
    goal = thing.center + shift_of(scene, arguments) if not shut else thing.parts["front"]
    return reach_trouble(thing, robot) or point_trouble(goal, robot, f"the place for {thing.name}")


def _left(scene: Scene, arguments: Arguments) -> tuple[float, str]:
    """Give by how much a thing misses its place, at most 0 where it is there, [m], and that in words."""
    thing = scene.thing(arguments["thing"])
    if arguments["relation"] == "shut":
        opened = float(np.linalg.norm(shift_of(scene, arguments)))
        return opened - SHUT, f"the front of {thing.name} is {100 * opened:.1f} cm from shut"
    if arguments["relation"] == "at":
        far = float(np.linalg.norm(shift_of(scene, arguments)))
        return far - NEAR, f"{thing.name} is {100 * far:.1f} cm from its place"
    other = scene.thing(arguments["reference"])
    room = gap(thing, other)
    return room - BESIDE, f"{thing.name} is {100 * room:.1f} cm from {other.name}"
