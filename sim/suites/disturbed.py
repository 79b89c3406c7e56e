"""``disturbed``: something goes into a bowl, and while the arm is on its way somebody moves one of the two.

It is moved by 8 cm, on the judge's channel; the agent is told nothing and has its
cameras. In every second episode it is what the hand is about to grasp, in the
others the bowl that what is held goes into.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...agent.events import Event
from ...core.arrays import Float64
from ...core.errors import InputError
from ..catalogue import footprint_radius
from ..episodes import TaskSuite
from ..generator import GAP, LOWER, REACH, UPPER
from ..start import JudgeChannel
from ..tasks import Task
from . import basics

FAR = 0.08
"""How far something is moved, [m]."""
EARLIEST, LATEST = 0.15, 0.60
"""When it is moved, as a share of the stage's motion."""
WAYS = 16
"""Directions that are tried."""
STAGE = {"target": 0, "reference": 1}
"""The stage in which the thing is moved that the kind is called after."""


@dataclass(slots=True, kw_only=True)
class Meddler:
    """Moves one thing of a task once; it is a ``Subscriber``.

    Attributes:
        task: What is to be done.
        judge: The judge's channel.
        moved: The thing and by how much it was moved, (3,), [m]; None until then.
    """

    task: Task
    judge: JudgeChannel
    moved: tuple[str, Float64] | None = None
    _durations: dict[int, float] = field(default_factory=dict)
    _due: float | None = None

    def on_event(self, event: Event) -> None:
        """Wait for the stage, then for the moment in it."""
        data: Mapping[str, Any] = event.data
        if self.moved is not None:
            return
        if event.kind == "plan":
            self._durations[int(data["index"])] = float(data["duration"])
        elif event.kind == "stage" and int(data["index"]) == STAGE[self.task.kind]:
            share = np.random.default_rng([self.task.scene.seed, 1]).uniform(EARLIEST, LATEST)
            self._due = event.time + float(share) * self._durations[int(data["index"])]
        elif event.kind == "joints" and self._due is not None and event.time >= self._due:
            self._move()

    def close(self) -> None:
        """Nothing to close."""

    def _move(self) -> None:
        thing = self.task.target if self.task.kind == "target" else self.task.reference
        assert thing is not None, "there is a bowl"
        for by_W in self._free_ways(thing):
            try:
                self.judge.disturb(thing, by_W)
            except InputError:
                continue
            self.moved = (thing, by_W)
            return
        self._due = None

    def _free_ways(self, name: str) -> Iterator[Float64]:
        """Offer ways to where the arm reaches and the hand has room."""
        poses = self.judge.truth().poses
        radius = {one.id: footprint_radius(one.kind, one.size) for one in self.task.scene.things}
        here = poses[name].translation()
        held = self.task.target if self.task.kind == "reference" else ""
        angles = np.random.default_rng([self.task.scene.seed, 2]).permutation(WAYS) * 2.0 * np.pi / WAYS
        for angle in angles:
            by_W = FAR * np.array([np.cos(angle), np.sin(angle), 0.0])
            there = (here + by_W)[:2]
            inside = (there > LOWER).all() and (there < UPPER).all() and np.hypot(*there) < REACH
            gaps = [
                np.hypot(*(there - X_WB.translation()[:2])) - radius[other] - radius[name]
                for other, X_WB in poses.items()
                if other not in (name, held)
            ]
            if inside and min(gaps, default=GAP) >= GAP:
                yield by_W


def make(kind: str, seed: int, episode: int) -> Task:
    """Draw a task.

    Args:
        kind: Which of the two things is moved.
        seed: Seed of the run.
        episode: Number of the episode.
    """
    task = basics.make("put_in", seed, episode)
    return replace(task, kind=kind, judge="handsel.sim.suites.disturbed:verdict")


def verdict(world: Any, task: Mapping[str, Any]) -> dict[str, Any]:
    """Judge as for a thing put into a bowl that nobody moved."""
    from ..judges import judge

    return dict(judge(world, {**task, "kind": "put_in", "judge": "handsel.sim.judges:judge"}))


SUITE = TaskSuite(
    name="disturbed",
    purpose="something goes into a bowl, and one of the two is moved by 8 cm while the arm is on its way",
    kinds=tuple(STAGE),
    make=make,
    meddler=lambda task, judge: Meddler(task=task, judge=judge),
)
