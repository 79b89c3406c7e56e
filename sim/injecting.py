"""Whoever makes something go wrong once in an episode, on the judge's channel, and reveals what he hid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..agent.events import Event
from ..core.arrays import Float64
from ..core.errors import InputError
from .catalogue import footprint_radius
from .faults import REVEALED
from .generator import EYE, GAP
from .meddling import Move, Mover
from .start import JudgeChannel, Truth
from .tasks import Task

NEAREST, FARTHEST = 0.05, 0.15
"""How far a thing is moved, [m]."""
FALLS = 0.12
"""How far from where it was held what is knocked out of the hand lands, [m]."""
CLEAR = 0.09
"""And no nearer to the fingertips than this, [m]."""
FROZEN = 1.0
"""How long a camera is frozen, [s]."""
ALWAYS = 600.0
HIDDEN = 2.5
"""How long a thing is hidden, [s]."""
EARLIEST, LATEST = 0.2, 0.7
"""When it happens, as a share of the motion that it falls into."""
SIDEWAYS = (0.0, 0.01, -0.01, 0.02, -0.02)
"""How far beside the line of sight what hides a thing may stand, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A judge's channel through which things are moved with a label.

    Attributes:
        judge: The channel.
        fault: The label.
        down: Whether what is moved lands where it stood, at the height of the start.
    """

    judge: JudgeChannel
    fault: str
    down: bool = False

    def truth(self) -> Truth:
        """Tell where everything really is."""
        return self.judge.truth()

    def disturb(self, thing: str, by_W: Float64) -> None:
        """Move a thing.

        Raises:
            InputError: If it cannot be moved there.
        """
        if self.down:
            truth = self.judge.truth()
            fall = truth.start[thing].translation()[2] - truth.poses[thing].translation()[2]
            by_W = np.array([by_W[0], by_W[1], fall + 0.002])
        self.judge.inject(self.fault, thing, by_W)


@dataclass(slots=True, kw_only=True)
class Injector:
    """Makes the fault of a task's kind happen once; it is a ``Subscriber``.

    Attributes:
        task: What is to be done, and what is to go wrong meanwhile.
        judge: The judge's channel.
        moved: Whom it befell and by how much that was moved, (3,), [m]; None until then.
    """

    task: Task
    judge: JudgeChannel
    moved: tuple[str, Float64] | None = None
    _rng: np.random.Generator = field(init=False)
    _mover: Mover | None = field(init=False, default=None)
    _durations: dict[int, float] = field(default_factory=dict)
    _due: float | None = None
    _reveal: tuple[float, Float64] | None = None

    def __post_init__(self) -> None:
        """Draw what is left to chance."""
        seed = self.task.scene.seed
        self._rng = np.random.default_rng([seed, 5])
        target, reference = self.task.target, self.task.reference
        assert reference is not None, "there is something that the target is brought to"
        move = None
        if self.task.kind == "moved":
            stage = int(self._rng.integers(2))
            far = float(self._rng.uniform(NEAREST, FARTHEST))
            move = Move(thing=(target, reference)[stage], stage=stage, far=far, clear=0.0)
        elif self.task.kind == "knocked":
            move = Move(thing=target, stage=1, far=FALLS, clear=CLEAR)
        if move is not None:
            judge = Labelled(judge=self.judge, fault=self.task.kind, down=self.task.kind == "knocked")
            self._mover = Mover(scene=self.task.scene, judge=judge, move=move)

    def on_event(self, event: Event) -> None:
        """Wait for the moment."""
        if self._mover is not None:
            self._mover.on_event(event)
            self.moved = self._mover.moved
            return
        data: Mapping[str, Any] = event.data
        if self._reveal is not None and event.kind == "joints" and event.time >= self._reveal[0]:
            self._try_reveal(event.time)
        if self.moved is not None:
            return
        if event.kind == "begin" and self.task.kind == "holes":
            self.judge.inject("holes", seconds=ALWAYS)
            self.moved = ("", np.zeros(3))
        elif event.kind == "plan":
            self._durations[int(data["index"])] = float(data["duration"])
        elif event.kind == "stage" and self._due is None and int(data["index"]) == self._stage:
            share = float(self._rng.uniform(EARLIEST, LATEST))
            self._due = event.time + share * self._durations[self._stage]
        elif event.kind == "joints" and self._due is not None and event.time >= self._due:
            self._happen(event.time)

    def close(self) -> None:
        """Nothing to close."""

    @property
    def _stage(self) -> int:
        """The stage that it falls into: the reach, but for a camera, which also freezes on the way back."""
        return self.task.scene.seed % 2 if self.task.kind == "frozen" else 0

    def _happen(self, now: float) -> None:
        match self.task.kind:
            case "removed":
                self.judge.inject("removed", self.task.target)
                self.moved = (self.task.target, np.zeros(3))
            case "frozen":
                self.judge.inject("frozen", seconds=FROZEN)
                self.moved = ("", np.zeros(3))
            case _:
                self._hide(now)

    def _hide(self, now: float) -> None:
        """Put something tall before the target, as the camera sees it."""
        (screen,) = self.task.others
        poses = self.judge.truth().poses
        here = poses[screen].translation()
        for there in self._before(poses[self.task.target].translation()[:2], screen):
            by_W = np.array([*(there - here[:2]), 0.0])
            try:
                self.judge.inject("hidden", screen, by_W)
            except InputError:
                continue
            self.moved = (self.task.target, by_W)
            self._reveal = (now + HIDDEN, -by_W)
            return

    def _before(self, target: Float64, screen: str) -> Iterator[Float64]:
        """Offer places between the target and the camera."""
        things = {one.id: one for one in self.task.scene.things}
        radii = [
            footprint_radius(things[name].kind, things[name].size) for name in (self.task.target, screen)
        ]
        toward = (EYE[:2] - target) / np.linalg.norm(EYE[:2] - target)
        across = np.array([-toward[1], toward[0]])
        for gap in (GAP, 0.75 * GAP, 1.5 * GAP):
            for aside in SIDEWAYS:
                yield target + (sum(radii) + gap) * toward + aside * across

    def _try_reveal(self, now: float) -> None:
        """Put back what hides the target; where an arm is in the way of that, a little later."""
        assert self._reveal is not None, "something is hidden"
        _, by_W = self._reveal
        (screen,) = self.task.others
        try:
            self.judge.inject(REVEALED, screen, by_W)
            self._reveal = None
        except InputError:
            self._reveal = (now + 0.2, by_W)
