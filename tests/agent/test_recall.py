"""A blue block in a blue bowl: found by what stands out of the floor, and not found in an empty bowl."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.agent.recall import found_again
from handsel.core.camera import CameraFrame, CameraModel
from handsel.perception.scene import Scene
from handsel.robots.shapes import Shape, distance
from pydrake.math import RigidTransform, RotationMatrix

from .scenes import make_scene, make_thing

MODEL = CameraModel(width=120, height=90, fx=140.0, fy=140.0, cx=59.5, cy=44.5)
X_WC = RigidTransform(RotationMatrix(np.diag([1.0, -1.0, -1.0])), [0.5, 0.1, 0.6])


def pictured(scene: Scene, *more: Shape) -> Scene:
    """Give the scene with a picture from above, made by marching rays to the shapes' surfaces."""
    shapes = [shape for thing in scene.things for shape in thing.shapes] + list(more)
    rays = MODEL.rays() @ X_WC.rotation().matrix().T
    depth = np.full((90, 120), 0.3)
    for _ in range(60):
        p_W = X_WC.translation() + depth[..., None] * rays
        gap = np.min([p_W[..., 2], *(distance(shape, p_W) for shape in shapes)], axis=0)
        depth += 0.7 * np.maximum(gap, 0.0)
    frame = CameraFrame(
        camera="wrist",
        time=0.0,
        rgb=np.zeros((90, 120, 3), np.uint8),
        depth=depth.astype(np.float32),
        model=MODEL,
        X_WC=X_WC,
    )
    return replace(scene, frames=(frame,))


BOWL = make_thing("blue_bowl", 0.5, 0.1)
LEFT = make_thing("blue_block", 0.51, 0.11, bottom=0.08)
INSIDE = make_thing("blue_block", 0.51, 0.11, bottom=0.005)


def test_what_stands_in_the_bowl_is_found() -> None:
    found = found_again(pictured(make_scene(BOWL), *INSIDE.shapes), LEFT)
    assert found is not None and found.name == "blue_block" and found.inside == "blue_bowl"
    assert found.center == pytest.approx(INSIDE.center, abs=0.008) and found.confidence < 1.0
    assert "seen only" in found.doubts[-1]


def test_an_empty_bowl_holds_nothing() -> None:
    assert found_again(pictured(make_scene(BOWL)), LEFT) is None


def test_another_thing_in_the_bowl_is_not_taken_for_it() -> None:
    ball = make_thing("red_block", 0.51, 0.11, bottom=0.005, on="blue_bowl", inside="blue_bowl")
    assert found_again(pictured(make_scene(BOWL, ball)), LEFT) is None


def test_what_was_let_go_elsewhere_is_not_looked_for() -> None:
    aside = make_thing("blue_block", 0.7, -0.2, bottom=0.08)
    assert found_again(pictured(make_scene(BOWL), *INSIDE.shapes), aside) is None
