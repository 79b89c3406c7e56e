"""What each kind of thing is made of: pose, size, parts and solids from a few measured numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..robots.shapes import Box, Cylinder, Shape, Sphere, Vessel, distance

WALL = 0.0045  # Usual thickness of a vessel's wall, [m].
TRAY_WALL = 0.006
FAR = 0.02  # A point farther than this off a body counts as so far off, [m].
HANDLE_BAR = 0.010  # Usual thickness of a mug's handle with the noise about it, [m].
BOARD = 0.012  # Usual thickness of furniture boards, [m].


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A recognised solid, not yet named.

    Attributes:
        kind: What it is.
        X_WO: Pose of its box.
        size: Full extents along O's axes, shape (3,), [m].
        parts: Keypoints in the world by part name, each shape (3,), [m].
        shapes: Solid pieces in the world.
        cavity_radius: Radius of its opening, or None, [m].
        floor: Height at which it carries others, in the world, [m].
        rms: Root mean square distance of the points from its surface, each at most ``FAR``, [m].
        doubts: What is uncertain.
    """

    kind: str
    X_WO: RigidTransform
    size: Float64
    parts: Mapping[str, Float64]
    shapes: tuple[Shape, ...]
    cavity_radius: float | None = None
    floor: float = 0.0
    rms: float = 0.0
    doubts: tuple[str, ...] = field(default=())

    def residual(self, p_W: Float64) -> Float64:
        """Distance of points from the nearest surface of the solids, shape (N,), [m]."""
        return np.abs(np.min([distance(shape, p_W) for shape in self.shapes], axis=0))

    def covers(self, xy: Float64, margin: float = 0.0) -> bool:
        """Tell whether a point lies over the footprint, shape (2,), [m]."""
        R_WO, offset = self.X_WO.rotation().matrix(), xy - self.X_WO.translation()[:2]
        half = self.size[:2] / 2.0 + margin
        if self.lies:
            along, across = R_WO[:2, 2], np.array([-R_WO[1, 2], R_WO[0, 2]])
            return bool(
                abs(offset @ along) <= self.size[2] / 2.0 + margin and abs(offset @ across) <= half[0]
            )
        p_O = R_WO[:2, :2].T @ offset
        if self.kind in ("ball", "can", "bottle", "mug", "bowl", "plate"):
            return bool(np.hypot(*p_O[:2]) <= half[0])
        return bool((np.abs(p_O[:2]) <= half).all())

    @property
    def lies(self) -> bool:
        """Whether its own axis is horizontal."""
        return abs(float(self.X_WO.rotation().matrix()[2, 2])) < 0.7

    @property
    def highest(self) -> float:
        """Height of its highest point in the world, [m]."""
        if self.lies:
            return float(self.X_WO.translation()[2]) + float(self.size[0]) / 2.0
        return float(self.parts["top"][2])

    def holds(self, p_W: Float64, margin: float = 0.0) -> NDArray[np.bool_]:
        """Tell which points lie in the box, shape (N, 3) to (N,)."""
        p_O = (p_W - self.X_WO.translation()) @ self.X_WO.rotation().matrix()
        return np.all(np.abs(p_O) <= self.size / 2.0 + margin, axis=1)


def cuboid(
    kind: str, center: Float64, yaw: float, length: float, width: float, z: tuple[float, float]
) -> Body:
    """Make a block or a box: one solid box."""
    X_WO, size = _frame(center, yaw, length, width, z)
    return Body(
        kind=kind,
        X_WO=X_WO,
        size=size,
        parts=_basic(X_WO, size),
        shapes=(Box(X_WS=X_WO, half=size / 2.0),),
        floor=z[1],
    )


def ball(center: Float64, radius: float) -> Body:
    """Make a ball.

    Args:
        center: Its centre in the world, shape (3,), [m].
        radius: [m].
    """
    X_WO = RigidTransform(center)
    size = np.full(3, 2.0 * radius)
    return Body(
        kind="ball",
        X_WO=X_WO,
        size=size,
        parts=_basic(X_WO, size),
        shapes=(Sphere(X_WS=X_WO, radius=radius),),
        floor=float(center[2]) + radius,
    )


def pillar(kind: str, X_WO: RigidTransform, radius: float, height: float) -> Body:
    """Make a can or a bottle, upright or lying: closed, round about O's z.

    Args:
        kind: Which of them.
        X_WO: Pose of its middle; a bottle's neck points along O's z.
        radius: [m].
        height: Length along O's z, [m].
    """
    size = np.array([2.0 * radius, 2.0 * radius, height])
    parts = _basic(X_WO, size)
    if kind == "bottle":
        neck = 0.45 * radius
        parts["neck"] = X_WO @ np.array([0.0, 0.0, 0.36 * height])
        parts["spout"] = parts["top"]
        # A cap is about as high as it is wide, and as wide as the neck.
        parts["lid"] = X_WO @ np.array([0.0, 0.0, 0.5 * height - neck])
        shapes: tuple[Shape, ...] = (
            _cylinder(X_WO, radius, -0.5 * height, 0.145 * height),
            _cylinder(X_WO, (radius + neck) / 2.0, 0.145 * height, 0.215 * height),
            _cylinder(X_WO, neck, 0.215 * height, 0.5 * height),
        )
    else:
        shapes = (_cylinder(X_WO, radius, -height / 2.0, height / 2.0),)
    up = abs(float(X_WO.rotation().matrix()[2, 2]))
    floor = float(X_WO.translation()[2]) + up * height / 2.0 + np.sqrt(max(1.0 - up * up, 0.0)) * radius
    return Body(kind=kind, X_WO=X_WO, size=size, parts=parts, shapes=shapes, floor=floor)


def standing(center: Float64, z: tuple[float, float]) -> RigidTransform:
    """Give the pose of the middle of what stands at a place, shape (2,), between two heights, [m]."""
    return RigidTransform([*center[:2], sum(z) / 2.0])


def vessel(
    kind: str,
    center: Float64,
    radii: tuple[float, float],
    z: tuple[float, float],
    handle: Float64 | None = None,
) -> Body:
    """Make a bowl, a plate or a mug.

    Args:
        kind: Which of them.
        center: Axis in the world, shape (2,), [m].
        radii: Outer radius at the bottom and at the rim, [m].
        z: Heights of underside and rim, [m].
        handle: Outermost point of the handle in the world, shape (3,), or None where none is seen.
    """
    bottom_radius, top_radius = radii
    toward = np.zeros(2) if handle is None else handle[:2] - center
    yaw = float(np.arctan2(toward[1], toward[0]))
    X_WO, size = _frame(center, yaw, 2.0 * top_radius, 2.0 * top_radius, z)
    parts = _basic(X_WO, size)
    parts["opening"] = np.array([*center, z[1]])
    to_robot = -center / max(float(np.linalg.norm(center)), 1e-6)
    parts["rim"] = np.array([*(center + (top_radius - WALL / 2.0) * to_robot), z[1]])
    base = RigidTransform([*center, z[0]])
    wall = WALL if kind != "plate" else 0.5 * float(size[2])
    shapes: tuple[Shape, ...] = (
        Vessel(
            X_WS=base, bottom_radius=bottom_radius, top_radius=top_radius, height=float(size[2]), wall=wall
        ),
    )
    if handle is not None:
        reach = max(float(np.linalg.norm(toward)) - top_radius, 0.01)
        height = min(0.64 * float(size[2]) + 0.009, 2.0 * (z[1] - handle[2]) + 0.02)
        X_WH = X_WO @ RigidTransform([top_radius + reach / 2.0, 0.0, handle[2] - sum(z) / 2.0])
        shapes += _arch(X_WH, reach, height)
        parts["handle"] = X_WH @ np.array([reach / 2.0 - 0.0045, 0.0, 0.0])
    return Body(
        kind=kind,
        X_WO=X_WO,
        size=size,
        parts=parts,
        shapes=shapes,
        floor=z[0] + wall,
        cavity_radius=None if kind == "plate" else top_radius - WALL,
    )


def _arch(X_WH: RigidTransform, reach: float, height: float) -> tuple[Shape, ...]:
    """Give the bars of a mug's handle, open between them: a finger or a peg goes through.

    Args:
        X_WH: Middle of the handle's box; x points away from the mug, z along the mug.
        reach: How far it stands out, [m].
        height: Its length along z, [m].
    """
    bar, short = min(HANDLE_BAR, reach / 2.0), 0.8 * reach
    places = [([(reach - bar) / 2.0, 0.0, 0.0], [bar / 2.0, HANDLE_BAR / 2.0, 0.35 * height])]
    for side in (-1.0, 1.0):
        middle = [(short - reach) / 2.0, 0.0, side * (height - bar) / 2.0]
        places.append((middle, [short / 2.0, HANDLE_BAR / 2.0, bar / 2.0]))
    return tuple(Box(X_WS=X_WH @ RigidTransform(middle), half=np.array(half)) for middle, half in places)


def tray(center: Float64, yaw: float, length: float, width: float, z: tuple[float, float]) -> Body:
    """Make a tray: a floor and four low walls."""
    X_WO, size = _frame(center, yaw, length, width, z)
    parts = _basic(X_WO, size)
    parts["opening"] = parts["top"]
    parts["rim"] = _near_robot(X_WO, size)
    return Body(
        kind="tray",
        X_WO=X_WO,
        size=size,
        parts=parts,
        shapes=_boards(X_WO, size, TRAY_WALL, ("bottom", "left", "right", "back", "front")),
        cavity_radius=width / 2.0 - TRAY_WALL,
        floor=z[0] + TRAY_WALL,
    )


def shelf(center: Float64, yaw: float, length: float, width: float, z: tuple[float, float]) -> Body:
    """Make a shelf: two boards between two sides, open before and behind."""
    X_WO, size = _frame(center, yaw, length, width, z)
    return Body(
        kind="shelf",
        X_WO=X_WO,
        size=size,
        parts=_basic(X_WO, size),
        shapes=_boards(X_WO, size, BOARD, ("bottom", "top", "front", "back")),
        floor=z[1],
    )


def drawer(center: Float64, yaw: float, length: float, width: float, z: tuple[float, float]) -> Body:
    """Make a cabinet with a closed drawer, its handle not yet found."""
    X_WO, size = _frame(center, yaw, length, width, z)
    box = Box(X_WS=X_WO, half=size / 2.0)
    return Body(kind="drawer", X_WO=X_WO, size=size, parts=_basic(X_WO, size), shapes=(box,), floor=z[1])


def _frame(
    center: Float64, yaw: float, length: float, width: float, z: tuple[float, float]
) -> tuple[RigidTransform, Float64]:
    height = max(z[1] - z[0], 0.004)
    pose = RigidTransform(RotationMatrix.MakeZRotation(yaw), [*center[:2], z[1] - height / 2.0])
    return pose, np.array([length, width, height])


def _basic(X_WO: RigidTransform, size: Float64) -> dict[str, Float64]:
    up = np.array([0.0, 0.0, size[2] / 2.0])
    return {"top": X_WO @ up, "bottom": X_WO @ -up, "center": np.array(X_WO.translation())}


def _near_robot(X_WO: RigidTransform, size: Float64) -> Float64:
    """Give the middle of the upper edge nearest the robot's base."""
    x, y, z = size / 2.0
    edges = [X_WO @ np.array(p_O) for p_O in ([x, 0.0, z], [-x, 0.0, z], [0.0, y, z], [0.0, -y, z])]
    return min(edges, key=lambda p_W: float(np.hypot(p_W[0], p_W[1])))


def _cylinder(X_WO: RigidTransform, radius: float, low: float, high: float) -> Cylinder:
    middle = RigidTransform([0.0, 0.0, (low + high) / 2.0])
    return Cylinder(X_WS=X_WO @ middle, radius=radius, half_length=(high - low) / 2.0)


def _boards(X_WO: RigidTransform, size: Float64, wall: float, which: tuple[str, ...]) -> tuple[Shape, ...]:
    x, y, z = size / 2.0
    t = wall / 2.0
    places = {
        "bottom": ([0.0, 0.0, t - z], [x, y, t]),
        "top": ([0.0, 0.0, z - t], [x, y, t]),
        "front": ([x - t, 0.0, 0.0], [t, y, z]),
        "back": ([t - x, 0.0, 0.0], [t, y, z]),
        "left": ([0.0, y - t, 0.0], [x, t, z]),
        "right": ([0.0, t - y, 0.0], [x, t, z]),
    }
    return tuple(
        Box(X_WS=X_WO @ RigidTransform(middle), half=np.array(half))
        for middle, half in (places[name] for name in which)
    )
