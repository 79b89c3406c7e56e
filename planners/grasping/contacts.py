"""Where the pads meet a thing when they close on it, and what it may weigh."""

from collections.abc import Sequence

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ...core.arrays import Float64
from ...robots.models import GripperModel
from ...robots.shapes import Box, Cylinder, Shape, Sphere, Vessel
from ..force_closure import Contacts
from .gaps import gaps, slopes
from .hand import lean, sides

WATER, STONEWARE = 1000.0, 2400.0
"""Densities, [kg/m3]: that of water for what is closed or solid, filled as it may be; the middle of the
usual range of fired clay for the walls of vessels. A guess, meant to be high: nobody weighs the thing."""
SINK = 0.001
"""How far pads give way: what is that much farther than what they meet first is met too, [m]."""
ROUNDED = 0.002
"""How far before a surface its direction is taken, [m]: there an edge that is pressed on faces the pad."""
BAR, SQUARE = 0.0075, 1.5
"""Half thickness of a bar that is taken for round, [m]: handles of mugs and drawers measure 9 to 12 mm; and
how much wider than thick its section may be, and longer than wide it has to be."""
TOUCH = 2e-4
STEPS = 32
_SIGNS = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
_GRID = np.stack(np.meshgrid([-0.9, 0.0, 0.9], [-0.9, 0.0, 0.9], indexing="ij"), axis=-1).reshape(-1, 2)


def mass_of(shapes: Sequence[Shape]) -> float:
    """Guess what solid pieces weigh, [kg]; what a vessel holds is not counted."""
    return sum(_mass(shape) for shape in shapes)


def _mass(shape: Shape) -> float:
    match shape:
        case Box():
            return WATER * 8.0 * float(np.prod(shape.half))
        case Cylinder():
            return WATER * 2.0 * np.pi * shape.radius**2 * shape.half_length
        case Sphere():
            return WATER * 4.0 / 3.0 * np.pi * shape.radius**3
        case Vessel():
            slant = np.hypot(shape.height, shape.top_radius - shape.bottom_radius)
            area = np.pi * (shape.bottom_radius**2 + slant * (shape.top_radius + shape.bottom_radius))
            return STONEWARE * shape.wall * float(area)


def contacts_of(
    shapes: Sequence[Shape],
    R_WG: Float64,
    p_WG: Float64,
    width: float,
    opening: float,
    gripper: GripperModel,
) -> Contacts | None:
    """Close a hand's pads on solid pieces.

    Each pad goes straight in until it meets something; the outermost points that
    it then presses on, four of a pad, are its contacts.

    Args:
        shapes: The pieces, in the world.
        R_WG: Rotation of the tool, shape (3, 3).
        p_WG: Its position, shape (3,), [m].
        width: Opening at which the fingers are thought to touch, [m].
        opening: Opening with which they come, [m].
        gripper: The fingers.

    Returns:
        The contacts, or None where a pad meets nothing.
    """
    shapes = [_rounded(shape) for shape in shapes]
    starts, ways = _pads(gripper, width, opening)
    p_WQ, way_W = starts @ R_WG.T + p_WG, ways @ R_WG.T
    travel = np.zeros(len(p_WQ))
    gap = gaps(shapes, p_WQ)
    for _ in range(STEPS):
        travel = np.minimum(travel + np.maximum(gap, 0.0), opening)
        gap = gaps(shapes, p_WQ + travel[:, None] * way_W)
        if (np.abs(gap) < TOUCH).all():
            break
    met = (gap < 2.0 * TOUCH) & (travel < opening)
    points, before, fingers = [], [], []
    for finger in (0, 1):
        own = slice(9 * finger, 9 * finger + 9)
        if not met[own].any():
            return None
        pressed = met[own] & (travel[own] <= travel[own][met[own]].min() + SINK)
        for sign in _SIGNS:
            best = int(np.where(pressed, _GRID @ sign, -np.inf).argmax()) + 9 * finger
            points.append(p_WQ[best] + travel[best] * way_W[best])
            before.append(points[-1] - ROUNDED * way_W[best])
            fingers.append(finger)
    at = np.array(points)
    inward = -slopes(shapes, np.array(before))
    return Contacts(p_W=at, inward_W=inward, fingers=tuple(fingers), torsion=np.zeros(len(at)))


def _rounded(shape: Shape) -> Shape:
    """Take a thin bar for round, as handles are: pads meet it along a line, not on a face."""
    if not isinstance(shape, Box):
        return shape
    thin, wide, long = np.sort(shape.half)
    if wide > BAR or wide > SQUARE * thin or long < SQUARE * wide:
        return shape
    longest = int(shape.half.argmax())
    R_WP = RotationMatrix.MakeFromOneVector(shape.X_WS.rotation().matrix()[:, longest], 2)
    return Cylinder(
        X_WS=RigidTransform(R_WP, shape.X_WS.translation()),
        radius=float(shape.half.min()),
        half_length=float(shape.half[longest]),
    )


def _pads(gripper: GripperModel, width: float, opening: float) -> tuple[Float64, Float64]:
    """Give nine points of each pad in G and the way that each goes, shape (18, 3) both."""
    low, high = (float(side[0]) for side in sides(gripper, np.array([opening])))
    x, z = (_GRID * gripper.pad_half).T
    angle = lean(gripper, width)
    first = np.stack([x, np.full(9, low), z], axis=-1)
    second = np.stack([x, high + z * np.tan(angle), z], axis=-1)
    ways = np.repeat([[0.0, 1.0, 0.0], [0.0, -np.cos(angle), np.sin(angle)]], 9, axis=0)
    return np.concatenate([first, second]), ways
