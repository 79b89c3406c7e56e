"""``handsel eval compare`` prints what was found, and no more than that."""

import json
from pathlib import Path

import pytest
from handsel.cli.compare import verdict
from handsel.cli.main import main

from ..sim.test_comparison import write


def test_two_runs_are_shown_beside_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = write(tmp_path / "a", "x" * 3 + "." * 9), write(tmp_path / "b", "x" * 12)
    file = tmp_path / "found.json"
    assert main(["eval", "compare", str(a), str(b), "--json", str(file)]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "relations, seed 5"
    assert any(line.startswith("all 12 25.0% 100.0% 0 9 +75.0") for line in lines)
    assert any(line.startswith("pour 6 ") for line in lines) and any("B did more" in line for line in lines)
    assert any("simulated time, [s]: +0.000" in line for line in lines)
    assert json.loads(file.read_text())["success"]["only_b"] == 9


def test_runs_that_do_not_pair_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    a, b = write(tmp_path / "a", "x"), write(tmp_path / "b", "x", seed=6)
    assert main(["eval", "compare", str(a), str(b)]) == 2
    assert "their scenes differ" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("only_a", "only_b", "p", "words"),
    [
        (0, 9, 0.004, "B did more"),
        (9, 0, 0.004, "A did more"),
        (3, 4, 1.0, "no difference"),
        (0, 0, 1.0, "every episode ended alike"),
    ],
)
def test_the_verdict_says_what_the_test_says(only_a: int, only_b: int, p: float, words: str) -> None:
    cell = {"only_a": only_a, "only_b": only_b, "p": p, "difference": (only_b - only_a) / 20}
    assert verdict(cell).startswith(words)
