"""What pictures say for and against a thing being at a place."""

from collections.abc import Sequence

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from .sight import Sight
from .track import Track

LEAST_JUDGED = 8
"""Fewest surface points in sight that allow a verdict."""
LEAST_VISIBLE = 0.15
"""Share of a thing's surface points that has to be in sight for a verdict."""
GRAIN = 0.012
"""Radius of the balls that stand for other things where they may hide one, [m]."""
GRAINS = 10
"""How many of them stand for one thing."""


def support(track: Track, X_WO: RigidTransform, sights: Sequence[Sight], behind: float) -> tuple[float, bool]:
    """Give the share of a thing's surface in sight that is where it should be.

    Args:
        track: The thing.
        X_WO: Where it would be.
        sights: The pictures.
        behind: Height of what would be seen without it, [m].

    Returns:
        The share, and whether enough is in sight for a verdict.
    """
    points = track.surface(X_WO)
    if len(points) < LEAST_JUDGED:
        return track.health, False
    present, missing = np.zeros(len(points), bool), np.zeros(len(points), bool)
    for sight in sights:
        glance = sight.glance(points, behind)
        present |= glance.present
        missing |= glance.missing
    missing &= ~present
    count = int(present.sum() + missing.sum())
    judged = count >= max(LEAST_JUDGED, LEAST_VISIBLE * len(points))
    return (float(present.sum() / count) if count else 0.0), judged


def hiding_expected(
    track: Track,
    X_WO: RigidTransform,
    sights: Sequence[Sight],
    balls_W: Float64,
    others: Sequence[tuple[Track, RigidTransform]],
) -> bool:
    """Whether the arm or another thing is known to lie between the cameras and a thing.

    Args:
        track: The thing.
        X_WO: Where it is believed to be.
        sights: The pictures.
        balls_W: The robot's body, (x, y, z, radius), shape (S, 4), [m].
        others: The other things and where they are.
    """
    points = track.surface(X_WO)
    if not len(points) or not sights:
        return False
    grains = [other.surface(X)[:: max(1, len(other.surface_O) // GRAINS)] for other, X in others]
    centers = np.concatenate([np.zeros((0, 3)), *grains])
    balls = np.vstack([balls_W, np.column_stack([centers, np.full(len(centers), GRAIN)])])
    return bool(np.mean([sight.blocked(points, balls).mean() for sight in sights]) >= 0.5)
