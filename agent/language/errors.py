"""What can go wrong with a language model.

The tree::

    LanguageModelError
    ├── Unreachable      no server answers
    ├── TimedOut         no answer in time
    ├── NotAllowed       the key is missing or refused
    ├── TooBusy          the server refuses more requests for now
    ├── TooLong          the prompt does not fit into the model
    ├── ServerFault      the server failed or speaks another protocol
    ├── BadAnswer        the answer is empty, cut off, refused or not in the form asked for
    └── OverBudget       the calls that an instruction may take are used up
"""

from ...core.errors import HandselError


class LanguageModelError(HandselError):
    """A language model could not answer; the text says what to do."""


class Unreachable(LanguageModelError):
    """No server answers."""


class TimedOut(LanguageModelError):
    """No answer came in time."""


class NotAllowed(LanguageModelError):
    """The key is missing or refused."""


class TooBusy(LanguageModelError):
    """The server refuses more requests for now."""


class TooLong(LanguageModelError):
    """The prompt does not fit into the model."""


class ServerFault(LanguageModelError):
    """The server failed, or speaks another protocol."""


class BadAnswer(LanguageModelError):
    """The answer is empty, cut off, refused, or not in the form that was asked for."""


class OverBudget(LanguageModelError):
    """The calls that an instruction may take are used up."""
