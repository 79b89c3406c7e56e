"""Semantic keypoints: clusters of features on a measured surface."""

import numpy as np
import pytest
from handsel.core.camera import CameraFrame, CameraModel
from handsel.perception.cloud import Cloud
from handsel.perception.open_vocabulary.semantic import APART, candidates, named, sample
from handsel.perception.scene import Thing
from pydrake.math import RigidTransform, RotationMatrix


def test_sampling_is_bilinear_between_patch_centres():
    rows, columns = np.mgrid[0:6, 0:8]
    grid = np.stack([rows, columns], axis=-1).astype(np.float32)
    pixel = np.array([[5, 5], [20, 33], [54, 74]])
    found = sample(grid, pixel, (60, 80))
    assert found == pytest.approx((pixel + 0.5) / 10.0 - 0.5, abs=1e-6)
    # Beyond the outer centres the nearest patch counts.
    assert sample(grid, np.array([[0, 0], [59, 79]]), (60, 80)) == pytest.approx(np.array([[0, 0], [5, 7]]))


def _strip(length: float, noise: float = 0.0) -> tuple[Cloud, tuple[CameraFrame, ...]]:
    """Make a flat strip seen from straight above; pixel columns run along it."""
    row, column = (each.ravel() for each in np.mgrid[20:30, 10:70])
    z = np.random.default_rng(0).normal(0.0, noise, len(row)) if noise else np.zeros(len(row))
    p_W = np.stack([(column - 10) / 60 * length, (row - 20) * 0.002, z], axis=1)
    cloud = Cloud(
        p_W=p_W,
        rgb=np.full((len(row), 3), 0.5),
        pitch=np.full(len(row), 0.002),
        frame=np.zeros(len(row), np.int64),
        pixel=np.stack([row, column], axis=1),
    )
    model = CameraModel(width=80, height=60, fx=80.0, fy=80.0, cx=39.5, cy=29.5)
    frame = CameraFrame(
        camera="c", time=0.0, rgb=np.zeros((60, 80, 3), np.uint8), depth=np.ones((60, 80), np.float32),
        model=model, X_WC=RigidTransform(),
    )  # fmt: skip
    return cloud, (frame,)


def test_parts_of_different_features_get_points_of_their_own():
    cloud, frames = _strip(0.3)
    grid = np.zeros((60, 80, 5), np.float32)
    grid[:, 30:50, 0] = 10.0  # The middle third differs from both ends.
    points = candidates(cloud, frames, [grid])
    third = np.floor(points[:, 0] / 0.1).astype(int)
    assert set(third) == {0, 1, 2}
    gaps = np.linalg.norm(points[:, None] - points[None], axis=-1) + np.eye(len(points))
    assert gaps.min() > 0.9 * APART


def test_a_small_thing_gets_few_points_and_noise_is_averaged():
    cloud, frames = _strip(0.04, noise=0.002)
    points = candidates(cloud, frames, [np.zeros((6, 8, 4), np.float32)])
    assert 1 <= len(points) <= 2
    assert np.abs(points[:, 2]).max() < 0.001


def test_without_features_there_are_no_points():
    cloud, frames = _strip(0.1)
    assert candidates(cloud, frames, [None]).shape == (0, 3)


def _thing(points: dict[str, list[float]], X_WO: RigidTransform) -> Thing:
    p_W = np.array(X_WO.translation())
    parts = {"top": p_W, "center": p_W, "bottom": p_W} | {k: np.array(v) for k, v in points.items()}
    return Thing(
        name="a",
        kind="thing",
        color="red",
        X_WO=X_WO,
        size=np.full(3, 0.1),
        cloud=np.zeros((0, 3)),
        parts=parts,
        shapes=(),
    )


def test_points_keep_their_names_while_the_thing_moves():
    before = _thing(
        {"point_1": [0.05, 0, 0], "point_2": [0, 0.05, 0], "point_4": [0, 0, 0.05]}, RigidTransform()
    )
    moved = RigidTransform(RotationMatrix.MakeZRotation(1.0), [0.3, 0.1, 0.0])
    points = np.array([moved @ np.array(p) for p in ([0, 0.055, 0], [-0.05, 0, 0], [0.05, 0.004, 0])])
    found = named(points, {}, moved, before)
    assert list(found) == ["point_2", "point_3", "point_1"]
    assert np.array(list(found.values())) == pytest.approx(points)


def test_a_point_near_a_named_part_is_that_part():
    points = np.array([[0.0, 0.0, 0.1], [0.0, 0.0, 0.04]])
    found = named(points, {"top": np.array([0, 0, 0.095]), "center": points[1]}, RigidTransform(), None)
    assert list(found) == ["point_1"] and found["point_1"] == pytest.approx(points[1])
