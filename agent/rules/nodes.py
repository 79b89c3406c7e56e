"""What the functions that build meaning take: a node's children, sorted by what they are."""

from typing import Any

from lark import Token

from .meaning import NounPhrase

Value = Any  # what a node means; the node's rule says which type of ``meaning`` it is


def tokens(children: list[Value], *types: str) -> list[Token]:
    """Give the tokens of some types."""
    return [child for child in children if isinstance(child, Token) and child.type in types]


def phrases(children: list[Value]) -> tuple[NounPhrase, ...]:
    """Give the noun phrases."""
    return tuple(child for child in children if isinstance(child, NounPhrase))


def lists(children: list[Value]) -> list[tuple[NounPhrase, ...]]:
    """Give the lists of noun phrases."""
    return [
        child for child in children if isinstance(child, tuple) and child and isinstance(child[0], NounPhrase)
    ]


def distance(children: list[Value]) -> float | None:
    """Give the distance that is said, [m]; None where none is."""
    found = tokens(children, "DISTANCE")
    return float(found[0]) if found else None
