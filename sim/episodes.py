"""One episode of an evaluation: a world, an agent that sees it through cameras, a judge.

The agent gets the instruction and a robot. The judge's channel stays here; the
one perceiver that may use it is the oracle, and only where it was asked for.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..agent.agent import Agent
from ..agent.episode import Episode
from ..agent.minds import MINDS
from ..agent.trace import TraceWriter
from ..perception.perceiver import PERCEIVERS, Perceiver
from .start import JudgeChannel, start_world
from .tasks import SUITES, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What is the same in every episode of a run.

    Attributes:
        suite: Name of the suite.
        seed: Seed of the whole run.
        mind: Name of the mind.
        perceiver: Name of the perceiver.
    """

    suite: str
    seed: int
    mind: str
    perceiver: str


def run_episode(conditions: Conditions, number: int, folder: Path) -> dict[str, Any]:
    """Run one episode and judge it.

    Args:
        conditions: What to run.
        number: The episode's number; with the run's seed it decides everything.
        folder: Where the folder of the episode goes: its trace, and a video where it failed.

    Returns:
        The episode's record, JSON-ready.
    """
    task = SUITES.load(conditions.suite).task(conditions.seed, number)
    place = folder / f"episode-{number:04d}"
    place.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    robot, judge = start_world(task.scene, seed=task.scene.seed, judge=True)
    assert judge is not None, "a judge was asked for"
    with robot, judge:
        agent = Agent(
            robot,
            MINDS.load(conditions.mind)(),
            _perceiver(conditions.perceiver, task, judge),
            seed=task.scene.seed,
            subscribers=(TraceWriter(place / "trace.jsonl"),),
        )
        episode = agent.run(task.instruction)
        verdict = judge.verdict(task.to_dict())
        if not verdict["success"]:
            judge.video(place / "video.mp4")
    return _record(number, task, episode, verdict, time.monotonic() - began)


def _perceiver(name: str, task: Task, judge: JudgeChannel) -> Perceiver:
    if name == "oracle":
        return PERCEIVERS.load(name)(task.scene, lambda: judge.truth().poses)
    return PERCEIVERS.load(name)()


def _record(
    number: int, task: Task, episode: Episode, verdict: Mapping[str, Any], wall: float
) -> dict[str, Any]:
    plain = episode.to_json()
    agreed = verdict["success"] == episode.success
    return {
        "episode": number,
        "seed": task.scene.seed,
        "kind": task.kind,
        "instruction": task.instruction,
        "success": bool(verdict["success"]),
        "believed": episode.success,
        "cause": "" if verdict["success"] else (episode.reason if not episode.success else "believed done"),
        "truth": verdict["reason"],
        "agreed": agreed,
        "collisions": verdict["collisions"],
        "collided": verdict["collided"],
        "wrong_touched": verdict["wrong_touched"],
        "touched": verdict["touched"],
        "violations": sum(not met["met"] for stage in plain["stages"] for met in stage["relations"]),
        "over_charge": plain["metrics"]["over_charge"],
        "plan_cpu": _perception_to_trajectory(plain["metrics"]),
        "robot_time": plain["timings"]["robot"],
        "causes": plain["metrics"]["causes"],
        "wall": round(wall, 3),
    }


def _perception_to_trajectory(metrics: Mapping[str, Any]) -> list[float]:
    """Give each stage's processor time, the episode's dearest look at the scene included, [s]."""
    look = max(metrics["perceive_cpu"], default=0.0)
    return [look + cpu for cpu in metrics["plan_cpu"]]
