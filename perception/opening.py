"""How far a drawer is out, measured picture by picture: where its front is along its slide."""

from collections.abc import Sequence

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from .colors import hue_angle
from .ranks import rank
from .registration import surface_distance
from .sight import Sight
from .track import OTHER_HUE, OWN_BODY, Track

FARTHEST_OUT = 0.35
"""How far before a cabinet its drawer's front is looked for, [m]."""
BEHIND_FACE = 0.02
"""How far behind the cabinet's face the front may seem to be, [m]."""
HANDLE = 0.015
"""Points this near to the handle's height are not the front's, [m]: as the perceiver has it (``drawers``)."""
FOOT = 0.012
"""Points no higher than this above the cabinet's foot are its carrier's, [m]."""
OTHERS = 0.01
"""What is this near to another thing is that thing's, [m]."""
FEWEST = 25
"""Fewest points that tell where the front is."""
PIXELS = 600
"""Pixels of one picture that are looked at, about."""
SLID = 0.008
"""A front this far from where it was seen has moved, [m]: as ``drawers.PULLED``."""
FRONT = 0.97
"""Share of the points that lie behind the front."""


def slides(track: Track) -> bool:
    """Tell whether a thing is a cabinet whose drawer's front and slide are known."""
    articulation = track.thing.articulation
    known = articulation is not None and articulation.kind == "prismatic"
    return known and {"front", "handle"} <= track.thing.parts.keys()


def front_at(
    track: Track,
    sights: Sequence[Sight],
    balls_W: Float64,
    others: Sequence[tuple[Track, RigidTransform]],
) -> float | None:
    """Measure where a drawer's front is, along O's x, [m]; None where too little of it is seen.

    Args:
        track: A cabinet that ``slides``.
        sights: The pictures.
        balls_W: The robot's body, (x, y, z, radius), shape (S, 4), [m].
        others: The other things and where they are.
    """
    half = track.thing.size / 2.0
    low, high = half[0] - BEHIND_FACE, half[0] + FARTHEST_OUT
    X_OM = RigidTransform([(low + high) / 2.0, 0.0, 0.0])
    box = np.array([(high - low) / 2.0, half[1], half[2]])
    found = [sight.inside(track.X_WO @ X_OM, box, PIXELS) for sight in sights]
    p_W = np.concatenate([np.zeros((0, 3)), *(p for p, _ in found)])
    if not len(p_W):
        return None
    keep = hue_angle(np.concatenate([rgb for _, rgb in found]), track.rgb) < OTHER_HUE
    for x, y, z, radius in balls_W:
        keep &= ((p_W - [x, y, z]) ** 2).sum(axis=1) > (radius + OWN_BODY) ** 2
    for other, X in others:
        near = np.linalg.norm(p_W - X.translation(), axis=1) < other.radius + OTHERS
        if near.any():
            p_T = (p_W - X.translation()) @ X.rotation().matrix()
            keep &= ~(near & (surface_distance(other.shapes_O, p_T) < OTHERS))
    p_O = (p_W[keep] - track.X_WO.translation()) @ track.X_WO.rotation().matrix()
    grip_O = track.thing.X_WO.inverse() @ track.thing.parts["handle"]
    p_O = p_O[(np.abs(p_O[:, 2] - grip_O[2]) > HANDLE) & (p_O[:, 2] > FOOT - half[2])]
    return float(rank(p_O[:, 0], FRONT)) if len(p_O) >= FEWEST else None


def follow_drawer(
    track: Track,
    sights: Sequence[Sight],
    balls_W: Float64,
    others: Sequence[tuple[Track, RigidTransform]],
) -> None:
    """Note how far out a drawer is; while it is hidden, it is where it was seen last.

    Args:
        track: A cabinet whose front was measured when it was perceived.
        sights: The pictures.
        balls_W: The robot's body, (x, y, z, radius), shape (S, 4), [m].
        others: The other things and where they are.
    """
    now = front_at(track, sights, balls_W, others)
    if now is not None and track.front is not None:
        moved = now - track.front
        track.opening = moved if abs(moved) > SLID else 0.0


def slid(track: Track, part: str, p_O: Float64) -> Float64:
    """Give where a part is on its thing, (3,) in O, [m]: those of a drawer's front go with it."""
    out = track.opening if part in ("front", "handle") else 0.0
    return p_O + np.array([out, 0.0, 0.0])
