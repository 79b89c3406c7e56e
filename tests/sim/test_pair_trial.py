"""A hand-over, camera only, and that its judge can say no."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from handsel.sim.pair_trial import pair_scene, run_hand_over
from handsel.sim.relation_judges import judge
from handsel.sim.suite import Conditions
from handsel.sim.suites.relations import SUITE, make
from handsel.sim.world import World

CONDITIONS = Conditions(suite="relations", mind="program")
DOWN = """
def stage_1():
    grasp(bottle, hand=left)
def stage_2():
    goal(norm(xy(bottle.bottom) - vec(0.5, 0.05)) <= cm(3))
    goal(height(bottle.bottom) <= height(table) + mm(5))
    goal(tilt(bottle.bottom, bottle.top) <= degrees(5))
    release(bottle)
def stage_3():
    goal(height(left.ee) >= cm(40))
    goal(norm(xy(left.ee) - vec(0.4, 0.35)) <= cm(5))
def stage_4():
    grasp(bottle, hand=right)
def stage_5():
    goal(norm(xy(bottle.bottom) - vec(0.5, -0.2)) <= cm(3))
    goal(height(bottle.bottom) <= height(table) + mm(8))
    goal(tilt(bottle.bottom, bottle.top) <= degrees(5))
    release(bottle)
"""
"""The bottle is put down between the hands."""


def test_bottles_stand_within_the_left_arms_reach() -> None:
    for seed in range(20):
        scene = pair_scene(np.random.default_rng(seed))
        assert scene.arms == ("left", "right")
        assert all(np.hypot(one.x, one.y - 0.35) < 0.65 for one in scene.things)


def test_a_bottle_that_nobody_lifts_is_not_handed_over() -> None:
    task = make("hand_over", 3, 0)
    (bottle,) = task.scene.things
    there = replace(task.scene, things=(replace(bottle, x=0.5, y=-0.2),))
    verdict = judge(World(there), task.to_dict())
    assert not verdict["success"]
    assert "never lifted" in verdict["reason"]


@pytest.mark.slow
def test_a_bottle_passes_from_hand_to_hand(tmp_path: Path) -> None:
    conditions = replace(CONDITIONS, seed=5)
    record = SUITE.run(conditions, SUITE.kinds.index("hand_over"), tmp_path)
    assert record["success"], f"{record['truth']}; {record['cause']}"
    assert record["driver"] == "two_hands" and record["believed"]
    assert len(record["plan_cpu"]) == 5
    assert SUITE.sum_up([record])["success_rate"] == 1.0


@pytest.mark.slow
def test_a_bottle_that_is_put_down_between_the_hands_does_not_count(tmp_path: Path) -> None:
    program = tmp_path / "down.txt"
    program.write_text(DOWN)
    record = run_hand_over(make("hand_over", 5, 0), CONDITIONS, 0, tmp_path, program)
    assert record["believed"], record["cause"]
    assert not record["success"]
    assert "touched the table" in record["truth"]
    assert (tmp_path / "video.mp4").exists()
