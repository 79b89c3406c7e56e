"""From a cost-to-go field to a way: hops to the target, pulled straight."""

from typing import NamedTuple

import numpy as np

from ...core.arrays import Float64, frozen
from ...robots.compiled import compiled
from .cost import COMFORT, HUG, metre

MOST = 4096
"""Most nodes of a way: one across 50^3 nodes and back is 100 long, the worst maze of them less than this."""


class Layer(NamedTuple):
    """One grid of a field, as kernels take it.

    Attributes:
        room: Room beyond what is kept at each node, float32, padded, [m].
        hop: Which neighbour comes next, flat.
        offset: Difference of node numbers by neighbour, shape (26,).
        lower: The first node, p_W, shape (3,), [m].
        step: Distance of neighbours, shape (3,), [m].
    """

    room: np.ndarray
    hop: np.ndarray
    offset: np.ndarray
    lower: Float64
    step: Float64


NOWHERE = Layer(
    np.zeros((3, 3, 3), np.float32),
    np.full(27, -1, np.int8),
    np.zeros(26, np.int64),
    frozen(np.full(3, np.inf), (3,)),
    frozen(np.ones(3), (3,)),
)
"""A layer that holds no point: the patch of a field that has none. Of the same types as one that does, so
that nothing is compiled twice."""


@compiled
def _within(layer, x, y, z):
    nx, ny, nz = layer.room.shape
    return (
        layer.lower[0] <= x <= layer.lower[0] + (nx - 3) * layer.step[0]
        and layer.lower[1] <= y <= layer.lower[1] + (ny - 3) * layer.step[1]
        and layer.lower[2] <= z <= layer.lower[2] + (nz - 3) * layer.step[2]
    )


@compiled
def leg(layer, patch, a, b):
    """Give the cost of the straight way from a to b; infinite where it is not free."""
    x, y, z = a[0], a[1], a[2]
    dx, dy, dz = b[0] - x, b[1] - y, b[2] - z
    length = np.sqrt(dx * dx + dy * dy + dz * dz)
    count = int(length / (0.5 * min(layer.step[0], layer.step[1], layer.step[2]))) + 2
    near = _legs_box_meets(patch, a, b)
    if not near:
        return _sampled(layer.room, layer.lower, layer.step, a, b, 0, count, count) * length / count
    total, first, inside = 0.0, 0, _within(patch, x, y, z)
    for n in range(1, count + 2):  # Runs of samples inside and outside of the patch.
        share = n / count
        now = n <= count and _within(patch, x + share * dx, y + share * dy, z + share * dz)
        if n == count + 1 or now != inside:
            if inside:
                total += _sampled(patch.room, patch.lower, patch.step, a, b, first, n - 1, count)
            else:
                total += _sampled(layer.room, layer.lower, layer.step, a, b, first, n - 1, count)
            if total == np.inf:
                return np.inf
            first, inside = n, now
    return total * length / count


@compiled
def _legs_box_meets(layer, a, b):
    for axis in range(3):
        high = layer.lower[axis] + (layer.room.shape[axis] - 3) * layer.step[axis]
        if max(a[axis], b[axis]) < layer.lower[axis] or min(a[axis], b[axis]) > high:
            return False
    return True


@compiled
def _sampled(r, lower, step, a, b, first, last, count):
    """Sum the metre's cost at samples ``first`` to ``last`` of ``count`` on the way from a to b."""
    nx, ny, nz = r.shape
    u, v = (a[0] - lower[0]) / step[0] + 1.0, (a[1] - lower[1]) / step[1] + 1.0
    w = (a[2] - lower[2]) / step[2] + 1.0
    du, dv, dw = (
        (b[0] - a[0]) / step[0] / count,
        (b[1] - a[1]) / step[1] / count,
        (b[2] - a[2]) / step[2] / count,
    )
    total = 0.0
    for n in range(first, last + 1):
        x = min(max(u + n * du, 1.0), nx - 2.0)
        y = min(max(v + n * dv, 1.0), ny - 2.0)
        z = min(max(w + n * dw, 1.0), nz - 2.0)
        i, j, k = min(int(x), nx - 3), min(int(y), ny - 3), min(int(z), nz - 3)
        x, y, z = x - i, y - j, z - k
        low = (1.0 - y) * ((1.0 - z) * r[i, j, k] + z * r[i, j, k + 1]) + y * (
            (1.0 - z) * r[i, j + 1, k] + z * r[i, j + 1, k + 1]
        )
        high = (1.0 - y) * ((1.0 - z) * r[i + 1, j, k] + z * r[i + 1, j, k + 1]) + y * (
            (1.0 - z) * r[i + 1, j + 1, k] + z * r[i + 1, j + 1, k + 1]
        )
        room = (1.0 - x) * low + x * high
        if room < 0.0:
            return np.inf
        one = 1.0 if room >= COMFORT else 1.0 + HUG * (1.0 - room / COMFORT) ** 2
        total += 0.5 * one if n in (0, count) else one
    return total


@compiled
def follow(layer, patch, node, found, price):
    """Write the places of the nodes from ``node`` to where the way ends, and what a metre costs there.

    Returns how many.
    """
    _, ny, nz = layer.room.shape
    room = layer.room.reshape(-1)
    count = 0
    while count < len(found):
        k = node % nz
        j = (node // nz) % ny
        i = node // (nz * ny)
        found[count, 0] = layer.lower[0] + (i - 1) * layer.step[0]
        found[count, 1] = layer.lower[1] + (j - 1) * layer.step[1]
        found[count, 2] = layer.lower[2] + (k - 1) * layer.step[2]
        price[count] = metre(room[node])
        count += 1
        hop = layer.hop[node]
        if hop < 0:
            break
        node += layer.offset[hop]
    last = found[count - 1]
    slack = 0.25 * patch.step  # A node on the patch's edge is one of its nodes, whatever was rounded.
    for axis in range(3):
        high = patch.lower[axis] + (patch.room.shape[axis] - 3) * patch.step[axis]
        if not patch.lower[axis] - slack[axis] <= last[axis] <= high + slack[axis]:
            return count
    _, py, pz = patch.room.shape
    room = patch.room.reshape(-1)
    i = round((last[0] - patch.lower[0]) / patch.step[0]) + 1
    j = round((last[1] - patch.lower[1]) / patch.step[1]) + 1
    k = round((last[2] - patch.lower[2]) / patch.step[2]) + 1
    node = (i * py + j) * pz + k
    while count < len(found):
        hop = patch.hop[node]
        if hop < 0:
            break
        node += patch.offset[hop]
        k = node % pz
        j = (node // pz) % py
        i = node // (pz * py)
        found[count, 0] = patch.lower[0] + (i - 1) * patch.step[0]
        found[count, 1] = patch.lower[1] + (j - 1) * patch.step[1]
        found[count, 2] = patch.lower[2] + (k - 1) * patch.step[2]
        price[count] = metre(room[node])
        count += 1
    return count


@compiled
def _pull(layer, patch, way, price, count, found):
    """Leave out what a straight way of no more cost makes needless; returns how many points are left."""
    paid = np.zeros(count)
    for n in range(1, count):
        d = way[n] - way[n - 1]
        hop = np.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2])
        paid[n] = paid[n - 1] + 0.5 * hop * (price[n - 1] + price[n])
    kept, at = 1, 0
    found[0] = way[0]
    while at < count - 1:
        good, bad, span = at + 1, count, 2
        while at + span < count:  # Farther and farther in doubled strides, then halved between.
            if leg(layer, patch, way[at], way[at + span]) > (paid[at + span] - paid[at]) * 1.000001:
                bad = at + span
                break
            good, span = at + span, 2 * span
        if bad == count and good < count - 1:
            if leg(layer, patch, way[at], way[count - 1]) <= (paid[count - 1] - paid[at]) * 1.000001:
                good = count - 1
            else:
                bad = count - 1
        while bad - good > 1 and bad < count:
            middle = (good + bad) // 2
            if leg(layer, patch, way[at], way[middle]) <= (paid[middle] - paid[at]) * 1.000001:
                good = middle
            else:
                bad = middle
        at = good
        found[kept] = way[at]
        kept += 1
    return kept


@compiled
def plan(layer, patch, start, node, end, exact):
    """Follow a field from a start near ``node`` and pull the way straight; ``end`` is put last if ``exact``.

    A second pull, from the other end, was measured to save 0 to 1 per cent of the length and to
    double the time: one it is.
    """
    found, pulled, price = np.empty((MOST, 3)), np.empty((MOST, 3)), np.empty(MOST)
    count = 1 + follow(layer, patch, node, found[1 : MOST - 1], price[1 : MOST - 1])
    found[0], price[0] = start, price[1]
    if exact:
        found[count], price[count] = end, price[count - 1]
        count += 1
    return pulled[: _pull(layer, patch, found, price, count, pulled)].copy()
