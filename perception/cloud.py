"""Frames fused into one coloured cloud: valid, inside the workspace, without the robot's own body."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .colors import to_linear

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

    Args:
        frames: The frames.
        lower: Least corner of the region in the world, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].
    """
    pieces = []
    for index, frame in enumerate(frames):
        p_W = frame.points()
        with np.errstate(invalid="ignore"):
            good = ((p_W >= lower) & (p_W <= upper)).all(axis=-1) & _steady(frame)
        step = stride(frame)
        rows, columns = step * np.stack(np.nonzero(good[::step, ::step]))
        pieces.append(
            (
                p_W[rows, columns],
                to_linear(frame.rgb[rows, columns]),
                step * frame.depth[rows, columns] / min(frame.model.fx, frame.model.fy),
                np.full(len(rows), index),
                np.stack([rows, columns], axis=-1),
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
    own = np.zeros(len(cloud), bool)
    lower, upper = cloud.p_W.min(axis=0), cloud.p_W.max(axis=0)
    for *center, radius in np.asarray(spheres_W, np.float64):
        reach = radius + margin
        if np.all(center + reach * np.ones(3) > lower) and np.all(center - reach * np.ones(3) < upper):
            own |= ((cloud.p_W - center) ** 2).sum(axis=1) < reach**2
    return cloud.take(~own)


def _steady(frame: CameraFrame) -> NDArray[np.bool_]:
    """Mark pixels whose depth agrees with at least three of their eight neighbours.

    A flying pixel hangs between fore- and background and agrees with neither;
    the tolerance grows with the depth as the noise of depth cameras does.
    """
    depth = np.pad(frame.depth.astype(np.float64), 1, constant_values=np.nan)
    middle = depth[1:-1, 1:-1]
    tolerance = 0.010 + 0.012 * middle
    rows, columns = middle.shape
    agreeing = np.zeros(middle.shape, np.int64)
    for down in (0, 1, 2):
        for right in (0, 1, 2):
            if (down, right) != (1, 1):
                with np.errstate(invalid="ignore"):
                    agreeing += (
                        np.abs(depth[down : down + rows, right : right + columns] - middle) < tolerance
                    )
    return agreeing >= 3
