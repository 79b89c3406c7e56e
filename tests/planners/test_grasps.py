"""Grasp candidates: antipodal, free of the table and of neighbours."""

import numpy as np
import pytest
from handsel.perception.scene import Thing
from handsel.planners.grasping.hand import hand_points
from handsel.planners.grasps import grasps_of
from handsel.planners.program import Grasp
from handsel.planners.settings import Settings
from handsel.robots.models import GripperModel, load_model
from handsel.robots.shapes import distance

from .tabletop import ball, block, bowl, can, scene, wall

SETTINGS = Settings()


@pytest.fixture(scope="module")
def gripper() -> GripperModel:
    model = load_model("panda").gripper
    assert model is not None
    return model


def ask(name: str, part: str | None = None, approach: np.ndarray | None = None) -> Grasp:
    return Grasp(thing=name, part=part, hand="arm", approach=approach)


@pytest.mark.parametrize(
    "thing", [block("t", 0.5, 0.1, yaw=0.3), can("t", 0.5, 0.0), ball("t", 0.5, 0.0), bowl("t", 0.5, 0.0)]
)
def test_fingers_meet_both_surfaces_and_spare_the_table(thing: Thing, gripper: GripperModel) -> None:
    found = grasps_of(thing, ask("t"), scene(thing), gripper, SETTINGS)
    assert len(found.free) >= 10
    for one in found.free[:40]:
        R, p = one.X_WG.rotation().matrix(), one.X_WG.translation()
        sides = p + np.outer([one.width / 2.0, -one.width / 2.0], R[:, 1])
        touch = np.min([distance(shape, sides) for shape in thing.shapes], axis=0)
        assert np.abs(touch).max() < 0.006  # a flat or leaning pinch may stand off a little
        lowest = (p + gripper.finger_reach * R[:, 2])[2] - gripper.finger[0] * abs(R[2, 0])
        assert lowest >= 0.005 - 1e-9
        assert one.width < one.opening <= gripper.max_width


def test_the_best_grasp_of_a_lone_block_is_from_above(gripper: GripperModel) -> None:
    thing = block("t", 0.5, 0.0, yaw=0.4)
    best = grasps_of(thing, ask("t"), scene(thing), gripper, SETTINGS).free[0]
    np.testing.assert_allclose(best.approach, [0, 0, -1], atol=1e-9)
    np.testing.assert_allclose(best.X_WG.translation(), thing.center, atol=1e-9)
    assert best.width == pytest.approx(0.04)


def test_a_neighbour_turns_the_hand(gripper: GripperModel) -> None:
    thing, near = block("t", 0.5, 0.0), block("near", 0.5, 0.047)
    best = grasps_of(thing, ask("t"), scene(thing, near), gripper, SETTINGS).free[0]
    assert abs(best.X_WG.rotation().matrix()[0, 1]) == pytest.approx(1.0, abs=1e-6)
    points = hand_points(gripper, np.array([best.opening]))[0]
    p_WQ = points @ best.X_WG.rotation().matrix().T + best.X_WG.translation()
    assert min(distance(shape, p_WQ).min() for shape in near.shapes) > 0.003


def test_walled_in_things_name_what_blocks(gripper: GripperModel) -> None:
    thing = block("t", 0.5, 0.0)
    walls = [wall(f"w{i}", 0.5 + 0.034 * c, 0.034 * s, (0.02, 0.02, 0.12)) for i, (c, s) in
             enumerate([(1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1)])]  # fmt: skip
    found = grasps_of(thing, ask("t"), scene(thing, *walls), gripper, SETTINGS)
    assert not found.free
    assert {one.nearest for one in found.blocked} & {one.name for one in walls}


def test_what_is_too_wide_offers_nothing(gripper: GripperModel) -> None:
    thing = block("t", 0.5, 0.0, side=0.09)
    found = grasps_of(thing, ask("t"), scene(thing), gripper, SETTINGS)
    assert not found.free
    assert not found.blocked


def test_an_approach_that_is_asked_for_is_kept(gripper: GripperModel) -> None:
    thing = can("t", 0.5, 0.0, height=0.16)
    side = grasps_of(thing, ask("t", approach=np.array([1.0, 0.0, 0.0])), scene(thing), gripper, SETTINGS)
    assert side.free
    assert all(one.approach[0] > 0.8 for one in side.free)


def test_a_bowl_is_taken_by_its_rim(gripper: GripperModel) -> None:
    thing = bowl("t", 0.5, 0.0)
    for one in grasps_of(thing, ask("t"), scene(thing), gripper, SETTINGS).free[:10]:
        out = one.X_WG.translation() - thing.center
        assert np.linalg.norm(out[:2]) > 0.05
        radial = out[:2] / np.linalg.norm(out[:2])
        assert abs(one.X_WG.rotation().matrix()[:2, 1] @ radial) > 0.7
