"""Tasks told in symbols, as a file has them: instruction, things, how they stand, and the goal.

The file is other people's and is not part of the library; ``docs/planning_only.md`` tells where the
words and goals are published and how the file is laid out. Nothing of it is needed to import or test.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...core.errors import InputError

Fact = tuple[str, ...]
"""A predicate with its arguments, such as ``("On", "plate_1", "table_plate_region")``."""
GROUND = ("table", "floor")
"""What the last word of a fixture's category is where it carries everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task.

    Attributes:
        number: Its place in the file, from 0.
        suite: The part of the benchmark that it belongs to.
        text: What the person says.
        otherwise: The same in other words, where the file has such.
        objects: Category by name of what can be moved.
        fixtures: Category by name of what stays where it is.
        init: What holds at the start.
        goal: What has to hold at the end.
    """

    number: int
    suite: str
    text: str
    otherwise: str
    objects: Mapping[str, str]
    fixtures: Mapping[str, str]
    init: tuple[Fact, ...]
    goal: frozenset[Fact]

    @property
    def grounds(self) -> tuple[str, ...]:
        """Names of what carries everything: the table, or the floor."""
        return tuple(name for name, kind in self.fixtures.items() if kind.split("_")[-1] in GROUND)

    def on_ground(self, region: str) -> str | None:
        """Give what a region is called on the ground, without its frills; None where it is elsewhere.

        Args:
            region: Its name, such as ``main_table_plate_region``.
        """
        for ground in self.grounds:
            if region.startswith(ground + "_"):
                return region.removeprefix(ground + "_").removesuffix("_region").removesuffix("_init")
        return None


def read_tasks(path: Path) -> tuple[Task, ...]:
    """Read all tasks of a file.

    Args:
        path: JSON with a list ``tasks``, as ``docs/planning_only.md`` tells.

    Raises:
        InputError: If the file is missing or is something else.
    """
    if not path.is_file():
        raise InputError(
            f"there is no file {str(path)!r}; the tasks are another's and do not come along: "
            "docs/planning_only.md says how to make the file from the published ones"
        )
    try:
        told = json.loads(path.read_text(encoding="utf-8"))["tasks"]
        return tuple(_task(number, one) for number, one in enumerate(told))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{str(path)!r} is no file of tasks with goals: {error!r}") from error


def _task(number: int, told: Mapping[str, Any]) -> Task:
    connective, *facts = told["goal"]
    if connective != "And":
        raise ValueError(f"the goal of task {number} is no conjunction: {connective!r}")
    return Task(
        number=number,
        suite=str(told["suite"]),
        text=str(told["instruction"]),
        otherwise=_otherwise(told),
        objects={str(name): str(kind) for name, kind in told["objects"].items()},
        fixtures={str(name): str(kind) for name, kind in told["fixtures"].items()},
        init=tuple(_fact(fact) for fact in told["init"]),
        goal=frozenset(_fact(fact) for fact in facts),
    )


def _otherwise(told: Mapping[str, Any]) -> str:
    """Give the second wording, where it is more than the first one in other letters."""
    second = " ".join(str(told.get("bddl_language") or "").split())
    return "" if second.lower() == str(told["instruction"]).lower() else second


def _fact(told: list[str]) -> Fact:
    if not told or not all(isinstance(word, str) for word in told):
        raise ValueError(f"{told!r} is no predicate with names")
    return tuple(told)
