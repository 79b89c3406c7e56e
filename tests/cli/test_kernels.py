"""It is said that kernels are compiled where they are, and what compiles them beforehand works."""

import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest
from handsel.cli import kernels, session
from handsel.cli.main import main
from handsel.core.errors import InputError
from handsel.planners.problem_file import loads
from handsel.planners.solve import solve

SOURCE = """
import numba

@numba.njit(cache=True)
def twice(x):
    return 2.0 * x
"""


def test_what_lies_compiled_on_disk_is_known(tmp_path: Path) -> None:
    source = tmp_path / "doubling.py"
    source.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("doubling", source)
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert not kernels._on_disk(module.twice)
    assert module.twice(21.0) == 42.0
    assert kernels._on_disk(module.twice)
    later = source.stat().st_mtime + 100.0
    os.utime(source, (later, later))
    assert not kernels._on_disk(module.twice)
    assert kernels._on_disk(len), "what is not compiled need not be waited for"


@pytest.mark.parametrize("before", [True, False])
def test_the_first_run_says_that_it_compiles(
    before: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first run of a new installation stood still for a minute and said nothing."""

    def no_world(*_: Any, **__: Any) -> None:
        raise InputError("no world today")

    monkeypatch.setattr(session, "start_world", no_world)
    monkeypatch.setattr(session, "compiled_before", lambda: before)
    assert main(["run", "pick up the red block", "--out", str(tmp_path / "run")]) == 2
    assert ("compiling numeric kernels" in capsys.readouterr().err) is not before


def test_the_problem_that_warms_the_hands_kernels_has_an_answer() -> None:
    answer = solve(loads(kernels.HAND_PROBLEM))
    assert answer.proves() and answer.stages[0].yielded == ()


def test_what_is_compiled_is_not_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "warm", lambda tell: pytest.fail("nothing is to be compiled"))
    monkeypatch.setattr(kernels, "compiled_before", lambda: True)
    assert kernels.main() == 0
