"""What a server can do, found out by asking it: small requests, each of which shows one thing.

What is measured is what the server does, not what it says of itself; only the length of
its context is taken at its word, where it tells one.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from .errors import BadAnswer, LanguageModelError, NotAllowed, NotOffered, Unreachable
from .forms import strict_schema
from .model import Capabilities, Message
from .openai_chat import OpenAIChat

LONGEST_PROMPT = 6000
"""No prompt of ours is longer, [tokens]."""
ROOM = 2000
"""And answers need so much besides."""
LONGEST_WORDS = 60
"""Most characters of a fault in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """One line of the table.

    Attributes:
        name: What was probed.
        offered: Whether the server does it; None where it cannot be told.
        found: What it did, or said.
        without: What the agent does where it is not offered.
    """

    name: str
    offered: bool | None
    found: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that was probed.

    Attributes:
        abilities: One line each.
        capabilities: What follows for the client.
    """

    abilities: tuple[Ability, ...]
    capabilities: Capabilities


class ColorAnswer(BaseModel):
    """The form that schemas are probed with: a server that keeps to it says one of three words."""

    model_config = ConfigDict(extra="forbid")

    color: Literal["vermilion", "teal", "ochre"]
    count: int


def probe(model: OpenAIChat) -> Report:
    """Find out what a model on a server can do, in some ten short requests.

    Args:
        model: A client, whatever it declares.

    Raises:
        LanguageModelError: If the model does not answer at all.
    """
    text = _text(model)
    schema = _ability(
        model,
        "json schema",
        lambda: _schema(model),
        "the schema is told in words; answers are checked and repaired",
    )
    logprobs, most = _logprobs(model)
    decisions = _ability(
        model, "decisions", lambda: _decisions(model), "options are weighed by letters or a ranking"
    )
    pictures = _ability(
        model, "images", lambda: _pictures(model), "only the scene as text is sent, as with --text-only"
    )
    streaming = _ability(
        model, "streaming", lambda: _stream(model), "a looping answer is noticed only at its end"
    )
    tools = _ability(
        model, "tools", lambda: _tools(model), "nothing: the agent asks for JSON, not for tool calls"
    )
    capabilities = Capabilities(
        pictures=bool(pictures.offered),
        schema=bool(schema.offered),
        logprobs=most,
        streaming=bool(streaming.offered),
        decisions=bool(decisions.offered),
    )
    listed = (text, schema, logprobs, decisions, pictures, streaming, tools, _context(model))
    return Report(abilities=listed, capabilities=capabilities)


def _ability(model: OpenAIChat, name: str, ask: Callable[[], str], without: str) -> Ability:
    """Try one thing; a refusal is a finding, a lost server is none."""
    try:
        return Ability(name=name, offered=True, found=ask(), without=without)
    except (Unreachable, NotAllowed):
        raise
    except LanguageModelError as error:
        return Ability(name=name, offered=False, found=_short(str(error), model), without=without)


def _text(model: OpenAIChat) -> Ability:
    """Ask for a word: whoever cannot say one cannot be used."""
    try:
        found = repr(model.complete(_asked("Answer with the word yes."))[:20])
    except BadAnswer as error:
        # A model that rambles does answer, after all.
        found = _short(str(error), model)
    return Ability(name="text", offered=True, found=found, without="")


def _schema(model: OpenAIChat) -> str:
    """Ask for a form without a word about it: only a server that keeps to schemas can fit it."""
    schema = {"name": "ColorAnswer", "schema": strict_schema(ColorAnswer), "strict": True}
    body = {"response_format": {"type": "json_schema", "json_schema": schema}}
    said = model.raw(_asked("Tell me about your day."), body, limit=100).text
    try:
        answer = ColorAnswer.model_validate_json(said)
    except ValueError as error:
        raise NotOffered(f"asked for a schema, it said {said[:30]!r}") from error
    return f"kept to it: {answer.color}"


def _logprobs(model: OpenAIChat) -> tuple[Ability, int]:
    without, trouble = "options are ranked in words instead of weighed by their probabilities", ""
    for most in (20, 10, 5):
        try:
            tokens = model.raw(
                _asked("Say A or B."), {"logprobs": True, "top_logprobs": most}, limit=1
            ).tokens
        except (Unreachable, NotAllowed):
            raise
        except LanguageModelError as error:
            trouble = _short(str(error), model)
            continue
        if not tokens:
            trouble = "accepts the wish and tells none"
            break
        found = f"{len(tokens)} likeliest tokens"
        return Ability(name="logprobs", offered=True, found=found, without=without), min(most, len(tokens))
    return Ability(name="logprobs", offered=False, found=trouble, without=without), 0


def _decisions(model: OpenAIChat) -> str:
    able = model.capabilities
    model.capabilities = Capabilities(pictures=False, decisions=True)
    try:
        return f"prefers {model.score(_asked('Which is a color?'), ['red', 'seven']).best!r}"
    finally:
        model.capabilities = able


def _pictures(model: OpenAIChat) -> str:
    """Show a picture that is all red, and one that is all blue.

    A server may drop pictures without a word. So the tokens that it counts are compared with those of
    the words alone, where it counts any.
    """
    asked = "Which color is this? One word."
    able = model.capabilities
    model.capabilities = Capabilities(pictures=True)
    try:
        before = model.usage.prompt_tokens
        model.raw(_asked(asked), {}, limit=8)
        words = model.usage.prompt_tokens - before
        said, seen = [], 0
        for color in ("red", "blue"):
            before = model.usage.prompt_tokens
            shown = (Message(role="user", text=asked, pictures=(plain_picture(color),)),)
            said.append(model.raw(shown, {}, limit=8).text.strip())
            seen = model.usage.prompt_tokens - before
    finally:
        model.capabilities = able
    if words and seen <= words:
        raise NotOffered("takes pictures and does not count a token for them")
    right = "red" in said[0].lower() and "blue" in said[1].lower()
    return (
        "sees red and blue"
        if right
        else f"takes them; of red and blue it says {said[0][:9]!r}, {said[1][:9]!r}"
    )


def _stream(model: OpenAIChat) -> str:
    able = model.capabilities
    model.capabilities = Capabilities(streaming=True)
    try:
        reply = model.raw(_asked("Count to three."), {}, limit=16)
    finally:
        model.capabilities = able
    if not reply.text and reply.end is None:
        raise NotOffered("asked for a stream, it sent none")
    return "word by word"


def _tools(model: OpenAIChat) -> str:
    """Offer a tool and insist on it."""
    parameters = {"type": "object", "properties": {"thing": {"type": "string"}}, "required": ["thing"]}
    tool = {
        "type": "function",
        "function": {"name": "pick", "description": "Pick up.", "parameters": parameters},
    }
    reply = model.raw(_asked("Pick up the ball."), {"tools": [tool], "tool_choice": "required"}, limit=60)
    if not reply.calls:
        raise NotOffered("offered a tool that has to be used, it used none")
    return f"calls {reply.calls[0]}"


def _context(model: OpenAIChat) -> Ability:
    """Ask the server how much fits, in the words of vLLM, LM Studio and llama.cpp."""
    without = f"longer prompts are refused by name; ours have at most {LONGEST_PROMPT} tokens"
    length = _told_length(model)
    if length is None:
        return Ability(name="context", offered=None, found="not told", without=without)
    enough = length >= LONGEST_PROMPT + ROOM
    return Ability(name="context", offered=enough, found=f"{length} tokens", without=without)


def _told_length(model: OpenAIChat) -> int | None:
    for entry in model.listed():
        if entry.get("id") not in (model.name, None) and len(model.listed()) > 1:
            continue
        meta = entry.get("meta") or {}
        for told in (
            entry.get("max_model_len"),
            entry.get("max_context_length"),
            entry.get("context_length"),
            meta.get("n_ctx"),
            meta.get("n_ctx_train"),
        ):
            if isinstance(told, int) and told > 0:
                return told
    return None


def _asked(text: str) -> tuple[Message, ...]:
    return (Message(role="user", text=text),)


def plain_picture(color: str) -> bytes:
    """Paint a small picture in one color, as a PNG file."""
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (64, 64), color).save(stream, format="PNG")
    return stream.getvalue()


def _short(text: str, model: OpenAIChat) -> str:
    """Say a fault in a few words; whose it is, stands over the table."""
    for name in (f"{model.name} at {model.address}", model.address, model.name):
        text = text.removeprefix(name)
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_WORDS else line[: LONGEST_WORDS - 1] + "…"
