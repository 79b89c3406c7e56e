"""Inside the library imports are relative, and importing it does nothing."""

import ast
import resource
import subprocess
import sys
from pathlib import Path

import pytest

PARTS = ("agent", "cli", "core", "perception", "planners", "prompts", "robots", "sim", "skills")
ROOT = Path(__file__).resolve().parent.parent


def absolute_imports(source: str) -> list[str]:
    """List the imports of handsel, or of a bare part, by an absolute name."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.append(node.module)
    return [name for name in names if name.split(".")[0] in (*PARTS, "handsel")]


@pytest.mark.parametrize("part", PARTS)
def test_parts_import_each_other_relatively(part: str) -> None:
    found = {str(file): absolute_imports(file.read_text()) for file in (ROOT / part).rglob("*.py")}
    assert {file: names for file, names in found.items() if names} == {}


@pytest.mark.parametrize("place", ["tests", "examples", "benchmarks"])
def test_everything_else_imports_handsel(place: str) -> None:
    bare = {
        str(file): [name for name in absolute_imports(file.read_text()) if not name.startswith("handsel")]
        for file in (ROOT / place).rglob("*.py")
    }
    assert {file: names for file, names in bare.items() if names} == {}


def test_the_check_itself() -> None:
    assert absolute_imports("import agent.mind") == ["agent.mind"]
    assert absolute_imports("from handsel.core import errors") == ["handsel.core"]
    assert absolute_imports("from .core import errors\nimport numpy") == []


def test_no_part_has_the_name_of_a_standard_module() -> None:
    assert not set(PARTS) & set(sys.stdlib_module_names)


def least_work(*command: str) -> float:
    """Give the least processor time of a fresh process in three tries, [s].

    Wall time says more about what else the machine does than about us.
    """
    times = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(times)


def test_import_is_quick() -> None:
    empty = least_work(sys.executable, "-c", "pass")
    assert least_work(sys.executable, "-c", "import handsel") - empty < 0.15


def test_help_is_quick() -> None:
    assert least_work(sys.executable, "-m", "handsel", "--help") < 0.6


@pytest.mark.parametrize(
    "heavy", ["numpy", "scipy", "numba", "pydrake", "openai", "cvxpy", "matplotlib", "torch", "lark"]
)
def test_help_imports_nothing_heavy(heavy: str) -> None:
    look = f"import sys, handsel.cli.main; sys.exit({heavy!r} in sys.modules)"
    subprocess.run([sys.executable, "-c", look], check=True)
