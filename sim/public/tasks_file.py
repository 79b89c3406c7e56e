"""Instructions of a public benchmark: a file of other people's, read and checked; ours where it has none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ...core.errors import InputError

ASSETS = Path(__file__).with_name("assets")
LARGEST = 4 * 2**20
"""Longest file that is read, [bytes]."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    task: str = Field(min_length=1, max_length=200)
    instruction: str = Field(min_length=1, max_length=500)
    difficulty: str = Field(default="all", max_length=50)

    @model_validator(mode="before")
    @classmethod
    def _of_suite(cls, said: object) -> object:
        """Take a suite and a file of it for the task's name, and the suite for its group."""
        if isinstance(said, dict) and "task" not in said and {"suite", "file"} <= said.keys():
            return {"difficulty": said["suite"], **said, "task": f"{said['suite']}/{said['file']}"}
        return said


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)
    source: str = Field(default="", max_length=1000)
    tasks: list[_Row] = Field(min_length=1, max_length=2000)


@dataclass(frozen=True, slots=True, kw_only=True)
class TasksFile:
    """What is said in each task, and how hard each is said to be.

    Attributes:
        source: Where it was published.
        instructions: What is said, by the task's name.
        groups: How hard it is, or its suite, by the task's name.
    """

    source: str
    instructions: Mapping[str, str]
    groups: Mapping[str, str]


def read_tasks(path: Path) -> TasksFile:
    """Read instructions.

    Args:
        path: JSON with ``source`` and ``tasks``, each of which has ``task``, ``instruction``, ``difficulty``;
            or, in place of ``task``, a ``suite`` and a ``file``, which name the task with a slash between.

    Raises:
        InputError: If it is no such file; the text says where.
    """
    try:
        with path.open("rb") as stream:
            text = stream.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror}") from error
    if len(text) > LARGEST:
        raise InputError(f"{str(path)!r} is longer than the {LARGEST} bytes that are read")
    try:
        said = _File.model_validate(json.loads(text))
    except (ValueError, RecursionError, ValidationError) as error:
        raise InputError(f"{str(path)!r} is no file of tasks and instructions: {error}") from error
    names = [row.task for row in said.tasks]
    if len(set(names)) != len(names):
        raise InputError(f"{str(path)!r} names a task twice")
    return TasksFile(
        source=said.source,
        instructions={row.task: row.instruction for row in said.tasks},
        groups={row.task: row.difficulty for row in said.tasks},
    )


def own_tasks(benchmark: str) -> Path | None:
    """Give our own file of instructions for a benchmark that has tasks and none; nothing for others.

    Args:
        benchmark: The benchmark's name.
    """
    path = ASSETS / f"{benchmark}_tasks.json"
    return path if path.is_file() else None
