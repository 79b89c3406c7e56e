"""The reference is made from docstrings."""

import subprocess
import sys
from pathlib import Path

from tests.plugin import ROOT


def test_pages_are_generated(tmp_path: Path) -> None:
    line = next(line for line in (ROOT / "Makefile").read_text().splitlines() if "$(PY)/pdoc" in line)
    options = line.split("$(PY)/pdoc ")[1].split(" -o ")[0].split()
    modules = ["handsel.agent.agent", "handsel.core.trajectory"]
    command = [sys.executable, "-W", "error", "-m", "pdoc", *options, "-o", str(tmp_path), *modules]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "handsel" / "agent" / "agent.html").read_text()
    assert "Carries out one instruction at a time" in page and '<h6 id="arguments">Arguments:</h6>' in page
