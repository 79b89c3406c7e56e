"""Kernels of the sub-goal solver: everything at one configuration, and a descent to where all rows hold.

The descent is an augmented Lagrangian method (Hestenes, 1969; Powell, 1969)
whose inner problem, a sum of squares but for one term, is solved by
Levenberg-Marquardt steps within the joints' limits.
"""

from typing import NamedTuple

import numpy as np

from ..core.arrays import Float64
from ..robots.compiled import compiled
from ..robots.nearest import row_distances
from ..robots.posing import tool_jacobian, tool_poses
from .tape import run_with_slopes

STAY, COMFORT, LEVEL = 0.15, 0.05, 4.0
ROOM = 3e4
"""Weight of the distance that lacks to a roomy place, [1/m^2]: 4 mm count like turning by 1.8 rad."""
BAND = 0.1
"""Distances beyond it are given as it, [m]."""
ROUNDS, STEPS = 6, 14
DONE = 1e-8


class Task(NamedTuple):
    """A problem's relations, wished pose and wishes, as arrays.

    Attributes:
        chain_R: See ``posing.Chain``, as the next three.
        chain_p: Positions.
        kind: Joint kinds.
        axis: Joint axes.
        code: See ``tape.Tape``, as the next four.
        first: First operands.
        second: Second operands.
        constants: Constants.
        outputs: Steps that are rows, then those that are components of what bends them, shape (m + b,).
        moving: Which points move with the hand, shape (P,).
        place: p_G of those, p_W of the others, shape (P, 3), [m].
        equal: Which rows have to be 0, shape (m,); the others at most 0.
        depth: How far inside its bound a row is wished, shape (m,).
        weight: Weight of that wish, shape (m,).
        bent: The row that each of the latter bends, not decreasing, shape (b,).
        posed: Whether the tool's pose is wanted.
        R_WK: Its rotation.
        p_WK: Its position, [m].
        up_G: Direction in G that is wished vertical.
        q_now: Where the arm is, [rad].
        q_home: Its posture of rest, [rad].
        lower: Least joint positions, [rad].
        upper: Largest joint positions, [rad].
    """

    chain_R: Float64
    chain_p: Float64
    kind: np.ndarray
    axis: Float64
    code: np.ndarray
    first: np.ndarray
    second: np.ndarray
    constants: Float64
    outputs: np.ndarray
    moving: np.ndarray
    place: Float64
    equal: np.ndarray
    depth: Float64
    weight: Float64
    bent: np.ndarray
    posed: bool
    R_WK: Float64
    p_WK: Float64
    up_G: Float64
    q_now: Float64
    q_home: Float64
    lower: Float64
    upper: Float64


@compiled
def _pose_rows(task, R, p, J, r, dr, at):
    """Write half the sum of the axes' cross products, and the offset, from row ``at`` on, with derivatives.

    d(r x k) = (w x r) x k = r (w . k) - w (r . k), summed over the axes.
    """
    K, n = task.R_WK, J.shape[1]
    trace = 0.0
    for i in range(3):
        for a in range(3):
            trace += R[0, i, a] * K[i, a]
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        r[at + i] = 0.0
        for a in range(3):
            r[at + i] += 0.5 * (R[0, j, a] * K[k, a] - R[0, k, a] * K[j, a])
        r[at + 3 + i] = p[0, i] - task.p_WK[i]
        for c in range(n):
            dr[at + i, c] = -0.5 * trace * J[i, c]
            dr[at + 3 + i, c] = J[3 + i, c]
        for b in range(3):
            by = 0.0
            for a in range(3):
                by += R[0, i, a] * K[b, a]
            for c in range(n):
                dr[at + i, c] += 0.5 * by * J[b, c]


@compiled
def evaluate(task, q):
    """Rows (m) and their Jacobian (m, n); the wishes' cost, gradient (n) and Gauss-Newton matrix (n, n).

    Last come the components of what bends rows (b), and their Jacobian (b, n).
    """
    n, count = len(q), len(task.place)
    R, p = tool_poses(task.chain_R, task.chain_p, task.kind, task.axis, q.reshape(1, n))
    J = tool_jacobian(task.chain_R, task.chain_p, task.kind, task.axis, q)
    x, dx = np.empty((1, 3 * count)), np.zeros((1, 3 * count, n))
    for k in range(count):
        if not task.moving[k]:
            for i in range(3):
                x[0, 3 * k + i] = task.place[k, i]
            continue
        a, b, c = task.place[k, 0], task.place[k, 1], task.place[k, 2]
        u = R[0, 0, 0] * a + R[0, 0, 1] * b + R[0, 0, 2] * c
        v = R[0, 1, 0] * a + R[0, 1, 1] * b + R[0, 1, 2] * c
        w = R[0, 2, 0] * a + R[0, 2, 1] * b + R[0, 2, 2] * c
        x[0, 3 * k], x[0, 3 * k + 1], x[0, 3 * k + 2] = p[0, 0] + u, p[0, 1] + v, p[0, 2] + w
        for j in range(n):
            dx[0, 3 * k, j] = J[3, j] + J[1, j] * w - J[2, j] * v
            dx[0, 3 * k + 1, j] = J[4, j] + J[2, j] * u - J[0, j] * w
            dx[0, 3 * k + 2, j] = J[5, j] + J[0, j] * v - J[1, j] * u
    values, slopes = run_with_slopes(task.code, task.first, task.second, task.constants, task.outputs, x, dx)
    m = len(task.equal)
    total = m + 6 if task.posed else m
    r, dr = np.empty(total), np.empty((total, n))
    r[:m] = values[0, :m]
    dr[:m] = slopes[0, :m]
    if task.posed:
        _pose_rows(task, R, p, J, r, dr, m)
    cost, gradient, H = 0.0, np.empty(n), np.zeros((n, n))
    for j in range(n):
        moved, away = q[j] - task.q_now[j], q[j] - task.q_home[j]
        cost += 0.5 * STAY * moved * moved + 0.5 * COMFORT * away * away
        gradient[j] = STAY * moved + COMFORT * away
        H[j, j] = STAY + COMFORT
    up = R[0] @ task.up_G
    cost += LEVEL * (1.0 - up[2])
    for j in range(n):
        gradient[j] -= LEVEL * (J[0, j] * up[1] - J[1, j] * up[0])
        a, b = J[1, j] * up[2] - J[2, j] * up[1], J[2, j] * up[0] - J[0, j] * up[2]
        for i in range(n):
            H[i, j] += LEVEL * (
                a * (J[1, i] * up[2] - J[2, i] * up[1]) + b * (J[2, i] * up[0] - J[0, i] * up[2])
            )
    for k in range(m):
        # Past its bound a row is the constraint's business; the wish stays bounded there.
        near = min(max(r[k] + task.depth[k], 0.0), 2.0 * task.depth[k])
        cost += 0.5 * task.weight[k] * near * near
        if near > 0.0 and r[k] < task.depth[k]:
            for j in range(n):
                gradient[j] += task.weight[k] * near * dr[k, j]
                for i in range(n):
                    H[i, j] += task.weight[k] * dr[k, i] * dr[k, j]
    return r, dr, cost, gradient, H, values[0, m:], slopes[0, m:]


@compiled
def distances(packed, allowed, q):
    """Distance of each pair, what may touch counted from its allowance, and the Jacobian."""
    n = len(q)
    d, J = row_distances(
        packed.tree, packed.bodies, packed.solids, packed.first, packed.around, packed.margins, packed.table,
        packed.rows, packed.own_pairs, packed.own_rows, packed.fingers, q.reshape(1, n), BAND, packed.pairs,
        packed.moving, packed.joint_link,
    )  # fmt: skip
    return d + allowed, J


@compiled
def _add(weight, miss, slope, k, gradient, H):
    """Add half a weighted square to gradient and Gauss-Newton matrix."""
    n = len(gradient)
    for j in range(n):
        gradient[j] += weight * miss * slope[k, j]
        for i in range(n):
            H[i, j] += weight * slope[k, i] * slope[k, j]


@compiled
def _bend(weight, v, dv, start, end, slope, k, H):
    """Add how a row's slope turns with its vector, where the row grows with the vector's length."""
    n = len(H)
    square = 0.0
    along = np.zeros(n)
    for a in range(start, end):
        square += v[a] * v[a]
        for j in range(n):
            along[j] += v[a] * dv[a, j]
    length = np.sqrt(square)
    agrees = 0.0
    for j in range(n):
        agrees += along[j] * slope[k, j]
    if length < 1e-6 or agrees <= 0.0:
        return
    for i in range(n):
        for j in range(n):
            across = -along[i] * along[j] / square
            for a in range(start, end):
                across += dv[a, i] * dv[a, j]
            H[i, j] += weight / length * across


@compiled
def _merit(task, packed, allowed, q, rho, held, kept, margin, roomy):
    """Augmented Lagrangian with its slope and matrix, rows, distances, and the largest violation."""
    r, dr, value, gradient, H, v, dv = evaluate(task, q)
    d, dd = distances(packed, allowed, q)
    m = len(task.equal)
    worst = 0.0
    b = 0
    for k in range(len(r)):
        equal = k >= m or task.equal[k]
        worst = max(worst, abs(r[k]) if equal else r[k])
        miss = r[k] + held[k] / rho
        if equal or miss > 0.0:
            value += 0.5 * rho * miss * miss
            _add(rho, miss, dr, k, gradient, H)
        start = b
        while b < len(v) and task.bent[b] == k:
            b += 1
        if b > start and miss > 0.0:
            _bend(rho * miss, v, dv, start, b, dr, k, H)
    for k in range(len(d)):
        worst = max(worst, margin - d[k])
        miss = margin - d[k] + kept[k] / rho
        if miss > 0.0:
            value += 0.5 * rho * miss * miss
            _add(rho, -miss, dd, k, gradient, H)
        miss = roomy - d[k]
        if miss > 0.0:
            value += 0.5 * ROOM * miss * miss
            _add(ROOM, -miss, dd, k, gradient, H)
    return value, gradient, H, r, d, worst


@compiled
def _step(task, q, gradient, H, damping):
    """Levenberg-Marquardt step; joints at a limit that would be pushed further are held."""
    n = len(q)
    A, b = H.copy(), -gradient
    for j in range(n):
        A[j, j] += damping * (1.0 + H[j, j])
        if (q[j] <= task.lower[j] and b[j] < 0.0) or (q[j] >= task.upper[j] and b[j] > 0.0):
            for i in range(n):
                A[i, j] = 0.0
                A[j, i] = 0.0
            A[j, j], b[j] = 1.0, 0.0
    step = np.linalg.solve(A, b)
    size = np.abs(step).max()
    if size > 0.5:
        step *= 0.5 / size
    return np.minimum(np.maximum(q + step, task.lower), task.upper)


@compiled
def descend(task, packed, allowed, start, margin, roomy):
    """Go from a start to joint positions at which every row holds and the wishes are met best nearby.

    Args:
        task: The problem.
        packed: What is around.
        allowed: How far each pair may overlap, shape (count,), [m].
        start: Joint positions, shape (n,).
        margin: Distance to keep, [m].
        roomy: Distance that is wished, [m].

    Returns:
        Joint positions and the largest violation there.
    """
    q = np.minimum(np.maximum(start, task.lower), task.upper)
    m = len(task.equal)
    held = np.zeros(m + 6 if task.posed else m)
    kept = np.zeros(packed.pairs)
    rho, worst, before = 1e3, np.inf, np.inf
    for turn in range(ROUNDS):
        damping = 1e-3
        value, gradient, H, r, d, worst = _merit(task, packed, allowed, q, rho, held, kept, margin, roomy)
        for _ in range(STEPS):
            there = _step(task, q, gradient, H, damping)
            moved = np.abs(there - q).max()
            if moved < 1e-9:
                break
            new = _merit(task, packed, allowed, there, rho, held, kept, margin, roomy)
            if new[0] <= value:
                small = value - new[0] < 1e-9 * (1.0 + abs(value))
                q = there
                value, gradient, H, r, d, worst = new
                damping = max(damping / 5.0, 1e-9)
                if small:
                    break
            else:
                damping = max(damping * 6.0, 1e-6)
                if damping > 1e6:
                    break
        if worst < DONE and turn > 0:
            break
        if turn >= 3 and worst > 0.5 * before and worst > 1e-3:
            break
        before = worst
        for k in range(len(held)):
            held[k] += rho * r[k]
            if k < m and not task.equal[k]:
                held[k] = max(held[k], 0.0)
        for k in range(len(kept)):
            kept[k] = max(kept[k] + rho * (margin - d[k]), 0.0)
        rho = min(10.0 * rho, 1e5)
    return q, worst
