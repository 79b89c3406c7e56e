"""A language model that answers from a script: for tests, examples and replays."""

from collections.abc import Callable, Sequence

from pydantic import ValidationError

from .errors import BadAnswer, LanguageModelError
from .model import AnswerT, Capabilities, Message, Usage

Line = str | LanguageModelError | Callable[[tuple[Message, ...]], str]


class ScriptedModel:
    """Gives the script's lines in turn; a line may be an error, or a function of the conversation."""

    name = "scripted"

    def __init__(self, lines: Sequence[Line], *, pictures: bool = True):
        """Learn the script.

        Args:
            lines: Answers in order.
            pictures: Whether it says that it can see.
        """
        self._lines = list(lines)
        self.capabilities = Capabilities(pictures=pictures, schema=False)
        self.usage = Usage()
        self.heard: list[tuple[Message, ...]] = []

    def complete(self, messages: tuple[Message, ...]) -> str:
        """Give the next line.

        Raises:
            LanguageModelError: If the line is one, or the script is at its end.
        """
        self.heard.append(messages)
        self.usage = self.usage.plus(Usage(calls=1))
        if not self._lines:
            raise BadAnswer(f"the script is at its end after {self.usage.calls - 1} answers")
        line = self._lines.pop(0)
        if isinstance(line, LanguageModelError):
            raise line
        return line if isinstance(line, str) else line(messages)

    def complete_as(self, messages: tuple[Message, ...], form: type[AnswerT]) -> AnswerT:
        """Give the next line, read as a form.

        Raises:
            LanguageModelError: If it does not fit.
        """
        text = self.complete(messages)
        try:
            return form.model_validate_json(text)
        except ValidationError as error:
            raise BadAnswer(f"the scripted answer does not fit {form.__name__}: {error}") from error
