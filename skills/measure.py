"""Cheap geometry of things: how wide, how far, what lies where. What ``can`` and ``done`` rest on."""

import numpy as np

from ..core.arrays import Float64
from ..perception.scene import TABLE, Scene, Thing
from ..robots.robot import RobotInfo

WIDEST_GRASP = 0.075
"""Widest thing that fits between the fingers with room to come in, [m]."""
OPEN_KINDS = frozenset({"bowl", "mug", "tray", "drawer", "box"})
"""Kinds that hold something inside and have a wall to take them by."""
ROUND_KINDS = frozenset({"ball", "can", "bottle", "mug", "bowl", "plate"})
REACH = {"panda": (0.25, 0.86), "so101": (0.10, 0.38)}
"""Least and largest distance from the arm's base that a hand works at, [m]; the planner knows better."""


def bottom_of(thing: Thing) -> float:
    """Height of the thing's lowest point, [m]."""
    return float(thing.X_WO.translation()[2] - _half_along(thing, np.array([0.0, 0.0, 1.0])))


def top_of(thing: Thing) -> float:
    """Height of the thing's highest point, [m]."""
    return float(thing.X_WO.translation()[2] + _half_along(thing, np.array([0.0, 0.0, 1.0])))


def _half_along(thing: Thing, direction_W: Float64) -> float:
    """Half the extent of the thing's box along a unit direction, [m]."""
    if thing.kind in ROUND_KINDS and abs(direction_W[2]) < 1e-9 and standing(thing):
        return float(thing.size[:2].mean() / 2.0)
    return float(np.abs(thing.X_WO.rotation().matrix().T @ direction_W) @ thing.size / 2.0)


def standing(thing: Thing) -> bool:
    """Whether the thing's own up is the world's up."""
    return bool(thing.X_WO.rotation().matrix()[2, 2] > 0.9)


def half_width(thing: Thing, direction_W: Float64) -> float:
    """Half the extent of a thing along a horizontal unit direction in the world, shape (3,), [m]."""
    return _half_along(thing, direction_W)


def gap(a: Thing, b: Thing) -> float:
    """Horizontal distance between the surfaces of two things along the line of their centres, [m]."""
    between = (b.center - a.center) * [1.0, 1.0, 0.0]
    distance = float(np.linalg.norm(between))
    if distance < 1e-6:
        return -min(half_width(a, np.array([1.0, 0.0, 0.0])), half_width(b, np.array([1.0, 0.0, 0.0])))
    direction = between / distance
    return distance - half_width(a, direction) - half_width(b, direction)


def within_footprint(p_WQ: Float64, thing: Thing, margin: float = 0.0) -> bool:
    """Whether a point lies over a thing's outline, with a margin around it, [m]."""
    p_OQ = thing.X_WO.inverse() @ np.asarray(p_WQ)
    if thing.kind in ROUND_KINDS and standing(thing):
        return bool(np.hypot(p_OQ[0], p_OQ[1]) <= thing.size[:2].mean() / 2.0 + margin)
    return bool((np.abs(p_OQ[:2]) <= thing.size[:2] / 2.0 + margin).all())


def reach_trouble(thing: Thing, robot: RobotInfo) -> str:
    """Say why no arm reaches a thing; nothing where one may."""
    return point_trouble(thing.center, robot, thing.name)


def point_trouble(p_WQ: Float64, robot: RobotInfo, name: str) -> str:
    """Say why no arm reaches a point, shape (3,), [m]; nothing where one may."""
    troubles = []
    for arm in robot.arms:
        near, far = REACH.get(arm.model, (0.0, np.inf))
        distance = float(np.linalg.norm((np.asarray(p_WQ) - arm.X_WR.translation())[:2]))
        if near <= distance <= far:
            return ""
        side = (
            f"beyond the reach of {far:.2f} m" if distance > far else f"too near; it works from {near:.2f} m"
        )
        troubles.append(f"{name} is {distance:.2f} m from the base of {arm.name}, {side}")
    return "; ".join(troubles)


def grasp_trouble(thing: Thing, scene: Scene) -> str:
    """Say why the fingers cannot take a thing; nothing where they may."""
    if thing.kind == TABLE:
        return f"{thing.name} is a table: it stays where it is"
    load = [other.name for other in scene.things if other.name != thing.name and other.on == thing.name]
    if load:
        return f"{' and '.join(load)} stands on {thing.name}; take that off first"
    if thing.kind in OPEN_KINDS or thing.kind == "plate" or thing.cavity_radius is not None:
        return ""
    if "handle" in thing.parts:
        return ""
    narrowest = float(thing.size[:2].min() if standing(thing) else thing.size.min())
    if narrowest > WIDEST_GRASP:
        return (
            f"{thing.name} is {100 * narrowest:.1f} cm wide where it is narrowest; "
            f"the fingers take up to {100 * WIDEST_GRASP:.1f} cm"
        )
    return ""


def footprint_area(thing: Thing) -> float:
    """Area that a thing covers, [m²]."""
    area = float(thing.size[0] * thing.size[1])
    return area * np.pi / 4.0 if thing.kind in ROUND_KINDS and standing(thing) else area


def smallest_radius(thing: Thing) -> float:
    """Radius of the narrowest round opening that a thing fits through as it stands, [m]."""
    if thing.kind in ROUND_KINDS and standing(thing):
        return float(thing.size[:2].mean() / 2.0)
    return float(np.hypot(thing.size[0], thing.size[1]) / 2.0)
