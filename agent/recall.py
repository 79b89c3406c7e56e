"""Finding a thing again: what melts into its container's colour, what was out of sight for a while."""

from dataclasses import replace

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..perception.scene import Scene, Thing
from ..skills.foresight import moved_thing

INNER = 0.6
"""Share of a container's opening, in radius, within which its own wall stays low."""
LEAST_HEIGHT = 0.4
"""Share of the thing's height that has to stand out of the container's floor."""
FLOOR = 0.005
"""Thickness of a container's floor at most, [m]."""
LEAST_POINTS = 25
"""Fewest points that count as something."""


def remembering(scene: Scene, memory: Scene | None) -> Scene:
    """Give a scene together with the things and keypoints of before that are not in it now.

    It is only what the next scene is compared with, so that what comes back into sight has
    the name and the numbers that it had.

    Args:
        scene: What is seen now.
        memory: What was remembered before, or None in the beginning.
    """
    if memory is None:
        return scene
    here = {thing.name for thing in scene.things}
    numbers = {point.number for point in scene.keypoints}
    things = tuple(thing for thing in memory.things if thing.name not in here)
    points = (p for p in memory.keypoints if p.thing not in here and p.number not in numbers)
    return replace(scene, things=(*scene.things, *things), keypoints=(*scene.keypoints, *points))


def found_again(scene: Scene, left: Thing) -> Thing | None:
    """Look for a thing inside the container that it was let go over.

    Args:
        scene: What is seen now, without the thing.
        left: The thing where the hand let it go.

    Returns:
        The thing where something of its height stands inside the container, or None.
    """
    for container in scene.things:
        radius = container.cavity_radius
        aside = float(np.linalg.norm((left.center - container.center)[:2]))
        if radius is None or aside > radius:
            continue
        bump = _bump(scene, container, radius, float(left.size[2]))
        if len(bump) < LEAST_POINTS:
            return None
        center = np.median(bump, axis=0)
        center[2] = float(np.percentile(bump[:, 2], 90)) - left.size[2] / 2.0
        X_WO = RigidTransform(left.X_WO.rotation(), center)
        doubt = f"seen only as something that stands inside {container.name}"
        found = moved_thing(left, X_WO, container.name)
        return replace(found, inside=container.name, confidence=0.6, doubts=(*left.doubts, doubt))
    return None


def _bump(scene: Scene, container: Thing, radius: float, height: float) -> Float64:
    """Give the points inside a container that are too high for its floor, others' things left out."""
    floor = float(container.parts["bottom"][2]) + FLOOR
    found = []
    for frame in scene.frames:
        p_W = frame.points().reshape(-1, 3)
        aside = np.hypot(*(p_W[:, :2] - container.center[:2]).T)
        with np.errstate(invalid="ignore"):
            keep = (aside < INNER * radius) & (p_W[:, 2] > floor + LEAST_HEIGHT * height)
            keep &= p_W[:, 2] < floor + 2.0 * height
        found.append(p_W[keep])
    points = np.concatenate(found) if found else np.zeros((0, 3))
    for other in scene.things:
        if other.inside == container.name:
            p_O = other.X_WO.inverse().multiply(points.T).T
            points = points[~(np.abs(p_O) < other.size / 2.0 + 0.005).all(axis=1)]
    return points
