"""The README's lines of Python run as they stand there, and the way in is one import."""

import re
import subprocess
import sys
from pathlib import Path

import handsel.agent
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_lines_of_the_readme_run(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert len(code.splitlines()) == 10
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("done red_block is")
    assert list(tmp_path.iterdir()) == []


def test_the_way_in() -> None:
    from handsel.agent import Agent, agent

    assert Agent is agent.Agent
    assert dir(handsel.agent) == ["Agent", "Episode", "Event", "Limits", "Subscriber", "make_mind"]
    assert all(getattr(handsel.agent, name) for name in handsel.agent.__all__)
    with pytest.raises(AttributeError, match="Agnet"):
        _ = handsel.agent.Agnet  # type: ignore[attr-defined]


def test_importing_the_part_imports_nothing_heavy() -> None:
    look = "import sys, handsel.agent; sys.exit('numpy' in sys.modules)"
    subprocess.run([sys.executable, "-c", look], check=True)
