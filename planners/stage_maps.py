"""A stage's value maps tied to its situation: what is said where, what is kept out of, how wide a hand is.

The fields speak of a ball around the tool point. Here the ball gets its size from the hand and what it holds;
the arm is checked in joint space by whoever takes a field's way as a seed.
"""

from dataclasses import replace

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..robots.collision import CollisionWorld, Obstacle
from ..robots.held import HeldShape
from ..robots.kinematics import Kinematics
from ..robots.shapes import Cylinder
from ..robots.spheres import sphere_cover
from .program import AvoidRegion, Stage
from .room import nearest_to
from .situation import Held, Situation
from .value_maps.maps import Workspace
from .value_maps.statements import Hand, Statements
from .value_maps.surroundings import Body, Surroundings

SLIM = 0.02
"""Radius of the ball that every hand needs, however it is turned, [m]: a fingertip and some air. Where not
even this passes there is no way."""
SHARE = 0.6
"""Radius of the ball between, as a share of the one that holds the hand however turned about its axis."""
BASE = (0.09, 0.5)
"""Radius and height of the column of the arm's own base, [m], which no way of the hand leads through."""
BASE_NAME = "the arm's base"
AROUND = 0.12
"""How far the workspace reaches beyond the table, the start and the target, [m]."""
REACH = 0.95
"""How far from the base it reaches at most, [m]."""
TALL = 0.7
"""How far above the table it reaches at least, [m]."""
ENTERED = 0.006
"""How much room a hand that begins inside a region is given, [m]: what a way needs at its start."""


def shaped(stage: Stage) -> bool:
    """Tell whether a stage says where its way leads or how the hand is turned on it: then fields seed it.

    ``slow`` and ``grip`` act along a way, wherever that leads.
    """
    return bool(stage.toward or stage.avoid or stage.avoid_regions or stage.face)


def speaks_of_places(stage: Stage) -> bool:
    """Tell whether a stage says what only maps can answer."""
    return bool(stage.toward or stage.avoid_regions or stage.slow_regions or stage.face or stage.grip)


def surroundings_of(situation: Situation, kinematics: Kinematics) -> Surroundings:
    """Take what maps are made over; what is held is where the hand has it, the arm's base is a thing.

    Args:
        situation: Where the stage begins.
        kinematics: The arm.
    """
    X_WG = kinematics.tool_pose(situation.q)
    around = Surroundings.at(situation, X_WG.translation())
    held = situation.held
    if held is not None and held.thing in around.things:
        around = around.moved(held.thing, around.thing(held.thing).X_WO, X_WG @ held.X_GO)
    radius, height = BASE
    X_WS = kinematics.X_WR @ RigidTransform([0.0, 0.0, height / 2.0])
    column = Cylinder(X_WS=X_WS, radius=radius, half_length=height / 2.0)
    base = Body(X_WO=X_WS, size=np.array([2 * radius, 2 * radius, height]), shapes=(column,))
    return replace(around, things={**around.things, BASE_NAME: base})


def hand_of(situation: Situation, kinematics: Kinematics, radius: float) -> Hand:
    """Give the hand as maps see it.

    Args:
        situation: What it holds.
        kinematics: The arm.
        radius: Radius of the ball around the tool point, [m].
    """
    gripper, held = kinematics.model.gripper, situation.held
    carried = frozenset[str]()
    if held is not None:
        # What lies in a held vessel goes with it.
        carried = frozenset(
            thing.name for thing in situation.scene.things if held.thing in (thing.name, thing.inside)
        )
    return Hand(radius=radius, opening=0.0 if gripper is None else gripper.max_width, ignores=carried)


def maps_of(stage: Stage, situation: Situation, kinematics: Kinematics) -> Statements | None:
    """Tie what a stage says of places to its situation; None where it says nothing that only maps can answer.

    Args:
        stage: What is asked.
        situation: Where it begins.
        kinematics: The arm.

    Raises:
        UnknownName: If it speaks of what is not there.
    """
    if not speaks_of_places(stage):
        return None
    return Statements(stage, surroundings_of(situation, kinematics), hand_of(situation, kinematics, 0.0))


def widest(stage: Stage, situation: Situation, kinematics: Kinematics) -> float:
    """Give the largest opening that the fingers may have on a stage's way, [m]: room is measured with it.

    Args:
        stage: What is asked.
        situation: Where it begins.
        kinematics: The arm.
    """
    gripper = kinematics.model.gripper
    if gripper is None or situation.held is not None:
        return situation.width
    named = {"open": gripper.max_width, "closed": 0.0}
    said = [named[one.opening] if isinstance(one.opening, str) else one.opening for one in stage.grip]
    return max(situation.width, min(max(said, default=0.0), gripper.max_width))


def radii(kinematics: Kinematics, held: Held | None) -> tuple[float, ...]:
    """Give the radii that ways are looked for with, the widest first, [m].

    The widest ball holds the hand however it is turned about its approach direction, and all that is held.

    Args:
        kinematics: The arm.
        held: What the hand holds.
    """
    model, cover = kinematics.model, sphere_cover(kinematics.model)
    of_hand = np.isin(cover.link, [i for i, name in enumerate(cover.links) if name == model.tool_link])
    p_G = model.X_LG.inverse().multiply(cover.centers[of_hand].T).T
    wide = float((np.linalg.norm(p_G[:, :2], axis=1) + cover.radii[of_hand]).max(initial=SLIM))
    if held is not None:
        balls = HeldShape.of(held.thing, held.shapes).spheres
        wide = max(wide, float((np.linalg.norm(balls[:, :3], axis=1) + balls[:, 3]).max(initial=0.0)))
    return tuple(sorted({max(share * wide, SLIM) for share in (1.0, SHARE)} | {SLIM}, reverse=True))


def workspace_of(around: Surroundings, kinematics: Kinematics, p_WQ: Float64) -> Workspace:
    """Give where the tool point may be: over the table and around some points, as far as the arm reaches.

    Args:
        around: What is there.
        kinematics: The arm.
        p_WQ: Points that have to lie in it, shape (N, 3), [m].
    """
    table = around.thing("table")
    half = table.size / 2.0
    middle, base = table.X_WO.translation(), kinematics.X_WR.translation()
    top = float(middle[2] + half[2])
    low = np.array([*np.maximum(middle[:2] - half[:2], base[:2] - REACH), top])
    high = np.array([*np.minimum(middle[:2] + half[:2], base[:2] + REACH), top + TALL])
    low[:2] -= AROUND
    high[:2] += AROUND
    return Workspace(
        lower=np.minimum(low, p_WQ.min(axis=0) - AROUND * np.array([1.0, 1.0, 0.0])),
        upper=np.maximum(high, p_WQ.max(axis=0) + AROUND),
    )


def region_kept(act: AvoidRegion, situation: Situation, kinematics: Kinematics, Q: Float64) -> float:
    """Give how near hand and held thing come to a region, below 0 inside it, [m].

    Args:
        act: The region.
        situation: Where the stage begins that speaks of it.
        kinematics: The arm.
        Q: Joint positions, shape (N, n), [rad].
    """
    alone = Stage(name="region", purpose="", avoid_regions=(replace(act, distance=0.0),))
    said = Statements(alone, surroundings_of(situation, kinematics), hand_of(situation, kinematics, 0.0))
    (region,) = said.regions()
    return _away(region, situation, kinematics, Q) - region.margin


def _away(region: Obstacle, situation: Situation, kinematics: Kinematics, Q: Float64) -> float:
    """Give how near hand and held thing come to a region's shapes, [m]."""
    carried = None if situation.held is None else HeldShape.of(situation.held.thing, situation.held.shapes)
    world = CollisionWorld(
        kinematics, [replace(region, margin=0.0)], table_height=None, width=situation.width, held=carried
    )
    return nearest_to(world, Q, region.name, 0.0, arms=False)


def kept_out(
    maps: Statements | None, situation: Situation, kinematics: Kinematics
) -> tuple[tuple[Obstacle, ...], tuple[str, ...]]:
    """Give the regions that hand and held thing stay out of; of one that they begin in, less of it.

    Args:
        maps: What is said.
        situation: Where the stage begins.
        kinematics: The arm.

    Returns:
        The regions, and a sentence for each that is not kept out of altogether.
    """
    regions, notes = [], []
    for one in () if maps is None else maps.regions():
        away = _away(one, situation, kinematics, situation.q[None])
        if away - one.margin < ENTERED:
            short = one.margin - away
            if short > 0.0:
                notes.append(f"the hand begins {100 * short:.1f} cm inside of {one.name}: it comes no deeper")
            one = replace(one, margin=away - ENTERED)
        regions.append(one)
    return tuple(regions), tuple(notes)
