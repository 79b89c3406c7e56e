"""``handsel run``: the main job as a process of its own, and every bad input over one shared world."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from handsel.agent.report.read_trace import read_run
from handsel.agent.report.replay import MOST_BYTES
from handsel.agent.trace import read_trace
from handsel.cli import session
from handsel.cli.main import main
from handsel.robots.remote import RemoteRobot
from handsel.sim.start import start_world
from PIL import Image

SENTENCE = "put the red block in the bowl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a whole run left."""

    told: dict[str, Any]
    stderr: str
    folder: Path


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("run") / "here"
    command = [sys.executable, "-m", "handsel", "run", SENTENCE, "--json", "--out", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    return Ran(told=json.loads(done.stdout), stderr=done.stderr, folder=folder)


def test_the_main_job_is_done_and_verified(ran: Ran) -> None:
    assert ran.told["success"] is True and ran.told["outcome"] == "done" and ran.told["exit_code"] == 0
    assert ran.told["perceiver"] == "geometric"
    assert [stage["act"].split()[0] for stage in ran.told["stages"] if stage["act"]] == ["grasp", "release"]
    assert all(relation["met"] for stage in ran.told["stages"] for relation in stage["relations"])
    assert ran.told["timings"]["total"] > 0.0


def test_json_is_all_that_is_said(ran: Ran) -> None:
    assert ran.stderr == ""


def test_the_folder_is_complete(ran: Ran) -> None:
    files = ["trace.jsonl", "program.txt", "scene.png", "plan.png", "video.mp4", "replay.html"]
    assert ran.told["files"] == files and ran.told["notes"] == []
    assert ran.told["folder"] == str(ran.folder)


def test_pictures_show_something(ran: Ran) -> None:
    for name in ("scene.png", "plan.png"):
        pixels = np.asarray(Image.open(ran.folder / name).convert("RGB"))
        assert min(pixels.shape[:2]) >= 480
        assert pixels.std() > 10.0


def test_the_video_shows_motion(ran: Ran) -> None:
    with av.open(str(ran.folder / "video.mp4")) as container:
        frames = [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]
    assert len(frames) > 20
    assert np.abs(frames[len(frames) // 2] - frames[0]).mean() > 1.0


def test_the_animation_is_whole_and_needs_no_network(ran: Ran) -> None:
    html = (ran.folder / "replay.html").read_bytes()
    assert 1_000_000 < len(html) <= MOST_BYTES
    assert b'src="http' not in html and b"src='http" not in html


def test_the_trace_is_enough_to_draw_from(ran: Ran) -> None:
    record = read_run(ran.folder / "trace.jsonl")
    assert record.instruction == SENTENCE and record.success
    assert {thing.name for thing in record.things} >= {"red_block", "blue_bowl"}
    (arm,) = record.arms.values()
    assert "red_block" in arm.held
    # The block ends where the bowl is: the last look has it there.
    last = record.looks[-1].poses
    offset = last["red_block"].translation() - last["blue_bowl"].translation()
    assert np.hypot(offset[0], offset[1]) < 0.05
    step = np.linalg.norm(np.diff(arm.p_WG, axis=0), axis=1)
    assert 0.3 < step.sum() < 3.0


@pytest.fixture(scope="module")
def resting() -> Iterator[RemoteRobot]:
    """The default world; nothing that these tests ask for may move it."""
    robot, _ = start_world("default")
    with robot:
        yield robot


@pytest.fixture
def run(
    resting: RemoteRobot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, dict[str, Any]]]:
    """Run a command in this process over the resting world; give its exit code and what it told."""

    @contextmanager
    def world(*_: object) -> Iterator[RemoteRobot]:
        yield resting

    monkeypatch.setattr(session, "world", world)

    def command(*arguments: str) -> tuple[int, dict[str, Any]]:
        before = resting.observe().arms["arm"].q
        code = main(["run", *arguments, "--json", "--out", str(tmp_path / "out")])
        np.testing.assert_allclose(resting.observe().arms["arm"].q, before, atol=1e-4)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err and err == ""
        return code, json.loads(out)

    return command


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("", 2, "empty"),
        ("a" * 10_000, 2, "10000 characters"),
        ("put \x07 in the bowl", 2, "cannot be read"),
        ("setze den roten Block in die Schale", 2, "not understood"),
        ("pick up the purple elephant", 3, "elephant"),
        ("pick up the block", 4, "which block"),
        ("put the plate in the red block", 3, "red_block"),
    ],
)
def test_bad_input_gets_a_clear_sentence_and_the_arm_stays(
    run: Callable[..., tuple[int, dict[str, Any]]], text: str, code: int, words: str
) -> None:
    got, told = run(text)
    assert told["success"] is False and told["exit_code"] == got
    assert (got, words in told["reason"]) == (code, True), told["reason"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--scene", "kichen"), "did you mean 'kitchen'"),
        (("--scene", "/no/such/file.toml"), "file.toml"),
        (("--robot", "pandaa"), "did you mean 'panda'"),
        (("--mind", "model"), "--base-url"),
        (("--model", "gpt"), "--mind model"),
        (("--perceiver", "oracle"), "handsel eval"),
        (("--perceiver", "geometrical"), "did you mean 'geometric'"),
    ],
)
def test_unknown_names_are_refused_before_anything_starts(
    run: Callable[..., tuple[int, dict[str, Any]]], arguments: tuple[str, ...], words: str
) -> None:
    code, told = run(SENTENCE, *arguments)
    assert (code, words in told["reason"]) == (2, True), told["reason"]


def test_a_dry_run_plans_and_rests(run: Callable[..., tuple[int, dict[str, Any]]], tmp_path: Path) -> None:
    code, told = run(SENTENCE, "--dry-run")
    assert (code, told["outcome"], told["moved"]) == (0, "planned", False)
    assert {"program.txt", "scene.png", "plan.png"} <= set(told["files"])
    assert "video.mp4" not in told["files"]


def test_an_out_that_is_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").write_text("mine")
    assert main(["run", SENTENCE, "--out", str(tmp_path / "out")]) == 2
    assert (tmp_path / "out").read_text() == "mine"
    assert "cannot be made" in capsys.readouterr().err


def started(folder: Path) -> "subprocess.Popen[str]":
    """Start the main job and wait until the arm moves."""
    command = [sys.executable, "-m", "handsel", "run", SENTENCE, "--out", str(folder)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    latest = time.monotonic() + 120.0
    trace = folder / "trace.jsonl"
    while not (trace.exists() and '"kind":"grip"' in trace.read_text()):
        assert child.poll() is None and time.monotonic() < latest, child.communicate()
        time.sleep(0.05)
    return child


def world_of(pid: int) -> int:
    """Find the world's process among a process's children."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                status, command = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if int(status.rpartition(")")[2].split()[1]) == pid and b"handsel.sim.serve" in command:
                return int(entry.name)
    raise AssertionError("no world found")


def test_ctrl_c_brings_the_arm_to_rest_and_leaves_a_whole_trace(tmp_path: Path) -> None:
    child = started(tmp_path / "out")
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=120)
    assert child.returncode == 130, out + err
    assert "Traceback" not in out + err
    events: tuple[dict[str, Any], ...] = read_trace(tmp_path / "out" / "trace.jsonl")
    assert events[-1]["kind"] == "end" and events[-1]["outcome"] == "stopped"


@pytest.mark.slow
def test_a_killed_world_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    child = started(tmp_path / "out")
    os.kill(world_of(child.pid), signal.SIGKILL)
    out, err = child.communicate(timeout=120)
    assert child.returncode == 1, out + err
    assert "Traceback" not in out + err
    assert read_trace(tmp_path / "out" / "trace.jsonl")[-1]["kind"] == "end"


@pytest.mark.slow
def test_a_killed_run_leaves_a_readable_trace_and_no_world(tmp_path: Path) -> None:
    child = started(tmp_path / "out")
    world = world_of(child.pid)
    child.kill()
    child.communicate(timeout=60)
    assert len(read_trace(tmp_path / "out" / "trace.jsonl")) > 3
    latest = time.monotonic() + 30.0
    while Path(f"/proc/{world}/cmdline").exists() and Path(f"/proc/{world}/cmdline").read_bytes():
        assert time.monotonic() < latest, "the world lives on"
        time.sleep(0.1)
