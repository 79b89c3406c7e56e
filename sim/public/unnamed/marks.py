"""Marks: plain coloured balls that are drawn where something is to be brought."""

import numpy as np

from ....core.arrays import Float64
from .splitting import Part

LARGEST, LEAST = 0.035, 0.004
"""Radii that a mark has, [m]."""
ROUND = 0.0025
"""Largest median distance of a mark's points from the sphere through them, [m]."""
PLAIN = ("red", "green", "blue")
"""Colours that marks are drawn in."""


def ball_of(points: Float64) -> tuple[Float64, float, float]:
    """Fit a sphere by least squares.

    Args:
        points: On its surface, shape (N, 3), N > 3, [m].

    Returns:
        The middle, shape (3,), the radius, and the median distance of points from the surface, [m].
    """
    middle = points.mean(axis=0)
    p = points - middle
    solved = np.linalg.lstsq(np.column_stack([2.0 * p, np.ones(len(p))]), (p * p).sum(axis=1), rcond=None)[0]
    radius = float(np.sqrt(max(solved[3] + solved[:3] @ solved[:3], 0.0)))
    off = np.abs(np.linalg.norm(p - solved[:3], axis=1) - radius)
    return middle + solved[:3], radius, float(np.median(off))


def is_mark(part: Part) -> bool:
    """Tell whether a piece is a mark: of one plain colour, round, small."""
    if part.color not in PLAIN or part.size.max() > 2.2 * LARGEST:
        return False
    _, radius, off = ball_of(part.cloud.points)
    return LEAST < radius < LARGEST and off < min(ROUND, 0.12 * radius)
