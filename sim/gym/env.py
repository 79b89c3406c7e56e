"""The tasks of a suite as a Gymnasium environment.

An episode is a task that the seed draws, in a world of its own process. The
policy gets what the robot senses and, in ``info``, the sentence; the suite's
judge stays in the world's process and gives the reward. What an action asks for
is checked by the robot, as everything that moves it is.
"""

import logging
from typing import Any, Literal, SupportsFloat, cast

import gymnasium
import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Float64
from ...core.errors import InputError
from ...robots.models import load_model
from ...robots.robot import Observation, Robot
from ...robots.steering import Steering
from ..building import arm_bases
from ..episodes import TaskSuite
from ..judging import GLANCE
from ..scenes import SceneSpec
from ..start import JudgeChannel, start_world
from ..suite import SUITES
from ..tasks import Task
from . import RATE
from .spaces import Arrays, arrays, joint_actions, observation_space, tool_actions

logger = logging.getLogger(__name__)

CAMERAS = ("front", "wrist")
DRAWS = 10
"""How many tasks are drawn for an episode before none of them can be built."""
HOLD = 0.5
"""For how long the judge has to call a task done, without a break, until it is, [s]."""
MOST_DRAWN = 2**31 - 1


class TaskEnv(gymnasium.Env[Arrays, NDArray[np.float64]]):
    """One task after another of a suite.

    Attributes:
        task: The task of this episode; None before the first.
        kinds: The kinds of task that are drawn: those of the first one's robot.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"], "render_fps": int(RATE)}  # noqa: RUF012 - Gymnasium's.

    def __init__(
        self,
        suite: str = "basics",
        kind: str = "",
        control: Literal["joint", "tool"] = "joint",
        rate: float = RATE,
        image_size: tuple[int, int] = (160, 120),
        noise: bool = True,
        render_mode: str | None = None,
    ):
        """Say what is drawn; the first ``reset`` builds the first world.

        Args:
            suite: Name of a suite whose episodes are tasks.
            kind: The only kind of task; any where empty.
            control: ``joint``: an action is joint positions, [rad], and the opening of the hand, [m];
                ``tool``: how far the tool goes from its last target, in the world, [m], its rotation vector
                about the world's axes, [rad], and the opening. Several arms follow one another.
            rate: Actions a second of robot time, [Hz].
            image_size: Width and height of the pictures, [px].
            noise: Whether the cameras' depth is as noisy as a real camera's.
            render_mode: ``rgb_array``, the front camera's picture, or None.

        Raises:
            UnknownName: If there is no such suite.
            InputError: If the suite has no tasks or no such kind, or an argument is none.
        """
        self._suite = _tasks_of(suite)
        if control not in ("joint", "tool"):
            raise InputError(f"control is 'joint' or 'tool', not {control!r}")
        if not 1.0 <= rate <= 50.0:
            raise InputError(f"the rate is from 1 to 50 Hz, not {rate!r}")
        if render_mode not in (None, "rgb_array"):
            raise InputError(f"render_mode is None or 'rgb_array', not {render_mode!r}")
        self.render_mode = render_mode
        layouts = {name: _layout(self._suite.task(0, 0, name).scene) for name in self._suite.kinds}
        first = _layout(self._suite.task(0, 0, kind).scene)
        self.kinds = (kind,) if kind else tuple(name for name in layouts if layouts[name] == first)
        model, names = first
        self._models = (load_model(model),) * len(names)
        self._control, self._period, self._size, self._noise = control, 1.0 / rate, image_size, noise
        self._observations = observation_space(self._models, CAMERAS, image_size)
        self.observation_space = cast(gymnasium.Space[Arrays], self._observations)
        actions = joint_actions if control == "joint" else tool_actions
        self._actions = actions(self._models)
        self.action_space = cast(gymnasium.Space[NDArray[np.float64]], self._actions)
        self.task: Task | None = None
        self._robot: Robot | None = None
        self._judge: JudgeChannel | None = None
        self._steering: tuple[Steering, ...] = ()
        self._sensed: Observation | None = None
        self._met = 0

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Arrays, dict[str, Any]]:
        """Draw a task and build its world.

        Args:
            seed: Seed of this and all further episodes; they go on where None.
            options: ``kind`` draws a task of that kind.

        Returns:
            What the robot senses, and ``instruction``, ``kind`` and ``scene_seed``.

        Raises:
            InputError: If an option is none, or no task that is drawn can be built.
        """
        super().reset(seed=seed)
        kinds = self._asked(options or {})
        self.close()
        for _ in range(DRAWS):
            number = int(self.np_random.integers(MOST_DRAWN))
            task = self._suite.task(number, 0, kinds[int(self.np_random.integers(len(kinds)))])
            try:
                self._robot, self._judge = self._open(task)
                break
            except InputError as error:
                logger.warning("the task drawn with %d cannot be built, the next one is: %s", number, error)
        else:
            raise InputError(f"none of {DRAWS} tasks of the suite {self._suite.name!r} could be built")
        self.task, self._met = task, 0
        arms = self._robot.info.arms
        self._steering = tuple(
            Steering(self._robot, arm, model, self._period)
            for arm, model in zip(arms, self._models, strict=True)
        )
        return self._sense(), {
            "instruction": task.instruction,
            "kind": task.kind,
            "scene_seed": task.scene.seed,
        }

    def step(self, action: NDArray[np.float64]) -> tuple[Arrays, SupportsFloat, bool, bool, dict[str, Any]]:
        """Act for one period.

        Args:
            action: As the action space says; what lies outside is brought to its border.

        Returns:
            What the robot senses; 1 where the judge has called the task done for half a second, else 0;
            whether it is done; False; and ``instruction``, ``success``, ``reason`` and ``time``.

        Raises:
            InputError: If there is no episode, or the action has another shape or is not finite.
            RobotError: If the world is gone.
        """
        if self._robot is None or self._judge is None or self._sensed is None or self.task is None:
            raise InputError("there is no episode to act in; call reset() first")
        wanted = np.asarray(action, dtype=np.float64)
        if wanted.shape != self._actions.shape or not np.isfinite(wanted).all():
            raise InputError(f"an action is {self._actions.shape[0]} finite numbers; got {action!r:.120}")
        self._act(np.clip(wanted, self._actions.low, self._actions.high), self._sensed)
        self._robot.advance(self._period)
        seen = self._sense()
        verdict = self._judge.verdict({**self.task.to_dict(), "judge": GLANCE, "of": self.task.judge})
        self._met = self._met + 1 if verdict.get("success") else 0
        done = self._met >= round(HOLD / self._period)
        told = {
            "instruction": self.task.instruction,
            "success": done,
            "reason": str(verdict.get("reason", "")),
            "time": self._sensed.time,
        }
        return seen, float(done), done, False, told

    def render(self) -> NDArray[np.uint8] | None:
        """Give the front camera's last picture, uint8, (H, W, 3); None where nothing is to be drawn."""
        if self.render_mode is None or self._sensed is None:
            return None
        return np.array(self._sensed.frames[0].rgb)

    def close(self) -> None:
        """End the episode's world; may be called twice."""
        if self._judge is not None:
            self._judge.close()
        if self._robot is not None:
            self._robot.close()
        self._robot = self._judge = self._sensed = None

    def _open(self, task: Task) -> tuple[Robot, JudgeChannel]:
        """Build a task's world."""
        robot, judge = start_world(
            task.scene, seed=task.scene.seed, judge=True, noise=self._noise, image_size=self._size
        )
        assert judge is not None, "a judge was asked for"
        return robot, judge

    def _asked(self, options: dict[str, Any]) -> tuple[str, ...]:
        """Give the kinds that options ask for."""
        strange = set(options) - {"kind"}
        if strange or options.get("kind", self.kinds[0]) not in self.kinds:
            raise InputError(f"options may hold 'kind', one of {', '.join(self.kinds)}; got {options!r:.120}")
        return (options["kind"],) if "kind" in options else self.kinds

    def _sense(self) -> Arrays:
        assert self._robot is not None, "an episode runs"
        self._sensed = self._robot.observe(CAMERAS)
        return arrays(self._sensed, self._robot.info.arms, self._observations)

    def _act(self, action: Float64, sensed: Observation) -> None:
        """Turn every arm and hand toward what an action says."""
        at = 0
        for steering in self._steering:
            size = steering.model.n if self._control == "joint" else 6
            part, state = action[at : at + size], sensed.arms[steering.arm.name]
            turn = steering.joints if self._control == "joint" else steering.tool
            turn(part, state, sensed.time, sensed.motions)
            at += size
            if steering.model.gripper is not None:
                steering.fingers(float(action[at]))
                at += 1


def _tasks_of(name: str) -> TaskSuite:
    """Find a suite of tasks.

    Raises:
        UnknownName: If there is none of that name.
        InputError: If its episodes are no tasks, or somebody has a part in them who waits for an agent.
    """
    suite = SUITES.load(name)
    if not isinstance(suite, TaskSuite) or suite.meddler is not None:
        raise InputError(
            f"the suite {name!r} has no tasks that could be done without an agent; try 'basics', 'tabletop'"
        )
    return suite


def _layout(scene: SceneSpec) -> tuple[str, tuple[str, ...]]:
    """Give which robot a scene has: its arms decide what actions and observations are."""
    return scene.robot, tuple(arm_bases(scene))
