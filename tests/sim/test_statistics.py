import numpy as np
import pytest
from handsel.sim.statistics import quantile, wilson_interval


def test_wilson_matches_the_published_example():
    # 81 of 263: Newcombe 1998, table I, method 3.
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)


def test_wilson_stays_inside_the_unit_interval():
    assert wilson_interval(0, 10)[0] == 0.0
    assert wilson_interval(10, 10)[1] == pytest.approx(1.0)
    assert wilson_interval(0, 0) == (0.0, 1.0)


def test_quantile_agrees_with_numpy():
    values = list(np.random.default_rng(0).normal(size=37))
    for share in (0.0, 0.1, 0.5, 0.9, 1.0):
        assert quantile(values, share) == pytest.approx(np.quantile(values, share))


def test_quantile_of_nothing_is_none():
    assert quantile([], 0.5) is None
