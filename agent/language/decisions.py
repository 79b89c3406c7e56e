"""OpenAI's Decisions, where a server offers them: one request weighs up to 255 options.

The form of request and answer is that of the ``openai`` package, ``client.decisions``.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .errors import Refused, ServerFault
from .model import Message
from .openai_wire import data_uri
from .weighing import Float64, in_groups

MOST = 255
"""Most options of one question; the interface's bound."""
LEAST = 1e-6
"""An option that is told as impossible still counts this much, so that groups can be compared."""

Ask = Callable[[list[dict[str, Any]], list[dict[str, Any]]], Any]


def weighed(
    ask: Ask, messages: tuple[Message, ...], options: Sequence[str], rng: np.random.Generator
) -> Float64:
    """Weigh options.

    Args:
        ask: Sends an input with questions, and gives the answer.
        messages: The conversation.
        options: What is weighed, at least two.
        rng: Chance of the groups, where there are more than one question takes.

    Returns:
        Probabilities, shape ``(len(options),)``, together 1.

    Raises:
        Refused: If the model declines.
        ServerFault: If the answer is no decision.
        LanguageModelError: If there is none.
    """
    said = [_item(message) for message in messages]

    def one_round(chosen: list[int]) -> Float64:
        question = {
            "type": "choice",
            "name": "answer",
            "instructions": "Which of these is the best answer to the last message?",
            "choices": [{"value": options[i]} for i in chosen],
        }
        return _read(ask(said, [question]), [options[i] for i in chosen])

    return in_groups(len(options), MOST, one_round, rng)


def _read(answer: Any, options: list[str]) -> Float64:
    answers = getattr(answer, "answers", None)
    kind = getattr(answers[0], "type", None) if answers else None
    if answers and kind == "refusal":
        raise Refused("the model refuses to decide")
    if not answers or kind != "choice":
        raise ServerFault(f"expected a choice among {len(options)} options, got {kind!r}")
    told = {one.value: one.probability for one in answers[0].probabilities}
    if not set(options) & told.keys():
        raise ServerFault("none of the options is in the decision")
    p = np.maximum([float(told.get(option, 0.0)) for option in options], LEAST)
    return p / p.sum()


def _item(message: Message) -> dict[str, Any]:
    if message.role != "user" or not message.pictures:
        return {"type": "message", "role": message.role, "content": message.text}
    parts: list[dict[str, Any]] = [{"type": "input_text", "text": message.text}]
    parts += [{"type": "input_image", "image_url": data_uri(one)} for one in message.pictures]
    return {"type": "message", "role": "user", "content": parts}
