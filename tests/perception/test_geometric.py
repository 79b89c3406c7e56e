"""Whole scenes through the analytic camera: found once, named right, within 5 mm."""

import numpy as np
import pytest
from handsel.core.camera import CameraFrame
from handsel.core.errors import InputError
from handsel.perception.geometric import GeometricPerceiver
from handsel.perception.perceiver import PERCEIVERS
from handsel.perception.scene import Scene
from handsel.robots.shapes import distance
from household import Truth, random_table, thing
from pydrake.math import RigidTransform, RotationMatrix
from render import FRONT, WRIST, noisy, render

NO_ROBOT = np.zeros((0, 4))


def _frames(things: list[Truth], sigma: float = 0.0) -> tuple[CameraFrame, ...]:
    solids = [one.solid for one in things]
    frames = (render(solids, FRONT, "front"), render(solids, WRIST, "wrist"))
    rng = np.random.default_rng(11)
    return tuple(noisy(frame, rng, sigma) for frame in frames) if sigma else frames


def _see(things: list[Truth], sigma: float = 0.0, previous: Scene | None = None) -> Scene:
    return GeometricPerceiver().perceive(_frames(things, sigma), robot_spheres_W=NO_ROBOT, previous=previous)


def _check(scene: Scene, truths: list[Truth], within: float = 0.005) -> None:
    names = sorted(f"{t.color}_{t.kind}" for t in truths)
    assert sorted(one.name for one in scene.things) == names
    for truth in truths:
        error = scene.thing(f"{truth.color}_{truth.kind}").center - truth.middle
        assert np.linalg.norm(error) < within, f"{truth.color}_{truth.kind} is off by {error}"


@pytest.mark.parametrize("seed", range(5))
def test_random_tables(seed):
    rng = np.random.default_rng([3, seed])
    truths = random_table(rng, int(rng.integers(3, 9)))
    scene = _see(truths)
    _check(scene, truths, 0.006)
    assert all(one.on == "table" and one.inside is None for one in scene.things)
    right = [one.center @ scene.directions.right for one in scene.things]
    assert right == sorted(right)


def test_noisy_depth():
    truths = random_table(np.random.default_rng(21), 6)
    _check(_see(truths, sigma=0.002), truths, 0.008)


def test_one_camera_is_enough_for_a_block():
    truth = thing("block", "red", 0.45, 0.1, np.random.default_rng(0))
    scene = GeometricPerceiver().perceive(_frames([truth])[:1], robot_spheres_W=NO_ROBOT)
    _check(scene, [truth], 0.006)


def test_a_block_in_a_bowl_and_one_on_a_plate():
    rng = np.random.default_rng(2)
    bowl, plate = thing("bowl", "blue", 0.45, 0.15, rng), thing("plate", "white", 0.55, -0.15, rng)
    inside = thing("block", "red", 0.45, 0.15, rng, base=0.0045)
    upon = thing("block", "green", 0.56, -0.14, rng, base=0.5 * plate.top)
    scene = _see([bowl, plate, inside, upon])
    _check(scene, [bowl, plate, inside, upon])
    assert (scene.thing("red_block").inside, scene.thing("red_block").on) == ("blue_bowl", "blue_bowl")
    assert (scene.thing("green_block").inside, scene.thing("green_block").on) == (None, "white_plate")


def test_stacked_blocks_of_one_color_come_apart():
    rng = np.random.default_rng(4)
    low = thing("block", "yellow", 0.5, 0.05, rng)
    # The same seed gives the upper one the size and the yaw of the lower one.
    high = thing("block", "yellow", 0.5, 0.05, np.random.default_rng(4), base=low.top)
    scene = _see([low, high])
    assert [one.name for one in scene.things] == ["yellow_block_1", "yellow_block_2"]
    upper = max(scene.things, key=lambda one: one.center[2])
    assert np.linalg.norm(upper.center - high.middle) < 0.005
    assert upper.on in {one.name for one in scene.things}


def test_a_ball_on_a_plate_of_its_color_is_no_bowl():
    rng = np.random.default_rng(5)
    plate = thing("plate", "white", 0.42, 0.1, rng)
    ball = thing("ball", "white", 0.42, 0.1, rng, base=0.5 * plate.top)
    scene = _see([plate, ball], sigma=0.001)
    _check(scene, [plate, ball], 0.006)
    assert scene.thing("white_ball").on == "white_plate"


def test_what_hangs_in_the_air_is_in_the_hand():
    truth = thing("block", "orange", 0.5, 0.0, np.random.default_rng(6), base=0.15)
    scene = GeometricPerceiver().perceive(_frames([truth])[:1], robot_spheres_W=NO_ROBOT)
    assert scene.thing("orange_block").on == "hand"


def test_mug_has_its_parts():
    truth = thing("mug", "green", 0.5, 0.0, np.random.default_rng(8))
    mug = _see([truth]).thing("green_mug")
    assert {"rim", "opening", "handle"} <= mug.parts.keys()
    handle = mug.parts["handle"]
    assert min(distance(shape, handle[None])[0] for shape in truth.solid.shapes) < 0.006
    assert np.hypot(*(handle - truth.middle)[:2]) > 0.045
    assert np.linalg.norm(mug.parts["opening"] - [*truth.middle[:2], truth.top]) < 0.006
    assert mug.cavity_radius == pytest.approx(mug.size[0] / 2 - 0.0045)


def test_names_stay_with_things():
    rng = np.random.default_rng(9)
    left, right = thing("block", "red", 0.5, -0.2, rng), thing("block", "red", 0.5, 0.1, rng)
    before = _see([left, right])
    assert [one.name for one in before.things] == ["red_block_1", "red_block_2"]
    moved = thing("block", "red", 0.6, 0.25, np.random.default_rng(9))
    after = _see([moved, right], previous=before)
    assert after.thing("red_block_2").center == pytest.approx(right.middle, abs=0.006)


def test_keypoints_are_numbered_and_at_most_forty():
    truths = random_table(np.random.default_rng(33), 9)
    scene = _see(truths)
    assert [point.number for point in scene.keypoints] == list(range(1, len(scene.keypoints) + 1))
    assert len(scene.keypoints) <= 40
    for point in scene.keypoints:
        assert point.p_W == pytest.approx(scene.thing(point.thing).parts[point.part])


def test_field_agrees_with_the_solids():
    truths = [
        thing("can", "red", 0.45, 0.1, np.random.default_rng(1)),
        thing("box", "blue", 0.6, -0.1, np.random.default_rng(1)),
    ]
    field = _see(truths).field
    assert field is not None
    index = np.stack(np.meshgrid(*map(np.arange, field.distance.shape), indexing="ij"), axis=-1)
    nodes = field.origin + field.step * index
    exact = np.minimum.reduce(
        [nodes[..., 2], *(distance(shape, nodes) for one in truths for shape in one.solid.shapes)]
    )
    error = field.distance - exact
    assert np.abs(error[exact > 0.02]).max() < 1.2 * field.step
    assert (field.distance[exact < -0.01] <= 0.0).all()
    # Behind the box, as the front camera sees it, and far off the wrist camera: nobody looked there.
    assert 0.0 < field.unknown.mean() < 0.6


def test_an_empty_table_has_no_things():
    scene = _see([])
    assert scene.things == () and scene.keypoints == ()
    assert scene.table.height == pytest.approx(0.0, abs=0.001)


def test_no_frame_is_refused():
    with pytest.raises(InputError, match="no camera frame"):
        GeometricPerceiver().perceive((), robot_spheres_W=NO_ROBOT)


def test_same_frames_give_the_same_scene():
    frames = _frames(random_table(np.random.default_rng(12), 5), 0.001)
    one, two = (GeometricPerceiver().perceive(frames, robot_spheres_W=NO_ROBOT) for _ in range(2))
    assert [(a.name, *a.center) for a in one.things] == [(b.name, *b.center) for b in two.things]


def test_the_robot_is_not_a_thing():
    truth = thing("can", "gray", 0.5, 0.0, np.random.default_rng(1))
    spheres = np.array([[*truth.middle[:2], z, 0.05] for z in np.linspace(0.0, 0.12, 7)])
    scene = GeometricPerceiver().perceive(_frames([truth]), robot_spheres_W=spheres)
    assert scene.things == ()


def test_registry_knows_the_perceivers():
    assert {"geometric", "oracle"} <= set(PERCEIVERS.names())
    assert PERCEIVERS.load("geometric")().name == "geometric"


def test_frames_are_world_frames():
    # A camera turned upside down sees the same scene.
    truth = thing("box", "purple", 0.5, 0.05, np.random.default_rng(3))
    turned = FRONT @ RigidTransform(RotationMatrix(np.diag([-1.0, -1.0, 1.0])), np.zeros(3))
    frames = (render([truth.solid], turned, "side"), render([truth.solid], WRIST, "wrist"))
    scene = GeometricPerceiver().perceive(frames, robot_spheres_W=NO_ROBOT)
    _check(scene, [truth])
