"""Minds, language models, choice, judgement, and the one loop that everything runs in.

``Agent`` is the way in; it is imported when it is asked for, so that importing a
part of this one costs nothing::

    from handsel.agent import Agent
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .agent import Agent
    from .episode import Episode, Limits
    from .events import Event, Subscriber
    from .minds import make_mind

__all__ = ["Agent", "Episode", "Event", "Limits", "Subscriber", "make_mind"]
_HOMES = {
    "Agent": "agent",
    "Episode": "episode",
    "Event": "events",
    "Limits": "episode",
    "Subscriber": "events",
    "make_mind": "minds",
}


def __getattr__(name: str) -> object:
    """Import a public name where it lives."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(__all__)
