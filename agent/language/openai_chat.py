"""Any server that speaks OpenAI's Chat Completions: OpenAI, Ollama, vLLM, llama.cpp, LM Studio, ...

Only what all of them understand is used: text, pictures as data URIs, a seed,
a bound on the answer's length, and ``json_schema``, whose result is checked
here whatever the server promises.
"""

import base64
import json
import os
import time
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ...core.errors import InputError, MissingDependency
from .errors import BadAnswer, NotAllowed, ServerFault, TimedOut, TooBusy, TooLong, Unreachable
from .model import AnswerT, Capabilities, Message, Usage

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletion

LONGEST_ANSWER = 20_000
"""Most characters of an answer that are looked at."""
QUOTED = 300
"""Most characters of a server's words in a message."""


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
            seed: Seed of the server's sampling, where it knows one.

        Raises:
            InputError: If the address is none.
            MissingDependency: If the ``openai`` package is not installed.
        """
        if not base_url.startswith(("http://", "https://")):
            raise InputError(
                f"{base_url!r} is no address of a server; expected such as 'http://localhost:11434/v1'"
            )
        if not model:
            raise InputError("a server needs the name of a model; give it with --model NAME")
        try:
            import openai
        except ImportError as error:
            raise MissingDependency("the package openai is not installed", "pip install openai") from error
        self._openai = openai
        self._url, self._model, self._key_env = base_url, model, api_key_env
        self._timeout, self._max_tokens, self._seed = timeout, max_tokens, seed
        self.capabilities = capabilities or Capabilities()
        self.usage = Usage()
        self._client: OpenAI = openai.OpenAI(
            base_url=base_url,
            # The client insists on a key; a server of one's own takes any.
            api_key=os.environ.get(api_key_env) or "none",
            timeout=timeout,
            max_retries=retries,
        )

    @property
    def name(self) -> str:
        """Name in traces: the model's, never the key."""
        return self._model

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Answer in text; see ``LanguageModel.complete``."""
        return self._asked(messages, {})

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Answer in a form; an answer that does not fit is sent back once with the reason."""
        schema = {"name": form.__name__, "schema": form.model_json_schema(), "strict": True}
        extra = {"response_format": {"type": "json_schema", "json_schema": schema}}
        if not self.capabilities.schema:
            extra = {}
            wanted = f"Answer with one JSON object that fits this schema:\n{json.dumps(schema['schema'])}"
            messages = (*messages, Message(role="user", text=wanted))
        text = self._asked(messages, extra)
        try:
            return form.model_validate_json(unfenced(text))
        except ValidationError as error:
            told = Message(role="user", text=f"That does not fit: {_brief(error)}. Answer again, JSON only.")
        text = self._asked((*messages, Message(role="assistant", text=text), told), extra)
        try:
            return form.model_validate_json(unfenced(text))
        except ValidationError as error:
            raise BadAnswer(
                f"{self._model} does not answer in the form asked for, twice: {_brief(error)}; "
                "a larger model, or a server that keeps to json_schema, would help"
            ) from error

    def _asked(self, messages: tuple[Message, ...], extra: dict[str, Any]) -> str:
        began = time.monotonic()
        counted = Usage(calls=1)
        try:
            answer = self._request(messages, extra)
            # A server that is none may answer anything that is JSON.
            told = getattr(answer, "usage", None)
            if told is not None:
                counted = Usage(
                    calls=1,
                    prompt_tokens=told.prompt_tokens or 0,
                    completion_tokens=told.completion_tokens or 0,
                )
        finally:
            self.usage = self.usage.plus(counted).plus(Usage(seconds=time.monotonic() - began))
        return self._text(answer)

    def _request(self, messages: tuple[Message, ...], extra: dict[str, Any]) -> "ChatCompletion":
        """Send one request; every fault becomes one of ours.

        Raises:
            LanguageModelError: Of the kind that the fault is.
        """
        openai = self._openai
        wire: Any = [_wire(message, self.capabilities.pictures) for message in messages]
        limit = "max_completion_tokens" if "api.openai.com" in self._url else "max_tokens"
        try:
            return self._client.chat.completions.create(
                model=self._model, messages=wire, seed=self._seed, **{limit: self._max_tokens}, **extra
            )
        except openai.APITimeoutError as error:
            raise TimedOut(f"{self._url} gave no answer within {self._timeout:.0f} s") from error
        except openai.APIConnectionError as error:
            raise Unreachable(f"no server answers at {self._url}; is it running?") from error
        except (openai.AuthenticationError, openai.PermissionDeniedError) as error:
            raise NotAllowed(
                f"{self._url} refuses the key; set the environment variable {self._key_env} to a valid one"
            ) from error
        except openai.RateLimitError as error:
            raise TooBusy(f"{self._url} refuses more requests for now; try again later") from error
        except openai.NotFoundError as error:
            raise ServerFault(
                f"{self._url} has no model {self._model!r}, or no chat at that address: {_said(error)}"
            ) from error
        except openai.BadRequestError as error:
            if "context" in str(error).lower():
                raise TooLong(f"the prompt does not fit into {self._model}: {_said(error)}") from error
            raise ServerFault(f"{self._url} refuses the request: {_said(error)}") from error
        except (openai.OpenAIError, ValueError) as error:
            # llama.cpp's server answers so where the model's own words broke the form.
            if "model produced output" in str(error):
                raise BadAnswer(f"{self._model} broke the form of its answer: {_said(error)}") from error
            raise ServerFault(f"{self._url} failed: {_said(error)}") from error

    def _text(self, answer: "ChatCompletion") -> str:
        """Take the text out of an answer.

        Raises:
            BadAnswer: If there is none, or not all of it.
            ServerFault: If it is no chat completion.
        """
        choices = getattr(answer, "choices", None)
        if not choices:
            raise ServerFault(f"{self._url} does not answer as a chat server does; is the address right?")
        message, end = choices[0].message, choices[0].finish_reason
        if getattr(message, "refusal", None):
            raise BadAnswer(f"{self._model} refuses to answer: {str(message.refusal)[:QUOTED]!r}")
        text = message.content or ""
        if not text.strip():
            raise BadAnswer(f"{self._model} gave an empty answer")
        if end == "length":
            raise BadAnswer(
                f"{self._model} did not come to an end within {self._max_tokens} tokens; "
                f"its answer begins {text[:60]!r}"
            )
        return text[:LONGEST_ANSWER]


def unfenced(text: str) -> str:
    """Take a JSON object out of the prose or the fence that a model may put round it."""
    begin, end = text.find("{"), text.rfind("}")
    return text[begin : end + 1] if 0 <= begin < end else text


def _wire(message: Message, pictures: bool) -> dict[str, Any]:
    if not message.pictures or not pictures:
        return {"role": message.role, "content": message.text}
    parts: list[dict[str, Any]] = [{"type": "text", "text": message.text}]
    for picture in message.pictures:
        uri = "data:image/png;base64," + base64.b64encode(picture).decode()
        parts.append({"type": "image_url", "image_url": {"url": uri}})
    return {"role": message.role, "content": parts}


def _said(error: Exception) -> str:
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    return str(said or error)[:QUOTED]


def _brief(error: ValidationError) -> str:
    parts = [f"{'.'.join(map(str, one['loc'])) or 'answer'}: {one['msg']}" for one in error.errors()[:4]]
    return "; ".join(parts)
