"""What a prompt of the Embodied Agent Interface says: the actions, the things, how they are, what is wanted.

The prompt is others' text: it is bounded, every name in it is a plain word, and a line that has none of the
forms told in the prompt itself is refused.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ...core.errors import InputError

LONGEST = 100_000
"""Most characters of a prompt."""
MOST = {"actions": 100, "things": 400, "states": 400, "relations": 8000, "goals": 60}
"""Most of each that a prompt may tell."""
SELF = "character"
"""What the robot is called."""
NO_GOAL = "There is no action requirement."
_ACTION = re.compile(r"([A-Z]{2,20}): \((\d), (\[.{0,200}\])\)(?: #.{0,200})?")
_THING = re.compile(r"([\w-]{1,60}), id: (\d{1,9}), properties: \[([\w', ]{0,400})\]")
_STATE = re.compile(r"([\w-]{1,60}), states: \[([\w', ]{0,400})\], properties: ?\[[\w', ]{0,400}\]")
_RELATION = re.compile(r"<([\w-]{1,60})> \((\d{1,9})\) is (\w{1,30}) to <([\w-]{1,60})> \((\d{1,9})\)")
_NODE_GOAL = re.compile(r"([\w-]{1,60}) is (\w{1,30})")
_EDGE_GOAL = re.compile(r"([\w-]{1,60}) is (\w{1,30}) to ([\w-]{1,60})")
_WORD = re.compile(r"[A-Z]{2,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action that the prompt offers.

    Attributes:
        name: Its name.
        wants: Properties that each of the things it is done to should have.
    """

    name: str
    wants: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A thing that the prompt lists.

    Attributes:
        name: What it is called; several may be called the same.
        number: Its identifier.
        properties: What it is good for.
    """

    name: str
    number: str
    properties: frozenset[str]


Fact = tuple[str, ...]
"""``(state, number)`` or ``(relation, number, number)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a prompt says.

    Attributes:
        actions: By name.
        things: By number, in the order told.
        told: Facts that hold, as far as they are told.
        goals: Facts that are to hold.
        deeds: Names of actions of which one each has to be done, in this order.
        me: The robot's own number.
    """

    actions: dict[str, Action]
    things: dict[str, Thing]
    told: frozenset[Fact]
    goals: tuple[Fact, ...]
    deeds: tuple[frozenset[str], ...]
    me: str

    def named(self, name: str) -> list[str]:
        """Give the numbers of the things of a name."""
        return [thing.number for thing in self.things.values() if thing.name == name]


def read_situation(prompt: str) -> Situation:
    """Read a prompt.

    Args:
        prompt: All of it.

    Raises:
        InputError: If it is too long, or a part of it is missing or of another form.
    """
    if len(prompt) > LONGEST:
        raise InputError(f"a prompt has {len(prompt)} characters; at most {LONGEST} are read")
    actions = {
        one.name: one for one in _actions(_part(prompt, "Supported Actions List:", "Notice:", "actions"))
    }
    told = prompt.rpartition("\nInput:\n")[2]
    things = {one.number: one for one in _things(_part(told, "Objects in the scene:", "-----", "things"))}
    own = [thing.number for thing in things.values() if thing.name == SELF]
    if len(own) != 1:
        raise InputError(f"expected one {SELF!r} among the things, got {len(own)}")
    names = _Names(things)
    facts = {fact for line in _part(told, "Nodes:", "Edges:", "states") for fact in _states(line, names)}
    facts |= {_relation(line, things) for line in _part(told, "\nEdges:", "-----", "relations")}
    wanted = [_node_goal(line, names) for line in _part(told, "Node goals are:", "-----", "goals")]
    wanted += [_edge_goal(line, names) for line in _part(told, "Edge goals are:", "-----", "goals")]
    return Situation(
        actions=actions,
        things=things,
        told=frozenset(facts),
        goals=tuple(dict.fromkeys(wanted)),
        deeds=tuple(_deeds(_part(told, "Action goals are:", "Please output", "goals"))),
        me=own[0],
    )


class _Names:
    """Which of several things of one name is meant: each in its turn, for each thing that is said of them."""

    def __init__(self, things: dict[str, Thing]):
        self._of: dict[str, list[str]] = {}
        for thing in things.values():
            self._of.setdefault(thing.name, []).append(thing.number)
        self._turn = Counter[Fact]()

    def number(self, name: str, said: Fact) -> str:
        """Give a number.

        Raises:
            InputError: If nothing is called so.
        """
        if name not in self._of:
            raise InputError(f"{name!r} is not among the things that are listed")
        own = self._of[name]
        self._turn[name, *said] += 1
        return own[(self._turn[name, *said] - 1) % len(own)]


def _part(text: str, begin: str, end: str, kind: str) -> list[str]:
    """Give the lines between two marks that say something.

    Raises:
        InputError: If a mark is missing or there are too many lines.
    """
    _, found, rest = text.partition(begin)
    inside, ended, _ = rest.partition(end)
    if not found or not ended:
        raise InputError(f"a prompt has to have a part from {begin.strip()!r} to {end!r}")
    lines = [line.strip() for line in inside.splitlines() if line.strip()]
    if len(lines) > MOST[kind]:
        raise InputError(f"{len(lines)} lines behind {begin.strip()!r}; at most {MOST[kind]} are read")
    return lines


def _match(pattern: re.Pattern[str], line: str) -> re.Match[str]:
    """Match a whole line.

    Raises:
        InputError: If it has another form.
    """
    match = pattern.fullmatch(line)
    if match is None:
        raise InputError(f"a line of a prompt has a form that is not known: {line[:120]!r}")
    return match


def _actions(lines: list[str]) -> Iterator[Action]:
    for line in lines:
        name, count, told = _match(_ACTION, line).groups()
        wants = tuple(
            frozenset(re.findall(r"\w+", inner)) for inner in re.findall(r"\[([^\[\]]*)\]", told[1:-1])
        )
        if len(wants) != int(count):
            raise InputError(f"{name} is said to take {count} things and tells of {len(wants)}")
        yield Action(name=name, wants=wants)


def _things(lines: list[str]) -> Iterator[Thing]:
    for line in lines:
        name, number, told = _match(_THING, line).groups()
        yield Thing(name=name, number=number, properties=frozenset(re.findall(r"\w+", told)))


def _states(line: str, names: _Names) -> Iterator[Fact]:
    name, told = _match(_STATE, line).groups()
    number = names.number(name, ("states",))
    for state in re.findall(r"\w+", told):
        yield (state, number)


def _relation(line: str, things: dict[str, Thing]) -> Fact:
    _, one, relation, _, other = _match(_RELATION, line).groups()
    if one not in things or other not in things:
        raise InputError(f"of {line[:120]!r} not both things are listed")
    return (relation, one, other)


def _node_goal(line: str, names: _Names) -> Fact:
    name, state = _match(_NODE_GOAL, line).groups()
    return (state, names.number(name, (state,)))


def _edge_goal(line: str, names: _Names) -> Fact:
    one, relation, other = _match(_EDGE_GOAL, line).groups()
    return (relation, names.number(one, (relation, other)), names.number(other, ("to", relation, one)))


def _deeds(lines: list[str]) -> Iterator[frozenset[str]]:
    """Read what has to be done; a line that says the one before it in other letters says nothing new."""
    last = frozenset[str]()
    for line in lines:
        if line == NO_GOAL or line.endswith(":") or set(line) == {"-"}:
            continue
        words = re.split(r" or |\|", line)
        names = frozenset(_match(_WORD, word)[0] for word in words)
        if names != last:
            yield names
        last = names
