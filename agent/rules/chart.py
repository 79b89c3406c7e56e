"""A small chart parser: every way in which a grammar takes a row of words, with what each means.

The grammar is text: ``rule: alternative -> name | ...``; capitals are classes of words, quoted
words stand for themselves, small letters for rules; ``?``, ``*``, ``+`` and brackets as usual. No
rule may begin with itself. Each alternative's parts are handed to the maker of its name; what the
makers give is kept once, so that readings of the same meaning fall together. A rule at a place is
worked out once, which keeps a sentence of thirty words to a few milliseconds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lark import Lark, Token, Tree

from ...core.errors import InputError
from .lexicon import Sentence, Word

Value = Any  # What a rule means; the rule's maker says which type it is.
Maker = Callable[[list[Value]], Value]
Ends = dict[int, tuple[tuple[Value, ...], ...]]  # Where a part ends: its children, one tuple a reading.

MOST = 200
"""Readings of one rule between two places: more is no controlled English any more."""

_NOTATION = r"""
start: rule+
rule: HEAD alternative ("|" alternative)*
alternative: item+ ("->" NAME)?
item: (TERM | NAME | WORD | "(" choice ")") MARK?
choice: sequence ("|" sequence)*
sequence: item+
HEAD.2: /[a-z_]+:/
NAME: /[a-z_]+/
TERM: /[A-Z_]+/
WORD: /"[^"]+"/
MARK: /[?*+]/
COMMENT: /\/\/[^\n]*/
%ignore /\s+/
%ignore COMMENT
"""


@dataclass(frozen=True, slots=True)
class _Part:
    """One item of an alternative: what it is, and how often it may stand."""

    kind: str  # "term", "word", "rule" or "choice"
    name: str
    mark: str
    choices: tuple[tuple["_Part", ...], ...] = ()


@dataclass(frozen=True, slots=True)
class _Alternative:
    parts: tuple[_Part, ...]
    maker: str
    named: bool


class Grammar:
    """A grammar with its makers."""

    def __init__(self, text: str, makers: Mapping[str, Maker]):
        """Read the notation.

        Args:
            text: The grammar.
            makers: By the name of an alternative, or of its rule where it has none. An alternative
                without a name whose rule has no maker hands on its only part.
        """
        tree = Lark(_NOTATION, parser="lalr").parse(text)
        self._makers = makers
        self.rules: dict[str, tuple[_Alternative, ...]] = {}
        for rule in tree.children:
            assert isinstance(rule, Tree)
            head, *alternatives = rule.children
            name = str(head).rstrip(":")
            self.rules[name] = tuple(_alternative(one, name) for one in alternatives)
        self.words = frozenset(_words(self.rules))
        self._first: dict[str, frozenset[str] | None] = {}
        for name in self.rules:
            self._first_of(name)
        self._firsts = {
            name: tuple(self._starts(one.parts) for one in alternatives)
            for name, alternatives in self.rules.items()
        }

    def _first_of(self, name: str) -> frozenset[str] | None:
        """Give what a rule can begin with; None where it can be empty."""
        if name not in self._first:
            self._first[name] = frozenset()  # Cut: a rule that begins with itself adds nothing.
            starts = [self._starts(one.parts) for one in self.rules[name]]
            empty = any(one is None for one in starts)
            self._first[name] = None if empty else frozenset().union(*filter(None, starts))
        return self._first[name]

    def _starts(self, parts: Sequence[_Part]) -> frozenset[str] | None:
        found: set[str] = set()
        for part in parts:
            if part.kind in ("term", "word"):
                starts: frozenset[str] | None = frozenset({part.name})
            elif part.kind == "rule":
                starts = self._first_of(part.name)
            else:
                each = [self._starts(choice) for choice in part.choices]
                starts = None if any(one is None for one in each) else frozenset().union(*filter(None, each))
            if starts is None:
                return None
            found |= starts
            if part.mark not in ("?", "*"):
                return frozenset(found)
        return None

    def parse(self, sentence: Sentence) -> "Chart":
        """Work out every reading of a sentence."""
        return Chart(self, sentence)


def _alternative(tree: Any, rule: str) -> _Alternative:
    parts = tuple(_part(item) for item in tree.children if isinstance(item, Tree))
    names = [str(child) for child in tree.children if isinstance(child, Token)]
    return _Alternative(parts=parts, maker=names[0] if names else rule, named=bool(names))


def _part(tree: Any) -> _Part:
    first, *rest = tree.children
    mark = str(rest[0]) if rest else ""
    if isinstance(first, Tree):
        choices = tuple(tuple(_part(item) for item in sequence.children) for sequence in first.children)
        return _Part("choice", "", mark, choices)  # pyright: ignore[reportArgumentType]
    kind = {"TERM": "term", "NAME": "rule", "WORD": "word"}[first.type]
    return _Part(kind, str(first).strip('"'), mark)


def _words(rules: Mapping[str, tuple[_Alternative, ...]]) -> Iterator[str]:
    waiting = [part for alternatives in rules.values() for one in alternatives for part in one.parts]
    while waiting:
        part = waiting.pop()
        if part.kind == "word":
            yield part.name
        waiting += [item for choice in part.choices for item in choice]


class Chart:
    """One sentence, worked out on demand.

    Attributes:
        farthest: The place of the first word that no reading got past.
    """

    def __init__(self, grammar: Grammar, sentence: Sentence):
        """Start with nothing worked out."""
        self._grammar, self._sentence = grammar, sentence
        self._done: dict[tuple[str, int], dict[int, tuple[Value, ...]]] = {}
        self._can: dict[int, set[str]] = {}
        self.farthest = 0

    def values(self, rule: str = "start") -> tuple[Value, ...]:
        """Give what the whole sentence can mean as a rule."""
        found: dict[Value, None] = {}
        for end, values in self._rule(rule, 0).items():
            if self._sentence.ends(end):
                found.update(dict.fromkeys(values))
        return tuple(found)

    def _starts(self, place: int) -> set[str]:
        """Give the classes and words that can be read at a place."""
        if place not in self._can:
            self._can[place] = {
                name for start in self._sentence.after(place) for name in self._sentence.at(start)
            }
        return self._can[place]

    def _rule(self, name: str, place: int) -> dict[int, tuple[Value, ...]]:
        key = (name, place)
        if key in self._done:
            return self._done[key]
        self._done[key] = {}
        found: dict[int, dict[Value, None]] = {}
        can = self._starts(place)
        grammar = self._grammar
        for one, first in zip(grammar.rules[name], grammar._firsts[name], strict=True):
            if first is not None and first.isdisjoint(can):
                self.farthest = max(self.farthest, place)
                continue
            make = grammar._makers.get(one.maker)
            for end, readings in self._sequence(one.parts, place).items():
                into = found.setdefault(end, {})
                for children in readings:
                    value = _handed_on(children) if make is None else make(list(children))
                    if value is not None:
                        into[value] = None
        made = {end: tuple(values)[: MOST + 1] for end, values in found.items() if values}
        if any(len(values) > MOST for values in made.values()):
            raise InputError("the instruction can be taken in too many ways; say it in shorter sentences")
        self._done[key] = made
        return made

    def _sequence(self, parts: Sequence[_Part], place: int) -> Ends:
        ends: Ends = {place: ((),)}
        for part in parts:
            following: dict[int, dict[tuple[Value, ...], None]] = {}
            for start, readings in ends.items():
                for end, more in self._repeated(part, start).items():
                    into = following.setdefault(end, {})
                    for children in readings:
                        into.update(dict.fromkeys(children + added for added in more))
            ends = {end: tuple(readings) for end, readings in following.items()}
            if not ends:
                break
        return ends

    def _repeated(self, part: _Part, place: int) -> Ends:
        """Take a part as often as its mark allows."""
        if part.mark == "":
            return self._once(part, place)
        found: dict[int, dict[tuple[Value, ...], None]] = {}
        if part.mark in ("?", "*"):
            found[place] = {(): None}
        fresh: Ends = {place: ((),)}
        while fresh:
            following: dict[int, dict[tuple[Value, ...], None]] = {}
            for start, readings in fresh.items():
                for end, more in self._once(part, start).items():
                    if end == start:
                        continue
                    into = following.setdefault(end, {})
                    for children in readings:
                        into.update(dict.fromkeys(children + added for added in more))
            for end, readings in following.items():
                found.setdefault(end, {}).update(readings)
            fresh = {end: tuple(readings) for end, readings in following.items()} if part.mark != "?" else {}
        return {end: tuple(readings) for end, readings in found.items()}

    def _once(self, part: _Part, place: int) -> Ends:
        if part.kind == "rule":
            return {end: tuple((v,) for v in values) for end, values in self._rule(part.name, place).items()}
        if part.kind == "choice":
            found: dict[int, dict[tuple[Value, ...], None]] = {}
            for choice in part.choices:
                for end, readings in self._sequence(choice, place).items():
                    found.setdefault(end, {}).update(dict.fromkeys(readings))
            return {end: tuple(readings) for end, readings in found.items()}
        ends: dict[int, dict[tuple[Value, ...], None]] = {}
        for start in self._sentence.after(place):
            for word in self._sentence.at(start).get(part.name, ()):
                children: tuple[Word, ...] = (word,) if part.kind == "term" else ()
                ends.setdefault(start + word.length, {})[children] = None
        if not ends:
            self.farthest = max(self.farthest, self._sentence.after(place)[-1])
        return {end: tuple(readings) for end, readings in ends.items()}


def _handed_on(children: tuple[Value, ...]) -> Value:
    assert len(children) == 1, f"an alternative without a maker has {len(children)} parts"
    return children[0]
