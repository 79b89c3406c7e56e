"""Kernels of the collision world: the nearest pair, found with bounding balls first."""

from typing import NamedTuple

import numpy as np

from ..core.arrays import Float64
from .compiled import compiled
from .posing import LinkTree, place_links
from .solids import Solids, solid_distance


class Bodies(NamedTuple):
    """The robot's balls, grouped by the body that carries them.

    Attributes:
        link: Link that each body moves with, shape (G,).
        first: Where each body's balls begin, and the end, shape (G + 1,).
        balls: Centres in the link's frame and radii, shape (S, 4), [m].
        around: A ball around each body likewise, shape (G, 4), [m].
    """

    link: np.ndarray
    first: np.ndarray
    balls: Float64
    around: Float64


class Packed(NamedTuple):
    """What ``row_distances`` takes besides joint positions and band.

    Attributes:
        tree: All links.
        bodies: The robot's balls.
        solids: The obstacles' pieces.
        first: Where each obstacle's pieces begin, and the end.
        around: A ball around each obstacle, (N, 4), [m].
        margins: Distance taken off each obstacle's, (N,), [m].
        table: Height of the table, [m].
        rows: Row of each body and obstacle, the table last; -1 where not compared.
        own_pairs: Pairs of the arm's own bodies.
        own_rows: Their rows.
        fingers: Positions of the finger joints.
        pairs: Number of rows.
        moving: Whether an arm joint moves a link, (L, n).
        joint_link: The link that each arm joint carries, (n,).
    """

    tree: LinkTree
    bodies: Bodies
    solids: Solids
    first: np.ndarray
    around: Float64
    margins: Float64
    table: float
    rows: np.ndarray
    own_pairs: np.ndarray
    own_rows: np.ndarray
    fingers: Float64
    pairs: int
    moving: np.ndarray
    joint_link: np.ndarray


@compiled
def _place(R, p, link, balls, k, out, to):
    """Write the world's centre and the radius of ball k of a link."""
    x, y, z = balls[k, 0], balls[k, 1], balls[k, 2]
    for i in range(3):
        out[to, i] = p[link, i] + R[link, i, 0] * x + R[link, i, 1] * y + R[link, i, 2] * z
    out[to, 3] = balls[k, 3]


@compiled
def _gap(a, i, b, j):
    """Distance between ball i of a and ball j of b."""
    x, y, z = a[i, 0] - b[j, 0], a[i, 1] - b[j, 1], a[i, 2] - b[j, 2]
    return np.sqrt(x * x + y * y + z * z) - a[i, 3] - b[j, 3]


@compiled
def _ready(bodies, R, p, g, balls, placed):
    """Place a body's balls if they are not yet."""
    if not placed[g]:
        placed[g] = True
        for k in range(bodies.first[g], bodies.first[g + 1]):
            _place(R, p, bodies.link[g], bodies.balls, k, balls, k)


@compiled
def _to_table(balls, start, end, height, best):
    """Nearest ball to the table's plane below ``best``: distance, ball."""
    at = -1
    for k in range(start, end):
        d = balls[k, 2] - balls[k, 3] - height
        if d < best:
            best, at = d, k
    return best, at


@compiled
def _to_solids(balls, start, end, solids, low, high, margin, best):
    """Nearest pair of ball and piece below ``best``: distance, ball, piece."""
    at, piece = -1, -1
    for s in range(low, high):
        for k in range(start, end):
            if _gap(balls, k, solids.bound, s) - margin < best:
                d = solid_distance(solids, s, balls[k, 0], balls[k, 1], balls[k, 2])[0] - balls[k, 3] - margin
                if d < best:
                    best, at, piece = d, k, s
    return best, at, piece


@compiled
def _to_balls(balls, first, whole, a, b, best):
    """Nearest pair of balls of the bodies a and b below ``best``: distance, ball, ball."""
    at, other = -1, -1
    low, high = first[b], first[b + 1]
    for k in range(first[a], first[a + 1]):
        if _gap(balls, k, whole, b) >= best:
            continue
        for j in range(low, high):
            d = _gap(balls, k, balls, j)
            if d < best:
                best, at, other = d, k, j
    return best, at, other


@compiled
def clearances(tree, bodies, solids, first, around, margins, table, rows, own_pairs, fingers, Q, cap):
    """Least signed distance at each row of Q, ``cap`` at most."""
    groups, obstacles, links = len(bodies.link), len(around), len(tree.parent)
    R, p = np.empty((links, 3, 3)), np.empty((links, 3))
    balls, whole = np.empty((len(bodies.balls), 4)), np.empty((groups, 4))
    placed = np.empty(groups, np.bool_)
    gaps = np.empty((groups, obstacles))
    result = np.empty(len(Q))
    for row in range(len(Q)):
        place_links(tree, Q, row, fingers, R, p, 0)
        best = cap
        for g in range(groups):
            placed[g] = False
            _place(R, p, bodies.link[g], bodies.around, g, whole, g)
        for g in range(groups):
            if rows[g, obstacles] >= 0 and whole[g, 2] - whole[g, 3] - table < best:
                _ready(bodies, R, p, g, balls, placed)
                best, _ = _to_table(balls, bodies.first[g], bodies.first[g + 1], table, best)
        # The likely nearest pair goes first: its distance spares most of the others.
        likely, likely_gap = -1, best
        for g in range(groups):
            for o in range(obstacles):
                if rows[g, o] >= 0:
                    gaps[g, o] = _gap(whole, g, around, o) - margins[o]
                    if gaps[g, o] < likely_gap:
                        likely, likely_gap = g * obstacles + o, gaps[g, o]
        for turn in range(-1, groups * obstacles if likely >= 0 else -1):
            pair = likely if turn < 0 else turn
            g, o = pair // obstacles, pair % obstacles
            if rows[g, o] >= 0 and gaps[g, o] < best:
                _ready(bodies, R, p, g, balls, placed)
                start, end = bodies.first[g], bodies.first[g + 1]
                best, _, _ = _to_solids(balls, start, end, solids, first[o], first[o + 1], margins[o], best)
        for k in range(len(own_pairs)):
            a, b = own_pairs[k, 0], own_pairs[k, 1]
            if _gap(whole, a, whole, b) < best:
                _ready(bodies, R, p, a, balls, placed)
                _ready(bodies, R, p, b, balls, placed)
                best, _, _ = _to_balls(balls, bodies.first, whole, a, b, best)
        result[row] = best
    return result


@compiled
def _add_slope(J, row, sign, normal, link, point, k, tree, R, p, moving, joint_link):
    """Add how a point of a link moves along a normal, by each joint."""
    x, y, z = point[k, 0], point[k, 1], point[k, 2]
    nx, ny, nz = sign * normal[row, 0], sign * normal[row, 1], sign * normal[row, 2]
    for j in range(len(joint_link)):
        if not moving[link, j]:
            continue
        i = joint_link[j]
        a, b, c = tree.axis[i, 0], tree.axis[i, 1], tree.axis[i, 2]
        ax = R[i, 0, 0] * a + R[i, 0, 1] * b + R[i, 0, 2] * c
        ay = R[i, 1, 0] * a + R[i, 1, 1] * b + R[i, 1, 2] * c
        az = R[i, 2, 0] * a + R[i, 2, 1] * b + R[i, 2, 2] * c
        if tree.kind[i] == 2:
            J[row, j] += nx * ax + ny * ay + nz * az
            continue
        u, v, w = x - p[i, 0], y - p[i, 1], z - p[i, 2]
        J[row, j] += nx * (ay * w - az * v) + ny * (az * u - ax * w) + nz * (ax * v - ay * u)


@compiled
def row_distances(
    tree, bodies, solids, first, around, margins, table, rows, own_pairs, own_rows, fingers, q, band, count,
    moving, joint_link,
):  # fmt: skip
    """Least signed distance of each row, ``band`` at most, and its Jacobian, for the one row of q."""
    groups, obstacles, links = len(bodies.link), len(around), len(tree.parent)
    R, p = np.empty((links, 3, 3)), np.empty((links, 3))
    balls, whole = np.empty((len(bodies.balls), 4)), np.empty((groups, 4))
    placed = np.zeros(groups, np.bool_)
    d, J, normal = np.empty(count), np.zeros((count, q.shape[1])), np.empty((count, 3))
    # Who is nearest: body and ball, and the piece, or the other body and ball.
    who = np.full((count, 4), -1)
    d[:] = band
    place_links(tree, q, 0, fingers, R, p, 0)
    for g in range(groups):
        _place(R, p, bodies.link[g], bodies.around, g, whole, g)
    for g in range(groups):
        start, end = bodies.first[g], bodies.first[g + 1]
        row = rows[g, obstacles]
        if row >= 0 and whole[g, 2] - whole[g, 3] - table < d[row]:
            _ready(bodies, R, p, g, balls, placed)
            best, at = _to_table(balls, start, end, table, d[row])
            if at >= 0:
                d[row], who[row, 0], who[row, 1], who[row, 2] = best, g, at, -1
        for o in range(obstacles):
            row = rows[g, o]
            if row >= 0 and _gap(whole, g, around, o) - margins[o] < d[row]:
                _ready(bodies, R, p, g, balls, placed)
                best, at, piece = _to_solids(
                    balls, start, end, solids, first[o], first[o + 1], margins[o], d[row]
                )
                if at >= 0:
                    d[row], who[row, 0], who[row, 1], who[row, 2] = best, g, at, piece
    for k in range(len(own_pairs)):
        a, b, row = own_pairs[k, 0], own_pairs[k, 1], own_rows[k]
        if _gap(whole, a, whole, b) < d[row]:
            _ready(bodies, R, p, a, balls, placed)
            _ready(bodies, R, p, b, balls, placed)
            best, at, other = _to_balls(balls, bodies.first, whole, a, b, d[row])
            if at >= 0:
                d[row], who[row, 0], who[row, 1], who[row, 2], who[row, 3] = best, a, at, b, other
    for row in range(count):
        g, k = who[row, 0], who[row, 1]
        if g < 0:
            continue
        if who[row, 3] >= 0:
            j = who[row, 3]
            length = max(_gap(balls, k, balls, j) + balls[k, 3] + balls[j, 3], 1e-12)
            for i in range(3):
                normal[row, i] = (balls[k, i] - balls[j, i]) / length
            other = bodies.link[who[row, 2]]
            _add_slope(J, row, -1.0, normal, other, balls, j, tree, R, p, moving, joint_link)
        elif who[row, 2] >= 0:
            _, x, y, z = solid_distance(solids, who[row, 2], balls[k, 0], balls[k, 1], balls[k, 2])
            normal[row, 0], normal[row, 1], normal[row, 2] = x, y, z
        else:
            normal[row, 0], normal[row, 1], normal[row, 2] = 0.0, 0.0, 1.0
        _add_slope(J, row, 1.0, normal, bodies.link[g], balls, k, tree, R, p, moving, joint_link)
    return d, J
