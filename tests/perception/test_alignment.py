"""Views with a wrong pose are brought together; right ones are left alone."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.core.camera import CameraFrame
from handsel.perception.alignment import align
from handsel.perception.composing import LOWER, UPPER
from household import random_table, thing
from pydrake.common.eigen_geometry import AngleAxis
from pydrake.math import RigidTransform, RotationMatrix
from render import FRONT, WRIST, noisy, render


def _frames(truths) -> tuple[CameraFrame, ...]:
    solids = [truth.solid for truth in truths]
    rng = np.random.default_rng(5)
    return tuple(
        noisy(render(solids, X_WC, name), rng, 0.001) for X_WC, name in ((FRONT, "front"), (WRIST, "wrist"))
    )


def _off(frame: CameraFrame, shift: list[float], axis: list[float], degrees: float) -> CameraFrame:
    turn = RotationMatrix(AngleAxis(np.radians(degrees), np.array(axis) / np.linalg.norm(axis)))
    X_WC = RigidTransform(turn @ frame.X_WC.rotation(), frame.X_WC.translation() + shift)
    return replace(frame, X_WC=X_WC)


def _apart(frames, truths) -> float:
    """Largest distance between where two views put one place of the table, [m]."""
    p_W = np.array([[x, y, 0.03] for x in (0.36, 0.52, 0.68) for y in (-0.25, 0.0, 0.25)])
    moved = [
        (one.X_WC @ true.X_WC.inverse()).multiply(p_W.T).T for one, true in zip(frames, truths, strict=True)
    ]
    return float(np.linalg.norm(moved[0] - moved[1], axis=1).max())


@pytest.fixture(scope="module")
def frames() -> tuple[CameraFrame, ...]:
    return _frames(random_table(np.random.default_rng([3, 1]), 6))


def test_right_poses_are_left_alone(frames):
    aligned = align(frames, LOWER, UPPER)
    assert aligned.compared and aligned.warnings == ()
    assert _apart(aligned.frames, frames) < 0.002


@pytest.mark.parametrize("seed", range(4))
def test_a_usual_error_is_mended_and_told(frames, seed):
    rng = np.random.default_rng(seed)
    shift = rng.normal(size=3)
    wrong = (
        _off(frames[0], list(0.005 * shift / np.linalg.norm(shift)), list(rng.normal(size=3)), 0.5),
        frames[1],
    )
    assert _apart(wrong, frames) > 0.005
    aligned = align(wrong, LOWER, UPPER)
    assert _apart(aligned.frames, frames) < 0.0052
    assert _apart(aligned.frames, frames) < 0.8 * _apart(wrong, frames)
    assert any("pose off by" in text and text.endswith("corrected") for text in aligned.warnings)


def test_a_tilt_is_mended_in_a_single_view(frames):
    wrong = _off(frames[0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0], 0.6)
    aligned = align((wrong,), LOWER, UPPER)
    up = (aligned.frames[0].X_WC.rotation() @ frames[0].X_WC.rotation().inverse()).matrix()[:, 2]
    assert np.degrees(np.arccos(up[2])) < 0.1
    assert not aligned.compared


def test_an_implausible_error_is_refused_and_said(frames):
    wrong = _off(frames[0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0], 5.0)
    aligned = align((wrong, frames[1]), LOWER, UPPER)
    assert any("too much to be mended" in text for text in aligned.warnings)
    assert aligned.frames[0].X_WC.IsNearlyEqualTo(wrong.X_WC, 1e-12)


def test_an_empty_table_says_that_nothing_was_compared():
    aligned = align(_frames([]), LOWER, UPPER)
    assert not aligned.compared and aligned.warnings == ()


def test_heights_are_brought_together():
    frames = _frames([thing("box", "red", 0.5, 0.0, np.random.default_rng(1))])
    wrong = (_off(frames[0], [0.0, 0.0, 0.008], [0.0, 0.0, 1.0], 0.0), frames[1])
    aligned = align(wrong, LOWER, UPPER)
    z = [
        one.X_WC.translation()[2] - true.X_WC.translation()[2]
        for one, true in zip(aligned.frames, frames, strict=True)
    ]
    assert z[0] == pytest.approx(z[1], abs=0.0007)
    assert z[0] == pytest.approx(0.004, abs=0.001)
