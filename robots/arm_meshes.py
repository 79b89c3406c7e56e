"""Mesh files of arms: read in any form, written as glTF to look at and as hulls to collide with."""

import re
import struct
from pathlib import Path
from typing import cast

import numpy as np
import trimesh
from trimesh.exchange.gltf import export_gltf
from trimesh.exchange.stl import HeaderError
from trimesh.transformations import rotation_matrix
from trimesh.visual import TextureVisuals
from trimesh.visual.material import PBRMaterial

from ..core.arrays import Float64
from ..core.errors import InputError
from .convert import GRAY, Rgba

_UNREADABLE = (ValueError, TypeError, KeyError, IndexError, NotImplementedError, struct.error, HeaderError)
HULL_POINTS = 300
"""Points that a collision hull keeps at most; printed parts come with thousands."""


def load(path: Path, urdf: Path) -> trimesh.Scene:
    """Read a mesh file in metres, z up as URDF wants it.

    Raises:
        InputError: If the file is not a mesh that can be read.
    """
    try:
        scene = trimesh.load_scene(path)
    except _UNREADABLE as error:
        raise InputError(f"the mesh {str(path)!r} of {str(urdf)!r} cannot be read: {error}") from error
    if not geometries(scene):
        raise InputError(f"the mesh {str(path)!r} of {str(urdf)!r} holds no faces")
    if path.suffix.lower() == ".dae":
        head = path.read_bytes()[:20_000].decode("utf-8", "replace")
        unit = re.search(r'<unit[^>]*\bmeter="([^"]+)"', head)
        turn = np.diag([*[float(unit.group(1)) if unit else 1.0] * 3, 1.0])
        if "<up_axis>Y_UP" in head:
            turn = turn @ rotation_matrix(np.pi / 2, [1, 0, 0])
        scene.apply_transform(turn)
    return scene


def geometries(scene: trimesh.Scene) -> list[trimesh.Trimesh]:
    """List the triangle meshes of a scene, placed."""
    return [mesh for mesh in scene.dump() if isinstance(mesh, trimesh.Trimesh) and len(mesh.faces)]


def _color_of(mesh: trimesh.Trimesh) -> Rgba:
    """Give the one colour that a mesh file gives a geometry."""
    material = getattr(mesh.visual, "material", None)
    color = getattr(material, "main_color", None)
    if color is None:
        return GRAY
    values = np.asarray(color, dtype=float) / 255.0
    return (float(values[0]), float(values[1]), float(values[2]), 1.0)


def _decimated(mesh: trimesh.Trimesh, share: float) -> trimesh.Trimesh:
    """Keep a share of the faces, with normals that keep the edges sharp."""
    mesh = trimesh.Trimesh(mesh.vertices, mesh.faces, process=True)
    mesh.merge_vertices(merge_norm=True, merge_tex=True)
    if share < 1.0 and len(mesh.faces) > 100:
        mesh = mesh.simplify_quadric_decimation(percent=1.0 - share)
    return trimesh.graph.smooth_shade(mesh, angle=np.radians(40))


def write_visual(scene: trimesh.Scene, share: float, color: Rgba | None, path: Path) -> None:
    """Write a glTF with embedded buffers, one geometry a colour."""
    groups: dict[Rgba, list[trimesh.Trimesh]] = {}
    for mesh in geometries(scene):
        groups.setdefault(color or _color_of(mesh), []).append(mesh)
    drawn = trimesh.Scene()
    for rgba, meshes in groups.items():
        mesh = _decimated(cast(trimesh.Trimesh, trimesh.util.concatenate(meshes)), share)
        material = PBRMaterial(baseColorFactor=rgba, metallicFactor=0.0, roughnessFactor=0.6)
        mesh.visual = TextureVisuals(material=material)
        drawn.add_geometry(mesh)
    # glTF is read y-up: z-up vertices are turned back by a quarter about x.
    drawn.apply_transform(rotation_matrix(-np.pi / 2, [1, 0, 0]))
    exported = export_gltf(drawn, include_normals=True, embed_buffers=True)
    path.write_bytes(exported["model.gltf"])


def write_hull(scene: trimesh.Scene, name: str, urdf: Path, path: Path) -> None:
    """Write the convex hull of a mesh.

    Raises:
        InputError: If the mesh is flat, so that it has no hull.
    """
    points = np.concatenate([mesh.vertices for mesh in geometries(scene)])
    if np.linalg.matrix_rank(points - points.mean(axis=0), tol=1e-6) < 3:
        raise InputError(f"the collision mesh {name!r} of {str(urdf)!r} is flat: it encloses no volume")
    hull = trimesh.convex.convex_hull(points)
    if len(hull.vertices) > HULL_POINTS:
        # The outermost points along many directions: on a part of 10 cm the faces recede by under 1 mm.
        ends = np.unique(np.argmax(hull.vertices @ _directions(HULL_POINTS).T, axis=0))
        hull = trimesh.convex.convex_hull(hull.vertices[ends])
    path.write_text(hull.export(file_type="obj", header=None, include_normals=False), encoding="utf-8")


def _directions(count: int) -> Float64:
    """Spread unit vectors evenly over the sphere (Fibonacci lattice), shape (count, 3)."""
    z = 1.0 - (2.0 * np.arange(count) + 1.0) / count
    angle = np.pi * (1.0 + np.sqrt(5.0)) * np.arange(count)
    radius = np.sqrt(1.0 - z**2)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), z], axis=-1)
