"""Faults: what they change, who may inject them, and how a reported cause is judged."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from handsel.core.camera import CameraFrame
from handsel.core.causes import Cause
from handsel.core.errors import InputError
from handsel.robots.host import RobotHost
from handsel.sim.faults import CAUSES, inject
from handsel.sim.local import LocalRobot
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.serve import JudgeHost
from handsel.sim.suite import Conditions
from handsel.sim.suites import disturbed
from handsel.sim.world import World

NOWHERE = np.zeros(3)


@pytest.fixture
def world() -> World:
    things = (
        ThingSpec(id="red_block", kind="block", color="red", x=0.45, y=-0.10),
        ThingSpec(id="white_bowl", kind="bowl", color="white", x=0.45, y=0.15),
        ThingSpec(id="brown_shelf", kind="shelf", color="brown", x=0.65, y=-0.25),
    )
    return World(SceneSpec(name="three", things=things), image_size=(80, 60))


def same(a: CameraFrame, b: CameraFrame) -> bool:
    return bool((a.rgb == b.rgb).all() and np.array_equal(a.depth, b.depth, equal_nan=True))


def test_what_is_removed_is_gone_for_good_and_from_every_picture(world: World) -> None:
    before = world.frame("front")
    inject(world, "removed", "red_block", NOWHERE, 0.0)
    world.advance(0.5)
    where = world.truth()["red_block"].translation()
    assert where[2] < -1.0
    world.advance(0.5)
    np.testing.assert_allclose(world.truth()["red_block"].translation(), where, atol=1e-9)
    assert not same(before, world.frame("front"))
    with pytest.raises(InputError):
        inject(world, "removed", "brown_shelf", NOWHERE, 0.0)


def test_a_frozen_camera_sends_the_same_picture_with_the_time_of_now(world: World) -> None:
    inject(world, "frozen", "", NOWHERE, 1.0)
    first = world.frame("front")
    world.disturb("red_block", np.array([0.0, -0.1, 0.0]))
    world.advance(0.5)
    second = world.frame("front")
    assert same(first, second) and second.time == pytest.approx(first.time + 0.5)
    world.advance(0.6)
    assert not same(first, world.frame("front"))


def test_holes_take_a_third_of_the_depth_and_leave_the_colours(world: World) -> None:
    before = world.frame("front")
    inject(world, "holes", "", NOWHERE, 1.0)
    after = world.frame("front")
    assert (before.rgb == after.rgb).all()
    lost = np.isnan(after.depth).mean() - np.isnan(before.depth).mean()
    assert 0.2 < lost < 0.35
    world.advance(1.1)
    assert not np.isnan(world.frame("front").depth[~np.isnan(before.depth)]).any()


@pytest.mark.parametrize(
    ("fault", "thing", "seconds"), [("burnt", "", 0.0), ("frozen", "", -1.0), ("moved", "x", 0.0)]
)
def test_what_cannot_be_is_refused_and_not_noted(
    world: World, fault: str, thing: str, seconds: float
) -> None:
    with pytest.raises(InputError):
        inject(world, fault, thing, NOWHERE, seconds)
    assert not world.faults.injected


def test_only_the_judges_channel_can_and_the_robot_is_told_nothing(world: World) -> None:
    judge, robot = JudgeHost(world), RobotHost(LocalRobot(world))
    request = {
        "id": 1,
        "op": "inject",
        "fault": "moved",
        "thing": "red_block",
        "by": np.array([0.0, -0.1, 0.0]),
    }
    assert "no operation" in robot.answer(request | {"seconds": 0.0})["error"]
    assert judge.answer(request | {"seconds": 0.0})["result"] == {}
    assert [one.fault for one in world.faults.injected] == ["moved"]
    assert "no operation" in robot.answer({"id": 2, "op": "stops"})["error"]


def test_a_stop_is_noted_with_the_machines_clock(world: World) -> None:
    judge = JudgeHost(world)
    world.stop()
    ((wall, time, speed),) = judge.answer({"id": 1, "op": "stops"})["result"]["stops"]
    assert wall > 0.0 and time == world.time and speed == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("fault", "outcome", "cause", "success"),
    [
        ("removed", "failed", Cause.THING_LOST, True),
        ("removed", "failed", Cause.NO_PLAN, False),
        ("removed", "done", "", False),
        ("knocked", "failed", Cause.DROPPED, False),
    ],
)
def test_giving_up_counts_only_with_the_true_cause_and_where_nothing_else_was_left(
    world: World, fault: str, outcome: str, cause: str, success: bool
) -> None:
    inject(world, fault, "red_block", np.array([0.0, -0.08, 0.0]), 0.0)
    task = {"kind": fault, "target": "red_block", "reference": "white_bowl", "others": []}
    found = disturbed.verdict(world, {**task, "outcome": outcome, "cause": cause})
    assert found["success"] is success
    assert found["fault"]["cause_true"] is (cause == CAUSES[fault])


def test_figures_tell_what_was_finished_from_what_was_given_up_for_its_cause() -> None:
    def record(finishable: bool, finished: bool, true: bool) -> dict[str, Any]:
        own = {"finishable": finishable, "finished": finished, "cause_true": true, "kind": "moved"}
        counts = dict.fromkeys(("collisions", "wrong_touched", "violations", "over_charge"), 0)
        return (
            own
            | counts
            | {"success": finished, "plan_cpu": [0.1], "believed": finished, "cause": "", "reported": "x"}
        )

    summary = disturbed.SUITE.sum_up(
        [record(True, True, False), record(True, False, True), record(False, False, False)]
    )
    metrics = summary["metrics"]
    assert metrics["finished_where_possible"]["success_rate"] == 0.5
    assert metrics["true_cause_of_the_rest"]["success_rate"] == 0.5


def test_every_fault_has_a_cause_of_the_closed_list_and_a_task() -> None:
    for fault, cause in CAUSES.items():
        assert isinstance(cause, Cause)
        assert disturbed.make(fault, 0, 3).kind == fault


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["knocked", "removed", "hidden"])
def test_faults_end_as_they_should(tmp_path: Path, fault: str) -> None:
    record = SimpleNamespace(
        **disturbed.SUITE.run(Conditions(suite="disturbed", seed=0, kind=fault), 0, tmp_path)
    )
    assert record.success, record.truth
    assert record.meddled == [True]
