"""Turned pieces against closed forms."""

import numpy as np
import pytest
from handsel.agent.report.solids import TURNED_SIDES, turned, turned_profile


def volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    """Volume inside a closed surface, by the divergence theorem; negative where it is inside out."""
    a, b, c = (vertices[faces[:, corner]] for corner in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6.0)


def prism(radius: float, height: float) -> float:
    """Volume of the prism that stands for a cylinder."""
    return 0.5 * TURNED_SIDES * np.sin(2.0 * np.pi / TURNED_SIDES) * radius**2 * height


def test_a_can_is_a_prism() -> None:
    profile = turned_profile("can", np.array([0.06, 0.06, 0.12]))
    assert profile is not None
    assert volume(*turned(profile)) == pytest.approx(prism(0.03, 0.12), rel=1e-12)


def test_a_mug_is_hollow() -> None:
    profile = turned_profile("mug", np.array([0.11, 0.08, 0.09]))
    assert profile is not None
    hollow = volume(*turned(profile))
    inside = prism(0.036, 0.086)
    assert hollow == pytest.approx(prism(0.04, 0.09) - inside, rel=1e-9)


@pytest.mark.parametrize("kind", ["bowl", "plate", "bottle"])
def test_turned_pieces_fill_their_box_and_are_not_inside_out(kind: str) -> None:
    size = np.array([0.15, 0.15, 0.06])
    profile = turned_profile(kind, size)
    assert profile is not None
    vertices, faces = turned(profile)
    np.testing.assert_allclose(vertices.max(axis=0) - vertices.min(axis=0), size, rtol=1e-9)
    assert 0.0 < volume(vertices, faces) < prism(0.075, 0.06)


@pytest.mark.parametrize("kind", ["block", "tray", "shelf", "thing"])
def test_the_rest_is_boxes(kind: str) -> None:
    assert turned_profile(kind, np.array([0.1, 0.1, 0.1])) is None
