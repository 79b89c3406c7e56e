"""Shapes that stand for things in the animation: boxes, balls and turned pieces."""

import numpy as np
from pydrake.geometry import Box, Meshcat, Rgba, Sphere

from ...core.arrays import Float64
from .palette import thing_color
from .record import SeenThing

TURNED_SIDES = 40
WALL = 0.004
"""Thickness at which hollow things are drawn, [m]; what was perceived is their outside."""


def show_thing(meshcat: Meshcat, path: str, thing: SeenThing) -> None:
    """Put a thing into the scene, its frame O at the path's frame.

    Args:
        meshcat: Where to.
        path: Path of the thing in the scene tree.
        thing: What to show.
    """
    rgba = Rgba(*_channels(thing_color(thing.color)))
    profile = turned_profile(thing.kind, thing.size)
    if thing.kind == "ball":
        meshcat.SetObject(path, Sphere(float(thing.size.mean()) / 2.0), rgba)
    elif profile is None:
        meshcat.SetObject(path, Box(*thing.size), rgba)
    else:
        vertices, faces = turned(profile)
        meshcat.SetTriangleMesh(path, vertices.T, faces.T, rgba)


def turned_profile(kind: str, size: Float64) -> Float64 | None:
    """Give the outline (radius, z) of what a potter or a lathe would make.

    Args:
        kind: Kind of the thing.
        size: Extents of its box, shape (3,), [m].

    Returns:
        Outline from the axis to the axis, shape (N, 2), [m]; None for what is not round.
    """
    # A handle makes the box longer on one side only: the body is as wide as the smaller side.
    radius, half = float(min(size[:2])) / 2.0, float(size[2]) / 2.0
    bottom = {"bowl": 0.55, "plate": 0.6, "mug": 1.0}
    if kind in bottom:
        low = bottom[kind] * radius
        floor = min(WALL, half)
        inner = [(radius - WALL, half), (max(low - WALL, 0.001), floor - half), (0.0, floor - half)]
        return np.array([(0.0, -half), (low, -half), (radius, half), *inner])
    if kind == "can":
        return np.array([(0.0, -half), (radius, -half), (radius, half), (0.0, half)])
    if kind == "bottle":
        neck, shoulder, collar = 0.4 * radius, 0.2 * half, 0.45 * half
        outside = [(radius, -half), (radius, shoulder), (neck, collar), (neck, half)]
        return np.array([(0.0, -half), *outside, (0.0, half)])
    return None


def turned(profile: Float64) -> tuple[Float64, np.ndarray]:
    """Turn an outline about the z axis.

    Args:
        profile: Radius and z, from bottom outside to top inside, shape (N, 2), [m].

    Returns:
        Vertices, shape (V, 3), [m], and faces, shape (F, 3), seen from outside counter-clockwise.
    """
    angles = np.linspace(0.0, 2.0 * np.pi, TURNED_SIDES, endpoint=False)
    count = len(profile)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    xy = profile[None, :, :1] * ring[:, None, :]
    z = np.broadcast_to(profile[None, :, 1:], (TURNED_SIDES, count, 1))
    vertices = np.concatenate([xy, z], axis=-1).reshape(-1, 3)
    faces = []
    for side in range(TURNED_SIDES):
        here, there = side * count, (side + 1) % TURNED_SIDES * count
        for row in range(count - 1):
            a, b, c, d = here + row, there + row, there + row + 1, here + row + 1
            faces += [(a, b, c), (a, c, d)]
    return vertices, np.array(faces)


def _channels(code: str) -> tuple[float, float, float]:
    """Read a hex code such as ``#d1382f`` as red, green, blue, 0 to 1."""
    red, green, blue = (int(code[start : start + 2], 16) / 255.0 for start in (1, 3, 5))
    return red, green, blue
