import numpy as np
import pytest
from handsel.perception.footprints import fit_circle, fit_corner, fit_rectangle, outline

RNG = np.random.default_rng(5)


def _filled(count: int, half_x: float, half_y: float, yaw: float, center: tuple[float, float]) -> np.ndarray:
    xy = RNG.uniform(-1.0, 1.0, (count, 2)) * [half_x, half_y]
    c, s = np.cos(yaw), np.sin(yaw)
    return xy @ np.array([[c, s], [-s, c]]) + center


@pytest.mark.parametrize("yaw", np.radians([-80.0, -33.0, 0.4, 44.0, 71.3]))
def test_rectangle_recovers_sides_and_yaw(yaw):
    fit = fit_rectangle(outline(_filled(6000, 0.03, 0.02, yaw, (0.5, -0.1)), 0.0))
    assert fit.center == pytest.approx([0.5, -0.1], abs=0.001)
    assert (fit.length, fit.width) == pytest.approx((0.06, 0.04), abs=0.002)
    assert np.sin(fit.yaw - yaw) == pytest.approx(0.0, abs=0.03)
    assert fit.rms < 0.0015


def test_circle_ignores_a_handle():
    angle, away = RNG.uniform(0, 2 * np.pi, 4000), 0.036 * np.sqrt(RNG.random(4000))
    disc = np.stack([away * np.cos(angle), away * np.sin(angle)], axis=1)
    handle = RNG.uniform([0.03, -0.004], [0.06, 0.004], (300, 2))
    seen = np.concatenate([disc, handle]) + np.array([0.4, 0.2])
    fit = fit_circle(outline(seen, 0.0))
    assert fit.center == pytest.approx([0.4, 0.2], abs=0.004)
    assert fit.radius == pytest.approx(0.036, abs=0.003)


def test_each_outline_prefers_its_own_form():
    square = outline(_filled(4000, 0.02, 0.02, 0.3, (0.0, 0.0)), 0.0)
    assert fit_rectangle(square).rms < 0.5 * fit_circle(square).rms
    angle = np.linspace(0, 2 * np.pi, 300)
    disc = outline(0.02 * np.stack([np.cos(angle), np.sin(angle)], axis=1), 0.0)
    assert fit_circle(disc).rms < 0.2 * fit_rectangle(disc).rms


def test_two_seen_sides_give_the_whole_square():
    side = np.linspace(-0.02, 0.02, 60)
    faces = np.concatenate([np.stack([side, np.full(60, 0.02)], 1), np.stack([np.full(60, 0.02), side], 1)])
    c, s = np.cos(0.5), np.sin(0.5)
    fit = fit_corner(faces @ np.array([[c, s], [-s, c]]) + [0.5, 0.1], 0.0)
    assert fit.center == pytest.approx([0.5, 0.1], abs=0.0015)
    assert (fit.length, fit.width) == pytest.approx((0.04, 0.04), abs=0.002)
