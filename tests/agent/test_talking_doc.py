"""The page about talking: its example runs as it stands there, and its table of limits names real ones."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from handsel.agent.episode import Limits

PAGE = (Path(__file__).parents[2] / "docs" / "talking.md").read_text(encoding="utf-8")


def test_the_limits_exist() -> None:
    names = {one.name for one in fields(Limits)}
    ladder = PAGE[PAGE.index("| rung |") : PAGE.index("`handsel eval disturbed` makes")]
    assert set(re.findall(r"`([a-z]+)`", ladder)) & names == {
        "replans",
        "retries",
        "backs",
        "redecompose",
        "asks",
        "patience",
    }


@pytest.mark.slow
def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    exec(compile(code, "talking.md", "exec"), {})
    told = capsys.readouterr().out
    assert told.startswith("done") and "blue_block" in told
