"""Distortion: a picture of known functions of the ray, once through the lens and once without."""

from pathlib import Path

import numpy as np
import pytest
from frame_arrays import plain_arrays, saved
from handsel.core.camera import CameraFrame, CameraModel
from handsel.perception.frame_files import read_frames
from pydrake.math import RigidTransform


def through(model: CameraModel, k: tuple[float, ...]) -> CameraFrame:
    """Make what a lens shows: each distorted pixel looks along the ray that the lens maps there."""
    from scipy.optimize import root

    k1, k2, p1, p2, k3, k4, k5, k6 = (*k, *(0.0,) * (8 - len(k)))

    def lens(xy: np.ndarray) -> np.ndarray:
        x, y = xy
        r2 = x * x + y * y
        radial = (1 + k1 * r2 + k2 * r2**2 + k3 * r2**3) / (1 + k4 * r2 + k5 * r2**2 + k6 * r2**3)
        u = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
        v = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
        return np.array([u, v])

    rays = np.zeros((model.height, model.width, 2))
    for v in range(model.height):
        for u in range(model.width):
            want = np.array([(u - model.cx) / model.fx, (v - model.cy) / model.fy])
            rays[v, u] = root(lambda xy, want=want: lens(xy) - want, want).x
    return shown(model, rays)


def shown(model: CameraModel, rays: np.ndarray) -> CameraFrame:
    x, y = rays[..., 0], rays[..., 1]
    rgb = np.stack([128 + 100 * np.sin(4 * x), 128 + 100 * np.cos(4 * y), 100 + 90 * x], axis=-1)
    depth = (1.0 + 0.4 * x - 0.3 * y).astype(np.float32)
    return CameraFrame(
        camera="lens", time=0.0, rgb=rgb.astype(np.uint8), depth=depth, model=model, X_WC=RigidTransform()
    )


@pytest.mark.parametrize(
    "k", [(-0.28, 0.07, 0.001, -0.0015), (0.35, -0.1, 0.0, 0.0, 0.05), (0.4, 0.1, 0, 0, 0.02, 0.7, 0.1, 0.03)]
)
def test_distortion_is_taken_out(k: tuple[float, ...], tmp_path: Path) -> None:
    model = CameraModel(width=48, height=36, fx=44.0, fy=44.0, cx=23.4, cy=17.6)
    bent, straight = through(model, k), shown(model, CameraModel.rays(model)[..., :2])
    path = saved(
        tmp_path / "lens.npz",
        rgb=bent.rgb,
        depth=bent.depth,
        intrinsics=np.array([44.0, 44.0, 23.4, 17.6]),
        X_WC=np.eye(4),
        distortion=np.array(k),
    )
    (frame,) = read_frames([path])
    known = np.isfinite(frame.depth)
    assert known.mean() > 0.7
    assert np.abs(frame.rgb[known].astype(int) - straight.rgb[known]).max() <= 4
    assert np.abs(frame.depth - straight.depth)[known].max() < 0.5 * np.hypot(0.4, 0.3) / 44.0 * 2.0
    # Without the correction it would be far off, so the comparison means something.
    assert np.abs(bent.rgb.astype(int) - straight.rgb)[known].max() > 8
    assert (frame.rgb[~known] == 0).all()


def test_zero_distortion_changes_nothing(tmp_path: Path) -> None:
    arrays = plain_arrays(np.random.default_rng(6)) | {"distortion": np.zeros(5)}
    (frame,) = read_frames([saved(tmp_path / "zero.npz", **arrays)])
    np.testing.assert_array_equal(frame.rgb, arrays["rgb"])
