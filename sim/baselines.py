"""Rows beside a run: the same with the truth for eyes, what chance is worth, what doing nothing is worth."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..core.errors import InputError
from .evaluate import Evaluation, evaluate
from .suite import SUITES, Conditions, Record, WithAgent, kinds_of, total

SEEDS = 5
"""Each row has so many seeds, from the run's own on; of each seed one episode of every kind."""
FOLDER = "baselines"
NO_MEMORY, FRESH = "none", "episode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """One row.

    Attributes:
        name: What it is called, and its folder.
        label: What it is, for those who read the table.
        perceiver: Who sees; as in the run where empty.
        mind: Who understands; as in the run where empty.
    """

    name: str
    label: str
    perceiver: str = ""
    mind: str = ""

    def conditions(self, of: Conditions) -> Conditions:
        """Give the conditions of this row beside a run; nothing that the run keeps is written to."""
        memory = of.memory if of.memory in (NO_MEMORY, FRESH) else NO_MEMORY
        mine = replace(of, record="", memory=memory, perceiver=self.perceiver or of.perceiver)
        return replace(mine, mind=self.mind, ablate=()) if self.mind else mine


BASELINES = (
    Baseline(name="oracle", label="the same, seeing the truth", perceiver="oracle"),
    Baseline(name="random", label="random steps that can be done", mind="random"),
    Baseline(name="nothing", label="nothing is done", mind="nothing"),
)


def plans(evaluation: Evaluation) -> Iterator[tuple[Baseline, Evaluation]]:
    """Give what is to be run for each row and seed.

    Args:
        evaluation: The run that they stand beside.

    Raises:
        InputError: If no agent acts in its suite.
    """
    of = evaluation.conditions
    suite = SUITES.load(of.suite)
    if not isinstance(suite, WithAgent):
        raise InputError(f"no agent acts in the suite {of.suite!r}: leave --baselines out")
    trials = 1 if of.kind else max(1, len(kinds_of(suite)))
    for one in BASELINES:
        mine = one.conditions(of)
        for seed in range(of.seed, of.seed + SEEDS):
            yield one, replace(evaluation, conditions=replace(mine, seed=seed), trials=trials, first=0)


def count(evaluation: Evaluation) -> int:
    """Count the episodes of all rows."""
    return sum(plan.trials for _, plan in plans(evaluation))


def run_baselines(
    evaluation: Evaluation, folder: Path, on_episode: Callable[[Record], None]
) -> dict[str, Record]:
    """Run the rows that stand beside a run, each seed in a folder of its own; what is there is not run again.

    Args:
        evaluation: The run that they stand beside.
        folder: Its folder; the rows lie in ``baselines`` in it.
        on_episode: Called with each record.

    Returns:
        Each row by name: its label, seeds, rate with interval, rates by kind, and what was touched.
    """
    records: dict[str, list[Record]] = {one.name: [] for one in BASELINES}
    for one, plan in plans(evaluation):
        place = folder / FOLDER / one.name / f"seed-{plan.conditions.seed}"
        records[one.name] += evaluate(plan, place, on_episode)["episodes"]
    kinds = kinds_of(SUITES.load(evaluation.conditions.suite))
    first = evaluation.conditions.seed
    rows: dict[str, Record] = {}
    for one in BASELINES:
        own, mine = records[one.name], one.conditions(evaluation.conditions)
        rows[one.name] = {
            "label": one.label,
            "mind": mine.mind,
            "perceiver": mine.perceiver,
            "seeds": list(range(first, first + SEEDS)),
            "trials": len(own),
            **total(own, kinds),
            "collisions": sum(record.get("collisions", 0) for record in own),
            "wrong_touched": sum(record.get("wrong_touched", 0) for record in own),
        }
    return rows
