"""Things as triangles, from the solid pieces that stand for them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ..report.read_trace import read_pose
from ..report.solids import turned

BALL_ROWS = 16


def thing_form(told: Mapping[str, Any]) -> tuple[Float64, np.ndarray]:
    """Give a thing's surface.

    Args:
        told: The thing as a scene's event tells it.

    Returns:
        Vertices in its frame O, shape (V, 3), [m], and faces, shape (F, 3).
    """
    X_OW = read_pose(told["X_WO"]).inverse()
    parts = [_piece(shape, X_OW @ read_pose(shape["X_WS"])) for shape in told["shapes"]]
    if not parts:
        parts = [_box(np.array(told["size"], dtype=float) / 2.0)]
    firsts = np.cumsum([0, *(len(vertices) for vertices, _ in parts[:-1])])
    faces = [part + first for (_, part), first in zip(parts, firsts, strict=True)]
    return np.concatenate([vertices for vertices, _ in parts]), np.concatenate(faces)


def _piece(shape: Mapping[str, Any], X_OS: RigidTransform) -> tuple[Float64, np.ndarray]:
    match shape["shape"]:
        case "Sphere":
            angle = np.linspace(-np.pi / 2.0, np.pi / 2.0, BALL_ROWS + 1)
            profile = float(shape["radius"]) * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
            vertices, faces = turned(profile)
        case "Cylinder":
            radius, half = float(shape["radius"]), float(shape["half_length"])
            outline = [(0.0, -half), (radius, -half), (radius, half), (0.0, half)]
            vertices, faces = turned(np.array(outline))
        case "Vessel":
            low, top = float(shape["bottom_radius"]), float(shape["top_radius"])
            height, wall = float(shape["height"]), float(shape["wall"])
            inside = [(top - wall, height), (max(low - wall, 1e-3), wall), (0.0, wall)]
            vertices, faces = turned(np.array([(0.0, 0.0), (low, 0.0), (top, height), *inside]))
        case _:
            vertices, faces = _box(np.array(shape["half"], dtype=float))
    return X_OS.multiply(vertices.T).T, faces


def _box(half: Float64) -> tuple[Float64, np.ndarray]:
    """Give a box by its half extents, shape (3,), [m]; faces share no corners, so edges are sharp."""
    vertices, faces = [], []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            u, v = np.roll(np.eye(3), 1, axis=0)[axis], np.roll(np.eye(3), 2, axis=0)[axis]
            normal = sign * np.eye(3)[axis]
            u, v = (u, v) if np.dot(np.cross(u, v), normal) > 0.0 else (v, u)
            first = 4 * len(faces) // 2
            vertices += [normal - u - v, normal + u - v, normal + u + v, normal - u + v]
            faces += [(first, first + 1, first + 2), (first, first + 2, first + 3)]
    return np.array(vertices) * half, np.array(faces)
