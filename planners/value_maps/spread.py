"""Cost-to-go over a grid: shortest ways from every node to the targets, over 26 neighbours.

Nodes wait in buckets as wide as the cheapest step, so that those of one bucket may be settled in any
order and the result is that of Dijkstra's algorithm (E. V. Denardo, B. L. Fox, "Shortest-route methods:
1. Reaching, pruning, and buckets", Operations Research 27, 1979). It spreads from the targets, stops as
soon as a wanted node is settled and goes on from there when more is wanted: the first plan is the
beginning of the field. Where costs change, the nodes whose ways led over dearer ones are found along the
ways, emptied, and filled again from their surroundings (after G. Ramalingam, T. Reps, "An incremental
algorithm for a generalization of the shortest-path problem", J. Algorithms 21, 1996).
"""

from typing import NamedTuple

import numpy as np

from ...core.arrays import Float64
from ...robots.compiled import compiled
from .grid import Grid

BUCKETS = 8192
"""Buckets: steps of 2 cm reach 160 m of way with these; what lies beyond shares the last one."""
NO_HOP = -1
SEEDED = -2


class Spread(NamedTuple):
    """The state of a field that is being built; arrays are flat over the padded grid.

    Attributes:
        half_cost: Half of what a metre costs at each node; infinite where it is blocked, float32.
        seed: What is left to pay from a node where the target is reached; infinite elsewhere, float32.
        togo: What is left to pay from each node, as far as it is known, float32.
        hop: Which neighbour comes next on the way, ``SEEDED`` where it ends, ``NO_HOP`` where there is none.
        after: The next node of the same bucket, or -1.
        before: The one before it, or -1.
        bucket: The bucket that each node waits in, or -1.
        head: The first node of each bucket, or -1.
        cursor: The bucket that is emptied next, shape (1,).
        offset: Difference of node numbers by neighbour, shape (26,).
        length: Distance by neighbour, shape (26,), float32, [m].
        scale: Buckets to a metre, shape (1,), float32.
    """

    half_cost: np.ndarray
    seed: np.ndarray
    togo: np.ndarray
    hop: np.ndarray
    after: np.ndarray
    before: np.ndarray
    bucket: np.ndarray
    head: np.ndarray
    cursor: np.ndarray
    offset: np.ndarray
    length: np.ndarray
    scale: np.ndarray

    @property
    def nbytes(self) -> int:
        """Memory, [byte]."""
        return sum(array.nbytes for array in self)


def begin(grid: Grid, half_cost: np.ndarray, seeds: np.ndarray, values: Float64) -> Spread:
    """Start a field.

    Args:
        grid: The nodes.
        half_cost: Half of what a metre costs at each node, at least 0.5; infinite where it is blocked;
            float32, padded.
        seeds: Numbers of the nodes where the target is reached, shape (N,).
        values: What is left to pay from there, shape (N,).
    """
    count = half_cost.size
    offset, length = neighbours(grid)
    spread = Spread(
        half_cost=half_cost.reshape(-1),
        seed=np.full(count, np.inf, np.float32),
        togo=np.full(count, np.inf, np.float32),
        hop=np.full(count, NO_HOP, np.int8),
        after=np.empty(count, np.int32),
        before=np.empty(count, np.int32),
        bucket=np.full(count, -1, np.int16),
        head=np.full(BUCKETS, -1, np.int32),
        cursor=np.zeros(1, np.int64),
        offset=offset,
        length=length,
        scale=1.0 / length.min(keepdims=True),
    )
    np.minimum.at(spread.seed, seeds, values.astype(np.float32))
    _look_round(spread, np.unique(seeds).astype(np.int32), 0)
    return spread


def neighbours(grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Give the differences of numbers and the distances of 26 neighbours; k and 25 - k are opposites."""
    steps = np.array([(i, j, k) for i in (-1, 0, 1) for j in (-1, 0, 1) for k in (-1, 0, 1) if i or j or k])
    _, ny, nz = grid.padded
    return steps @ np.array([ny * nz, nz, 1]), np.linalg.norm(steps * grid.step, axis=1).astype(np.float32)


@compiled
def grow(s, stop):
    """Settle nodes until ``stop`` is settled, or all where it is negative; True if ``stop`` was reached."""
    half_cost, togo, hop, offset, length = s.half_cost, s.togo, s.hop, s.offset, s.length
    after, before, bucket, head = s.after, s.before, s.bucket, s.head
    last, scale = len(head) - 1, s.scale[0]
    b = s.cursor[0]
    while b <= last:
        if stop >= 0 and bucket[stop] < 0 and togo[stop] * scale <= b:
            break
        node = head[b]
        while node >= 0:
            late = after[node]
            head[b] = late
            if late >= 0:
                before[late] = -1
            bucket[node] = -1
            here, cost = togo[node], half_cost[node]
            for k in range(26):
                other = node + offset[k]
                far = here + length[k] * (cost + half_cost[other])
                if not far < togo[other]:
                    continue
                togo[other] = far
                hop[other] = 25 - k
                # Taking out and putting in is written out: calls that take arrays cost three times the rest.
                new, old = min(np.int64(far * scale), last), bucket[other]
                if new == old:
                    continue
                if old >= 0:
                    late, early = after[other], before[other]
                    if early >= 0:
                        after[early] = late
                    else:
                        head[old] = late
                    if late >= 0:
                        before[late] = early
                first = head[new]
                before[other] = -1
                after[other] = first
                if first >= 0:
                    before[first] = other
                head[new] = other
                bucket[other] = new
            node = head[b]
        b += 1
    s.cursor[0] = b
    return stop >= 0 and togo[stop] < np.inf


@compiled
def change(s, nodes, half_costs, seeds):
    """Give nodes new costs and seeds; what depends on them waits to be settled anew. Returns how many.

    Args:
        s: The field, a ``Spread``.
        nodes: Which, each once.
        half_costs: Half of what a metre costs there now.
        seeds: What is left to pay where the target is reached there; infinite elsewhere.
    """
    looking = np.empty(len(s.togo) + len(nodes), np.int32)
    count = 0
    for n in range(len(nodes)):
        node = nodes[n]
        ended = s.hop[node] == SEEDED and seeds[n] > s.seed[node]
        if s.hop[node] != NO_HOP and (half_costs[n] > s.half_cost[node] or ended):
            looking[count] = node
            count += 1
            s.hop[node] = NO_HOP
    emptied = _empty(s.togo, s.hop, s.after, s.before, s.bucket, s.head, s.offset, looking, count)
    count = emptied
    for n in range(len(nodes)):
        node = nodes[n]
        if half_costs[n] < s.half_cost[node] or seeds[n] < s.seed[node]:
            looking[count] = node
            count += 1
        s.half_cost[node] = half_costs[n]
        s.seed[node] = seeds[n]
    _look_round(s, looking[:count], emptied)
    return emptied


@compiled
def _empty(togo, hop, after, before, bucket, head, offset, looking, count):
    """Empty nodes and all whose ways lead over them; ``looking`` is filled with those. Returns how many."""
    done = 0
    while done < count:
        node = looking[done]
        done += 1
        togo[node] = np.inf
        b = bucket[node]
        if b >= 0:
            late, early = after[node], before[node]
            if early >= 0:
                after[early] = late
            else:
                head[b] = late
            if late >= 0:
                before[late] = early
            bucket[node] = -1
        for k in range(26):
            other = node + offset[k]
            if hop[other] == 25 - k:
                looking[count] = other
                count += 1
                hop[other] = NO_HOP
    return count


@compiled
def _look_round(s, nodes, emptied):
    """Take the best ways that the neighbours know.

    A node that found one, and each behind the first ``emptied``, which became cheaper itself, waits to
    tell its neighbours in turn.
    """
    half_cost, togo, hop, seed, offset, length = s.half_cost, s.togo, s.hop, s.seed, s.offset, s.length
    after, before, bucket, head = s.after, s.before, s.bucket, s.head
    last, scale, cursor = len(head) - 1, s.scale[0], s.cursor[0]
    for n in range(len(nodes)):
        node = nodes[n]
        cost, best, towards = half_cost[node], togo[node], np.int64(hop[node])
        if not cost < np.inf:
            continue
        if seed[node] < best:
            best, towards = seed[node], SEEDED
        for k in range(26):
            other = node + offset[k]
            far = togo[other] + length[k] * (cost + half_cost[other])
            if far < best:
                best, towards = far, k
        if not best < np.inf or (n < emptied and not best < togo[node]):
            continue
        togo[node] = best
        hop[node] = towards
        new, old = min(np.int64(best * scale), last), bucket[node]
        cursor = min(cursor, new)
        if new == old:
            continue
        if old >= 0:
            late, early = after[node], before[node]
            if early >= 0:
                after[early] = late
            else:
                head[old] = late
            if late >= 0:
                before[late] = early
        first = head[new]
        before[node] = -1
        after[node] = first
        if first >= 0:
            before[first] = node
        head[new] = node
        bucket[node] = new
    s.cursor[0] = cursor
