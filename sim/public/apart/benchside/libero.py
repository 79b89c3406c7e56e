"""LIBERO's tasks behind the connection: the protocol by which its figures are published.

The seed is the number of one of the fifty published initial states; ten steps without a motion let it
settle; 20 steps a second under OSC_POSE, as many of them as are published for the suite; success where
the goal's predicates held after any step.

What the controller was measured to do (seven numbers: three of 5 cm and three of 0.5 rad a unit, along
and about the world's axes, and the fingers' sense):

- Position is pulled from where the hand is, not from the last goal: nothing adds up over steps. A step
  of one unit moves the hand by 5 to 6 mm from rest and by 12 to 13 mm in motion (0.25 m/s), in proportion
  for less, and then it runs on by as much again, along x by up to three times that and for longer.
  Steered onto a point by the measured error it stays within 0.3 mm.
- Attitude is pulled from where the hand is too, but three noughts keep the goal of the last turn: it
  runs on by about 0.04 rad for a tenth and by 0.44 rad for a unit. About z a unit turns by 0.026 rad from
  rest and then by 0.066 rad a step (1.3 rad/s), three tenths by half of that. Up to three tenths the hand
  stays within 5 mm meanwhile; eight steps of a unit carry it off by 5 cm about z and up to 13 cm otherwise.
- Low over the table the hand is held upright from 0.27 m to 0.8 m before the base's axis: told to go
  further it tilts by 0.1 to 0.2 rad and stops centimetres short.
- The fingers close from 8 cm in about 14 steps, after two in which little moves, and open as slowly.
"""

import hashlib
import json
import logging
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np

from .frames import Refused
from .host import Message, main
from .panda import FREQUENCY, OWN, Panda
from .standins import overlay
from .torch_arrays import read_array

HORIZONS = {
    "libero_spatial": 280,
    "libero_object": 280,
    "libero_goal": 300,
    "libero_10": 520,
    "libero_90": 400,
}
"""Steps of an episode by suite."""
ASSETS = "HANDSEL_LIBERO_ASSETS"
SETTLE = 10
"""Steps without a motion, fingers opening, before an episode begins."""
TRIES = 20
"""Draws of the fixtures' places until they do not touch."""
CAMERAS = ("agentview", "birdview", "robot0_eye_in_hand")
"""From before the arm, from above, and at the hand: between them they see all that stands there."""
ASIDE_OF = {"floor": "frontview"}
"""One more camera by arena, in place of ``sideview``, which sees the fronts of what opens, but no floor."""
NEAR, FARTHEST, ASIDE, ABOVE = 0.25, 0.8, 0.5, 0.6
"""Where the grip point can go: before the arm's base, to each side of it, and over the table, [m]."""
BELOW = 0.01
"""Height of the grip point over the table where the fingertips touch it, [m]."""
TABLES = {"living_room": 0.425, "study": 0.88}
"""Heights of tables by arena, as pictures show them, where LIBERO places things from another height, [m]."""


class Libero(Panda):
    """One task of 130 at a time."""

    SITE = "gripper0_grip_site"
    FINGERS = ("gripper0_finger_joint1", "gripper0_finger_joint2")

    def __init__(self) -> None:
        """Have no task yet."""
        super().__init__()
        self._root: Path | None = None
        self._standins: frozenset[Path] = frozenset()
        self._states = np.zeros((0, 0))
        self._notes: list[str] = []
        self._bounds = np.zeros((2, 6))

    def tasks(self) -> list[str]:
        """List the tasks' names, a suite and a file of it each."""
        problems = _package() / "bddl_files"
        folders = [(suite, problems / suite) for suite in HORIZONS]
        return [f"{suite}/{path.stem}" for suite, folder in folders for path in sorted(folder.glob("*.bddl"))]

    def reset(self, task: str, seed: int) -> None:
        """Begin an episode from the initial state of a number."""
        if task != self._task:
            self._open(task)
        if seed >= len(self._states):
            raise Refused(f"seed {seed}: LIBERO publishes {len(self._states)} initial states, from 0, a task")
        # Where fixtures stand, to a centimetre, is no part of the initial states and drawn from this.
        np.random.seed(seed)
        self._begin()
        self._env.sim.set_state_from_flattened(self._states[seed])
        self._env.sim.forward()
        self._env._post_process()
        for _ in range(SETTLE):
            self._env.step(np.array([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0]))
        self._begun()

    def info(self) -> Message:
        """Tell what the body is made of; ``notes`` has what a figure has to be read with."""
        cameras = [*CAMERAS, ASIDE_OF.get(self._env._arena_type, "sideview")]
        return self.body(cameras, *self._bounds) | {"notes": self._notes}

    def _step(self, action: np.ndarray) -> bool:
        _, _, done, _ = self._env.step(action)
        return bool(done)

    def _open(self, task: str) -> None:
        """Build a task's world."""
        if self._root is None:
            self._root, self._standins = _prepare()
        self._task, self._env = "", None
        suite, name = task.split("/")
        self._states = read_array(_package() / "init_files" / suite / f"{name}.pruned_init")
        self._horizon = HORIZONS[suite]
        self._env = _make(_package() / "bddl_files" / suite / f"{name}.bddl")
        for observed in list(self._env.observation_names):
            # Nobody asks for these, and they are worked out anew in each of a step's 25 parts.
            self._env.modify_observable(observed, "enabled", False)
            self._env.modify_observable(observed, "active", False)
        self._draw()
        base = self._data.body(OWN[0]).xpos
        table = TABLES.get(self._env._arena_type, max(0.0, float(self._env.workspace_offset[2])))
        low = [base[0] + NEAR, base[1] - ASIDE, table + BELOW, -2.6, -1.6, -1.6]
        high = [base[0] + FARTHEST, base[1] + ASIDE, table + ABOVE, 2.6, 1.6, 1.6]
        self._bounds = np.array([low, high])
        used = _files(self._env.model.get_xml()) & self._standins
        self._notes = [f"stand-in visuals for {len(used)} missing files"] if used else []
        self._task = task

    def _begin(self) -> None:
        from robosuite.utils.errors import RandomizationError  # pyright: ignore[reportMissingImports]

        for _ in range(TRIES):
            try:
                self._env.reset()
            except RandomizationError:
                continue
            # A world that is kept, and not built anew as in the published runs, keeps the fingers' last goal.
            gripper = self._env.robots[0].gripper
            gripper.current_action = np.zeros(gripper.dof)
            return
        raise Refused(f"the fixtures of {self._task} found no places in {TRIES} draws")


def _package() -> Path:
    """Give the folder of LIBERO's package without importing it: that asks questions on a terminal."""
    from importlib.metadata import distribution

    return Path(str(distribution("hf-libero").locate_file("libero/libero")))


def _prepare() -> tuple[Path, frozenset[Path]]:
    """Set LIBERO up for a folder of assets, so that it neither asks nor downloads anything.

    Returns:
        The folder that it loads from, and the files in it that stand in for missing ones.

    Raises:
        Refused: If no folder of assets is given.
    """
    given = Path(os.environ.get(ASSETS, "")).expanduser()
    if not os.environ.get(ASSETS) or not (given / "scenes").is_dir():
        raise Refused(
            f"LIBERO's package has no meshes: {ASSETS} has to be the folder libero/libero/assets of LIBERO's "
            f"repository, with scenes and articulated_objects in it; it is {str(given)!r}"
        )
    own = Path(sys.prefix) / "libero" / hashlib.sha256(str(given.resolve()).encode()).hexdigest()[:12]
    walls = [f"textures/{name}" for name in _wall_files()]
    made = overlay(given.resolve(), own / "assets", walls)
    package = _package()
    lines = {
        "benchmark_root": package,
        "bddl_files": package / "bddl_files",
        "init_states": package / "init_files",
        "datasets": own / "datasets",
        "assets": own / "assets",
    }
    text = "".join(f"{key}: {json.dumps(str(path))}\n" for key, path in lines.items())
    (own / "config.yaml").write_text(text, encoding="utf-8")
    os.environ["LIBERO_CONFIG_PATH"] = str(own)
    logging.getLogger("robosuite_logs").setLevel(logging.ERROR)
    import libero.libero  # pyright: ignore[reportMissingImports]

    libero.libero._assets_path_cache = str(own / "assets")
    return own / "assets", made


def _wall_files() -> list[str]:
    """List the textures that the package's own code asks for by name."""
    import ast

    text = (_package() / "envs" / "arenas" / "style.py").read_text(encoding="utf-8")
    nodes = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    return sorted({value for value in nodes if isinstance(value, str) and value.endswith(".png")})


def _make(problem: Path) -> Any:
    """Build the world of a problem, without robosuite's renderer."""
    import robosuite  # pyright: ignore[reportMissingImports]
    from libero.libero.envs import TASK_MAPPING  # pyright: ignore[reportMissingImports]
    from libero.libero.envs.bddl_utils import get_problem_info  # pyright: ignore[reportMissingImports]

    return TASK_MAPPING[get_problem_info(str(problem))["problem_name"]](
        str(problem),
        robots=["Panda"],
        controller_configs=robosuite.load_controller_config(default_controller="OSC_POSE"),
        gripper_types="default",
        initialization_noise=None,
        use_camera_obs=False,
        has_renderer=False,
        has_offscreen_renderer=False,
        control_freq=FREQUENCY,
        # The end of an episode is told here, and its steps are counted after settling.
        horizon=10 * max(HORIZONS.values()),
        ignore_done=True,
        hard_reset=False,
    )


def _files(text: str) -> frozenset[Path]:
    """Give the files that a model's text loads."""
    import re

    return frozenset(Path(os.path.normpath(name)) for name in re.findall(r'file="([^"]+)"', text))


if __name__ == "__main__":
    main(Libero)
