"""Hand-overs: their scenes, that the judge can say no, and one by the agent, camera only."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from handsel.agent.trace import read_trace
from handsel.sim.relation_judges import judge
from handsel.sim.suite import Conditions
from handsel.sim.suites.relations import SUITE, make
from handsel.sim.world import World

CONDITIONS = Conditions(suite="relations", mind="program")
DOWN = """# hand the {thing} from the left hand to the right and set it down on the right
def stage_1():
    grasp({thing}, hand=left)
def stage_2():
    goal(norm(xy({thing}.bottom) - vec(0.5, 0.05)) <= cm(3))
    goal(height({thing}.bottom) <= height(table) + mm(5))
    goal(tilt({thing}.bottom, {thing}.top) <= degrees(5))
    release({thing})
def stage_3():
    goal(height(left.ee) >= cm(40))
    goal(norm(xy(left.ee) - vec(0.4, 0.35)) <= cm(5))
def stage_4():
    grasp({thing}, hand=right)
def stage_5():
    goal(norm(xy({thing}.bottom) - vec(0.5, -0.2)) <= cm(3))
    goal(height({thing}.bottom) <= height(table) + mm(8))
    goal(tilt({thing}.bottom, {thing}.top) <= degrees(5))
    release({thing})
"""
"""The bottle is put down between the hands."""
NUMBER = SUITE.kinds.index("hand_over")


def test_bottles_stand_within_the_left_arms_reach() -> None:
    for seed in range(20):
        scene = make("hand_over", seed, 0).scene
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
def test_a_bottle_passes_from_hand_to_hand_in_the_agents_loop(tmp_path: Path) -> None:
    record = SUITE.run(replace(CONDITIONS, seed=5), NUMBER, tmp_path)
    assert record["success"] and record["believed"], f"{record['truth']}; {record['cause']}"
    assert 0.0 < record["deviation_max_mm"] < 5.0
    lines = read_trace(tmp_path / f"episode-{NUMBER:04d}" / "trace.jsonl")
    taken = [(line["hand"], line["kind"]) for line in lines if line["kind"] in ("grasped", "released")]
    assert taken[:4] == [
        ("left", "grasped"),
        ("right", "grasped"),
        ("left", "released"),
        ("right", "released"),
    ]
    # It is seen to have been done: by a look at the scene after the hands let go.
    looks = [line["t"] for line in lines if line["kind"] == "scene"]
    last = max(line["t"] for line in lines if line["kind"] == "released")
    assert max(looks) > last and lines[-1]["success"]


@pytest.mark.slow
def test_a_bottle_that_is_put_down_between_the_hands_does_not_count(tmp_path: Path) -> None:
    program = tmp_path / "down.txt"
    program.write_text(DOWN)
    mind = f"program:{program}"
    record = SUITE.run(replace(CONDITIONS, seed=5, mind=mind), NUMBER, tmp_path)
    assert record["believed"], record["cause"]
    assert not record["success"]
    assert "touched the table" in record["truth"]
    assert (tmp_path / f"episode-{NUMBER:04d}" / "video.mp4").exists()
