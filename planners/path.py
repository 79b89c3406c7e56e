"""A free way between two configurations: straight, or found by two growing trees, then shortened.

The search is RRT-Connect (Kuffner and LaValle, 2000); where relations hold
along the way, every step is put back onto them (Berenson et al., "Manipulation
planning on constraint manifolds", 2009).
"""

from typing import Protocol

import numpy as np

from ..core.arrays import Float64

EDGE_STEP = 0.03
STRIDE = 1.2
SHORT_STRIDE = 0.12


class Space(Protocol):
    """The configurations that are allowed."""

    @property
    def lower(self) -> Float64:
        """Least joint positions, shape (n,), [rad]."""
        ...

    @property
    def upper(self) -> Float64:
        """Largest joint positions, shape (n,), [rad]."""
        ...

    @property
    def constrained(self) -> bool:
        """Whether relations have to hold that a step in joint space leaves."""
        ...

    def slack(self, Q: Float64) -> Float64:
        """Give how far configurations are from being forbidden, (N, n) to (N,); negative is forbidden."""
        ...

    def project(self, q: Float64) -> Float64 | None:
        """Put a configuration onto the relations, shape (n,), or None where that fails."""
        ...


def between(start: Float64, end: Float64, step: float = EDGE_STEP) -> Float64:
    """Sample the straight edge between two configurations, both ends included, shape (N, n)."""
    count = max(2, int(np.ceil(np.linalg.norm(end - start) / step)) + 1)
    return start + np.linspace(0.0, 1.0, count)[:, None] * (end - start)


def free_edge(space: Space, start: Float64, end: Float64) -> bool:
    """Tell whether the straight edge is allowed at every sample."""
    samples = between(start, end)
    middle = samples[len(samples) // 2 : len(samples) // 2 + 1]
    return bool(space.slack(middle)[0] >= 0.0) and bool((space.slack(samples) >= 0.0).all())


class _Tree:
    """Configurations with their parents, in arrays that double as they fill."""

    def __init__(self, root: Float64):
        self.q = np.zeros((64, len(root)))
        self.parent = np.full(64, -1)
        self.q[0] = root
        self.size = 1

    def add(self, q: Float64, parent: int) -> int:
        if self.size == len(self.q):
            self.q = np.concatenate([self.q, np.zeros_like(self.q)])
            self.parent = np.concatenate([self.parent, np.full_like(self.parent, -1)])
        self.q[self.size], self.parent[self.size] = q, parent
        self.size += 1
        return self.size - 1

    def nearest(self, q: Float64) -> int:
        return int(np.argmin(((self.q[: self.size] - q) ** 2).sum(axis=1)))

    def branch(self, node: int) -> list[Float64]:
        """List the configurations from the root to a node."""
        found = []
        while node >= 0:
            found.append(self.q[node].copy())
            node = int(self.parent[node])
        return found[::-1]


def _grow(space: Space, tree: _Tree, target: Float64, *, greedy: bool) -> tuple[int, bool]:
    """Grow a tree toward a target, one stride or as far as it goes: the last node, and whether it arrived."""
    node = tree.nearest(target)
    stride = SHORT_STRIDE if space.constrained else STRIDE
    for _ in range(60 if greedy or space.constrained else 1):
        here = tree.q[node]
        gap = float(np.linalg.norm(target - here))
        if gap < 1e-6:
            return node, True
        there = here + (target - here) * min(1.0, stride / gap)
        if space.constrained and gap > stride:
            put = space.project(there)
            if put is None or np.linalg.norm(put - target) > gap - 0.1 * stride:
                return node, False
            there = put
        samples = between(here, there)
        allowed = space.slack(samples) >= 0.0
        reached = len(samples) - 1 if allowed.all() else int(np.argmin(allowed)) - 1
        if reached < len(samples) - 1:
            if reached >= 2 and not space.constrained:
                node = tree.add(samples[reached], node)
            return node, False
        node = tree.add(there, node)
        if gap <= stride:
            return node, True
    return node, False


def connect(
    space: Space, start: Float64, end: Float64, rng: np.random.Generator, *, most_nodes: int
) -> Float64 | None:
    """Find a free polyline between two allowed configurations.

    Args:
        space: What is allowed.
        start: First configuration, shape (n,), [rad].
        end: Last configuration, shape (n,), [rad].
        rng: The only source of chance.
        most_nodes: Give up when both trees together have as many.

    Returns:
        Waypoints, shape (N, n), or None.
    """
    if free_edge(space, start, end):
        return np.array([start, end])
    trees = (_Tree(start), _Tree(end))
    low, high = np.minimum(start, end) - 0.7, np.maximum(start, end) + 0.7
    low, high = np.maximum(low, space.lower), np.minimum(high, space.upper)
    for turn in range(most_nodes):
        if trees[0].size + trees[1].size > most_nodes:
            return None
        near = rng.random() < 0.6
        sample = rng.uniform(low, high) if near else rng.uniform(space.lower, space.upper)
        one, two = (trees[0], trees[1]) if turn % 2 == 0 else (trees[1], trees[0])
        reached, _ = _grow(space, one, sample, greedy=False)
        met, arrived = _grow(space, two, one.q[reached], greedy=True)
        if arrived:
            first, second = (reached, met) if turn % 2 == 0 else (met, reached)
            return np.array(trees[0].branch(first) + trees[1].branch(second)[::-1][1:])
    return None


def shorten(space: Space, path: Float64, rng: np.random.Generator, tries: int) -> Float64:
    """Replace stretches of a polyline by straight edges where they are free.

    Args:
        space: What is allowed.
        path: Waypoints, shape (N, n), [rad].
        rng: The only source of chance.
        tries: How many stretches to try.

    Returns:
        Waypoints of a path no longer than the one given.
    """
    points = list(path)
    for _ in range(tries):
        if len(points) <= 2:
            break
        lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
        ends = np.concatenate([[0.0], np.cumsum(lengths)])
        one, two = np.sort(rng.uniform(0.0, ends[-1], 2))
        i, j = (
            int(np.clip(np.searchsorted(ends, s, side="right") - 1, 0, len(lengths) - 1)) for s in (one, two)
        )
        if i == j:
            continue
        q_one = points[i] + (points[i + 1] - points[i]) * (one - ends[i]) / max(lengths[i], 1e-12)
        q_two = points[j] + (points[j + 1] - points[j]) * (two - ends[j]) / max(lengths[j], 1e-12)
        old = (
            ends[j] - ends[i + 1] + np.linalg.norm(points[i + 1] - q_one) + np.linalg.norm(q_two - points[j])
        )
        if np.linalg.norm(q_two - q_one) < 0.98 * old and free_edge(space, q_one, q_two):
            points = [*points[: i + 1], q_one, q_two, *points[j + 1 :]]
    return np.array(points)
