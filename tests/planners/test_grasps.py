"""Grasp candidates: antipodal, free of the table and of neighbours."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.perception.scene import Scene, Thing
from handsel.planners.following import has_to_turn
from handsel.planners.grasping.antipodal import normals, on_cloud
from handsel.planners.grasping.columns import columns
from handsel.planners.grasping.contacts import contacts_of
from handsel.planners.grasping.hand import hand_points, middle, sides
from handsel.planners.grasps import bears, dips, grasps_of
from handsel.planners.plan import StagePlan, plan_stage
from handsel.planners.program import Grasp
from handsel.planners.read import Vocabulary, read
from handsel.planners.settings import Settings
from handsel.planners.situation import Situation, places
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import GripperModel, load_model
from handsel.robots.shapes import Box, Cylinder, Shape, Sphere, distance
from pydrake.math import RigidTransform

from .tabletop import ball, block, bowl, bureau, can, lying, mug, pose, scene, wall

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


# Contacts and loads.


@pytest.mark.parametrize(("width", "x"), [(0.04, 0.0), (0.02, 0.006)])
def test_pads_press_flat_faces_at_their_corners(width: float, x: float, gripper: GripperModel) -> None:
    """A pad that hangs over an edge presses only with what is on the face."""
    box = Box(X_WS=RigidTransform(), half=np.array([0.01, width / 2.0, 0.05]))
    R, p = np.eye(3), np.array([x, 0.0, 0.0])
    contacts = contacts_of([box], R, p, width, width + 0.02, gripper)
    assert contacts is not None
    np.testing.assert_allclose(np.abs(contacts.p_W[:, 1]), width / 2.0, atol=3e-4)
    np.testing.assert_allclose(contacts.inward_W[:, 1], -np.sign(contacts.p_W[:, 1]), atol=1e-6)
    assert contacts.p_W[:, 0].max() <= 0.01
    assert contacts.p_W[:, 0].min() == pytest.approx(x - 0.9 * gripper.pad_half[0])


def test_a_pad_meets_a_ball_in_a_spot_and_a_miss_is_told(gripper: GripperModel) -> None:
    ball_at_origin = Sphere(X_WS=RigidTransform(), radius=0.025)
    contacts = contacts_of([ball_at_origin], np.eye(3), np.zeros(3), 0.05, 0.07, gripper)
    assert contacts is not None
    np.testing.assert_allclose(np.abs(contacts.p_W[:, 1]), 0.025, atol=3e-4)
    assert contacts_of([ball_at_origin], np.eye(3), np.array([0.1, 0, 0]), 0.05, 0.07, gripper) is None


def test_a_long_thing_is_held_better_at_its_middle(gripper: GripperModel) -> None:
    thing = wall("t", 0.5, 0.0, (0.16, 0.03, 0.03))
    found = grasps_of(thing, ask("t"), scene(thing), gripper, SETTINGS).free
    up = np.array([0.0, 0.0, 1.0])
    across = [
        one for one in found if abs(one.X_WG.rotation().matrix()[1, 1]) > 0.99 and one.approach[2] < -0.99
    ]
    by_lever = sorted(across, key=lambda one: abs(one.X_WG.translation()[0] - 0.5))
    near, far = (bears(one, thing, gripper, SETTINGS, up) for one in (by_lever[0], by_lever[-1]))
    assert near > 1.5 * far > 0.0


# From what was seen.


def outward(shape: Shape, points: np.ndarray) -> np.ndarray:
    """The slope of the distance, by differences."""
    step = 1e-5 * np.eye(3)
    return np.stack([distance(shape, points + e) - distance(shape, points - e) for e in step], -1) / 2e-5


def seen(shape: Shape, count: int, rng: np.random.Generator, eye: np.ndarray) -> np.ndarray:
    """Points on a solid's surface that an eye sees, with a millimetre of noise."""
    points = rng.uniform(-0.1, 0.1, size=(40 * count, 3)) + shape.X_WS.translation()
    for _ in range(3):
        points = points - distance(shape, points)[:, None] * outward(shape, points)
    facing = np.einsum("ni,ni->n", outward(shape, points), eye - points) > 0.0
    return points[facing][:count] + rng.normal(scale=0.0005, size=(count, 3))


@pytest.mark.parametrize(
    "shape",
    [
        Box(X_WS=pose(0.5, 0.0, 0.02, 0.3), half=np.array([0.06, 0.02, 0.02])),
        Cylinder(X_WS=pose(0.5, 0.0, 0.05), radius=0.025, half_length=0.05),
        Sphere(X_WS=pose(0.5, 0.0, 0.03), radius=0.03),
    ],
)
def test_pairs_of_a_cloud_are_antipodal_on_the_solid_it_came_from(shape: Shape) -> None:
    rng = np.random.default_rng(5)
    eyes = [np.array([0.5, -1.0, 0.8]), np.array([0.5, 1.0, 0.8])]
    cloud = np.concatenate([seen(shape, 600, rng, eye) for eye in eyes])
    n, _ = normals(cloud, cloud[::20], [shape])
    assert np.median(np.abs(distance(shape, cloud[::20] + 0.01 * n) - 0.01)) < 0.001
    pinches = list(on_cloud(cloud, [shape], widest=0.08, friction=0.5))
    assert len(pinches) > 20
    gaps, leans = [], []
    for pinch in pinches:
        for sign in (1.0, -1.0):
            end = pinch.p_W + sign * pinch.width / 2.0 * pinch.c_W
            gaps.append(abs(distance(shape, end)))
            leans.append((distance(shape, end + sign * 0.004 * pinch.c_W) - distance(shape, end)) / 0.004)
    assert np.quantile(gaps, 0.9) < 0.003
    assert np.quantile(leans, 0.1) > np.cos(np.arctan(0.5)) - 0.15


def test_an_odd_thing_is_taken_by_a_limb(gripper: GripperModel) -> None:
    """An L too wide for the fingers as a whole: its box offers nothing, its cloud does."""
    thing = lying("t", np.random.default_rng(2))
    assert thing.size[:2].min() > gripper.max_width
    assert not grasps_of(
        replace(thing, cloud=np.zeros((0, 3))), ask("t"), scene(thing), gripper, SETTINGS
    ).free
    thing = replace(thing, shapes=columns(thing))
    # The corner of the box that no limb fills is empty.
    assert distance_of(thing, thing.X_WO @ np.array([0.03, -0.03, 0.0])) > 0.01
    free = grasps_of(thing, ask("t"), scene(thing), gripper, SETTINGS).free
    assert len(free) >= 10
    held = [bears(one, thing, gripper, SETTINGS, np.array([0.0, 0.0, 1.0])) for one in free[:10]]
    assert max(held) > 1.0


def distance_of(thing: Thing, p_W: np.ndarray) -> float:
    return min(float(distance(shape, p_W)) for shape in thing.shapes)


# What follows.

LIFT = """def stage_1():
    grasp({0})

def stage_2():
    goal(height({0}.bottom) >= cm(9))
    hold({0})
"""
PULL = """def stage_1():
    grasp(drawer.handle)

def stage_2():
    goal(norm(drawer.handle - start(drawer.handle) + vec(cm(10), 0, 0)) <= mm(3))
    hold(drawer)
"""
POUR = """def stage_1():
    grasp(mug)

def stage_2():
    goal(tilt(mug.bottom, mug.top) == degrees(110))
    goal(norm(mug.opening - bowl.opening - vec(0, 0, cm(6))) <= cm(2))

def stage_3():
    goal(tilt(mug.bottom, mug.top) <= degrees(2))
    goal(norm(mug.bottom - origin(mug.bottom) - vec(0, 0, mm(3))) <= mm(3))
    release(mug)
"""


def plans(text: str, world: Scene, arm: Kinematics, stages: int | None = None) -> list[StagePlan]:
    program, rng = read(text, Vocabulary.of(world)), np.random.default_rng(0)
    q, held, found = arm.model.q_look, None, []
    origin = places(world, "arm", arm.tool_pose(q))
    for index in range(stages or len(program.stages)):
        start = places(world, "arm", arm.tool_pose(q), held)
        now = Situation(scene=world, q=q, hand="arm", width=0.05, held=held, start=start, origin=origin)
        found.append(plan_stage(program, index, now, arm, rng, SETTINGS))
        q, held = found[-1].motion.q[-1], found[-1].held_after
    return found


def test_a_mug_that_is_poured_is_taken_from_outside(gripper: GripperModel) -> None:
    """By its rim it would be nearest; a finger would be in what runs out."""
    arm = Kinematics(load_model("panda"))
    cup = mug("mug", 0.5, -0.2, yaw=2.0)
    world = scene(cup, bowl("bowl", 0.55, 0.1))
    lift = read(LIFT.format("mug"), Vocabulary.of(world))
    q = arm.model.q_look
    at = places(world, "arm", arm.tool_pose(q))
    begin = Situation(scene=world, q=q, hand="arm", width=0.05, held=None, start=at, origin=at)
    assert has_to_turn(read(POUR, Vocabulary.of(world)), 0, begin, "mug")
    assert not has_to_turn(lift, 0, begin, "mug")
    poured = plans(POUR, world, arm)
    taken = poured[0].grasp
    assert taken is not None
    assert not dips(taken, cup, gripper)
    assert taken.margin is not None
    assert taken.margin > SETTINGS.least_margin
    assert all(plan.subgoal.proves() for plan in poured)


def test_a_drawer_is_pulled_by_its_bar(gripper: GripperModel) -> None:
    """From above the cabinet is in the way of the palm, from the front the table."""
    arm = Kinematics(load_model("panda"))
    first, second = plans(PULL, scene(bureau("drawer", 0.62, 0.0)), arm)
    assert first.grasp is not None
    assert 0.3 < first.grasp.approach[0] < 0.95
    assert first.held_after is not None
    assert set(first.held_after.points) == {"handle"}
    assert second.subgoal.proves()


# A jaw.


def test_a_jaw_comes_with_its_standing_finger_at_the_thing() -> None:
    arm = Kinematics(load_model("so101"))
    jaw = arm.model.gripper
    assert jaw is not None
    low, high = sides(jaw, np.array([0.05]))
    assert low[0] == pytest.approx(-jaw.standing)
    assert high[0] - low[0] == pytest.approx(0.05)
    thing = block("red_block", 0.22, 0.08, side=0.025, yaw=0.4)
    (plan,) = plans(LIFT.format("red_block"), scene(thing), arm, stages=1)
    assert plan.grasp is not None
    assert plan.held_after is not None
    p_GO = plan.grasp.X_WG.inverse() @ thing.center
    assert p_GO[1] == pytest.approx(middle(jaw, np.array([0.025]))[0], abs=1e-6)
    # Once closed, the thing lies against the standing finger.
    assert plan.held_after.X_GO.translation()[1] == pytest.approx(0.0125 - jaw.standing, abs=1e-6)
