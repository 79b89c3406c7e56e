"""``handsel replay``: a run from its trace alone, whatever the trace is like."""

import json
from pathlib import Path
from typing import Any

import pytest
from handsel.cli import replaying
from handsel.cli.main import main

RELATION = {"text": "norm(a) <= 1", "residual": -0.2, "tolerance": 0.001, "met": True}
PLAN = {"index": 0, "stage": "stage_1", "purpose": "grasp it", "act": "grasp red_block", "duration": 1.5}
ROW = {"skill": "pick", "arguments": {"thing": "red_block"}, "say": 1.0, "can": 0.5, "score": 0.5}
EVENTS: list[dict[str, Any]] = [
    {"t": 2.0, "kind": "begin", "instruction": "pick it up", "mind": "rules", "seed": 3},
    {"t": 2.0, "kind": "scene", "why": "to begin", "things": [{"name": "red_block"}]},
    {"t": 2.0, "kind": "subtasks", "texts": ["pick up red_block"]},
    {"t": 2.0, "kind": "choice", "subtask": "pick up red_block", "attempt": 0, "method": "grammar"}
    | {"count": 7, "rows": [ROW | {"reason": "in reach"}]},
    {"t": 2.0, "kind": "program", "text": "def stage_1():\n    grasp(red_block)", "number": 1},
    {"t": 2.0, "kind": "plan", "relations": [RELATION], "clearance": 0.012} | PLAN,
    {"t": 2.1, "kind": "stage", "index": 0, "name": "stage_1", "purpose": "grasp it"},
    {"t": 2.5, "kind": "joints", "arm": "arm", "q": [0.0] * 7},
    {"t": 3.5, "kind": "trouble", "cause": "dropped", "reason": "it slipped out of the hand"},
    {"t": 3.5, "kind": "verdict", "success": False, "reason": "it lies on the table", "by": "geometry"},
    {"t": 3.6, "kind": "end", "outcome": "failed", "success": False, "reason": "could not pick it up"},
]


def written(folder: Path, events: list[dict[str, Any]]) -> Path:
    lines = [json.dumps({"n": number} | event) for number, event in enumerate(events)]
    (folder / "trace.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def test_it_tells_what_happened_in_the_order_of_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(written(tmp_path, EVENTS))]) == 0
    lines = capsys.readouterr().out.splitlines()
    words = [line.split()[2] for line in lines]
    assert words == [
        *("asked", "saw", "will", "chose", "program", "planned", "does", "trouble", "judged", "end"),
    ]
    assert [float(line.split()[0]) for line in lines] == [0, 0, 0, 0, 0, 0, 0.1, 1.5, 1.5, 1.6]
    assert "pick(red_block), score 0.50 of 7" in lines[3] and "12.0 mm, 1 of 1 relations hold" in lines[5]
    assert not (tmp_path / "replay.html").exists()


def test_why_tells_table_program_residuals_and_cause(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(written(tmp_path, EVENTS) / "trace.jsonl"), "--why"]) == 0
    said = capsys.readouterr().out
    for words in (
        "1.00 x 0.50 = 0.50  pick(red_block): in reach",
        "    def stage_1():",
        "holds  norm(a) <= 1",
    ):
        assert words in said, words
    assert said.rstrip().endswith("failed: could not pick it up; cause: dropped")


def test_a_run_that_was_killed_is_told_as_far_as_it_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, EVENTS[:6])
    with (tmp_path / "trace.jsonl").open("a") as stream:
        stream.write('{"n":6,"ki')
    assert main(["replay", str(tmp_path)]) == 0
    assert "the trace breaks off" in capsys.readouterr().out


@pytest.mark.parametrize(
    "events",
    [[], EVENTS[1:], [*EVENTS[:3], {"kind": "choice"}], [*EVENTS[:1], {"kind": "scene", "things": 3}]],
)
def test_what_is_no_trace_is_refused(
    events: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in ((), ("--why",)):
        code = main(["replay", str(written(tmp_path, events)), *option])
        err = capsys.readouterr().err
        assert code == 2 or (option and len(events) == 2), err
        assert "Traceback" not in err
    assert main(["replay", str(tmp_path / "none")]) == 2
    assert main(["replay", str(tmp_path), "--speed", "nan"]) == 2


def test_speed_lets_time_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(replaying.time, "sleep", waits.append)
    assert main(["replay", str(written(tmp_path, EVENTS)), "--speed", "2"]) == 0
    assert sum(waits) == pytest.approx(0.8)


def test_open_gives_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(replaying, "made_whole", lambda folder: ["a note"])
    assert main(["replay", str(written(tmp_path, EVENTS)), "--open"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == ["note: a note", f"open in a browser: {tmp_path / 'replay.html'}"]
