"""The trace: whole lines at every moment, readable after a cut, and nothing in it that JSON cannot hold."""

import json
import subprocess
import sys
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

import numpy as np
import pytest
from handsel.agent.events import Event, Stream
from handsel.agent.plain import plain, scene_json
from handsel.agent.trace import TraceWriter, read_trace
from handsel.core.errors import InputError
from handsel.core.trajectory import JointTrajectory
from handsel.perception.articulation import Articulation
from handsel.perception.scene import SupportPlane
from pydrake.math import RigidTransform, RollPitchYaw

from .players import Notes
from .scenes import loaded


def test_what_is_told_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    stream = Stream([TraceWriter(path)], clock=lambda: 1.25)
    q = np.array([[0.0, 0.1], [1.0, 0.2]])
    curve = JointTrajectory(
        arm="arm", joint_names=("a", "b"), times=np.array([0.0, 1.0]), q=q, v=np.zeros((2, 2))
    )
    stream.record("plan", motion=curve, X=RigidTransform(RollPitchYaw(0, 0, np.pi), [1.0, 2.0, 3.0]))
    stream.close()
    (line,) = read_trace(path)
    assert (line["n"], line["t"], line["kind"]) == (0, 1.25, "plan")
    assert line["motion"]["q"] == q.tolist() and line["motion"]["arm"] == "arm"
    assert line["X"]["p"] == [1.0, 2.0, 3.0] and np.abs(line["X"]["wxyz"]) == pytest.approx([0, 0, 0, 1])


def test_a_scene_can_be_written() -> None:
    flat = scene_json(loaded())
    again = json.loads(json.dumps(flat, allow_nan=False))
    names = [thing["name"] for thing in again["things"]]
    assert names == [thing.name for thing in loaded().things]
    bowl = again["things"][names.index("purple_bowl")]
    assert bowl["shapes"][0]["shape"] == "Vessel" and "cloud" not in bowl and bowl["cavity_radius"] > 0


def test_a_scene_is_written_with_its_planes_warnings_and_articulation() -> None:
    scene = loaded()
    plane = SupportPlane(name="table_2", X_WP=RigidTransform([0.5, 0.3, 0.08]), size=np.array([0.4, 0.2]))
    slide = Articulation(
        kind="prismatic",
        axis_W=np.array([1.0, 0.0, 0.0]),
        point_W=np.zeros(3),
        radius=None,
        lower=-0.02,
        upper=0.1,
        residual=None,
        source="handle",
    )
    first = replace(scene.things[0], articulation=slide)
    scene = replace(scene, things=(first, *scene.things[1:]), planes=(plane,), warnings=("it is dark",))
    again = json.loads(json.dumps(scene_json(scene), allow_nan=False))
    assert again["planes"][0]["name"] == "table_2" and again["planes"][0]["X_WP"]["p"] == [0.5, 0.3, 0.08]
    assert again["things"][0]["articulation"]["upper"] == 0.1 and again["warnings"] == ["it is dark"]
    assert again["things"][1]["articulation"] is None


class Word(StrEnum):
    ONE = "one"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (1 / 3, 0.333333333),
        ({"a": np.arange(2)}, {"a": [0, 1]}),
        (Word.ONE, "one"),
        (Path("a/b"), "a/b"),
        ((None, "x"), [None, "x"]),
    ],
)
def test_plain_values(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_what_has_no_form_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="cannot hold a object"):
        plain(object())


def test_a_cut_last_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_text('{"n":0,"kind":"begin"}\n{"n":1,"kind":"sce')
    assert [line["n"] for line in read_trace(path)] == [0]


def test_a_broken_line_in_the_middle_is_told(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    path.write_text('{"n":0,"kind":"begin"}\n{"n":\n{"n":2,"kind":"end"}\n')
    with pytest.raises(InputError, match="line 2 is not JSON"):
        read_trace(path)
    path.write_text("[1]\n")
    with pytest.raises(InputError, match="not an event"):
        read_trace(path)
    with pytest.raises(InputError, match="no trace at"):
        read_trace(tmp_path / "none")


def test_a_killed_process_leaves_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from handsel.agent.events import Stream\n"
        "from handsel.agent.trace import TraceWriter\n"
        "stream = Stream([TraceWriter(Path(sys.argv[1]))], clock=lambda: 0.0)\n"
        "for number in range(50):\n"
        "    stream.record('joints', q=[0.1] * 7)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert done.returncode == -9 and len(read_trace(path)) == 50


def test_a_trace_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        TraceWriter(tmp_path / "no" / "trace.jsonl")


def test_events_are_numbered_and_ready(tmp_path: Path) -> None:
    notes = Notes()
    stream = Stream([notes], clock=lambda: 2.0)
    stream.record("a", x=np.zeros(2))
    stream.tell("b", {}, loaded())
    assert [event.number for event in notes.events] == [0, 1]
    assert notes.events[0].data == {"x": [0.0, 0.0]} and notes.events[1].scene is not None
    assert isinstance(notes.events[0], Event)
