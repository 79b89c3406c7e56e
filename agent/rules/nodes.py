"""The parts of a reading: words, things, distances, by what they are."""

from .chart import Maker, Value
from .lexicon import Word
from .meaning import NounPhrase, Phrases


def words(children: list[Value], *types: str) -> list[Word]:
    """Give the words of some classes among the parts."""
    return [child for child in children if isinstance(child, Word) and child.type in types]


def things(children: list[Value]) -> list[Phrases]:
    """Give the groups of things among the parts; one thing is a group of its own."""
    groups: list[Phrases] = []
    for child in children:
        if isinstance(child, NounPhrase):
            groups.append((child,))
        elif isinstance(child, tuple) and child and isinstance(child[0], NounPhrase):
            groups.append(child)
    return groups


def flat(children: list[Value]) -> Phrases:
    """Give all things among the parts."""
    return tuple(phrase for group in things(children) for phrase in group)


def distance(children: list[Value]) -> float | None:
    """Give the distance said, [m]."""
    found = words(children, "DISTANCE")
    return float(found[0].value) if found else None


def nothing(children: list[Value]) -> Value:
    """A part that only has to be there."""
    return ("nothing",)


def only(children: list[Value]) -> Value:
    """Hand on the one part that means something."""
    kept = [child for child in children if not isinstance(child, Word) and child != ("nothing",)]
    return kept[0] if len(kept) == 1 else None


MAKERS: dict[str, Maker] = {
    "nothing": nothing,
    "only": only,
}
