"""What every robot keeps, whoever stands behind the seam."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy as np
import pytest
from handsel.core.errors import RobotError
from handsel.core.trajectory import JointTrajectory
from handsel.robots.fake import FakeRobot
from handsel.robots.host import RobotHost
from handsel.robots.remote import RemoteRobot, Requests
from handsel.robots.robot import MotionState, Observation, Robot
from handsel.robots.wire import Channel
from handsel.sim.local import LocalRobot
from handsel.sim.scenes import named_scene
from handsel.sim.world import World

STEP = 0.05


@contextmanager
def remote(robot: Robot) -> Iterator[RemoteRobot]:
    """Put a robot behind the protocol, its side in a thread."""
    mine, theirs = socket.socketpair()
    host = RobotHost(robot)

    def serve() -> None:
        channel = Channel(theirs)
        while (request := channel.receive()) is not None:
            channel.send(host.answer(request))
        channel.close()

    thread = threading.Thread(target=serve)
    thread.start()
    client = RemoteRobot(Requests(Channel(mine)))
    try:
        yield client
    finally:
        client.close()
        thread.join(5.0)


@pytest.fixture(scope="module")
def world() -> World:
    return World(named_scene("empty"))


@contextmanager
def local(world: World) -> Iterator[LocalRobot]:
    """The robot of a world that other tests have used before."""
    with LocalRobot(world) as robot:
        yield robot
    world.advance(0.5)
    world.motions.report()


@pytest.fixture(params=["fake", "remote", "local"])
def robot(request: pytest.FixtureRequest, world: World) -> Iterator[Robot]:
    makers: dict[str, Callable[[], AbstractContextManager[Robot]]] = {
        "fake": FakeRobot,
        "remote": lambda: remote(FakeRobot()),
        "local": lambda: local(world),
    }
    with makers[request.param]() as robot:
        yield robot


def curve(robot: Robot, change: float = 0.3, duration: float = 1.0) -> JointTrajectory:
    """A stroke of the first joint from where the arm is."""
    arm = robot.info.arms[0]
    q = robot.observe().arms[arm.name].q
    end = q.copy()
    end[0] += change if q[0] < 0.5 else -change
    return JointTrajectory(
        arm=arm.name,
        joint_names=arm.joint_names,
        times=np.array([0.0, duration]),
        q=np.stack([q, end]),
        v=np.zeros((2, len(q))),
    )


def until_end(robot: Robot, number: int) -> Observation:
    for _ in range(100):
        robot.advance(STEP)
        observation = robot.observe()
        if observation.motions.get(number) is not MotionState.RUNNING:
            return observation
    raise AssertionError("the motion never ended")


def test_says_what_it_is(robot: Robot) -> None:
    (arm,) = robot.info.arms
    assert arm.name == "arm" and arm.has_gripper and len(arm.joint_names) == 7
    assert set(robot.info.cameras) == {"front", "wrist"}
    assert robot.info.lockstep


def test_senses_joints_and_pictures(robot: Robot) -> None:
    plain = robot.observe()
    assert plain.frames == ()
    state = plain.arms["arm"]
    assert state.q.shape == state.v.shape == (7,)
    assert state.width is not None and 0.0 <= state.width <= 0.081
    seen = robot.observe(("wrist", "front"))
    assert [frame.camera for frame in seen.frames] == ["wrist", "front"]
    for frame in seen.frames:
        assert frame.time == seen.time
        assert frame.rgb.shape[:2] == frame.depth.shape
        assert np.nanmin(frame.depth) > 0.0


def test_unknown_names_are_refused(robot: Robot) -> None:
    with pytest.raises(RobotError, match="front"):
        robot.observe(("frnt",))
    with pytest.raises(RobotError, match="arm"):
        robot.grip("left", 0.05, 10.0)


def test_time_passes_only_when_let(robot: Robot) -> None:
    before = robot.observe().time
    assert robot.observe().time == before
    robot.advance(0.1)
    assert robot.observe().time == pytest.approx(before + 0.1, abs=1e-9)
    with pytest.raises(RobotError, match="advance"):
        robot.advance(-0.1)
    with pytest.raises(RobotError, match="advance"):
        robot.advance(float("nan"))


def test_a_motion_ends_at_rest_where_it_should(robot: Robot) -> None:
    path = curve(robot)
    motion = robot.execute(path)
    assert robot.observe().motions == {motion.number: MotionState.RUNNING}
    ended = until_end(robot, motion.number)
    assert ended.motions == {motion.number: MotionState.DONE}
    np.testing.assert_allclose(ended.arms["arm"].q, path.q[-1], atol=0.01)
    assert robot.observe().motions == {}, "an end is reported once"
    robot.advance(0.2)
    assert np.abs(robot.observe().arms["arm"].v).max() < 1e-3


def test_it_follows_the_curve_on_the_way(robot: Robot) -> None:
    path = curve(robot)
    start = robot.observe().time
    motion = robot.execute(path)
    for _ in range(15):
        robot.advance(STEP)
        now = robot.observe()
        np.testing.assert_allclose(now.arms["arm"].q, path.at(now.time - start)[0], atol=0.01)
    until_end(robot, motion.number)


def bad_starts(robot: Robot) -> Iterator[tuple[str, JointTrajectory]]:
    good = curve(robot)

    def changed(q: np.ndarray, v: np.ndarray, names: tuple[str, ...] = good.joint_names, arm: str = "arm"):
        return JointTrajectory(arm=arm, joint_names=names, times=good.times, q=q, v=v)

    moving = np.zeros((2, 7))
    moving[0, 0] = 0.3
    yield "away from where", changed(good.q + 0.05, good.v)
    yield "at rest", changed(good.q, moving)
    yield "joints", changed(good.q, good.v, names=tuple(reversed(good.joint_names)))
    yield "left", changed(good.q, good.v, arm="left")
    yield "position", changed(good.q + np.outer([0.0, 1.0], np.full(7, 4.0)), good.v)
    yield "speed", changed(good.q + np.outer([0.0, 1.0], [0, 0, 0, 0, 0, 0, -1.9]), good.v)


def test_bad_starts_are_refused_and_nothing_moves(robot: Robot) -> None:
    before = robot.observe().arms["arm"].q
    for words, path in bad_starts(robot):
        with pytest.raises(RobotError, match=words):
            robot.execute(path)
    robot.advance(0.1)
    assert robot.observe().motions == {}
    np.testing.assert_allclose(robot.observe().arms["arm"].q, before, atol=1e-3)


def test_a_moving_arm_takes_no_second_motion(robot: Robot) -> None:
    path = curve(robot)
    motion = robot.execute(path)
    with pytest.raises(RobotError, match="moving"):
        robot.execute(path)
    assert until_end(robot, motion.number).motions[motion.number] is MotionState.DONE


def test_stop_brakes_soon_and_the_motion_ends_as_stopped(robot: Robot) -> None:
    path = curve(robot, change=0.6, duration=1.0)
    motion = robot.execute(path)
    robot.advance(0.5)
    robot.stop()
    assert robot.observe().motions[motion.number] is MotionState.STOPPED
    robot.advance(0.3)
    stopped = robot.observe().arms["arm"]
    assert np.abs(stopped.v).max() < 0.01
    assert abs(stopped.q[0] - path.q[-1, 0]) > 0.05
    robot.advance(0.5)
    np.testing.assert_allclose(robot.observe().arms["arm"].q, stopped.q, atol=2e-3)
    robot.stop()
    assert until_end(robot, robot.execute(curve(robot, 0.1)).number), "it can move again"


def test_replace_joins_on_the_way(robot: Robot) -> None:
    path = curve(robot)
    start = robot.observe().time
    first = robot.execute(path)
    robot.advance(0.3)
    q, v = path.at(0.5)
    end = q.copy()
    end[1] += 0.1
    onward = JointTrajectory(
        arm="arm",
        joint_names=path.joint_names,
        times=np.array([0.0, 1.0]),
        q=np.stack([q, end]),
        v=np.stack([v, np.zeros(7)]),
    )
    second = first.replace(onward, start + 0.5)
    assert second.number != first.number
    assert robot.observe().motions[first.number] is MotionState.STOPPED
    for _ in range(20):
        robot.advance(STEP)
        now = robot.observe()
        since = now.time - start
        wanted = path.at(since)[0] if since < 0.5 else onward.at(since - 0.5)[0]
        np.testing.assert_allclose(now.arms["arm"].q, wanted, atol=0.012)
    ended = until_end(robot, second.number)
    assert ended.motions == {second.number: MotionState.DONE}
    np.testing.assert_allclose(ended.arms["arm"].q, end, atol=0.01)


def test_a_bad_replacement_is_refused_and_the_motion_goes_on(robot: Robot) -> None:
    path = curve(robot)
    start = robot.observe().time
    motion = robot.execute(path)
    robot.advance(0.3)
    with pytest.raises(RobotError, match="past"):
        motion.replace(path, start + 0.1)
    with pytest.raises(RobotError, match="join"):
        motion.replace(path, start + 0.5)
    ended = until_end(robot, motion.number)
    assert ended.motions == {motion.number: MotionState.DONE}
    np.testing.assert_allclose(ended.arms["arm"].q, path.q[-1], atol=0.01)
    with pytest.raises(RobotError, match="running"):
        motion.replace(path, ended.time + 0.5)


def test_the_hand_closes_and_opens(robot: Robot) -> None:
    for width in (0.0, 0.05, 0.08):
        motion = robot.grip("arm", width, 20.0)
        assert until_end(robot, motion.number).motions == {motion.number: MotionState.DONE}
        now = robot.observe().arms["arm"].width
        assert now == pytest.approx(width, abs=0.002)
    for width, force in ((-0.01, 20.0), (0.2, 20.0), (0.04, 0.0), (0.04, 1000.0)):
        with pytest.raises(RobotError):
            robot.grip("arm", width, force)


def test_closing_twice_is_fine_and_then_nothing_goes(robot: Robot) -> None:
    robot.close()
    robot.close()
    with pytest.raises(RobotError, match="closed"):
        robot.observe()
