"""Whether the numeric kernels have been compiled on this computer, and a way to have it done beforehand.

They are compiled when they are first called, which takes a minute or so, and
then kept on disk (``robots.compiled``). ``python -m handsel.cli.kernels`` calls
them by doing what needs them: ``make setup`` does so once.
"""

import contextlib
import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

COMPILING = "compiling numeric kernels: a minute or so, once on a new installation"
HAND_PROBLEM = """
format = 1
name = "kernels"
form = "native"
program = '''
def stage_1():
    goal(cup.center == plate.center + vec(0, 0, cm(5)))
    along(tilt(cup.bottom, cup.center) <= degrees(10))
    avoid(wall, cm(1))
    slow(wall, cm(5), 0.1)
    hold(cup)
'''
held = "cup"
points = [[0.0, 0.0, 0.0], [0.0, 0.02, 0.0]]
[start]
position = [0.45, 0.2, 0.3]
quaternion = [0.0, 1.0, 0.0, 0.0]
[space]
lower = [0.1, -0.6, 0.0]
upper = [0.9, 0.6, 0.8]
cells = [21, 31, 21]
[[keypoint]]
thing = "cup"
part = "center"
position = [0.45, 0.2, 0.3]
[[keypoint]]
thing = "cup"
part = "bottom"
position = [0.45, 0.2, 0.26]
[[keypoint]]
thing = "plate"
part = "center"
position = [0.5, -0.2, 0.1]
[[obstacle]]
name = "wall"
kind = "box"
position = [0.5, 0.0, 0.1]
size = [0.1, 0.01, 0.1]
"""
"""A problem for the kernels of the free-flying hand."""


def compiled_before() -> bool:
    """Tell whether kernels of planner and perception lie compiled on disk, no older than their sources."""
    from ..perception import kernels
    from ..planners import goal_kernel

    return all(map(_on_disk, (goal_kernel.descend, kernels.linked)))


def _on_disk(kernel: Callable[..., Any]) -> bool:
    """Tell whether numba has a fresh index of compiled versions of a function."""
    stats = getattr(kernel, "stats", None)
    if stats is None or stats.cache_path is None:
        return stats is None  # without compilation there is nothing to wait for
    function = getattr(kernel, "py_func", kernel)
    source = Path(function.__code__.co_filename)
    index = Path(stats.cache_path).glob(f"{source.stem}.{function.__qualname__}-*.nbi")
    return any(one.stat().st_mtime >= source.stat().st_mtime for one in index)


def warm(tell: Callable[[str], None]) -> None:
    """Have the kernels compiled that a run and ``handsel solve`` need.

    Args:
        tell: Takes a line about what is being done.

    Raises:
        HandselError: If what needs them cannot be done.
    """
    from ..planners.joint_solve import solve_joints
    from ..planners.problem_file import loads
    from ..planners.solve import solve
    from ..robots.kinematics import Kinematics
    from ..robots.models import load_model

    began = time.monotonic()
    file = loads(HAND_PROBLEM)
    for part, do in (
        ("1 of 3, a hand", lambda: solve(file)),
        ("2 of 3, an arm", lambda: solve_joints(file, Kinematics(load_model("panda")))),
        ("3 of 3, looking and planning", _rehearse),
    ):
        tell(f"compiling numeric kernels, {part}")
        do()
    tell(f"compiled numeric kernels in {time.monotonic() - began:.0f} s; from now on they are read from disk")


def _rehearse() -> None:
    """Look and plan once, without moving."""
    from .run import Run
    from .session import run_session

    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        run_session(
            Run(text="put the red block in the bowl", dry_run=True, json=True, out=Path(folder) / "run")
        )


def main() -> int:
    """Compile what is not compiled."""
    if compiled_before():
        return 0
    warm(lambda line: print(f"setup: {line}", file=sys.stderr, flush=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
