"""More tables than one, at any height, and what furniture offers; a cloth is no thing."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.perception.geometric import GeometricPerceiver
from handsel.robots.shapes import Box
from household import thing
from pydrake.math import RigidTransform
from render import FRONT, WRIST, Solid, noisy, render


def _look(solids, raised=0.0, sigma=0.001):
    rng = np.random.default_rng(0)
    frames = []
    for X_WC, name in ((FRONT, "front"), (WRIST, "wrist")):
        frame = noisy(render(solids, X_WC, name), rng, sigma)
        frames.append(replace(frame, X_WC=RigidTransform([0.0, 0.0, raised]) @ frame.X_WC))
    return GeometricPerceiver().perceive(tuple(frames), robot_spheres_W=np.zeros((0, 4)))


def _slab(x, y, size, top, rgb):
    half = np.array([size[0] / 2.0, size[1] / 2.0, top / 2.0])
    return Solid((Box(X_WS=RigidTransform([x, y, top / 2.0]), half=half),), rgb)


def test_a_step_is_a_second_table_that_carries_things():
    rng = np.random.default_rng(3)
    step = _slab(0.55, 0.40, (0.6, 0.4), 0.06, (0.45, 0.5, 0.55))
    low, high = thing("box", "red", 0.5, -0.1, rng), thing("can", "green", 0.5, 0.32, rng, base=0.06)
    scene = _look([step, low.solid, high.solid])
    assert [(plane.name, plane.owner) for plane in scene.planes] == [("table", None), ("table_2", None)]
    assert scene.planes[1].height == pytest.approx(0.06, abs=0.002)
    assert scene.planes[1].covers(np.array([[0.5, 0.32], [0.5, -0.1]])).tolist() == [True, False]
    assert scene.thing("green_can").on == "table_2" and scene.thing("red_box").on == "table"
    assert np.linalg.norm(scene.thing("green_can").center - high.middle) < 0.008
    assert scene.thing("table_2").size[2] == pytest.approx(0.06, abs=0.003)


@pytest.mark.parametrize("raised", [-0.15, 0.12])
def test_a_table_at_another_height(raised):
    truth = thing("box", "blue", 0.5, 0.05, np.random.default_rng(3))
    scene = _look([truth.solid], raised)
    assert scene.table.height == pytest.approx(raised, abs=0.001)
    assert scene.thing("blue_box").center == pytest.approx(
        [*truth.middle[:2], truth.middle[2] + raised], abs=0.006
    )


def test_a_trays_floor_is_a_surface_of_the_tray():
    truth = thing("tray", "purple", 0.5, 0.0, np.random.default_rng(3))
    scene = _look([truth.solid])
    floor = next(plane for plane in scene.planes if plane.owner == "purple_tray")
    assert floor.name == "purple_tray_floor"
    assert floor.height == pytest.approx(0.006, abs=0.002)


def test_a_cloth_is_told_and_is_no_thing():
    cloth = _slab(0.5, 0.1, (0.3, 0.3), 0.004, (0.9, 0.2, 0.2))
    block = thing("block", "blue", 0.5, 0.1, np.random.default_rng(3), base=0.004)
    scene = _look([cloth, block.solid])
    assert [one.name for one in scene.things] == ["blue_block"]
    assert any("more than one colour" in text for text in scene.warnings)


def test_a_thing_seen_from_above_alone_is_not_trusted():
    can = thing("can", "red", 0.5, 0.0, np.random.default_rng(3))
    above = noisy(render([can.solid], WRIST, "wrist"), np.random.default_rng(0), 0.001)
    scene = GeometricPerceiver().perceive((above,), robot_spheres_W=np.zeros((0, 4)))
    assert scene.things and not any(one.trusted for one in scene.things)
    assert _look([can.solid]).thing("red_can").trusted
