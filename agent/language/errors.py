"""What can go wrong with a language model.

The tree::

    LanguageModelError
    ├── Unreachable      no server answers, or the connection broke
    ├── TimedOut         no answer in time
    ├── NotAllowed       the key is missing or refused
    ├── TooBusy          the server refuses more requests for now
    ├── TooLong          the prompt does not fit into the model
    ├── NotOffered       the model cannot do what was asked, such as look at pictures
    ├── ServerFault      the server speaks another protocol, or refuses the request
    │   └── ServerDown   it failed by itself; the same request may work later
    ├── BadAnswer        there is an answer, and it is of no use
    │   ├── EmptyAnswer      nothing was said
    │   ├── CutOff           it did not come to an end
    │   ├── Looping          it says the same again and again
    │   ├── Refused          the model declines
    │   ├── WrongForm        it is not in the form that was asked for
    │   └── WrongLanguage    it is in a language that nobody spoke
    ├── OverBudget       what an instruction may take is used up
    └── Unrecorded       a replayed conversation goes another way than the recorded one

``transient`` says whether the same request may be sent again; ``after`` is what
the server asks to wait before that, [s]. A ``BadAnswer`` is worth another try
with other words.
"""

from ...core.errors import HandselError


class LanguageModelError(HandselError):
    """A language model could not answer; the text says what to do."""

    transient = False

    def __init__(self, text: str, *, after: float | None = None):
        """Say what went wrong.

        Args:
            text: What, and what to do.
            after: What the server asks to wait before the next request, [s].
        """
        super().__init__(text)
        self.after = after


class Unreachable(LanguageModelError):
    """No server answers, or the connection broke."""

    transient = True


class TimedOut(LanguageModelError):
    """No answer came in time; the wait is not granted a second time."""


class NotAllowed(LanguageModelError):
    """The key is missing or refused."""


class TooBusy(LanguageModelError):
    """The server refuses more requests for now."""

    transient = True


class TooLong(LanguageModelError):
    """The prompt does not fit into the model."""


class NotOffered(LanguageModelError):
    """The model or its server cannot do what was asked."""


class ServerFault(LanguageModelError):
    """The server speaks another protocol, or refuses the request."""


class ServerDown(ServerFault):
    """The server failed by itself; the same request may work later."""

    transient = True


class BadAnswer(LanguageModelError):
    """There is an answer, and it is of no use."""


class EmptyAnswer(BadAnswer):
    """Nothing was said."""


class CutOff(BadAnswer):
    """The answer did not come to an end."""


class Looping(BadAnswer):
    """The answer says the same again and again."""


class Refused(BadAnswer):
    """The model declines to answer."""


class WrongForm(BadAnswer):
    """The answer is not in the form that was asked for."""


class WrongLanguage(BadAnswer):
    """The answer is in a language that nobody spoke."""


class OverBudget(LanguageModelError):
    """What an instruction may take is used up."""


class Unrecorded(LanguageModelError):
    """A replayed conversation goes another way than the recorded one; the text says where."""
