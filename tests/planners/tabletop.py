"""Tables of things made of analytic solids, for planners: no camera, no simulator."""

from dataclasses import replace

import numpy as np
from handsel.perception.scene import Directions, Scene, Table, Thing
from handsel.robots.shapes import Box, Cylinder, Shape, Sphere, Vessel
from pydrake.math import RigidTransform, RotationMatrix


def pose(x: float, y: float, z: float, yaw: float = 0.0) -> RigidTransform:
    return RigidTransform(RotationMatrix.MakeZRotation(yaw), [x, y, z])


def _thing(
    name: str, kind: str, X_WO: RigidTransform, size: tuple[float, float, float], shapes: tuple[Shape, ...],
    parts: dict[str, np.ndarray] | None = None, cavity: float | None = None,
) -> Thing:  # fmt: skip
    half = np.array([0.0, 0.0, size[2] / 2.0])
    basic = {"center": X_WO.translation(), "top": X_WO @ half, "bottom": X_WO @ -half}
    return Thing(
        name=name,
        kind=kind,
        color=name.split("_")[0],
        X_WO=X_WO,
        size=np.array(size),
        cloud=np.zeros((0, 3)),
        parts=basic | (parts or {}),
        shapes=shapes,
        cavity_radius=cavity,
    )


def block(name: str, x: float, y: float, side: float = 0.04, yaw: float = 0.0, z: float = 0.0) -> Thing:
    X_WO = pose(x, y, z + side / 2.0, yaw)
    return _thing(name, "block", X_WO, (side, side, side), (Box(X_WS=X_WO, half=np.full(3, side / 2.0)),))


def wall(name: str, x: float, y: float, size: tuple[float, float, float], yaw: float = 0.0) -> Thing:
    X_WO = pose(x, y, size[2] / 2.0, yaw)
    return _thing(name, "box", X_WO, size, (Box(X_WS=X_WO, half=np.array(size) / 2.0),))


def can(name: str, x: float, y: float, radius: float = 0.03, height: float = 0.10) -> Thing:
    X_WO = pose(x, y, height / 2.0)
    shape = Cylinder(X_WS=X_WO, radius=radius, half_length=height / 2.0)
    return _thing(name, "can", X_WO, (2 * radius, 2 * radius, height), (shape,))


def ball(name: str, x: float, y: float, radius: float = 0.025) -> Thing:
    X_WO = pose(x, y, radius)
    return _thing(
        name, "ball", X_WO, (2 * radius, 2 * radius, 2 * radius), (Sphere(X_WS=X_WO, radius=radius),)
    )


def bowl(
    name: str, x: float, y: float, top: float = 0.075, bottom: float = 0.04, height: float = 0.052
) -> Thing:
    X_WO = pose(x, y, height / 2.0)
    shape = Vessel(X_WS=pose(x, y, 0.0), bottom_radius=bottom, top_radius=top, height=height, wall=0.0045)
    opening = X_WO @ np.array([0.0, 0.0, height / 2.0])
    parts = {"opening": opening, "rim": opening + np.array([top - 0.002, 0.0, 0.0])}
    return _thing(name, "bowl", X_WO, (2 * top, 2 * top, height), (shape,), parts, cavity=top - 0.0045)


def mug(
    name: str, x: float, y: float, yaw: float = 0.0, radius: float = 0.036, height: float = 0.085
) -> Thing:
    X_WO = pose(x, y, height / 2.0, yaw)
    reach = 0.03
    X_WH = X_WO @ RigidTransform([radius + reach / 2.0, 0.0, 0.0])
    cup = Vessel(X_WS=pose(x, y, 0.0), bottom_radius=radius, top_radius=radius, height=height, wall=0.0045)
    handle = Box(X_WS=X_WH, half=np.array([reach / 2.0, 0.0055, 0.03]))
    opening = X_WO @ np.array([0.0, 0.0, height / 2.0])
    parts = {"opening": opening, "handle": X_WH @ np.array([reach / 2.0 - 0.0045, 0.0, 0.0])}
    size = (2 * radius, 2 * radius, height)
    return _thing(name, "mug", X_WO, size, (cup, handle), parts, cavity=radius - 0.0045)


def bureau(name: str, x: float, y: float, height: float = 0.12) -> Thing:
    """A cabinet with a drawer whose bar stands out toward the robot."""
    X_WO = pose(x, y, height / 2.0, np.pi)
    X_WB = X_WO @ RigidTransform([0.139, 0.0, 0.0])
    shapes = (
        Box(X_WS=X_WO, half=np.array([0.1, 0.1, height / 2.0])),
        Box(X_WS=X_WB, half=np.array([0.006, 0.04, 0.006])),
    )
    return _thing(name, "drawer", X_WO, (0.2, 0.2, height), shapes, {"handle": X_WB.translation()})


def lying(name: str, rng: np.random.Generator) -> Thing:
    """An L of two bars, 3 cm wide and 4 cm high, of no known kind, seen from above and from one side."""
    X_WO = pose(0.5, 0.05, 0.02, 0.6)
    limbs = (
        (X_WO @ RigidTransform([0.0, 0.06, 0.0]), np.array([0.09, 0.015, 0.02])),
        (X_WO @ RigidTransform([-0.075, -0.015, 0.0]), np.array([0.015, 0.06, 0.02])),
    )
    points = []
    for X_WL, half in limbs:
        for axis, side in ((0, 1), (0, -1), (1, 1), (1, -1), (2, 1)):
            normal = side * X_WL.rotation().matrix()[:, axis]
            if normal @ [0.5, 0.0, 0.8] < 0.0:
                continue
            p_L = rng.uniform(-1.0, 1.0, size=(400, 3)) * half
            p_L[:, axis] = side * half[axis]
            points.append(X_WL.multiply(p_L.T).T)
    cloud = np.concatenate(points) + rng.normal(scale=0.0008, size=(400 * len(points), 3))
    p_O = (cloud - X_WO.translation()) @ X_WO.rotation().matrix()
    low, high = p_O.min(axis=0), p_O.max(axis=0)
    low[2] = -0.02
    X_WB = X_WO @ RigidTransform((low + high) / 2.0)
    size = high - low
    box = Box(X_WS=X_WB, half=size / 2.0)
    return replace(_thing(name, "thing", X_WB, tuple(size), (box,)), cloud=cloud)


def scene(*things: Thing) -> Scene:
    return Scene(
        time=0.0,
        things=things,
        table=Table(height=0.0, lower=np.array([0.25, -0.5]), upper=np.array([0.85, 0.5])),
        directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
        keypoints=(),
        field=None,
        frames=(),
        perceiver="analytic",
    )
