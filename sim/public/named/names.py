"""The names of a benchmark's bodies as words, by one rule for all of them."""

import re

FULL, WORD, SHORT, PART = 4.0, 3.0, 2.0, 1.5
"""How well a name says a noun: it is the noun, has it as a word, shortens it, or begins or ends with it."""
_PIECES = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")


def words_of(name: str) -> tuple[str, ...]:
    """Split a name at its separators, capitals and numbers: ``drawer_link2`` gives ``drawer``, ``link``."""
    return tuple(word.lower() for word in _PIECES.findall(name))


def likeness(noun: str, name: str) -> float:
    """Say how well a name says a noun of one or several words; 0 where it does not.

    Args:
        noun: Such as ``button`` or ``coffee machine``.
        name: Such as ``btnGeom`` or ``coffeemachine``.
    """
    said, words = noun.lower().split(), words_of(name)
    joined = "".join(said)
    if not words or not joined:
        return 0.0
    if "".join(words) == joined:
        return FULL
    if any(words[i : i + len(said)] == tuple(said) for i in range(len(words))):
        return WORD
    if any(_shortens(word, joined) for word in words):
        return SHORT
    if any(len(joined) > 2 and (word.startswith(joined) or word.endswith(joined)) for word in words):
        return PART
    return 0.0


def _shortens(word: str, noun: str) -> bool:
    """Tell whether a word is the noun without its vowels, such as ``btn``."""
    bare = noun[0] + re.sub("[aeiou]", "", noun[1:])
    return len(word) > 2 and word in (bare, re.sub(r"(.)\1", r"\1", bare))
