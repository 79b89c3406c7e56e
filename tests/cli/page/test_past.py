"""Past runs, and that nothing but their files is shown."""

import json
import os
from pathlib import Path

import pytest
from handsel.cli.page.past import file_of, past_runs


def run(runs: Path, name: str, *events: object, when: float = 0.0) -> None:
    (runs / name).mkdir()
    trace = runs / name / "trace.jsonl"
    trace.write_text("".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in events))
    os.utime(trace, (when, when))


def test_runs_are_told_newest_first(tmp_path: Path) -> None:
    end = {"kind": "end", "outcome": "done", "reason": "it is in"}
    run(tmp_path, "old", {"kind": "begin", "instruction": "lift it"}, {"kind": "joints"}, end, when=1.0)
    run(tmp_path, "new", {"kind": "begin", "instruction": "drop it"}, '{"kind": "jo', when=2.0)
    run(tmp_path, "odd", "[1]\n", b"\xff\xfe".decode("latin-1"), when=0.5)
    (tmp_path / "old" / "replay.html").write_text("<p>")
    told = past_runs(tmp_path)
    assert [one["name"] for one in told] == ["new", "old", "odd"]
    assert told[1]["outcome"] == "done" and told[1]["files"] == ["trace.jsonl", "replay.html"]
    assert told[0]["outcome"] == "broken off" and told[0]["instruction"] == "drop it"
    assert past_runs(tmp_path / "absent") == []


@pytest.mark.parametrize(
    ("run_name", "file"),
    [
        ("..", "trace.jsonl"),
        ("", "trace.jsonl"),
        ("a", "secret.txt"),
        ("a", "../secret.txt"),
        ("../outside", "trace.jsonl"),
        ("a\0", "trace.jsonl"),
        ("link", "trace.jsonl"),
        ("absent", "trace.jsonl"),
    ],
)
def test_nothing_else_is_shown(tmp_path: Path, run_name: str, file: str) -> None:
    runs = tmp_path / "runs"
    runs.mkdir()
    run(runs, "a", {"kind": "begin"})
    run(tmp_path, "outside", {"kind": "begin"})
    (runs / "a" / "secret.txt").write_text("no")
    (runs / "link").symlink_to(tmp_path / "outside")
    assert file_of(runs, run_name, file) is None
    assert file_of(runs, "a", "trace.jsonl") == runs / "a" / "trace.jsonl"
