"""What an instruction says, before it is tied to a scene: clauses over descriptions, nothing looked up."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ...core.errors import CannotDo, InputError

Quantity = Literal["bare", "the", "a", "all", "both", "count", "exactly", "rest", "it", "them", "none"]


class NotUnderstood(InputError):
    """Words that find no place.

    Attributes:
        words: The words that are the trouble.
    """

    def __init__(self, text: str, words: Iterable[str] = ()):
        """Hold the words."""
        super().__init__(text)
        self.words = tuple(words)


class NotHere(CannotDo):
    """What is spoken of is not in the scene.

    Attributes:
        words: The words that are the trouble.
        utterly: Whether nothing of that kind is there at all.
    """

    def __init__(self, text: str, words: Iterable[str] = (), utterly: bool = False):
        """Hold the words."""
        super().__init__(text)
        self.words = tuple(words)
        self.utterly = utterly


@dataclass(frozen=True, slots=True, kw_only=True)
class NounPhrase:
    """A description of things.

    Attributes:
        quantity: How many of those that fit are meant, and whether they have to be the only ones.
        count: The number said with ``count`` and ``exactly``.
        plural: Whether the noun was plural.
        kind: What it is, ``thing`` for anything, ``one`` where the noun is to be taken from before.
        colors: Colours said; several mean one phrase for each.
        sizes: Size words, such as ``big``.
        shapes: Words of shape, such as ``round``.
        states: ``open``, ``closed``, ``empty``, ``full``.
        lacking: Colours, sizes and states that it does not have.
        superlative: What it has most of, such as ``biggest`` or ``left``.
        ordinal: Which one in the superlative's order, from 1; -1 is the last.
        row: ``front`` or ``behind``: in which row it stands.
        other: Whether things spoken of before are left out.
        own: Whether it is *its*: what belongs to the thing spoken of.
        that: Whether it is *that* one: of several the one spoken of last.
        name: Identifier or number that was said instead of a description.
        where: Relations to other things that it has now.
        than: Comparisons, each what it has more of and than what.
        having: What stands on it or lies in it.
        exceptions: What is left out.
        unknown: Words in it that no lexicon has.
    """

    quantity: Quantity = "bare"
    count: int | None = None
    plural: bool = False
    kind: str = "thing"
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    superlative: str | None = None
    ordinal: int | None = None
    row: str | None = None
    other: bool = False
    own: bool = False
    that: bool = False
    name: str | None = None
    where: tuple["Where", ...] = ()
    than: tuple[tuple[str, "NounPhrase"], ...] = ()
    having: tuple["NounPhrase", ...] = ()
    exceptions: tuple["NounPhrase", ...] = ()
    unknown: tuple[str, ...] = ()


Phrases = tuple[NounPhrase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A place relative to things or the table, or a move in a direction.

    Attributes:
        relation: ``in``, ``on``, ``next to``, ``left of``, ``right of``, ``in front of``, ``behind``,
            ``between``; ``under``, ``from``, ``to``, ``nearest``, ``farthest``; ``move`` in a direction;
            ``at`` a place of the table; ``part`` of a thing; ``there``; ``inside`` what was spoken of.
        references: What it is relative to.
        distance: Distance said, [m].
        direction: With ``move``: ``left``, ``right``, ``near`` or ``away``.
        place: With ``at`` and ``part``: such as ``far left corner`` or ``left half``;
            ``top`` with *on top of*.
        negated: Whether it is not so.
        direct: Whether nothing may be in between.
    """

    relation: str
    references: Phrases = ()
    distance: float | None = None
    direction: str | None = None
    place: str | None = None
    negated: bool = False
    direct: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How something is to be done.

    Attributes:
        kind: ``slowly``, ``gently``, ``upright``, ``away`` (keep a distance) or ``untouched``.
        things: What to keep away from, or what to keep upright.
        distance: Distance said, [m].
    """

    kind: Literal["slowly", "gently", "upright", "away", "untouched"]
    things: Phrases = ()
    distance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """One verb with its things.

    Attributes:
        verb: What to do; empty where the clause carries manners for all others, ``fragment`` and
            ``same`` where the verb is to be taken from before.
        targets: What it is done to.
        where: Where to.
        other: What it is done with or into, such as what a thing is swapped with.
        order: Words of order: ``left to right``, ``said``, ``size up``, ``left shortest`` and so on.
        manners: How.
    """

    verb: str
    targets: Phrases = ()
    where: Where | None = None
    other: Phrases = ()
    order: tuple[str, ...] = ()
    manners: tuple[Manner, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Something that holds or does not.

    Attributes:
        kind: ``exists``, ``at``, ``is``, ``than``, ``has``, ``both``, or ``before``: what was asked last.
        things: What it is about.
        where: With ``at``.
        trait: With ``is``: a state, colour or size; with ``than``: what there is more of.
        other: What it is compared with or has.
        parts: With ``both``.
        negated: Whether it is meant not to hold.
    """

    kind: str
    things: Phrases = ()
    where: Where | None = None
    trait: str = ""
    other: Phrases = ()
    parts: tuple["Condition", ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class If:
    """What is done if something holds, and what otherwise."""

    condition: Condition
    then: tuple["Item", ...]
    otherwise: tuple["Item", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A state that is to be brought about: the clause before which, or after which, others come."""

    state: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Things that are spoken of before anything is said to be done.

    Attributes:
        things: What is spoken of.
        taken_up: Whether the clause that follows has to be about them.
    """

    things: Phrases
    taken_up: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the person wants to know.

    Attributes:
        kind: ``things``, ``count``, ``exists``, ``truth``, ``where``, ``most`` or ``color``.
        things: What it is about.
        condition: With ``truth``.
        other: With ``most``: what is counted.
        trait: With ``most``: ``most`` or ``least``.
    """

    kind: str
    things: Phrases = ()
    condition: Condition | None = None
    other: Phrases = ()
    trait: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What is spoken of before its turn comes: "before that goes in the bowl, put this in there"."""

    items: tuple["Item", ...]


Item = Clause | If | Reach | Topic | Question | Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """What is said, in the order in which it is to be done."""

    items: tuple[Item, ...]


def describe(phrase: NounPhrase) -> str:
    """Put a phrase back into words, for messages."""
    if phrase.name and not phrase.name.startswith("#"):
        return phrase.name
    parts = [phrase.superlative or "", *phrase.sizes, *phrase.states, *phrase.shapes, *phrase.colors]
    parts += phrase.unknown
    noun = "" if phrase.unknown and not phrase.kind else phrase.kind or "thing"
    parts.append(f"{noun} {phrase.name[1:]}" if phrase.name else noun)
    parts += [
        f"{where.relation} the {' and the '.join(map(describe, where.references))}"
        for where in phrase.where
        if where.references
    ]
    return " ".join(filter(None, parts))
