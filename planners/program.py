"""What a mind wrote, read and checked: stages of relations, acts and maps.

``planners.read`` makes a ``Program`` from text; nothing else does, and nothing
executes the text. ``docs/programs.md`` is the reference of the text form.
"""

from dataclasses import dataclass
from typing import Literal

from ..core.arrays import Float64
from .expressions import Expression
from .expressions import PointRef as PointRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One comparison, to hold at a stage's end or along it.

    Attributes:
        left: Left side, scalar or vector.
        op: ``<=`` or ``==``; others are turned round when read.
        right: Right side, of the left's shape, or scalar.
        tolerance: What counts as met when judged, in the relation's own unit.
        line: Line of the text, from 1.
        text: The relation as it was written.
    """

    left: Expression
    op: Literal["<=", "=="]
    right: Expression
    tolerance: float
    line: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grasp:
    """Close the hand on a thing at the stage's end.

    Attributes:
        thing: Identifier of the thing.
        part: Part to close on, or None for anywhere.
        hand: The arm's name.
        approach: Wanted direction of the hand's approach in the world, shape (3,), or None for any.
    """

    thing: str
    part: str | None
    hand: str
    approach: Float64 | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Open the hand that holds a thing at the stage's end."""

    thing: str
    hand: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Avoid:
    """Keep hand, held thing and arm a distance from a thing's surface, [m]."""

    thing: str
    distance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Slow:
    """Within a distance of a thing, [m], move the tool no faster than a speed, [m/s]."""

    thing: str
    distance: float
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a program: it ends when its goals hold and its act is done.

    Attributes:
        name: Name of the function that wrote it.
        purpose: Its docstring's first line.
        goals: Relations that hold at the end.
        along: Relations that hold throughout, those of ``always`` included.
        grasps: Things grasped at the end, at most one a hand.
        releases: Things released at the end, at most one a hand.
        avoid: Surfaces to keep away from.
        slow: Where to be slow.
        line: Line where it begins, from 1.
    """

    name: str
    purpose: str
    goals: tuple[Relation, ...] = ()
    along: tuple[Relation, ...] = ()
    grasps: tuple[Grasp, ...] = ()
    releases: tuple[Release, ...] = ()
    avoid: tuple[Avoid, ...] = ()
    slow: tuple[Slow, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A whole program over the things of one scene.

    Attributes:
        text: The text that was read.
        stages: The steps, in order.
        holds: Things that the program ends holding.
    """

    text: str
    stages: tuple[Stage, ...]
    holds: tuple[str, ...] = ()
