"""Two levels: what stands on a step is grasped there, and things are set down on it."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.perception.scene import SupportPlane
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from pydrake.math import RigidTransform

from .tabletop import block, scene, wall
from .test_plan import onto, put, run

HIGH = 0.06


def two_levels(*things):
    """A step of 0.5 m x 0.3 m on the left of the robot."""
    step = replace(wall("table_2", 0.55, 0.30, (0.5, 0.3, HIGH)), kind="table")
    plane = SupportPlane(name="table_2", X_WP=RigidTransform([0.55, 0.30, HIGH]), size=np.array([0.5, 0.3]))
    return replace(scene(*things, step), planes=(plane,))


@pytest.fixture(scope="module")
def kinematics() -> Kinematics:
    return Kinematics(load_model("panda"))


def test_a_block_goes_up_the_step(kinematics: Kinematics) -> None:
    table = two_levels(block("red_block", 0.45, -0.1))
    grasp, place = run(
        put("red_block", *onto("red_block", "height(table_2.top)", "xy(vec(0.5, 0.28, 0))")),
        table,
        kinematics,
    )
    assert grasp.held_after is not None and place.held_after is None
    X_WO = kinematics.tool_pose(place.motion.q[-1]) @ grasp.held_after.X_GO
    assert X_WO.translation() == pytest.approx([0.5, 0.28, HIGH + 0.024], abs=0.008)


def test_a_block_comes_down_the_step(kinematics: Kinematics) -> None:
    up = replace(block("red_block", 0.5, 0.28, z=HIGH), on="table_2")
    table = two_levels(up)
    grasp, place = run(
        put("red_block", *onto("red_block", "height(table)", "xy(vec(0.45, -0.1, 0))")), table, kinematics
    )
    assert grasp.held_after is not None
    X_WO = kinematics.tool_pose(place.motion.q[-1]) @ grasp.held_after.X_GO
    assert X_WO.translation() == pytest.approx([0.45, -0.1, 0.024], abs=0.008)
    # The fingertips stay over the step while they close.
    assert kinematics.tool_pose(grasp.motion.q[-1]).translation()[2] > HIGH
