"""LeRobot's robots as ours and ours as LeRobot's, with a stand-in for LeRobot in the other process."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from handsel.core.errors import InputError, RobotError, UnknownName
from handsel.core.trajectory import JointTrajectory
from handsel.robots.fake import FakeRobot
from handsel.robots.lerobot import link as link_module
from handsel.robots.lerobot.arm import ARM, LeRobotArm, decode_picture
from handsel.robots.lerobot.link import WORKER
from handsel.robots.lerobot.serving import Serving
from handsel.robots.lerobot.settings import read_settings
from handsel.robots.lerobot.worker import LIMIT, Lines, LinkError
from handsel.robots.registry import ROBOTS, open_robot
from handsel.robots.robot import MotionState
from hypothesis import given, settings
from hypothesis import strategies as st

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SETTINGS = """
python = {python!r}
model = "so101"
rate = 100.0
[lerobot]
type = "pretend"
{robot}
[joints.wrist_roll]
motor = "wrist_roll"
reversed = true
zero = 5.0
[gripper]
closed = 0.0
open = 100.0
[cameras.front]
width = 8
height = 6
fx = 7.0
fy = 7.0
cx = 3.5
cy = 2.5
xyz = [0.5, 0.0, 0.6]
rpy = [3.14159, 0.0, 0.0]
"""


@pytest.fixture(autouse=True)
def pretend(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What the other process finds instead of LeRobot; and where the robot notes that it was let go."""
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join(map(str, (HERE / "lerobot_stub", HERE / "lerobot_pretend")))
    )
    monkeypatch.setenv("PRETEND_GONE", str(tmp_path / "gone"))
    return tmp_path / "gone"


def written(tmp_path: Path, robot: str = "", text: str = SETTINGS) -> str:
    path = tmp_path / "arm.toml"
    path.write_text(text.format(python=sys.executable, robot=robot))
    return str(path)


@pytest.fixture
def arm(tmp_path: Path) -> Iterator[LeRobotArm]:
    with open_robot(f"lerobot:{written(tmp_path, 'sag = 1.5')}") as robot:
        assert isinstance(robot, LeRobotArm)
        yield robot


def stroke(robot: LeRobotArm, change: float, duration: float = 0.8) -> JointTrajectory:
    q = robot.observe().arms[ARM].q
    return JointTrajectory(
        arm=ARM,
        joint_names=robot.info.arms[0].joint_names,
        times=np.array([0.0, duration]),
        q=np.stack([q, q + change * np.array([1.0, 0.5, 0.0, 0.0, 1.0])]),
        v=np.zeros((2, 5)),
    )


def until_end(robot: LeRobotArm, number: int) -> MotionState:
    for _ in range(100):
        robot.advance(0.05)
        state = robot.observe().motions.get(number, MotionState.RUNNING)
        if state is not MotionState.RUNNING:
            return state
    raise AssertionError("the motion never ended")


def test_values_and_positions_are_inverse(tmp_path: Path) -> None:
    read = read_settings(Path(written(tmp_path)))
    q = np.array([0.1, -0.2, 0.3, -0.4, 0.5])
    values = read.values(q)
    assert values["shoulder_pan.pos"] == pytest.approx(np.rad2deg(0.1))
    assert values["wrist_roll.pos"] == pytest.approx(5.0 - np.rad2deg(0.5))
    assert read.positions(values) == pytest.approx(q)
    assert read.hand is not None
    low, high = read.hand.model.min_width, read.hand.model.max_width
    assert (read.hand.value(low), read.hand.value(high)) == pytest.approx((0.0, 100.0))
    for width in np.linspace(low, high, 9):
        assert read.hand.width(read.hand.value(width)) == pytest.approx(width)


def test_it_moves_in_spite_of_its_sag_and_keeps_the_curve(arm: LeRobotArm, pretend: Path) -> None:
    before = arm.observe(("front",))
    assert before.arms[ARM].q[0] == pytest.approx(0.0, abs=0.01)
    assert before.arms[ARM].q[4] == pytest.approx(np.deg2rad(2.0), abs=0.01)
    (frame,) = before.frames
    assert (frame.rgb == 7).all() and np.isnan(frame.depth).all()
    assert not arm.info.simulated and not arm.info.lockstep
    arm.advance(1.0)
    curve = stroke(arm, 0.3)
    motion = arm.execute(curve)
    arm.advance(0.4)
    middle = arm.observe()
    assert middle.motions == {motion.number: MotionState.RUNNING}
    assert 0.05 < middle.arms[ARM].q[0] < 0.27 and middle.arms[ARM].v[0] > 0.2
    assert until_end(arm, motion.number) is MotionState.DONE
    assert arm.observe().arms[ARM].q == pytest.approx(curve.q[-1], abs=0.012)
    arm.close()
    arm.close()
    assert pretend.read_text() == "gone\n"


def test_a_running_motion_is_replaced_and_stopped(arm: LeRobotArm) -> None:
    arm.advance(1.0)
    curve = stroke(arm, 0.4, 1.5)
    motion = arm.execute(curve)
    at = arm.observe().time + 0.4
    with pytest.raises(RobotError, match="moving"):
        arm.execute(curve)
    q, v = curve.at(0.3)
    with pytest.raises(RobotError, match="does not join"):
        motion.replace(stroke(arm, 0.1), at)
    arm.stop()
    state = until_end(arm, motion.number)
    assert state is MotionState.STOPPED and q.shape == v.shape
    arm.advance(0.5)
    assert np.abs(arm.observe().arms[ARM].v).max() < 0.05


def test_fingers_close_on_what_lies_between_them(tmp_path: Path) -> None:
    with open_robot(f"lerobot:{written(tmp_path, 'holds = 30.0')}") as robot:
        assert isinstance(robot, LeRobotArm)
        hand = read_settings(Path(tmp_path / "arm.toml")).hand
        assert hand is not None
        for width in (0.5, -0.1):
            with pytest.raises(RobotError, match="cannot grip"):
                robot.grip(ARM, width, 5.0)
        opened = robot.grip(ARM, 0.05, 5.0)
        assert until_end(robot, opened.number) is MotionState.DONE
        assert robot.observe().arms[ARM].width == pytest.approx(0.05, abs=3e-3)
        closed = robot.grip(ARM, 0.002, 5.0)
        assert until_end(robot, closed.number) is MotionState.DONE
        assert robot.observe().arms[ARM].width == pytest.approx(hand.width(30.0), abs=1e-3)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("raises", "no status packet"),
        ("dies", "a servo is on fire"),
        ("silent", "no answer within"),
        ("nan", "not JSON compliant|cannot be sent"),
    ],
)
def test_whatever_breaks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str, words: str
) -> None:
    monkeypatch.setattr(link_module.Link.ask, "__defaults__", (0.5,))
    with open_robot(
        f"lerobot:{written(tmp_path, f'trouble = {trouble!r}{chr(10)}trouble_after = 20')}"
    ) as robot:
        began = time.monotonic()
        with pytest.raises(RobotError, match=words):
            robot.advance(10.0)
        assert time.monotonic() - began < 6.0
        with pytest.raises(RobotError, match=words):
            robot.observe()


@pytest.mark.parametrize(
    ("robot", "words"),
    [
        ("calibrated = false", "lerobot-calibrate"),
        ("speed = 3", "refuses the configuration"),
        ("height = 5", "8 x 6"),
    ],
)
def test_a_robot_that_cannot_be_used_is_refused(tmp_path: Path, robot: str, words: str) -> None:
    with pytest.raises((RobotError, InputError), match=words):
        open_robot(f"lerobot:{written(tmp_path, robot)}")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('model = "so101"', 'model = "so102"', "so102"),
        ("rate = 100.0", "rate = 1.0", "rate"),
        ("[joints.wrist_roll]", "[joints.wrist_rol]", "wrist_roll"),
        ("open = 100.0", "open = 0.0", "closes"),
        ("fx = 7.0", "", "fx"),
        ("python = {python!r}", "python = '/no/such/python'", "cannot run"),
        ('type = "pretend"', 'type = "pretender"', "known here: pretend"),
        ('motor = "wrist_roll"', 'motor = "wrist"', "it has shoulder_pan"),
    ],
)
def test_wrong_settings_are_told(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in SETTINGS
    with pytest.raises((InputError, RobotError), match=words):
        open_robot(f"lerobot:{written(tmp_path, text=SETTINGS.replace(old, new))}")


def test_names_lead_to_robots() -> None:
    assert ROBOTS.names() == ("fake", "lerobot", "sim")
    with open_robot("fake") as robot:
        assert robot.info.name == "fake"
    for name in ("lerobot", "fake:7", "lerobot:/no/such.toml"):
        with pytest.raises(InputError):
            open_robot(name)
    with pytest.raises(UnknownName, match="lerobot"):
        open_robot("lerobo")


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_hostile_lines_are_refused(data: bytes) -> None:
    reading, writing = os.pipe()
    os.write(writing, data)
    os.close(writing)
    lines = Lines(reading, -1)
    try:
        while (message := lines.receive(1.0)) is not None:
            assert isinstance(message, dict)
    except LinkError as error:
        assert str(error)
    finally:
        os.close(reading)


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"a": NaN}', b"7", b'{"a": ' + b"9" * 5000 + b"}"])
def test_lines_that_are_no_objects_of_numbers(line: bytes) -> None:
    reading, writing = os.pipe()
    thread = threading.Thread(target=lambda: os.write(writing, line + b"\n"))
    thread.start()
    with pytest.raises(LinkError, match="line"):
        Lines(reading, -1).receive(1.0)
    thread.join()
    os.close(reading)
    os.close(writing)


def test_endless_and_overlong_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from handsel.robots.lerobot import worker

    with pytest.raises(LinkError, match="longer"):
        Lines(-1, -1).send({"a": "x" * LIMIT})
    with pytest.raises(LinkError, match="cannot be sent"):
        Lines(-1, -1).send({"a": float("inf")})
    monkeypatch.setattr(worker, "LIMIT", 1000)
    reading, writing = os.pipe()
    os.write(writing, b"x" * 5000)
    with pytest.raises(LinkError, match="longer"):
        Lines(reading, -1).receive(1.0)
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize("told", [None, {}, {"size": [6, 8], "rgb": "??"}, {"size": [6, 8], "rgb": "AAAA"}])
def test_what_is_no_picture_is_refused(tmp_path: Path, told: object) -> None:
    model, _ = read_settings(Path(written(tmp_path))).cameras["front"]
    with pytest.raises(RobotError, match="front"):
        decode_picture("front", told, model)


def test_the_worker_needs_nothing_of_handsel(tmp_path: Path) -> None:
    look = "import runpy, sys; runpy.run_path(sys.argv[1]); "
    look += "sys.exit(bool({'handsel', 'numpy'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-I", "-S", "-c", look, str(WORKER)], check=True, cwd=tmp_path)


# ---- ours, as LeRobot's ------------------------------------------------------------


def test_serving_follows_goals_within_the_limits() -> None:
    robot = FakeRobot()
    serving = Serving(robot, 20.0)
    told = serving.answer({"id": 1, "op": "start"})["result"]
    assert told["observation"]["front"] == [24, 32, 3] and told["action"][-1] == "gripper.pos"
    values = serving.answer({"id": 2, "op": "observe"})["result"]["values"]
    assert set(values) == set(told["action"])
    goals = {**values, "panda_joint1.pos": 400.0, "gripper.pos": 50.0}
    before = robot.observe().time
    sent: dict[str, float] = {}
    for _ in range(80):
        sent = serving.answer({"op": "act", "values": goals})["result"]["values"]
        assert np.abs(robot.observe().arms["arm"].v).max() <= 2.2
    assert sent["panda_joint1.pos"] == pytest.approx(np.rad2deg(2.8973), abs=0.1)
    assert robot.observe().time - before == pytest.approx(4.0)
    after = serving.answer({"op": "observe"})["result"]["values"]
    assert after["panda_joint1.pos"] == pytest.approx(sent["panda_joint1.pos"], abs=0.01)
    assert after["gripper.pos"] == pytest.approx(50.0, abs=2.0)


@pytest.mark.parametrize(
    "request_",
    [
        {"op": "fly"},
        {"op": ["act"]},
        {"op": "act"},
        {"op": "act", "values": {"panda_joint1.pos": 0.0}},
        {"op": "act", "values": "nan"},
        {"op": "act", "values": "all text"},
    ],
)
def test_serving_refuses_what_is_no_request(request_: dict[str, object]) -> None:
    serving = Serving(FakeRobot(), 20.0)
    names = serving.answer({"op": "start"})["result"]["action"]
    for word, value in (("nan", float("nan")), ("all text", "7")):
        if request_.get("values") == word:
            request_ = {"op": "act", "values": dict.fromkeys(names, value)}
    assert "error" in serving.answer(request_) and "result" not in serving.answer(request_)
    with pytest.raises(InputError, match="rate"):
        Serving(FakeRobot(), 0.0)


def test_lerobots_side_drives_one_of_our_robots(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin in its own process, LeRobot stood in for, our robot in a third."""
    plugin = ROOT / "examples" / "lerobot_robot_handsel"
    theirs = os.pathsep.join(map(str, (HERE / "lerobot_stub", plugin)))
    ours = str(ROOT / ".dev") if (ROOT / ".dev").is_dir() else ""
    script = f"""
import os, sys
from lerobot.robots import make_robot_from_config
from lerobot_robot_handsel import HandselConfig
os.environ["PYTHONPATH"] = {ours!r}
with make_robot_from_config(HandselConfig(python=sys.executable, robot="fake", rate=20.0)) as robot:
    assert robot.is_connected and robot.is_calibrated
    seen = robot.get_observation()
    assert set(seen) == set(robot.observation_features) and seen["front"].shape == (24, 32, 3)
    goal = {{name: seen[name] for name in robot.action_features}} | {{"panda_joint1.pos": 20.0}}
    for _ in range(40):
        robot.send_action(goal)
    print(round(robot.get_observation()["panda_joint1.pos"], 2))
    try:
        robot.send_action(goal | {{"panda_joint1.pos": float("nan")}})
    except ValueError:
        print("refused")
assert not robot.is_connected
"""
    env = {**os.environ, "PYTHONPATH": theirs}
    done = subprocess.run(
        [sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["20.0", "refused"]
