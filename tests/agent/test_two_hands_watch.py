"""Two arms in the loop: both grips watched, both courses measured; one that breaks off stops the other."""

from typing import Any, cast

import numpy as np
import pytest
from handsel.agent.bodies import Bodies, carried_once
from handsel.agent.courses import Courses
from handsel.agent.events import Stream
from handsel.agent.watch import Watch
from handsel.core.trajectory import JointTrajectory
from handsel.planners.situation import Held
from handsel.robots.fake import PANDA
from handsel.robots.robot import ArmInfo, ArmState, Motion, MotionState, Observation, RobotInfo, Trail
from pydrake.math import RigidTransform

from .players import Notes, q_look
from .scenes import kitchen

BASES = {"left": 0.35, "right": -0.35}
ARMS = tuple(
    ArmInfo(name=name, model="panda", X_WR=RigidTransform([0.0, y, 0.0]), joint_names=PANDA, has_gripper=True)
    for name, y in BASES.items()
)
PAIR = RobotInfo(name="pair", arms=ARMS, cameras=(), simulated=True, lockstep=True)


class Handle:
    """A motion of a number."""

    def __init__(self, number: int):
        self.number = number


def turn(arm: str, by: float = 0.2) -> JointTrajectory:
    q = np.array([q_look()] * 2)
    q[1, 0] += by
    return JointTrajectory(arm=arm, joint_names=PANDA, times=np.array([0.0, 2.0]), q=q, v=np.zeros((2, 7)))


def sensed(
    time: float, widths: tuple[float, float] = (0.03, 0.03), motions: dict[int, MotionState] | None = None
) -> Observation:
    arms = {
        arm.name: ArmState(q=turn(arm.name).at(time)[0], v=np.zeros(7), width=width)
        for arm, width in zip(ARMS, widths, strict=True)
    }
    return Observation(time=time, arms=arms, frames=(), motions=motions or {})


def held(thing: str = "red_block") -> Held:
    return Held.at(kitchen().thing(thing), RigidTransform([0.5, -0.3, 0.02]), 0.03)


@pytest.mark.parametrize(
    ("widths", "empty"),
    [
        ((0.03, 0.03), ()),
        ((0.011, 0.03), ("left",)),
        ((0.03, 0.011), ("right",)),
        ((0.0, 0.0), ("left", "right")),
    ],
)
def test_both_grips_are_watched(widths: tuple[float, float], empty: tuple[str, ...]) -> None:
    watch = Watch(BASES)
    for name in BASES:
        watch.closing(name, 0.01)
    holding = dict.fromkeys(BASES, held())
    seen = sensed(0.0, widths)
    assert watch.empty(seen, holding) == empty
    found = watch.check(seen, holding, (), None)
    assert (found is not None) == bool(empty)
    if found is not None:
        assert found.cause == "dropped" and f"out of the {empty[0]} hand" in found.reason


def test_each_arm_is_held_against_its_own_curve() -> None:
    watch = Watch(BASES)
    watch.follow(turn("left"), 0.0)
    watch.follow(turn("right", by=-0.2), 0.0)
    assert watch.check(sensed(0.0), {}, (), None) is None
    found = watch.check(sensed(2.0), {}, (), None)
    assert found is not None and found.cause == "off_track"


def test_what_one_arm_breaks_off_the_other_does_not_go_on_with() -> None:
    notes = Notes()
    courses = Courses(ARMS, Stream((notes,), lambda: 0.0))
    for number, arm in enumerate(BASES):
        courses.begin(turn(arm), cast(Motion, Handle(number)), 0.0)
    running, failed, done = MotionState.RUNNING, MotionState.FAILED, MotionState.DONE
    assert not courses.sense(sensed(0.5, motions={0: running, 1: running}))
    assert courses.sense(sensed(0.6, motions={0: failed, 1: running}))
    assert not courses.sense(sensed(0.7, motions={1: done}))


def test_the_course_of_every_arm_is_told() -> None:
    notes = Notes()
    courses = Courses(ARMS, Stream((notes,), lambda: 0.0))
    for number, arm in enumerate(BASES):
        courses.begin(turn(arm), cast(Motion, Handle(number)), 0.0)
    times = np.linspace(0.0, 2.0, 50)
    late = {"left": 0.0, "right": 0.01}
    trails = {
        name: Trail(times=times, q=turn(name).at(np.maximum(times - late[name], 0.0))[0]) for name in BASES
    }
    ended = {0: MotionState.DONE, 1: MotionState.DONE}
    seen = Observation(time=2.0, arms=sensed(2.0).arms, frames=(), motions=ended, trails=trails)
    courses.sense(seen)
    told: dict[str, Any] = {event.data["arm"]: event.data for event in notes.of("followed")}  # type: ignore[misc]
    assert told["left"]["deviation_max_mm"] < 1e-6 < 0.1 < told["right"]["deviation_max_mm"]


def test_both_arms_and_what_they_hold_together_are_blotted_out_once() -> None:
    bodies, states = Bodies(PAIR), sensed(0.0).arms
    alone = bodies.spheres(states, {})
    for arm in ARMS:
        p_WG = bodies.tool_poses(states)[arm.name].translation()
        assert np.linalg.norm(alone[:, :3] - p_WG, axis=1).min() < 0.06
    one = bodies.spheres(states, {"left": held()})
    assert len(bodies.spheres(states, {"left": held(), "right": held()})) == len(one) > len(alone)
    assert set(carried_once({"left": held(), "right": held("blue_block")})) == {"left", "right"}
