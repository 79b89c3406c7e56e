"""The trial of tracking: what it draws, what counts as the same motion, and one whole manipulation."""

import numpy as np
import pytest
from handsel.sim.tracking_trial import KEPT, _draw, _motion, manipulate
from pydrake.math import RigidTransform, RotationMatrix


def test_the_same_number_draws_the_same_trial() -> None:
    spec, words = _draw(3, 1)
    assert (spec, words) == _draw(3, 1) and (spec, words) != _draw(3, 2)
    assert words.startswith("put the ") and " next to the " in words


@pytest.mark.parametrize("kind", ["can", "bottle", "bowl", "plate", "ball"])
def test_a_turn_that_nobody_can_see_does_not_count(kind: str) -> None:
    X_WA = RigidTransform(RotationMatrix.MakeZRotation(0.3), [0.4, 0.1, 0.05])
    X_WB = RigidTransform(RotationMatrix.MakeZRotation(1.9), [0.6, -0.1, 0.07])
    rim = np.array([0.43, 0.1, 0.1])
    assert _motion(kind, X_WA, X_WB) @ rim == pytest.approx([0.63, -0.1, 0.12])


def test_a_turn_that_can_be_seen_counts() -> None:
    X_WA = RigidTransform([0.4, 0.1, 0.05])
    X_WB = RigidTransform(RotationMatrix.MakeZRotation(np.pi / 2.0), [0.4, 0.1, 0.05])
    assert _motion("mug", X_WA, X_WB) @ [0.45, 0.1, 0.05] == pytest.approx([0.4, 0.15, 0.05])
    tipped = RigidTransform(RotationMatrix.MakeYRotation(np.pi / 2.0), [0.4, 0.1, 0.05])
    assert _motion("can", X_WA, tipped) @ [0.4, 0.1, 0.1] == pytest.approx([0.45, 0.1, 0.05])


@pytest.mark.slow
def test_keypoints_are_kept_over_a_manipulation() -> None:
    record = manipulate(17, 0, True)
    assert record["done"] and record["duration"] >= 10.0 and record["keypoints"] >= 10
    assert record["identity"] >= 0.95 and record["hand_right"] > 0.9
    assert np.quantile(record["drift"], 0.9) < 0.005 and max(record["drift"]) < 2 * KEPT
    assert record["false_lost"] == 0 and record["false_moved"] == 0
