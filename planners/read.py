"""The reader of program text: parsed, checked, never executed."""

from .program import Program
from .reading.holding import followed
from .reading.source import parsed
from .reading.statements import Interpreter
from .reading.vocabulary import Vocabulary as Vocabulary


def read(text: str, vocabulary: Vocabulary) -> Program:
    """Read a program.

    Args:
        text: The program, or an answer with the program in a fenced block.
        vocabulary: The names that it may use.

    Returns:
        The program; its ``text`` is what was found in the answer.

    Raises:
        Retryable: If anything in it cannot be read, with line, column, reason and remedy.
    """
    source, tree = parsed(text)
    drafts, always = Interpreter(vocabulary=vocabulary).drafts(tree)
    stages, holds = followed(drafts, always, vocabulary)
    return Program(text=source, stages=stages, holds=holds)
