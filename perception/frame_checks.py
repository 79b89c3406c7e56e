"""What a frame from outside has to be before it becomes a ``CameraFrame``."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..core.camera import CameraFrame, CameraModel
from ..core.errors import InputError
from .undistort import undistorted

MOST_PIXELS = 4096 * 4096  # Of one picture.
FARTHEST = 20.0  # A median depth beyond this is not in metres: no arm works there, [m].
NEAREST = 0.02  # Nor is one below this: no depth camera measures so near, [m].
EXACT = 2e-14  # Below this a rotation is one to rounding, and is kept to the bit.
SLACK = 1e-3  # Poses written with a few digits are off a rotation by so much at most.


def checked_frame(
    *,
    camera: str,
    time: float,
    rgb: NDArray[np.generic],
    depth: NDArray[np.generic],
    depth_scale: float | None,
    intrinsics: tuple[float, float, float, float],
    X_WC: RigidTransform,
    distortion: ArrayLike = (),
) -> CameraFrame:
    """Make a frame of what a file says.

    Args:
        camera: The camera's name.
        time: Time of the exposure, [s].
        rgb: The picture, uint8, shape (height, width, 3).
        depth: Whole numbers with a scale, or metres as floating point, shape (height, width).
            What is not finite or not above 0 counts as unknown.
        depth_scale: Metres that one whole number stands for; None for metres.
        intrinsics: fx, fy, cx, cy, [px].
        X_WC: Pose of the camera.
        distortion: OpenCV's coefficients, taken out here where any is not 0.

    Raises:
        InputError: If anything is not what it has to be.
    """
    if not camera or len(camera) > 60 or not camera.isprintable():
        raise InputError(f"{camera!r} is no name of a camera; expected up to 60 printable characters")
    if not np.isfinite(time):
        raise InputError(f"camera {camera!r}: its time is {time!r}; expected seconds")
    if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3:
        raise InputError(
            f"camera {camera!r}: the colours are {rgb.dtype} of shape {rgb.shape}; "
            "expected uint8 of shape (height, width, 3), red first"
        )
    height, width = rgb.shape[:2]
    if depth.shape != (height, width):
        raise InputError(
            f"camera {camera!r}: the depth has shape {depth.shape}, the colours {(height, width)}; "
            "expected the same, depth registered to the colour camera"
        )
    if not 0 < height * width <= MOST_PIXELS:
        raise InputError(f"camera {camera!r}: {width} x {height} pixels; expected 1 to {MOST_PIXELS} in all")
    metres = _metres(camera, depth, depth_scale)
    fx, fy, cx, cy = intrinsics
    if not np.isfinite(intrinsics).all() or min(fx, fy) <= 0.0:
        raise InputError(
            f"camera {camera!r}: focal lengths {fx!r}, {fy!r} and principal point {cx!r}, {cy!r}; "
            "expected finite pixels, focal lengths above 0"
        )
    if not (0.0 <= cx + 0.5 <= width and 0.0 <= cy + 0.5 <= height):
        raise InputError(
            f"camera {camera!r}: its principal point ({cx:g}, {cy:g}) lies outside the {width} x {height} "
            "picture; the intrinsics are those of another picture size"
        )
    frame = CameraFrame(
        camera=camera,
        time=float(time),
        rgb=np.ascontiguousarray(rgb).astype(np.uint8, copy=False),
        depth=metres,
        model=CameraModel(width=width, height=height, fx=fx, fy=fy, cx=cx, cy=cy),
        X_WC=X_WC,
    )
    return undistorted(frame, distortion)


def _metres(camera: str, depth: NDArray[np.generic], scale: float | None) -> NDArray[np.float32]:
    """Give the depth in metres, NaN where unknown.

    Raises:
        InputError: If its unit cannot be metres.
    """
    if np.issubdtype(depth.dtype, np.integer):
        if scale is None:
            raise InputError(
                f"camera {camera!r}: the depth is whole numbers ({depth.dtype}) without a scale; "
                "give depth_scale, the metres of one unit (0.001 for millimetres)"
            )
    elif depth.dtype not in (np.float32, np.float64):
        raise InputError(
            f"camera {camera!r}: the depth is {depth.dtype}; "
            "expected float32 or float64 metres, or whole numbers with depth_scale"
        )
    if scale is not None and not (np.isfinite(scale) and scale > 0.0):
        raise InputError(
            f"camera {camera!r}: depth_scale is {scale!r}; expected the metres of one unit, above 0"
        )
    with np.errstate(invalid="ignore", over="ignore"):
        metres = (depth if scale is None else depth.astype(np.float64) * scale).astype(np.float32)
        metres = np.where(np.isfinite(metres) & (metres > 0.0), metres, np.float32(np.nan))
    known = metres[np.isfinite(metres)]
    median = float(np.median(known)) if len(known) else 1.0
    if median > FARTHEST:
        raise InputError(
            f"camera {camera!r}: half of its depth is beyond {median:.0f} m, so it is not in metres: "
            "millimetres by mistake? divide by 1000, or give depth_scale 0.001"
        )
    if median < NEAREST:
        raise InputError(
            f"camera {camera!r}: half of its depth is nearer than {1000 * median:.2g} mm, so it is not in "
            "metres: is depth_scale too small?"
        )
    return metres


def pose_of(matrix: Float64, camera: str) -> RigidTransform:
    """Read a pose from a 4x4 matrix.

    Args:
        matrix: X_WC, shape (4, 4); a rotation off by rounding is mended, an exact one is kept to the bit.
        camera: For messages.

    Raises:
        InputError: If it is no rigid motion.
    """
    if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
        raise InputError(f"camera {camera!r}: X_WC has shape {matrix.shape}; expected 4 x 4 finite numbers")
    R = matrix[:3, :3]
    off = float(np.abs(R @ R.T - np.eye(3)).max())
    if off > SLACK or np.linalg.det(R) < 0.0 or np.abs(matrix[3] - [0.0, 0.0, 0.0, 1.0]).max() > SLACK:
        mirrored = " (it mirrors)" if np.linalg.det(R) < 0.0 else ""
        raise InputError(
            f"camera {camera!r}: X_WC is no rigid pose{mirrored}: its rotation is off by {off:.2g}; expected "
            "the camera's axes (x right, y down, z forward) as columns, its place in metres in the last "
            "column, and 0 0 0 1 below"
        )
    if off > EXACT:
        return RigidTransform(RotationMatrix.ProjectToRotationMatrix(R), matrix[:3, 3])
    return RigidTransform(RotationMatrix(R), matrix[:3, 3])
