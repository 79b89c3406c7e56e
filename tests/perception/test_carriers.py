"""A box of which the back is hidden by what stands on it."""

import numpy as np
import pytest
from handsel.perception import bodies
from handsel.perception.carriers import completed, may_carry, middle_of
from sampled import box_points, cloud_of, noised, standing

X, Y = 0.40, 0.05
CENTER = np.array([X, Y])


def _front_half() -> np.ndarray:
    p_W = noised(box_points(standing(X, Y, 0.035, 0.4), (0.068, 0.066, 0.07)))
    near = p_W[:, 0] > CENTER[0] + 0.012
    return p_W[near & (np.hypot(*(p_W[:, :2] - CENTER).T) > 0.028)]


def _rider() -> np.ndarray:
    return noised(box_points(standing(X, Y, 0.09, 0.1), (0.04, 0.04, 0.04)), 5)


def test_the_hidden_back_is_mirrored_at_the_rider():
    seen, rider = _front_half(), _rider()
    half = bodies.cuboid("box", np.array([0.425, 0.05]), 0.4, 0.066, 0.03, (0.0, 0.07))
    assert may_carry(half, rider)
    body = completed(cloud_of(seen), half, 0.0, rider)
    assert body is not None
    assert body.X_WO.translation() == pytest.approx([*CENTER, 0.035], abs=0.004)
    assert body.size == pytest.approx([0.068, 0.066, 0.07], abs=0.008)


def test_a_box_seen_whole_is_left_alone():
    whole = noised(box_points(standing(0.41, 0.06, 0.035, 0.4), (0.068, 0.066, 0.07)))
    body = bodies.cuboid("box", np.array([0.41, 0.06]), 0.4, 0.068, 0.066, (0.0, 0.07))
    assert completed(cloud_of(whole), body, 0.0, _rider()) is None


def test_what_stands_beside_is_not_carried():
    body = bodies.cuboid("box", np.array([0.41, 0.06]), 0.4, 0.068, 0.066, (0.0, 0.07))
    beside = _rider() - [0.0, 0.0, 0.07]
    assert not may_carry(body, beside)
    assert middle_of(_rider()) == pytest.approx(CENTER, abs=0.004)
