"""Take a lens's distortion out of a frame, so that everything behind it is a pinhole camera."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..core.errors import InputError

COUNTS = (4, 5, 8)  # Numbers of coefficients that are understood.


def undistorted(frame: CameraFrame, distortion: ArrayLike) -> CameraFrame:
    """Give the picture that a camera without distortion would have taken.

    The intrinsics stay; colours are interpolated, depths are taken from the nearest
    pixel, because a mean across an edge is a place where nothing is. What the
    distorted picture does not show is black and of unknown depth.

    Args:
        frame: The frame as the lens made it.
        distortion: OpenCV's coefficients k1, k2, p1, p2[, k3[, k4, k5, k6]] (Brown-Conrady; the
            same order as in ROS's ``plumb_bob`` and ``rational_polynomial``). Empty or all 0: none.

    Raises:
        InputError: If there are other than 0, 4, 5 or 8 coefficients, or one is not finite.
    """
    k = np.asarray(distortion, np.float64).ravel()
    if not np.isfinite(k).all() or len(k) not in (0, *COUNTS):
        raise InputError(
            f"camera {frame.camera!r}: {len(k)} distortion coefficients; expected 4, 5 or 8 finite ones "
            "(k1, k2, p1, p2, k3, k4, k5, k6, as OpenCV orders them)"
        )
    if not k.any():
        return frame
    from scipy.ndimage import map_coordinates

    uv = _distorted(frame, k)
    at = np.stack([uv[..., 1], uv[..., 0]])
    with np.errstate(invalid="ignore"):
        shown = (uv > -0.5).all(-1) & (uv[..., 0] < frame.model.width - 0.5)
        shown &= uv[..., 1] < frame.model.height - 0.5
    at = np.where(shown, at, 0.0)
    colors = np.moveaxis(frame.rgb.astype(np.float64), -1, 0)
    rgb = np.stack([map_coordinates(color, at, order=1, mode="nearest") for color in colors], axis=-1)
    row, column = np.rint(at).astype(int)
    return replace(
        frame,
        rgb=np.where(shown[..., None], np.rint(rgb), 0.0).astype(np.uint8),
        depth=np.where(shown, frame.depth[row, column], np.float32(np.nan)),
    )


def _distorted(frame: CameraFrame, k: Float64) -> Float64:
    """Give where the lens puts each pixel of the pinhole picture, shape (height, width, 2), [px].

    The formula is OpenCV's ("Camera Calibration and 3D Reconstruction", detailed description).
    """
    k1, k2, p1, p2, k3, k4, k5, k6 = np.pad(k, (0, 8 - len(k)))
    x, y, _ = np.moveaxis(frame.model.rays(), -1, 0)
    r2 = x * x + y * y
    radial = (1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))) / (1.0 + r2 * (k4 + r2 * (k5 + r2 * k6)))
    u = x * radial + 2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x)
    v = y * radial + p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y
    model = frame.model
    return np.stack([model.fx * u + model.cx, model.fy * v + model.cy], axis=-1)
