"""Search along the set where the relations hold: many starts, then the best ones refined.

Every trial is a random step that is brought back to the relations, so that what
is compared is always feasible. The cost needs no slope: it may jump, as it does
where a point leaves the grid.
"""

from typing import Any

import numba
import numpy as np

from ...core.arrays import Float64
from .kernel import Data, cost, retract, turned

LENGTH = 0.2
"""Metres that count like a radian in a random step."""
RETURNED = 1e-8
"""Largest violation after a step was brought back."""


@numba.njit(cache=True, error_model="numpy")
def refine(
    d: Data,
    R: Float64,
    p: Float64,
    best: float,
    normals: Float64,
    size: float,
    values: Float64,
    slopes: Float64,
) -> tuple[float, float]:
    """Improve a pose in place by steps that adapt their size; one trial a row of normals.

    Returns:
        Its cost and the last size of a step.
    """
    S, s, g = np.empty((3, 3)), np.empty(3), np.empty(6)
    for z in normals:
        S[:] = R
        s[:] = p
        turned(S, size * z[0], size * z[1], size * z[2])
        for i in range(3):
            s[i] += LENGTH * size * z[3 + i]
        if retract(d, S, s, values, slopes, 5, RETURNED) > RETURNED:
            size *= 0.7
            continue
        value = cost(d, S, s, g)
        if value < best:
            best = value
            R[:] = S
            p[:] = s
            size = min(size * 1.8, 0.6)
        else:
            size = max(size * 0.86, 3e-5)
    return best, size


@numba.njit(cache=True, error_model="numpy")
def search(
    d: Data, normals: Float64, starts: int, kept: int, trials: int, last: int
) -> tuple[Float64, Float64, float]:
    """Find the cheapest pose at which all relations hold.

    Args:
        d: The problem.
        normals: Standard normal numbers, shape (n, 6); n >= starts + kept * trials + last.
        starts: Poses that are drawn and brought to the relations.
        kept: How many of the cheapest are refined.
        trials: Trials for each of them.
        last: Trials for the best of those.

    Returns:
        Rotation, position and cost; the cost is infinite where no start reached the relations.
    """
    values, slopes = d.constants.copy(), np.zeros((d.code.size, 6))
    Rs, ps = np.empty((starts, 3, 3)), np.empty((starts, 3))
    costs: Any = np.full(starts, np.inf)
    g = np.empty(6)
    for i in range(starts):
        Rs[i] = d.R
        ps[i] = d.p
        if i > 0:
            z = normals[i]
            turned(Rs[i], z[0], z[1], z[2])
            for k in range(3):
                ps[i, k] += 0.1 * z[3 + k]
        if retract(d, Rs[i], ps[i], values, slopes, 12, RETURNED) <= RETURNED:
            costs[i] = cost(d, Rs[i], ps[i], g)
    order = np.argsort(costs)
    chosen = np.full(kept, -1)
    count = 0
    for i in order:
        if costs[i] == np.inf or count == kept:
            break
        apart = True
        for k in range(count):
            j = chosen[k]
            off = 0.0
            for a in range(3):
                off += abs(ps[i, a] - ps[j, a]) * 5.0
                for b in range(3):
                    off += abs(Rs[i, a, b] - Rs[j, a, b])
            apart = apart and off > 0.05
        if apart:
            chosen[count] = i
            count += 1
    if count == 0:
        return d.R.copy(), d.p.copy(), np.inf
    used = starts
    winner, size = chosen[0], 0.1
    for k in range(count):
        i = chosen[k]
        costs[i], after = refine(
            d, Rs[i], ps[i], costs[i], normals[used : used + trials], 0.1, values, slopes
        )
        used += trials
        if costs[i] <= costs[winner]:
            winner, size = i, after
    costs[winner], size = refine(
        d, Rs[winner], ps[winner], costs[winner], normals[used : used + last], size, values, slopes
    )
    return Rs[winner].copy(), ps[winner].copy(), costs[winner]


@numba.njit(cache=True, error_model="numpy")
def follow(d: Data, R: Float64, p: Float64, normals: Float64) -> tuple[Float64, Float64, float]:
    """Bring an earlier answer to where the relations hold now, and refine it.

    Args:
        d: The problem as it is now.
        R: Rotation of the earlier answer.
        p: Its position, [m].
        normals: Standard normal numbers, one row a trial, shape (n, 6).

    Returns:
        Rotation, position and cost; the cost is infinite where the relations were not reached.
    """
    values, slopes, g = d.constants.copy(), np.zeros((d.code.size, 6)), np.empty(6)
    R, p = R.copy(), p.copy()
    if retract(d, R, p, values, slopes, 15, RETURNED) > RETURNED:
        return R, p, np.inf
    value, _ = refine(d, R, p, cost(d, R, p, g), normals, 0.02, values, slopes)
    return R, p, value


@numba.njit(cache=True, error_model="numpy")
def give_way(d: Data, normals: Float64) -> tuple[Float64, Float64, Float64]:
    """Let the rows that may give way do so as little as they can, from several starts.

    Returns:
        Rotations (n, 3, 3), positions (n, 3), and the largest violation of the other rows at each.
    """
    n = len(normals)
    values, slopes = d.constants.copy(), np.zeros((d.code.size, 6))
    Rs, ps, worst = np.empty((n, 3, 3)), np.empty((n, 3)), np.empty(n)
    for i in range(n):
        Rs[i] = d.R
        ps[i] = d.p
        if i > 0:
            turned(Rs[i], normals[i, 0], normals[i, 1], normals[i, 2])
        worst[i] = retract(d, Rs[i], ps[i], values, slopes, 60, 0.0)
    return Rs, ps, worst
