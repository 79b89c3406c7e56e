"""The watch through the camera: a thing that is gone, one that is hidden, one that is there."""

import numpy as np
import pytest
from handsel.agent.watch import Watch, gone
from handsel.core.camera import CameraFrame, CameraModel
from handsel.perception.scene import Scene, Thing
from handsel.robots.fake import FakeRobot
from handsel.robots.robot import Observation
from pydrake.math import RigidTransform, RotationMatrix

from .scenes import make_scene, make_thing

MODEL = CameraModel(width=160, height=120, fx=130.0, fy=130.0, cx=79.5, cy=59.5)
# Looks straight down from 80 cm above the block.
X_WC = RigidTransform(RotationMatrix(np.diag([1.0, -1.0, -1.0])), [0.5, 0.0, 0.8])


def block() -> Thing:
    from dataclasses import replace

    thing = make_thing("red_block", 0.5, 0.0)
    side = np.linspace(-0.018, 0.018, 8)
    x, y = np.meshgrid(side, side)
    cloud = np.stack([0.5 + x.ravel(), y.ravel(), np.full(x.size, 0.04)], axis=1)
    return replace(thing, cloud=cloud)


def frame(depth: float) -> CameraFrame:
    return CameraFrame(
        camera="front",
        time=0.0,
        rgb=np.zeros((120, 160, 3), np.uint8),
        depth=np.full((120, 160), depth, np.float32),
        model=MODEL,
        X_WC=X_WC,
    )


@pytest.mark.parametrize(
    ("depth", "missing"),
    [
        (0.76, False),  # its top, where it was
        (0.80, True),  # the table beneath it
        (0.50, False),  # a hand in front of it
        (float("nan"), False),  # nothing measured
    ],
)
def test_gone(depth: float, missing: bool) -> None:
    assert gone(block(), (frame(depth),)) is missing


def test_out_of_view_is_not_gone() -> None:
    from dataclasses import replace

    aside = replace(block(), cloud=block().cloud + np.array([1.0, 0.0, 0.0]))
    behind = replace(block(), cloud=block().cloud + np.array([0.0, 0.0, 2.0]))
    assert not gone(aside, (frame(0.8),)) and not gone(behind, (frame(0.8),))


def check(watch: Watch, scene: Scene, *depths: float) -> object:
    seen = FakeRobot().observe()
    looked = Observation(time=0.0, arms=seen.arms, frames=tuple(map(frame, depths)), motions={})
    return watch.check(looked, None, ("red_block",), scene)


def test_it_takes_two_pictures_in_a_row() -> None:
    watch, scene = Watch("arm"), make_scene(block())
    assert check(watch, scene, 0.8) is None
    assert check(watch, scene, 0.76) is None
    assert check(watch, scene, 0.8) is None
    assert check(watch, scene) is None
    found = check(watch, scene, 0.8)
    assert found is not None and found.cause == "thing_lost" and "red_block" in found.reason  # type: ignore[attr-defined]
