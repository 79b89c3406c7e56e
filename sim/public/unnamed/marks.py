"""Marks: plain coloured balls that are drawn where something is to be brought."""

import numpy as np

from ....core.arrays import Float64
from .splitting import Part

LARGEST, LEAST = 0.022, 0.004
"""Radii that a mark has, [m]: what can be handled and is round is larger."""
ROUND, MOSTLY = 0.00015, 80.0
"""Largest distance of points of a mark from its sphere, [m], and the per cent that it holds for.

A drawn ball is as round as a ball can be; a short cylinder of the same size is off by ten times as much.
"""


def ball_of(points: Float64) -> tuple[Float64, float, float]:
    """Fit a sphere by least squares.

    Args:
        points: On its surface, shape (N, 3), N > 3, [m].

    Returns:
        The middle, shape (3,), the radius, and how far off the surface most points are at the most, [m].
    """
    middle = points.mean(axis=0)
    p = points - middle
    solved = np.linalg.lstsq(np.column_stack([2.0 * p, np.ones(len(p))]), (p * p).sum(axis=1), rcond=None)[0]
    radius = float(np.sqrt(max(solved[3] + solved[:3] @ solved[:3], 0.0)))
    off = np.abs(np.linalg.norm(p - solved[:3], axis=1) - radius)
    return middle + solved[:3], radius, float(np.percentile(off, MOSTLY))


def is_mark(part: Part) -> bool:
    """Tell whether a piece is a mark: of one colour, a ball, small."""
    if part.size.max() > 2.2 * LARGEST:
        return False
    _, radius, off = ball_of(part.cloud.points)
    return LEAST < radius < LARGEST and off < ROUND
