"""The seam of language models: messages with pictures in, text, a checked form or scored options out."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose
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
        calls: Requests sent, repairs and repetitions included.
        prompt_tokens: Tokens read, as far as the server says.
        completion_tokens: Tokens written.
        seconds: Wall time spent waiting.
    """

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.prompt_tokens + self.completion_tokens

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
    """What a model can do; declared or probed (``probe.py``), never assumed.

    What is declared and turns out to be absent is struck out at the first
    refusal, so a wrong declaration costs one request.

    Attributes:
        pictures: Whether messages may show pictures.
        schema: Whether the server itself keeps answers to a JSON schema.
        logprobs: For how many of the likeliest tokens the server tells probabilities; 0 is none.
        streaming: Whether answers come word by word, so that a loop is cut short.
        decisions: Whether the server weighs options itself (OpenAI's Decisions).
    """

    pictures: bool = True
    schema: bool = True
    logprobs: int = 20
    streaming: bool = False
    decisions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How likely a model holds each of some options.

    Attributes:
        options: The options, as they were asked for.
        probabilities: One for each option, together 1.
        method: How they were found, such as ``exact likelihood``, as tables and traces name it.
        logprobs: Log-likelihood of each option's text, where it is known exactly.
        mass: Share of the model's belief that fell on the options at all, where it is known. Near 0 it
            would have said something else, and the probabilities mean little.
    """

    options: tuple[str, ...]
    probabilities: tuple[float, ...]
    method: str
    logprobs: tuple[float, ...] | None = None
    mass: float | None = None

    def __post_init__(self) -> None:
        """Check that it is a distribution over the options."""
        assert len(self.options) == len(self.probabilities) > 0
        assert isclose(sum(self.probabilities), 1.0, abs_tol=1e-6)
        assert self.logprobs is None or len(self.logprobs) == len(self.options)

    @property
    def best(self) -> str:
        """The likeliest option, the first of equals."""
        return self.options[self.probabilities.index(max(self.probabilities))]


class LanguageModel(Protocol):
    """Whoever answers.

    Every call is bounded in requests and in time, counts in ``usage``, and spends
    from the purse of ``budget.py`` where one is open.
    """

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

    def score(self, messages: tuple[Message, ...], options: Sequence[str]) -> Scores:
        """Weigh options as answers to a conversation.

        Args:
            messages: The conversation; its last message asks for the answer.
            options: Different, non-empty answers, at least one.

        Raises:
            LanguageModelError: If they cannot be weighed.
        """
        ...


def checked_options(options: Sequence[str]) -> tuple[str, ...]:
    """Check options before they are scored.

    Raises:
        ValueError: If there are none, one is empty, or two are the same; a mistake in the program.
    """
    listed = tuple(options)
    if not listed or not all(one.strip() for one in listed) or len(set(listed)) != len(listed):
        raise ValueError(f"options have to be different and not empty, got {listed!r}")
    return listed
