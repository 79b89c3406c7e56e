"""Which candidates a model is asked about: those that speak of the step's things, few enough to weigh."""

import re
from collections.abc import Sequence

from ...perception.scene import TABLE
from ..mind import Candidate, Subtask
from .telling import call_text

MOST = 13
"""With the two special answers that makes fifteen, as many as one round of letters weighs."""
DONE = "nothing: it is so already"
NONE = "none of these"


def shortlist(subtask: Subtask, candidates: Sequence[Candidate], most: int = MOST) -> tuple[int, ...]:
    """Give the indices of the candidates that fit a step's words best, best first.

    What the step named itself stands first, then whatever takes no arguments; then those all of whose
    things the step speaks of, of these the ones whose relation it says, too, and that move what it speaks
    of first.

    Args:
        subtask: The step.
        candidates: What could be done.
        most: How many at most.
    """
    said = f" {subtask.text.lower()} "
    words = re.findall(r"[a-z0-9_]+", said)

    def fit(index: int) -> tuple[int, int, int, int]:
        one = candidates[index]
        if one.skill == subtask.skill and dict(one.arguments) == dict(subtask.arguments):
            return (-2, 0, 0, index)
        if not one.arguments:
            return (-1, 0, 0, index)
        things = [name for value in _named(one) for name in value.split(",")]
        missing = sum(name not in words and name != TABLE for name in things)
        relation = one.arguments.get("relation", "")
        fitting = len(things) + bool(relation and f" {relation} " in said)
        # What a step moves is as a rule what it speaks of first.
        first = words.index(things[0]) if things[0] in words else len(words)
        return (missing, -fitting, first, index)

    return tuple(sorted(range(len(candidates)), key=fit)[:most])


def described(candidate: Candidate) -> str:
    """Write a candidate as an option."""
    return call_text(candidate.skill, candidate.arguments)


def _named(candidate: Candidate) -> list[str]:
    return [value for name, value in candidate.arguments.items() if name != "relation"]
