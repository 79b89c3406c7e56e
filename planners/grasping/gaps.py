"""Distances of many points from solid pieces, compiled."""

from collections.abc import Sequence

import numpy as np

from ...core.arrays import Float64
from ...robots.shapes import Shape
from ...robots.solids import pack, solids_distance


def gaps(shapes: Sequence[Shape], p_WQ: Float64) -> Float64:
    """Give the signed distance of points from the nearest of some pieces.

    Args:
        shapes: The pieces, in the world, at least one.
        p_WQ: Points in the world, shape (..., 3), [m].

    Returns:
        Shape (...), [m].
    """
    points = np.ascontiguousarray(p_WQ, dtype=float).reshape(-1, 3)
    return solids_distance(pack(shapes), points)[0].min(axis=1).reshape(p_WQ.shape[:-1])


def slopes(shapes: Sequence[Shape], p_WQ: Float64) -> Float64:
    """Give the outward direction of the nearest piece at points, unit, shape (N, 3)."""
    d, g = solids_distance(pack(shapes), np.ascontiguousarray(p_WQ, dtype=float))
    return g[np.arange(len(d)), d.argmin(axis=1)]
