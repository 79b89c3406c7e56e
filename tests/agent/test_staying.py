"""What is seen badly and is known to stand where it stood remains what it was."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.agent.staying import with_staying
from handsel.core.camera import CameraFrame
from handsel.perception.scene import Scene, Thing
from handsel.perception.tracked import State, TrackedThing
from handsel.robots.fake import MODEL
from pydrake.math import RigidTransform, RotationMatrix

from .scenes import make_scene, make_thing

NOBODY = np.zeros((0, 4))
ARM = np.array([[0.5, 0.0, 0.5, 0.04]])
"""A ball between the camera and the can."""


def sampled(thing: Thing) -> Thing:
    grid = np.stack(np.meshgrid(*[np.linspace(-0.5, 0.5, 5)] * 3), axis=-1).reshape(-1, 3)
    return replace(thing, cloud=thing.center + grid * thing.size)


def seen(*things: Thing) -> Scene:
    """From straight above."""
    frame = CameraFrame(
        camera="front",
        time=0.0,
        rgb=np.zeros((MODEL.height, MODEL.width, 3), np.uint8),
        depth=np.ones((MODEL.height, MODEL.width), np.float32),
        model=MODEL,
        X_WC=RigidTransform(RotationMatrix(np.diag([1.0, -1.0, -1.0])), [0.5, 0.0, 1.0]),
    )
    return replace(make_scene(*things), frames=(frame,))


CAN = sampled(make_thing("green_can", 0.5, 0.0))
PIECE = sampled(make_thing("green_box", 0.51, 0.0, size=(0.05, 0.02, 0.08)))
FAR = sampled(make_thing("red_block", 0.5, 0.3))


def tracked(thing: Thing, state: State = "seen", shift: float = 0.0) -> dict[str, TrackedThing]:
    return {thing.name: TrackedThing(X_WO=thing.X_WO, health=0.9, state=state, shift=shift)}


def names(scene: Scene) -> set[str]:
    return {thing.name for thing in scene.things}


@pytest.mark.parametrize("balls", [ARM, NOBODY])
def test_a_piece_of_a_can_is_the_can(balls: np.ndarray) -> None:
    scene = with_staying(seen(PIECE, FAR), seen(CAN, FAR), tracked(CAN) | tracked(FAR), balls)
    assert names(scene) == {"green_can", "red_block"}
    assert scene.thing("green_can").size[2] == pytest.approx(0.10)
    assert {point.thing for point in scene.keypoints} == {"green_can", "red_block"}


def test_what_the_arm_hides_a_part_of_keeps_its_size() -> None:
    narrow = replace(CAN, size=np.array([0.05, 0.02, 0.10]))
    hidden = with_staying(seen(narrow), seen(CAN), tracked(CAN), ARM)
    assert hidden.thing("green_can").size[1] == pytest.approx(0.06)
    plain = with_staying(seen(narrow), seen(CAN), tracked(CAN), NOBODY)
    assert plain.thing("green_can").size[1] == pytest.approx(0.02)


@pytest.mark.parametrize(("state", "shift"), [("lost", 0.0), ("seen", 0.05), ("held", 0.0)])
def test_what_has_gone_or_moved_is_what_is_seen(state: State, shift: float) -> None:
    scene = with_staying(seen(PIECE), seen(CAN), tracked(CAN, state, shift), ARM)
    assert names(scene) == {"green_box"}


def test_what_a_hand_holds_is_left_to_the_hand() -> None:
    scene = with_staying(seen(PIECE), seen(CAN), tracked(CAN), ARM, held=frozenset({"green_can"}))
    assert names(scene) == {"green_box"}


def test_something_new_of_another_colour_or_on_top_is_no_piece() -> None:
    other = sampled(make_thing("red_box", 0.51, 0.0, size=(0.05, 0.02, 0.08)))
    above = sampled(make_thing("green_block", 0.5, 0.0, bottom=0.10))
    scene = with_staying(seen(CAN, other, above), seen(CAN), tracked(CAN), NOBODY)
    assert names(scene) == {"green_can", "red_box", "green_block"}


def test_a_piece_does_not_pass_for_a_thing_that_is_gone() -> None:
    # A part of a bowl of the same colour was taken for the block that somebody had taken away.
    bowl, block = sampled(make_thing("green_bowl", 0.5, 0.0)), sampled(make_thing("green_block", 0.4, 0.3))
    ghost = sampled(make_thing("green_block", 0.54, 0.02, size=(0.05, 0.02, 0.04)))
    now = tracked(bowl) | tracked(block, "lost")
    assert names(with_staying(seen(ghost), seen(bowl, block), now, ARM)) == {"green_bowl"}
    # What was let go inside is where it is known to be.
    inside = sampled(make_thing("green_block", 0.51, 0.01))
    known = tracked(bowl) | tracked(inside)
    assert names(with_staying(seen(bowl, inside), seen(bowl, inside), known, ARM)) == {
        "green_bowl",
        "green_block",
    }
