"""A blue block in a blue bowl: found by what stands out of the floor, and not found in an empty bowl."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.agent.recall import found_again, remembering
from handsel.core.camera import CameraFrame, CameraModel
from handsel.perception.keypoints import number_keypoints
from handsel.perception.naming import name_things
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


def test_what_was_out_of_sight_comes_back_with_its_name_and_numbers() -> None:
    def seen(*things: object, memory: Scene | None = None) -> Scene:
        scene = make_scene(*things)  # type: ignore[arg-type]
        return replace(scene, keypoints=number_keypoints(scene.things, memory))

    left, right = make_thing("red_block_1", 0.5, -0.2), make_thing("red_block_2", 0.5, 0.2)
    first = seen(left, right)
    memory = remembering(first, None)
    second = seen(left, memory=memory)
    memory = remembering(second, memory)
    assert {thing.name for thing in memory.things} == {"red_block_1", "red_block_2"}
    stems, p_W = [("red", "block"), ("red", "block")], np.array([left.center, right.center + 0.02])
    assert name_things(stems, p_W, second) == ("red_block_1", "red_block_2")
    assert name_things(stems[1:], p_W[1:], memory) == ("red_block_2",)
    assert name_things(stems[1:], p_W[1:], second) != ("red_block_2",), "forgotten without a memory"
    third = seen(left, right, memory=memory)
    numbers = {(point.thing, point.part): point.number for point in first.keypoints}
    assert {(point.thing, point.part): point.number for point in third.keypoints} == numbers


def test_what_is_seen_now_is_not_remembered_twice() -> None:
    moved = make_thing("blue_block", 0.6, 0.0)
    memory = remembering(make_scene(BOWL, moved), make_scene(BOWL, INSIDE))
    assert sorted(thing.name for thing in memory.things) == ["blue_block", "blue_bowl"]
    assert next(thing for thing in memory.things if thing.name == "blue_block") is moved
