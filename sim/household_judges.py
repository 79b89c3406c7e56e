"""Judges of the suites ``stay_away`` and ``household``: from the world's truth, in the world's own process.

A distance that was asked for is kept by every link that moves and by what the
hand holds, surface to surface, at 20 moments a second. ``ALLOWED`` of it may be
missing: the robot keeps it from where its cameras see a thing, which is off by
a few millimetres.
"""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
from pydrake.geometry import Sphere
from pydrake.multibody.tree import BodyIndex

from ..core.arrays import Float64
from .judges import ROBOT
from .judges import judge as brought
from .world import World

AWAY = 0.15
"""Distance that is asked for, [m]."""
ALLOWED = 0.01
"""How much of it may be missing, [m]."""
FIXED = ("link0", "link1")
"""Links that do not come nearer to anything: the base, and what turns on it about the vertical."""
HELD = 0.004
"""A thing that is farther from where it stood than this while a finger is near is taken along, [m]."""
REACTION = 0.6
"""How long after somebody has moved a thing its distance does not count, [s]: a third of a second passes
between pictures and a new plan is joined in another third later."""
LARGEST = 0.45
"""No link's surface is farther than this from its frame's origin, with half a thing's size added, [m]."""
LEAST_STEP = 0.02
"""A thing that is elsewhere by more than this from one moment to the next was moved by somebody, [m]."""


def stay_away(world: World, task: Mapping[str, Any]) -> dict[str, Any]:
    """Judge whether A came to B and nothing of the robot, nor A, came near C.

    Args:
        world: The world, after the agent has let go of it.
        task: What ``Task.to_dict`` gave; ``others`` begins with C.

    Returns:
        What ``judges.judge`` gives, and ``nearest`` to C, [m], with what that was.
    """
    verdict = dict(brought(world, task))
    nearest, what = nearest_to(world, str(task["others"][0]), str(task["target"]))
    kept = nearest >= AWAY - ALLOWED
    verdict["reason"] += f"; {what} came within {100 * nearest:.1f} cm of {task['others'][0]}"
    if verdict["collided"]:
        verdict["reason"] += f"; touched on the way: {', '.join(verdict['collided'])}"
    verdict["success"] = bool(verdict["success"] and kept and not verdict["collided"])
    verdict["nearest"] = nearest
    return verdict


def nearest_to(world: World, other: str, carried: str) -> tuple[float, str]:
    """Give the least distance from a thing to the moving robot and what it carries, over the whole log.

    Args:
        world: The world.
        other: The thing.
        carried: What the robot carries; it counts where it is off the place that it stood at.

    Returns:
        The distance, at most 1 m, [m], and what was there.
    """
    plant = world.plant
    context = plant.CreateDefaultContext()
    mine = [
        body
        for body in map(plant.get_body, map(BodyIndex, range(plant.num_bodies())))
        if body.name().startswith(ROBOT) and not body.name().endswith(FIXED)
    ]
    bodies = {name: plant.GetBodyByName(name) for name in (other, carried)}
    solids = {body: plant.GetCollisionGeometriesForBody(body) for body in [*mine, *bodies.values()]}
    with world.past(world.log()[0]) as query:
        inspector = query.inspector()
        # The small balls that a thing rests on stand out of it by a fraction of a millimetre.
        solids = {
            body: [one for one in all_ if not isinstance(inspector.GetShape(one), Sphere)] or list(all_)
            for body, all_ in solids.items()
        }
    nearest, what = 1.0, "nothing"
    places: dict[str, Float64] = {}
    deaf_until = 0.0
    for moment in world.log():
        plant.SetPositions(context, moment.positions)
        now = {name: plant.EvalBodyPoseInWorld(context, body).translation() for name, body in bodies.items()}
        if places and float(np.linalg.norm(now[other] - places[other])) > LEAST_STEP:
            deaf_until = moment.time + REACTION
        places = {**now, "stood": places.get("stood", now[carried])}
        if moment.time < deaf_until:
            continue
        movers = list(mine)
        if float(now[carried][2] - places["stood"][2]) > HELD:
            movers.append(bodies[carried])
        near = [
            body
            for body in movers
            if np.linalg.norm(plant.EvalBodyPoseInWorld(context, body).translation() - now[other])
            < min(nearest, 2.0 * AWAY) + LARGEST
        ]
        with world.past(moment) as query:
            for body in near:
                for a, b in product(solids[body], solids[bodies[other]]):
                    found = float(query.ComputeSignedDistancePairClosestPoints(a, b).distance)
                    if found < nearest:
                        nearest, what = found, body.name()
    return nearest, what
