"""What value maps are made over: things with their solids, the table, and what left means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64, frozen
from ...core.errors import UnknownName
from ...perception.scene import Directions, Scene
from ...robots.shapes import Box, Shape, moved
from ..expressions import Expression, PointRef
from ..situation import Situation
from ..tape import Tape

SLAB = 0.5
"""How far down the table's solid reaches, [m]; nothing gets below it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A thing, or the table, as the maps see it.

    Attributes:
        X_WO: Pose of its box.
        size: Full extents of its box, shape (3,), [m].
        shapes: Its solid pieces in the world.
        parts: Its points, each p_W, shape (3,), [m].
    """

    X_WO: RigidTransform
    size: Float64
    shapes: tuple[Shape, ...]
    parts: Mapping[str, Float64] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "size", frozen(self.size, (3,)))
        parts = {name: frozen(p_W, (3,)) for name, p_W in self.parts.items()}
        object.__setattr__(self, "parts", MappingProxyType(parts))

    @classmethod
    def boxes(cls, corners: Sequence[tuple[Float64, Float64]]) -> Self:
        """Make a thing of solid boxes along the world's axes.

        Args:
            corners: Least and largest corner of each, each shape (3,), [m].
        """
        low = np.min([a for a, _ in corners], axis=0)
        high = np.max([b for _, b in corners], axis=0)
        centre = (low + high) / 2.0
        return cls(
            X_WO=RigidTransform(centre),
            size=high - low,
            shapes=tuple(
                Box(X_WS=RigidTransform((np.asarray(a) + b) / 2.0), half=(np.asarray(b) - a) / 2.0)
                for a, b in corners
            ),
            parts={
                "center": centre,
                "top": np.array([*centre[:2], high[2]]),
                "bottom": np.array([*centre[:2], low[2]]),
            },
        )

    def moved(self, X_NW: RigidTransform) -> Self:
        """Give it a new place: its pose becomes ``X_NW @ X_WO``."""
        return replace(
            self,
            X_WO=X_NW @ self.X_WO,
            shapes=tuple(moved(shape, X_NW) for shape in self.shapes),
            parts={name: X_NW @ p_W for name, p_W in self.parts.items()},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Things, table and points that statements speak of.

    Attributes:
        things: By name; ``table`` is one of them, its box the slab below the surface.
        directions: What left and behind mean.
        places: Points that do not follow from the things: past ones, the tool point; p_W, shape (3,), [m].
    """

    things: Mapping[str, Body]
    directions: Directions
    places: Mapping[PointRef, Float64] = field(default_factory=dict)

    @classmethod
    def of(cls, scene: Scene, *, tool: tuple[str, Float64] | None = None) -> Self:
        """Take what a scene has.

        Args:
            scene: What is seen.
            tool: Name of the hand and where its tool point is, p_WG, [m].
        """
        table = scene.table
        things = {"table": slab(table.lower, table.upper, table.height)}
        for thing in scene.things:
            parts = {name: np.array(p_W) for name, p_W in thing.parts.items()}
            things[thing.name] = Body(X_WO=thing.X_WO, size=thing.size, shapes=thing.shapes, parts=parts)
        places = {} if tool is None else {PointRef(thing=None, part=tool[0]): frozen(tool[1], (3,))}
        return cls(things=things, directions=scene.directions, places=places)

    @classmethod
    def at(cls, situation: Situation, p_WG: Float64) -> Self:
        """Take what a stage begins with, past places included.

        Args:
            situation: Where the stage begins.
            p_WG: Where the tool point is then, shape (3,), [m].
        """
        found = cls.of(situation.scene, tool=(situation.hand, p_WG))
        places = dict(found.places)
        for (thing, part), p_W in situation.start.items():
            places[PointRef(thing=thing, part=part, when="start")] = p_W
        for (thing, part), p_W in situation.origin.items():
            places[PointRef(thing=thing, part=part, when="origin")] = p_W
        return replace(found, places=places)

    def thing(self, name: str) -> Body:
        """Find a thing.

        Raises:
            UnknownName: If there is none of that name.
        """
        if name not in self.things:
            raise UnknownName("thing", name, self.things)
        return self.things[name]

    def value(self, expression: Expression) -> Float64:
        """Give what an expression over points is now: a point or direction, shape (3,).

        Raises:
            UnknownName: If it speaks of what is not there.
        """
        tape = Tape.compile([expression])
        points = np.array([self._place(ref) for ref in tape.points]).reshape(-1, 3)
        return tape.evaluate(points)

    def moved(self, name: str, X_old: RigidTransform, X_new: RigidTransform) -> Self:
        """Move a thing.

        Args:
            name: Which.
            X_old: A pose of it before, in the world.
            X_new: The same pose afterwards.

        Raises:
            UnknownName: If there is none of that name.
        """
        body = self.thing(name).moved(X_new @ X_old.inverse())
        return replace(self, things={**self.things, name: body})

    def _place(self, ref: PointRef) -> Float64:
        if ref in self.places:
            return self.places[ref]
        if ref.thing is None:
            raise UnknownName("place of the tool point of", ref.part, (key.part for key in self.places))
        parts = self.thing(ref.thing).parts
        if ref.part not in parts:
            raise UnknownName(f"part of {ref.thing}", ref.part, parts)
        return parts[ref.part]


def slab(lower: Float64, upper: Float64, height: float) -> Body:
    """Make a table: a slab below its surface that reaches beyond every workspace.

    Args:
        lower: Least x and y of the surface, shape (2,), [m].
        upper: Largest x and y of it, shape (2,), [m].
        height: Height of the surface, [m].
    """
    middle = (np.asarray(lower) + upper) / 2.0
    size = np.array([*(np.asarray(upper) - lower), 2.0 * SLAB])
    centre = np.array([middle[0], middle[1], height - SLAB])
    # What was seen of the table is its rectangle; that nothing reaches below it holds beyond, too.
    solid = Box(X_WS=RigidTransform(centre), half=np.array([5.0, 5.0, SLAB]))
    top = np.array([middle[0], middle[1], height])
    parts = {"center": top, "top": top, "bottom": top}
    return Body(X_WO=RigidTransform(centre), size=size, shapes=(solid,), parts=parts)
