"""The wheel alone, away from the checkout: it imports, it explains itself, it does the main job."""

import importlib
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

from handsel.core.errors import MissingDependency

import handsel


def test_it_is_the_installed_one() -> None:
    """The package comes from the wheel."""
    assert "site-packages" in str(Path(handsel.__file__))


EXTRAS = ("gymnasium", "mcp", "metaworld", "mujoco", "robosuite", "starlette", "uvicorn")
"""Packages of extras, which modules behind a door that checks for them may import at once."""


def test_every_module_imports() -> None:
    """No module needs what the wheel lacks, but for those of an extra, which need that extra alone."""

    def missing(name: str) -> None:
        error = sys.exc_info()[1]
        assert isinstance(error, MissingDependency) and "handsel[" in str(error), f"{name}: {error}"

    names = [module.name for module in pkgutil.walk_packages(handsel.__path__, "handsel.", missing)]
    for name in names:
        if not name.endswith("__main__"):
            try:
                importlib.import_module(name)
            except MissingDependency as error:
                assert "handsel[" in str(error), f"{name}: {error}"
            except ModuleNotFoundError as error:
                assert (error.name or "").partition(".")[0] in EXTRAS, f"{name}: {error}"
    assert len(names) > 30


def test_help() -> None:
    """The command line explains itself."""
    done = subprocess.run([sys.executable, "-m", "handsel", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "run" in done.stdout


def test_the_main_job(tmp_path: Path) -> None:
    """One sentence becomes one finished task."""
    command = [sys.executable, "-m", "handsel", "run", "put the red block in the bowl", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["success"] is True
