"""Kernels that place links: fixed poses times joint motions, and the Jacobians that follow."""

from typing import NamedTuple

import numpy as np

from ..core.arrays import Float64
from .compiled import compiled

FIXED, REVOLUTE, PRISMATIC = 0, 1, 2


class LinkTree(NamedTuple):
    """Where every link sits on its parent, as arrays that a kernel takes; parents come first.

    Attributes:
        parent: Index of the parent link, -1 for those that stand in the world, shape (L,).
        R: Rotation from the parent to the link at joint position 0, shape (L, 3, 3).
        p: Position of the link's origin in its parent at joint position 0, shape (L, 3), [m].
        kind: ``FIXED``, ``REVOLUTE`` or ``PRISMATIC``, shape (L,).
        axis: Joint axis in the link, shape (L, 3).
        column: Index of the joint's position among arm joints, then finger joints, shape (L,).
    """

    parent: np.ndarray
    R: Float64
    p: Float64
    kind: np.ndarray
    axis: Float64
    column: np.ndarray


class Chain(NamedTuple):
    """The arm's joints alone, fixed links folded in.

    Attributes:
        R: Rotation from the joint before (at first the world) to the joint, at last to G, (n + 1, 3, 3).
        p: Position likewise, shape (n + 1, 3), [m].
        kind: ``REVOLUTE`` or ``PRISMATIC``, shape (n,).
        axis: Joint axes, each in its joint's frame, shape (n, 3).
    """

    R: Float64
    p: Float64
    kind: np.ndarray
    axis: Float64


# The kernels index whole arrays: each slice would cost numba about 0.1 s of compiling.


@compiled
def _reset(R, p, b):
    """Write the identity as pose b."""
    for i in range(3):
        p[b, i] = 0.0
        for j in range(3):
            R[b, i, j] = 1.0 if i == j else 0.0


@compiled
def _follow(R, p, b, R_step, p_step, s):
    """Go on from pose b by the fixed step s, in place."""
    x, y, z = p_step[s, 0], p_step[s, 1], p_step[s, 2]
    for i in range(3):
        p[b, i] += R[b, i, 0] * x + R[b, i, 1] * y + R[b, i, 2] * z
    for i in range(3):
        u, v, w = R[b, i, 0], R[b, i, 1], R[b, i, 2]
        for j in range(3):
            R[b, i, j] = u * R_step[s, 0, j] + v * R_step[s, 1, j] + w * R_step[s, 2, j]


@compiled
def _move(R, p, b, kind, axis, s, value):
    """Move pose b by the joint s, in place: turn about the axis (Rodrigues) or slide along it."""
    x, y, z = axis[s, 0], axis[s, 1], axis[s, 2]
    if kind[s] == 2:
        for i in range(3):
            p[b, i] += value * (R[b, i, 0] * x + R[b, i, 1] * y + R[b, i, 2] * z)
        return
    c = np.cos(value)
    t = np.sin(value)
    d = 1.0 - c
    for i in range(3):
        u, v, w = R[b, i, 0], R[b, i, 1], R[b, i, 2]
        along = d * (u * x + v * y + w * z)
        R[b, i, 0] = c * u + along * x + t * (v * z - w * y)
        R[b, i, 1] = c * v + along * y + t * (w * x - u * z)
        R[b, i, 2] = c * w + along * z + t * (u * y - v * x)


@compiled
def tool_poses(chain_R, chain_p, kind, axis, Q):
    """Tool frame at each row of Q."""
    count, n = Q.shape
    R, p = np.empty((count, 3, 3)), np.empty((count, 3))
    for b in range(count):
        _reset(R, p, b)
        for j in range(n):
            _follow(R, p, b, chain_R, chain_p, j)
            _move(R, p, b, kind, axis, j, Q[b, j])
        _follow(R, p, b, chain_R, chain_p, n)
    return R, p


@compiled
def _joint_axes(chain_R, chain_p, kind, axis, q):
    """Tool frame (one row each), and every joint's axis and a point on it, in the world."""
    n = len(q)
    R, p = np.empty((1, 3, 3)), np.empty((1, 3))
    axes, origins = np.empty((n, 3)), np.empty((n, 3))
    _reset(R, p, 0)
    for j in range(n):
        _follow(R, p, 0, chain_R, chain_p, j)
        for i in range(3):
            axes[j, i] = R[0, i, 0] * axis[j, 0] + R[0, i, 1] * axis[j, 1] + R[0, i, 2] * axis[j, 2]
            origins[j, i] = p[0, i]
        _move(R, p, 0, kind, axis, j, q[j])
    _follow(R, p, 0, chain_R, chain_p, n)
    return R, p, axes, origins


@compiled
def tool_jacobian(chain_R, chain_p, kind, axis, q):
    """Jacobian of the tool frame's spatial velocity, angular first."""
    _, p, axes, origins = _joint_axes(chain_R, chain_p, kind, axis, q)
    J = np.zeros((6, len(q)))
    for j in range(len(q)):
        a, b, c = axes[j, 0], axes[j, 1], axes[j, 2]
        if kind[j] == 2:
            J[3, j], J[4, j], J[5, j] = a, b, c
            continue
        x, y, z = p[0, 0] - origins[j, 0], p[0, 1] - origins[j, 1], p[0, 2] - origins[j, 2]
        J[0, j], J[1, j], J[2, j] = a, b, c
        J[3, j], J[4, j], J[5, j] = b * z - c * y, c * x - a * z, a * y - b * x
    return J


@compiled
def points_jacobian(chain_R, chain_p, kind, axis, q, p_GQ):
    """Points fixed in the tool frame, in the world, and their Jacobians."""
    R, p, axes, origins = _joint_axes(chain_R, chain_p, kind, axis, q)
    count, n = len(p_GQ), len(q)
    p_WQ, J = np.empty((count, 3)), np.empty((count, 3, n))
    for k in range(count):
        for i in range(3):
            p_WQ[k, i] = p[0, i] + R[0, i, 0] * p_GQ[k, 0] + R[0, i, 1] * p_GQ[k, 1] + R[0, i, 2] * p_GQ[k, 2]
        for j in range(n):
            a, b, c = axes[j, 0], axes[j, 1], axes[j, 2]
            x, y, z = p_WQ[k, 0] - origins[j, 0], p_WQ[k, 1] - origins[j, 1], p_WQ[k, 2] - origins[j, 2]
            slide = kind[j] == 2
            J[k, 0, j] = a if slide else b * z - c * y
            J[k, 1, j] = b if slide else c * x - a * z
            J[k, 2, j] = c if slide else a * y - b * x
    return p_WQ, J


@compiled
def place_links(tree, Q, row, fingers, R, p, first):
    """Write every link's pose at a row of Q into the rows of R (.., 3, 3) and p (.., 3) from ``first`` on."""
    n = Q.shape[1]
    for i in range(len(tree.parent)):
        b = first + i
        parent = tree.parent[i]
        if parent < 0:
            _reset(R, p, b)
        else:
            for k in range(3):
                p[b, k] = p[first + parent, k]
                for j in range(3):
                    R[b, k, j] = R[first + parent, k, j]
        _follow(R, p, b, tree.R, tree.p, i)
        if tree.kind[i] != 0:
            column = tree.column[i]
            value = Q[row, column] if column < n else fingers[column - n]
            _move(R, p, b, tree.kind, tree.axis, i, value)


@compiled
def links_batch(tree, Q, fingers):
    """Every link at each row of Q, one row of the result a link."""
    count, links = len(Q), len(tree.parent)
    R, p = np.empty((count * links, 3, 3)), np.empty((count * links, 3))
    for b in range(count):
        place_links(tree, Q, b, fingers, R, p, b * links)
    return R, p
