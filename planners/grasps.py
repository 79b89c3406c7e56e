"""Where two fingers can close on a thing: candidates from its solid pieces and from what was seen of it.

Both propose poses of the tool frame G (z approach, y closing) whose fingertips
meet opposite surfaces. A coarse model of the hand throws out those that would
touch something on the way in; the rest are ordered by how good a grasp they
are. Reach, the arm, the load and the next stages are judged by the planner.
"""

from dataclasses import dataclass, replace

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..perception.scene import Scene, Thing
from ..robots.models import GripperModel
from ..robots.shapes import Box
from .force_closure import GRAVITY, SHAKEN, loads, margin
from .grasping.antipodal import on_cloud
from .grasping.contacts import WATER, contacts_of, mass_of
from .grasping.gaps import gaps
from .grasping.hand import hand_points, middle, sides
from .grasping.pinches import Pinch, on_solid
from .program import Grasp
from .settings import Settings

TABLE_ROOM = 0.005
SIDE_ROOM = 0.003
LEAST_BITE = 0.006
DRAWN_BACK = 0.03
"""How far a hand may be drawn back from where it was proposed, [m]."""
FURNITURE = ("drawer", "shelf")
PULL = 15.0
"""Force that furniture is pulled with, in any direction, [N]: a guess at a drawer that runs badly."""
NARROW = 0.5
"""Share of the usual room beside the fingers that they come with where there is no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GraspCandidate:
    """A way to close on a thing.

    Attributes:
        thing: Its identifier.
        X_WG: Pose of the tool when the fingers close.
        width: Opening at which the fingers touch, [m].
        opening: Opening with which the hand comes, [m].
        cost: How far it is from the best grasp imaginable; the smaller the better.
        clearance: Least distance of a coarse hand from other things, [m].
        nearest: What is nearest to the hand.
        beside: How much too little the pads reach over a round thing's axis, [m].
        margin: How many times the load that is expected it bears, or None where nobody has asked.
    """

    thing: str
    X_WG: RigidTransform
    width: float
    opening: float
    cost: float
    clearance: float
    nearest: str
    beside: float = 0.0
    margin: float | None = None

    @property
    def approach(self) -> Float64:
        """Direction of the approach in the world, shape (3,)."""
        return self.X_WG.rotation().matrix()[:, 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grasps:
    """The candidates of one thing, best first, and what was in the way of the others."""

    free: tuple[GraspCandidate, ...]
    blocked: tuple[GraspCandidate, ...]


def grasps_of(thing: Thing, grasp: Grasp, scene: Scene, gripper: GripperModel, settings: Settings) -> Grasps:
    """List ways to close on a thing, best first.

    What was seen is asked where the thing is of no known kind, or where its
    solid pieces offer nothing, not even to fingers that open less than usual.

    Args:
        thing: What to grasp.
        grasp: What was asked: a part, an approach.
        scene: Everything else, which the hand must not touch.
        gripper: The fingers.
        settings: The planner's numbers.

    Returns:
        Candidates that a coarse hand can reach freely, and those it cannot.
    """
    if thing.kind == "thing":
        box = Box(X_WS=thing.X_WO, half=thing.size / 2.0)
        pinches = [
            *on_solid(box, gripper.max_width, gripper.palm_depth),
            *_on_cloud(thing, gripper, settings),
        ]
        return _judge(pinches, thing, grasp, scene, gripper, settings)
    pinches = [
        pinch for shape in thing.shapes for pinch in on_solid(shape, gripper.max_width, gripper.palm_depth)
    ]
    found = _judge(pinches, thing, grasp, scene, gripper, settings)
    if found.free:
        return found
    narrow = replace(settings, open_room=NARROW * settings.open_room)
    others = (
        (pinches, narrow),
        (_on_cloud(thing, gripper, settings), settings),
    )
    tried = (_judge(some, thing, grasp, scene, gripper, how) for some, how in others)
    return next((one for one in tried if one.free), found)


def _on_cloud(thing: Thing, gripper: GripperModel, settings: Settings) -> list[Pinch]:
    widest, friction = gripper.max_width, settings.friction
    return list(on_cloud(thing.cloud, thing.shapes, widest=widest, friction=friction))


def bears(
    candidate: GraspCandidate,
    thing: Thing,
    gripper: GripperModel,
    settings: Settings,
    up_W: Float64,
    content: float = 0.0,
) -> float:
    """Give how many times a thing's expected load a grasp bears.

    Args:
        candidate: The grasp.
        thing: The thing as it lies when it is grasped.
        gripper: The fingers.
        settings: The planner's numbers.
        up_W: What is up in the pose that is asked about, as seen from the thing's pose at the grasp,
            unit, shape (3,).
        content: Mass of what is in it, [kg].
    """
    contacts = contacts_of(
        thing.shapes,
        candidate.X_WG.rotation().matrix(),
        candidate.X_WG.translation(),
        candidate.width,
        candidate.opening,
        gripper,
    )
    if contacts is None:
        return 0.0
    center_W, wrenches = thing.center, loads(mass_of(thing.shapes) + content, [up_W])
    if stands(thing):
        center_W, wrenches = contacts.p_W.mean(axis=0), loads(PULL / (SHAKEN * GRAVITY), [np.zeros(3)])
    return margin(
        contacts,
        center_W,
        wrenches,
        friction=settings.friction,
        force=min(settings.grip_force, gripper.max_force),
    )


def content_of(thing: Thing, scene: Scene) -> float:
    """Guess what lies in a thing weighs, [kg]: its cavity is taken for full up to what is seen highest there.

    Args:
        thing: A vessel, or anything.
        scene: What is there.
    """
    if thing.cavity_radius is None:
        return 0.0
    tops = [float(other.parts["top"][2]) for other in scene.things if other.inside == thing.name]
    if not tops:
        return 0.0
    deep = max(max(tops) - float(thing.parts["bottom"][2]), 0.0)
    return WATER * np.pi * thing.cavity_radius**2 * deep


def stands(thing: Thing) -> bool:
    """Tell whether a thing is furniture: a grasp pulls at a part of it and lifts nothing."""
    return thing.articulation is not None or thing.kind in FURNITURE


def dips(candidate: GraspCandidate, thing: Thing, gripper: GripperModel) -> bool:
    """Tell whether a finger is inside the thing's cavity, where its contents are."""
    if thing.cavity_radius is None:
        return False
    low, high = sides(gripper, np.array([candidate.opening]))
    p_GQ = np.array([[0.0, low[0], 0.0], [0.0, high[0], 0.0]])
    p_OQ = (thing.X_WO.inverse() @ candidate.X_WG).multiply(p_GQ.T).T
    inside = np.hypot(p_OQ[:, 0], p_OQ[:, 1]) <= thing.cavity_radius
    return bool((inside & (np.abs(p_OQ[:, 2]) <= thing.size[2] / 2.0)).any())


def _above_table(
    p_W: Float64,
    a_W: Float64,
    x_W: Float64,
    y_W: Float64,
    reach_y: Float64,
    height: float,
    gripper: GripperModel,
) -> Float64:
    """Draw grasps back along their approach until the fingertips clear the table; (N, 3)."""
    tips = (p_W + a_W * gripper.finger_reach)[:, 2]
    lowest = tips - np.abs(x_W[:, 2]) * gripper.finger[0] - np.abs(y_W[:, 2]) * reach_y
    missing = np.maximum(height + TABLE_ROOM - lowest, 0.0)
    return p_W - a_W * (missing / np.maximum(-a_W[:, 2], 1e-3))[:, None]


def _judge(
    pinches: list[Pinch],
    thing: Thing,
    grasp: Grasp,
    scene: Scene,
    gripper: GripperModel,
    settings: Settings,
) -> Grasps:
    """Keep the pinches that were asked for, pose the hand at them and see what it would meet."""
    if not pinches:
        return Grasps(free=(), blocked=())
    a_W, c_W = np.array([pinch.a_W for pinch in pinches]), np.array([pinch.c_W for pinch in pinches])
    x_W = np.cross(c_W, a_W)
    width, cost = np.array([pinch.width for pinch in pinches]), np.array([pinch.cost for pinch in pinches])
    opening = np.minimum(width + settings.open_room, gripper.max_width)
    at = np.array([pinch.p_W for pinch in pinches])
    proposed = at - c_W * middle(gripper, width)[:, None]
    low, high = sides(gripper, opening)
    reach_y = np.maximum(-low, high) + gripper.finger[1]
    level = scene.height_of(scene.table_at(thing.center))
    p_W = _above_table(proposed, a_W, x_W, c_W, reach_y, level, gripper)
    drawn = p_W - proposed
    top = max(float(thing.parts["top"][2]), level + 2.0 * LEAST_BITE)
    bites = (p_W + a_W * gripper.finger_reach)[:, 2] <= top - LEAST_BITE
    keep = (np.linalg.norm(drawn, axis=1) < DRAWN_BACK) & bites
    at = at + drawn
    beside = np.array([pinch.beside for pinch in pinches])
    want = np.array([0.0, 0.0, -1.0])
    if grasp.approach is not None:
        want = np.asarray(grasp.approach) / np.linalg.norm(grasp.approach)
        keep &= a_W @ want > 0.8
    part = thing.parts.get(grasp.part) if grasp.part not in (None, "center") else None
    if part is not None and grasp.part not in ("top", "bottom"):
        keep &= np.linalg.norm(at - part, axis=1) < 0.045
    if not keep.any():
        return Grasps(free=(), blocked=())
    R_WG = np.stack([x_W, c_W, a_W], axis=-1)[keep]
    p_W, at, width, opening, cost = p_W[keep], at[keep], width[keep], opening[keep], cost[keep]
    beside = beside[keep]
    own, table, others, nearest = _rooms(thing, scene, R_WG, p_W, opening, gripper)
    aim = thing.center if part is None else part
    cost = (
        cost
        + 1.0 * (1.0 - R_WG[:, :, 2] @ want)
        + 6.0 * np.linalg.norm((at - aim)[:, :2], axis=1)
        + 2.0 * np.abs((at - aim)[:, 2])
        + 20.0 * np.maximum(0.02 - others, 0.0)
        + 20.0 * np.maximum(0.008 - table, 0.0)
        + 4.0 * np.maximum(width - 0.05, 0.0)
    )
    passes = (own > 0.001) & (others > SIDE_ROOM) & (table > SIDE_ROOM)
    made = tuple(
        GraspCandidate(
            thing=thing.name,
            X_WG=RigidTransform(RotationMatrix.ProjectToRotationMatrix(R_WG[i]), p_W[i]),
            width=float(width[i]),
            opening=float(opening[i]),
            cost=float(cost[i]),
            clearance=float(min(own[i], table[i], others[i])),
            nearest=_met(float(table[i]), float(others[i]), thing.name, nearest[i]),
            beside=float(beside[i]),
        )
        for i in np.argsort(cost, kind="stable")
        if passes[i] or not passes.any()
    )
    return Grasps(free=made, blocked=()) if passes.any() else Grasps(free=(), blocked=made)


def _rooms(
    thing: Thing,
    scene: Scene,
    R_WG: Float64,
    p_WG: Float64,
    opening: Float64,
    gripper: GripperModel,
) -> tuple[Float64, Float64, Float64, list[str]]:
    """Measure the coarse hand's distance from the thing, the table and all others, and name the nearest."""
    p_GQ = hand_points(gripper, opening)
    p_WQ = np.einsum("nij,npj->npi", R_WG, p_GQ) + p_WG[:, None, :]
    own = gaps(thing.shapes, p_WQ).min(axis=1)
    # What a second table carries is taken as from a table of its height: it is no obstacle besides.
    carrier = scene.table_at(thing.center)
    table = p_WQ[:, :, 2].min(axis=1) - scene.height_of(carrier)
    others = np.full(len(p_WG), np.inf)
    nearest = np.zeros(len(p_WG), dtype=int)
    names = [""]
    reach = float(np.linalg.norm(p_GQ, axis=-1).max()) + 0.03
    for thing_near in scene.things:
        near = (
            np.linalg.norm(p_WG - thing_near.center, axis=1).min()
            < reach + np.linalg.norm(thing_near.size) / 2.0
        )
        if thing_near.name in (thing.name, carrier) or not near:
            continue
        names.append(thing_near.name)
        gap = gaps(thing_near.shapes, p_WQ).min(axis=1)
        nearest = np.where(gap < others, len(names) - 1, nearest)
        others = np.minimum(others, gap)
    return own, table, others, [names[i] for i in nearest]


def _met(table: float, others: float, thing: str, nearest: str) -> str:
    """Name what is nearest to the hand, relative to the room that it needs."""
    if others <= SIDE_ROOM and others <= table:
        return nearest
    return "table" if table <= SIDE_ROOM else thing
