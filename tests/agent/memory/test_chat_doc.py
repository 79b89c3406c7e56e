"""The example on the page about chats does what it says."""

import re
from pathlib import Path

import pytest


def test_the_pages_code_prints_what_it_says(
    root: Path, elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (root / "docs" / "chat.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(compile(code, "docs/chat.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == re.findall(r"# => (.*)", code)
