"""Meta-World's tasks behind the connection: the protocol by which LeRobot's figures are taken.

One class a task, positions drawn anew from the episode's seed, 500 steps of 12.5 ms, and success where
it was reported at any step.
"""

from typing import Any

import mujoco  # pyright: ignore[reportMissingImports] - in an environment of its own.
import numpy as np
from metaworld import ALL_V3_ENVIRONMENTS as TASKS  # pyright: ignore - the same.

from .frames import Refused
from .host import Message, main
from .rendering import Pictures

TASKS_BY_NAME: dict[str, Any] = TASKS  # pyright: ignore - what else the name may be is not known here.
HORIZON = 500
PERIOD = 0.0125
SIZE = (480, 360)
MOVED = {"corner2": (0.75, 0.075, 0.7)}
"""Where LeRobot moves a camera."""
OWN = ("base", "mocap")
"""The outermost bodies of the robot itself, whose pixels are named ``robot``."""
CAMERAS = ("corner", "corner2", "corner3", "topview")
PAD = 0.006
"""Thickness of a finger's pad, of which half lies before its body's origin on each side, [m]."""


class MetaWorld:
    """One task of fifty at a time."""

    def __init__(self) -> None:
        """Have no task yet."""
        self._env: Any = None
        self._task = ""
        self._pictures: Pictures | None = None
        self._steps = 0
        self._succeeded = False
        self._before = np.zeros(3)
        self._speed = np.zeros(3)

    def tasks(self) -> list[str]:
        """List the tasks' names."""
        return list(TASKS_BY_NAME)

    def reset(self, task: str, seed: int) -> None:
        """Begin an episode of a task."""
        if task != self._task:
            if self._pictures is not None:
                self._pictures.close()
            self._env = TASKS_BY_NAME[task]()
            # What MT1(task, seed=42) does to its first task: drawing its other tasks, which nobody uses
            # where positions are drawn anew, takes as long as an episode.
            self._env._set_task_called = True
            self._env._partially_observable = False
            self._env._freeze_rand_vec = False
            self._env.seeded_rand_vec = True
            for camera, place in MOVED.items():
                self._env.model.camera(camera).pos[:] = place
            self._pictures = Pictures(self._env.model, self._env.data, *SIZE, own=OWN)
            self._task = task
        self._env.seed(seed)
        self._env.reset(seed=seed)
        # The benchmark leaves positions that follow from its joints as they were until its first step.
        mujoco.mj_forward(self._env.model, self._env.data)
        self._steps, self._succeeded = 0, False
        self._before, self._speed = self._hand(), np.zeros(3)

    def info(self) -> Message:
        """Tell what the body is made of."""
        env = self._env
        return {
            "model": "metaworld_hand",
            "cameras": list(CAMERAS),
            "period": PERIOD,
            "horizon": HORIZON,
            "action_size": 4,
            "lower": np.asarray(env.mocap_low, np.float64),
            "upper": np.asarray(env.mocap_high, np.float64),
        }

    def state(self) -> Message:
        """Tell where the hand is; the speed is that of the last step."""
        data = self._env.data
        apart = float(np.linalg.norm(data.body("leftpad").xpos - data.body("rightpad").xpos))
        return {
            "time": self._steps * PERIOD,
            "q": self._hand(),
            "v": self._speed,
            "width": max(0.0, apart - PAD),
            "force": None,
            "over": self._steps >= HORIZON,
        }

    def look(self, camera: str, names: bool) -> Message:
        """Take a frame."""
        assert self._pictures is not None
        return self._pictures.look(camera, names)

    def act(self, action: np.ndarray) -> None:
        """Do one step of 12.5 ms: a move by up to 1 cm along each axis, and an effort of the fingers."""
        if self._steps >= HORIZON:
            raise Refused(f"the episode is over after {HORIZON} steps")
        _, _, _, _, told = self._env.step(np.clip(action, -1.0, 1.0).astype(np.float32))
        self._steps += 1
        self._succeeded = self._succeeded or bool(told["success"])
        hand = self._hand()
        self._speed, self._before = (hand - self._before) / PERIOD, hand

    def success(self) -> bool:
        """Tell whether the benchmark reported success at any step."""
        return self._succeeded

    def truth(self) -> Message:
        """Tell where every named body is."""
        model, data = self._env.model, self._env.data
        names = [model.body(number).name for number in range(1, model.nbody)]
        return {name: data.body(name).xpos.copy() for name in names if name}

    def _hand(self) -> np.ndarray:
        return np.array(self._env.get_endeff_pos(), np.float64)


if __name__ == "__main__":
    main(MetaWorld)
