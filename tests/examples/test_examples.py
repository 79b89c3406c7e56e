"""Every example runs as it says, and is short."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).resolve().parent.parent.parent / "examples").glob("[0-9]*.py"))


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text()
    assert 20 <= len(text.splitlines()) <= 80
    title = ast.get_docstring(ast.parse(text)) or ""
    assert "\n\n" in title and "Usage:" in title and f"python examples/{path.name}" in title


LONG = ("08_write_a_program_yourself",)
"""What takes long, or shows nothing that a shorter one does not run through too."""


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[pytest.mark.slow] if path.stem in LONG else []) for path in EXAMPLES],
    ids=[path.stem for path in EXAMPLES],
)
def test_it_runs(path: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()
    assert list(tmp_path.iterdir()) == []
