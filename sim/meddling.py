"""Somebody who reaches into a scene once, while the arm is on its way.

He works on the judge's channel; the agent is told nothing and has its cameras.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from pydrake.math import RigidTransform

from ..agent.events import Event, Subscriber
from ..core.arrays import Float64
from ..core.errors import InputError
from .catalogue import footprint_radius
from .generator import GAP, LOWER, REACH, UPPER
from .scenes import SceneSpec
from .start import Truth

FAR = 0.08
"""How far a thing is moved, [m]."""
EARLIEST, LATEST = 0.15, 0.60
"""When it is moved, as a share of the motion that it disturbs."""
LAST = 0.80
"""The latest share at which it still is, where there was no room for it before."""
SHORTER = (1.0, 0.75, 0.5)
"""Shares of the distance that are tried, one after the other, where there is no room."""
WAYS = 16
"""Directions that are tried."""
CLEAR_OF_HAND = 0.28
"""What has to be stayed away from is put no nearer than this to the fingertips, [m]: a hand is 10 cm to
either side of them, 15 cm are to be kept, and nobody can keep what is broken at once."""
MIDWAY = (0.35, 0.65)
"""What is put in the way comes so far along it, as shares."""
ASIDE = (0.0, -0.03, 0.03, -0.06, 0.06)
"""And so far beside it, [m]."""

Allowed = Callable[[str, Float64, Mapping[str, RigidTransform]], bool]
"""Whether a thing may stand at a place, shape (2,), [m], with everything else where it is."""


class Meddling(Subscriber, Protocol):
    """Whoever reaches into a scene, and says afterwards whether he did."""

    @property
    def moved(self) -> tuple[str, Float64] | None:
        """The thing and by how much it was moved, (3,), [m]; None where nothing was."""
        ...


class Moving(Protocol):
    """What of a judge's channel it takes to move things."""

    def truth(self) -> Truth:
        """Tell where everything really is."""
        ...

    def disturb(self, thing: str, by_W: Float64) -> None:
        """Move a thing at once; ``InputError`` where it cannot be moved there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What is to be moved, and when.

    Attributes:
        thing: Identifier of the thing.
        stage: Index of the stage whose motion is disturbed.
        toward: Identifier of the thing that the hand is on its way to, for what is put in its way;
            None for what is moved by ``far`` in any direction.
        also: What goes along, because it stands on the thing.
        far: How far it is moved, [m].
        clear: How far from the fingertips it is put at least, [m].
        along: The one level direction in which it is moved, unit, or None for any; for a drawer, that
            in which it opens.
    """

    thing: str
    stage: int
    toward: str | None = None
    also: tuple[str, ...] = ()
    far: float = FAR
    clear: float = 0.0
    along: tuple[float, float] | None = None


@dataclass(slots=True, kw_only=True)
class Mover:
    """Carries out one move; it is a ``Subscriber``.

    Attributes:
        scene: The scene as it was made.
        judge: The judge's channel.
        move: What is to be moved, and when.
        allowed: Whether a thing may stand somewhere.
        moved: The thing and by how much it was moved, (3,), [m]; None until then.
    """

    scene: SceneSpec
    judge: Moving
    move: Move
    allowed: Allowed = lambda name, there, poses: True
    moved: tuple[str, Float64] | None = None
    _durations: dict[int, float] = field(default_factory=dict)
    _due: float | None = None
    _until: float = 0.0

    def on_event(self, event: Event) -> None:
        """Wait for the stage, then for the moment in it."""
        data: Mapping[str, Any] = event.data
        if self.moved is not None:
            return
        if event.kind == "plan":
            self._durations[int(data["index"])] = float(data["duration"])
        elif event.kind == "stage" and int(data["index"]) == self.move.stage in self._durations:
            self._plan(event.time, self._durations[self.move.stage])
        elif event.kind == "push" and int(data["number"]) == self.move.stage:
            self._plan(event.time, float(data["duration"]))
        elif event.kind == "joints" and self._due is not None and self._due <= event.time <= self._until:
            self._try(np.array(data["X_WG"]["p"]))

    def close(self) -> None:
        """Nothing to close."""

    def _plan(self, begins: float, duration: float) -> None:
        """Choose the moment within a motion; where there is no room then, a later one will do."""
        share = float(np.random.default_rng([self.scene.seed, 1]).uniform(EARLIEST, LATEST))
        self._due, self._until = begins + share * duration, begins + LAST * duration

    def _try(self, p_WG: Float64) -> None:
        poses = self.judge.truth().poses
        name = self.move.thing
        for there in self._places(poses, p_WG):
            by_W = np.array([*(there - poses[name].translation()[:2]), 0.0])
            if not self._put(by_W):
                continue
            self.moved = (name, by_W)
            return

    def _put(self, by_W: Float64) -> bool:
        """Move the thing with all that stands on it, or nothing."""
        done: list[str] = []
        for one in (self.move.thing, *self.move.also):
            try:
                self.judge.disturb(one, by_W)
            except InputError:
                for back in done:
                    self.judge.disturb(back, -by_W)
                return False
            done.append(one)
        return True

    def _places(self, poses: Mapping[str, RigidTransform], p_WG: Float64) -> Iterator[Float64]:
        """Offer places that the arm reaches, with room about them, well away from the hand."""
        name = self.move.thing
        if self.move.along is not None:
            yield poses[name].translation()[:2] + self.move.far * np.array(self.move.along)
            return
        radius = {one.id: footprint_radius(one.kind, one.size) for one in self.scene.things}
        here = poses[name].translation()[:2]
        for there in self._wished(here, poses, p_WG):
            inside = (there > LOWER).all() and (there < UPPER).all() and np.hypot(*there) < REACH
            gaps = [
                np.hypot(*(there - X_WB.translation()[:2])) - radius[other] - radius[name]
                for other, X_WB in poses.items()
                # What is in the hand by now is not where it stood.
                if other not in (name, *self.move.also) and X_WB.translation()[2] < 0.15
            ]
            near_hand = float(np.hypot(*(there - p_WG[:2]))) < self.move.clear
            if (
                inside
                and not near_hand
                and min(gaps, default=GAP) >= GAP
                and self.allowed(name, there, poses)
            ):
                yield there

    def _wished(self, here: Float64, poses: Mapping[str, RigidTransform], p_WG: Float64) -> Iterator[Float64]:
        if self.move.toward is None:
            angles = np.random.default_rng([self.scene.seed, 2]).permutation(WAYS) * 2.0 * np.pi / WAYS
            for share in SHORTER:
                for angle in angles:
                    yield here + share * self.move.far * np.array([np.cos(angle), np.sin(angle)])
            return
        begin, end = p_WG[:2], poses[self.move.toward].translation()[:2]
        along = (end - begin) / max(float(np.linalg.norm(end - begin)), 1e-9)
        across = np.array([-along[1], along[0]])
        for share in np.linspace(*MIDWAY, 4):
            for aside in ASIDE:
                yield begin + share * (end - begin) + aside * across
