"""A benchmark's body behind the seam of robots."""

import numpy as np
import pytest
from handsel.core.errors import RobotError
from handsel.core.trajectory import JointTrajectory
from handsel.robots.models import load_model
from handsel.robots.robot import MotionState
from handsel.sim.public.named.hand import leg
from handsel.sim.public.robot import ARM, BenchRobot


@pytest.fixture
def robot(boxes):
    boxes.reset("go_there", 0, "geometric")
    return BenchRobot(boxes.body)


def q_of(robot):
    return np.array(robot.observe().arms[ARM].q)


def run(robot, motion, steps=200):
    for _ in range(steps):
        robot.advance(robot.period)
        state = robot.observe().motions.get(motion.number, MotionState.RUNNING)
        if state is not MotionState.RUNNING:
            return state
    return MotionState.RUNNING


def test_its_model_has_three_axes_and_two_fingers(robot):
    model = load_model(robot.info.arms[0].model)
    assert model.n == 3 and model.gripper is not None
    assert np.allclose(model.gripper.joint_positions(0.088), 0.035)


def test_it_follows_a_trajectory_to_its_end(robot):
    goal = q_of(robot) + np.array([0.1, 0.05, -0.03])
    motion = robot.execute(leg(q_of(robot), goal, 0.4, robot.limits.names))
    assert run(robot, motion) is MotionState.DONE
    assert np.abs(q_of(robot) - goal).max() < 0.01


def test_what_is_beyond_the_benchmarks_bounds_is_refused(robot):
    low = q_of(robot)
    low[2] = 0.01
    with pytest.raises(RobotError, match="along_z"):
        robot.execute(leg(q_of(robot), low, 0.4, robot.limits.names))
    times, q = np.array([0.0, 1.0]), np.array([[0.3, 0.9, 0.4], [0.2, 0.9, 0.4]])
    jump = JointTrajectory(arm=ARM, joint_names=robot.limits.names, times=times, q=q, v=np.zeros((2, 3)))
    with pytest.raises(RobotError, match="starts"):
        robot.execute(jump)


def test_a_stop_ends_what_runs(robot):
    motion = robot.execute(leg(q_of(robot), q_of(robot) + np.array([0.3, 0.0, 0.0]), 0.5, robot.limits.names))
    robot.advance(0.2)
    robot.stop()
    assert run(robot, motion) is MotionState.STOPPED
    at = q_of(robot)
    robot.advance(0.5)
    assert np.abs(q_of(robot) - at).max() < 0.05


def test_the_fingers_close_and_open(robot):
    assert run(robot, robot.grip(ARM, 0.018, 10.0)) is MotionState.DONE
    assert robot.observe().arms[ARM].width == pytest.approx(0.018)
    run(robot, robot.grip(ARM, 0.088, 10.0))
    assert robot.observe().arms[ARM].width == pytest.approx(0.088)
    with pytest.raises(RobotError, match="no arm"):
        robot.grip("left", 0.05, 1.0)


def test_time_stands_still_when_the_episode_is_over(robot):
    robot.advance(100.0)
    assert robot.over and robot.time_left == 0.0
    with pytest.raises(RobotError, match="over"):
        robot.grip(ARM, 0.018, 10.0)


def test_it_has_frames_of_its_cameras(robot):
    frames = robot.observe(robot.info.cameras).frames
    assert [frame.camera for frame in frames] == list(robot.info.cameras)
    with pytest.raises(RobotError, match="camera"):
        robot.observe(("behind",))
