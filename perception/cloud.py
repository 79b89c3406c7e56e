"""Frames fused into one coloured cloud: valid, inside the workspace, without the robot's own body."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .colors import to_linear
from .kernels import outside
from .unprojection import trusted_points

FULL_WIDTH = 320  # Width of a picture of which every pixel is used, [px].


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """Points seen, each with the pixel that saw it.

    Attributes:
        p_W: Positions in the world, shape (N, 3), [m].
        rgb: Linear light, 0 to 1, shape (N, 3).
        pitch: Distance between the rays of neighbouring pixels used, at the point, shape (N,), [m].
        frame: Index of the frame, shape (N,).
        pixel: Row and column in the frame, shape (N, 2).
    """

    p_W: Float64
    rgb: Float64
    pitch: Float64
    frame: NDArray[np.int64]
    pixel: NDArray[np.int64]

    def __len__(self) -> int:
        """Number of points."""
        return len(self.p_W)

    def take(self, chosen: NDArray) -> "Cloud":
        """Give the chosen points (mask or indices)."""
        return Cloud(
            p_W=self.p_W[chosen],
            rgb=self.rgb[chosen],
            pitch=self.pitch[chosen],
            frame=self.frame[chosen],
            pixel=self.pixel[chosen],
        )


def stride(frame: CameraFrame) -> int:
    """Give which pixels are used: every one of a small picture, every second of one twice as wide.

    A few millimetres between points are enough, and the time does not grow with the picture.
    """
    return max(1, round(frame.model.width / FULL_WIDTH))


def points_at(frame: CameraFrame, row: NDArray[np.int64], column: NDArray[np.int64]) -> Float64:
    """Give the world points behind some pixels only: p_WQ, shape (N, 3), [m]; NaN where unknown."""
    model, z = frame.model, frame.depth[row, column].astype(np.float64)
    p_C = np.stack([(column - model.cx) / model.fx * z, (row - model.cy) / model.fy * z, z], axis=1)
    return p_C @ frame.X_WC.rotation().matrix().T + frame.X_WC.translation()


def fuse(frames: tuple[CameraFrame, ...], lower: Float64, upper: Float64) -> Cloud:
    """Collect every trustworthy point of all frames that lies in a region.

    Linking pools the points of one voxel and colour (``segments``), free space is a voxel grid (``space``);
    what is fitted are the points themselves: means over voxels of 2, 3 and 5 mm, weighted by the cameras'
    variances, gave errors of 3.6, 3.8 and 3.9 mm (p95) where the points gave 3.6, on 90 things.

    Args:
        frames: The frames.
        lower: Least corner of the region in the world, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].
    """
    pieces = []
    for index, frame in enumerate(frames):
        step, model = stride(frame), frame.model
        p_W, pixel = trusted_points(
            np.ascontiguousarray(frame.depth),
            np.array([model.fx, model.fy, model.cx, model.cy]),
            np.ascontiguousarray(frame.X_WC.rotation().matrix()),
            np.array(frame.X_WC.translation()),
            np.asarray(lower, np.float64),
            np.asarray(upper, np.float64),
            step,
        )
        row, column = pixel.T
        pieces.append(
            (
                p_W,
                to_linear(frame.rgb[row, column]),
                step * frame.depth[row, column] / min(model.fx, model.fy),
                np.full(len(row), index),
                pixel,
            )
        )
    p_W, rgb, pitch, source, pixel = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return Cloud(p_W=p_W, rgb=rgb, pitch=pitch.astype(np.float64), frame=source, pixel=pixel)


def joined(*clouds: Cloud) -> Cloud:
    """Put clouds together."""
    fields = {name: np.concatenate([getattr(cloud, name) for cloud in clouds]) for name in Cloud.__slots__}
    return Cloud(**fields)


def without_spheres(cloud: Cloud, spheres_W: Float64, margin: float = 0.006) -> Cloud:
    """Cut the robot's own body out of a cloud.

    Args:
        cloud: The cloud.
        spheres_W: Centres and radii, shape (S, 4), [m].
        margin: Added to every radius, [m].
    """
    if len(spheres_W) == 0 or len(cloud) == 0:
        return cloud
    grown = np.array(spheres_W, np.float64)
    grown[:, 3] += margin
    lower, upper = cloud.p_W.min(axis=0), cloud.p_W.max(axis=0)
    center, radius = grown[:, :3], grown[:, 3:]
    grown = grown[((center + radius > lower) & (center - radius < upper)).all(axis=1)]
    return cloud.take(outside(cloud.p_W, grown))
