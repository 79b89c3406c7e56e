"""What a prompt of the package says where goals have to be read from words: things, relations, and a wish.

It is others' text: bounded, and refused where a line has another form.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...core.errors import InputError
from .situation import LONGEST, MOST, SELF

_THING = re.compile(
    r"([\w-]{1,60}), initial states: \[([\w', ]{0,400})\], possible states: \[([\w', ]{0,600})\]"
)
_TARGETS = re.compile(r"'([A-Z_]{2,20})': \{([\w', -]{0,2000})\}")
_NAME = re.compile(r"^Goal name: (.{1,200})$", re.MULTILINE)
_THINGS_BEGIN, _THINGS_END = "Relevant objects in the scene are:\n", "All possible relationships"
_TARGETS_BEGIN, _TARGETS_END = "possible set of 'to_name' objects:\n", "Action goals is"
_TEXT_BEGIN, _TEXT_END = "Goal description: ", "Now output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a prompt says.

    Attributes:
        name: The wish in two or three words.
        text: The wish in a sentence or several.
        states: States that each thing is in at the start, by name.
        possible: States that each thing can be in.
        targets: Names of the things that a relation may lead to, by relation.
    """

    name: str
    text: str
    states: dict[str, frozenset[str]]
    possible: dict[str, frozenset[str]]
    targets: dict[str, frozenset[str]]


def read_wish(prompt: str) -> Wish:
    """Read a prompt.

    Raises:
        InputError: If it is too long, or a part of it is missing or of another form.
    """
    if len(prompt) > LONGEST:
        raise InputError(f"a prompt has {len(prompt)} characters; at most {LONGEST} are read")
    named = _NAME.search(prompt)
    if named is None:
        raise InputError("a prompt has to have a line 'Goal name: ...'")
    things = list(_things(_between(prompt, _THINGS_BEGIN, _THINGS_END)))
    targets = _TARGETS.findall(_between(prompt, _TARGETS_BEGIN, _TARGETS_END))
    return Wish(
        name=named[1].strip(),
        text=" ".join(_between(prompt, _TEXT_BEGIN, _TEXT_END).split()),
        states={name: states for name, states, _ in things},
        possible={name: possible for name, _, possible in things} | {SELF: frozenset({"SITTING", "LYING"})},
        targets={relation: frozenset(re.findall(r"[\w-]+", told)) for relation, told in targets},
    )


def _between(text: str, begin: str, end: str) -> str:
    """Give what stands between two marks.

    Raises:
        InputError: If a mark is missing.
    """
    _, found, rest = text.partition(begin)
    inside, ended, _ = rest.partition(end)
    if not found or not ended:
        raise InputError(f"a prompt has to have a part from {begin.strip()!r} to {end!r}")
    return inside


def _things(text: str) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST["things"]:
        raise InputError(f"{len(lines)} things are listed; at most {MOST['things']} are read")
    for line in lines:
        match = _THING.fullmatch(line)
        if match is None:
            raise InputError(f"a line of a prompt has a form that is not known: {line[:120]!r}")
        states, possible = (frozenset(re.findall(r"\w+", told)) for told in match.groups()[1:])
        yield match[1], states, possible
