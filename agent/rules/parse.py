"""From words to readings: every way in which the grammar can take an instruction.

The parse is a forest. Each node is turned into the tuple of its possible
meanings; equal ones fall together, and what makes no sense is left out, so that
the list of readings stays short.
"""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import islice, product

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer

from ...core.errors import InputError
from .build import MAKERS, Value
from .lexicon import Word, suggestions
from .meaning import Instruction, NounPhrase, Where

MOST_READINGS = 60


class _Words(Lexer):
    """Hands words over that are cut already."""

    __future_interface__ = 0

    def __init__(self, conf: object):
        """Take lark's configuration, which is not needed."""

    def lex(self, data: tuple[Word, ...]) -> Iterator[Token]:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Give the words as lark's tokens."""
        for index, word in enumerate(data):
            yield Token(word.type, word.value, start_pos=index, line=1, column=index)


@cache
def _grammar() -> Lark:
    """Load the grammar once."""
    text = files(__name__.rpartition(".")[0]).joinpath("grammar.lark").read_text()
    return Lark(text, parser="earley", lexer=_Words, ambiguity="explicit")


def readings(words: tuple[Word, ...]) -> tuple[Instruction, ...]:
    """Give every reading of an instruction.

    Args:
        words: What ``lexicon.words`` gave.

    Raises:
        InputError: If there is none; the text says which words were not understood.
    """
    strange = [word.text for word in words if word.type == "UNKNOWN" and not word.value.isalpha()]
    if strange:
        raise InputError(_not_understood(strange))
    try:
        tree = _grammar().parse(words)  # pyright: ignore[reportArgumentType]
    except UnexpectedInput as error:
        raise InputError(_trouble(words, error)) from None
    found = _values(tree)
    if not found:
        raise InputError(_not_understood([word.text for word in words]))
    return found


def depth(reading: Instruction) -> int:
    """Count the relations inside descriptions: the plainest reading has fewest."""
    return sum(
        _nested(phrase) for clause in reading.clauses for phrase in (*clause.targets, *_of(clause.where))
    )


def _of(where: Where | None) -> tuple[NounPhrase, ...]:
    return () if where is None else where.references


def _nested(phrase: NounPhrase) -> int:
    return sum(1 + sum(map(_nested, where.references)) for where in phrase.where)


def _trouble(words: tuple[Word, ...], error: UnexpectedInput) -> str:
    """Say which words stopped the parse."""
    unknown = [word.text for word in words if word.type == "UNKNOWN"]
    if unknown:
        return _not_understood(unknown)
    index = getattr(error, "pos_in_stream", None)
    token = getattr(error, "token", None)
    if isinstance(token, Token) and token.type != "$END" and token.start_pos is not None:
        index = token.start_pos
    if not isinstance(index, int) or not 0 <= index < len(words):
        return (
            f"the instruction stops too early, after {words[-1].text!r}; say what to do with which thing "
            "and where, such as 'put the red block in the bowl'"
        )
    return _not_understood([" ".join(word.text for word in words[index : index + 3])], index > 0)


def _not_understood(unknown: list[str], known_start: bool = False) -> str:
    """Compose the sentence that names words and the remedy."""
    named = ", ".join(repr(text) for text in dict.fromkeys(unknown[:6]))
    near = [f"{text!r} may mean {' or '.join(suggestions(text))}" for text in unknown if suggestions(text)]
    hint = f" ({'; '.join(near[:3])})" if near else ""
    where = "at " if known_start else ""
    return (
        f"not understood: {where}{named}{hint}; say it in plain English such as "
        "'put the red block in the bowl', or use --mind model, which understands free speech"
    )


def _values(node: Tree[Token] | Token) -> tuple[Value, ...]:
    """Give every meaning of a node."""
    if isinstance(node, Token):
        return (node,)
    if node.data == "_ambig":
        return tuple(dict.fromkeys(value for child in node.children for value in _values(child)))
    make = MAKERS[str(node.data)]
    choices = [_values(child) for child in node.children]
    made: dict[Value, None] = {}
    for children in islice(product(*choices), MOST_READINGS * 4):
        value = make(list(children))
        if value is not None:
            made[value] = None
    if len(made) > MOST_READINGS:
        raise InputError("the instruction can be taken in too many ways; say it in shorter sentences")
    return tuple(made)
