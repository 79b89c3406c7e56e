"""Whatever a command raises becomes a sentence and an exit code."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from handsel.cli.guard import guarded
from handsel.core.errors import CannotDo, HandselError, InputError, NeedsAnswer, RobotError


def raising(error: BaseException) -> Callable[[], int]:
    """Make a command that raises."""

    def command() -> int:
        raise error

    return command


CASES = [
    (InputError("what was wrong"), 2),
    (CannotDo("the bowl is full"), 3),
    (NeedsAnswer("which block?", ("red_block", "blue_block")), 4),
    (RobotError("the robot is gone"), 1),
    (KeyboardInterrupt(), 130),
]


@pytest.mark.parametrize(("error", "code"), CASES)
def test_a_person_gets_one_line_and_no_traceback(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(raising(error), as_json=False) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1 and "Traceback" not in err
    if isinstance(error, HandselError):
        assert str(error) in err


@pytest.mark.parametrize(("error", "code"), CASES)
def test_a_program_gets_one_object(
    error: BaseException, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(raising(error), as_json=True) == code
    out, err = capsys.readouterr()
    answer = json.loads(out)
    assert err == ""
    assert answer["success"] is False and answer["exit_code"] == code and answer["reason"]


def test_a_question_brings_its_options(capsys: pytest.CaptureFixture[str]) -> None:
    guarded(raising(NeedsAnswer("which?", ("a", "b"))), as_json=True)
    answer = json.loads(capsys.readouterr().out)
    assert (answer["question"], answer["options"]) == ("which?", ["a", "b"])


def test_a_fault_is_kept_for_whoever_mends_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert guarded(raising(ZeroDivisionError("by zero")), as_json=False) == 1
    assert "Traceback" not in capsys.readouterr().err
    (file,) = tmp_path.glob("handsel-fault-*.txt")
    assert "ZeroDivisionError: by zero" in file.read_text()


def test_success_passes_through() -> None:
    assert guarded(lambda: 0, as_json=True) == 0
