"""Compiled pass over a depth picture: which pixels are trustworthy and in the region, and where they lie."""

import numba
import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64


@numba.njit(cache=True, error_model="numpy")
def trusted_points(
    depth: NDArray[np.float32],
    lens: Float64,
    R_WC: Float64,
    p_WC: Float64,
    lower: Float64,
    upper: Float64,
    step: int,
) -> tuple[Float64, NDArray[np.int64]]:
    """Give the points of a depth picture that lie in a region and agree with their neighbours.

    A flying pixel hangs between fore- and background and agrees with neither;
    at least three of eight neighbours have to agree. The tolerance grows with
    the depth as the noise of depth cameras does.

    Args:
        depth: Shape (h, w), [m]; NaN where unknown.
        lens: fx, fy, cx, cy, shape (4,), [px].
        R_WC: Rotation of the camera, shape (3, 3).
        p_WC: Its position, shape (3,), [m].
        lower: Least corner of the region in the world, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].
        step: Every how manieth row and column is used.

    Returns:
        p_WQ, shape (N, 3), [m], and row and column of each point, shape (N, 2); row by row.
    """
    height, width = depth.shape
    most = ((height + step - 1) // step) * ((width + step - 1) // step)
    p_W = np.empty((most, 3))
    pixel = np.empty((most, 2), np.int64)
    count = 0
    q = np.empty(3)
    for row in range(0, height, step):
        for column in range(0, width, step):
            z = np.float64(depth[row, column])
            if not np.isfinite(z):
                continue
            x = (column - lens[2]) / lens[0] * z
            y = (row - lens[3]) / lens[1] * z
            inside = True
            for axis in range(3):
                q[axis] = R_WC[axis, 0] * x + R_WC[axis, 1] * y + R_WC[axis, 2] * z + p_WC[axis]
                inside = inside and lower[axis] <= q[axis] <= upper[axis]
            if not inside:
                continue
            tolerance = 0.010 + 0.012 * z
            agreeing = 0
            for r in range(max(row - 1, 0), min(row + 2, height)):
                for c in range(max(column - 1, 0), min(column + 2, width)):
                    # A comparison with NaN is false.
                    if (r != row or c != column) and abs(depth[r, c] - z) < tolerance:
                        agreeing += 1
            if agreeing >= 3:
                p_W[count] = q
                pixel[count, 0], pixel[count, 1] = row, column
                count += 1
    return p_W[:count].copy(), pixel[:count].copy()
