"""Grasps of two arms: they differ, they press on the middle, and a tray is taken at its two ends."""

import numpy as np
import pytest
from handsel.perception.scene import Scene, Thing
from handsel.planners.grasps import grasps_of
from handsel.planners.joint_arms.grasping import (
    LIKE_APPROACH,
    OUTWARD,
    TRIED,
    _preferred,
    _pressed,
    _spread,
    choices,
)
from handsel.planners.joint_arms.sequence import as_it_is
from handsel.planners.joint_arms.situation import placed
from handsel.planners.program import Grasp
from handsel.planners.settings import Settings
from handsel.robots.arm_group import ArmGroup
from pydrake.math import RigidTransform

from .tabletop import can, scene
from .two_arms import down, holding, program, resting, two_pandas

SETTINGS = Settings()


@pytest.fixture(scope="module")
def group() -> ArmGroup:
    return two_pandas()


def bottle(z: float) -> Thing:
    """A can as slim as a bottle, its bottom at a height."""
    return placed(can("red_can", 0.47, 0.03, 0.03, 0.19), RigidTransform([0.47, 0.03, z + 0.095]), "hand")


def tray_scene(x: float, y: float, yaw: float) -> Scene:
    from handsel.perception.bodies import tray

    from .tabletop import _thing

    body = tray(np.array([x, y]), yaw, 0.27, 0.20, (0.0, 0.03))
    return scene(_thing("red_tray", "tray", body.X_WO, tuple(body.size), body.shapes, dict(body.parts)))


def test_a_hand_takes_a_bottle_in_the_air_by_its_middle(group: ArmGroup) -> None:
    """Pads that closed 15 mm before a bottle's axis let it turn when the other hand let go."""
    table = scene(bottle(0.16))
    situation = holding(group, table, "red_can", {"left": down(0.47, 0.03, 0.34, yaw=0.4)}, 0.06)
    stage = program(
        table,
        "def stage_1():\n    grasp(red_can, hand=right)\n    hold(red_can)\n",
        {"left": "red_can"},
    ).stages[0]
    choice = next(choices(stage, situation, group, SETTINGS))
    X_WG = choice.grasps["right"].candidate.X_WG
    thing = situation.thing_now("red_can", group)
    # How far the axis lies from the pads' middle along the approach, and the grasp from the middle.
    assert abs((X_WG.inverse() @ thing.X_WO).translation()[2]) < 0.006
    assert abs(X_WG.translation()[2] - thing.center[2]) < 0.06
    assert choice.solution.proves()


def test_what_pads_close_before_the_middle_of_is_driven_out(group: ArmGroup) -> None:
    table = scene(can("red_can", 0.47, 0.0, 0.03, 0.19))
    gripper = group.arms["right"].model.gripper
    assert gripper is not None
    thing = table.thing("red_can")
    free = grasps_of(thing, Grasp(thing="red_can", part=None, hand="right"), table, gripper, SETTINGS).free
    outward = {}
    for one in free:
        d = float((one.X_WG.inverse() @ thing.X_WO).translation()[2])
        if abs(one.approach[2]) < 0.05:
            outward[round(d, 3)] = _pressed(one, thing, gripper)[0]
    # By the circle: the normal leans by asin((d - pad) / r) where the axis lies beyond the pads.
    for d, found in outward.items():
        beyond = max(d - 0.9 * float(gripper.pad_half[1]), 0.0)
        assert found == pytest.approx(beyond / 0.03, abs=0.12)
    assert max(outward.values()) > OUTWARD > min(outward.values())


def test_candidates_that_are_tried_differ(group: ArmGroup) -> None:
    table = scene(bottle(0.16))
    situation = holding(group, table, "red_can", {"left": down(0.47, 0.03, 0.34)}, 0.06)
    seen = as_it_is(situation, group)
    gripper = group.arms["right"].model.gripper
    assert gripper is not None
    grasp = Grasp(thing="red_can", part=None, hand="right")
    free = grasps_of(seen.thing("red_can"), grasp, seen, gripper, SETTINGS).free
    tried = _spread(_preferred(free, grasp, True))
    assert len(tried) == min(TRIED, len(free))
    kinds = {tuple(np.round(one.approach / LIKE_APPROACH).astype(int)) for one in tried}
    first = {tuple(np.round(one.approach / LIKE_APPROACH).astype(int)) for one in free[:TRIED]}
    assert len(kinds) > len(first) >= 1


@pytest.mark.parametrize("yaw", [1.3, 1.8])
def test_a_tray_is_taken_by_each_hand_at_its_own_end(group: ArmGroup, yaw: float) -> None:
    table = tray_scene(0.48, -0.02, yaw)
    text = "def stage_1():\n    grasp(red_tray, hand=left)\n    grasp(red_tray, hand=right)\n"
    text += "    hold(red_tray)\n"
    stage = program(table, text).stages[0]
    choice = next(choices(stage, resting(group, table), group, SETTINGS))
    y = {hand: one.candidate.X_WG.translation()[1] for hand, one in choice.grasps.items()}
    assert y["left"] > 0.05 and y["right"] < -0.05
    assert choice.solution.proves()
    X_LR: RigidTransform = choice.held["left"].X_GO @ choice.held["right"].X_GO.inverse()
    assert np.linalg.norm(X_LR.translation()) > 0.2
