"""Executed against planned: against a circle in closed form, over joints, and in the loop."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from handsel.agent.course import Course
from handsel.core.trajectory import JointTrajectory
from handsel.robots.fake import PANDA
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.robots.robot import Trail
from handsel.skills.skill import Submit

from .players import ScriptedSkill, q_look
from .test_agent import make_agent, wave


@pytest.fixture(scope="module")
def kinematics() -> Kinematics:
    return Kinematics(load_model("panda"))


def turn(by: float = 0.4, duration: float = 2.0) -> JointTrajectory:
    """Turn the first joint: the tool goes along a circle around the base."""
    q = np.array([q_look()] * 2)
    q[1, 0] += by
    return JointTrajectory(
        arm="arm", joint_names=PANDA, times=np.array([0.0, duration]), q=q, v=np.zeros((2, 7))
    )


def test_an_arm_on_its_curve_deviates_by_nothing(kinematics: Kinematics) -> None:
    path = turn()
    course = Course(kinematics, path, 3.0)
    times = np.linspace(3.0, 5.5, 200)
    course.measure(Trail(times=times, q=path.at(times - 3.0)[0]))
    assert course.largest < 1e-12 and course.samples == 200


def test_an_offset_is_measured_along_the_circle_of_the_joint(kinematics: Kinematics) -> None:
    path = turn()
    course = Course(kinematics, path, 3.0)
    times = np.linspace(3.0, 5.0, 50)
    q = path.at(times - 3.0)[0]
    q[20, 0] += 0.01
    course.measure(Trail(times=times, q=q))
    p = kinematics.tool_poses(np.array([q_look()]))[1][0]
    chord = 2.0 * np.hypot(p[0], p[1]) * np.sin(0.005)
    assert course.largest == pytest.approx(chord, rel=1e-6)


def test_what_was_before_the_motion_counts_for_nothing(kinematics: Kinematics) -> None:
    course = Course(kinematics, turn(), 3.0)
    course.measure(Trail(times=np.array([2.9]), q=np.zeros((1, 7))))
    assert course.largest == 0.0 and course.samples == 0


def test_after_a_joint_the_piece_joined_on_counts(kinematics: Kinematics) -> None:
    path, other = turn(), turn(by=-0.4)
    course = Course(kinematics, path, 0.0)
    course.join(other, 1.0)
    times = np.array([0.5, 0.999, 1.0, 1.5, 4.0])
    wanted = np.where((times < 1.0)[:, None], path.at(times)[0], other.at(np.maximum(times - 1.0, 0.0))[0])
    course.measure(Trail(times=times, q=wanted))
    assert course.largest < 1e-12
    course.join(path, 0.7)
    np.testing.assert_allclose(course.planned(np.array([1.0]))[0], path.at(0.3)[0])


def test_the_loop_tells_it_of_every_motion_and_at_the_end() -> None:
    agent, _, notes = make_agent([wave()])
    episode = agent.run("wave")
    told: list[Mapping[str, Any]] = [event.data for event in notes.of("followed")]
    assert [one["state"] for one in told] == ["done", "done"], "the stroke, and the way back to look"
    assert told[0]["samples"] >= 95, "at the fake robot's 100 a second"
    assert episode.metrics["deviation_max_mm"] == max(one["deviation_max_mm"] for one in told) < 1e-6


def test_a_late_arm_is_told_of() -> None:
    """A robot that is one hundredth of a second behind its curve deviates by that much of the tool's way."""
    agent, robot, notes = make_agent([ScriptedSkill("wave", actions=lambda: [Submit(trajectory=turn())])])
    follower = robot._follower
    honest = follower.update
    follower.update = lambda time, q, v: honest(time, follower.target(time - 0.01)[0], v)  # type: ignore[method-assign]
    episode = agent.run("wave")
    way = np.hypot(*Kinematics(load_model("panda")).tool_poses(np.array([q_look()]))[1][0][:2]) * 0.4
    # The cubic is fastest in its middle: one and a half times its mean speed.
    there, back = (event.data["deviation_max_mm"] for event in notes.of("followed"))
    assert there == pytest.approx(1e3 * 0.01 * 1.5 * way / 2.0, rel=0.01)
    assert episode.metrics["deviation_max_mm"] == max(there, back)  # type: ignore[type-var]


def test_a_robot_that_keeps_no_trail_has_no_figure() -> None:
    agent, robot, notes = make_agent([wave()])
    robot._ledger.note = lambda *_: None  # type: ignore[method-assign]
    assert agent.run("wave").success
    assert notes.of("followed") == []
