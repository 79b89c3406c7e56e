"""When a step is like one of before: the same words, slips of the finger aside, about like things."""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz

ALIKE = 90.0
"""How alike two whole steps are at least, of 100."""
SAME_WORD = 80.0
"""Above this two words may be the same one, mistyped, of 100."""
SHORT = 4
"""Words up to this length have to be the same: *in* and *on*, *left* and *lift* mean different things."""
FILLERS = frozenset({"the", "a", "an", "please", "now", "then", "just"})
WORD = re.compile(r"<\w+>|[\w.+-]*\w")


def names_in(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """List the identifiers that a text has, each once, in the order of their first appearance.

    Args:
        text: A step, or a program.
        names: All identifiers that there are.
    """
    known = set(names)
    return tuple(dict.fromkeys(word for word in re.findall(r"\w+", text) if word in known))


def normalised(text: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Give the words that count, with numbered slots in the place of identifiers.

    Args:
        text: A step.
        names: Its identifiers, in order.
    """
    slots = {name: f"<{number}>" for number, name in enumerate(names)}
    slotted = re.sub(r"\w+", lambda word: slots.get(word[0], word[0]), text)
    return tuple(word for word in WORD.findall(slotted.lower()) if word not in FILLERS)


def likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Say how alike two normalised steps are, from 0 to 100; 0 where any word differs by more than a slip.

    A step may be wrong by one word, so words are compared one by one: numbers, slots and short words have
    to be the same, and a slip does not change the first letter.

    Args:
        one: A step.
        other: Another one.
    """
    if len(one) != len(other) or not all(map(_same, one, other)):
        return 0.0
    return fuzz.ratio(" ".join(one), " ".join(other))


def _same(word: str, other: str) -> bool:
    if word == other:
        return True
    plain = word.isalpha() and other.isalpha() and min(len(word), len(other)) > SHORT
    return plain and word[0] == other[0] and fuzz.ratio(word, other) > SAME_WORD
