"""robosuite's tasks behind the connection, with a Panda under its default controller.

The controller is OSC_POSE by differences: 5 cm and 0.5 rad a unit, 20 steps a second; episodes have 500
steps, as robosuite's own published benchmark has them. Success is ``_check_success`` at any step.

Measured with robosuite 1.5.2 on Lift, fingers open, from rest:

- A difference is taken from the pose that has been reached, not from the last goal, along the world's axes;
  the turn is about the world's axes too, before the attitude. An action of nought therefore keeps what has
  been reached, with an error of attitude or place that a motion left: nothing pulls back to a goal.
- At full deflection the first step goes 5 mm, the second 10 mm, later ones 12.5 to 13 mm (0.26 m/s); yaw goes
  0.03, 0.05, and up to 0.07 rad a step (1.4 rad/s). After the last step the hand coasts on by 11 to 20 mm, or
  0.05 rad of yaw.
- Turning drags the hand along: half a radian of yaw moves it by 30 mm on the way, of roll by 70 to 110 mm,
  and a loop closed on the pose brings it back to within 5 mm in 22 to 36 steps.
- With such a loop, 1 to 2 units a unit of error, 10 cm are gone to within 5 mm in 15 to 20 steps, to within
  0.7 mm in the end. Standing still, empty or with a cube, it drifts by less than 0.5 mm in 2 s.
- At the end of the arm's reach, 0.8 m from its foot with the palm straight down, the hand stops for good, and
  does not rise either, while the attitude asked for cannot be had.
"""

import logging
from typing import Any

import numpy as np
import robosuite  # pyright: ignore[reportMissingImports] - in an environment of its own.

from .frames import Refused
from .host import Message, main
from .rendering import Pictures

TASKS = (
    "Lift",
    "Stack",
    "Door",
    "PickPlaceCan",
    "PickPlaceMilk",
    "PickPlaceBread",
    "PickPlaceCereal",
    "NutAssemblySquare",
    "NutAssemblyRound",
)
HORIZON = 500
FREQUENCY = 20
PERIOD = 1.0 / FREQUENCY
SIZE = (400, 400)
OWN = ("robot0_base",)
"""The outermost body of arm, mount and gripper, whose pixels are named ``robot``."""
SHOWN = (1,)
"""The group of shapes that are to be seen; what collides is in another, and marks are not drawn."""
CAMERAS = ("agentview", "frontview", "birdview", "sideview", "robot0_robotview")
"""In the order of their use, of which an episode has four: bins have no camera at their side."""
REACH = np.array([[0.2, -0.6, 0.0], [0.8, 0.6, 1.5]])
"""Where the grip point goes, palm down: x and y from the arm's foot, z from the floor, [m]."""
ABOVE = 0.01
"""How far the grip point stays above the table: the fingers' tips stand out so far below it, [m]."""
TABLE = 0.82
"""Height of a bin's bottom; tables tell their own, [m]."""
TURNS = np.array([2.6, 1.6, 1.6])
"""Furthest yaw, pitch and roll, [rad]."""
SITE = "gripper0_right_grip_site"
FINGERS = ("gripper0_right_finger_joint1", "gripper0_right_finger_joint2")
R_SH = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
"""From the gripper's own frame, whose fingers open along x, to ours, where they open along y."""
R_DOWN = np.diag([1.0, -1.0, -1.0])
"""The hand's attitude where yaw, pitch and roll are nought: palm down."""


class PandaSuite:
    """One task at a time."""

    def __init__(self) -> None:
        """Have no task yet."""
        logging.getLogger("robosuite_logs").setLevel(logging.ERROR)
        self._env: Any = None
        self._task = ""
        self._pictures: Pictures | None = None
        self._steps = 0
        self._succeeded = False
        self._before = np.zeros(6)
        self._speed = np.zeros(6)

    def tasks(self) -> list[str]:
        """List the tasks' names."""
        return list(TASKS)

    def reset(self, task: str, seed: int) -> None:
        """Begin an episode: the scene that ``robosuite.make(task, seed=seed)`` builds."""
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None
        if task != self._task:
            self._task, self._env = "", None
            self._env = robosuite.make(
                task,
                robots="Panda",
                has_renderer=False,
                has_offscreen_renderer=False,
                use_camera_obs=False,
                use_object_obs=False,
                control_freq=FREQUENCY,
                horizon=HORIZON,
                ignore_done=True,
                seed=seed,
            )
            self._task = task
        # The samplers hold on to the generator, so that it is set back and not replaced.
        self._env.rng.bit_generator.state = np.random.default_rng(seed).bit_generator.state
        self._env.reset()
        self._pictures = Pictures(self._model, self._data, *SIZE, own=OWN, shown=SHOWN)
        self._steps, self._succeeded = 0, False
        self._before, self._speed = self._hand(), np.zeros(6)

    def info(self) -> Message:
        """Tell what the body is made of."""
        there = self._env.sim.model.camera_names
        foot = self._data.body(OWN[0]).xpos
        lower, upper = REACH + np.array([foot[0], foot[1], 0.0])
        lower[2] = getattr(self._env, "table_offset", (0.0, 0.0, TABLE))[2] + ABOVE
        return {
            "model": "free_hand",
            "cameras": [name for name in CAMERAS if name in there][:4],
            "period": PERIOD,
            "horizon": HORIZON,
            "action_size": 7,
            "lower": np.concatenate([lower, -TURNS]),
            "upper": np.concatenate([upper, TURNS]),
        }

    def state(self) -> Message:
        """Tell where the hand is; the speed is that of the last step."""
        first, second = (float(self._data.joint(name).qpos[0]) for name in FINGERS)
        return {
            "time": self._steps * PERIOD,
            "q": self._before,
            "v": self._speed,
            "width": max(0.0, first - second),
            "force": None,
            "over": self._steps >= HORIZON,
        }

    def look(self, camera: str, names: bool) -> Message:
        """Take a frame."""
        assert self._pictures is not None
        return self._pictures.look(camera, names)

    def act(self, action: np.ndarray) -> None:
        """Do one step of 50 ms: differences of position and attitude, and the fingers' sense."""
        if self._steps >= HORIZON:
            raise Refused(f"the episode is over after {HORIZON} steps")
        self._env.step(np.clip(action, -1.0, 1.0))
        self._steps += 1
        self._succeeded = self._succeeded or bool(self._env._check_success())
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

    @property
    def _model(self) -> Any:
        return self._env.sim.model._model

    @property
    def _data(self) -> Any:
        return self._env.sim.data._data

    def _hand(self) -> np.ndarray:
        """Give x, y, z, yaw, pitch, roll of the hand; palm down where the last three are nought."""
        site = self._data.site(SITE)
        turn = site.xmat.reshape(3, 3) @ R_SH @ R_DOWN
        yaw = np.arctan2(turn[1, 0], turn[0, 0])
        pitch = -np.arcsin(np.clip(turn[2, 0], -1.0, 1.0))
        roll = np.arctan2(turn[2, 1], turn[2, 2])
        return np.array([*site.xpos, yaw, pitch, roll])


if __name__ == "__main__":
    main(PandaSuite)
