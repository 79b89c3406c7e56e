"""A language model that answers from a script: for tests and examples."""

from collections.abc import Callable, Sequence

from pydantic import ValidationError

from .budget import Meter
from .errors import LanguageModelError, WrongForm
from .model import AnswerT, Capabilities, Message, Scores, Usage, checked_options

Line = str | LanguageModelError | Callable[[tuple[Message, ...]], str] | tuple[float, ...]


class ScriptedModel:
    """Gives the script's lines in turn.

    A line is a text, an error, a function of the conversation, or, where options are scored, one
    weight for each; a text scores the option that it names.
    """

    name = "scripted"

    def __init__(self, lines: Sequence[Line], *, pictures: bool = True):
        """Learn the script.

        Args:
            lines: Answers in order.
            pictures: Whether it says that it can see.
        """
        self._lines = list(lines)
        self.capabilities = Capabilities(pictures=pictures, schema=False, logprobs=0)
        self._meter = Meter()
        self.heard: list[tuple[Message, ...]] = []

    @property
    def usage(self) -> Usage:
        """What all calls have cost so far."""
        return self._meter.usage

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Give the next line.

        Raises:
            LanguageModelError: If the line is one, is no text, or the script is at its end.
        """
        line = self._next(messages)
        if isinstance(line, tuple):
            raise WrongForm(f"the next line of the script is weights, {line!r}; a text was asked for")
        return line

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Give the next line, read as a form.

        Raises:
            LanguageModelError: If it does not fit.
        """
        text = self.complete(messages)
        try:
            return form.model_validate_json(text)
        except ValidationError as error:
            raise WrongForm(f"the scripted answer does not fit {form.__name__}: {error}") from error

    def score(self, messages: tuple[Message, ...], options: Sequence[str]) -> Scores:
        """Give the next line's weights.

        Raises:
            LanguageModelError: If the line is an error, or does not fit the options.
        """
        listed, line = checked_options(options), self._next(messages)
        weights = line if isinstance(line, tuple) else tuple(float(one == line) for one in listed)
        if len(weights) != len(listed) or sum(weights) <= 0.0:
            raise WrongForm(f"the scripted answer {line!r} does not fit the options {', '.join(listed)}")
        shares = tuple(weight / sum(weights) for weight in weights)
        return Scores(options=listed, probabilities=shares, method="scripted")

    def _next(self, messages: tuple[Message, ...]) -> str | tuple[float, ...]:
        with self._meter.request():
            self.heard.append(messages)
        if not self._lines:
            raise WrongForm(f"the script is at its end after {self.usage.calls - 1} answers")
        line = self._lines.pop(0)
        if isinstance(line, LanguageModelError):
            raise line
        return line(messages) if callable(line) else line
