"""Conversations as files: what a model was asked and said, to be read, kept and replayed.

A recording is one JSON file a conversation: what model it was and what it could do,
then every turn with its messages, its answer or its error, and what it cost. A picture
lies beside it as a PNG named by its digest. The file is written after every turn, so a
recording that was broken off is whole up to there. Keys are in none of it: only what
was said is written, and the value of every environment variable that is named like a
secret is struck out of that.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...core.errors import InputError
from . import errors
from .errors import LanguageModelError
from .model import AnswerT, Capabilities, LanguageModel, Message, Scores, Usage
from .openai_wire import redacted

FORMAT = "handsel.conversation/1"
SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD", re.I)
T = TypeVar("T")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SaidMessage(_Strict):
    """A message, its pictures by their digests."""

    role: Literal["system", "user", "assistant"]
    text: str
    pictures: list[str] = Field(default_factory=list)


class SaidScores(_Strict):
    """Scores as a file holds them."""

    options: list[str]
    probabilities: list[float]
    method: str
    logprobs: list[float] | None = None
    mass: float | None = None


class Turn(_Strict):
    """One question and what came of it."""

    kind: Literal["text", "form", "scores"]
    messages: list[SaidMessage]
    form: str = ""
    options: list[str] = Field(default_factory=list)
    answer: str | None = None
    scores: SaidScores | None = None
    error: str = ""
    message: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    calls: int = 1


class Able(_Strict):
    """Capabilities as a file holds them."""

    pictures: bool
    schema_: bool = Field(alias="schema")
    logprobs: int
    streaming: bool
    decisions: bool


class Conversation(_Strict):
    """A recording."""

    format: Literal["handsel.conversation/1"]
    model: str
    capabilities: Able
    turns: list[Turn]


def read_conversation(path: Path) -> Conversation:
    """Read a recording.

    Raises:
        InputError: If there is none, or it is broken.
    """
    try:
        return Conversation.model_validate_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"there is no recording at {str(path)!r}: {error.strerror}") from error
    except (ValidationError, UnicodeDecodeError) as error:
        brief = "; ".join(str(error).splitlines()[:3])
        raise InputError(f"{str(path)!r} is no recording of a conversation: {brief}") from error


def said(message: Message) -> SaidMessage:
    """Give a message as a file holds it."""
    return SaidMessage(
        role=message.role, text=message.text, pictures=[digest(one) for one in message.pictures]
    )


def digest(picture: bytes) -> str:
    """Name a picture by what is in it."""
    return hashlib.sha256(picture).hexdigest()[:16]


class RecordingModel:
    """Passes everything on to a model, and writes down what was said."""

    def __init__(self, model: LanguageModel, path: Path):
        """Begin a recording.

        Args:
            model: Who answers.
            path: The file, ending in ``.json``; an older one is replaced at the first turn.

        Raises:
            InputError: If it cannot lie there.
        """
        if path.suffix != ".json" or not path.parent.is_dir():
            raise InputError(f"a recording goes to a .json file in an existing folder, not to {str(path)!r}")
        self.model, self.path = model, path
        self._turns: list[dict[str, Any]] = []
        self._secrets = tuple(value for name, value in os.environ.items() if SECRET.search(name))

    @property
    def name(self) -> str:
        """Name in traces."""
        return self.model.name

    @property
    def capabilities(self) -> Capabilities:
        """What the model can do."""
        return self.model.capabilities

    @property
    def usage(self) -> Usage:
        """What all calls have cost so far."""
        return self.model.usage

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Answer in text; see ``LanguageModel.complete``."""
        return self._kept(
            lambda: self.model.complete(messages), "text", messages, lambda text: {"answer": text}
        )

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Answer in a form; see ``LanguageModel.complete_as``."""
        return self._kept(
            lambda: self.model.complete_as(messages, form),
            "form",
            messages,
            lambda answer: {"form": form.__name__, "answer": answer.model_dump_json()},
            form=form.__name__,
        )

    def score(self, messages: tuple[Message, ...], options: Sequence[str]) -> Scores:
        """Weigh options; see ``LanguageModel.score``."""
        return self._kept(
            lambda: self.model.score(messages, options),
            "scores",
            messages,
            lambda found: {"scores": _scores(found)},
            options=list(options),
        )

    def _kept(
        self,
        ask: Callable[[], T],
        kind: str,
        messages: tuple[Message, ...],
        told: Callable[[T], dict[str, Any]],
        **asked: Any,
    ) -> T:
        before = self.model.usage
        turn: dict[str, Any] = {
            "kind": kind,
            "messages": [said(one).model_dump() for one in messages],
            **asked,
        }
        try:
            answer = ask()
            turn |= told(answer)
            return answer
        except LanguageModelError as error:
            turn |= {"error": type(error).__name__, "message": str(error)}
            raise
        finally:
            after = self.model.usage
            turn |= {
                "calls": after.calls - before.calls,
                "prompt_tokens": after.prompt_tokens - before.prompt_tokens,
                "completion_tokens": after.completion_tokens - before.completion_tokens,
            }
            self._write(turn, messages)

    def _write(self, turn: dict[str, Any], messages: tuple[Message, ...]) -> None:
        self._turns.append(turn)
        for picture in (one for message in messages for one in message.pictures):
            self.path.with_name(f"{digest(picture)}.png").write_bytes(picture)
        able = {name: getattr(self.capabilities, name) for name in Capabilities.__slots__}
        whole = {"format": FORMAT, "model": self.name, "capabilities": able, "turns": self._turns}
        text = redacted(json.dumps(whole, indent=1, ensure_ascii=False), self._secrets)
        # Renamed in one piece, so that nobody reads half a file.
        part = self.path.with_suffix(".part")
        part.write_text(text + "\n", encoding="utf-8")
        part.replace(self.path)


def error_of(turn: Turn) -> LanguageModelError:
    """Give the error that a turn ended with."""
    kind = getattr(errors, turn.error, LanguageModelError)
    return kind(turn.message) if issubclass(kind, LanguageModelError) else LanguageModelError(turn.message)


def _scores(found: Scores) -> dict[str, Any]:
    return {
        "options": list(found.options),
        "probabilities": list(found.probabilities),
        "method": found.method,
        "logprobs": None if found.logprobs is None else list(found.logprobs),
        "mass": found.mass,
    }
