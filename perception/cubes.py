"""Where a cube of known side is, of which only some faces are seen."""

import numpy as np

from ..core.arrays import Float64
from .ranks import rank

SEEN_WHOLE = 0.85  # A side of which this share is seen is seen whole.


def cube_center(xy: Float64, side: float, yaw: float, eye: Float64) -> Float64:
    """Find the middle of a cube's footprint from the points of its upright faces.

    Along each of its two directions either a whole side is seen, and its middle is the
    cube's; or only the face on the camera's side is, and the cube lies behind it.

    Args:
        xy: Points, shape (N, 2), [m].
        side: [m].
        yaw: Direction of one side, [rad].
        eye: From where they were seen, shape (3,), [m].

    Returns:
        Shape (2,), [m].
    """
    R = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])
    along = xy @ R.T
    toward = R @ eye[:2] - along.mean(axis=0)
    center = np.empty(2)
    for axis in range(2):
        low, high = rank(along[:, axis], 0.03), rank(along[:, axis], 0.97)
        if high - low > SEEN_WHOLE * side:
            center[axis] = (low + high) / 2.0
        elif toward[axis] > 0.0:
            center[axis] = high - side / 2.0
        else:
            center[axis] = low + side / 2.0
    return R.T @ center
