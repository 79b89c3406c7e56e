"""Shapes of an arm's links as triangles, for those who do not read Drake's shapes."""

from pathlib import Path

import numpy as np
import trimesh
from pydrake.geometry import Box, Capsule, Convex, Cylinder, Mesh, Shape, Sphere

from ...core.arrays import Float64


def link_form(shape: Shape) -> tuple[Float64, np.ndarray] | None:
    """Give a shape's surface.

    Args:
        shape: What a link shows.

    Returns:
        Vertices in its frame, shape (V, 3), [m], and faces, shape (F, 3); None for what has none here.
    """
    match shape:
        case Box():
            form = trimesh.creation.box(extents=shape.size())
        case Sphere():
            form = trimesh.creation.icosphere(subdivisions=2, radius=shape.radius())
        case Cylinder():
            form = trimesh.creation.cylinder(radius=shape.radius(), height=shape.length())
        case Capsule():
            form = trimesh.creation.capsule(radius=shape.radius(), height=shape.length())
        case Mesh() | Convex():
            source = shape.source()
            if not source.is_path():
                return None
            form = trimesh.load_mesh(Path(source.path()))
            if not isinstance(form, trimesh.Trimesh):
                return None
            vertices = np.asarray(form.vertices, np.float64) * np.asarray(shape.scale3())
            return vertices, np.asarray(form.faces)
        case _:
            return None
    return np.asarray(form.vertices, np.float64), np.asarray(form.faces)
