"""What a change of prompts does to recorded conversations: what is asked otherwise, what still serves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from ...core.errors import Retryable
from ...planners.read import Vocabulary, read
from ...prompts import NAMES, shape_of
from ..language.recording import SaidMessage, Turn, read_conversation
from .forms import LookAnswer, PlanAnswer, VerdictAnswer
from .topics import kind_of, topic_of

FORMS: Mapping[str, type[BaseModel]] = {"look": LookAnswer, "break down": PlanAnswer, "judge": VerdictAnswer}
FILES = {"break down": "decompose"}
"""Prompt files whose first line says something else than their name."""
THING = re.compile(r"^- (\w+): [^\n]*?; parts: ([a-z_0-9 ]+)", re.M)
LETTERS_A_TOKEN = 3.0
"""A token of English or code has some four letters; with three the count is on the safe side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One recorded question against the prompts as they are now.

    Attributes:
        where: The file and the turn.
        prompt: Which prompt it was.
        topic: What it was about.
        same: Whether the prompt file would ask with the same words.
        serves: Whether the recorded answer still has its form, and a program can be read.
        why: What is wrong, or nothing.
        tokens: How long it was, about.
    """

    where: str
    prompt: str
    topic: str
    same: bool
    serves: bool
    why: str
    tokens: int


def review(path: Path) -> tuple[Reviewed, ...]:
    """Review every turn of a recorded conversation.

    Args:
        path: The recording.

    Raises:
        InputError: If it is none.
    """
    return tuple(
        _reviewed(f"{path.name}, turn {number}", turn)
        for number, turn in enumerate(read_conversation(path).turns, start=1)
    )


def _reviewed(where: str, turn: Turn) -> Reviewed:
    topic = topic_of(turn.messages)
    kind = kind_of(topic)
    name = FILES.get(kind, kind)
    why = f"there is no prompt {kind!r}" if name not in NAMES else _useless(kind, turn)
    return Reviewed(
        where=where,
        prompt=kind,
        topic=topic,
        same=name in NAMES and _same(name, turn.messages),
        serves=not why,
        why=why,
        tokens=round(sum(len(one.text) for one in turn.messages) / LETTERS_A_TOKEN),
    )


def _same(name: str, messages: list[SaidMessage]) -> bool:
    """Say whether a prompt file, with something in its slots, gives a conversation's first two messages."""
    system, user = shape_of(name)
    said = {one.role: one.text.strip() for one in messages[:2]}
    return bool(system.fullmatch(said.get("system", "")) and user.fullmatch(said.get("user", "")))


def _useless(kind: str, turn: Turn) -> str:
    """Say why an answer does not serve any more; nothing where it does, or was an error from the first."""
    if turn.error:
        return ""
    if kind in FORMS:
        try:
            FORMS[kind].model_validate_json(turn.answer or "")
        except ValidationError as error:
            return f"the answer is no {FORMS[kind].__name__}: {error.errors()[0]['msg']}"
    if kind == "write":
        things = {name: tuple(parts.split()) for name, parts in THING.findall(turn.messages[-1].text)}
        held = re.search(r"In the hand now: (\w+)\.", turn.messages[-1].text)
        holds = {"arm": held[1]} if held and held[1] in things else {}
        try:
            read(turn.answer or "", Vocabulary(things=things, held=holds))
        except Retryable as refusal:
            return str(refusal)
    return ""
