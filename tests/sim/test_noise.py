"""The depth camera's noise has the size, the steps and the holes that its sources give."""

import numpy as np
import pytest
from handsel.sim.noise import Depth, DepthNoise

SHAPE, FX = (240, 320), 290.0
QUIET = DepthNoise(disparity_error=1e-9, dropout=1e-9, step=1e-6)


def measured(depth: Depth, noise: DepthNoise, *, bias: float = 0.0, code: int = 150, seed: int = 0) -> Depth:
    rgb = np.full((*depth.shape, 3), code, np.uint8)
    return noise.apply(depth, rgb, FX, bias, np.random.default_rng(seed))


def wall(z: float) -> Depth:
    return np.full(SHAPE, z, np.float32)


@pytest.mark.parametrize("z", [0.5, 0.8, 1.2])
def test_random_error_grows_with_the_square_of_the_distance(z: float) -> None:
    """RMS = z^2 e / (f b), with focal length and error both of the reference width."""
    noise = DepthNoise(step=1e-6, dropout=1e-9)
    error = measured(wall(z), noise) - z
    rms = float(np.sqrt(np.nanmean(error.astype(float) ** 2)))
    assert rms == pytest.approx(z**2 * 0.08 / (FX * 848 / 320 * 0.050), rel=0.02)
    assert abs(float(np.nanmean(error))) < 0.02 * rms + 1e-5


def test_disparity_comes_in_steps() -> None:
    depth = measured(wall(0.8), DepthNoise(dropout=1e-9))
    disparity = FX * 848 / 320 * 0.050 / depth.astype(float)
    off = np.abs(disparity * 32.0 - np.rint(disparity * 32.0))
    assert np.nanmax(off) < 1e-3
    assert len(np.unique(depth[np.isfinite(depth)])) < 40


def test_dark_surfaces_are_twice_as_noisy() -> None:
    noise = DepthNoise(step=1e-6, dropout=1e-9)
    light, dark = (np.nanstd(measured(wall(0.8), noise, code=code)) for code in (150, 20))
    assert dark == pytest.approx(2.0 * light, rel=0.01)


def test_a_near_thing_hides_a_band_to_its_left_as_wide_as_the_disparity_differs() -> None:
    near, far = 0.5, 1.0
    depth = wall(far)
    depth[80:160, 120:200] = near
    lost = np.isnan(measured(depth, QUIET))
    band = FX * 0.050 * (1.0 / near - 1.0 / far)
    rows = lost[100:140]
    assert rows[:, 121 - int(band) : 119].all()
    # Grazing pixels may be lost at any edge; past them nothing is.
    assert not rows[:, : 119 - int(band)].any() and not rows[:, 122:198].any() and not rows[:, 202:].any()
    assert not lost[:78].any() and not lost[162:].any()


def test_matches_are_lost_at_random_in_the_share_asked_for_and_more_on_grazing_surfaces() -> None:
    share = np.isnan(measured(wall(0.8), DepthNoise(dropout=0.05))).mean()
    assert share == pytest.approx(0.05, abs=0.005)
    # Depth that falls by a factor along the rows: seen at some 80 degrees from the normal.
    steep = (0.4 * np.exp(np.arange(240)[:, None] * np.tan(np.radians(80.0)) / FX)).astype(np.float32)
    steep = np.broadcast_to(steep, SHAPE).copy()
    assert np.isnan(measured(steep, QUIET)).mean() > 0.2
    assert np.isnan(measured(wall(0.8), QUIET)).mean() < 1e-3


def test_the_bias_scales_and_unknown_depth_stays_unknown() -> None:
    depth = wall(0.8)
    depth[10:20, 10:20] = np.nan
    biased = measured(depth, QUIET, bias=0.01)
    assert np.isnan(biased[10:20, 10:20]).all()
    assert float(np.nanmedian(biased)) == pytest.approx(0.808, abs=1e-5)
    drawn = [DepthNoise().bias(np.random.default_rng(seed)) for seed in range(400)]
    assert np.std(drawn) == pytest.approx(0.0015, rel=0.1)


def test_frames_differ_in_time_and_a_seed_repeats() -> None:
    rng = np.random.default_rng(0)
    rgb = np.full((*SHAPE, 3), 150, np.uint8)
    first, second = (DepthNoise().apply(wall(0.8), rgb, FX, 0.0, rng) for _ in range(2))
    assert np.nanstd(first - second) > 1e-4
    np.testing.assert_array_equal(first, measured(wall(0.8), DepthNoise()))
