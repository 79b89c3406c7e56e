"""Where a stage begins: the scene, the arm, the hand, and what the hand holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pydrake.math import RigidTransform

from ..core.arrays import Float64, frozen
from ..core.errors import UnknownName
from ..perception.scene import Scene, Thing
from ..robots.shapes import Shape, moved
from .program import PointRef

PartKey = tuple[str | None, str]
"""A thing and its part; None and the hand's name for the tool point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A thing that moves with the hand.

    Attributes:
        thing: Its identifier.
        X_GO: Pose of its box in the tool frame.
        shapes: Its solid pieces, in the tool frame.
        points: Its keypoints by part, each p_G, shape (3,), [m].
        width: Opening at which the fingers touch it, [m].
    """

    thing: str
    X_GO: RigidTransform
    shapes: tuple[Shape, ...]
    points: Mapping[str, Float64]
    width: float

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        points = {part: frozen(p_G, (3,)) for part, p_G in self.points.items()}
        object.__setattr__(self, "points", MappingProxyType(points))

    @classmethod
    def at(cls, thing: Thing, X_WG: RigidTransform, width: float) -> "Held":
        """Hold a thing as it is now, with the hand at a pose.

        Args:
            thing: The thing, where it was seen.
            X_WG: Pose of the tool when the fingers close.
            width: Opening at which the fingers touch it, [m].
        """
        X_GW = X_WG.inverse()
        return cls(
            thing=thing.name,
            X_GO=X_GW @ thing.X_WO,
            shapes=tuple(moved(shape, X_GW) for shape in thing.shapes),
            points={part: X_GW @ p_W for part, p_W in thing.parts.items()},
            width=width,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything that a stage's plan depends on, besides the program.

    Attributes:
        scene: What is there; a held thing's place in it is out of date and not used.
        q: Joint positions of the arm at rest, shape (n,), [rad].
        hand: The arm's name.
        width: Opening between the fingertips, [m].
        held: What the hand holds.
        start: Where each part of each thing was when the stage began, p_W, [m].
        origin: Where each part of each thing was when the program began, p_W, [m].
    """

    scene: Scene
    q: Float64
    hand: str
    width: float
    held: Held | None
    start: Mapping[PartKey, Float64]
    origin: Mapping[PartKey, Float64]

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "q", frozen(self.q, (None,)))
        for name in ("start", "origin"):
            places = {key: frozen(p_W, (3,)) for key, p_W in getattr(self, name).items()}
            object.__setattr__(self, name, MappingProxyType(places))

    def point(self, point: PointRef) -> Float64:
        """Give the place of a point that stands still, p_W, [m].

        A part that ``start`` or ``origin`` does not know is where the scene has it.

        Raises:
            UnknownName: If the scene has no such thing or the thing no such part.
        """
        return place_of(point, self.scene, self.start, self.origin)


def place_of(
    point: PointRef, scene: Scene, start: Mapping[PartKey, Float64], origin: Mapping[PartKey, Float64]
) -> Float64:
    """Give the place of a point that stands still, p_W, [m].

    Args:
        point: The point; a part that ``start`` or ``origin`` does not know is where the scene has it.
        scene: What is there.
        start: Where everything was when the stage began.
        origin: Where everything was when the program began.

    Raises:
        UnknownName: If the scene has no such thing or the thing no such part.
    """
    remembered = {"start": start, "origin": origin}.get(point.when, {})
    if (point.thing, point.part) in remembered:
        return remembered[point.thing, point.part]
    assert point.thing is not None, f"{point.when} does not say where the tool point was"
    if point.thing == "table":
        table = scene.table
        middle = (table.lower + table.upper) / 2.0
        return frozen([middle[0], middle[1], table.height], (3,))
    thing = scene.thing(point.thing)
    if point.part not in thing.parts:
        raise UnknownName(f"part of {thing.name}", point.part, thing.parts)
    return thing.parts[point.part]


def places(scene: Scene, hand: str, X_WG: RigidTransform, held: Held | None = None) -> dict[PartKey, Float64]:
    """Note where every part of every thing and the tool point are.

    Args:
        scene: What is there.
        hand: The arm's name.
        X_WG: Pose of its tool.
        held: What it holds; its parts are where the hand has them.

    Returns:
        p_W by (thing, part), [m].
    """
    found: dict[PartKey, Float64] = {
        (thing.name, part): p_W for thing in scene.things for part, p_W in thing.parts.items()
    }
    found[None, hand] = X_WG.translation()
    if held is not None:
        found |= {(held.thing, part): X_WG @ p_G for part, p_G in held.points.items()}
    return found
