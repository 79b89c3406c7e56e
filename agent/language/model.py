"""The seam of language models: messages with pictures in, text or a checked answer out."""

from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from pydantic import BaseModel

AnswerT = TypeVar("AnswerT", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn of a conversation.

    Attributes:
        role: Who speaks.
        text: What is said.
        pictures: Pictures shown with it, each a PNG file's bytes.
    """

    role: Literal["system", "user", "assistant"]
    text: str
    pictures: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What calls have cost so far.

    Attributes:
        calls: Answers asked for, repairs included.
        prompt_tokens: Tokens read, as far as the server says.
        completion_tokens: Tokens written.
        seconds: Wall time spent waiting.
    """

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    def plus(self, other: "Usage") -> "Usage":
        """Add up."""
        return Usage(
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            seconds=self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a model can do; declared, never assumed.

    Attributes:
        pictures: Whether messages may show pictures.
        schema: Whether the server itself keeps answers to a JSON schema.
    """

    pictures: bool = True
    schema: bool = True


class LanguageModel(Protocol):
    """Whoever answers."""

    @property
    def name(self) -> str:
        """Name in traces."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    @property
    def usage(self) -> Usage:
        """What all calls have cost so far."""
        ...

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Answer in text.

        Args:
            messages: The conversation.

        Raises:
            LanguageModelError: If there is no usable answer.
        """
        ...

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Answer in a form.

        Args:
            messages: The conversation.
            form: The pydantic model that the answer has to fit.

        Raises:
            LanguageModelError: If there is no answer in that form, one repair included.
        """
        ...
