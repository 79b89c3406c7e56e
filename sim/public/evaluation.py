"""Evaluate on a public benchmark: every task with every seed, one JSON line an episode as it ends.

A run that was broken off goes on in the same folder. Success is the benchmark's own and is asked on the
judge's connection alone.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ...core.errors import HandselError, InputError, UnknownName
from ..run_folder import CONFIG, EPISODES, append, read_records, write_summary, write_whole
from ..statistics import wilson_interval
from .agents import agent_for
from .env import TIERS, BenchmarkEnv, Tier
from .filming import Noted, film
from .robot import BenchRobot
from .tasks_file import TasksFile

Record = dict[str, Any]
ASKED_EVERY = 4
"""Steps between two questions to the judge whether the episode may end."""
FOUND = "tried, and not done"
NEEDED = frozenset({"task", "seed", "success"})
"""What a record cannot do without."""
VIDEOS = "videos"
"""Folder of the videos of what failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRun:
    """What is the same in every episode of a run; another run needs another folder.

    Attributes:
        benchmark: Its name.
        tier: What who acts may know.
        agent: Who acts.
        seed: Of the first episode of each task.
    """

    benchmark: str
    tier: Tier
    agent: str = "keypoints"
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the names.

        Raises:
            InputError: If the tier is none or the seed is negative.
            CannotDo: If nobody of that name acts in the tier.
        """
        if self.tier not in TIERS:
            raise UnknownName("tier", self.tier, TIERS)
        if self.seed < 0:
            raise InputError(f"a seed is a whole number from 0; got {self.seed}")
        agent_for(self.agent, self.tier)


def evaluate_public(
    run: PublicRun,
    env: BenchmarkEnv,
    tasks: TasksFile,
    folder: Path,
    *,
    trials: int,
    kind: str,
    on_episode: Callable[[Record, int], None],
) -> Record:
    """Run every episode that the folder does not have yet, and sum all up.

    Args:
        run: What is the same in every episode.
        env: The benchmark.
        tasks: What is said in its tasks.
        folder: Where ``config.json``, ``episodes.jsonl``, ``summary.json`` and videos of what failed go.
        trials: Episodes of each task.
        kind: The only task, or group of tasks, to run; all where empty.
        on_episode: Called with each record and how many there are to be in all.

    Returns:
        The summary.

    Raises:
        InputError: If the folder holds another run, or there is no such task.
    """
    names = _chosen(env, tasks, kind)
    # Task by task: to begin another task takes a benchmark longer than to begin the same one again.
    wanted = [(task, run.seed + number) for task in names for number in range(trials)]
    _claim(folder, run)
    have = {(record["task"], record["seed"]): record for record in read_records(folder, NEEDED)}
    for one in wanted:
        if one in have:
            on_episode(have[one], len(wanted))
    with (folder / EPISODES).open("a", encoding="utf-8") as stream:
        for task, seed in wanted:
            if (task, seed) in have:
                continue
            record = run_public_episode(run, env, tasks, task, seed, folder / VIDEOS)
            append(stream, record)
            have[task, seed] = record
            on_episode(record, len(wanted))
    summary = asdict(run) | sum_up([have[one] for one in wanted]) | {"instructions": tasks.source}
    write_summary(folder, summary)
    return summary


def run_public_episode(
    run: PublicRun, env: BenchmarkEnv, tasks: TasksFile, task: str, seed: int, videos: Path | None = None
) -> Record:
    """Run one episode; it ends where the benchmark says that the task has been done.

    Args:
        run: What is the same in every episode.
        env: The benchmark.
        tasks: What is said in its tasks.
        task: The task's name.
        seed: The episode's seed.
        videos: Where a video goes of an episode that fails; none is made where None.
    """
    began = time.perf_counter()
    instruction = env.reset(task, seed, run.tier)
    body = Noted(env.body)
    robot = BenchRobot(body)
    asked, done = 0, False

    def over() -> bool:
        nonlocal asked, done
        asked += 1
        done = done or (asked % ASKED_EVERY == 0 and env.success())
        return done

    cause, tries = "", []
    try:
        told = agent_for(run.agent, run.tier)(robot, body, over, instruction, seed)
        tries, cause = list(told.tries), told.cause
    except HandselError as error:
        cause = f"{type(error).__name__}: {error}"
    success = env.success()
    seconds, notes = robot.observe().time, list(body.info().notes)
    wall = time.perf_counter() - began
    if not success and videos is not None:
        film(env, task, seed, run.tier, body.actions, videos / f"{task.replace('/', '_')}-{seed}.mp4")
    return {
        "task": task,
        "group": tasks.groups.get(task, "all"),
        "seed": seed,
        "tier": run.tier,
        "instruction": instruction,
        "success": success,
        "cause": "" if success else cause or FOUND,
        "tries": tries,
        "seconds": round(seconds, 4),
        "wall": round(wall, 2),
        "notes": notes,
    }


def sum_up(records: list[Record]) -> Record:
    """Sum records up: per episode, per task, per group, and the mean over groups, which is published."""
    right = sum(record["success"] for record in records)
    groups = _shares(records, "group")
    return {
        "episodes": len(records),
        "success_rate": right / len(records) if records else None,
        "interval": wilson_interval(right, len(records)),
        "macro": sum(one["share"] for one in groups.values()) / len(groups) if groups else None,
        "groups": groups,
        "tasks": _shares(records, "task"),
        "notes": sorted({note for record in records for note in record.get("notes", ())}),
        "seconds": sum(record["wall"] for record in records),
    }


def _shares(records: list[Record], by: str) -> dict[str, Record]:
    found: dict[str, list[bool]] = {}
    for record in records:
        found.setdefault(record[by], []).append(bool(record["success"]))
    return {
        name: {"right": sum(done), "of": len(done), "share": sum(done) / len(done)}
        for name, done in found.items()
    }


def _chosen(env: BenchmarkEnv, tasks: TasksFile, kind: str) -> list[str]:
    """List the tasks to run, in the file's order.

    Raises:
        UnknownName: If the benchmark or the file lacks one.
    """
    known = env.list_tasks()
    for name in tasks.instructions:
        if name not in known:
            raise UnknownName(f"task of {env.name}", name, known)
    if kind in tasks.instructions:
        return [kind]
    chosen = [name for name, group in tasks.groups.items() if kind in ("", group)]
    if not chosen:
        raise UnknownName("task or group of the file", kind, {*tasks.instructions, *tasks.groups.values()})
    return chosen


def _claim(folder: Path, run: PublicRun) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path, mine = folder / CONFIG, asdict(run)
    if path.exists():
        try:
            theirs = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise InputError(f"{path} cannot be read: {error}; choose another folder") from error
        if theirs != mine:
            raise InputError(
                f"{folder} holds another run, {theirs!r}; this one is {mine!r}: choose another folder"
            )
        return
    write_whole(path, json.dumps(mine) + "\n")
