"""What robosuite's Panda with its hand is to who acts, in whatever version and whosever tasks."""

from typing import Any

import numpy as np

from .frames import Refused
from .host import Message
from .rendering import Pictures

FREQUENCY = 20
PERIOD = 1.0 / FREQUENCY
SIZE = (400, 400)
OWN = ("robot0_base",)
"""The outermost body of arm, mount and gripper, whose pixels are named ``robot``."""
SHOWN = (1,)
"""The group of shapes that are to be seen; what collides is in another, and marks are not drawn."""
R_SH = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
"""From the gripper's own frame, whose fingers open along x, to ours, where they open along y."""
R_DOWN = np.diag([1.0, -1.0, -1.0])
"""The hand's attitude where yaw, pitch and roll are nought: palm down."""


class Panda:
    """The arm of an episode; tasks, scenes and bounds are the benchmark's own.

    Attributes:
        SITE: Name of the grip point's site.
        FINGERS: Names of the finger joints.
    """

    SITE = ""
    FINGERS = ("", "")

    def __init__(self) -> None:
        """Have no task yet."""
        self._env: Any = None
        self._task = ""
        self._pictures: Pictures | None = None
        self._horizon, self._steps, self._succeeded = 0, 0, False
        self._before, self._speed = np.zeros(6), np.zeros(6)

    def body(self, cameras: list[str], lower: np.ndarray, upper: np.ndarray) -> Message:
        """Tell what the body is made of."""
        return {
            "model": "free_hand",
            "cameras": cameras,
            "period": PERIOD,
            "horizon": self._horizon,
            "action_size": 7,
            "lower": lower,
            "upper": upper,
        }

    def state(self) -> Message:
        """Tell where the hand is; the speed is that of the last step."""
        first, second = (float(self._data.joint(name).qpos[0]) for name in self.FINGERS)
        return {
            "time": self._steps * PERIOD,
            "q": self._before,
            "v": self._speed,
            "width": max(0.0, first - second),
            "force": None,
            "over": self._steps >= self._horizon,
        }

    def look(self, camera: str, names: bool) -> Message:
        """Take a frame."""
        assert self._pictures is not None
        return self._pictures.look(camera, names)

    def act(self, action: np.ndarray) -> None:
        """Do one step of 50 ms: differences of position and attitude, and the fingers' sense."""
        if self._steps >= self._horizon:
            raise Refused(f"the episode is over after {self._horizon} steps")
        done = self._step(np.clip(action, -1.0, 1.0))
        self._steps += 1
        self._succeeded = self._succeeded or done
        hand = self._hand()
        turned = (hand[3:] - self._before[3:] + np.pi) % (2.0 * np.pi) - np.pi
        self._speed = np.concatenate([hand[:3] - self._before[:3], turned]) / PERIOD
        self._before = hand

    def success(self) -> bool:
        """Tell whether the benchmark's check held after any step."""
        return self._succeeded

    def truth(self) -> Message:
        """Tell where every named body is."""
        model, data = self._model, self._data
        names = [model.body(number).name for number in range(1, model.nbody)]
        return {name: data.body(name).xpos.copy() for name in names if name}

    def _step(self, action: np.ndarray) -> bool:
        """Do one step of the benchmark's own, and tell whether its check holds."""
        raise NotImplementedError

    def _draw(self) -> None:
        """Make pictures of the world that there is now."""
        if self._pictures is not None:
            self._pictures.close()
        self._pictures = Pictures(self._model, self._data, *SIZE, own=OWN, shown=SHOWN)

    def _begun(self) -> None:
        """Count an episode's steps from now on."""
        self._steps, self._succeeded = 0, False
        self._before, self._speed = self._hand(), np.zeros(6)

    @property
    def _model(self) -> Any:
        return self._env.sim.model._model

    @property
    def _data(self) -> Any:
        return self._env.sim.data._data

    def _hand(self) -> np.ndarray:
        """Give x, y, z, yaw, pitch, roll of the hand; palm down where the last three are nought."""
        site = self._data.site(self.SITE)
        turn = site.xmat.reshape(3, 3) @ R_SH @ R_DOWN
        yaw = np.arctan2(turn[1, 0], turn[0, 0])
        pitch = -np.arcsin(np.clip(turn[2, 0], -1.0, 1.0))
        roll = np.arctan2(turn[2, 1], turn[2, 2])
        return np.array([*site.xpos, yaw, pitch, roll])
