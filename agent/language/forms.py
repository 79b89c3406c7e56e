"""Answers in a form: asked for by schema or in words, checked with pydantic, one repair."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from .answers import refuse_foreign
from .errors import BadAnswer, WrongForm, WrongLanguage
from .model import AnswerT, Message

Ask = Callable[[tuple[Message, ...]], str]


def asked_in_form(
    ask: Ask, messages: tuple[Message, ...], form: type[AnswerT], who: str, *, in_words: bool
) -> AnswerT:
    """Ask for an answer in a form; one that does not fit is sent back once with the reason.

    Args:
        ask: Sends a conversation and gives the answer's text.
        messages: The conversation.
        form: What the answer has to fit.
        who: The model's name, for messages.
        in_words: Whether the schema has to be told in the conversation, since the server keeps to none.

    Raises:
        WrongForm: If the second answer does not fit either.
        LanguageModelError: If there is no answer.
    """
    if in_words:
        messages = (*messages, Message(role="user", text=told(form)))
    text = ask(messages)
    try:
        return read_form(text, form, who, messages)
    except (ValidationError, WrongLanguage) as error:
        reason = brief(error)
    again = Message(role="user", text=f"That does not fit: {reason}. Answer again, JSON only, in English.")
    text = ask((*messages, Message(role="assistant", text=text), again))
    try:
        return read_form(text, form, who, messages)
    except ValidationError as error:
        raise WrongForm(
            f"{who} does not answer in the form asked for, twice: {brief(error)}; "
            "a larger model, or a server that keeps to json_schema, would help"
        ) from error


def read_form(text: str, form: type[AnswerT], who: str, messages: tuple[Message, ...]) -> AnswerT:
    """Read an answer.

    Raises:
        ValidationError: If it does not fit.
        WrongLanguage: If its words are of a language that nobody spoke.
    """
    answer = form.model_validate_json(unfenced(text))
    # Sentences only: names and numbers are of no language.
    said = [leaf for leaf in _leaves(answer.model_dump(mode="json")) if " " in leaf or not leaf.isascii()]
    refuse_foreign("\n".join(said), who, messages)
    return answer


def told(form: type[BaseModel]) -> str:
    """Ask for a form in words."""
    return "Answer with one JSON object that fits this schema, and nothing else:\n" + json.dumps(
        form.model_json_schema()
    )


def strict_schema(form: type[BaseModel]) -> dict[str, Any]:
    """Give a form's schema as servers with strict schemas want it.

    Every entry of every object is required, none may be added, and there are no defaults
    (OpenAI's guide to structured outputs, "supported schemas").
    """
    schema = _strict(form.model_json_schema())
    assert isinstance(schema, dict)
    return schema


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept = {
        # The keys of these two are names, not words of the schema.
        key: {name: _strict(one) for name, one in value.items()}
        if key in ("properties", "$defs")
        else _strict(value)
        for key, value in node.items()
        if key not in ("default", "title")
    }
    if "properties" in kept:
        kept |= {"required": list(kept["properties"]), "additionalProperties": False}
    return kept


def unfenced(text: str) -> str:
    """Take a JSON object out of the prose or the fence that a model may put round it."""
    begin, end = text.find("{"), text.rfind("}")
    return text[begin : end + 1] if 0 <= begin < end else text


def brief(error: ValidationError | BadAnswer) -> str:
    """Say what is wrong with an answer, shortly, for the model to repair."""
    if isinstance(error, BadAnswer):
        return str(error)
    parts = [f"{'.'.join(map(str, one['loc'])) or 'answer'}: {one['msg']}" for one in error.errors()[:4]]
    return "; ".join(parts)


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _leaves(one)
        case list():
            for one in value:
                yield from _leaves(one)
