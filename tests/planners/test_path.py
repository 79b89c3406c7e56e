"""The search on a plane with a wall, the curve's hull."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from handsel.planners.curve import smooth
from handsel.planners.path import connect, free_edge, shorten
from handsel.planners.timing import Limits, strains, time_path


@dataclass
class Gap:
    """The square [-1, 1]^2 with a wall at x = 0 that has a gap at y in (0.6, 0.8)."""

    lower: np.ndarray
    upper: np.ndarray
    constrained: bool = False
    gap: tuple[float, float] = (0.6, 0.8)

    def slack(self, Q: np.ndarray) -> np.ndarray:
        in_gap = np.minimum(Q[:, 1] - self.gap[0], self.gap[1] - Q[:, 1])
        return np.maximum(np.abs(Q[:, 0]) - 0.05, in_gap)

    def project(self, q: np.ndarray) -> np.ndarray | None:
        return q


@dataclass
class Circle:
    """The circle of radius 1, a band of 1 mm about it, without the half y < -0.9."""

    lower: np.ndarray
    upper: np.ndarray
    constrained: bool = True

    def slack(self, Q: np.ndarray) -> np.ndarray:
        return np.minimum(1e-3 - np.abs(np.linalg.norm(Q, axis=1) - 1.0), Q[:, 1] + 0.9)

    def project(self, q: np.ndarray) -> np.ndarray | None:
        size = np.linalg.norm(q)
        return q / size if size > 0.1 else None


def square() -> tuple[np.ndarray, np.ndarray]:
    return np.full(2, -1.0), np.full(2, 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_gap_is_found_and_the_way_shortened(seed: int) -> None:
    space = Gap(*square())
    start, end = np.array([-0.8, -0.8]), np.array([0.8, -0.8])
    assert not free_edge(space, start, end)
    rng = np.random.default_rng(seed)
    path = connect(space, start, end, rng, most_nodes=4000)
    assert path is not None
    np.testing.assert_array_equal(path[[0, -1]], [start, end])
    short = shorten(space, path, rng, 100)
    assert all(free_edge(space, a, b) for a, b in pairwise(short))
    lengths = [np.linalg.norm(np.diff(p, axis=0), axis=1).sum() for p in (path, short)]
    assert lengths[1] <= lengths[0] + 1e-12
    # The shortest way goes through the lower corners of the gap.
    assert lengths[1] < 1.25 * (2 * np.hypot(0.75, 1.4) + 0.1)


def test_no_gap_no_way() -> None:
    space = Gap(*square(), gap=(0.8, 0.6))
    found = connect(
        space, np.array([-0.8, 0.0]), np.array([0.8, 0.0]), np.random.default_rng(0), most_nodes=300
    )
    assert found is None


def test_steps_are_put_back_onto_relations() -> None:
    space = Circle(np.full(2, -1.5), np.full(2, 1.5))
    start, end = np.array([-0.8, -0.6]), np.array([0.8, -0.6])
    path = connect(space, start, end, np.random.default_rng(0), most_nodes=4000)
    assert path is not None
    assert (space.slack(path) >= 0.0).all()
    assert path[:, 1].max() > 0.9  # it went over the top


@pytest.mark.parametrize("spacing", [0.4, 0.1, 0.02])
def test_the_curve_keeps_to_its_polyline(spacing: float) -> None:
    corner = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
    curve = smooth(corner[:1], corner, corner[-1:], spacing)
    points = curve.spline(np.linspace(0.0, 1.0, 2001))
    off = np.minimum(np.abs(points[:, 1]), np.abs(points[:, 0] - 1.0))
    assert off.max() < 0.3 * spacing
    np.testing.assert_allclose(points[[0, -1]], corner[[0, -1]], atol=1e-12)


def test_contact_parameters_lie_where_the_lines_end() -> None:
    depart = np.linspace([0.0, 0.0], [0.0, 0.1], 8)
    approach = np.linspace([1.0, 0.1], [1.0, 0.0], 8)
    curve = smooth(depart, np.array([depart[-1], approach[0]]), approach, 0.2)
    np.testing.assert_allclose(curve.spline(curve.leaves), depart[-1], atol=0.05)
    np.testing.assert_allclose(curve.spline(curve.enters), approach[0], atol=0.05)


@pytest.mark.parametrize("length", [0.0, 1e-12, 1e-6, 5e-4, 2.9e-3])
@pytest.mark.parametrize("corners", [1, 2, 3])
def test_a_way_shorter_than_the_spacing_is_a_tiny_curve(length: float, corners: int) -> None:
    """A sub-goal that is all but reached ended in an assertion: too few control points for a cubic."""
    ways = {1: [0.0], 2: [0.0, 1.0], 3: [0.0, 0.4, 1.0]}[corners]
    transit = np.array(ways)[:, None] * length * np.array([[0.6, 0.8]]) + 0.3
    curve = smooth(transit[:1], transit, transit[-1:], 0.3)
    points = curve.spline(np.linspace(0.0, 1.0, 101))
    np.testing.assert_allclose(points[[0, -1]], transit[[0, -1]], atol=1e-15)
    assert np.linalg.norm(np.diff(points, axis=0), axis=1).sum() <= length + 1e-12
    assert (curve.leaves, curve.enters) == (0.0, 1.0)
    limits = Limits(velocity=np.ones(2), acceleration=np.full(2, 5.0), jerk=np.full(2, 50.0))
    grid = np.linspace(0.0, 1.0, 65)
    motion, _ = time_path(
        curve.spline,
        limits,
        arm="arm",
        joint_names=("a", "b"),
        grid=grid,
        path_speed=np.full(65, 0.8 / max(length, 1e-9)),
        knot_step=0.03,
    )
    acceleration, jerk = strains(motion)
    assert motion.duration >= 0.03 - 1e-12
    assert np.isfinite(acceleration).all() and acceleration.max() <= 5.0 * 1.4 + 1e-9
    assert jerk.max() <= 50.0 + 1e-9


def test_a_short_way_between_two_contacts_keeps_them() -> None:
    depart = np.linspace([0.0, 0.0], [0.0, 0.1], 2)
    approach = np.linspace([0.0, 0.1], [0.0, 0.0], 2)
    curve = smooth(depart, np.array([depart[-1]]), approach, 0.2)
    np.testing.assert_allclose(curve.spline([0.0, 1.0]), [[0.0, 0.0], [0.0, 0.0]], atol=1e-15)
    assert 0.0 < curve.leaves < curve.enters < 1.0
