"""OpenAI's protocol at the border: messages to it, its faults from it."""

import base64
import math
import time
from collections.abc import Mapping
from email.utils import mktime_tz, parsedate_tz
from typing import Any

from .errors import (
    LanguageModelError,
    NotAllowed,
    NotOffered,
    ServerDown,
    ServerFault,
    TimedOut,
    TooBusy,
    TooLong,
    Unreachable,
    WrongForm,
)
from .model import Message

QUOTED = 300
"""Most characters of a server's words in a message."""


def wire(messages: tuple[Message, ...], pictures: bool) -> list[dict[str, Any]]:
    """Write messages as the protocol has them.

    What one role says in several messages becomes one: the chat templates of some models refuse
    anything but turns.

    Args:
        messages: The conversation.
        pictures: Whether pictures are sent.
    """
    turns: list[list[Message]] = []
    for message in messages:
        if turns and turns[-1][0].role == message.role:
            turns[-1].append(message)
        else:
            turns.append([message])
    return [{"role": turn[0].role, "content": _content(turn, pictures)} for turn in turns]


def _content(turn: list[Message], pictures: bool) -> str | list[dict[str, Any]]:
    text = "\n\n".join(one.text for one in turn)
    shown = [picture for one in turn for picture in one.pictures] if pictures else []
    if not shown:
        return text
    parts: list[dict[str, Any]] = [{"type": "text", "text": text}]
    parts += [{"type": "image_url", "image_url": {"url": data_uri(picture)}} for picture in shown]
    return parts


def data_uri(picture: bytes) -> str:
    """Write a PNG into an address of its own; local servers fetch no others."""
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def translated(
    error: Exception, url: str, model: str, key_env: str, key: str, patience: float
) -> LanguageModelError:
    """Turn a fault of the ``openai`` package into one of ours.

    Args:
        error: The fault.
        url: The server's address.
        model: The model's name.
        key_env: Environment variable of the key.
        key: The key itself, which is struck out of whatever the server says.
        patience: How long an answer was waited for, [s].
    """
    import openai

    said = _said(error, key)
    # llama.cpp's server answers so, even within a stream, where the model's own words broke the form.
    if "model produced output" in said:
        return WrongForm(f"{model} broke the form of its answer: {said}")
    match error:
        case openai.APITimeoutError():
            return TimedOut(f"{url} gave no answer within {patience:.0f} s")
        case openai.APIConnectionError():
            return Unreachable(f"no server answers at {url}; is it running?")
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return NotAllowed(f"{url} refuses the key; set the environment variable {key_env} to a valid one")
        case openai.RateLimitError():
            return _busy(error, url, said)
        case openai.NotFoundError():
            return ServerFault(f"{url} has no model {model!r}, or no such service at that address: {said}")
        case openai.APIStatusError():
            return _by_words(error, url, model, said)
    return ServerFault(f"{url} does not answer as an OpenAI-compatible server does: {said}")


def _by_words(error: Any, url: str, model: str, said: str) -> LanguageModelError:
    """Tell faults apart that servers report with one status and their own words."""
    words = said.lower()
    if error.status_code in (400, 413, 422) and "context" in words:
        return TooLong(f"the prompt does not fit into {model}: {said}")
    if any(word in words for word in ("image", "mmproj", "vision", "multimodal")):
        return NotOffered(f"{model} at {url} takes no pictures (--text-only sends none): {said}")
    if error.status_code == 413:
        return TooLong(f"the request is too large for {url}: {said}")
    if error.status_code >= 500 or error.status_code in (408, 409, 425):
        return ServerDown(
            f"{url} failed with status {error.status_code}: {said}",
            after=_retry_after(error.response.headers),
        )
    return ServerFault(f"{url} refuses the request: {said}")


def _busy(error: Any, url: str, said: str) -> LanguageModelError:
    after = _retry_after(error.response.headers)
    if "quota" in said.lower() or "billing" in said.lower():
        return NotAllowed(f"{url}: the account has nothing left: {said}")
    when = "try again later" if after is None else f"try again in {after:.0f} s"
    return TooBusy(f"{url} refuses more requests for now; {when}", after=after)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Read what a server asks to wait, [s]: milliseconds, seconds or a date (RFC 9110, 10.2.3)."""
    for name, unit in (("retry-after-ms", 1e-3), ("retry-after", 1.0)):
        try:
            seconds = unit * float(headers.get(name, ""))
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(seconds, 0.0)
    date = parsedate_tz(headers.get("retry-after", ""))
    return None if date is None else max(mktime_tz(date) - time.time(), 0.0)


def means_schema(error: Exception) -> bool:
    """Say whether a server refuses because of the schema asked for."""
    return _refuses(error, ("response_format", "json_schema", "grammar", "schema"))


def means_logprobs(error: Exception) -> bool:
    """Say whether a server refuses because of the probabilities asked for."""
    return _refuses(error, ("logprobs", "log_probs", "logprob"))


def _refuses(error: Exception, names: tuple[str, ...]) -> bool:
    words = str(error).lower()
    return isinstance(error, ServerFault | NotOffered) and any(name in words for name in names)


def _said(error: Exception, key: str) -> str:
    body = getattr(error, "body", None)
    said = body.get("message") if isinstance(body, dict) else None
    return redacted(" ".join(str(said or error).split()), (key,))[:QUOTED]


def redacted(text: str, keys: tuple[str, ...]) -> str:
    """Strike keys out of a text."""
    for key in keys:
        # A placeholder such as "none" is no secret, and striking it out would garble words.
        if len(key) >= 6:
            text = text.replace(key, "[key]")
    return text
