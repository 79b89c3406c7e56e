"""Degradations do what they are named after, and nothing else."""

import numpy as np
import pytest
from handsel.core.camera import CameraFrame
from handsel.core.errors import UnknownName
from handsel.sim.camera import camera_model
from handsel.sim.degradations import (
    DEGRADATIONS,
    FRAME_DEGRADATIONS,
    FULL_WELL,
    MISSING,
    degrade,
    with_cloth,
)
from handsel.sim.scene_files import scene_from_data, scene_to_data
from handsel.sim.scenes import named_scene
from handsel.sim.world import World
from pydrake.math import RigidTransform
from scipy.ndimage import label


def frames(code: int = 188) -> tuple[CameraFrame, ...]:
    return tuple(
        CameraFrame(
            camera=name,
            time=1.0,
            rgb=np.full((240, 320, 3), code, np.uint8),
            depth=np.full((240, 320), 0.8, np.float32),
            model=camera_model((320, 240), 0.8),
            X_WC=RigidTransform(),
        )
        for name in ("front", "wrist")
    )


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_depth_holes_are_thirty_percent_in_blotches_and_differ_between_cameras() -> None:
    holed = degrade("depth_holes", frames(), rng())
    lost = [np.isnan(frame.depth) for frame in holed]
    for frame, holes in zip(holed, lost, strict=True):
        assert holes.mean() == pytest.approx(MISSING, abs=0.005)
        blotches = np.zeros(holes.shape, np.int32)
        label(holes, output=blotches)
        count = int(blotches.max())
        sizes = np.bincount(blotches.ravel())[1:]
        assert 10 < count < 400 and np.median(sizes) > 20
        assert (frame.depth[~holes] == np.float32(0.8)).all() and frame.rgb is not None
    assert (lost[0] != lost[1]).any()


def test_one_camera_is_lost_and_the_other_is_whole() -> None:
    seen = [degrade("lost_camera", frames(), np.random.default_rng(seed)) for seed in range(12)]
    blind = [[not frame.rgb.any() and bool(np.isnan(frame.depth).all()) for frame in pair] for pair in seen]
    assert all(sum(pair) == 1 for pair in blind)
    assert {pair.index(True) for pair in blind} == {0, 1}


def test_half_the_light_is_half_of_linear_light_with_shot_noise() -> None:
    """Code 188 is half of full light (IEC 61966-2-1), so a quarter is left: code 137, noise as counted."""
    dim = degrade("half_light", frames(188), rng())[0].rgb.astype(float)
    linear = ((dim / 255.0 + 0.055) / 1.055) ** 2.4
    assert linear.mean() == pytest.approx(0.25, rel=0.01)
    assert linear.std() == pytest.approx(np.sqrt(0.25 / FULL_WELL), rel=0.1)
    assert np.abs(np.median(dim) - 137) <= 1
    np.testing.assert_array_equal(degrade("half_light", frames(), rng())[0].depth, frames()[0].depth)


@pytest.mark.parametrize("name", FRAME_DEGRADATIONS)
def test_frames_that_came_in_stay_as_they_are_and_a_seed_repeats(name: str) -> None:
    before = frames()
    first, again = degrade(name, before, rng()), degrade(name, before, rng())
    for frame, clean, a, b in zip(before, frames(), first, again, strict=True):
        np.testing.assert_array_equal(frame.rgb, clean.rgb)
        np.testing.assert_array_equal(frame.depth, clean.depth)
        np.testing.assert_array_equal(a.rgb, b.rgb)
        np.testing.assert_array_equal(a.depth, b.depth)
        assert (a.camera, a.time, a.model, a.X_WC) == (frame.camera, frame.time, frame.model, frame.X_WC)


def test_an_unknown_degradation_is_told() -> None:
    with pytest.raises(UnknownName, match="half_light"):
        degrade("half_ligth", frames(), rng())
    assert set(DEGRADATIONS) - set(FRAME_DEGRADATIONS) == {"white_cloth"}


def test_a_cloth_is_white_flat_on_the_table_and_no_thing() -> None:
    scene = with_cloth(named_scene("empty"), rng())
    cloth = scene.table.cloth
    assert cloth is not None and scene.things == ()
    assert scene_from_data(scene_to_data(scene)) == scene
    world, bare = World(scene), World(named_scene("empty"))
    with_sheet, without = world.frame("wrist"), bare.frame("wrist")
    covered = (with_sheet.rgb.astype(int) - without.rgb.astype(int)).sum(axis=2) > 20
    assert 0.1 < covered.mean() < 0.9
    points = with_sheet.points()[covered]
    assert np.abs(points[:, 2]).max() < 0.0015
    local = RigidTransform([cloth.x, cloth.y, 0.0]).inverse().multiply(points.T).T
    c, s = np.cos(cloth.yaw), np.sin(cloth.yaw)
    along, across = local[:, 0] * c + local[:, 1] * s, local[:, 1] * c - local[:, 0] * s
    assert np.abs(along).max() < cloth.length / 2 + 0.005 and np.abs(across).max() < cloth.width / 2 + 0.005
    assert world.truth() == {}
