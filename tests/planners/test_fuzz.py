"""A slice of ``make fuzz``, and a proof that its guards bite."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = [sys.executable, "-m", "tests.planners.fuzzing"]


def test_a_slice_of_the_texts_is_read_or_refused(tmp_path: Path) -> None:
    """In a process of its own: an audit hook cannot be removed, and its memory is its own."""
    books = tmp_path / "fuzz.json"
    options = ["--texts", "1500", "--seed", "7", "--json", str(books)]
    done = subprocess.run(
        [*RUN, *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    summary = json.loads(books.read_text())
    assert summary["texts"] == 1500
    assert summary["read"] >= 30, "too few texts get past the parser to try what comes after it"
    assert len(summary["reasons"]) >= 100
    assert summary["grown_mb"] < 200.0
    assert summary["slowest_s"] < 1.0


def test_the_guards_bite() -> None:
    """Reading that opens a file, hangs or crashes is found."""
    script = """
import sys, time
from tests.planners import fuzzing

def found(reading):
    fuzzing.FRONTS["native"] = (reading, fuzzing.NATIVE)
    try:
        fuzzer.read("native", "x")
    except AssertionError:
        fuzzer.effects.clear()
        return True
    return False

fuzzer = fuzzing.Fuzzer()
began = time.process_time
def slow(text):
    until = time.process_time() + 1.2
    while time.process_time() < until:
        pass
checks = [
    found(lambda text: open("pyproject.toml").close()),
    found(lambda text: exec("1")),
    found(lambda text: 1 / 0),
    found(lambda text: __import__("wave")),
    found(lambda text: sys.exit(0)),
    found(slow),
    not found(lambda text: None),
]
assert all(checks), checks
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
