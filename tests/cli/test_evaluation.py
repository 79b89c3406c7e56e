"""``handsel eval`` hands over what was asked for and tells what came out."""

import json
from pathlib import Path
from typing import Any

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
        return SUMMARY

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
    assert json.loads(file.read_text()) == SUMMARY
    out, err = capsys.readouterr()
    assert "50.0% of 2" in out and "9.0% to 91.0%" in out
    assert "episode 1: dropped" in err


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
