"""What is wrong with a picture is said; what shows nothing is left out."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.core.errors import InputError
from handsel.perception.composing import LOWER, UPPER
from handsel.perception.geometric import GeometricPerceiver
from handsel.perception.quality import check, other_colors, usable
from household import thing
from pydrake.math import RigidTransform
from render import FRONT, WRIST, camera_model, noisy, render

NO_ROBOT = np.zeros((0, 4))


@pytest.fixture(scope="module")
def frames():
    solids = [thing("box", "red", 0.5, 0.05, np.random.default_rng(1)).solid]
    rng = np.random.default_rng(0)
    return tuple(
        noisy(render(solids, X, name), rng, 0.001) for X, name in ((FRONT, "front"), (WRIST, "wrist"))
    )


def _look(frames, previous=None):
    return GeometricPerceiver().perceive(frames, robot_spheres_W=NO_ROBOT, previous=previous)


def test_good_frames_are_used_without_a_word(frames):
    assert usable(frames, LOWER, UPPER, None) == (frames, ())


def test_no_frame_and_a_pose_that_is_not_a_number_are_refused(frames):
    with pytest.raises(InputError, match="no camera frame"):
        check(())
    lost = replace(frames[0], X_WC=RigidTransform([np.nan, 0.0, 0.0]))
    with pytest.raises(InputError, match="pose of camera 'front' is not a number"):
        _look((lost, frames[1]))
    lens = replace(frames[0], model=replace(frames[0].model, fx=float("nan")))
    with pytest.raises(InputError, match="intrinsics of camera 'front'"):
        check((lens,))


def _blind(frame, light=0):
    return replace(frame, rgb=np.full_like(frame.rgb, light), depth=np.full_like(frame.depth, np.nan))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_blind, "front camera: it gave no picture"),
        (lambda f: replace(f, depth=np.full_like(f.depth, np.nan)), "front camera: it gave no depth"),
        (lambda f: replace(f, depth=np.zeros_like(f.depth)), "front camera: it gave no depth"),
        (lambda f: replace(f, rgb=np.zeros_like(f.rgb)), "front camera: it gave a black picture"),
        (lambda f: replace(f, rgb=np.full_like(f.rgb, 255)), "front camera: it gave a blank picture"),
        (lambda f: replace(f, time=f.time - 3.0), "front camera: its picture is 3.0 s older"),
    ],
)
def test_a_camera_that_shows_nothing_is_left_out_and_named(frames, spoil, said):
    scene = _look((spoil(frames[0]), frames[1]))
    assert any(text.startswith(said) for text in scene.warnings)
    assert any("1 of 2 cameras" in text for text in scene.warnings)
    assert [frame.camera for frame in scene.frames] == ["front", "wrist"]


def test_no_camera_left_is_refused(frames):
    with pytest.raises(InputError, match="no camera can be used"):
        _look(tuple(_blind(frame) for frame in frames))


def test_a_frozen_picture_is_noticed(frames):
    before = _look(frames)
    fresh = noisy(render([], WRIST, "wrist"), np.random.default_rng(1), 0.001)
    again = replace(frames[0], time=1.0, rgb=frames[0].rgb.copy(), depth=frames[0].depth.copy())
    _, warnings = usable((again, replace(fresh, time=1.0)), LOWER, UPPER, before)
    assert warnings == ("front camera: its picture is frozen: the same as 1.0 s ago; it is left out",)


def test_a_frozen_picture_with_wild_depths_is_noticed(frames):
    # A driver's zeros are made unknown in the frames that a scene keeps, and were compared as they came.
    zeros = frames[0].depth.copy()
    zeros[:5] = 0.0
    front = replace(frames[0], depth=zeros)
    before = _look((front, frames[1]))
    again = replace(front, time=1.0, rgb=front.rgb.copy(), depth=zeros.copy())
    fresh = noisy(render([], WRIST, "wrist"), np.random.default_rng(1), 0.001)
    _, warnings = usable((again, replace(fresh, time=1.0)), LOWER, UPPER, before)
    assert warnings == ("front camera: its picture is frozen: the same as 1.0 s ago; it is left out",)


def test_a_mended_pose_is_no_movement():
    # Without noise the same picture comes twice in good faith, also from a camera told 8 mm wrongly.
    solids = [thing("box", "red", 0.5, 0.05, np.random.default_rng(1)).solid]
    clean = tuple(render(solids, X, name) for X, name in ((FRONT, "front"), (WRIST, "wrist")))
    before = _look(clean)
    mended = replace(
        before,
        frames=tuple(replace(f, X_WC=RigidTransform([0.008, 0.0, 0.0]) @ f.X_WC) for f in before.frames),
    )
    again = tuple(replace(f, time=1.0, rgb=f.rgb.copy(), depth=f.depth.copy()) for f in clean)
    assert usable(again, LOWER, UPPER, mended)[1] == ()


def test_missing_depth_and_dark_pictures_are_told_with_numbers(frames):
    rng = np.random.default_rng(2)
    holed = tuple(
        replace(f, depth=np.where(rng.random(f.depth.shape) < 0.3, np.nan, f.depth).astype(np.float32))
        for f in frames
    )
    _, warnings = usable(holed, LOWER, UPPER, None)
    assert len(warnings) == 2 and "depth is missing on 3" in warnings[0]
    dark = tuple(replace(f, rgb=(f.rgb * 0.6).astype(np.uint8)) for f in frames)
    assert any("pictures are dark" in text for text in usable(dark, LOWER, UPPER, None)[1])


def test_frames_of_different_sizes_and_wild_depths(frames):
    large = render(
        [thing("box", "red", 0.5, 0.05, np.random.default_rng(1)).solid],
        FRONT,
        "front",
        camera_model(640, 480),
    )
    depth = large.depth.copy()
    depth[::7, ::5], depth[::11, ::3], depth[::13, ::4] = 0.0, 60.0, np.inf
    scene = _look((replace(large, depth=depth), frames[1]))
    assert [one.name for one in scene.things] == ["red_box"]
    assert np.isfinite(scene.things[0].cloud).all()


def test_a_second_colour_of_the_table():
    rng = np.random.default_rng(0)
    table = np.tile([0.6, 0.54, 0.46], (1000, 1)) * rng.uniform(0.97, 1.03, (1000, 1))
    assert other_colors(table) == 0.0
    assert other_colors(np.vstack([table, np.full((250, 3), 0.93)])) == pytest.approx(0.2, abs=0.01)
