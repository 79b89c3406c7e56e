"""Somebody's arm in the world: on its course, seen by the camera, felt by what it meets."""

import numpy as np
import pytest
from handsel.core.errors import InputError
from handsel.perception.strangers import Strangers
from handsel.sim.intruder import NAME, RADIUS
from handsel.sim.reach import Reach
from handsel.sim.scene_files import scene_from_data, scene_to_data
from handsel.sim.scenes import SceneSpec
from handsel.sim.world import World

REACH = Reach(begins=0.2, outside=(1.3, 0.0, 0.3), inside=(0.5, 0.0, 0.2), speed=0.5, stays=0.4)


def test_a_course_goes_in_stays_and_comes_back() -> None:
    far = float(np.linalg.norm([0.8, 0.0, 0.1]))
    takes = far / 0.5
    for time, share, rate in (
        (0.0, 0.0, 0.0), (0.2 + 0.25 * takes, 0.25, 0.5), (0.2 + takes + 0.2, 1.0, 0.0),
        (0.6 + 1.5 * takes, 0.5, -0.5), (9.0, 0.0, 0.0),
    ):  # fmt: skip
        p_W, v_W = REACH.tip(time)
        np.testing.assert_allclose(p_W, np.array(REACH.outside) + share * far * REACH.way, atol=1e-9)
        np.testing.assert_allclose(v_W, rate * REACH.way, atol=1e-9)


def test_what_is_no_course_is_refused() -> None:
    with pytest.raises(InputError, match="no reach"):
        Reach(begins=0.0, outside=(1.0, 0.0, 0.3), inside=(1.0, 0.0, 0.3))


def test_scene_files_keep_it() -> None:
    scene = SceneSpec(name="x", things=(), reach=REACH)
    assert scene_from_data(scene_to_data(scene)) == scene


def test_it_is_where_its_course_has_it_and_the_camera_sees_it_come() -> None:
    world = World(SceneSpec(name="x", things=(), reach=REACH), seed=1)
    body = world.plant.GetBodyByName(NAME)
    strangers = Strangers()
    robot = np.zeros((0, 4))

    def look() -> None:
        strangers.look([world.frame("front")], robot, (), 0.0)

    look()
    assert strangers.known is None
    world.advance(1.5)
    look()
    assert strangers.known is None, "one picture is not enough"
    world.advance(0.15)
    look()
    p_W, v_W = REACH.tip(world.time)
    found = world.plant.EvalBodyPoseInWorld(world._context, body).translation()
    np.testing.assert_allclose(found, p_W, atol=0.003)
    stranger = strangers.known
    assert stranger is not None
    np.testing.assert_allclose(stranger.v_W, v_W, atol=0.35)
    reach = np.linalg.norm(stranger.balls_W[:, :3] - p_W, axis=1) - stranger.balls_W[:, 3]
    assert reach.min() < RADIUS + 0.02, "its tip is among what is seen"
    world.advance(5.0)
    look()
    assert strangers.known is None, "it has left"
