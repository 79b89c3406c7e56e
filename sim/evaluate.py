"""Run a suite: one world and one agent an episode, judged by the world's truth.

Every episode is written to ``episodes.jsonl`` as it ends, and a run that was
broken off goes on from there. The same suite, seed and number of trials give
the same episodes, however many workers share them: an episode depends on
nothing but the run's seed and its own number.
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from ..agent.minds import MINDS
from ..core.errors import InputError
from ..perception.perceiver import PERCEIVERS
from .episodes import Conditions, run_episode
from .statistics import quantile, wilson_interval
from .tasks import SUITES

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What to run.

    Attributes:
        suite: Name of the suite.
        trials: Number of episodes.
        seed: Seed that every episode's own seed is made from.
        mind: Name of the mind.
        perceiver: Name of the perceiver.
        workers: Processes that share the episodes.
    """

    suite: str
    trials: int = 20
    seed: int = 0
    mind: str = "rules"
    perceiver: str = "geometric"
    workers: int = 1

    def __post_init__(self) -> None:
        """Check the names and the numbers."""
        SUITES.load(self.suite)
        MINDS.load(self.mind)
        PERCEIVERS.load(self.perceiver)
        if self.trials < 1 or self.workers < 1 or self.seed < 0:
            raise InputError(
                f"trials {self.trials}, workers {self.workers}, seed {self.seed}: "
                "expected at least one trial and one worker, and a seed from 0"
            )


def evaluate(evaluation: Evaluation, folder: Path, on_episode: Callable[[Record], None]) -> Record:
    """Run all episodes that the folder does not have yet, and sum them up.

    Args:
        evaluation: What to run.
        folder: Where ``config.json``, ``episodes.jsonl``, ``summary.json`` and the
            runs of failed episodes go.
        on_episode: Called with each record, those found in the folder included.

    Returns:
        The summary, as written to ``summary.json``.

    Raises:
        InputError: If the folder holds another run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _claim(folder, evaluation)
    records = {record["episode"]: record for record in _read_records(folder / "episodes.jsonl")}
    for record in records.values():
        on_episode(record)
    missing = [number for number in range(evaluation.trials) if number not in records]
    with (folder / "episodes.jsonl").open("a", encoding="utf-8") as stream:
        for record in _run(evaluation, missing, folder):
            stream.write(json.dumps(record) + "\n")
            stream.flush()
            records[record["episode"]] = record
            on_episode(record)
    summary = summarize(evaluation, [records[number] for number in range(evaluation.trials)])
    (folder / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    return summary


def summarize(evaluation: Evaluation, records: list[Record]) -> Record:
    """Sum up the records of a run.

    Args:
        evaluation: What was run.
        records: One record an episode.
    """
    successes = sum(record["success"] for record in records)
    plans = [seconds for record in records for seconds in record["plan_cpu"]]
    kinds = sorted({record["kind"] for record in records})
    return {
        **asdict(evaluation),
        "success_rate": successes / len(records),
        "interval": wilson_interval(successes, len(records)),
        "by_kind": {kind: _rate([r for r in records if r["kind"] == kind]) for kind in kinds},
        "metrics": {
            "collisions": sum(record["collisions"] for record in records),
            "wrong_touched": sum(record["wrong_touched"] for record in records),
            "violations": sum(record["violations"] for record in records),
            "over_charge": sum(record["over_charge"] for record in records),
            "plan_cpu_median": quantile(plans, 0.5),
            "plan_cpu_p90": quantile(plans, 0.9),
            "perceiver": evaluation.perceiver,
            "mind": evaluation.mind,
            "failures": _count(record["cause"] for record in records if not record["success"]),
        },
        "episodes": records,
    }


def _rate(records: list[Record]) -> Record:
    successes = sum(record["success"] for record in records)
    return {
        "trials": len(records),
        "success_rate": successes / len(records),
        "interval": wilson_interval(successes, len(records)),
    }


def _count(words: Iterator[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def _run(evaluation: Evaluation, numbers: list[int], folder: Path) -> Iterator[Record]:
    conditions = Conditions(
        suite=evaluation.suite,
        seed=evaluation.seed,
        mind=evaluation.mind,
        perceiver=evaluation.perceiver,
    )
    if evaluation.workers == 1 or len(numbers) < 2:
        for number in numbers:
            yield run_episode(conditions, number, folder)
        return
    with ProcessPoolExecutor(evaluation.workers, mp_context=get_context("spawn")) as pool:
        futures = [pool.submit(run_episode, conditions, number, folder) for number in numbers]
        for future in as_completed(futures):
            yield future.result()


def _read_records(path: Path) -> list[Record]:
    """Read whole lines; a last line cut off by a crash is left out and its episode runs again."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    whole, _, rest = text.rpartition("\n")
    if rest:
        path.write_text(whole + "\n" if whole else "", encoding="utf-8")
    return [json.loads(line) for line in whole.splitlines()]


def _claim(folder: Path, evaluation: Evaluation) -> None:
    """Mark the folder with what it holds, or check that it holds the same run."""
    path = folder / "config.json"
    mine = {key: value for key, value in asdict(evaluation).items() if key not in ("workers", "trials")}
    if path.exists():
        theirs = json.loads(path.read_text(encoding="utf-8"))
        if theirs != mine:
            raise InputError(
                f"{folder} holds another run, {theirs!r}; this one is {mine!r}: choose another folder"
            )
        return
    path.write_text(json.dumps(mine) + "\n", encoding="utf-8")
