"""Any server that speaks OpenAI's Chat Completions: OpenAI, Ollama, vLLM, llama.cpp, LM Studio, ...

Only what all of them understand is relied on: text, pictures as data URIs, a seed,
a bound on the answer's length. Schemas, probabilities of tokens, streams and Decisions
are used where they are declared, and struck out where the server refuses them; whatever
it promises, an answer in a form is checked here.
"""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...core.errors import InputError, MissingDependency
from . import decisions
from .answers import LONGEST_ANSWER, checked, looping, refuse_foreign
from .budget import Meter, Request, time_left
from .errors import BadAnswer, Looping, NotOffered, Refused, ServerFault, TimedOut
from .forms import asked_in_form, strict_schema
from .model import AnswerT, Capabilities, Message, Scores, Usage, checked_options
from .openai_wire import QUOTED, means_logprobs, means_schema, translated, wire
from .retries import retried
from .weighing import Ranking, by_letters, by_ranking, letters_of

LOOK_EVERY = 200
"""A stream is looked at for loops every so many characters."""


@dataclass(slots=True, kw_only=True)
class Reply:
    """What came back from one request, whether in one piece or in many.

    Attributes:
        text: What was said.
        end: Why it ended, in the server's word.
        refusal: Why the model declines, where it does.
        tokens: The likeliest first tokens with their log-probabilities, where they were asked for.
        calls: Names of the tools that were called.
    """

    text: str = ""
    end: str | None = None
    refusal: str = ""
    tokens: list[tuple[str, float]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)


class OpenAIChat:
    """One model on one server."""

    def __init__(
        self,
        base_url: str,
        model: str,
        api_key_env: str = "OPENAI_API_KEY",
        *,
        capabilities: Capabilities | None = None,
        timeout: float = 60.0,
        retries: int = 2,
        max_tokens: int = 2000,
        seed: int = 0,
    ):
        """Prepare; nothing is sent yet.

        Args:
            base_url: Address of the server, such as ``http://localhost:11434/v1``.
            model: The model's name on that server.
            api_key_env: Environment variable that holds the key; servers of one's own need none.
            capabilities: What the model can do.
            timeout: Longest wait for one answer, [s].
            retries: How often a request is sent again where the server is busy or fails.
            max_tokens: Longest answer, [tokens].
            seed: Seed of the server's sampling, where it knows one, and of the orders of options.

        Raises:
            InputError: If the address is none.
            MissingDependency: If the ``openai`` package is not installed.
        """
        if not base_url.startswith(("http://", "https://")):
            raise InputError(
                f"{base_url!r} is no address of a server; expected such as 'http://localhost:11434/v1'"
            )
        if "@" in base_url:
            raise InputError(f"an address holds no key; put it into the environment variable {api_key_env}")
        if not model:
            raise InputError("a server needs the name of a model; give it with --model NAME")
        try:
            import openai
        except ImportError as error:
            raise MissingDependency("the package openai is not installed", "pip install openai") from error
        self._openai = openai
        self._url, self._model, self._key_env = base_url, model, api_key_env
        self._timeout, self._retries, self._max_tokens, self._seed = timeout, retries, max_tokens, seed
        self.capabilities = capabilities or Capabilities()
        self._meter = Meter()
        # The client insists on a key; a server of one's own takes any. Repetitions are ours: they
        # have to end with the budget.
        self._client = openai.OpenAI(
            base_url=base_url, api_key=os.environ.get(api_key_env) or "none", max_retries=0
        )

    @property
    def name(self) -> str:
        """Name in traces: the model's, never the key."""
        return self._model

    @property
    def address(self) -> str:
        """The server's address."""
        return self._url

    @property
    def usage(self) -> Usage:
        """What all calls have cost so far."""
        return self._meter.usage

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Answer in text; see ``LanguageModel.complete``."""
        return refuse_foreign(self._asked(messages, {}), self._model, messages)

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Answer in a form; an answer that does not fit is sent back once with the reason."""
        if self.capabilities.schema:
            schema = {"name": form.__name__, "schema": strict_schema(form), "strict": True}
            extra = {"response_format": {"type": "json_schema", "json_schema": schema}}
            try:
                return asked_in_form(
                    lambda said: self._asked(said, extra), messages, form, self._model, in_words=False
                )
            except (ServerFault, NotOffered) as error:
                if not means_schema(error):
                    raise
                self.capabilities = replace(self.capabilities, schema=False)
        return asked_in_form(lambda said: self._asked(said, {}), messages, form, self._model, in_words=True)

    def score(self, messages: tuple[Message, ...], options: Sequence[str]) -> Scores:
        """Weigh options: by Decisions, by letters' probabilities, or by a ranking, as the server can."""
        listed, rng = checked_options(options), np.random.default_rng(self._seed)
        if len(listed) == 1:
            return Scores(options=listed, probabilities=(1.0,), method="the only option")
        if self.capabilities.decisions:
            p = decisions.weighed(self._decided, messages, listed, rng)
            return _scores(listed, p, "decisions")
        method = "ranked choice, two orders"
        if self.capabilities.logprobs:
            try:
                p, mass = by_letters(self._letters, messages, listed, rng)
                return replace(_scores(listed, p, "letters' probabilities, two orders"), mass=mass)
            except (ServerFault, NotOffered) as error:
                if not means_logprobs(error):
                    raise
                self.capabilities = replace(self.capabilities, logprobs=0)
            except BadAnswer:
                # A model that thinks aloud first has no letter as its next token.
                method += " (no letter was likely)"

        def ask(said: tuple[Message, ...], form: type[Ranking]) -> Ranking:
            return self.complete_as(said, form)

        return _scores(listed, by_ranking(ask, messages, listed, rng), method)

    def raw(self, messages: tuple[Message, ...], extra: dict[str, Any], *, limit: int) -> Reply:
        """Send one request and give what came back, unjudged; for probes.

        Args:
            messages: The conversation.
            extra: Further entries of the request.
            limit: Longest answer, [tokens].

        Raises:
            LanguageModelError: If nothing came back.
        """
        return self._sent(messages, extra, limit=limit)

    def listed(self) -> list[dict[str, Any]]:
        """Give what the server says of its models; nothing where it says nothing."""
        try:
            found = self._client.models.list(timeout=self._patience())
            return [one.model_dump() for one in found.data or ()]
        except (self._openai.OpenAIError, ValueError, AttributeError, TypeError):
            # A list of models is a courtesy; some servers fail at it and serve all the same.
            return []

    def _letters(self, messages: tuple[Message, ...]) -> dict[str, float]:
        extra = {"logprobs": True, "top_logprobs": self.capabilities.logprobs}
        reply = self._sent(messages, extra, limit=1)
        if not reply.tokens:
            raise NotOffered(f"{self._url} tells no logprobs of {self._model}")
        return letters_of(reply.tokens)

    def _decided(self, said: list[dict[str, Any]], questions: list[dict[str, Any]]) -> Any:
        def once(request: Request) -> Any:
            answer = self._client.decisions.create(
                model=self._model,
                input=said,  # type: ignore[arg-type]
                questions=questions,  # type: ignore[arg-type]
                timeout=self._patience(),
            )
            told = getattr(answer, "usage", None)
            request.prompt_tokens = getattr(told, "input_tokens", 0) or 0
            request.completion_tokens = getattr(told, "output_tokens", 0) or 0
            return answer

        return self._repeatedly(once)

    def _asked(self, messages: tuple[Message, ...], extra: dict[str, Any]) -> str:
        reply = self._sent(messages, extra, limit=self._max_tokens)
        if reply.refusal or reply.end == "content_filter":
            said = f": {reply.refusal[:QUOTED]!r}" if reply.refusal else " (content filter)"
            raise Refused(f"{self._model} refuses to answer{said}")
        # Where nothing was said there is nothing cut off either: it thought until the end.
        complete = reply.end != "length"
        return checked(reply.text, self._model, complete=complete, limit=self._max_tokens)

    def _sent(self, messages: tuple[Message, ...], extra: dict[str, Any], *, limit: int) -> Reply:
        bound = "max_completion_tokens" if "api.openai.com" in self._url else "max_tokens"
        body: dict[str, Any] = {
            "model": self._model,
            "messages": wire(messages, self.capabilities.pictures),
            "seed": self._seed,
            bound: limit,
            **extra,
        }
        streamed = self.capabilities.streaming and limit > 1
        once = self._streamed if streamed else self._whole
        return self._repeatedly(lambda request: once(body, request))

    def _repeatedly(self, once: Any) -> Any:
        """Send a request and count it, again where its fault may pass; every fault becomes one of ours.

        Raises:
            LanguageModelError: Of the kind that the fault is.
        """

        def counted() -> Any:
            with self._meter.request() as request:
                patience = self._patience()
                try:
                    return once(request)
                except (self._openai.OpenAIError, ValueError) as error:
                    key = self._client.api_key
                    raise translated(error, self._url, self._model, self._key_env, key, patience) from error

        return retried(counted, self._meter, self._retries)

    def _patience(self) -> float:
        return min(self._timeout, max(time_left(), 0.1))

    def _whole(self, body: dict[str, Any], request: Request) -> Reply:
        answer = self._client.chat.completions.create(**body, timeout=self._patience())
        _count(answer, request)
        choices = getattr(answer, "choices", None)
        if not choices:
            raise ServerFault(f"{self._url} does not answer as a chat server does; is the address right?")
        message, told = choices[0].message, getattr(choices[0], "logprobs", None)
        alternatives = told.content[0].top_logprobs if told is not None and told.content else []
        called = getattr(message, "tool_calls", None) or []
        return Reply(
            calls=[one.function.name for one in called if getattr(one, "function", None)],
            text=message.content or "",
            end=choices[0].finish_reason,
            refusal=getattr(message, "refusal", None) or "",
            tokens=[(one.token, one.logprob) for one in alternatives],
        )

    def _streamed(self, body: dict[str, Any], request: Request) -> Reply:
        """Take an answer word by word, and stop listening to one that loops or takes too long."""
        reply, looked, patience = Reply(), 0, self._patience()
        until = time.monotonic() + patience
        stream: Any = self._client.chat.completions.create(
            **body, stream=True, stream_options={"include_usage": True}, timeout=patience
        )
        with stream:
            for chunk in stream:
                _count(chunk, request)
                if time.monotonic() > until:
                    raise TimedOut(f"{self._url} did not end its answer within {patience:.0f} s")
                if not chunk.choices:
                    continue
                delta = chunk.choices[0].delta
                reply.text += delta.content or ""
                reply.refusal += getattr(delta, "refusal", None) or ""
                reply.end = chunk.choices[0].finish_reason or reply.end
                if len(reply.text) >= looked + LOOK_EVERY:
                    looked = len(reply.text)
                    self._refuse_endless(reply.text)
        return reply

    def _refuse_endless(self, text: str) -> None:
        """Stop an answer that will not end by itself.

        Raises:
            Looping: If it repeats itself, or is longer than anything that is looked at.
        """
        loop = looping(text)
        if loop or len(text) > LONGEST_ANSWER:
            raise Looping(f"{self._model} does not come to an end: {(loop or text)[-60:]!r}")


def _count(answer: Any, request: Request) -> None:
    # A server that is none may answer anything that is JSON.
    told = getattr(answer, "usage", None)
    if told is not None:
        request.prompt_tokens = getattr(told, "prompt_tokens", 0) or 0
        request.completion_tokens = getattr(told, "completion_tokens", 0) or 0


def _scores(options: tuple[str, ...], p: Any, method: str) -> Scores:
    return Scores(options=options, probabilities=tuple(float(one) for one in p), method=method)
