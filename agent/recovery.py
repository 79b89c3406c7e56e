"""The ladder of recovery: plan anew, go back a stage, ask the mind, ask the person, give up with the cause.

The first two rungs are climbed where a program is carried out (``skills/programmed.py``),
and again by the loop, which looks, chooses and plans a step anew. Every rung is told as a
``recover`` event with its cause, and each has its own limit in ``Limits``.
"""

from enum import StrEnum

from ..core.causes import Cause
from ..core.errors import HandselError, MissingDependency, RobotError, SkillFailed
from .corrections import Talk
from .episode import Limits
from .events import Stream
from .mind import Subtask
from .thinking import OverLimit, Thinking


class Rung(StrEnum):
    """The rungs, in their order."""

    RESOLVE = "re-solve"
    GO_BACK = "go back"
    REDECOMPOSE = "re-decompose"
    ASK = "ask"
    GIVE_UP = "give up"


class StepFailed(Exception):
    """A step was tried as often as it may be."""

    def __init__(self, subtask: Subtask, cause: Cause, reason: str):
        """Hold the step and what stood in its way."""
        super().__init__(reason)
        self.subtask, self.cause, self.reason = subtask, cause, reason


class GaveUp(SkillFailed):
    """The end of the ladder."""

    def __init__(self, cause: Cause, text: str):
        """Hold the cause and what the person is told."""
        super().__init__(text)
        self.cause = cause


class Recovery:
    """Counts the rungs of one instruction."""

    def __init__(self, thinking: Thinking, limits: Limits, stream: Stream):
        """Stand on the ground.

        Args:
            thinking: The mind.
            limits: How often each rung may be climbed.
            stream: Who is told.
        """
        self._thinking, self._limits, self._stream = thinking, limits, stream
        self._redecomposed = self._asked = 0

    def again(self, attempt: int, cause: Cause, reason: str, subtask: Subtask) -> None:
        """Tell that a step is looked at, chosen and planned anew."""
        self._tell(Rung.RESOLVE, cause, reason, subtask, attempt=attempt)

    def redecomposed(self, failure: StepFailed, talk: Talk) -> tuple[Subtask, ...] | None:
        """Ask the mind what to do now; None where it may not be asked, or knows no other way."""
        if self._redecomposed >= self._limits.redecompose:
            return None
        self._redecomposed += 1
        happened = f"{failure.subtask.text} failed ({failure.cause}): {failure.reason}"
        try:
            found = self._thinking.again(talk, happened)
        except (RobotError, MissingDependency, OverLimit):
            raise
        except HandselError as refusal:
            self._tell(Rung.REDECOMPOSE, failure.cause, f"no other way: {refusal}", failure.subtask, texts=[])
            return None
        if found is None:
            return None
        texts = [one.text for one in found]
        self._tell(Rung.REDECOMPOSE, failure.cause, failure.reason, failure.subtask, texts=texts)
        return found

    def question(self, failure: StepFailed) -> tuple[str, tuple[str, ...]] | None:
        """Give what to ask the person, and the answers that make sense; None where nobody may be asked."""
        if self._asked >= self._limits.asks or not self._limits.patience:
            return None
        self._asked += 1
        self._tell(Rung.ASK, failure.cause, failure.reason, failure.subtask)
        said = failure.subtask.text.split(";")[0].replace("_", " ")
        return f"I could not {said}: {failure.reason.rstrip('.')}. What shall I do?", ("go on", "never mind")

    def give_up(self, failure: StepFailed) -> GaveUp:
        """Tell of the end, and give it."""
        self._tell(Rung.GIVE_UP, failure.cause, failure.reason, failure.subtask)
        return GaveUp(failure.cause, self._thinking.explain(failure.subtask, failure.reason))

    def _tell(self, rung: Rung, cause: Cause, reason: str, subtask: Subtask, **more: object) -> None:
        self._stream.record("recover", rung=rung, cause=cause, reason=reason, subtask=subtask.text, **more)


def cause_of(error: HandselError, moved: bool) -> Cause:
    """Name the true cause of an error that ended an episode.

    Args:
        error: What was raised.
        moved: Whether the arm had been moved.
    """
    from ..core.errors import CannotDo, InputError, NeedsAnswer, Retryable
    from .language.errors import LanguageModelError

    match error:
        case GaveUp():
            return error.cause
        case OverLimit():
            return Cause.OVER_LIMIT
        case RobotError():
            return Cause.ROBOT_FAILED
        case LanguageModelError() | Retryable():
            return Cause.MIND_FAILED
        case NeedsAnswer():
            return Cause.NEEDS_ANSWER
        case CannotDo():
            return Cause.CANNOT
        case InputError():
            return Cause.BLIND if moved else Cause.NOT_UNDERSTOOD
    return Cause.FAULT
