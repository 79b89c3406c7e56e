"""Somebody reaches into the scene: what that changes, who may do it, and that the task is still done."""

import json
from pathlib import Path

import numpy as np
import pytest
from handsel.core.errors import InputError
from handsel.robots.host import RobotHost
from handsel.sim.local import LocalRobot
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.serve import JudgeHost
from handsel.sim.suite import Conditions
from handsel.sim.suites.disturbed import FAR, SUITE
from handsel.sim.world import World

BY = np.array([0.0, 0.08, 0.0])


@pytest.fixture(scope="module")
def world() -> World:
    things = (
        ThingSpec(id="red_block", kind="block", color="red", x=0.45, y=-0.10),
        ThingSpec(id="blue_block", kind="block", color="blue", x=0.45, y=0.15),
        ThingSpec(id="brown_shelf", kind="shelf", color="brown", x=0.65, y=-0.25),
    )
    return World(SceneSpec(name="three", things=things))


def test_a_thing_is_elsewhere_at_rest_and_counts_as_having_begun_there(world: World) -> None:
    before, start = world.truth(), world.start_truth
    world.disturb("red_block", BY)
    world.advance(0.3)
    now = world.truth()
    np.testing.assert_allclose(
        now["red_block"].translation(), before["red_block"].translation() + BY, atol=1e-3
    )
    np.testing.assert_allclose(now["blue_block"].translation(), before["blue_block"].translation(), atol=1e-4)
    np.testing.assert_allclose(
        world.start_truth["red_block"].translation(), start["red_block"].translation() + BY, atol=1e-9
    )


@pytest.mark.parametrize(
    ("name", "to", "words"),
    [
        ("green_block", [0.0, 0.1, 0.0], "cannot be moved"),
        ("brown_shelf", [0.0, 0.1, 0.0], "cannot be moved"),
        ("blue_block", None, "overlap"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    world: World, name: str, to: list[float] | None, words: str
) -> None:
    before = world.truth()
    by = before["red_block"].translation() - before["blue_block"].translation() if to is None else to
    with pytest.raises(InputError, match=words):
        world.disturb(name, np.asarray(by))
    assert all(X_WB.IsExactlyEqualTo(before[one]) for one, X_WB in world.truth().items())


def test_only_the_judges_channel_can(world: World) -> None:
    judge, robot = JudgeHost(world), RobotHost(LocalRobot(world))
    here = world.truth()["blue_block"].translation()
    request = {"id": 1, "op": "disturb", "thing": "blue_block", "by": BY}
    assert "no operation" in robot.answer(request)["error"]
    assert (world.truth()["blue_block"].translation() == here).all()
    assert judge.answer(request)["result"] == {}
    np.testing.assert_allclose(world.truth()["blue_block"].translation(), here + BY, atol=1e-9)
    for by in (np.zeros(2), np.array([np.nan, 0.0, 0.0])):
        assert "three finite numbers" in judge.answer(request | {"by": by})["error"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1])
def test_what_is_moved_on_the_way_is_still_put_into_the_bowl(tmp_path: Path, number: int) -> None:
    record = SUITE.run(Conditions(suite="disturbed", seed=3), number, tmp_path)
    lines = (tmp_path / f"episode-{number:04d}" / "trace.jsonl").read_text().splitlines()
    told = [event for event in map(json.loads, lines) if event["kind"] == "replan"]
    assert record["success"], record["truth"]
    assert told and told[0]["cause"] in ("thing_moved", "thing_lost")
    assert record["deviation_max_mm"] <= 5.0 and FAR == 0.08
