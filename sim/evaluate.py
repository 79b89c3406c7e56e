"""Run a suite: one world and one agent an episode, judged by the world's truth.

Every episode is written to ``episodes.jsonl`` as it ends, and a run that was
broken off goes on from there. The same suite, seed and number of trials give
the same episodes, however many workers share them: an episode depends on
nothing but the run's seed and its own number.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..agent.ablation import check_mind
from ..agent.memory.memory import EPISODE, NONE
from ..agent.minds import make_mind
from ..core.errors import InputError
from ..perception.perceiver import PERCEIVERS
from .run_folder import EPISODES, Config, append, claim, read_records, write_summary
from .sharing import Workers, run_shared
from .suite import SUITES, Conditions, Record, check_conditions


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What to run.

    Attributes:
        conditions: What is the same in every episode.
        trials: Number of episodes.
        workers: Who shares the episodes.
        first: Number of the first episode.
    """

    conditions: Conditions
    trials: int = 20
    workers: Workers = field(default_factory=Workers)
    first: int = 0

    @property
    def numbers(self) -> range:
        """The episodes' numbers."""
        return range(self.first, self.first + self.trials)

    def __post_init__(self) -> None:
        """Check the names and the numbers."""
        check_conditions(self.conditions)
        check_mind(make_mind(self.conditions.mind), self.conditions.ablate)
        PERCEIVERS.load(self.conditions.perceiver)
        if self.trials < 1 or min(self.conditions.seed, self.first) < 0:
            raise InputError(
                f"trials {self.trials}, seed {self.conditions.seed}, first {self.first}: expected at "
                "least one trial, and the rest from 0"
            )
        if not self.workers.alone and self.conditions.memory not in (NONE, EPISODE):
            raise InputError(
                f"--memory {self.conditions.memory!r} is kept from episode to episode, so what an episode "
                "remembers would depend on who shares them; use one worker, or --memory episode"
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
    conditions = evaluation.conditions
    claim(folder, Config(conditions=conditions, trials=evaluation.trials, first=evaluation.first))
    records = {record["episode"]: record for record in read_records(folder)}
    for record in records.values():
        on_episode(record)
    missing = [number for number in evaluation.numbers if number not in records]
    with (folder / EPISODES).open("a", encoding="utf-8") as stream:
        for record in run_shared(conditions, missing, folder, evaluation.workers):
            append(stream, record)
            records[record["episode"]] = record
            on_episode(record)
    ordered = [records[number] for number in evaluation.numbers]
    summary: Record = asdict(conditions) | {"trials": evaluation.trials, "first": evaluation.first}
    summary |= SUITES.load(conditions.suite).sum_up(ordered)
    summary["metrics"] |= {
        name: summary[name]
        for name in ("perceiver", "mind", "noise", "camera_error", "disturbed", "memory", "ablate")
    }
    summary["episodes"] = ordered
    write_summary(folder, summary)
    return summary
