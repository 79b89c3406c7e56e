"""What a question to a model is about, apart from where things happen to lie: a prompt's first line."""

from collections.abc import Sequence
from typing import Protocol

TRANSFERABLE = ("look", "break down", "choose", "write", "explain")
"""What is answered alike wherever the same things lie; a judgement is about one moment and no other."""


class _Said(Protocol):
    @property
    def role(self) -> str: ...
    @property
    def text(self) -> str: ...


def topic_of(messages: Sequence[_Said]) -> str:
    """Give the first line of what was asked, and the how-manieth question of the conversation it is."""
    asked = [one.text for one in messages if one.role == "user"]
    first = asked[0].lstrip().partition("\n")[0].removeprefix("#").strip() if asked else ""
    return f"{first} / {len(asked)}"


def kind_of(topic: str) -> str:
    """Give the part of a topic before its colon: which prompt it was."""
    return topic.partition(" / ")[0].partition(":")[0].strip()
