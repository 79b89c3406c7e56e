"""Chat models of LangChain, so that every provider it knows can answer: Anthropic, Google, Bedrock, ...

Options are ranked, not scored: LangChain has no common way to probabilities.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import SecretStr

from ...core.errors import InputError, MissingDependency
from .answers import checked, refuse_foreign
from .budget import Meter, Request
from .errors import (
    LanguageModelError,
    NotAllowed,
    Refused,
    ServerDown,
    ServerFault,
    TimedOut,
    TooBusy,
    TooLong,
    Unreachable,
)
from .forms import asked_in_form, strict_schema
from .model import AnswerT, Capabilities, Message, Scores, Usage, checked_options
from .openai_wire import data_uri, redacted
from .retries import retried
from .weighing import Ranking, by_ranking

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

REMEDY = "pip install 'handsel[langchain]' langchain-PROVIDER"
CUT_OFF = ("length", "max_tokens", "MAX_TOKENS", "model_length")
"""How providers name an answer that was cut off."""
DECLINED = ("content_filter", "refusal", "SAFETY")
"""How they name one that was withheld."""


class LangChainChat:
    """A chat model of LangChain."""

    def __init__(
        self,
        model: "BaseChatModel",
        *,
        capabilities: Capabilities | None = None,
        retries: int = 2,
        seed: int = 0,
        name: str = "",
    ):
        """Take a chat model.

        Args:
            model: One of LangChain's, or from ``from_name``.
            capabilities: What it can do.
            retries: How often a request is sent again where the provider is busy or fails.
            seed: Seed of the orders of options.
            name: Name in traces; what the model says of itself where empty.
        """
        self._model, self._retries, self._seed = model, retries, seed
        # LangChain tells no probabilities in a common way, and nothing here streams through it.
        declared = capabilities or Capabilities()
        self.capabilities = replace(declared, logprobs=0, streaming=False, decisions=False)
        told = getattr(model, "model_name", None) or getattr(model, "model", None)
        self.name = name or str(told or type(model).__name__)
        self._meter = Meter()

    @classmethod
    def from_name(
        cls, name: str, *, timeout: float = 60.0, max_tokens: int = 2000, **others: Any
    ) -> "LangChainChat":
        """Make a chat model by name.

        Args:
            name: As ``init_chat_model`` takes it: ``PROVIDER:MODEL``.
            timeout: Longest wait for one answer, [s].
            max_tokens: Longest answer, [tokens].
            others: ``capabilities``, ``retries`` and ``seed`` of the constructor.

        Raises:
            InputError: If LangChain knows no such model.
            MissingDependency: If LangChain, or its package for the provider, is not installed.
        """
        try:
            from langchain.chat_models import init_chat_model
        except ImportError as error:
            raise MissingDependency("LangChain is not installed", REMEDY) from error
        try:
            # Repetitions are ours: they have to end with the budget.
            model = init_chat_model(name, timeout=timeout, max_tokens=max_tokens, max_retries=0)
        except ImportError as error:
            raise MissingDependency(
                f"LangChain needs another package for {name!r}: {error}", REMEDY
            ) from error
        except ValueError as error:
            brief = str(error).splitlines()[0][:200]
            raise InputError(f"LangChain knows no model {name!r} (PROVIDER:MODEL): {brief}") from error
        return cls(model, name=name, **others)

    @property
    def usage(self) -> Usage:
        """What all calls have cost so far."""
        return self._meter.usage

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Answer in text; see ``LanguageModel.complete``."""
        return refuse_foreign(self._said(messages), self.name, messages)

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Answer in a form; see ``LanguageModel.complete_as``."""
        if self.capabilities.schema:
            schema = {"title": form.__name__, **strict_schema(form)}
            try:
                bound: Any = self._model.with_structured_output(
                    schema, method="json_schema", include_raw=True
                )
            except (NotImplementedError, ValueError, TypeError):
                # Not every provider's class has it; those are asked in words.
                self.capabilities = replace(self.capabilities, schema=False)
            else:

                def ask(said: tuple[Message, ...]) -> str:
                    return self._asked(lambda wire: bound.invoke(wire)["raw"], said)

                return asked_in_form(ask, messages, form, self.name, in_words=False)
        return asked_in_form(self._said, messages, form, self.name, in_words=True)

    def score(self, messages: tuple[Message, ...], options: Sequence[str]) -> Scores:
        """Weigh options by a ranking; see ``LanguageModel.score``."""
        listed = checked_options(options)

        def ask(said: tuple[Message, ...], form: type[Ranking]) -> Ranking:
            return self.complete_as(said, form)

        p = by_ranking(ask, messages, listed, np.random.default_rng(self._seed))
        method = "the only option" if len(listed) == 1 else "ranked choice, two orders"
        return Scores(options=listed, probabilities=tuple(float(one) for one in p), method=method)

    def _said(self, messages: tuple[Message, ...]) -> str:
        return self._asked(self._model.invoke, messages)

    def _asked(self, invoke: Callable[[Any], Any], messages: tuple[Message, ...]) -> str:
        wire = [_wire(message, self.capabilities.pictures) for message in messages]

        def once() -> Any:
            with self._meter.request() as request:
                try:
                    answer = invoke(wire)
                except (
                    Exception
                ) as error:  # Each provider's package has errors of its own, of no common kind.
                    raise self._translated(error) from error
                _count(answer, request)
                return answer

        answer = retried(once, self._meter, self._retries)
        told = getattr(answer, "response_metadata", None) or {}
        end = told.get("finish_reason") or told.get("stop_reason")
        if end in DECLINED or getattr(answer, "additional_kwargs", {}).get("refusal"):
            raise Refused(f"{self.name} refuses to answer")
        limit = told.get("max_tokens", 0)
        return checked(str(answer.text), self.name, complete=end not in CUT_OFF, limit=limit)

    def _translated(self, error: Exception) -> LanguageModelError:
        """Turn a provider's error into one of ours; what is no fault of a provider goes on as it is.

        Raises:
            Exception: The error itself, where it is a mistake in a program.
        """
        if isinstance(
            error, (LanguageModelError, TypeError, AttributeError, KeyError, NameError, AssertionError)
        ):
            raise error
        status = getattr(error, "status_code", None) or getattr(error, "code", None)
        said = " ".join(str(error).split())[:300]
        said = redacted(said, tuple(_keys(self._model)))
        kind = type(error).__name__
        if "Timeout" in kind or isinstance(error, TimeoutError):
            return TimedOut(f"{self.name} gave no answer in time")
        if "Connect" in kind or isinstance(error, ConnectionError):
            return Unreachable(f"{self.name} cannot be reached: {said}")
        if status in (401, 403):
            return NotAllowed(f"{self.name} refuses the key; set the environment variable of its provider")
        if status == 429:
            return TooBusy(f"{self.name} refuses more requests for now; try again later")
        if status == 400 and "context" in said.lower():
            return TooLong(f"the prompt does not fit into {self.name}: {said}")
        if isinstance(status, int) and status >= 500:
            return ServerDown(f"{self.name} failed with status {status}: {said}")
        return ServerFault(f"{self.name} failed ({kind}): {said}")


def _wire(message: Message, pictures: bool) -> dict[str, Any]:
    if not message.pictures or not pictures:
        return {"role": message.role, "content": message.text}
    parts: list[dict[str, Any]] = [{"type": "text", "text": message.text}]
    parts += [{"type": "image_url", "image_url": {"url": data_uri(one)}} for one in message.pictures]
    return {"role": message.role, "content": parts}


def _count(answer: Any, request: Request) -> None:
    told = getattr(answer, "usage_metadata", None) or {}
    request.prompt_tokens = told.get("input_tokens", 0)
    request.completion_tokens = told.get("output_tokens", 0)


def _keys(model: Any) -> list[str]:
    """Give the keys that a chat model holds, so that they can be struck out of messages."""
    held = [getattr(model, name) for name in type(model).model_fields]
    return [one.get_secret_value() for one in held if isinstance(one, SecretStr)]
