"""A shared robot: a stop holds for what was thought out before it, and a yes is waited for."""

import threading
import time

import numpy as np
import pytest
from handsel.core.trajectory import JointTrajectory
from handsel.robots.fake import PANDA, FakeRobot
from handsel.robots.robot import MotionState, Observation
from handsel.robots.shared import SharedRobot


def turn(robot: FakeRobot | SharedRobot, duration: float = 1.0) -> JointTrajectory:
    q = np.tile(robot.observe().arms["arm"].q, (2, 1))
    q[1, -1] += 0.1
    return JointTrajectory(
        arm="arm", joint_names=PANDA, times=np.array([0.0, duration]), q=q, v=np.zeros((2, 7))
    )


def test_an_open_door_changes_nothing() -> None:
    with SharedRobot(FakeRobot()) as robot:
        motion = robot.execute(turn(robot))
        robot.advance(2.0)
        assert robot.observe().motions[motion.number] is MotionState.DONE


def test_what_is_asked_for_after_a_stop_is_not_begun() -> None:
    inner = FakeRobot()
    robot = SharedRobot(inner)
    way = turn(robot)
    robot.shut()
    for begin in (lambda: robot.execute(way), lambda: robot.grip("arm", 0.02, 20.0)):
        with pytest.raises(KeyboardInterrupt):
            begin()
    robot.advance(0.5)
    assert not robot.observe().motions and np.array_equal(inner.observe().arms["arm"].q, way.q[0])
    robot.open()
    robot.execute(way)


def test_a_running_motion_is_not_replaced_after_a_stop() -> None:
    robot = SharedRobot(FakeRobot())
    motion = robot.execute(turn(robot))
    robot.shut()
    robot.stop()
    with pytest.raises(KeyboardInterrupt):
        motion.replace(turn(robot), 0.5)


def test_the_first_motion_waits_for_a_yes() -> None:
    asked = threading.Event()
    robot = SharedRobot(FakeRobot(), asks=asked.set)
    way = turn(robot)
    robot.open(ask=True)
    begun: list[object] = []
    thread = threading.Thread(target=lambda: begun.append(robot.execute(way)))
    thread.start()
    assert asked.wait(5.0)
    time.sleep(0.05)
    assert not begun and not robot.observe().motions
    robot.open()
    thread.join(5.0)
    assert len(begun) == 1 and robot.observe().motions


def test_a_stop_ends_the_waiting_for_a_yes_and_is_not_kept_waiting_by_it() -> None:
    asked, ended = threading.Event(), threading.Event()
    robot = SharedRobot(FakeRobot(), asks=asked.set)
    way = turn(robot)
    robot.open(ask=True)

    def act() -> None:
        try:
            robot.execute(way)
        except KeyboardInterrupt:
            ended.set()

    threading.Thread(target=act, daemon=True).start()
    assert asked.wait(5.0)
    robot.shut()
    robot.stop()
    assert ended.wait(5.0) and not robot.observe().motions


def test_pictures_are_shown_to_who_looks_on() -> None:
    seen: list[Observation] = []
    robot = SharedRobot(FakeRobot(), seen=seen.append)
    robot.observe()
    assert not seen
    looked = robot.observe(robot.info.cameras)
    assert seen == [looked]
