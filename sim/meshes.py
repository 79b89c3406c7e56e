"""Smooth surfaces for the eye, as OBJ text held in memory."""

import itertools

import numpy as np
from pydrake.common import MemoryFile
from pydrake.geometry import InMemoryMesh, Mesh

from ..core.arrays import Float64


def revolved(profile: list[tuple[float, float]], name: str, *, segments: int = 32) -> Mesh:
    """Turn a profile about z; its edges stay sharp, its sides are round.

    Args:
        profile: Radius and height of each corner, counter-clockwise in the half plane
            (radius to the right, z up), so that the outside lies to the right of the way, [m].
        name: Name of the mesh in messages.
        segments: Number of faces about the axis.
    """
    angles = np.linspace(0.0, 2.0 * np.pi, segments, endpoint=False)
    vertices: list[Float64] = []
    normals: list[Float64] = []
    faces: list[tuple[int, int, int]] = []
    for (r0, z0), (r1, z1) in itertools.pairwise(profile):
        along = np.array([r1 - r0, z1 - z0])
        out = np.array([along[1], -along[0]]) / np.linalg.norm(along)
        first = len(vertices)
        for angle in angles:
            c, s = np.cos(angle), np.sin(angle)
            vertices += [np.array([r0 * c, r0 * s, z0]), np.array([r1 * c, r1 * s, z1])]
            normals += [np.array([out[0] * c, out[0] * s, out[1]])] * 2
        for k in range(segments):
            a, b = first + 2 * k, first + 2 * ((k + 1) % segments)
            faces += [(a, b, b + 1), (a, b + 1, a + 1)]
    return _mesh(vertices, normals, faces, name)


def tube(path: Float64, radius: float, name: str, *, segments: int = 10) -> Mesh:
    """Sweep a circle along a planar path in the xz plane.

    Args:
        path: Points of the middle line, shape (N, 3), [m].
        radius: Radius of the circle, [m].
        name: Name of the mesh in messages.
        segments: Number of faces about the path.
    """
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.array([0.0, 1.0, 0.0])
    vertices: list[Float64] = []
    normals: list[Float64] = []
    faces: list[tuple[int, int, int]] = []
    for point, direction in zip(path, along, strict=True):
        up = np.cross(direction, side)
        for angle in np.linspace(0.0, 2.0 * np.pi, segments, endpoint=False):
            normal = np.cos(angle) * side + np.sin(angle) * up
            vertices.append(point + radius * normal)
            normals.append(normal)
    for i in range(len(path) - 1):
        for k in range(segments):
            a, b = i * segments + k, i * segments + (k + 1) % segments
            faces += [(a, b + segments, a + segments), (a, b, b + segments)]
    return _mesh(vertices, normals, faces, name)


def _mesh(
    vertices: list[Float64], normals: list[Float64], faces: list[tuple[int, int, int]], name: str
) -> Mesh:
    lines = [f"v {x:.6f} {y:.6f} {z:.6f}" for x, y, z in vertices]
    lines += [f"vn {x:.5f} {y:.5f} {z:.5f}" for x, y, z in normals]
    lines += [f"f {a + 1}//{a + 1} {b + 1}//{b + 1} {c + 1}//{c + 1}" for a, b, c in faces]
    return Mesh(InMemoryMesh(mesh_file=MemoryFile("\n".join(lines) + "\n", ".obj", f"{name}.obj")))
