"""How well two views' surfaces lie on each other, and the motion along the table that makes it best.

Each view's points above the table are looked up in the other's depth picture. Where the two poses
disagree, points at the rim of a thing hang before what lies far behind, and sides go through one
another: a truncated sum of squares counts both, and misses only what the other view cannot see,
which no motion of a few millimetres changes.
"""

import numba
import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .cloud import points_at, stride

compiled = numba.njit(cache=True, error_model="numpy")

MOST = 1200  # Points of each view; twice as many find the same to a tenth of a millimetre.
CUT = 0.012  # Differences of the depth beyond this count alike: four times a camera's noise at 1 m, [m].
STEPS = ((0.004, 0.007), (0.002, 0.0035), (0.001, 0.00175), (0.0005, 0.0009))  # Of the search, [m], [rad].
FARTHEST = 0.040  # No error of a calibration is larger, [m].
FEW = 60  # Fewer points that both views can see say nothing.
TRIAL, RISE = 0.004, 0.004  # A best place is one if the cost rises by so much at this distance, [m].


def compare(
    main: CameraFrame, other: CameraFrame, lower: Float64, upper: Float64, table: float
) -> Float64 | None:
    """Find the motion of the other view along the table that makes the surfaces agree best.

    Args:
        main: The view that stays.
        other: The view that moves.
        lower: Least corner of the region, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].
        table: Height of the table in both, [m].

    Returns:
        x, y [m] and the turn about the vertical through the region's middle [rad], shape (3,), or None
        where too little stands on the table in both views to tell.
    """
    middle = (lower + upper) / 2.0
    a, b = (_view(frame, lower, upper, table) for frame in (main, other))
    best = np.zeros(3)
    least, seen = _cost(best, middle, *a, *b)
    if seen < FEW:
        return None
    for metres, radians in STEPS:
        better = True
        while better and np.hypot(best[0], best[1]) < FARTHEST:
            better = False
            for axis, step in enumerate((metres, metres, radians)):
                for sign in (-step, step):
                    trial = best.copy()
                    trial[axis] += sign
                    value, seen = _cost(trial, middle, *a, *b)
                    if value < least - 1e-6 and seen >= FEW:
                        best, least, better = trial, value, True
    for axis in (0, 1):
        for sign in (-TRIAL, TRIAL):
            trial = best.copy()
            trial[axis] += sign
            if _cost(trial, middle, *a, *b)[0] < least + RISE:
                return None
    return best


def _view(
    frame: CameraFrame, lower: Float64, upper: Float64, table: float
) -> tuple[Float64, NDArray[np.float32], Float64, Float64, Float64]:
    """Give a view's points above the table, its depth, its lens and its pose."""
    step = 2 * stride(frame)
    rows, columns = np.nonzero(frame.depth[1::step, 1::step] > 0.0)
    p_W = points_at(frame, step * rows + 1, step * columns + 1)
    inside = ((p_W >= [*lower[:2], table + CUT]) & (p_W <= upper)).all(axis=1)
    p_W = p_W[inside]
    p_W = p_W[:: max(1, len(p_W) // MOST)]
    model = frame.model
    lens = np.array([model.fx, model.fy, model.cx, model.cy], np.float64)
    return p_W, frame.depth, lens, frame.X_WC.rotation().matrix(), frame.X_WC.translation()


@compiled
def _cost(
    move: Float64,
    middle: Float64,
    p_a: Float64,
    depth_a: NDArray[np.float32],
    lens_a: Float64,
    R_a: Float64,
    t_a: Float64,
    p_b: Float64,
    depth_b: NDArray[np.float32],
    lens_b: Float64,
    R_b: Float64,
    t_b: Float64,
) -> tuple[float, float]:
    """Give the mean truncated square of the differences of depth, 0 to 1, and of how many; b has moved."""
    c, s = np.cos(move[2]), np.sin(move[2])
    total, seen = 0.0, 1e-9
    for which in range(2):
        points = p_a if which == 0 else p_b
        depth = depth_b if which == 0 else depth_a
        lens = lens_b if which == 0 else lens_a
        R = R_b if which == 0 else R_a
        t = t_b if which == 0 else t_a
        height, width = depth.shape
        for i in range(len(points)):
            x, y = points[i, 0] - middle[0], points[i, 1] - middle[1]
            if which == 0:
                x, y = x - move[0], y - move[1]
                x, y = c * x + s * y, c * y - s * x
            else:
                x, y = c * x - s * y + move[0], s * x + c * y + move[1]
            q0, q1, q2 = x + middle[0] - t[0], y + middle[1] - t[1], points[i, 2] - t[2]
            z = R[0, 2] * q0 + R[1, 2] * q1 + R[2, 2] * q2
            if z < 0.05:
                continue
            u = lens[0] * (R[0, 0] * q0 + R[1, 0] * q1 + R[2, 0] * q2) / z + lens[2]
            v = lens[1] * (R[0, 1] * q0 + R[1, 1] * q1 + R[2, 1] * q2) / z + lens[3]
            if not (u >= 0.0 and v >= 0.0 and u < width - 1.0 and v < height - 1.0):
                continue
            # Between the four pixels about the place, each on its own side of the cut: the sum is smooth.
            column, row = int(u), int(v)
            a, b = u - column, v - row
            for k in range(4):
                dc, dr = k & 1, k >> 1
                weight = (a if dc else 1.0 - a) * (b if dr else 1.0 - b)
                error = depth[row + dr, column + dc] - z
                if error == error:
                    total += weight * min((error / CUT) ** 2, 1.0)
                    seen += weight
    return total / seen, seen
