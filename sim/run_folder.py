"""The folder of a run: under which conditions it is, which episodes it has, and how it is found again.

``config.json`` has the conditions and how many episodes are wanted, ``episodes.jsonl`` one record a line as
they end. Each file is whole at every moment, whenever the process is killed: a last line that was cut off
counts as not written.
"""

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TextIO

from pydantic import NonNegativeInt, TypeAdapter, ValidationError

from ..core.errors import InputError
from .suite import Conditions, Record

CONFIG, EPISODES, SUMMARY = "config.json", "episodes.jsonl", "summary.json"
LARGEST = 1_000_000
"""Most bytes of a configuration that is read."""
_CONDITIONS, _COUNTS = TypeAdapter(Conditions), TypeAdapter(tuple[NonNegativeInt, NonNegativeInt])


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a folder says of its run.

    Attributes:
        conditions: What is the same in every episode.
        trials: How many episodes were asked for last.
        first: Number of the first of them.
    """

    conditions: Conditions
    trials: int
    first: int


def write_whole(path: Path, text: str) -> None:
    """Write a file so that it is either the old one or the new one, never a part."""
    beside = path.with_name(path.name + ".part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def holds_run(folder: Path) -> bool:
    """Whether a folder has a run in it."""
    return (folder / CONFIG).exists()


def claim(folder: Path, config: Config) -> None:
    """Mark a folder with what it holds, or check that it holds the same run.

    Raises:
        InputError: If it holds another one.
    """
    if holds_run(folder):
        theirs = read_config(folder).conditions
        if theirs != config.conditions:
            apart = differences(theirs, config.conditions)
            told = "; ".join(f"{name}: {was!r} there, {now!r} here" for name, was, now in apart)
            raise InputError(f"{folder} holds another run ({told}); choose another folder")
    wanted = asdict(config.conditions) | {"trials": config.trials, "first": config.first}
    write_whole(folder / CONFIG, json.dumps(wanted) + "\n")


def differences(one: Conditions, other: Conditions) -> list[tuple[str, Any, Any]]:
    """List by name what two runs' conditions differ in, with both values."""
    names = [part.name for part in fields(Conditions)]
    pairs = [(name, getattr(one, name), getattr(other, name)) for name in names]
    return [(name, was, now) for name, was, now in pairs if was != now]


def read_config(folder: Path) -> Config:
    """Read what a folder says of its run.

    Raises:
        InputError: If it holds none, or what it says is broken.
    """
    path = folder / CONFIG
    if not path.is_file():
        raise InputError(f"{str(folder)!r} holds no run: it has no {CONFIG}; begin one with --out {folder}")
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} has more than {LARGEST} bytes; expected a few hundred")
        told = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    return config_of(told, str(path))


def config_of(told: Any, where: str) -> Config:
    """Make a configuration of what was read.

    Args:
        told: Plain data.
        where: Where it was read, for messages.

    Raises:
        InputError: If it is none.
    """
    if not isinstance(told, dict) or not isinstance(told.get("suite"), str):
        raise InputError(f"{where} is no run's: it names no suite")
    names = {part.name for part in fields(Conditions)}
    try:
        # What conditions of earlier versions lack was as it is by default.
        conditions = _CONDITIONS.validate_python({name: told[name] for name in names & set(told)})
        trials, first = _COUNTS.validate_python((told.get("trials", 20), told.get("first", 0)))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise InputError(f"{where} is no run's: {wrong}") from error
    return Config(conditions=conditions, trials=trials, first=first)


NEEDED = frozenset({"episode", "success"})
"""What a record cannot do without."""


def read_records(folder: Path, needed: frozenset[str] = NEEDED) -> list[Record]:
    """Read the episodes that a folder has; a last line cut off by a crash is left out and cut away.

    Args:
        folder: The run's.
        needed: What a record cannot do without.

    Raises:
        InputError: If another line is no record.
    """
    path = folder / EPISODES
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    whole, _, rest = text.rpartition("\n")
    if rest:
        write_whole(path, whole + "\n" if whole else "")
    records: list[Record] = []
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            record = json.loads(line)
        except ValueError as error:
            raise InputError(f"line {number} of {path} is no JSON: {error}") from error
        if not isinstance(record, dict) or not needed <= record.keys():
            lacking = " or no ".join(sorted(needed))
            raise InputError(f"line {number} of {path} is no episode: it has no {lacking}")
        records.append(record)
    return records


def append(stream: TextIO, record: Record) -> None:
    """Write one record as a whole line, and see that it is on the disk."""
    stream.write(json.dumps(record) + "\n")
    stream.flush()
    os.fsync(stream.fileno())


def write_summary(folder: Path, summary: Record) -> None:
    """Write the summary of a run."""
    write_whole(folder / SUMMARY, json.dumps(summary, indent=1) + "\n")
