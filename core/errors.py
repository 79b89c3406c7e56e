"""Every error that handsel raises on purpose.

The tree, with the exit code that the command line gives each kind::

    HandselError
    ├── InputError              2  what the person gave cannot be used
    │   └── UnknownName         2  a name that no registry, scene or model has
    ├── CannotDo                3  understood, but it cannot be done
    ├── NeedsAnswer             4  the person has to answer a question first
    ├── Answered                0  a question was asked, or nothing is to be done: the text says it
    ├── Retryable               -  the model can correct itself; written for the model
    ├── SkillFailed             1  the world said no; the agent sees it and goes on
    ├── RobotError              1  the robot, its process or its protocol failed
    └── MissingDependency       2  an optional package or a system library is absent

Three kinds cross the agent's loop, and only there: ``Retryable`` goes back to
whoever wrote the text, ``SkillFailed`` goes to the recovery, anything else
stops the episode, which is saved before it is raised.
"""

from collections.abc import Iterable

from rapidfuzz import process


class HandselError(Exception):
    """Base of all errors raised on purpose; its text is meant for a person."""

    exit_code = 1


class InputError(HandselError):
    """What the person gave cannot be used; the text says what was expected."""

    exit_code = 2


class UnknownName(InputError):
    """A name that does not exist, with the near ones that do."""

    def __init__(self, what: str, name: str, known: Iterable[str]):
        """Say which name is unknown and which exist.

        Args:
            what: The kind of thing looked for, such as ``"robot"``.
            name: The name that was given.
            known: All names that exist.
        """
        names = sorted(known)
        near = [match[0] for match in process.extract(name, names, limit=3, score_cutoff=60)]
        hint = f"did you mean {' or '.join(map(repr, near))}? " if near else ""
        super().__init__(f"no {what} {name!r}: {hint}known: {', '.join(names) or 'none'}")


class CannotDo(HandselError):
    """The instruction was understood but cannot be carried out; the text says why."""

    exit_code = 3


class NeedsAnswer(HandselError):
    """The person has to choose before anything may move."""

    exit_code = 4

    def __init__(self, question: str, options: Iterable[str] = ()):
        """Hold the question and the answers that make sense.

        Args:
            question: One sentence for the person.
            options: The answers that would settle it, in the order to show them.
        """
        self.question = question
        self.options = tuple(options)
        super().__init__(question + (f" ({', '.join(self.options)})" if self.options else ""))


class Answered(HandselError):
    """Nothing is to be done: it was a question, or a condition that is not met; the text is the answer."""

    exit_code = 0


class Retryable(HandselError):
    """The writer of a text (a model) can correct itself; the message is written for it."""


class SkillFailed(HandselError):
    """A skill could not do what it was started for; the world is as it was left."""


class RobotError(HandselError):
    """The robot, its process or its protocol failed."""


class MissingDependency(HandselError):
    """Something optional is not installed; the text has the line that installs it."""

    exit_code = 2

    def __init__(self, what: str, remedy: str):
        """Name what is missing and the line that mends it.

        Args:
            what: What is absent and what needs it.
            remedy: A shell line.
        """
        super().__init__(f"{what}; to mend it: {remedy}")
