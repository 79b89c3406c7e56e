"""How far one view has to move along the table to show the colours that another view measured there.

Direct alignment: no features are picked; Gauss-Newton on the difference of
colours over x, y and the turn about the vertical (B. Lucas, T. Kanade, IJCAI
1981), with weights that take out what one of the views cannot see (Tukey).
"""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .cloud import points_at

compiled = numba.njit(cache=True, error_model="numpy")

MOST = 3000  # Points compared; more do not make it surer, only slower.
STEEP = 0.02  # Least change of the code from pixel to pixel where a point says anything, [0 to 1].
HIDDEN = 0.025  # A point that lies this far behind what the other view measured is hidden there, [m].
CHANCE = 0.06  # What neighbouring pixels' codes differ by for other reasons, [0 to 1].
STAGES = ((2, (0.4, 0.3, 0.3, 0.2, 0.2)), (1, (0.15, 0.12, 0.10, 0.08)), (0, (0.06, 0.05, 0.05, 0.05)))
"""Coarse to fine: half the width of blur [px], and for each iteration what difference of codes is too much.

It starts wide to find the way and ends tight, so that sides which one view alone sees (in other light)
no longer pull: over 40 simulated tables that took a bias of 1.9 mm toward the oblique view to 0.6 mm.
"""
FEW = 60  # Fewer points than this say nothing.
PRIOR = np.array([0.010, 0.010, 0.0175])  # Expected size of x, y [m] and turn [rad], twice a usual error.


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A motion along the table.

    Attributes:
        move: x and y [m] and the turn about the vertical through the middle [rad], shape (3,).
        spread: Standard errors of the three, shape (3,).
        agreeing: Share of the points whose colours agree afterwards.
    """

    move: Float64
    spread: Float64
    agreeing: float


def _codes(frame: CameraFrame) -> NDArray[np.float32]:
    """Give the picture's codes from 0 to 1, float32, shape (3, height, width)."""
    return np.ascontiguousarray(frame.rgb.transpose(2, 0, 1), np.float32) * np.float32(1.0 / 255.0)


@compiled
def _blurred(codes: NDArray[np.float32], half: int) -> NDArray[np.float32]:
    """Average over squares of 2 half + 1 pixels; a border of that half stays sharp, nothing is read there."""
    if half == 0:
        return codes
    _, height, width = codes.shape
    scale = np.float32(1.0 / (2 * half + 1))
    across, result = codes.copy(), codes.copy()
    total = np.empty(width, np.float32)
    for k in range(3):
        for r in range(height):
            total[:] = 0.0
            for d in range(-half, half + 1):
                for c in range(half, width - half):
                    total[c] += codes[k, r, c + d]
            for c in range(half, width - half):
                across[k, r, c] = total[c] * scale
        for r in range(half, height - half):
            total[:] = 0.0
            for d in range(-half, half + 1):
                for c in range(width):
                    total[c] += across[k, r + d, c]
            for c in range(width):
                result[k, r, c] = total[c] * scale
    return result


@compiled
def _steep(codes: NDArray[np.float32], depth: NDArray[np.float32]) -> NDArray[np.int64]:
    """Find the measured pixels where the colour changes: rows and columns, shape (2, N)."""
    height, width = depth.shape
    found = np.empty((2, height * width), np.int64)
    count = 0
    for r in range(1, height - 1):
        for c in range(1, width - 1):
            change = np.float32(0.0)
            for k in range(3):
                change += abs(codes[k, r, c + 1] - codes[k, r, c - 1])
                change += abs(codes[k, r + 1, c] - codes[k, r - 1, c])
            if change > 2.0 * STEEP and depth[r, c] > 0.0:
                found[0, count], found[1, count] = r, c
                count += 1
    return found[:, :count].copy()


def compare(main: CameraFrame, other: CameraFrame, lower: Float64, upper: Float64) -> Shift | None:
    """Find the motion of the other camera that makes its picture agree with the main one's points.

    Args:
        main: The view whose points are looked for.
        other: The view that moves.
        lower: Least corner of the region compared, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].

    Returns:
        The motion in the world, or None where there are too few points to compare.
    """
    middle = (lower + upper) / 2.0
    model, R_WC, p_WC = other.model, other.X_WC.rotation().matrix(), other.X_WC.translation()
    lens = np.array([model.fx, model.fy, model.cx, model.cy], np.float64)
    move, offset = np.zeros(3), np.zeros(3)
    spread, agreeing = PRIOR, 0.0
    sharp = _codes(main), _codes(other)
    for half, outliers in STAGES:
        mine, theirs = _blurred(sharp[0], half), _blurred(sharp[1], half)
        p_W, codes = _points(main, mine, lower, upper)
        if len(p_W) < FEW:
            return None
        for outlier in outliers:
            normal, right, offset, seen, agreeing = _equations(
                p_W, codes, theirs, other.depth, lens, R_WC, p_WC, middle, move, offset, outlier
            )
            if seen < FEW:
                return None
            information = normal / CHANCE**2 + np.diag(PRIOR**-2)
            move = move - np.linalg.solve(information, right / CHANCE**2 + move / PRIOR**2)
            spread = np.sqrt(np.diag(np.linalg.inv(information)))
    return Shift(move=move, spread=spread, agreeing=float(agreeing))


def _points(
    frame: CameraFrame, codes: NDArray[np.float32], lower: Float64, upper: Float64
) -> tuple[Float64, NDArray[np.float32]]:
    """Choose points where the colour changes, and give their codes, (N, 3) each."""
    row, column = _steep(codes, frame.depth)
    thin = max(1, len(row) // MOST)
    row, column = row[::thin], column[::thin]
    p_W = points_at(frame, row, column)
    inside = ((p_W >= lower) & (p_W <= upper)).all(axis=1)
    return p_W[inside], codes[:, row[inside], column[inside]].T


@compiled
def _equations(
    p_W: Float64,
    codes: NDArray[np.float32],
    picture: NDArray[np.float32],
    depth: NDArray[np.float32],
    lens: Float64,
    R_WC: Float64,
    p_WC: Float64,
    middle: Float64,
    move: Float64,
    offset: Float64,
    outlier: float,
) -> tuple[Float64, Float64, Float64, float, float]:
    """Sum up the weighted normal equations of one step.

    Returns:
        J'WJ, J'We, mean difference of the codes of what agrees, number of points in view, share that agrees.
    """
    normal, right = np.zeros((3, 3)), np.zeros(3)
    mean, weights = np.zeros(3), 1e-9
    seen, agreeing = 0.0, 0.0
    c, s = np.cos(move[2]), np.sin(move[2])
    height, width = depth.shape
    by_p, by_move = np.zeros((2, 3)), np.zeros((2, 3))
    jacobian = np.zeros(3)
    for i in range(len(p_W)):
        # The camera moves by T, so in its eyes the points move by T's inverse.
        x, y = p_W[i, 0] - middle[0] - move[0], p_W[i, 1] - middle[1] - move[1]
        bx, by = c * x + s * y, c * y - s * x
        q0, q1, q2 = bx + middle[0] - p_WC[0], by + middle[1] - p_WC[1], p_W[i, 2] - p_WC[2]
        px = R_WC[0, 0] * q0 + R_WC[1, 0] * q1 + R_WC[2, 0] * q2
        py = R_WC[0, 1] * q0 + R_WC[1, 1] * q1 + R_WC[2, 1] * q2
        pz = R_WC[0, 2] * q0 + R_WC[1, 2] * q1 + R_WC[2, 2] * q2
        if pz < 0.05:
            continue
        u, v = lens[0] * px / pz + lens[2], lens[1] * py / pz + lens[3]
        if not (u >= 1.0 and v >= 1.0 and u < width - 2.0 and v < height - 2.0):
            continue
        # Where the depth is unknown, nothing speaks against the point's being seen.
        if abs(depth[int(v + 0.5), int(u + 0.5)] - pz) > HIDDEN:
            continue
        seen += 1.0
        column, row = int(u), int(v)
        a, b = u - column, v - row
        for axis in range(3):
            by_p[0, axis] = lens[0] * (R_WC[axis, 0] - px / pz * R_WC[axis, 2]) / pz
            by_p[1, axis] = lens[1] * (R_WC[axis, 1] - py / pz * R_WC[axis, 2]) / pz
        for k in range(2):
            by_move[k, 0] = -c * by_p[k, 0] + s * by_p[k, 1]
            by_move[k, 1] = -s * by_p[k, 0] - c * by_p[k, 1]
            by_move[k, 2] = by * by_p[k, 0] - bx * by_p[k, 1]
        for k in range(3):
            low, high = picture[k, row], picture[k, row + 1]
            l0, l1, h0, h1 = low[column], low[column + 1], high[column], high[column + 1]
            value = (1 - b) * ((1 - a) * l0 + a * l1) + b * ((1 - a) * h0 + a * h1)
            # The slope over two pixels is smoother than that of the pixel's own cell.
            along = 0.5 * (
                (1 - b) * ((1 - a) * (l1 - low[column - 1]) + a * (low[column + 2] - l0))
                + b * ((1 - a) * (h1 - high[column - 1]) + a * (high[column + 2] - h0))
            )
            above, below = picture[k, row - 1], picture[k, row + 2]
            down = 0.5 * (
                (1 - b) * ((1 - a) * (h0 - above[column]) + a * (h1 - above[column + 1]))
                + b * ((1 - a) * (below[column] - l0) + a * (below[column + 1] - l1))
            )
            error = value - codes[i, k] - offset[k]
            left = 1.0 - (error / outlier) ** 2
            if left <= 0.0:
                continue
            weight = left * left
            agreeing += (weight > 0.5) / 3.0
            mean[k] += weight * (error + offset[k])
            weights += weight / 3.0
            for m in range(3):
                jacobian[m] = along * by_move[0, m] + down * by_move[1, m]
            for m in range(3):
                right[m] += weight * jacobian[m] * error
                for n in range(3):
                    normal[m, n] += weight * jacobian[m] * jacobian[n]
    return normal, right, mean / weights, seen, agreeing / max(seen, 1.0)
