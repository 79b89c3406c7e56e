"""Compiled search for a curve: draw many, improve the best by BFGS, refine by random steps."""

import numba
import numpy as np

from ...core.arrays import Float64
from .curve import curve_cost
from .kernel import Data

LENGTH = 0.2
"""Metres that count like a radian in a step."""


@numba.njit(cache=True, error_model="numpy")
def _bounded(d: Data, c: Float64) -> None:
    """Bring control points into the workspace: the curve lies in their hull."""
    for i in range(1, c.shape[0] - 1):
        for k in range(3):
            c[i, 3 + k] = min(max(c[i, 3 + k], d.lower[k] + 1e-6), d.upper[k] - 1e-6)


@numba.njit(cache=True, error_model="numpy")
def _quasi_newton(H: Float64, s: Float64, y: Float64, fresh: bool) -> bool:
    """Update the inverse curvature with a step and the change of slope along it (BFGS)."""
    size = s.size
    sy, yy = 0.0, 0.0
    for i in range(size):
        sy += s[i] * y[i]
        yy += y[i] * y[i]
    if sy <= 1e-10:
        return fresh
    if fresh:
        for i in range(size):
            for j in range(size):
                H[i, j] = sy / yy if i == j else 0.0
    Hy = np.zeros(size)
    yHy = 0.0
    for i in range(size):
        for j in range(size):
            Hy[i] += H[i, j] * y[j]
        yHy += y[i] * Hy[i]
    for i in range(size):
        for j in range(size):
            H[i, j] += (s[i] * s[j] * (1.0 + yHy / sy) - Hy[i] * s[j] - s[i] * Hy[j]) / sy
    return False


@numba.njit(cache=True, error_model="numpy")
def _unscaled(g: Float64, out: Float64) -> None:
    """Slope by the inner control points in steps' own units, flat."""
    for i in range(1, g.shape[0] - 1):
        for k in range(6):
            out[6 * (i - 1) + k] = g[i, k] if k < 3 else LENGTH * g[i, k]


@numba.njit(cache=True, error_model="numpy")
def improve(d: Data, B: Float64, c: Float64, stiff: float, inside: float, steps: int) -> float:
    """Improve the inner control points in place by BFGS; gives the cost."""
    n = c.shape[0]
    size = 6 * (n - 2)
    g, tried = np.empty((n, 6)), np.empty((n, 6))
    slope, slope_after, step = np.empty(size), np.empty(size), np.empty(size)
    s, y, H = np.empty(size), np.empty(size), np.zeros((size, size))
    value = curve_cost(d, B, c, stiff, inside, g, True)
    _unscaled(g, slope)
    fresh = True
    for _ in range(steps):
        down, longest = 0.0, 1e-12
        for i in range(size):
            step[i] = -slope[i]
            if not fresh:
                step[i] = 0.0
                for j in range(size):
                    step[i] -= H[i, j] * slope[j]
            down += step[i] * slope[i]
            longest = max(longest, abs(step[i]))
        share = min(1.0, (0.05 if fresh else 0.4) / longest)
        after = value
        for _halving in range(9):
            for i in range(n):
                for k in range(6):
                    tried[i, k] = c[i, k]
                    if 0 < i < n - 1:
                        tried[i, k] += share * step[6 * (i - 1) + k] * (1.0 if k < 3 else LENGTH)
            _bounded(d, tried)
            after = curve_cost(d, B, tried, stiff, inside, g, True)
            if after < value + 1e-4 * share * down:
                break
            share *= 0.4
        if not after < value + 1e-4 * share * down or down >= 0.0:
            if fresh:
                break
            fresh = True
            continue
        _unscaled(g, slope_after)
        for i in range(size):
            a, b = 1 + i // 6, i % 6
            s[i] = (tried[a, b] - c[a, b]) / (1.0 if b < 3 else LENGTH)
            y[i] = slope_after[i] - slope[i]
            slope[i] = slope_after[i]
        fresh = _quasi_newton(H, s, y, fresh)
        gained = value - after
        c[:] = tried
        value = after
        if gained < 1e-5 * value:
            break
    return value


@numba.njit(cache=True, error_model="numpy")
def draw(
    d: Data, B: Float64, end: Float64, start: Float64, normals: Float64, stiff: float, inside: float
) -> tuple[Float64, Float64]:
    """Draw curves over a via pose and score them; the first is straight.

    Returns:
        Control points (k, n, 6) and costs (k,).
    """
    n = B.shape[1]
    count = normals.shape[0]
    all_controls, costs = np.empty((count, n, 6)), np.empty(count)
    g = np.empty((n, 6))
    for i in range(count):
        c = all_controls[i]
        z = normals[i]
        wide = 0.0 if i == 0 else 1.0
        for j in range(n):
            t = j / (n - 1)
            # A bump that is largest at a drawn place and nothing at the ends.
            middle = 0.5 + 0.2 * min(max(z[6], -1.5), 1.5)
            bump = t / middle if t < middle else (1.0 - t) / (1.0 - middle)
            bump = wide * bump * (2.0 - bump)
            for k in range(6):
                spread = 0.35 if k < 3 else 0.15
                rise = 0.08 if k == 5 else 0.0
                c[j, k] = (1.0 - t) * start[k] + t * end[k] + bump * (spread * z[k] + rise)
        c[0] = start
        c[n - 1] = end
        _bounded(d, c)
        costs[i] = curve_cost(d, B, c, stiff, inside, g, False)
    return all_controls, costs


@numba.njit(cache=True, error_model="numpy")
def jiggle(
    d: Data, B: Float64, c: Float64, stiff: float, inside: float, normals: Float64, value: float
) -> float:
    """Improve a curve in place by random steps; sees the jumps that slopes do not."""
    n = c.shape[0]
    g, tried = np.empty((n, 6)), np.empty_like(c)
    size = 0.05
    for i in range(normals.shape[0]):
        tried[:] = c
        for j in range(1, n - 1):
            for k in range(6):
                step = size * normals[i, 6 * (j - 1) + k]
                tried[j, k] += step if k < 3 else LENGTH * step
        _bounded(d, tried)
        after = curve_cost(d, B, tried, stiff, inside, g, False)
        if after < value:
            value = after
            c[:] = tried
            size = min(size * 1.6, 0.3)
        else:
            size = max(size * 0.9, 1e-3)
    return value


@numba.njit(cache=True, error_model="numpy")
def solve_way(
    d: Data,
    start: Float64,
    end: Float64,
    coarse: Float64,
    fine: Float64,
    normals: Float64,
    jiggles: Float64,
    kept: int,
    steps: int,
    more: int,
) -> tuple[Float64, Float64]:
    """Draw, improve, refine.

    Returns:
        Control points of the kept curves, the cheapest first, shape (kept, n, 6), and their costs.
    """
    drawn, scores = draw(d, coarse, end, start, normals, 2000.0, 2e-3)
    order = np.argsort(scores)
    n = coarse.shape[1]
    found, costs = np.empty((kept, n, 6)), np.full(kept, np.inf)
    count = 0
    for i in order:
        if count == kept:
            break
        apart = True
        for k in range(count):
            off = 0.0
            for j in range(1, n - 1):
                for m in range(6):
                    gap = abs(drawn[i, j, m] - found[k, j, m])
                    off = max(off, gap if m < 3 else 3.0 * gap)
            apart = apart and off > 0.15
        if apart or len(order) <= kept:
            found[count] = drawn[i]
            count += 1
    for k in range(count):
        costs[k] = improve(d, fine, found[k], 2000.0, 2e-3, steps)
    order = np.argsort(costs)
    found, costs = found[order].copy(), costs[order].copy()
    for k in range(min(2, count)):
        costs[k] = improve(d, fine, found[k], 2e4, 1e-3, more)
        costs[k] = jiggle(d, fine, found[k], 2e4, 1e-3, jiggles, costs[k])
    for k in range(2, kept):
        costs[k] = max(costs[k], costs[0])
    order = np.argsort(costs)
    return found[order].copy(), costs[order].copy()
