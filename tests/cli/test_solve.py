"""``handsel solve`` as a person and a program meet it."""

import json
from pathlib import Path

import numpy as np
import pytest
from handsel.cli.main import main
from PIL import Image

ROOT = Path(__file__).parents[2]
EASY = ROOT / "examples" / "problems" / "two_stages.toml"


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict]:
    code = main(["solve", *argv, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("robot", ["hand", "panda"])
def test_a_problem_is_solved_and_drawn(
    robot: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "way.png"
    code, answer = told(capsys, str(EASY), "--robot", robot, "--plot", str(picture))
    assert code == 0 and answer["success"] and answer["proved"] and answer["robot"] == robot
    assert [stage["stage"] for stage in answer["stages"]] == ["stage_1", "stage_2"]
    assert all(row["met"] for stage in answer["stages"] for row in stage["relations"])
    assert len(answer["stages"][0]["way"]["times_s"]) == len(answer["stages"][0]["way"]["poses"])
    with Image.open(picture) as image:
        assert image.size[0] > 1000


def test_the_table_for_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", str(EASY)]) == 0
    said = capsys.readouterr().out
    assert "stage_2" in said and "holds" in said and "every stage is solved and proven" in said


def test_what_cannot_hold_is_said_and_drawn_in_red(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = EASY.read_text().replace("    hold(pen)", "    goal(height(pen.grip) <= 0.8)\n    hold(pen)")
    bad, picture = tmp_path / "bad.toml", tmp_path / "bad.png"
    bad.write_text(text)
    code, answer = told(capsys, str(bad), "--plot", str(picture))
    assert code == 3 and not answer["success"]
    assert answer["failed"]["by"] == pytest.approx(0.2, abs=0.01)
    with Image.open(picture) as image:
        pixels = np.array(image.convert("RGB"), dtype=int)
    red = (pixels[..., 0] > 150) & (pixels[..., 1] < 90) & (pixels[..., 2] < 80)
    assert red.sum() > 500
    assert main(["solve", str(bad)]) == 3
    assert "cannot be done" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "argv", "said"),
    [
        (None, ("--form", "rekep"), "form 'native'"),
        (("hold(pen)", "hold(pan)"), (), "cannot be read: line 10"),
        (("[start]", "[begin]"), (), "lacks 'start'"),
        (None, ("--robot", "pandaa"), "panda"),
        (None, ("--plot", "x.jpg"), ".png"),
        (None, ("--plot", "/no/such/folder/x.png"), "folder"),
        (None, ("--seed", "-1"), "--seed"),
    ],
)
def test_bad_input_is_a_sentence(
    change: tuple[str, str] | None,
    argv: tuple[str, ...],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = EASY.read_text()
    file = tmp_path / "p.toml"
    file.write_text(text.replace(*change) if change else text)
    code, answer = told(capsys, str(file), *argv)
    assert code == 2 and said in answer["reason"] and "Traceback" not in answer["reason"]


def test_a_file_without_its_form_takes_it_from_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.toml"
    file.write_text(EASY.read_text().replace('form = "native"\n', ""))
    assert told(capsys, str(file), "--form", "native")[0] == 0
    code, answer = told(capsys, str(file))
    assert code == 2 and "lacks 'form'" in answer["reason"]


def test_a_program_alone_is_no_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "p.py"
    file.write_text("def stage_1():\n    goal(ee == cup)\n")
    code, answer = told(capsys, str(file))
    assert code == 2 and "keypoint" in answer["reason"] and "program" in answer["reason"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"[[" * 5000, b"x = 1" + b"0" * 9000])
def test_no_content_ends_in_a_traceback(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "p.toml"
    file.write_bytes(content)
    assert told(capsys, str(file))[0] == 2
    assert told(capsys, str(tmp_path))[0] == 2
    assert told(capsys, str(tmp_path / "none.toml"))[0] == 2
