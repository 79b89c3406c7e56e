"""Solid pieces for a thing of no known kind: what lies under the points that were seen of it."""

from dataclasses import replace

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...perception.scene import Scene, Thing
from ...robots.shapes import Box, Shape

CELL = 0.012
"""Side of a column's foot, [m]: some twice the spacing of a cloud, so that no cell is empty by chance."""
LEVEL = 0.010
"""Columns of a row whose tops differ by less are one piece, [m]."""
FEWEST = 2
"""Points that make a column: one alone may be noise."""
MOST = 24
LEAST = 60


def with_columns(scene: Scene, name: str) -> Scene:
    """Give a thing of no known kind the solid pieces that its points speak for; leave others as they are.

    Args:
        scene: What is there.
        name: Identifier of the thing.

    Raises:
        UnknownName: If there is no such thing.
    """
    thing = scene.thing(name)
    if thing.kind != "thing" or len(thing.cloud) < LEAST:
        return scene
    better = replace(thing, shapes=columns(thing))
    return replace(scene, things=tuple(better if one.name == name else one for one in scene.things))


def columns(thing: Thing) -> tuple[Shape, ...]:
    """Stand boxes under the points of a thing, down to the bottom of its own box.

    What is seen from above hides what is below it, so that below counts as solid.

    Args:
        thing: A thing with a cloud.
    """
    p_O = (thing.cloud - thing.X_WO.translation()) @ thing.X_WO.rotation().matrix()
    p_O = p_O[(np.abs(p_O) <= thing.size / 2.0 + 0.003).all(axis=1)]
    cell = CELL
    while True:
        boxes = _rows(p_O, cell)
        if len(boxes) <= MOST:
            break
        cell *= 1.3
    bottom = -float(thing.size[2]) / 2.0
    return tuple(_box(thing.X_WO, low, high, bottom) for low, high in boxes) or thing.shapes


def _rows(p_O: Float64, cell: float) -> list[tuple[Float64, Float64]]:
    """Give the lower and upper corners, shape (3,), of pieces: runs of like columns."""
    found: list[tuple[Float64, Float64]] = []
    across = np.floor(p_O[:, 1] / cell).astype(int)
    for row in np.unique(across):
        strip = p_O[across == row]
        along = np.floor(strip[:, 0] / cell).astype(int)
        last: tuple[int, Float64, Float64] | None = None
        for column in np.unique(along):
            points = strip[along == column]
            if len(points) < FEWEST:
                continue
            low, high = points.min(axis=0), points.max(axis=0)
            if last is not None and column == last[0] + 1 and abs(high[2] - last[2][2]) < LEVEL:
                last = (int(column), np.minimum(last[1], low), np.maximum(last[2], high))
                found[-1] = last[1:]
            else:
                last = (int(column), low, high)
                found.append(last[1:])
    return found


def _box(X_WO: RigidTransform, low: Float64, high: Float64, bottom: float) -> Box:
    low = np.array([low[0], low[1], bottom])
    high = np.maximum(high, low + 0.002)
    return Box(X_WS=X_WO @ RigidTransform((low + high) / 2.0), half=(high - low) / 2.0)
