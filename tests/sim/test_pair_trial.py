"""A hand-over, camera only, and that its judge can say no."""

from pathlib import Path

import numpy as np
import pytest
from handsel.sim.pair_trial import hand_over, pair_scene


def test_the_same_seed_draws_the_same_scene() -> None:
    assert pair_scene(3) == pair_scene(3) != pair_scene(4)
    assert pair_scene(3).arms == ("left", "right")
    assert all(
        np.hypot(*(one.x, one.y - 0.35)) < 0.65 for seed in range(20) for one in pair_scene(seed).things
    )


@pytest.mark.slow
def test_a_bottle_passes_from_hand_to_hand() -> None:
    verdict = hand_over(0)
    assert verdict.success, verdict.reason
    assert verdict.touched == 0.0


@pytest.mark.slow
def test_a_bottle_that_is_put_down_between_the_hands_does_not_count(tmp_path: Path) -> None:
    program = tmp_path / "down.txt"
    program.write_text(
        "def stage_1():\n    grasp(bottle, hand=left)\n"
        "def stage_2():\n    goal(norm(xy(bottle.bottom) - vec(0.5, 0.05)) <= cm(3))\n"
        "    goal(height(bottle.bottom) <= height(table) + mm(5))\n    release(bottle)\n"
        "def stage_3():\n    goal(height(left.ee) >= cm(40))\n"
        "def stage_4():\n    grasp(bottle, hand=right)\n"
        "def stage_5():\n    goal(norm(xy(bottle.bottom) - vec(0.5, -0.2)) <= cm(3))\n"
        "    goal(height(bottle.bottom) <= height(table) + mm(8))\n    release(bottle)\n"
    )
    verdict = hand_over(0, program)
    assert not verdict.success
    assert "touched the table" in verdict.reason
