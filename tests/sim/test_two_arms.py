"""Two arms in one world: they stand side by side, move together and hand a can over without the table."""

from pathlib import Path

import numpy as np
import pytest
from handsel.core.errors import InputError, RobotError
from handsel.core.trajectory import JointTrajectory
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.sim.local import LocalRobot
from handsel.sim.scene_files import read_scene, scene_from_data, scene_to_data, write_scene
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.world import World

CAN = ThingSpec(id="red_can", kind="can", color="red", x=0.5, y=0.0)
SCENE = SceneSpec(name="pair", things=(CAN,), arms=("left", "right"))


def to(arm: str, q_from: np.ndarray, q_to: np.ndarray, duration: float) -> JointTrajectory:
    zero = np.zeros((2, len(q_from)))
    names = load_model("panda").joint_names
    return JointTrajectory(
        arm=arm, joint_names=names, times=np.array([0.0, duration]), q=np.array([q_from, q_to]), v=zero
    )


@pytest.fixture(scope="module")
def world() -> World:
    return World(SCENE)


def test_a_scene_file_says_how_many_arms(tmp_path: Path) -> None:
    write_scene(SCENE, tmp_path / "pair.toml")
    assert read_scene(tmp_path / "pair.toml").arms == ("left", "right")
    assert scene_from_data(scene_to_data(SCENE)) == SCENE
    one = SceneSpec(name="one", things=(CAN,))
    write_scene(one, tmp_path / "one.toml")
    assert "arms" not in (tmp_path / "one.toml").read_text()
    with pytest.raises(InputError, match="left"):
        SceneSpec(name="three", things=(), arms=("left", "middle", "right"))


def test_the_arms_stand_where_the_robot_says(world: World) -> None:
    robot = LocalRobot(world)
    assert [arm.name for arm in robot.info.arms] == ["left", "right"]
    state = robot.observe().arms
    assert set(state) == {"left", "right"}
    for arm in robot.info.arms:
        kinematics = Kinematics(load_model(arm.model), arm.X_WR)
        X_WG = kinematics.tool_pose(state[arm.name].q)
        assert np.sign(X_WG.translation()[1]) == (1.0 if arm.name == "left" else -1.0)
    with pytest.raises(RobotError, match="left"):
        world.grip("arm", 0.04, 10.0)


def test_both_move_at_once_and_each_closes_its_own_fingers(world: World) -> None:
    robot = LocalRobot(world)
    q = {name: state.q for name, state in robot.observe().arms.items()}
    turn = np.array([0.15, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    robot.execute(to("left", q["left"], q["left"] + turn, 1.0))
    robot.execute(to("right", q["right"], q["right"] - turn, 1.0))
    robot.grip("right", 0.02, 20.0)
    robot.advance(0.5)
    middle = robot.observe()
    assert len(middle.motions) == 3
    robot.advance(1.5)
    state = robot.observe().arms
    assert np.abs(state["left"].q - q["left"] - turn).max() < 0.01
    assert np.abs(state["right"].q - q["right"] + turn).max() < 0.01
    assert state["right"].width is not None and abs(state["right"].width - 0.02) < 0.002
    assert state["left"].width is not None and state["left"].width > 0.078
    robot.execute(to("left", state["left"].q, q["left"], 1.0))
    robot.stop()
    robot.advance(0.5)
    assert np.abs(robot.observe().arms["left"].v).max() < 0.02
