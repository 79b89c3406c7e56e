"""What the wheel holds: every module and every data file of the checkout."""

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PARTS = ("agent", "cli", "core", "perception", "planners", "prompts", "robots", "sim", "skills")
ROOT = Path(__file__).resolve().parent.parent
DATA = {".md", ".lark", ".toml", ".json", ".urdf", ".sdf", ".xml", ".npz", ".typed", ".html", ".css", ".js"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from a copy so that nothing is left in the checkout."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in (*PARTS, "src"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, copy / name)
    build = "import setuptools.build_meta as b; print(b.build_wheel('out'))"
    subprocess.run([sys.executable, "-W", "ignore", "-c", build], cwd=copy, check=True, capture_output=True)
    return zipfile.ZipFile(next((copy / "out").glob("handsel-*.whl")))


def test_every_module_is_there(wheel: zipfile.ZipFile) -> None:
    wanted = {f"handsel/{file.relative_to(ROOT)}" for part in PARTS for file in (ROOT / part).rglob("*.py")}
    assert wanted - set(wheel.namelist()) == set()


def test_every_data_file_is_there(wheel: zipfile.ZipFile) -> None:
    wanted = {
        f"handsel/{file.relative_to(ROOT)}"
        for part in PARTS
        for file in (ROOT / part).rglob("*")
        if file.suffix in DATA
    }
    assert "handsel/py.typed" in wheel.namelist()
    assert wanted - set(wheel.namelist()) == set()


def test_nothing_lies_outside_the_one_name(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not re.fullmatch(r"handsel-[\w.]+\.dist-info", top)} == {"handsel"}


def test_licence_and_notices_are_in(wheel: zipfile.ZipFile) -> None:
    assert {"LICENSE", "NOTICE"} <= {Path(name).name for name in wheel.namelist()}


def test_constraints_name_no_machine() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*", line) for line in lines)
    assert "torch==2.13.0" in lines
