"""The fake robot misbehaves as it was told, when it was told, and not before."""

import numpy as np
import pytest
from handsel.core.errors import RobotError
from handsel.core.trajectory import JointTrajectory
from handsel.robots.fake import PANDA, Q_START, FakeRobot, Faults
from handsel.robots.robot import MotionState


def stroke(robot: FakeRobot) -> JointTrajectory:
    q = np.stack([Q_START, np.array(Q_START) + 0.2])
    return JointTrajectory(arm="arm", joint_names=PANDA, times=np.array([0.0, 1.0]), q=q, v=np.zeros((2, 7)))


def test_without_faults_it_holds_what_lies_between_its_fingers() -> None:
    robot = FakeRobot(holdable=0.04)
    robot.grip("arm", 0.0, 25.0)
    robot.advance(1.0)
    state = robot.observe().arms["arm"]
    assert state.width == pytest.approx(0.04) and state.grip_force == 25.0


def test_a_dropped_thing_lets_the_fingers_shut() -> None:
    robot = FakeRobot(holdable=0.04, faults=Faults(dropped=2.0))
    robot.grip("arm", 0.0, 25.0)
    robot.advance(1.9)
    assert robot.observe().arms["arm"].width == pytest.approx(0.04)
    robot.advance(0.2)
    state = robot.observe().arms["arm"]
    assert state.width == 0.0 and state.grip_force == 0.0


def test_a_frozen_state_stays_while_the_arm_moves() -> None:
    robot = FakeRobot(faults=Faults(frozen_state=0.5))
    motion = robot.execute(stroke(robot))
    robot.advance(0.4)
    live = robot.observe().arms["arm"].q
    robot.advance(0.2)
    assert (robot.observe().arms["arm"].q == live).all()
    robot.advance(1.0)
    last = robot.observe()
    assert (last.arms["arm"].q == live).all() and last.motions[motion.number] is MotionState.DONE


def test_a_frozen_camera_repeats_its_last_frame() -> None:
    robot = FakeRobot(faults=Faults(frozen_camera=0.5))
    robot.advance(0.4)
    (before,) = robot.observe(("front",)).frames
    robot.advance(0.4)
    (after,) = robot.observe(("front",)).frames
    assert after.time == before.time and (after.rgb == before.rgb).all()
    live = FakeRobot()
    live.advance(0.4)
    (first,) = live.observe(("front",)).frames
    live.advance(0.4)
    assert (live.observe(("front",)).frames[0].rgb != first.rgb).any()


def test_refusal_and_loss() -> None:
    robot = FakeRobot(faults=Faults(refused=0.1, disconnected=0.3))
    robot.advance(0.2)
    with pytest.raises(RobotError, match="refuses"):
        robot.execute(stroke(robot))
    robot.advance(0.2)
    with pytest.raises(RobotError, match="gone"):
        robot.observe()
    robot.close()
