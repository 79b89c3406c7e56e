"""What hangs on a rack's peg is found where it has swung to."""

import numpy as np
import pytest
from handsel.perception import bodies
from handsel.perception.cloud import Cloud
from handsel.perception.hanging import Hung, _moved, _turned, taken_down
from pydrake.math import RigidTransform

PEG = np.array([1.0, 0.0, 0.0])


def left() -> tuple[bodies.Body, np.ndarray]:
    """Give a mug as the hand let it go, 15 cm up, and where the peg goes through its handle."""
    body = bodies.vessel(
        "mug", np.array([0.5, 0.1]), (0.043, 0.043), (0.0, 0.09), np.array([0.5, 0.17, 0.045])
    )
    body = _moved(body, RigidTransform([0.0, 0.0, 0.15]))
    return body, body.parts["handle"] - np.array([0.0, 0.016, 0.0])


def seen(
    body: bodies.Body, rng: np.random.Generator, count: int = 500, rgb: tuple[float, ...] = (0.4, 0.4, 0.4)
) -> Cloud:
    """Draw noisy points of a body's surface."""
    p_W = body.X_WO.translation() + rng.uniform(-0.09, 0.09, (60000, 3))
    p_W = p_W[body.residual(p_W) < 0.0015][:count]
    p_W = p_W + rng.normal(0.0, 0.0015, p_W.shape)
    n = len(p_W)
    return Cloud(
        p_W=p_W,
        rgb=np.tile(rgb, (n, 1)),
        pitch=np.full(n, 0.003),
        frame=np.zeros(n, dtype=np.int64),
        pixel=np.zeros((n, 2), dtype=np.int64),
    )


@pytest.mark.parametrize("degrees", [-35.0, 0.0, 50.0])
def test_a_mug_is_found_where_it_has_swung_to(degrees: float) -> None:
    body, pivot = left()
    true = _turned(body, pivot, PEG, float(np.radians(degrees)))
    cloud = seen(true, np.random.default_rng(0))
    half = np.arange(len(cloud)) % 2 == 0
    found, rest = taken_down(
        [Hung(body=body, pivot=pivot, peg=PEG, color="gray", peg_color="blue")],
        [cloud.take(half), cloud.take(~half)],
    )
    assert len(found) == 1 and not rest
    points, swung = found[0]
    assert len(points) == len(cloud)
    np.testing.assert_allclose(swung.parts["handle"], true.parts["handle"], atol=0.008)
    np.testing.assert_allclose(swung.parts["center"], true.parts["center"], atol=0.008)


def test_what_fell_is_not_taken_to_hang() -> None:
    body, pivot = left()
    cloud = seen(_moved(body, RigidTransform([0.1, 0.0, -0.15])), np.random.default_rng(0))
    found, rest = taken_down([Hung(body=body, pivot=pivot, peg=PEG, color="gray", peg_color="blue")], [cloud])
    assert not found and len(rest) == 1


def test_a_rack_is_not_taken_for_the_mug_that_fell_from_it() -> None:
    """A rack's points lay where the mug was left: the mug on the table was believed hung."""
    body, pivot = left()
    blue = seen(body, np.random.default_rng(0), rgb=(0.02, 0.05, 0.5))
    hung = Hung(body=body, pivot=pivot, peg=PEG, color="brown", peg_color="blue")
    found, rest = taken_down([hung], [blue])
    assert not found and len(rest) == 1
    found, _ = taken_down([Hung(body=body, pivot=pivot, peg=PEG, color="blue", peg_color="brown")], [blue])
    assert len(found) == 1
