"""What a camera gives: a picture, depth, intrinsics and a pose; nothing else."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydrake.math import RigidTransform

from .arrays import Float64


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraModel:
    """A pinhole camera without distortion.

    Attributes:
        width: Image width, [px].
        height: Image height, [px].
        fx: Focal length along x, [px].
        fy: Focal length along y, [px].
        cx: Principal point x; pixel centres lie at whole numbers, [px].
        cy: Principal point y, [px].
    """

    width: int
    height: int
    fx: float
    fy: float
    cx: float
    cy: float

    def rays(self) -> Float64:
        """Give the direction through each pixel.

        Returns:
            p_C of the points at depth 1 m, shape (height, width, 3).
        """
        u, v = np.meshgrid(np.arange(self.width), np.arange(self.height))
        x, y = (u - self.cx) / self.fx, (v - self.cy) / self.fy
        return np.stack([x, y, np.ones_like(x)], axis=-1, dtype=np.float64)

    def project(self, p_CQ: Float64) -> Float64:
        """Project points to pixels.

        Args:
            p_CQ: Points in the camera frame (x right, y down, z forward), shape (..., 3), [m].

        Returns:
            Pixel coordinates (u, v), shape (..., 2); NaN behind the camera.
        """
        z = np.where(p_CQ[..., 2] > 1e-6, p_CQ[..., 2], np.nan)
        return np.stack([self.fx * p_CQ[..., 0] / z + self.cx, self.fy * p_CQ[..., 1] / z + self.cy], axis=-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFrame:
    """One RGB-D picture with where it was taken.

    Attributes:
        camera: The camera's name.
        time: Robot time of the exposure, [s].
        rgb: Colours, uint8, shape (height, width, 3).
        depth: Distance along the optical axis, float32, shape (height, width), [m]; NaN where unknown.
        model: The intrinsics.
        X_WC: Pose of the camera (x right, y down, z forward) in the world.
    """

    camera: str
    time: float
    rgb: NDArray[np.uint8]
    depth: NDArray[np.float32]
    model: CameraModel
    X_WC: RigidTransform

    def __post_init__(self) -> None:
        """Check the sizes against the intrinsics."""
        size = (self.model.height, self.model.width)
        for name, image, shape, kind in (
            ("rgb", self.rgb, (*size, 3), np.uint8),
            ("depth", self.depth, size, np.float32),
        ):
            if image.shape != shape or image.dtype != kind:
                raise ValueError(
                    f"{name} of camera {self.camera!r}: expected {np.dtype(kind)} {shape}, "
                    f"got {image.dtype} {image.shape}"
                )

    def points(self) -> Float64:
        """Give the world point behind each pixel.

        Returns:
            p_WQ, shape (height, width, 3), [m]; NaN where the depth is unknown.
        """
        p_CQ = self.model.rays() * self.depth[..., None].astype(np.float64)
        return p_CQ @ self.X_WC.rotation().matrix().T + self.X_WC.translation()
