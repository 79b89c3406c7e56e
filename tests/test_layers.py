"""Imports point down only: the order of the parts is the architecture."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LAYERS = ("core", "robots", "perception", "planners", "prompts", "skills", "agent", "sim", "cli")
ROOT = Path(__file__).resolve().parent.parent


def imported_parts(source: str, module: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Give the line and the part of each relative import in a module such as ("agent", "rules", "mind")."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        base = module[: len(module) - node.level]
        path = (*base, *(node.module.split(".") if node.module else ()))
        if path:
            yield node.lineno, path[0]
        else:
            yield from ((node.lineno, alias.name) for alias in node.names)


def module_of(file: Path) -> tuple[str, ...]:
    """Name a file's module by its parts; a package's own file counts as the module ``__init__``."""
    return file.relative_to(ROOT).with_suffix("").parts


def upward(source: str, module: tuple[str, ...]) -> list[str]:
    """List the imports of a module that point up."""
    here = LAYERS.index(module[0])
    return [
        f"{'/'.join(module)}.py:{line} imports {part}"
        for line, part in imported_parts(source, module)
        if part in LAYERS and LAYERS.index(part) > here
    ]


@pytest.mark.parametrize("part", LAYERS)
def test_a_part_imports_only_what_lies_below(part: str) -> None:
    files = sorted((ROOT / part).rglob("*.py"))
    assert files, f"part {part} has no files"
    assert [found for file in files for found in upward(file.read_text(), module_of(file))] == []


def test_every_part_is_in_the_order() -> None:
    match = (ROOT / "setup.py").read_text()
    assert all(f'"{part}"' in match for part in LAYERS)


@pytest.mark.parametrize(
    ("source", "module", "found"),
    [
        ("from ..sim.start import start_world", ("planners", "path"), 1),
        ("from ...sim import start", ("agent", "rules", "mind"), 1),
        ("from .. import cli", ("core", "errors"), 1),
        ("def f():\n    from ..agent.agent import Agent", ("skills", "skill"), 1),
        ("from ..core.errors import InputError", ("planners", "path"), 0),
        ("from .rules import mind", ("agent", "agent"), 0),
    ],
)
def test_the_check_itself(source: str, module: tuple[str, ...], found: int) -> None:
    assert len(upward(source, module)) == found
