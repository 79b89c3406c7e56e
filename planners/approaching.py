"""Where a hand comes from, as a relation: the tool's axis along a direction in the world.

Relations speak of points, so the axis is one: from a point behind the tool
point to the tool point.
"""

import math
from dataclasses import replace

import numpy as np

from ..core.arrays import Float64
from . import expressions as ex
from .expressions import PointRef
from .program import Grasp, Relation, Stage

BACK_G = np.array([0.0, 0.0, -1.0])
"""The point behind the tool point, p_G, [m]: the axis has unit length."""
BACK = ".back"
"""What the name of the point behind a tool point ends in."""
ANGLES = (0.0, 0.25, math.acos(0.8))
"""How far from the wanted direction a grasp may come, [rad]: along it, else as near it as one of these. The
last is as far as the live planner's grasps may come from it (``grasps``)."""
TOLERANCE = 0.02
"""Tolerance of the angle, [rad]: that of angles in programs."""


def place_in_hand(ref: PointRef) -> Float64:
    """Give where a point of the hand itself is, p_G, shape (3,), [m]: the tool point or the one behind it."""
    return BACK_G if ref.part.endswith(BACK) else np.zeros(3)


def coming(stage: Stage, within: float) -> Stage:
    """Give a stage's grasps the directions that they ask for as goals.

    Args:
        stage: What is asked.
        within: Largest angle from the wanted direction, [rad]; 0 for along it.
    """
    wanted = tuple(_along(act, within, stage.line) for act in stage.grasps if act.approach is not None)
    return replace(stage, goals=(*stage.goals, *wanted)) if wanted else stage


def asks_direction(stage: Stage) -> bool:
    """Tell whether a grasp of a stage says where the hand comes from."""
    return any(act.approach is not None for act in stage.grasps)


def _along(act: Grasp, within: float, line: int) -> Relation:
    assert act.approach is not None, "only a wanted direction is one"
    tool = ex.Point(PointRef(thing=None, part=act.hand))
    back = ex.Point(PointRef(thing=None, part=act.hand + BACK))
    direction = tuple((act.approach / np.linalg.norm(act.approach)).tolist())
    said = ", ".join(f"{value:.3g}" for value in direction)
    return Relation(
        left=ex.angle(tool - back, ex.constant(direction, "ratio")),
        op="==" if within == 0.0 else "<=",
        right=ex.constant(within, "rad"),
        tolerance=TOLERANCE,
        line=line,
        text=f"grasp({act.thing}, approach=vec({said}))",
    )
