"""Solids sampled without a renderer: kind, place, size, axis, and doubts where nothing fits."""

import numpy as np
import pytest
from handsel.perception.bodies import Body
from handsel.perception.recognize import recognize
from pydrake.math import RigidTransform, RotationMatrix
from sampled import EYES, SPACING, bottle_profile, box_points, noised, round_points, standing


def _seen(p_W: np.ndarray, seed: int = 0, base: float = 0.0) -> Body:
    p_W = noised(p_W, seed)
    return recognize(p_W, np.full(len(p_W), SPACING), base, EYES[0])


def _lying(x: float, y: float, radius: float, yaw: float) -> RigidTransform:
    R = RotationMatrix.MakeZRotation(yaw) @ RotationMatrix.MakeYRotation(np.pi / 2.0)
    return RigidTransform(R, [x, y, radius])


@pytest.mark.parametrize(
    ("kind", "size"),
    [("block", (0.04, 0.04, 0.04)), ("box", (0.07, 0.055, 0.08)), ("tray", (0.26, 0.2, 0.03))],
)
def test_boxes(kind, size):
    X_WO = standing(0.5, 0.1, size[2] / 2.0, 0.4)
    body = _seen(box_points(X_WO, size))
    assert body.kind == kind
    assert body.X_WO.translation() == pytest.approx(X_WO.translation(), abs=0.003)
    assert np.sort(body.size) == pytest.approx(np.sort(size), abs=0.004)


def test_upright_can_and_bottle():
    can = _seen(round_points(standing(0.5, 0.1, 0.05), [(-0.05, 0.03), (0.05, 0.03)]))
    bottle = _seen(round_points(standing(0.45, -0.1, 0.09), bottle_profile(0.03, 0.18)))
    assert (can.kind, bottle.kind) == ("can", "bottle")
    assert not can.lies and not bottle.lies
    assert 0.15 < bottle.parts["lid"][2] < 0.18
    assert bottle.parts["spout"] == pytest.approx([0.45, -0.1, 0.18], abs=0.004)


@pytest.mark.parametrize("yaw", [-2.6, -0.8, 0.3, 1.4, 3.0])
def test_a_lying_bottle_points_with_its_neck(yaw):
    X_WO = _lying(0.5, 0.05, 0.03, yaw)
    body = _seen(round_points(X_WO, bottle_profile(0.03, 0.18)))
    assert body.kind == "bottle" and body.lies
    assert body.X_WO.translation() == pytest.approx(X_WO.translation(), abs=0.006)
    axis, truth = body.X_WO.rotation().matrix()[:, 2], X_WO.rotation().matrix()[:, 2]
    assert np.degrees(np.arccos(np.clip(axis @ truth, -1.0, 1.0))) < 4.0
    assert body.parts["spout"] == pytest.approx(X_WO @ np.array([0.0, 0.0, 0.09]), abs=0.008)


@pytest.mark.parametrize("yaw", [-0.9, 0.2, 1.5])
def test_a_lying_can_is_a_can(yaw):
    X_WO = _lying(0.5, -0.1, 0.03, yaw)
    body = _seen(round_points(X_WO, [(-0.045, 0.03), (0.045, 0.03)]))
    assert body.kind == "can" and body.lies
    assert body.X_WO.translation() == pytest.approx(X_WO.translation(), abs=0.005)
    assert abs(body.X_WO.rotation().matrix()[:, 2] @ X_WO.rotation().matrix()[:, 2]) > np.cos(np.radians(4.0))
    assert body.size == pytest.approx([0.06, 0.06, 0.09], abs=0.005)
    assert body.highest == pytest.approx(0.06, abs=0.003)


def test_a_lying_body_covers_along_its_axis():
    X_WO = _lying(0.5, 0.0, 0.03, 0.5)
    body = _seen(round_points(X_WO, [(-0.05, 0.03), (0.05, 0.03)]))
    along, across = np.array([np.cos(0.5), np.sin(0.5)]), np.array([-np.sin(0.5), np.cos(0.5)])
    middle = np.array([0.5, 0.0])
    assert body.covers(middle + 0.045 * along) and not body.covers(middle + 0.06 * along)
    assert body.covers(middle + 0.025 * across) and not body.covers(middle + 0.04 * across)


def test_a_strip_is_no_ball():
    # A mug's handle alone once passed for a ball as large as the mug.
    angle = np.linspace(-1.2, 1.2, 40)
    strip = np.stack(
        [0.5 + 0.037 * np.cos(angle), 0.004 * np.sin(7 * angle), 0.045 + 0.037 * np.sin(angle)], 1
    )
    assert _seen(strip).kind != "ball"


def test_a_block_of_which_one_face_is_seen_is_a_cube():
    X_WO, side = standing(0.5, 0.1, 0.0225), 0.045
    p_W = box_points(X_WO, (side, side, side))
    face = p_W[(p_W[:, 0] > 0.5 + side / 2 - 0.012) & (p_W[:, 2] < 0.044)]
    body = _seen(face)
    assert body.kind == "block"
    assert body.X_WO.translation() == pytest.approx(X_WO.translation(), abs=0.006)


def test_a_poor_fit_is_doubted():
    good = _seen(box_points(standing(0.5, 0.0, 0.02), (0.04, 0.04, 0.04)))
    assert good.rms < 0.002 and not good.doubts
    rng = np.random.default_rng(3)
    ball = rng.normal(size=(900, 3))
    heap = [0.5, 0.0, 0.08] + ball / np.linalg.norm(ball, axis=1, keepdims=True) * [0.08, 0.07, 0.08]
    poor = _seen(heap)
    assert poor.rms > 0.0045
    assert any("fits what is seen poorly" in doubt for doubt in poor.doubts)
