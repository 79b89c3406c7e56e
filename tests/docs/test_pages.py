"""The code on the pages for newcomers runs as it stands there, and their commands exist."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from handsel.cli import main as cli

from tests.plugin import PACKAGE, ROOT, install

PAGES = (
    "add_a_skill",
    "extending",
    "gymnasium",
    "my_own_arm",
    "my_own_scene",
    "my_own_task",
    "troubleshooting",
)
BLOCK = re.compile(r"(?P<before>[^\n]*\n[^\n]*\n)```(?P<kind>\w+)\n(?P<text>.*?)```", re.DOTALL)


class Block(NamedTuple):
    kind: str
    text: str
    file: str


def blocks(page: str) -> list[Block]:
    """Give a page's blocks; one that follows "`name`:" is that file."""
    text = (ROOT / "docs" / f"{page}.md").read_text()
    found = []
    for match in BLOCK.finditer(text):
        names = re.findall(r"`([\w/]+\.(?:py|toml|urdf))`[^`\n]*:\s*$", match["before"])
        names += re.findall(r"`([\w/]+\.(?:py|toml|urdf))`, beside the URDF:\s*$", match["before"])
        found.append(Block(match["kind"], match["text"], names[-1] if names else ""))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_the_code_runs(page: str, tmp_path: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugin = tmp_path / "plugin"
    plugin.mkdir()
    install(plugin, monkeypatch)
    ran, names = 0, {}
    for block in sorted(blocks(page), key=lambda block: not block.file):
        if block.file.startswith("handsel_example/"):
            assert block.text == (PACKAGE / block.file).read_text(), (
                f"{block.file} is another than on the page"
            )
        elif block.file:
            (elsewhere / block.file).write_text(block.text)
        elif block.kind == "python":
            exec(compile(block.text, f"{page}.md", "exec"), names)
            ran += 1
    assert ran >= 1


def test_entry_points_on_pages_are_the_package_s_own() -> None:
    own = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]["entry-points"]
    for page in ("add_a_skill", "my_own_task", "extending"):
        told = [tomllib.loads(block.text) for block in blocks(page) if "entry-points" in block.text]
        assert told
        for one in told:
            for group, names in one["project"]["entry-points"].items():
                assert names.items() <= own[group].items()
    (whole,) = [tomllib.loads(block.text) for block in blocks("extending") if block.kind == "toml"]
    assert whole["project"]["entry-points"] == own


@pytest.mark.parametrize(
    "path", [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"], ids=lambda p: p.stem
)
def test_commands_exist_and_links_lead_somewhere(path: Path) -> None:
    known = set(re.findall(r'subcommand\("([\w-]+)"\)', Path(cli.__file__).read_text()))
    text = path.read_text()
    code = "\n".join(re.findall(r"^```(?:sh)?\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    code += "\n" + "\n".join(line.strip() for line in text.splitlines() if line.startswith("    "))
    for line in re.findall(r"^handsel (.*)$", code, re.MULTILINE):
        if words := shlex.split(line, comments=True):
            assert words[0] in known or words[0].startswith("-"), f"{path.name}: handsel {line}"
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (path.parent / link).exists(), f"{path.name} links to {link}"
