"""``disturbed``: something goes into a bowl, and while the arm is on its way something goes wrong.

Of the kind ``target``, what the hand is about to grasp is moved by 8 cm, of the kind ``reference``
the bowl that what is held goes into. The other kinds are faults: a thing is ``moved`` by 5 to 15 cm,
``knocked`` out of the hand, ``removed``, the cameras are ``frozen`` for 1 s, their depth has ``holes``,
or the thing is ``hidden`` and then revealed. All of it happens on the judge's channel; the agent is told
nothing and has its cameras. Where it can be done it has to be done; where it cannot, the agent has to
give up with the true cause, which the judge compares with the fault's label.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...agent.events import Event
from ...core.arrays import Float64
from ...core.errors import InputError
from ..catalogue import footprint_radius
from ..episodes import TaskSuite
from ..faults import CAUSES
from ..generator import GAP, LOWER, REACH, UPPER, Wanted, random_scene
from ..injecting import Injector
from ..meddling import Meddling
from ..start import JudgeChannel
from ..suite import Record, rate
from ..tasks import Task
from . import basics

FAR = 0.08
"""How far something is moved, [m]."""
EARLIEST, LATEST = 0.15, 0.60
"""When it is moved, as a share of the stage's motion."""
STREAM = 13
"""Chance of scenes with a screen, apart from that of others."""
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
        kind: Which of the two things is moved, or what goes wrong.
        seed: Seed of the run.
        episode: Number of the episode.
    """
    if kind == "hidden":
        return _with_screen(seed, episode)
    task = basics.make("put_in", seed, episode)
    return replace(task, kind=kind, judge="handsel.sim.suites.disturbed:verdict")


def verdict(world: Any, task: Mapping[str, Any]) -> dict[str, Any]:
    """Judge as for a thing put into a bowl that nobody moved, or by the cause of giving up.

    Args:
        world: The world, after the agent has let go of it.
        task: What ``Task.to_dict`` gave, with how the agent says that it ended.
    """
    from ..judges import judge

    found = dict(judge(world, {**task, "kind": "put_in", "judge": "handsel.sim.judges:judge"}))
    if task["kind"] in STAGE:
        return found
    done = [one.fault for one in world.faults.injected]
    finishable, finished = "removed" not in done, bool(found["success"])
    true = sorted({str(CAUSES[fault]) for fault in done})
    cause_true = task["outcome"] == "failed" and task["cause"] in true
    fault = {"finishable": finishable, "finished": finished, "cause_true": cause_true, "true_causes": true}
    ended = finished if finishable else cause_true and not found["wrong_touched"]
    return found | {"success": ended, "fault": fault}


def _with_screen(seed: int, episode: int) -> Task:
    """Draw a task with a bottle in its scene that can hide the target from the camera in front."""
    sequence = np.random.SeedSequence([seed, episode, STREAM])
    rng = np.random.default_rng(sequence)
    kinds = (str(rng.choice(("block", "ball"))), "bowl", "bottle")
    scene = random_scene(
        rng,
        int(rng.integers(3, 6)),
        kinds=("block", "can", "mug", "box"),
        required=[Wanted(kind) for kind in kinds],
        name=f"disturbed-hidden-{seed}-{episode}",
        seed=int(sequence.generate_state(1)[0]),
    )
    target, bowl, bottle = scene.things[:3]
    return Task(
        kind="hidden",
        instruction=f"put the {target.color} {target.kind} in the {bowl.color} bowl",
        scene=scene,
        target=target.id,
        reference=bowl.id,
        others=(bottle.id,),
        judge="handsel.sim.suites.disturbed:verdict",
    )


def _meddler(task: Task, judge: JudgeChannel) -> Meddling:
    if task.kind in STAGE:
        return Meddler(task=task, judge=judge)
    return Injector(task=task, judge=judge)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbed(TaskSuite):
    """The suite; it also counts what was finished where it could be, and the true causes of the rest."""

    def sum_up(self, records: list[Record]) -> Record:
        """Sum up as for tasks, and by faults."""
        summary = TaskSuite.sum_up(self, records)
        faulty = [record for record in records if "finishable" in record]
        finishable = [record for record in faulty if record["finishable"]]
        rest = [record for record in faulty if not record["finished"]]
        summary["metrics"] |= {
            "finished_where_possible": rate(sum(one["finished"] for one in finishable), len(finishable)),
            "true_cause_of_the_rest": rate(sum(one["cause_true"] for one in rest), len(rest)),
            "reported": dict(Counter(f"{one['kind']}: {one['reported']}" for one in rest)),
        }
        return summary


SUITE = Disturbed(
    name="disturbed",
    purpose="something goes into a bowl, and something goes wrong while the arm is on its way",
    kinds=(*STAGE, *CAUSES),
    make=make,
    meddler=_meddler,
)
