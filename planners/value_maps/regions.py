"""Regions bound to a scene: what "the left half of the table" is in metres."""

from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ...core.arrays import Float64
from ...robots.shapes import Box, Shape, Sphere, distance
from ..program import Region, Side
from .surroundings import Body, Surroundings

STRIP = 0.2
"""Width of an edge, and of a corner both ways, as a share of the whole. What people call an edge has no
size; a fifth leaves room for a hand on a table of 60 cm."""
MIDDLE = 1.0 / 3.0
"""Width of the centre both ways, as a share of the whole."""
OVER = 0.5
"""Share of a thing's length and width that "above it" covers, about its middle."""
LAYER = 0.01
"""Half the thickness of what is "10 cm above" something, [m]."""
LEAST_HALF = 0.01
"""Least half extent of a region, [m]: a node of the finer patch falls into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A region in the world.

    Attributes:
        shapes: It is within ``margin`` of one of these.
        margin: How far it goes beyond them, [m].
        centre: The point that stands for it, p_W, shape (3,), [m].
    """

    shapes: tuple[Shape, ...]
    margin: float
    centre: Float64

    def distance(self, p_WQ: Float64) -> Float64:
        """Give the distance of points (..., 3) from it, at most 0 inside, (...), [m]."""
        return np.min([distance(shape, p_WQ) for shape in self.shapes], axis=0) - self.margin


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """A thing's box, turned so that x is what the person calls right and y is behind.

    Attributes:
        X_WF: Pose of the box's centre.
        half: Half extents along its axes, shape (3,), [m].
    """

    X_WF: RigidTransform
    half: Float64

    def box(self, low: Float64, high: Float64) -> Box:
        """Make a box from its least and largest corner in this frame."""
        half = np.maximum((high - low) / 2.0, LEAST_HALF)
        return Box(X_WS=self.X_WF @ RigidTransform((low + high) / 2.0), half=half)


_AXES: dict[Side, tuple[int, float]] = {
    "left": (0, -1.0),
    "right": (0, 1.0),
    "front": (1, -1.0),
    "back": (1, 1.0),
}
_BESIDE: dict[str, tuple[Side, ...]] = {
    "left_of": ("left",),
    "right_of": ("right",),
    "front_of": ("front",),
    "behind": ("back",),
    "beside": ("left", "right"),
}


def bind_region(region: Region, surroundings: Surroundings) -> Bound:
    """Give a region its place in a scene.

    Args:
        region: What is meant.
        surroundings: Where things are.

    Raises:
        UnknownName: If the scene has no such thing or part.
    """
    if region.kind == "near":
        return _near(region, surroundings)
    assert region.thing is not None, "only near() is around a point"
    frame = _seen(surroundings.thing(region.thing), surroundings)
    if region.kind in _BESIDE:
        boxes = tuple(_next_to(frame, side, region.distance) for side in _BESIDE[region.kind])
        return Bound(shapes=boxes, margin=0.0, centre=boxes[0].X_WS.translation())
    if region.kind == "above":
        reach, at = frame.half[:2] * OVER, frame.half[2] + region.distance
        box = frame.box(np.array([*-reach, at - LAYER]), np.array([*reach, at + LAYER]))
        return Bound(shapes=(box,), margin=0.0, centre=box.X_WS.translation())
    low, high = _part(region, frame, surroundings)
    top = frame.half[2]
    box = frame.box(np.array([*low, top]), np.array([*high, top + region.height]))
    return Bound(shapes=(box,), margin=0.0, centre=box.X_WS.translation())


def _near(region: Region, surroundings: Surroundings) -> Bound:
    if region.thing is not None:
        body = surroundings.thing(region.thing)
        return Bound(shapes=body.shapes, margin=region.distance, centre=body.X_WO.translation())
    assert region.point is not None, "near() is around a thing or a point"
    p_W = surroundings.value(region.point)
    return Bound(shapes=(Sphere(X_WS=RigidTransform(p_W), radius=0.0),), margin=region.distance, centre=p_W)


def _seen(body: Body, surroundings: Surroundings) -> _Frame:
    """Turn a thing's box as the person sees it: the axis nearest to the vertical is up, and so on."""
    R = body.X_WO.rotation().matrix()
    up = int(np.argmax(np.abs(R[2])))
    level = [axis for axis in range(3) if axis != up]
    right = max(level, key=lambda axis: abs(float(R[:, axis] @ surroundings.directions.right)))
    x = R[:, right] * np.sign(R[:, right] @ surroundings.directions.right or 1.0)
    z = R[:, up] * np.sign(R[2, up])
    behind = next(axis for axis in level if axis != right)
    turned = RotationMatrix.ProjectToRotationMatrix(np.stack([x, np.cross(z, x), z], axis=1))
    half = body.size[[right, behind, up]] / 2.0
    return _Frame(X_WF=RigidTransform(turned, body.X_WO.translation()), half=half)


def _part(region: Region, frame: _Frame, surroundings: Surroundings) -> tuple[Float64, Float64]:
    """Give a part of a thing seen from above: least and largest corner in its frame, each shape (2,)."""
    low, high = -frame.half[:2].copy(), frame.half[:2].copy()
    if region.kind == "centre":
        return low * MIDDLE, high * MIDDLE
    share = {"half": 0.5, "quarter": 0.5, "edge": STRIP, "corner": STRIP}[region.kind]
    sides = region.sides or _nearest(region, frame, surroundings)
    for side in sides:
        axis, sign = _AXES[side]
        width = 2.0 * frame.half[axis] * share
        if sign > 0.0:
            low[axis] = high[axis] - width
        else:
            high[axis] = low[axis] + width
    return low, high


def _nearest(region: Region, frame: _Frame, surroundings: Surroundings) -> tuple[Side, ...]:
    """Choose the side or sides whose edge or corner is nearest to a point."""
    assert region.nearest is not None, "a part of a thing has sides or what it is nearest to"
    x, y, _ = frame.X_WF.inverse() @ surroundings.value(region.nearest)
    across: Side = "right" if x >= 0.0 else "left"
    along: Side = "back" if y >= 0.0 else "front"
    if region.kind in ("corner", "quarter"):
        return across, along
    return (across,) if frame.half[0] - abs(x) <= frame.half[1] - abs(y) else (along,)


def _next_to(frame: _Frame, side: Side, gap: float) -> Box:
    """Give the place beside a thing at a distance: of half its size, at its height."""
    axis, sign = _AXES[side]
    half = np.array([*frame.half[:2] * OVER, frame.half[2]])
    centre = np.zeros(3)
    # The distance is to the middle of the place, so that "10 cm left of" is 10 cm from the surface.
    centre[axis] = sign * (frame.half[axis] + gap)
    half[axis] = LEAST_HALF
    return frame.box(centre - half, centre + half)


def side_of(body: Body, surroundings: Surroundings, p_W: Float64) -> str:
    """Name the side of a thing on which a point lies: left, right, front, back, top or bottom."""
    frame = _seen(body, surroundings)
    share = (frame.X_WF.inverse() @ p_W) / np.maximum(frame.half, 1e-6)
    axis = int(np.argmax(np.abs(share)))
    return (("left", "right"), ("front", "back"), ("bottom", "top"))[axis][int(share[axis] > 0.0)]
