"""``handsel eval`` hands over what was asked for and tells what came out."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handsel.cli import evaluation
from handsel.cli.main import main
from handsel.sim.evaluate import Evaluation

SUMMARY: dict[str, Any] = {
    "suite": "basics",
    "seed": 3,
    "trials": 2,
    "success_rate": 0.5,
    "interval": [0.09, 0.91],
    "metrics": {"collisions": 0, "plan_cpu_median": 0.4},
    "episodes": [{"episode": 0, "success": True}, {"episode": 1, "success": False, "cause": "dropped"}],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Evaluation]:
    """What the harness was asked for; it answers with a made-up summary."""
    seen: list[Evaluation] = []

    def evaluate(what: Evaluation, folder: Path, on_episode: Any) -> dict[str, Any]:
        seen.append(what)
        for record in SUMMARY["episodes"]:
            on_episode(record)
        (folder / "episode-0001").mkdir(parents=True)
        return dict(SUMMARY)

    monkeypatch.setattr(evaluation, "evaluate", evaluate)
    return seen


def test_arguments_arrive_and_the_summary_is_written(
    asked: list[Evaluation], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "basics.json"
    arguments = ["eval", "basics", "--trials", "2", "--seed", "3", "--json", str(file)]
    assert main(arguments) == 0
    assert (asked[0].conditions.suite, asked[0].trials, asked[0].conditions.seed) == ("basics", 2, 3)
    assert asked[0].conditions.perceiver == "geometric"
    told = json.loads(file.read_text())
    assert told.pop("command") == "handsel eval basics --trials 2 --seed 3 --mind rules"
    assert told == SUMMARY and (tmp_path / "basics" / "report.html").is_file()
    out, err = capsys.readouterr()
    assert "50.0% of 2" in out and "9.0% to 91.0%" in out
    assert "episode 1: dropped" in err


def test_a_cameras_error_arrives_in_metres_and_radians(asked: list[Evaluation], tmp_path: Path) -> None:
    arguments = ["eval", "basics", "--trials", "2", "--out", str(tmp_path / "b")]
    assert main([*arguments, "--camera-error", "5", "0.5"]) == 0
    assert asked[0].conditions.camera_error == pytest.approx((0.005, 0.5 * np.pi / 180.0))


def test_figures_that_are_asked_for_are_laid_out_beside_what_was_measured(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    row = {"what": "recall", "asked": 0.99, "least": True, "unit": "%", "count": 64, "met": False}
    row |= {"measured": 0.953125, "interval": [0.871, 0.984]}
    none = row | {"what": "handle", "asked": None, "measured": None, "interval": [0.0, 1.0], "count": 0}
    size = row | {"what": "size, p95", "asked": 0.005, "least": False, "unit": "mm", "measured": 0.0041}
    rows = [row, none | {"met": None}, size | {"interval": [0.0039, 0.0051], "met": True}]
    evaluation.show(SUMMARY | {"rows": rows}, tmp_path)
    recall, handle, extent = (" ".join(line.split()) for line in capsys.readouterr().out.splitlines()[4:7])
    assert recall == "recall >= 99.0 % 95.3 % 87.1 % to 98.4 % 64 MISSED"
    assert handle == "handle - 0"
    assert extent == "size, p95 <= 5.0 mm 4.1 mm 3.9 mm to 5.1 mm 64 met"


def test_a_failure_without_a_usable_trace_is_a_note(tmp_path: Path) -> None:
    place = tmp_path / "episode-0001"
    place.mkdir()
    (place / "trace.jsonl").write_text("")
    (note,) = evaluation.animate_failures(SUMMARY, tmp_path)
    assert note.startswith("episode 1:") and "nothing to draw" in note


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("basic",), "did you mean 'basics'"),
        (("basics", "--trials", "0"), "at least one trial"),
        (("basics", "--json", "/no/such/folder/x.json"), "does not exist"),
    ],
)
def test_bad_input_is_refused(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", *arguments]) == 2
    assert words in capsys.readouterr().err
