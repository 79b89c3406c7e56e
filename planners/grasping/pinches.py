"""Where two fingers can close on solid pieces: candidates from analytic shapes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...core.arrays import Float64
from ...robots.shapes import Box, Cylinder, Shape, Sphere, Vessel

DEEPEST = 0.029
FROM_EDGE, FROM_END, LONG = 0.002, 0.010, 0.030
"""How far from a box's edge the pads stay, and from the end of one that reaches farther than the third from
its middle, [m]: a long one may be a handle, and where its wider head begins is seen to some millimetres."""
SPARE = 0.008
"""How much wider than the thing the fingers have to open at least, both sides together, [m]."""
SIDE_SPARE = 0.004
"""The same where a round thing is taken from the side: its curve leads it in between the fingers, [m]."""
BY_PALM = 0.0035
"""How near to the palm a round thing comes that is taken from the side, [m]: the pads have to reach past its
axis, and the fingers are short. What is flat is bitten no deeper than ``DEEPEST``."""
FROM_SIDE = 0.5
"""A way in whose cosine with a round thing's axis is at most this is from the side."""
CHORD, PAD, PAD_SIDE, WITHIN = 0.25, 0.008, 0.010, 0.006
"""How far beside a round thing's axis the pads' inner corners may close on it, as a share of its radius; how
far from the middle the pads end along the approach and across it; how far within them the axis should run,
[m]. Friction of 0.5 bears 0.4, but pads that closed at 0.3 let mugs of 72 mm creep out of the hand while they
were poured from: 8 of 20, in the simulated world. What lacks speaks against a grasp."""
SLANTS = tuple(np.radians([30.0, -30.0]))
"""Turns about a wall's normal of hands on a rim: what is held aslant can be tilted far."""
THIN = 0.010
"""Half thickness up to which a bar is taken across its edges too, [m]: pads give way to them."""
SLANTED = 0.05
"""What speaks against closing on edges."""
TILTS = np.radians([0, 15, -15, 30, -30, 45, -45, 60, -60, 75, -75, 90, -90])
LEVEL_TILTS = np.radians([0, 15, -15, 30, -30])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinch:
    """One way to close.

    Attributes:
        c_W: Closing direction, unit, shape (3,).
        a_W: Approach direction, unit, shape (3,).
        p_W: Middle between the pads, shape (3,), [m].
        width: Distance of the surfaces that the pads meet, [m].
        cost: What speaks against it, beside what its pose does.
        beside: How much too little the pads reach over a round thing's axis, [m]: it creeps out of them.
    """

    c_W: Float64
    a_W: Float64
    p_W: Float64
    width: float
    cost: float = 0.0
    beside: float = 0.0


def on_solid(shape: Shape, widest: float, palm: float) -> Iterator[Pinch]:
    """Propose ways to close on a piece.

    Args:
        shape: The piece, in the world.
        widest: Largest opening of the fingers, [m].
        palm: How far behind the middle between the pads the palm lies, [m].
    """
    match shape:
        case Box():
            yield from _box(shape, widest)
            if np.sort(shape.half)[1] <= THIN:
                yield from _bar(shape)
        case Cylinder():
            k = shape.X_WS.rotation().matrix()[:, 2]
            yield from _round(shape.X_WS.translation(), k, shape.radius, shape.half_length, widest, palm)
        case Sphere():
            up = np.array([0.0, 0.0, 1.0])
            yield from _round(shape.X_WS.translation(), up, shape.radius, 0.0, widest, palm)
        case Vessel():
            yield from _rim(shape)
            k = shape.X_WS.rotation().matrix()[:, 2]
            middle = shape.X_WS @ np.array([0.0, 0.0, shape.height / 2.0])
            radius = max(shape.top_radius, shape.bottom_radius)
            yield from _round(middle, k, radius, shape.height / 2.0, widest, palm)


def turned(a: Float64, axis: Float64, angle: float) -> Float64:
    """Turn a vector that is perpendicular to a unit axis."""
    return a * np.cos(angle) + np.cross(axis, a) * np.sin(angle)


def directions_round(k: Float64, count: int) -> Iterator[Float64]:
    """Give unit vectors perpendicular to k, evenly spaced."""
    first = np.cross(k, [0.0, 1.0, 0.0] if abs(k[1]) < 0.9 else [1.0, 0.0, 0.0])
    first = first / np.linalg.norm(first)
    for angle in np.linspace(0.0, 2.0 * np.pi, count, endpoint=False):
        yield turned(first, k, angle)


def _box(box: Box, widest: float) -> Iterator[Pinch]:
    """Close across two faces; across top and bottom from the sides, as a drawer's bar is taken."""
    R_WS, p_WS = box.X_WS.rotation().matrix(), box.X_WS.translation()
    for i in range(3):
        axis, width = R_WS[:, i], 2.0 * box.half[i]
        if width > widest - SPARE:
            continue
        down = np.array([0.0, 0.0, -1.0]) + axis[2] * axis
        if np.linalg.norm(down) >= 0.4:
            approaches = [turned(down / np.linalg.norm(down), axis, tilt) for tilt in TILTS]
        else:
            sides = [sign * R_WS[:, j] for j in range(3) if j != i for sign in (1.0, -1.0)]
            approaches = [turned(side, axis, tilt) for side in sides for tilt in LEVEL_TILTS]
        for a_W in approaches:
            side = np.cross(a_W, axis)
            extent, spread = box.half @ np.abs(R_WS.T @ a_W), box.half @ np.abs(R_WS.T @ side)
            from_end = FROM_END if spread > LONG else FROM_EDGE
            room = max(spread - PAD_SIDE - from_end, 0.0) if spread > 0.02 else 0.0
            for offset in (0.0, room, -room) if room else (0.0,):
                for bite in dict.fromkeys((float(extent), min(float(extent), 0.012))):
                    p_W = p_WS + offset * side - a_W * max(extent - min(bite, DEEPEST), 0.0)
                    for sign in (1.0, -1.0):
                        yield Pinch(c_W=sign * axis, a_W=a_W, p_W=p_W, width=width)


def _bar(box: Box) -> Iterator[Pinch]:
    """Close on a thin bar from any side: a cabinet stands in the way above most handles, the table below."""
    R_WS, p_WS = box.X_WS.rotation().matrix(), box.X_WS.translation()
    longest = int(box.half.argmax())
    k = R_WS[:, longest]
    for c_W in directions_round(k, 16):
        a_W = np.cross(c_W, k)
        if a_W[2] > 0.1:
            continue
        width = 2.0 * float(box.half @ np.abs(R_WS.T @ c_W))
        for offset in (0.0, 0.5 * box.half[longest], -0.5 * box.half[longest]):
            for sign in (1.0, -1.0):
                yield Pinch(c_W=sign * c_W, a_W=a_W, p_W=p_WS + offset * k, width=width, cost=SLANTED)


def _round(
    p_WS: Float64, k: Float64, radius: float, half_length: float, widest: float, palm: float
) -> Iterator[Pinch]:
    """Close across a cylinder's or a ball's axis from any side."""
    if 2.0 * radius > widest - SIDE_SPARE:
        return
    for c_W in directions_round(k, 16):
        for tilt in np.radians([0, 15, 30, 45, 60, 75, 90, 105, 120, 150, 180]):
            a_W = turned(-k, c_W, tilt)
            along = abs(float(a_W @ k))
            if a_W[2] > 0.1 or (along > FROM_SIDE and 2.0 * radius > widest - SPARE):
                continue
            across = float(np.sqrt(max(1.0 - along**2, 0.0)))
            from_side = along <= FROM_SIDE
            deepest = palm - BY_PALM if from_side else DEEPEST
            shares = (0.0, 0.25, 0.5, -0.5) if along < 0.8 and half_length > 0.02 else (0.0,)
            for offset in (share * half_length for share in shares):
                # How far the thing reaches toward the palm: near its end a slanted hand comes deeper.
                extent = half_length * along + offset * float(a_W @ k) + radius * across
                for bite in dict.fromkeys((float(extent), min(float(extent), 0.015))):
                    short = max(extent - min(bite, deepest), 0.0)
                    beside = (short - PAD) * across - PAD_SIDE * along if from_side else -radius
                    if beside > CHORD * radius:
                        continue
                    yield Pinch(
                        c_W=c_W,
                        a_W=a_W,
                        p_W=p_WS + offset * k - a_W * short,
                        width=2.0 * radius,
                        cost=max(beside + WITHIN, 0.0) / radius,
                        beside=max(beside + WITHIN, 0.0),
                    )


def _rim(vessel: Vessel) -> Iterator[Pinch]:
    """Take the wall of a vessel, one finger inside and one outside."""
    k = vessel.X_WS.rotation().matrix()[:, 2]
    lean = np.arctan2(vessel.top_radius - vessel.bottom_radius, vessel.height)
    for u_W in directions_round(k, 24):
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
                yield Pinch(
                    c_W=turned(u_W, tangent, tilt),
                    a_W=turned(-k, tangent, tilt),
                    p_W=p_W,
                    width=vessel.wall / max(np.cos(lean + tilt), 0.5),
                    cost=cost,
                )
            normal = turned(u_W, tangent, -lean)
            down = turned(-k, tangent, -lean)
            for slant in SLANTS:
                a_W = turned(down, normal, slant)
                yield Pinch(c_W=normal, a_W=a_W, p_W=p_W, width=vessel.wall, cost=0.3 * abs(slant))
