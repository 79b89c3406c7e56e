"""The problems of the benchmarks and the problem files of the examples, for tests."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
from handsel.planners.problem_file import ProblemFile, loads
from handsel.planners.solids import Solid
from pydrake.math import RigidTransform, RotationMatrix

ROOT = Path(__file__).parents[2]
NAMES = ("pen_grasp", "pen_reorient", "pen_drop", "pour_align", "pour_tilt", "upright_carry", "stack")
R_GE = RotationMatrix(np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]))
"""Their tool frame has x along the approach."""


@cache
def evaluator() -> ModuleType:
    """Load the problems with their evaluator, which shares no code with the planner."""
    place = ROOT / "benchmarks" / "planners" / "keypoint_problems.py"
    spec = importlib.util.spec_from_file_location("keypoint_problems", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["keypoint_problems"] = module
    spec.loader.exec_module(module)
    return module


def text(name: str) -> str:
    """Give the text of an example file."""
    return (ROOT / "examples" / "problems" / f"{name}.toml").read_text(encoding="utf-8")


@cache
def file(name: str) -> ProblemFile:
    """Read an example file."""
    return loads(text(name))


def pose7(X_WG: RigidTransform) -> np.ndarray:
    """Turn a tool pose into theirs: position and xyzw."""
    module = evaluator()
    R_WE = (X_WG.rotation() @ R_GE).matrix()
    return module.homo_to_pose7(module.homo(X_WG.translation(), R_WE))


def solid_box(center: list[float], half: list[float]) -> Solid:
    """Make a box that is not turned."""
    return Solid(kind="box", X_WS=RigidTransform(center), size=np.array(half))
