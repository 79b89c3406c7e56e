"""Two runs of one suite, paired episode by episode: did one do better, and by more than chance?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from ..core.errors import InputError
from .run_folder import config_of, holds_run, read_config, read_records
from .statistics import holm, mcnemar_exact, median_interval, paired_interval
from .suite import Record

LARGEST = 256_000_000
"""Most bytes of a summary that is read."""
SAME = ("seed", "kind", "instruction")
"""What two records of one episode have to have in common: then it was the same task in the same scene."""
TIMES = {
    "robot_time": "simulated time, [s]",
    "plan_cpu": "planning, processor time of all stages, [s]",
    "wall": "wall time, [s]",
}
"""Times that are compared, where both succeeded: a failure ends early or late for reasons of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run, as it is compared.

    Attributes:
        name: Where it was read.
        suite: Its suite.
        seed: Its seed.
        conditions: All of its conditions, plain.
        records: Its episodes by number.
    """

    name: str
    suite: str
    seed: int
    conditions: Mapping[str, Any]
    records: Mapping[int, Record]


def load_run(path: Path) -> Run:
    """Read a run: a folder's episodes, also of a run that was broken off, or a summary's file.

    Raises:
        InputError: If it is neither, or has no episodes.
    """
    if path.is_dir() and holds_run(path):
        config = asdict(read_config(path).conditions)
        records = read_records(path)
    else:
        config, records = _summary(path / "summary.json" if path.is_dir() else path)
    by_number = {int(record["episode"]): record for record in records}
    if not by_number:
        raise InputError(f"{path} has no episodes; there is nothing to compare")
    plain = json.loads(json.dumps(config))
    return Run(name=str(path), suite=plain["suite"], seed=plain["seed"], conditions=plain, records=by_number)


def _summary(path: Path) -> tuple[dict[str, Any], list[Record]]:
    """Read a summary's file.

    Raises:
        InputError: If it is none.
    """
    if not path.is_file():
        raise InputError(f"{path} is neither a run's folder nor a summary's file")
    if path.stat().st_size > LARGEST:
        raise InputError(f"{path} has more than {LARGEST // 1_000_000} MB; expected a summary")
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is no JSON: {error}") from error
    config = asdict(config_of(told, str(path)).conditions)
    records = told.get("episodes")
    if not isinstance(records, list) or not all(
        isinstance(one, dict) and {"episode", "success"} <= one.keys() for one in records
    ):
        raise InputError(f"{path} is no summary: it has no list of episodes")
    return config, records


def pairs_of(a: Run, b: Run) -> list[tuple[Record, Record]]:
    """Pair two runs' episodes by seed and number.

    Raises:
        InputError: If they cannot be paired; the text says why.
    """
    if Path(a.name).resolve() == Path(b.name).resolve():
        raise InputError(f"{a.name} is named twice; name two runs")
    if a.suite != b.suite:
        raise InputError(f"{a.name} is a run of {a.suite!r} and {b.name} of {b.suite!r}: their tasks differ")
    if a.seed != b.seed:
        raise InputError(
            f"{a.name} has seed {a.seed} and {b.name} seed {b.seed}, so their scenes differ; "
            "run one of them with the other's --seed"
        )
    common = sorted(a.records.keys() & b.records.keys())
    if not common:
        raise InputError(
            f"{a.name} has episodes {_span(a.records)} and {b.name} has {_span(b.records)}: none is in both"
        )
    found = [(a.records[number], b.records[number]) for number in common]
    for one, other in found:
        for name in SAME:
            if name in one and name in other and one[name] != other[name]:
                told = f"{one[name]!r} in {a.name}, {other[name]!r} in {b.name}"
                raise InputError(
                    f"episode {one['episode']} is not the same task in both: {name} {told}; "
                    "were they run with the same --kind, by the same version?"
                )
    return found


def compare(a: Run, b: Run) -> Record:
    """Compare two runs.

    Args:
        a: The one.
        b: The other; differences are its figure less the one's.

    Raises:
        InputError: If they cannot be paired.
    """
    found = pairs_of(a, b)
    kinds = list(dict.fromkeys(one["kind"] for one, _ in found if one.get("kind")))
    by_kind = {kind: _success([pair for pair in found if pair[0].get("kind") == kind]) for kind in kinds}
    for cell, corrected in zip(by_kind.values(), holm([cell["p"] for cell in by_kind.values()]), strict=True):
        cell["p_holm"] = corrected
    numbers = {one["episode"] for one, _ in found}
    return {
        "a": a.name,
        "b": b.name,
        "suite": a.suite,
        "seed": a.seed,
        "conditions_differ": {
            name: [a.conditions[name], b.conditions.get(name)]
            for name in a.conditions
            if a.conditions[name] != b.conditions.get(name)
        },
        "only_in_a": sorted(a.records.keys() - numbers),
        "only_in_b": sorted(b.records.keys() - numbers),
        "success": _success(found),
        "by_kind": by_kind,
        "times": {name: _times(found, name) for name in TIMES},
        "changed": [
            {
                "episode": one["episode"],
                "kind": one.get("kind", ""),
                "done_in": "a" if one["success"] else "b",
                "cause": (other if one["success"] else one).get("cause", ""),
            }
            for one, other in found
            if bool(one["success"]) != bool(other["success"])
        ],
    }


def _success(found: Sequence[tuple[Record, Record]]) -> Record:
    """Compare successes: the four counts, the difference with its interval, and McNemar's exact test."""
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for one, other in found:
        counts[bool(one["success"]), bool(other["success"])] += 1
    both, only_a = counts[True, True], counts[True, False]
    only_b, neither = counts[False, True], counts[False, False]
    return {
        "pairs": len(found),
        "a": (both + only_a) / len(found),
        "b": (both + only_b) / len(found),
        "both": both,
        "only_a": only_a,
        "only_b": only_b,
        "neither": neither,
        "difference": (only_b - only_a) / len(found),
        "interval": list(paired_interval(both, only_a, only_b, neither)),
        "p": mcnemar_exact(only_a, only_b),
    }


def _times(found: Sequence[tuple[Record, Record]], name: str) -> Record:
    """Compare a time where both succeeded: the median of the differences, with its interval."""
    both = [pair for pair in found if pair[0]["success"] and pair[1]["success"]]
    apart = [_value(other, name) - _value(one, name) for one, other in both if name in one and name in other]
    interval = median_interval(apart, np.random.default_rng(0))
    return {
        "pairs": len(apart),
        "median_difference": median(apart) if apart else None,
        "interval": None if interval is None else list(interval),
    }


def _value(record: Record, name: str) -> float:
    value = record[name]
    return float(sum(value)) if isinstance(value, list) else float(value)


def _span(records: Mapping[int, Record]) -> str:
    return f"{min(records)} to {max(records)}"
