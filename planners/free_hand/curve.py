"""The executed curve of a free hand: a clamped cubic B-spline over poses, and what it costs.

A control point holds a rotation vector in the world from the start's rotation, and
a position: R = exp(phi) R_WG, so the straight spline turns along the shortest arc.
The cost is an integral over the curve: with the samples' spacing as its unit it is
what a sum over evenly spread samples tends to.
"""

from typing import Any

import numba
import numpy as np

from ...core.arrays import Float64
from ..solids import kept_distance
from .kernel import FIRM, Data, near, rows, turned

DEGREE = 3
ROOM_SLOPE = 1e-5
"""Step of the finite difference of an exact distance, [m]."""


def basis(controls: int, t: Float64) -> Float64:
    """Values of the clamped uniform B-splines at parameters in [0, 1], shape (len(t), controls)."""
    knots = np.concatenate([np.zeros(DEGREE), np.linspace(0.0, 1.0, controls - DEGREE + 1), np.ones(DEGREE)])
    span = np.clip(np.searchsorted(knots, t, side="right") - 1, DEGREE, controls - 1)
    B = (np.arange(len(knots) - 1) == span[:, None]).astype(float)
    for degree in range(1, DEGREE + 1):
        left = np.diff(np.array([knots[:-degree], knots[degree:]]), axis=0)[0]
        safe = np.where(left > 0.0, left, 1.0)
        up = (t[:, None] - knots[:-degree]) / safe * B * (left > 0.0)
        down = (knots[degree:] - t[:, None]) / safe * B * (left > 0.0)
        B = up[:, :-1] + down[:, 1:]
    return B


@numba.njit(cache=True, error_model="numpy")
def place(d: Data, x: Float64, R: Float64, p: Float64) -> None:
    """Write the pose of a point of the curve, shape (6,), into R and p."""
    R[:] = d.R
    turned(R, x[0], x[1], x[2])
    p[0], p[1], p[2] = x[3], x[4], x[5]


@numba.njit(cache=True, error_model="numpy")
def back_turned(phi: Float64, g: Float64) -> None:
    """Turn a slope by small world turns into one by the rotation vector, in place (J_l(phi)^T g)."""
    a, b, c = phi[0], phi[1], phi[2]
    angle = np.sqrt(a * a + b * b + c * c)
    if angle < 1e-6:
        h, s = 0.5, 1.0 / 6.0
    else:
        h = (1.0 - np.cos(angle)) / (angle * angle)
        s = (angle - np.sin(angle)) / (angle * angle * angle)
    x, y, z = g[0], g[1], g[2]
    # J_l^T = I - h [phi] + s [phi]^2
    u, v, w = b * z - c * y, c * x - a * z, a * y - b * x
    g[0] = x - h * u + s * (b * w - c * v)
    g[1] = y - h * v + s * (c * u - a * w)
    g[2] = z - h * w + s * (a * v - b * u)


@numba.njit(cache=True, error_model="numpy")
def _push(d: Data, R: Float64, p: Float64, least: float, price: float, g: Float64) -> None:
    """Add the slope of missing clearance."""
    for i in range(d.points.shape[0]):
        a, b, c = d.points[i]
        x = R[0, 0] * a + R[0, 1] * b + R[0, 2] * c
        y = R[1, 0] * a + R[1, 1] * b + R[1, 2] * c
        z = R[2, 0] * a + R[2, 1] * b + R[2, 2] * c
        u, v, w = x + p[0], y + p[1], z + p[2]
        here = kept_distance(d.solids, d.margins, u, v, w)
        if here < least:
            dx = (kept_distance(d.solids, d.margins, u + ROOM_SLOPE, v, w) - here) / ROOM_SLOPE
            dy = (kept_distance(d.solids, d.margins, u, v + ROOM_SLOPE, w) - here) / ROOM_SLOPE
            dz = (kept_distance(d.solids, d.margins, u, v, w + ROOM_SLOPE) - here) / ROOM_SLOPE
            g[0] -= price * (y * dz - z * dy)
            g[1] -= price * (z * dx - x * dz)
            g[2] -= price * (x * dy - y * dx)
            g[3] -= price * dx
            g[4] -= price * dy
            g[5] -= price * dz


@numba.njit(cache=True, error_model="numpy")
def _turn_between(R: Float64, S: Float64, axis: Float64) -> float:
    """Angle from S to R, [rad], and its axis in the world, into ``axis``."""
    trace = 0.0
    axis[:] = 0.0
    for k in range(3):
        trace += R[0, k] * S[0, k] + R[1, k] * S[1, k] + R[2, k] * S[2, k]
        axis[0] += R[2, k] * S[1, k] - R[1, k] * S[2, k]
        axis[1] += R[0, k] * S[2, k] - R[2, k] * S[0, k]
        axis[2] += R[1, k] * S[0, k] - R[0, k] * S[1, k]
    size = np.sqrt(axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2])
    if size > 1e-12:
        axis /= size
    return np.arctan2(size, trace - 1.0)


@numba.njit(cache=True, error_model="numpy")
def curve_cost(
    d: Data, B: Float64, controls: Float64, stiff: float, inside: float, slope: Float64, with_slope: bool
) -> float:
    """Cost of a curve, with broken relations priced by the square.

    Args:
        d: The way's problem.
        B: Basis at the samples, the ends included, shape (M, n).
        controls: Control points, shape (n, 6).
        stiff: Price of a squared violation at a sample.
        inside: How far inside its bound each row is wanted.
        slope: Gets the slope by the control points, shape (n, 6).
        with_slope: Whether it is wanted.
    """
    margin, by_near, by_length, by_turn, step, turn, least = d.weights
    M = B.shape[0]
    n = controls.shape[0]
    x = B @ controls
    R, p = np.empty((M, 3, 3)), np.empty((M, 3))
    g, shorts = np.zeros((M, 6)), np.empty(M)
    near_slope = np.zeros((M, 6))
    values, slopes = d.constants.copy(), np.zeros((d.code.size, 6))
    total: Any = 0.0
    for j in range(M):
        place(d, x[j], R[j], p[j])
        # The ends are given: what is missing there is not the way's to mend.
        keep = least if 0 < j < M - 1 else -np.inf
        shorts[j], missing = near(d, R[j], p[j], margin, keep, near_slope[j], with_slope)
        if missing > 0.0:
            total += FIRM * missing
            if with_slope:
                _push(d, R[j], p[j], least, FIRM, g[j])
        if d.outputs.size > 0 and 0 < j < M - 1:
            rows(d, R[j], p[j], values, slopes)
            for m in range(d.outputs.size):
                o = d.outputs[m]
                r = values[o]
                if d.equal[m] == 0:
                    r += inside
                    if r <= 0.0:
                        continue
                total += stiff * r * r
                for k in range(6):
                    g[j, k] += 2.0 * stiff * r * slopes[o, k]
    axis = np.empty(3)
    for j in range(M - 1):
        dx, dy, dz = p[j + 1, 0] - p[j, 0], p[j + 1, 1] - p[j, 1], p[j + 1, 2] - p[j, 2]
        length = np.sqrt(dx * dx + dy * dy + dz * dz)
        angle = _turn_between(R[j + 1], R[j], axis)
        here = by_near * 0.5 * (shorts[j] + shorts[j + 1])
        a, b = length / step, angle / turn
        share = max(a, b)
        total += by_length * length + by_turn * angle + here * share
        if not with_slope:
            continue
        for k in range(6):
            near_slope_here = 0.5 * by_near * share
            g[j, k] += near_slope_here * near_slope[j, k]
            g[j + 1, k] += near_slope_here * near_slope[j + 1, k]
        by_l = by_length + (here / step if a >= b else 0.0)
        by_a = by_turn + (here / turn if a < b else 0.0)
        if length > 1e-12:
            by_l /= length
            g[j + 1, 3] += by_l * dx
            g[j + 1, 4] += by_l * dy
            g[j + 1, 5] += by_l * dz
            g[j, 3] -= by_l * dx
            g[j, 4] -= by_l * dy
            g[j, 5] -= by_l * dz
        for k in range(3):
            g[j + 1, k] += by_a * axis[k]
            g[j, k] -= by_a * axis[k]
    if with_slope:
        slope[:] = 0.0
        for j in range(1, M - 1):
            back_turned(x[j], g[j])
            for i in range(n):
                if B[j, i] != 0.0:
                    for k in range(6):
                        slope[i, k] += B[j, i] * g[j, k]
    return total
