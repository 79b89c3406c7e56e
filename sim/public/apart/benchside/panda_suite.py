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

import numpy as np
import robosuite  # pyright: ignore[reportMissingImports] - in an environment of its own.

from .host import Message, main
from .panda import FREQUENCY, OWN, Panda

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


class PandaSuite(Panda):
    """One task at a time."""

    SITE = "gripper0_right_grip_site"
    FINGERS = ("gripper0_right_finger_joint1", "gripper0_right_finger_joint2")

    def __init__(self) -> None:
        """Have no task yet."""
        super().__init__()
        logging.getLogger("robosuite_logs").setLevel(logging.ERROR)
        self._horizon = HORIZON

    def tasks(self) -> list[str]:
        """List the tasks' names."""
        return list(TASKS)

    def reset(self, task: str, seed: int) -> None:
        """Begin an episode: the scene that ``robosuite.make(task, seed=seed)`` builds."""
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
        self._draw()
        self._begun()

    def info(self) -> Message:
        """Tell what the body is made of."""
        there = self._env.sim.model.camera_names
        foot = self._data.body(OWN[0]).xpos
        lower, upper = REACH + np.array([foot[0], foot[1], 0.0])
        lower[2] = getattr(self._env, "table_offset", (0.0, 0.0, TABLE))[2] + ABOVE
        cameras = [name for name in CAMERAS if name in there][:4]
        return self.body(cameras, np.concatenate([lower, -TURNS]), np.concatenate([upper, TURNS]))

    def _step(self, action: np.ndarray) -> bool:
        self._env.step(action)
        return bool(self._env._check_success())


if __name__ == "__main__":
    main(PandaSuite)
