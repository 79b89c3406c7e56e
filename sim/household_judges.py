"""Judges of the suites ``stay_away`` and ``household``: from the world's truth, in the world's own process.

A distance that was asked for is kept by every link that moves and by what the
hand holds, surface to surface, at 20 moments a second. ``ALLOWED`` of it may be
missing: the robot keeps it from where its cameras see a thing, which is off by
a few millimetres.
"""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np
from pydrake.geometry import Sphere
from pydrake.multibody.tree import BodyIndex

from ..core.arrays import Float64
from .catalogue import extents
from .judges import REST, ROBOT, STANDING
from .judges import judge as brought
from .relation_judges import STANDS, Case, tilt
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
SETTING, ASIDE = (0.13, 0.27), 0.06
"""How far beside a plate's middle a setting lies, and how far off that line it may, [m]."""
STRAIGHT = float(np.cos(np.radians(25.0)))
"""Cosine of the angle that cutlery may lie askew."""
SHUT = 0.010
"""A drawer that is open by less is shut, [m]."""
CAP_OFF = 0.04
"""A cap so far above or beside the mouth is off the bottle, [m]."""
SWEPT = 0.15
"""A bit so near to the bin's middle is swept to it, [m]."""
LIFTED = 0.03
"""The middle of what lies on the table is lower, [m]."""
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


def household(world: World, task: Mapping[str, Any]) -> dict[str, Any]:
    """Judge one episode of the suite ``household``.

    Args:
        world: The world, after the agent has let go of it.
        task: What ``Task.to_dict`` gave.

    Returns:
        ``success``, ``reason``, ``collisions``, ``wrong_touched`` and the names of both.
    """
    if task["kind"] == "move_and_avoid":
        return stay_away(world, {**task, "kind": "put_on"})
    case = Case(world, task)
    world.advance(REST)
    done, reason = _KINDS[str(task["kind"])](case)
    wrong, collided = case.wrongly_moved(), case.collisions()
    return {
        "success": bool(done and not wrong),
        "reason": f"{reason}; wrongly touched: {', '.join(wrong)}" if wrong else reason,
        "collisions": len(collided),
        "wrong_touched": len(wrong),
        "collided": collided,
        "touched": wrong,
    }


def _set_table(case: Case) -> tuple[bool, str]:
    """A fork at the plate's left, a spoon at its right, a mug behind it, as the person opposite sees it."""
    plate = case.reference
    assert plate is not None, "a table is set about a plate"
    middle = case.pose(plate).translation()
    done, words = True, []
    for thing, way in zip((case.target, *case.others), ([0.0, -1.0], [0.0, 1.0], [-1.0, 0.0]), strict=True):
        off = (case.pose(thing).translation() - middle)[:2]
        along, across = float(off @ way), float(abs(off @ np.array([-way[1], way[0]])))
        low, lean = case.bottom(thing), tilt(case.pose(thing))
        fine = SETTING[0] <= along <= SETTING[1] and across <= ASIDE
        if thing.kind != "mug":  # cutlery lies along the person's sight, either way round
            fine = fine and abs(float(case.pose(thing).rotation().matrix()[0, 0])) >= STRAIGHT
        done = done and fine and abs(low) < STANDING and lean < STANDS
        words.append(f"{thing.id} {100 * along:.0f} cm to its side and {100 * across:.0f} cm off")
    return done and not case.held(), "; ".join(words)


def _close_drawer(case: Case) -> tuple[bool, str]:
    left = case.world.opening(case.target.id)
    return left <= SHUT and not case.held(), f"{case.target.id} is open by {left:.3f} m"


def _open_bottle(case: Case) -> tuple[bool, str]:
    """The cap is clear of the bottle, which stands where it stood."""
    bottle = case.reference
    assert bottle is not None, "a cap is on a bottle"
    X_WB, X_WC = case.pose(bottle), case.pose(case.target)
    mouth = X_WB @ np.array([0.0, 0.0, float(extents(bottle.kind, bottle.size)[2]) / 2.0])
    away = X_WC.translation() - mouth
    off = float(away[2]) >= CAP_OFF or float(np.linalg.norm(away[:2])) >= CAP_OFF
    stands = tilt(X_WB) < STANDS and abs(case.bottom(bottle)) < STANDING
    words = f"{case.target.id} is {100 * float(np.linalg.norm(away)):.1f} cm from the mouth of {bottle.id}"
    return off and stands, words + (", which stands" if stands else ", which does not stand")


def _sweep(case: Case) -> tuple[bool, str]:
    trash_bin = case.reference
    assert trash_bin is not None, "bits are swept to a bin"
    middle = case.pose(trash_bin).translation()[:2]
    bits = (case.target, *case.others)
    far = [float(np.linalg.norm(case.pose(bit).translation()[:2] - middle)) for bit in bits]
    lying = all(case.pose(bit).translation()[2] < LIFTED for bit in bits)
    words = f"{sum(one <= SWEPT for one in far)} of {len(bits)} bits are near {trash_bin.id}, the farthest "
    return max(far) <= SWEPT and lying and not case.held(), words + f"{100 * max(far):.1f} cm from its middle"


_KINDS: Mapping[str, Callable[[Case], tuple[bool, str]]] = {
    "set_table": _set_table,
    "close_drawer": _close_drawer,
    "open_bottle": _open_bottle,
    "sweep": _sweep,
}


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
