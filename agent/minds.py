"""The minds by name; ``model`` needs a language model and is made by whoever has one."""

from collections.abc import Callable

from ..core.registry import Registry
from .mind import Mind

MINDS: Registry[Callable[[], Mind]] = Registry(
    "mind", "handsel.minds", {"rules": "handsel.agent.rules.mind:RulesMind"}
)
