"""The watch over what is tracked: a thing that is gone, one that was moved, one that is hidden or held."""

import numpy as np
import pytest
from handsel.agent.watch import Watch
from handsel.perception.tracking import Tracked, TrackedThing
from handsel.robots.fake import FakeRobot
from handsel.skills.skill import Failed
from pydrake.math import RigidTransform


def tracked(**things: TrackedThing) -> Tracked:
    return Tracked(time=0.0, things=things, keypoints={})


def thing(state: str, shift: float = 0.0) -> TrackedThing:
    return TrackedThing(X_WO=RigidTransform(), health=0.9, state=state, shift=shift)  # type: ignore[arg-type]


def check(now: Tracked | None, *attends: str) -> Failed | None:
    return Watch(["arm"]).check(FakeRobot().observe(), {}, attends, now)


@pytest.mark.parametrize(
    ("now", "cause"),
    [
        (thing("seen"), None),
        (thing("seen", 0.019), None),
        (thing("seen", 0.05), "thing_moved"),
        (thing("lost"), "thing_lost"),
        (thing("occluded"), None),
        (thing("occluded", 0.05), None),
        (thing("held"), None),
    ],
)
def test_what_the_hand_is_on_its_way_to(now: TrackedThing, cause: str | None) -> None:
    found = check(tracked(red_block=now), "red_block")
    assert (found and found.cause) == cause
    if found is not None:
        assert "red_block" in found.reason


def test_what_nobody_attends_to_stops_nothing() -> None:
    assert check(tracked(red_block=thing("lost"), blue_bowl=thing("seen")), "blue_bowl") is None


def test_before_the_first_look_and_of_unknown_things_nothing_is_said() -> None:
    assert check(None, "red_block") is None
    assert check(tracked(), "red_block") is None


def test_joints_off_their_course_are_told_first() -> None:
    from .players import stroke

    watch, robot = Watch(["arm"]), FakeRobot()
    seen = robot.observe()
    watch.follow(stroke((np.asarray(seen.arms["arm"].q) + 0.5).tolist()), seen.time)
    found = watch.check(seen, {}, ("red_block",), tracked(red_block=thing("lost")))
    assert found is not None and found.cause == "off_track"


def test_until_the_joint_the_old_course_counts_and_then_the_new_one() -> None:
    from dataclasses import replace

    from .players import q_look, stroke

    watch, robot = Watch(["arm"]), FakeRobot(q_start=q_look())
    seen = robot.observe()
    watch.follow(stroke(duration=2.0), 0.0)
    other = (np.array(q_look()) + 0.5).tolist()
    watch.join(stroke(other, duration=2.0), 1.0)
    assert watch.check(replace(seen, time=0.9), {}, (), None) is None
    found = watch.check(replace(seen, time=1.1), {}, (), None)
    assert found is not None and found.cause == "off_track"
