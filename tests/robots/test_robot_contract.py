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
from handsel.sim.start import start_world
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


MAKERS: dict[str, Callable[[World], AbstractContextManager[Robot]]] = {
    "fake": lambda world: FakeRobot(),
    "remote": lambda world: remote(FakeRobot()),
    "local": local,
}


@pytest.fixture(params=list(MAKERS))
def robot(request: pytest.FixtureRequest, world: World) -> Iterator[Robot]:
    with MAKERS[request.param](world) as robot:
        yield robot


@pytest.fixture(scope="module")
def process() -> Iterator[Robot]:
    """A world in a process of its own, shared since its start costs seconds."""
    robot, _ = start_world(named_scene("empty"))
    with robot:
        yield robot


@pytest.fixture(params=[*MAKERS, "process"])
def mover(request: pytest.FixtureRequest, world: World) -> Iterator[Robot]:
    """Every implementation, for what joins motions."""
    if request.param != "process":
        with MAKERS[request.param](world) as robot:
            yield robot
        return
    robot = request.getfixturevalue("process")
    yield robot
    robot.stop()
    robot.advance(0.5)
    robot.observe()


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


def onward(path: JointTrajectory, since: float, by: float = 0.1, duration: float = 1.0) -> JointTrajectory:
    """A way on from a moment of a curve, which also turns the second joint."""
    q, v = path.at(since)
    end = q.copy()
    end[1] += by
    return JointTrajectory(
        arm=path.arm,
        joint_names=path.joint_names,
        times=np.array([0.0, duration]),
        q=np.stack([q, end]),
        v=np.stack([v, np.zeros(7)]),
    )


def test_replace_joins_on_the_way(mover: Robot) -> None:
    path = curve(mover)
    start = mover.observe().time
    first = mover.execute(path)
    mover.advance(0.3)
    other = onward(path, 0.5)
    second = first.replace(other, start + 0.5)
    assert second.number != first.number
    assert mover.observe().motions == {
        first.number: MotionState.STOPPED,
        second.number: MotionState.RUNNING,
    }
    for _ in range(20):
        mover.advance(STEP)
        now = mover.observe()
        since = now.time - start
        wanted = path.at(since) if since < 0.5 else other.at(since - 0.5)
        np.testing.assert_allclose(now.arms["arm"].q, wanted[0], atol=0.012)
        np.testing.assert_allclose(now.arms["arm"].v, wanted[1], atol=0.1)
    ended = until_end(mover, second.number)
    assert ended.motions == {second.number: MotionState.DONE}
    np.testing.assert_allclose(ended.arms["arm"].q, other.q[-1], atol=0.01)
    mover.advance(0.2)
    assert np.abs(mover.observe().arms["arm"].v).max() < 1e-3, "it ends at rest"


def test_what_was_joined_is_joined_again(mover: Robot) -> None:
    """Before its own joint has come, and after it."""
    path = curve(mover)
    start = mover.observe().time
    first = mover.execute(path)
    mover.advance(0.2)
    second = first.replace(onward(path, 0.6), start + 0.6)
    other = onward(path, 0.4, by=-0.1)
    third = second.replace(other, start + 0.4)
    with pytest.raises(RobotError, match="running"):
        second.replace(other, start + 0.4)
    mover.advance(0.4)
    last = onward(other, 0.3, by=0.05)
    fourth = third.replace(last, start + 0.7)
    ended = until_end(mover, fourth.number)
    np.testing.assert_allclose(ended.arms["arm"].q, last.q[-1], atol=0.01)
    assert ended.motions[fourth.number] is MotionState.DONE


def bad_joints(path: JointTrajectory) -> Iterator[tuple[str, JointTrajectory, float]]:
    """What may not be joined onto a stroke that began 0.3 s ago: why, the way on, when."""
    good = onward(path, 0.5)

    def changed(**fields: object) -> JointTrajectory:
        whole = {name: getattr(good, name) for name in ("arm", "joint_names", "times", "q", "v")}
        return JointTrajectory(**(whole | fields))  # type: ignore[arg-type]

    yield "past", onward(path, 0.1), 0.1
    yield "past", good, float("nan")
    yield "after", onward(path, 1.0), 1.2
    yield "after", onward(path, 1.0), float("inf")
    yield "join", changed(q=good.q + 0.02), 0.5
    yield "join", changed(v=good.v + np.outer([0.1, 0.0], np.ones(7))), 0.5
    yield "speed", onward(path, 0.5, duration=0.05), 0.5
    yield "position", changed(q=good.q + np.outer([0.0, 1.0], np.full(7, 4.0)), times=[0.0, 20.0]), 0.5
    yield "names the joints", changed(joint_names=tuple(reversed(good.joint_names))), 0.5
    yield "left", changed(arm="left"), 0.5
    yield "takes 1e", changed(times=np.array([0.0, 1e9])), 0.5


def test_bad_replacements_are_refused_and_the_motion_goes_on(mover: Robot) -> None:
    path = curve(mover)
    start = mover.observe().time
    motion = mover.execute(path)
    mover.advance(0.3)
    for words, other, since in bad_joints(path):
        with pytest.raises(RobotError, match=words):
            motion.replace(other, start + since)
    ended = until_end(mover, motion.number)
    assert ended.motions == {motion.number: MotionState.DONE}
    np.testing.assert_allclose(ended.arms["arm"].q, path.q[-1], atol=0.01)
    with pytest.raises(RobotError, match="running"):
        motion.replace(path, ended.time + 0.5)


def test_what_has_been_stopped_cannot_be_replaced(mover: Robot) -> None:
    path = curve(mover)
    start = mover.observe().time
    motion = mover.execute(path)
    mover.advance(0.3)
    mover.stop()
    with pytest.raises(RobotError, match="running"):
        motion.replace(onward(path, 0.5), start + 0.5)
    mover.advance(0.5)
    assert np.abs(mover.observe().arms["arm"].v).max() < 1e-3


def test_an_absurdly_long_motion_is_refused(robot: Robot) -> None:
    with pytest.raises(RobotError, match="takes"):
        robot.execute(curve(robot, duration=1e9))
    assert robot.observe().motions == {}


def test_it_tells_at_its_own_rate_where_it_was(mover: Robot) -> None:
    path = curve(mover)
    start = mover.observe().time
    motion = mover.execute(path)
    mover.advance(0.3)
    seen = mover.observe()
    trail = seen.trails["arm"]
    assert len(trail.times) >= 30 and (np.diff(trail.times) > 0.0).all()
    assert trail.times[0] > start and trail.times[-1] == pytest.approx(seen.time, abs=1e-9)
    np.testing.assert_allclose(trail.q, path.at(trail.times - start)[0], atol=0.01)
    np.testing.assert_allclose(trail.q[-1], seen.arms["arm"].q, atol=1e-9)
    assert mover.observe().trails == {}, "it is told once"
    until_end(mover, motion.number)
    mover.advance(0.2)
    mover.observe()
    mover.advance(0.2)
    assert mover.observe().trails == {}, "nothing is told of an arm at rest"


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
