"""A model that answers as another one did when the same was asked of other places of the same things.

A recorded conversation fits word for word only the scene that it was made in. Here a question is
known by its topic: which prompt, and about which instruction or step. So one recording serves every
layout of a scene, as far as what was said holds there; a judgement of pictures is never carried over.
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from ...core.errors import InputError
from ..language.budget import Meter
from ..language.errors import Unrecorded
from ..language.model import AnswerT, Capabilities, Message, Scores, Usage, checked_options
from ..language.recording import Conversation, Turn, error_of, read_conversation, said
from .topics import TRANSFERABLE, kind_of, topic_of

LEAST = 1e-4
"""What an option is worth that was not among those that were weighed."""


class RehearsedModel:
    """Answers by topic from one recorded conversation."""

    def __init__(self, path: Path):
        """Read what was recorded.

        Args:
            path: The recording.

        Raises:
            InputError: If there is none, or it is broken.
        """
        conversation: Conversation = read_conversation(path)
        if not conversation.turns:
            raise InputError(f"nothing was said in the recording {str(path)!r}")
        self.name, self._path = conversation.model, path
        able = conversation.capabilities
        self.capabilities = Capabilities(
            pictures=able.pictures,
            schema=able.schema_,
            logprobs=able.logprobs,
            streaming=able.streaming,
            decisions=able.decisions,
        )
        self._meter = Meter()
        self._turns: dict[str, list[Turn]] = {}
        for turn in conversation.turns:
            self._turns.setdefault(topic_of(turn.messages), []).append(turn)

    @property
    def usage(self) -> Usage:
        """What the calls cost when they were recorded."""
        return self._meter.usage

    @property
    def kinds(self) -> frozenset[str]:
        """Which prompts were answered."""
        return frozenset(map(kind_of, self._turns))

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Give the recorded text.

        Raises:
            LanguageModelError: The recorded one, or ``Unrecorded``.
        """
        return self._next("text", messages).answer or ""

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Give the recorded answer in its form.

        Raises:
            LanguageModelError: The recorded one, or ``Unrecorded``.
        """
        turn = self._next("form", messages)
        try:
            return form.model_validate_json(turn.answer or "")
        except ValidationError as error:
            raise Unrecorded(f"the recorded answer is no {form.__name__} any more: {error}") from error

    def score(self, messages: tuple[Message, ...], options: Sequence[str]) -> Scores:
        """Give the recorded weights of the options that there are now, together 1.

        Raises:
            LanguageModelError: The recorded one, or ``Unrecorded``.
        """
        listed, found = checked_options(options), self._next("scores", messages).scores
        if found is None:
            raise Unrecorded("the recorded turn holds no scores")
        known = dict(zip(found.options, found.probabilities, strict=True))
        weights = [max(known.get(option, 0.0), LEAST) for option in listed]
        shares = tuple(weight / sum(weights) for weight in weights)
        return Scores(options=listed, probabilities=shares, method=found.method, mass=found.mass)

    def _next(self, kind: str, messages: tuple[Message, ...]) -> Turn:
        """Take the next answer on a topic; the last one is given again and again.

        Raises:
            LanguageModelError: The recorded one, or ``Unrecorded``.
        """
        topic = topic_of(messages)
        with self._meter.request() as request:
            turns = [turn for turn in self._turns.get(topic, ()) if turn.kind == kind]
            if not turns:
                raise Unrecorded(
                    f"nothing was recorded on {topic!r} in {self._path.name}; recorded are: "
                    + "; ".join(self._turns)
                )
            turn = turns[0]
            pictures = [one for message in messages for one in said(message).pictures]
            was = [one for message in turn.messages for one in message.pictures]
            if kind_of(topic) not in TRANSFERABLE and pictures != was:
                raise Unrecorded(f"{topic!r} was recorded of other pictures; it cannot be carried over")
            if len(turns) > 1:
                self._turns[topic].remove(turn)
            request.prompt_tokens, request.completion_tokens = turn.prompt_tokens, turn.completion_tokens
        if turn.error:
            raise error_of(turn)
        return turn
