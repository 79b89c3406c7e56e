"""A model that says what another said before, read from recordings, and says where the talk differs.

How alike the question has to be is chosen, since the same instruction meets the same
prompt only in the same scene:

- ``exact``: every word and every picture;
- ``words``: every word, whatever the pictures show;
- ``sense``: every word but the numbers, whatever the pictures show: other seeds of one scene.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from ...core.errors import InputError
from .budget import Meter
from .errors import Unrecorded
from .forms import brief
from .model import AnswerT, Capabilities, Message, Scores, Usage, checked_options
from .recording import Able, Conversation, SaidMessage, Turn, error_of, read_conversation, said

Likeness = Literal["exact", "words", "sense"]
LIKENESSES: tuple[Likeness, ...] = ("exact", "words", "sense")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class ReplayedModel:
    """Answers from recordings."""

    def __init__(self, path: Path, *, likeness: Likeness = "exact"):
        """Read what was recorded.

        Args:
            path: A recording, whose turns come in their order; or a folder of recordings, where each
                question takes the first unused turn that fits, of whichever conversation.
            likeness: How alike a question has to be.

        Raises:
            InputError: If there is no recording, or one is broken.
        """
        self._in_order = not path.is_dir()
        files = [path] if self._in_order else sorted(path.glob("*.json"))
        if not files:
            raise InputError(f"there are no recordings (*.json) in {str(path)!r}")
        read = [(file.name, read_conversation(file)) for file in files]
        self._turns = [
            (f"{name}, turn {number}", turn)
            for name, conversation in read
            for number, turn in enumerate(conversation.turns, start=1)
        ]
        first: Conversation = read[0][1]
        self.name, self.capabilities = first.model, _able(first.capabilities)
        self._likeness: Likeness = likeness
        self._meter = Meter()

    @property
    def usage(self) -> Usage:
        """What the replayed calls cost when they were recorded."""
        return self._meter.usage

    @property
    def left(self) -> int:
        """Turns that were not asked for yet."""
        return len(self._turns)

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Give the recorded text.

        Raises:
            LanguageModelError: The recorded one, or ``Unrecorded`` where the talk differs.
        """
        return self._next("text", messages).answer or ""

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Give the recorded answer in its form.

        Raises:
            LanguageModelError: The recorded one, or ``Unrecorded`` where the talk or the form differs.
        """
        turn = self._next("form", messages)
        try:
            return form.model_validate_json(turn.answer or "")
        except ValidationError as error:
            raise Unrecorded(
                f"the recorded answer, a {turn.form}, is no {form.__name__} any more: {brief(error)}"
            ) from error

    def score(self, messages: tuple[Message, ...], options: Sequence[str]) -> Scores:
        """Give the recorded scores.

        Raises:
            LanguageModelError: The recorded one, or ``Unrecorded`` where the talk or the options differ.
        """
        listed = checked_options(options)
        found = self._next("scores", messages, listed).scores
        if found is None:
            raise Unrecorded("the recorded turn holds no scores")
        known = dict(zip(found.options, range(len(found.options)), strict=True))
        order = [known[option] for option in listed]
        return Scores(
            options=listed,
            probabilities=tuple(found.probabilities[i] for i in order),
            method=found.method,
            logprobs=None if found.logprobs is None else tuple(found.logprobs[i] for i in order),
            mass=found.mass,
        )

    def _next(self, kind: str, messages: tuple[Message, ...], options: tuple[str, ...] = ()) -> Turn:
        """Take the turn that answers a question.

        Raises:
            LanguageModelError: The recorded one, or ``Unrecorded`` with where the talk differs.
        """
        asked = [said(message) for message in messages]
        with self._meter.request() as request:
            nearest = ""
            for i, (where, turn) in enumerate(self._turns[:1] if self._in_order else self._turns):
                trouble = self._difference(turn, kind, asked, options)
                if not trouble:
                    del self._turns[i]
                    request.prompt_tokens, request.completion_tokens = (
                        turn.prompt_tokens,
                        turn.completion_tokens,
                    )
                    break
                nearest = nearest or f"{where}: {trouble}"
            else:
                raise Unrecorded(f"this was not recorded; {nearest or 'the recording is at its end'}")
        if turn.error:
            raise error_of(turn)
        return turn

    def _difference(self, turn: Turn, kind: str, asked: list[SaidMessage], options: tuple[str, ...]) -> str:
        """Say where a question differs from a recorded one; nothing where it does not."""
        if turn.kind != kind:
            return f"recorded was a question for {turn.kind}, asked is one for {kind}"
        for number, (old, new) in enumerate(zip(turn.messages, asked, strict=False), start=1):
            where = f"message {number} ({new.role})"
            if old.role != new.role:
                return f"{where} was the {old.role}'s"
            trouble = _line_difference(self._plain(old.text), self._plain(new.text))
            if trouble:
                return f"{where}, {trouble}"
            if self._likeness == "exact" and old.pictures != new.pictures:
                return f"{where} showed pictures {old.pictures}, shows {new.pictures}"
        if len(turn.messages) != len(asked):
            return f"it had {len(turn.messages)} messages, has {len(asked)}"
        if set(turn.options) != set(options):
            return f"options differ: {sorted(set(turn.options) ^ set(options))}"
        return ""

    def _plain(self, text: str) -> str:
        return NUMBER.sub("#", text) if self._likeness == "sense" else text


def _line_difference(old: str, new: str) -> str:
    if old == new:
        return ""
    olds, news = old.splitlines(), new.splitlines()
    for number, (was, now) in enumerate(zip(olds, news, strict=False), start=1):
        if was != now:
            return f"line {number} was {was[:120]!r}, is {now[:120]!r}"
    return f"line {min(len(olds), len(news)) + 1} on: it had {len(olds)} lines, has {len(news)}"


def _able(able: Able) -> Capabilities:
    return Capabilities(
        pictures=able.pictures,
        schema=able.schema_,
        logprobs=able.logprobs,
        streaming=able.streaming,
        decisions=able.decisions,
    )
