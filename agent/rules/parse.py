"""From words to readings: every way in which the grammar can take an instruction."""

from functools import cache
from importlib.resources import files

from ...core.errors import InputError
from . import build_clauses, build_places, build_questions, build_sentences, build_things, nodes
from .chart import Chart, Grammar
from .lexicon import Sentence, suggestions
from .meaning import Clause, If, Instruction, Item, NotUnderstood, NounPhrase, Where

EXAMPLE = "put the red block in the bowl"
MODEL = "or use --mind model, which understands free speech"


@cache
def grammar() -> Grammar:
    """Load the grammar once."""
    text = files(__name__.rpartition(".")[0]).joinpath("grammar.lark").read_text(encoding="utf-8")
    parts = (nodes, build_things, build_places, build_clauses, build_sentences, build_questions)
    return Grammar(text, {name: make for part in parts for name, make in part.MAKERS.items()})


def readings(sentence: Sentence) -> tuple[Instruction, ...]:
    """Give every reading of an instruction, the plainest first.

    Args:
        sentence: What ``lexicon.read`` gave.

    Raises:
        NotUnderstood: If there is none; it has the words that were not understood.
        InputError: If there are too many.
    """
    strange = [word for word in sentence.unknown if not word.isalpha()]
    if strange:
        raise not_understood(sentence.unknown)
    if not sentence.pieces:
        raise NotUnderstood(f"the instruction has no words; say it as in {EXAMPLE!r}, {MODEL}", ())
    chart = grammar().parse(sentence)
    found = chart.values()
    if sentence.pieces[-1] == "?":
        found = tuple(reading for reading in found if not _verbless(reading))
    if not found:
        raise _trouble(sentence, chart)
    if len(found) > 64:
        raise InputError("the instruction can be taken in too many ways; say it in shorter sentences")
    return tuple(sorted(found, key=depth))


def _verbless(reading: Instruction) -> bool:
    """Whether it tells a thing and a place without a verb: with a question mark that is no order."""
    return any(isinstance(item, Clause) and "verbless" in item.order for item in reading.items)


def depth(reading: Instruction) -> int:
    """Count the relations inside descriptions: the plainest reading has fewest."""
    return sum(map(_depth, reading.items))


def _depth(item: Item) -> int:
    if isinstance(item, Clause):
        references = item.where.references if item.where else ()
        return sum(map(_nested, (*item.targets, *item.other, *references)))
    if isinstance(item, If):
        return sum(map(_depth, (*item.then, *item.otherwise)))
    return 0


def _nested(phrase: NounPhrase) -> int:
    wheres: tuple[Where, ...] = phrase.where
    return sum(1 + sum(map(_nested, where.references)) for where in wheres)


def _trouble(sentence: Sentence, chart: Chart) -> NotUnderstood:
    """Say which words stopped the parse."""
    if sentence.unknown:
        return not_understood(sentence.unknown)
    place = chart.farthest
    if place >= len(sentence.pieces):
        last = sentence.pieces[-1]
        return NotUnderstood(
            f"the instruction stops too early, after {last!r}; say what to do with which thing "
            f"and where, such as {EXAMPLE!r}",
            (last,),
        )
    stuck = sentence.pieces[place : place + 3]
    return not_understood(stuck, at=True)


def not_understood(words: tuple[str, ...] | list[str], at: bool = False) -> NotUnderstood:
    """Compose the refusal that names words and the remedy."""
    named = ", ".join(repr(text) for text in dict.fromkeys(words[:6]))
    if at:
        named = "at " + repr(" ".join(words))
    near = [f"{text!r} may mean {' or '.join(suggestions(text))}" for text in words if suggestions(text)]
    hint = f" ({'; '.join(near[:3])})" if near else ""
    return NotUnderstood(
        f"not understood: {named}{hint}; say it in plain English such as {EXAMPLE!r}, {MODEL}",
        words,
    )
