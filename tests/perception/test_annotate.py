import numpy as np
from handsel.perception.annotate import annotate
from handsel.perception.geometric import GeometricPerceiver
from household import thing
from render import FRONT, camera_model, render


def test_small_pictures_grow_and_things_are_drawn():
    truth = thing("block", "red", 0.5, 0.0, np.random.default_rng(0))
    frame = render([truth.solid], FRONT)
    scene = GeometricPerceiver().perceive((frame,), robot_spheres_W=np.zeros((0, 4)))
    picture = annotate(scene, frame)
    assert picture.size == (960, 720)
    plain = np.asarray(picture.resize((320, 240)), float)
    changed = np.abs(plain - frame.rgb).max(axis=2) > 60
    rows, columns = np.nonzero(changed)
    u, v = frame.model.project(frame.X_WC.inverse() @ truth.middle)
    assert abs(np.median(columns) - u) < 30
    assert abs(np.median(rows) - v) < 40


def test_things_out_of_the_picture_do_no_harm():
    truth = thing("block", "red", 0.5, 0.0, np.random.default_rng(0))
    frame = render([truth.solid], FRONT)
    scene = GeometricPerceiver().perceive((frame,), robot_spheres_W=np.zeros((0, 4)))
    behind = render([], FRONT @ FRONT.inverse() @ FRONT, model=camera_model(64, 48))
    assert annotate(scene, behind).width >= 960


def test_every_number_in_view_is_written_where_its_keypoint_lies():
    from dataclasses import replace

    from handsel.perception.scene import Keypoint

    truth = thing("block", "red", 0.5, 0.0, np.random.default_rng(0))
    frame = render([truth.solid], FRONT)
    scene = GeometricPerceiver().perceive((frame,), robot_spheres_W=np.zeros((0, 4)))
    name = scene.things[0].name
    bare = replace(scene, keypoints=())
    for number, p_W in ((7, truth.middle), (31, truth.middle + np.array([0.0, 0.08, 0.0]))):
        point = Keypoint(number=number, thing=name, part="center", p_W=p_W)
        marked = np.asarray(annotate(replace(scene, keypoints=(point,)), frame), int)
        rows, columns = np.nonzero(np.abs(marked - np.asarray(annotate(bare, frame), int)).max(axis=2) > 40)
        u, v = 3 * frame.model.project(frame.X_WC.inverse() @ p_W) + 1
        assert len(rows) and np.hypot(columns - u, rows - v).min() < 5
        assert np.hypot(columns - u, rows - v).max() < 60
