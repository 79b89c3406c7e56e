"""The seam of public benchmarks: what each of them is, whatever process and Python it runs in.

Who acts holds a ``Body``; only an evaluation holds the ``BenchmarkEnv``, which begins episodes
and knows whether they succeeded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from ...core.arrays import Float64, frozen
from ...core.camera import CameraFrame

Tier = Literal["geometric", "recorded", "named", "privileged"]
"""What who acts may know beside words, pictures, calibration and its own body; never mixed in one figure.

``geometric``: nothing. ``recorded``: what readers of prompt and picture answered beforehand.
``named``: which pixels show what, by the benchmark's names. ``privileged``: the simulator's state.
"""
TIERS: tuple[Tier, ...] = get_args(Tier)
NAMED: tuple[Tier, ...] = ("named", "privileged")


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyInfo:
    """What a benchmark's robot is made of, in this episode.

    Attributes:
        model: Name of its model, of those in ``sim/public/assets`` or of ``robots.models``.
        cameras: Names of its cameras.
        period: Time that a step takes, [s].
        horizon: Steps of an episode.
        action_size: Numbers of an action.
        lower: Least joint positions that it goes to, shape (n,), [rad] or [m].
        upper: Largest joint positions that it goes to, shape (n,), [rad] or [m].
        notes: What a figure of it has to be read with.
    """

    model: str
    cameras: tuple[str, ...]
    period: float
    horizon: int
    action_size: int
    lower: Float64
    upper: Float64
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyState:
    """What the robot senses of itself.

    Attributes:
        time: Time since the episode began, [s].
        q: Joint positions, shape (n,), [rad] or [m].
        v: Joint velocities, shape (n,), [rad/s] or [m/s].
        width: Opening between the pads, [m].
        force: Force that the fingers feel, [N]; None where it is not measured.
        over: Whether the episode has no steps left.
    """

    time: float
    q: Float64
    v: Float64
    width: float
    force: float | None
    over: bool

    def __post_init__(self) -> None:
        """Check the shapes; hold read-only copies."""
        object.__setattr__(self, "q", frozen(self.q, (None,)))
        object.__setattr__(self, "v", frozen(self.v, (len(self.q),)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPixels:
    """Which pixels of a frame show what.

    Attributes:
        camera: Whose frame it is.
        labels: 0 for nothing that has a name, else the name's place from 1, uint8, shape (H, W).
        names: The benchmark's names: the bodies that a piece hangs on from the outermost in, and its own,
            with slashes between; ``site:`` before what is a mark and no body.
    """

    camera: str
    labels: NDArray[np.uint8]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyLook:
    """What was sensed at one moment.

    Attributes:
        state: Of the robot itself.
        frames: RGB, metric depth, intrinsics and pose of every camera asked for.
        named: The names behind the pixels, one a frame, in the tiers that may have them.
        truth: Where the benchmark's bodies are, in the privileged tier, shape (3,) each, [m].
    """

    state: BodyState
    frames: tuple[CameraFrame, ...] = ()
    named: tuple[NamedPixels, ...] = ()
    truth: Mapping[str, Float64] = field(default_factory=dict)


class Body(Protocol):
    """A benchmark's robot: all that who acts can reach."""

    def info(self) -> BodyInfo:
        """Tell what it is made of, in this episode."""
        ...

    def observe(self, cameras: tuple[str, ...] = (), *, names: bool = False, truth: bool = False) -> BodyLook:
        """Sense the present.

        Args:
            cameras: Cameras to take a frame from.
            names: Whether to tell which pixels show what.
            truth: Whether to tell the simulator's state.

        Raises:
            RobotError: If a camera is unknown, or names or truth are not for the tier of the episode.
        """
        ...

    def act(self, action: Float64) -> BodyState:
        """Do one step.

        Args:
            action: In the benchmark's own meaning, shape (action_size,), mostly -1 to 1.

        Raises:
            RobotError: If the episode is over or the action is none.
        """
        ...


class BenchmarkEnv(Protocol):
    """A benchmark, for who evaluates."""

    @property
    def name(self) -> str:
        """Its registered name."""
        ...

    @property
    def body(self) -> Body:
        """Its robot, and nothing else: what who acts is given."""
        ...

    def list_tasks(self) -> tuple[str, ...]:
        """List the tasks' names, which nobody who acts is told."""
        ...

    def reset(self, task: str, seed: int, tier: Tier) -> str:
        """Begin an episode.

        Args:
            task: The task's name.
            seed: With the task, decides everything.
            tier: What who acts may know.

        Returns:
            The instruction in words.

        Raises:
            InputError: If there is no such task, or it has no instruction.
            RobotError: If the benchmark is gone or refuses.
        """
        ...

    def success(self) -> bool:
        """Tell whether the task was done at any time in the episode."""
        ...

    def close(self) -> None:
        """End the benchmark; may be called twice."""
        ...
