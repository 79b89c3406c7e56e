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


RegionKind = Literal[
    "half", "quarter", "edge", "corner", "centre", "above", "left_of", "right_of", "front_of", "behind",
    "beside", "near",
]  # fmt: skip
Side = Literal["left", "right", "front", "back"]
"""A side as the person sees it; front is toward the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A part of space, in terms of things.

    Attributes:
        kind: Which part; docs/programs.md says what each means.
        thing: The thing that it belongs to, or ``table``; None where it lies around a point.
        sides: Which half, quarter, edge or corner; empty where ``nearest`` chooses.
        distance: Distance from the thing or point, [m]; 0 where it is a part of a thing.
        height: How far a part of a thing reaches up from its top, [m].
        point: The point that ``near`` is around, a point in the world.
        nearest: The point that the corner or edge is nearest to, a point in the world.
        text: The region as it was written.
    """

    kind: RegionKind
    thing: str | None = None
    sides: tuple[Side, ...] = ()
    distance: float = 0.0
    height: float = 0.0
    point: Expression | None = None
    nearest: Expression | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Toward:
    """Bring the hand to a point or into a region; of several, the place with the most weight is gone to.

    Attributes:
        target: A point in the world, or a region.
        weight: How much it counts beside others.
        text: The statement as it was written.
    """

    target: Expression | Region
    weight: float = 1.0
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvoidRegion:
    """Keep the hand and what it holds out of a region, and a distance from it, [m]."""

    region: Region
    distance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowRegion:
    """In a region and within a distance of it, [m], move the tool no faster than a speed, [m/s]."""

    region: Region
    distance: float
    speed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Turn the hand's approach direction to a point, or along a direction.

    Attributes:
        target: A point in the world, [m], or a direction.
        where: Where on the way; None for everywhere.
    """

    target: Expression
    where: Region | None = None

    @property
    def at_point(self) -> bool:
        """Whether the target is a point and not a direction."""
        return self.target.unit == "m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grip:
    """Keep the fingers at an opening.

    Attributes:
        opening: Distance of the fingertips, [m], or as far as they go.
        where: Where on the way; None for everywhere.
    """

    opening: float | Literal["open", "closed"]
    where: Region | None = None


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
        slow: Things near which to be slow.
        toward: Where the hand is drawn to.
        avoid_regions: Regions to keep out of.
        slow_regions: Regions in which to be slow.
        face: Which way the hand points; where several speak of a place, the last one counts.
        grip: How far the fingers are open; where several speak of a place, the last one counts.
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
    toward: tuple[Toward, ...] = ()
    avoid_regions: tuple[AvoidRegion, ...] = ()
    slow_regions: tuple[SlowRegion, ...] = ()
    face: tuple[Face, ...] = ()
    grip: tuple[Grip, ...] = ()
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
