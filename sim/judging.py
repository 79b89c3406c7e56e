"""How a task's judge is found and called, in the world's own process."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any, cast

from ..core.errors import InputError
from .world import World

Judge = Callable[[World, Mapping[str, Any]], Mapping[str, Any]]
GLANCE = "handsel.sim.judging:glance"
"""Where ``glance`` is, as a task names its judge."""


def find_judge(where: object) -> Judge:
    """Import a judge.

    Args:
        where: ``"module:function"``.

    Raises:
        InputError: If there is none.
    """
    if not isinstance(where, str):
        raise InputError(f"a task names its judge as 'module:function'; got {where!r:.80}")
    module_name, _, attribute = where.partition(":")
    try:
        return getattr(importlib.import_module(module_name), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(f"the task's judge {where!r} cannot be found: {error}") from error


class _Still:
    """A world in which no time passes: everything is as it is now."""

    def __init__(self, world: World):
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world, name)

    def advance(self, duration: float) -> None:
        """Let no time pass."""


def glance(world: World, task: Mapping[str, Any]) -> dict[str, Any]:
    """Have the task's own judge look at this very moment, without letting things come to rest.

    Args:
        world: The world, in the middle of an episode.
        task: What ``Task.to_dict`` gave, the judge's place under ``of``.

    Returns:
        What that judge says; whoever asks has to see it say so for a while.

    Raises:
        InputError: If there is no such judge.
    """
    told = {**task, "judge": task.get("of")}
    return dict(find_judge(task.get("of"))(cast(World, _Still(world)), told))
