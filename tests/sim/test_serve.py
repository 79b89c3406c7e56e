"""The world's process: it comes up, tells the robot nothing but what it senses, and goes when it should."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from handsel.core.errors import InputError, RobotError
from handsel.core.trajectory import JointTrajectory
from handsel.robots.remote import RemoteRobot
from handsel.robots.robot import MotionState
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.start import JudgeChannel, WorldProcess, start_world
from handsel.sim.world import World

SCENE = SceneSpec(name="one", things=(ThingSpec(id="red_block", kind="block", color="red", x=0.45, y=-0.1),))
Pair = tuple[RemoteRobot, JudgeChannel]


def judge(world: World, task: dict[str, Any]) -> dict[str, Any]:
    """A task's judge, named below and called in the world's process."""
    return {
        "success": True,
        "pid": os.getpid(),
        "height": float(world.truth()[task["target"]].translation()[2]),
    }


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[WorldProcess]]:
    """Every process started in a test; all have to be gone at its end."""
    started: list[WorldProcess] = []
    init = WorldProcess.__init__

    def noted(self: WorldProcess, fds: tuple[int, int]) -> None:
        init(self, fds)
        started.append(self)

    monkeypatch.setattr(WorldProcess, "__init__", noted)
    yield started
    for child in started:
        child.process.wait(10.0)


def stroke(robot: RemoteRobot) -> JointTrajectory:
    q = robot.observe().arms["arm"].q
    end = q.copy()
    end[0] += 0.3
    names = robot.info.arms[0].joint_names
    times = np.array([0.0, 0.8])
    return JointTrajectory(
        arm="arm", joint_names=names, times=times, q=np.stack([q, end]), v=np.zeros((2, 7))
    )


def test_one_life(processes: list[WorldProcess], tmp_path: Path) -> None:
    """Start, sense, move, be judged, film, close: once, since a start costs seconds."""
    video = tmp_path / "run" / "video.mp4"
    robot, channel = start_world(SCENE, judge=True, video=video)
    assert channel is not None
    with robot, channel:
        assert robot.info.name == "sim" and robot.info.lockstep
        (frame,) = robot.observe(("front",)).frames
        assert frame.rgb.shape == (240, 320, 3)

        path = stroke(robot)
        motion = robot.execute(path)
        with pytest.raises(RobotError, match="moving"):
            robot.execute(path)
        os.kill(processes[0].process.pid, signal.SIGINT)
        for _ in range(24):
            robot.advance(0.05)
        ended = robot.observe()
        assert ended.motions == {motion.number: MotionState.DONE}
        np.testing.assert_allclose(ended.arms["arm"].q, path.q[-1], atol=0.01)

        truth = channel.truth()
        assert set(truth.poses) == {"red_block"} and truth.time == pytest.approx(1.2)
        np.testing.assert_allclose(truth.poses["red_block"].translation()[:2], [0.45, -0.1], atol=1e-3)
        assert [(contact.a, contact.b) for contact in channel.contacts()] == [("red_block", "table")]
        verdict = channel.verdict({"judge": f"{_module()}:judge", "target": "red_block"})
        assert verdict["success"] and verdict["pid"] == processes[0].process.pid
        assert verdict["height"] == pytest.approx(0.021, abs=1e-3)
        with pytest.raises(InputError, match="cannot be found"):
            channel.verdict({"judge": "handsel.sim.world:nothing"})

        for op in ("truth", "contacts", "verdict", "video", "start"):
            with pytest.raises(RobotError, match="no operation"):
                robot._ask(op, task={}, path=str(tmp_path / "stolen.mp4"))
    assert processes[0].process.returncode == 0
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (640, 480)
        assert sum(1 for _ in container.decode(stream)) == 13
    assert list(tmp_path.iterdir()) == [video.parent]


def _module() -> str:
    """A module of this name does not exist in the child; it gets one that does."""
    return "handsel_test_judge"


@pytest.fixture(autouse=True)
def judge_module(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path_factory.mktemp("judge")
    source = Path(__file__).read_text()
    start = source.index("def judge(")
    text = source[start : source.index("\n\n\n", start)]
    (folder / "handsel_test_judge.py").write_text(
        f"from __future__ import annotations\nimport os\n\n\n{text}\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(folder))


def test_a_killed_world_is_told_and_closing_still_works(processes: list[WorldProcess]) -> None:
    robot, _ = start_world(SCENE)
    processes[0].process.send_signal(signal.SIGKILL)
    with pytest.raises(RobotError, match="ended"):
        robot.advance(0.1)
    robot.close()
    robot.close()


PARENT = """
import handsel.sim.start as start, time
made = []
init = start.WorldProcess.__init__
start.WorldProcess.__init__ = lambda self, fds: (init(self, fds), made.append(self))[0]
robot, _ = start.start_world("empty", judge=True)
print(made[0].process.pid, flush=True)
time.sleep(60.0)
"""


def test_a_killed_parent_takes_its_world_along() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        world = int(parent.stdout.readline())
        os.kill(world, 0)
        parent.kill()
    for _ in range(100):
        if not Path(f"/proc/{world}").exists() or "zombie" in Path(f"/proc/{world}/status").read_text():
            return
        time.sleep(0.1)
    raise AssertionError("the world lives on without its parent")


def test_a_bad_scene_is_told_as_bad_input_and_leaves_no_process(processes: list[WorldProcess]) -> None:
    twice = SceneSpec(
        name="overlap",
        things=(*SCENE.things, ThingSpec(id="b", kind="block", color="blue", x=0.46, y=-0.1)),
    )
    with pytest.raises(InputError, match="overlap"):
        start_world(twice)
    with pytest.raises(InputError, match="did you mean"):
        start_world("defualt")
    assert len(processes) == 1 and processes[0].process.wait(5.0) == 0


def test_a_paced_world_is_no_faster_than_the_wall(processes: list[WorldProcess]) -> None:
    robot, _ = start_world(SceneSpec(name="empty", things=()), paced=True, view=True)
    with robot:
        assert not robot.info.lockstep
        assert robot.view_url is not None and robot.view_url.startswith("http://localhost:")
        began = time.monotonic()
        for _ in range(10):
            robot.advance(0.05)
        assert time.monotonic() - began > 0.45
