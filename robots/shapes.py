"""Solid pieces with exact signed distance: what collision checks are made of.

Distances are the textbook forms for each solid (I. Quilez, "Distance
functions"): exact outside, and inside for all but the hollow vessel's corners.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64, frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A solid box.

    Attributes:
        X_WS: Pose of the box's centre.
        half: Half extents along its axes, shape (3,), [m].
    """

    X_WS: RigidTransform
    half: Float64

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "half", frozen(self.half, (3,)))

    def distance_S(self, p_SQ: Float64) -> Float64:
        """Signed distance of points in the shape's frame, (..., 3) to (...), [m]."""
        excess = np.abs(p_SQ) - self.half
        outside = np.linalg.norm(np.maximum(excess, 0.0), axis=-1)
        return outside + np.minimum(excess.max(axis=-1), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cylinder:
    """A solid cylinder along z.

    Attributes:
        X_WS: Pose of the cylinder's centre, z along the axis.
        radius: Radius, [m].
        half_length: Half the height, [m].
    """

    X_WS: RigidTransform
    radius: float
    half_length: float

    def distance_S(self, p_SQ: Float64) -> Float64:
        """Signed distance of points in the shape's frame, (..., 3) to (...), [m]."""
        radial = np.hypot(p_SQ[..., 0], p_SQ[..., 1]) - self.radius
        axial = np.abs(p_SQ[..., 2]) - self.half_length
        outside = np.hypot(np.maximum(radial, 0.0), np.maximum(axial, 0.0))
        return outside + np.minimum(np.maximum(radial, axial), 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sphere:
    """A solid ball.

    Attributes:
        X_WS: Pose of the centre.
        radius: Radius, [m].
    """

    X_WS: RigidTransform
    radius: float

    def distance_S(self, p_SQ: Float64) -> Float64:
        """Signed distance of points in the shape's frame, (..., 3) to (...), [m]."""
        return np.linalg.norm(p_SQ, axis=-1) - self.radius


@dataclass(frozen=True, slots=True, kw_only=True)
class Vessel:
    """A round open container: a bottom disc and a wall that may lean outward.

    Attributes:
        X_WS: Pose of the underside's centre, z up through the opening.
        bottom_radius: Outer radius at the bottom, [m].
        top_radius: Outer radius at the rim, [m].
        height: Outer height, [m].
        wall: Thickness of wall and bottom, [m].
    """

    X_WS: RigidTransform
    bottom_radius: float
    top_radius: float
    height: float
    wall: float

    def distance_S(self, p_SQ: Float64) -> Float64:
        """Signed distance of points in the shape's frame, (..., 3) to (...), [m].

        The solid is all that lies within half a wall of its middle surface:
        the polyline centre, bottom edge, rim in the half plane (radius, z).
        """
        half = self.wall / 2.0
        profile = np.array(
            [[0.0, half], [self.bottom_radius - half, half], [self.top_radius - half, self.height - half]]
        )
        point = np.stack([np.hypot(p_SQ[..., 0], p_SQ[..., 1]), p_SQ[..., 2]], axis=-1)
        distances = []
        for start, end in pairwise(profile):
            along = end - start
            share = np.clip(((point - start) @ along) / max(along @ along, 1e-12), 0.0, 1.0)
            distances.append(np.linalg.norm(point - start - share[..., None] * along, axis=-1))
        return np.minimum(*distances) - half


Shape = Box | Cylinder | Sphere | Vessel


def distance(shape: Shape, p_WQ: Float64) -> Float64:
    """Signed distance from points to a shape.

    Args:
        shape: The solid.
        p_WQ: Points in the world, shape (..., 3), [m].

    Returns:
        Distances, positive outside, shape (...), [m].
    """
    R_WS = shape.X_WS.rotation().matrix()
    return shape.distance_S((np.asarray(p_WQ) - shape.X_WS.translation()) @ R_WS)


def moved(shape: Shape, X_NW: RigidTransform) -> Shape:
    """Give the shape a new place: its pose becomes ``X_NW @ X_WS``."""
    fields = {name: getattr(shape, name) for name in shape.__dataclass_fields__}
    fields["X_WS"] = X_NW @ shape.X_WS
    return type(shape)(**fields)
