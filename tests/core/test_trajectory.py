import numpy as np
import pytest
from handsel.core.trajectory import JointTrajectory
from scipy.interpolate import CubicHermiteSpline


def make(seed: int = 0, n: int = 6) -> JointTrajectory:
    rng = np.random.default_rng(seed)
    times = np.concatenate([[0.0], np.cumsum(rng.uniform(0.02, 0.5, n))])
    v = rng.normal(size=(n + 1, 3))
    v[-1] = 0.0
    return JointTrajectory(
        arm="arm", joint_names=("a", "b", "c"), times=times, q=rng.normal(size=(n + 1, 3)), v=v
    )


def test_the_curve_is_the_hermite_spline():
    curve = make()
    oracle = CubicHermiteSpline(curve.times, curve.q, curve.v)
    t = np.linspace(0.0, curve.duration - 1e-9, 500)
    q, v = curve.at(t)
    np.testing.assert_allclose(q, oracle(t), atol=1e-12)
    np.testing.assert_allclose(v, oracle(t, 1), atol=1e-10)


def test_a_scalar_time_gives_one_row():
    curve = make(1)
    for t in np.linspace(-0.5, curve.duration + 0.5, 60):
        q, v = curve.at(float(t))
        assert q.shape == v.shape == (3,)
        rows = curve.at(np.array([t]))
        assert np.array_equal(q, rows[0][0]) and np.array_equal(v, rows[1][0])
        assert np.array_equal(q, curve.position(float(t)))


def test_it_stands_still_before_and_after():
    curve = make(2)
    for t, row in ((-1.0, 0), (curve.duration, -1), (curve.duration + 5.0, -1)):
        q, v = curve.at(t)
        np.testing.assert_allclose(q, curve.q[row], atol=1e-12)
        assert not v.any()


def test_samples_reach_both_ends():
    curve = make(3)
    times, q = curve.sampled(0.01)
    assert times[0] == 0.0 and times[-1] == curve.duration and np.diff(times).max() <= 0.01 + 1e-12
    np.testing.assert_allclose(q[[0, -1]], curve.q[[0, -1]])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"times": [0.0, 0.0, 1.0]}, "strictly increasing"),
        ({"times": [0.1, 0.5, 1.0]}, "from time 0"),
        ({"v": [[0.0], [0.0], [1.0]]}, "at rest"),
        ({"q": [[0.0], [np.nan], [1.0]]}, "finite"),
        ({"q": [[0.0], [1.0]]}, "shape"),
    ],
)
def test_what_is_no_curve_is_refused(change, words):
    fields = {"times": [0.0, 0.5, 1.0], "q": [[0.0], [0.5], [1.0]], "v": [[0.0], [1.0], [0.0]]}
    with pytest.raises(ValueError, match=words):
        JointTrajectory(arm="arm", joint_names=("a",), **(fields | change))
