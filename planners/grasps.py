"""Where two parallel fingers can close on a thing: antipodal candidates from its solid pieces.

Every piece proposes poses of the tool frame G (z approach, y closing) whose
fingertips meet opposite surfaces. A coarse model of the hand throws out those
that would touch something on the way in; the rest are ordered by how good a
grasp they are. Reach, the arm and the next stage are judged by the planner.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..perception.scene import Scene, Thing
from ..robots.models import GripperModel
from ..robots.shapes import Box, Cylinder, Shape, Sphere, Vessel, distance
from .program import Grasp
from .settings import Settings

# A parallel hand, in G: fingers of 21 x 14 mm reach 9 mm past the origin, the palm begins 38 mm behind it.
FINGER_HALF_X, FINGER_THICK = 0.0105, 0.014
TIP, PALM = 0.009, 0.038
PALM_HALF_X, PALM_HALF_Y, PALM_DEEP = 0.032, 0.102, 0.07
DEEPEST = 0.029
TABLE_ROOM = 0.005
SIDE_ROOM = 0.003
LEAST_BITE = 0.006


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
    """

    thing: str
    X_WG: RigidTransform
    width: float
    opening: float
    cost: float
    clearance: float
    nearest: str

    @property
    def approach(self) -> Float64:
        """Direction of the approach in the world, shape (3,)."""
        return self.X_WG.rotation().matrix()[:, 2]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pinch:
    """A closing direction, an approach, where, and how wide."""

    c_W: Float64
    a_W: Float64
    p_W: Float64
    width: float
    cost: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grasps:
    """The candidates of one thing, best first, and what was in the way of the others."""

    free: tuple[GraspCandidate, ...]
    blocked: tuple[GraspCandidate, ...]


def _unit(v: Float64) -> Float64:
    return v / np.linalg.norm(v)


def _turned(a: Float64, axis: Float64, angle: float) -> Float64:
    """Turn a vector that is perpendicular to a unit axis."""
    return a * np.cos(angle) + np.cross(axis, a) * np.sin(angle)


def _directions_round(k: Float64, count: int) -> Iterator[Float64]:
    """Give unit vectors perpendicular to k, evenly spaced."""
    first = _unit(np.cross(k, [0.0, 1.0, 0.0] if abs(k[1]) < 0.9 else [1.0, 0.0, 0.0]))
    for angle in np.linspace(0.0, 2.0 * np.pi, count, endpoint=False):
        yield _turned(first, k, angle)


def _box(box: Box, widest: float) -> Iterator[_Pinch]:
    R_WS, p_WS = box.X_WS.rotation().matrix(), box.X_WS.translation()
    for i in range(3):
        axis, width = R_WS[:, i], 2.0 * box.half[i]
        down = np.array([0.0, 0.0, -1.0]) + axis[2] * axis
        if width > widest - 0.008 or np.linalg.norm(down) < 0.4:
            continue
        for tilt in np.radians([0, 15, -15, 30, -30, 45, -45, 60, -60, 75, -75, 90, -90]):
            a_W = _turned(_unit(down), axis, tilt)
            side = np.cross(a_W, axis)
            extent, spread = box.half @ np.abs(R_WS.T @ a_W), box.half @ np.abs(R_WS.T @ side)
            room = max(spread - 0.012, 0.0) if spread > 0.02 else 0.0
            for offset in (0.0, room, -room) if room else (0.0,):
                for bite in dict.fromkeys((float(extent), min(float(extent), 0.012))):
                    p_W = p_WS + offset * side - a_W * max(extent - min(bite, DEEPEST), 0.0)
                    for sign in (1.0, -1.0):
                        yield _Pinch(c_W=sign * axis, a_W=a_W, p_W=p_W, width=width)


def _round(p_WS: Float64, k: Float64, radius: float, half_length: float, widest: float) -> Iterator[_Pinch]:
    """Close across a cylinder's or a ball's axis from any side."""
    if 2.0 * radius > widest - 0.008:
        return
    for c_W in _directions_round(k, 16):
        for tilt in np.radians([0, 15, 30, 45, 60, 75, 90, 105, 120, 150, 180]):
            a_W = _turned(-k, c_W, tilt)
            if a_W[2] > 0.1:
                continue
            along = abs(a_W @ k)
            extent = half_length * along + radius * np.sqrt(max(1.0 - along**2, 0.0))
            offsets = (
                (0.0, 0.5 * half_length, -0.5 * half_length) if along < 0.8 and half_length > 0.02 else (0.0,)
            )
            for offset in offsets:
                for bite in dict.fromkeys((float(extent), min(float(extent), 0.015))):
                    p_W = p_WS + offset * k - a_W * max(extent - min(bite, DEEPEST), 0.0)
                    yield _Pinch(c_W=c_W, a_W=a_W, p_W=p_W, width=2.0 * radius)


def _rim(vessel: Vessel) -> Iterator[_Pinch]:
    """Take the wall of a vessel, one finger inside and one outside."""
    k = vessel.X_WS.rotation().matrix()[:, 2]
    lean = np.arctan2(vessel.top_radius - vessel.bottom_radius, vessel.height)
    for u_W in _directions_round(k, 24):
        tangent = np.cross(k, u_W)
        for bite in (0.016, 0.010):
            bite = min(bite, vessel.height - 0.004)
            share = 1.0 - bite / vessel.height
            radius = (
                vessel.bottom_radius + share * (vessel.top_radius - vessel.bottom_radius) - vessel.wall / 2.0
            )
            p_W = vessel.X_WS @ np.array([0.0, 0.0, vessel.height - bite]) + radius * u_W
            for tilt in (0.0, -0.5 * lean, -lean, -min(lean + 0.3, 1.2), 0.3):
                cost = 0.3 * abs(tilt + lean)
                yield _Pinch(
                    c_W=_turned(u_W, tangent, tilt),
                    a_W=_turned(-k, tangent, tilt),
                    p_W=p_W,
                    width=vessel.wall / max(np.cos(lean + tilt), 0.5),
                    cost=cost,
                )


def _pinches(shape: Shape, widest: float) -> Iterator[_Pinch]:
    match shape:
        case Box():
            yield from _box(shape, widest)
        case Cylinder():
            k = shape.X_WS.rotation().matrix()[:, 2]
            yield from _round(shape.X_WS.translation(), k, shape.radius, shape.half_length, widest)
        case Sphere():
            up = np.array([0.0, 0.0, 1.0])
            yield from _round(shape.X_WS.translation(), up, shape.radius, 0.0, widest)
        case Vessel():
            yield from _rim(shape)
            k = shape.X_WS.rotation().matrix()[:, 2]
            middle = shape.X_WS @ np.array([0.0, 0.0, shape.height / 2.0])
            yield from _round(
                middle, k, max(shape.top_radius, shape.bottom_radius), shape.height / 2.0, widest
            )


def hand_points(openings: Float64) -> Float64:
    """Sample the surface of a coarse hand.

    Args:
        openings: Openings between the fingertips, shape (N,), [m].

    Returns:
        Points in G, the first 60 on the fingers, shape (N, P, 3), [m].
    """
    x, z = np.meshgrid([-FINGER_HALF_X, 0.0, FINGER_HALF_X], [TIP, 0.0, -0.012, -0.024, -PALM], indexing="ij")
    fingers = []
    for sign in (1.0, -1.0):
        for out in (0.0, FINGER_THICK):
            y = sign * (openings[:, None] / 2.0 + out) + 0.0 * x.ravel()
            fingers.append(
                np.stack([np.broadcast_to(x.ravel(), y.shape), y, np.broadcast_to(z.ravel(), y.shape)], -1)
            )
    px, py, pz = np.meshgrid(
        [-PALM_HALF_X, 0.0, PALM_HALF_X],
        np.linspace(-1, 1, 7) * PALM_HALF_Y,
        [-PALM, -PALM - PALM_DEEP / 2, -PALM - PALM_DEEP],
        indexing="ij",
    )
    palm = np.stack([px.ravel(), py.ravel(), pz.ravel()], -1)
    return np.concatenate([*fingers, np.broadcast_to(palm, (len(openings), *palm.shape))], axis=1)


FINGER_POINTS = 60


def _above_table(
    p_W: Float64, a_W: Float64, x_W: Float64, y_W: Float64, reach_y: Float64, height: float
) -> Float64:
    """Draw grasps back along their approach until the fingertips clear the table; (N, 3)."""
    lowest = (p_W + a_W * TIP)[:, 2] - np.abs(x_W[:, 2]) * FINGER_HALF_X - np.abs(y_W[:, 2]) * reach_y
    missing = np.maximum(height + TABLE_ROOM - lowest, 0.0)
    return p_W - a_W * (missing / np.maximum(-a_W[:, 2], 1e-3))[:, None]


def grasps_of(thing: Thing, grasp: Grasp, scene: Scene, gripper: GripperModel, settings: Settings) -> Grasps:
    """List ways to close on a thing, best first.

    Args:
        thing: What to grasp.
        grasp: What was asked: a part, an approach.
        scene: Everything else, which the hand must not touch.
        gripper: The fingers.
        settings: The planner's numbers.

    Returns:
        Candidates that a coarse hand can reach freely, and those it cannot.
    """
    found = [pinch for shape in thing.shapes for pinch in _pinches(shape, gripper.max_width)]
    if not found:
        return Grasps(free=(), blocked=())
    a_W, c_W = np.array([pinch.a_W for pinch in found]), np.array([pinch.c_W for pinch in found])
    x_W = np.cross(c_W, a_W)
    width = np.array([pinch.width for pinch in found])
    opening = np.minimum(width + settings.open_room, gripper.max_width)
    proposed = np.array([pinch.p_W for pinch in found])
    p_W = _above_table(proposed, a_W, x_W, c_W, opening / 2.0 + FINGER_THICK, scene.table.height)
    drawn_back = np.linalg.norm(p_W - proposed, axis=1)
    top = max(float(thing.parts["top"][2]), scene.table.height + 2.0 * LEAST_BITE)
    bites = (p_W + a_W * TIP)[:, 2] <= top - LEAST_BITE
    keep = (drawn_back < 0.03) & bites
    want = np.array([0.0, 0.0, -1.0]) if grasp.approach is None else _unit(np.asarray(grasp.approach))
    if grasp.approach is not None:
        keep &= a_W @ want > 0.8
    part = thing.parts.get(grasp.part) if grasp.part not in (None, "center") else None
    if part is not None and grasp.part not in ("top", "bottom"):
        keep &= np.linalg.norm(p_W - part, axis=1) < 0.045
    a_W, c_W, x_W, p_W = a_W[keep], c_W[keep], x_W[keep], p_W[keep]
    width, opening = width[keep], opening[keep]
    if len(p_W) == 0:
        return Grasps(free=(), blocked=())
    own, table, others, nearest = _rooms(thing, scene, np.stack([x_W, c_W, a_W], axis=-1), p_W, opening)
    aim = thing.center if part is None else part
    cost = (
        np.array([pinch.cost for pinch in found])[keep]
        + 1.0 * (1.0 - a_W @ want)
        + 6.0 * np.linalg.norm((p_W - aim)[:, :2], axis=1)
        + 2.0 * np.abs((p_W - aim)[:, 2])
        + 20.0 * np.maximum(0.02 - others, 0.0)
        + 20.0 * np.maximum(0.008 - table, 0.0)
        + 4.0 * np.maximum(width - 0.05, 0.0)
    )
    passes = (own > 0.001) & (others > SIDE_ROOM) & (table > SIDE_ROOM)
    made = [
        GraspCandidate(
            thing=thing.name,
            X_WG=RigidTransform(
                RotationMatrix.ProjectToRotationMatrix(np.stack([x_W[i], c_W[i], a_W[i]], axis=-1)), p_W[i]
            ),
            width=float(width[i]),
            opening=float(opening[i]),
            cost=float(cost[i]),
            clearance=float(min(own[i], table[i], others[i])),
            nearest=_met(float(table[i]), float(others[i]), thing.name, nearest[i]),
        )
        for i in np.argsort(cost, kind="stable")
        if passes[i] or not passes.any()
    ]
    return Grasps(free=tuple(made) if passes.any() else (), blocked=() if passes.any() else tuple(made))


def _rooms(
    thing: Thing, scene: Scene, R_WG: Float64, p_WG: Float64, opening: Float64
) -> tuple[Float64, Float64, Float64, list[str]]:
    """Measure the coarse hand's distance from the thing, the table and all others, and name the nearest."""
    p_GQ = hand_points(opening)
    p_WQ = np.einsum("nij,npj->npi", R_WG, p_GQ) + p_WG[:, None, :]
    own = np.full(len(p_WG), np.inf)
    for shape in thing.shapes:
        own = np.minimum(own, distance(shape, p_WQ).min(axis=1))
    table = p_WQ[:, :, 2].min(axis=1) - scene.table.height
    others = np.full(len(p_WG), np.inf)
    nearest = np.zeros(len(p_WG), dtype=int)
    names = [""]
    reach = float(np.linalg.norm(p_GQ, axis=-1).max()) + 0.03
    for thing_near in scene.things:
        near = (
            np.linalg.norm(p_WG - thing_near.center, axis=1).min()
            < reach + np.linalg.norm(thing_near.size) / 2.0
        )
        if thing_near.name == thing.name or not near:
            continue
        names.append(thing_near.name)
        for shape in thing_near.shapes:
            gap = distance(shape, p_WQ).min(axis=1)
            nearest = np.where(gap < others, len(names) - 1, nearest)
            others = np.minimum(others, gap)
    return own, table, others, [names[i] for i in nearest]


def _met(table: float, others: float, thing: str, nearest: str) -> str:
    """Name what is nearest to the hand, relative to the room that it needs."""
    if others <= SIDE_ROOM and others <= table:
        return nearest
    return "table" if table <= SIDE_ROOM else thing
