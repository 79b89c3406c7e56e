"""Suites of tasks: a world, an agent that sees it through cameras, a judge.

The agent gets the instruction and a robot. The judge's channel stays here; the
one perceiver that may use it is the oracle, and only where it was asked for.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..agent.ablation import PARTS, Part
from ..agent.agent import Agent
from ..agent.episode import Episode
from ..agent.memory.keeper import Keeper
from ..agent.memory.memory import EPISODE, MEMORY, Memory, memory_named
from ..agent.memory.mind import with_memory
from ..agent.mind import Mind
from ..agent.minds import make_mind
from ..agent.trace import TraceWriter
from ..core.errors import InputError
from ..perception.perceiver import PERCEIVERS, Perceiver
from .meddling import Meddling
from .oracle import OraclePerceiver
from .records import Account, circumstances, way_and_cost
from .start import JudgeChannel, start_world
from .statistics import quantile
from .suite import Conditions, Record, kind_at, total
from .tasks import Task


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSuite:
    """A suite whose episodes are tasks done by an agent.

    Attributes:
        name: The suite's registered name.
        purpose: What it measures, in a sentence.
        kinds: Its kinds of task, visited in turn.
        make: Gives the task of a kind for a seed and an episode's number.
        mind: Name of the mind where none is asked for.
        meddler: Makes whoever disturbs an episode, on the judge's channel, or None.
        disturber: The same, where a run is to be disturbed and the suite by itself is not; or None.
        parts: Parts of the agent that may be left out.
    """

    name: str
    purpose: str
    kinds: tuple[str, ...]
    make: Callable[[str, int, int], Task]
    mind: str = "rules"
    meddler: Callable[[Task, JudgeChannel], Meddling] | None = None
    disturber: Callable[[Task, JudgeChannel], Meddling] | None = None
    parts: tuple[Part, ...] = PARTS

    def task(self, seed: int, number: int, kind: str = "") -> Task:
        """Give the task of an episode.

        Args:
            seed: Seed of the whole run.
            number: Number of the episode, from 0.
            kind: The kind of task; the one whose turn it is where empty.

        Raises:
            InputError: If the suite has no such kind.
        """
        return self.make(kind_at(self, number, kind), seed, number)

    def run(self, conditions: Conditions, number: int, folder: Path) -> Record:
        """Run one episode and judge it; its trace is kept, and a video where it failed.

        Raises:
            InputError: If it is to be disturbed and the suite cannot.
        """
        if conditions.disturbed and self.disturber is None:
            raise InputError(f"the suite {self.name!r} knows nobody who disturbs; leave --disturbed out")
        makers = [self.meddler, self.disturber if conditions.disturbed else None]
        task = self.task(conditions.seed, number, conditions.kind)
        place = folder / f"episode-{number:04d}"
        place.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        robot, judge = start_world(
            task.scene,
            seed=task.scene.seed,
            judge=True,
            noise=conditions.noise,
            camera_error=conditions.camera_error,
        )
        assert judge is not None, "a judge was asked for"
        account = Account()
        with robot, judge:
            meddlers = tuple(make(task, judge) for make in makers if make is not None)
            with kept(conditions.memory, place) as memory:
                mind = mind_for(conditions, _recording(conditions, task))
                agent = Agent(
                    robot,
                    with_memory(mind, memory, robot),
                    perceiver_for(conditions.perceiver, task, judge),
                    seed=task.scene.seed,
                    ablate=conditions.ablate,
                    subscribers=(
                        TraceWriter(place / "trace.jsonl"),
                        account,
                        *meddlers,
                        *(() if memory is None else (Keeper(memory),)),
                    ),
                )
                episode = agent.run(task.instruction)
            # What the agent says of it is compared with what was done in the world's own process.
            verdict = judge.verdict(task.to_dict() | {"outcome": episode.outcome, "cause": episode.cause})
            if not verdict["success"]:
                judge.video(place / "video.mp4")
        record = _record(number, task, episode, verdict, time.monotonic() - began) | account.record()
        record |= circumstances(conditions, robot.info, agent.mind, agent.perceiver.name)
        # A disturbance that found no room did not happen: that has to be seen in the figures.
        return record | {"meddled": [one.moved is not None for one in meddlers]}

    def sum_up(self, records: list[Record]) -> Record:
        """Sum up: the share that the world's truth calls done, and what went wrong on the way."""
        plans = [seconds for record in records for seconds in record["plan_cpu"]]
        overhead = [value for record in records for value in record.get("overhead_ms", ())]
        counted = ("collisions", "wrong_touched", "violations", "over_charge")
        return {
            **total(records, self.kinds),
            "metrics": {name: sum(record[name] for record in records) for name in counted}
            | {
                "believed_wrongly": sum(record["believed"] != record["success"] for record in records),
                "plan_cpu_median": quantile(plans, 0.5),
                "plan_cpu_p90": quantile(plans, 0.9),
                "deviation_max_mm": max(
                    (record.get("deviation_max_mm", 0.0) for record in records), default=0.0
                ),
                "slow_share_max": max((record.get("slow_share_max", 0.0) for record in records), default=0.0),
                "replans": dict(Counter(cause for record in records for cause in record.get("replans", ()))),
                "overhead_ms_per_stage_median": quantile(overhead, 0.5),
                "overhead_ms_per_stage_max": max(overhead, default=0.0),
                "meddled": sum(any(record.get("meddled", ())) for record in records),
                "failures": dict(Counter(record["cause"] for record in records if not record["success"])),
            }
            | way_and_cost(records),
        }


@contextmanager
def kept(name: str, place: Path) -> Iterator[Memory | None]:
    """Open the memory of an episode meanwhile; one for it alone begins empty.

    Args:
        name: ``none``, ``episode`` or a file.
        place: The episode's folder.

    Raises:
        InputError: If the file cannot be used.
    """
    own = place / MEMORY
    if name == EPISODE:
        for ending in ("", "-wal", "-shm"):
            own.with_name(own.name + ending).unlink(missing_ok=True)
    memory = memory_named(name, episode=own)
    try:
        yield memory
    finally:
        if memory is not None:
            memory.close()


def mind_for(conditions: Conditions, record: Path | None = None) -> Mind:
    """Make the mind of an episode.

    Args:
        conditions: Which, and what it is to do without.
        record: File to write the conversation with a language model to.
    """
    return make_mind(conditions.mind, record=record, repairs="repair" not in conditions.ablate)


def _recording(conditions: Conditions, task: Task) -> Path | None:
    """Say where the conversation with a language model is written to."""
    if not conditions.record:
        return None
    folder = Path(conditions.record)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{task.kind}.json"


def perceiver_for(name: str, task: Task, judge: JudgeChannel) -> Perceiver:
    """Make a perceiver by name; the oracle is given the judge's channel, and only where it is asked for."""
    if name == "oracle":
        return OraclePerceiver(task.scene, lambda: judge.truth().poses)
    return PERCEIVERS.load(name)()


def _record(number: int, task: Task, episode: Episode, verdict: Mapping[str, Any], wall: float) -> Record:
    plain = episode.to_json()
    believed = "believed done" if episode.success else episode.reason
    return {
        "episode": number,
        "seed": task.scene.seed,
        "kind": task.kind,
        "instruction": task.instruction,
        "success": bool(verdict["success"]),
        "believed": episode.success,
        "cause": "" if verdict["success"] else believed,
        "truth": verdict["reason"],
        **{key: verdict[key] for key in ("collisions", "collided", "wrong_touched", "touched")},
        "violations": sum(not met["met"] for stage in plain["stages"] for met in stage["relations"]),
        "over_charge": plain["metrics"]["over_charge"],
        "replans": plain["metrics"]["replans"],
        "plan_cpu": _perception_to_trajectory(plain["metrics"]),
        "deviation_max_mm": plain["metrics"]["deviation_max_mm"],
        "slow_share_max": plain["metrics"]["slow_share_max"],
        "robot_time": plain["timings"]["robot"],
        "causes": plain["metrics"]["causes"],
        "outcome": episode.outcome,
        "reported": episode.cause,
        "overhead_ms": plain["metrics"]["overhead_ms"],
        **verdict.get("fault", {}),
        "wall": round(wall, 3),
    }


def _perception_to_trajectory(metrics: Mapping[str, Any]) -> list[float]:
    """Give each stage's processor time, the episode's dearest look at the scene included, [s]."""
    look = max(metrics["perceive_cpu"], default=0.0)
    return [look + cpu for cpu in metrics["plan_cpu"]]
