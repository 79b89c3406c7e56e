"""Free space around the arm in one situation, with the contact that is meant excepted."""

from collections.abc import Mapping, Sequence
from typing import Protocol, Self

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..robots.collision import CollisionWorld, Obstacle, Pair, Pairs
from ..robots.held import HeldShape
from ..robots.kinematics import Kinematics
from ..robots.nearest import Packed
from ..robots.shapes import moved
from .situation import Held, Situation

DEEP = 0.008
"""How far what may touch may overlap before it counts: balls around things stick out of them, [m]."""
CAP = 0.1
AROUND = 1.0
"""How far distances from what is avoided are measured, [m]: no ``avoid`` asks for more."""
NONE: frozenset[str] = frozenset()


class Measured(Protocol):
    """Distances of each pair of bodies, as the collision worlds of one arm and of several give them."""

    def rows(self) -> Sequence[Pair]:
        """Name the pairs."""
        ...

    def distances(self, q: Float64, ignore: Pairs = (), band: float = 0.1) -> tuple[Float64, Float64]:
        """Give their distances and Jacobian."""
        ...


class Room:
    """Distances of the arm, the hand and what it holds from everything else.

    What the hand may touch, or the thing in it where it holds one, is named
    with each question.
    """

    def __init__(self, world: CollisionWorld, regions: frozenset[str] = NONE):
        """Measure in a collision world.

        Args:
            world: The arm among obstacles.
            regions: Which of these are no solids: only the hand and what it holds stay out of them.
        """
        self.world = world
        self._free = frozenset(("arm", name) for name in regions)
        self._body = "hand" if world.held is None else "held"

    @classmethod
    def around(
        cls,
        situation: Situation,
        kinematics: Kinematics,
        *,
        width: float,
        keep: Mapping[str, float] | None = None,
        placed: tuple[Held, RigidTransform] | None = None,
        regions: Sequence[Obstacle] = (),
    ) -> Self:
        """Build the room of a situation.

        Args:
            situation: What is there and held.
            kinematics: The arm.
            width: Opening of the fingers, [m].
            keep: Distance to keep from things, added to that from all others, [m].
            placed: What is held and the tool's pose where it is let go: it is an obstacle there.
            regions: What the hand and what it holds stay out of.
        """
        margins = keep or {}
        held = situation.held
        obstacles = [
            Obstacle(name=thing.name, shapes=thing.shapes, margin=margins.get(thing.name, 0.0))
            for thing in situation.scene.things
            # What lies in a held vessel goes with it.
            if held is None or held.thing not in (thing.name, thing.inside)
        ]
        carried = None if held is None else HeldShape.of(held.thing, held.shapes)
        if placed is not None:
            thing, X_WG = placed
            shapes = tuple(moved(shape, X_WG) for shape in thing.shapes)
            obstacles.append(Obstacle(name=thing.thing, shapes=shapes))
            carried = None
        height = situation.scene.table.height
        world = CollisionWorld(
            kinematics, (*obstacles, *regions), table_height=height, width=width, held=carried
        )
        return cls(world, frozenset(one.name for one in regions))

    def _pairs(self, touching: frozenset[str]) -> frozenset[tuple[str, str]]:
        return frozenset((self._body, name) for name in touching)

    def clearance(self, Q: Float64, touching: frozenset[str] = NONE) -> Float64:
        """Give the least distance that counts at many configurations.

        Args:
            Q: Joint positions, shape (N, n), [rad].
            touching: What may be touched.

        Returns:
            Distances, at most 0.1 m, shape (N,), [m].
        """
        if not touching:
            return self.world.clearance(Q, self._free, cap=CAP)
        free = self.world.clearance(Q, self._free | self._pairs(touching), cap=CAP)
        return np.minimum(free, self.world.clearance(Q, self._free, cap=CAP) + DEEP)

    def solid_clearance(self, Q: Float64) -> Float64:
        """Give the least distance from what can be bumped into, regions left out, (N,), [m]."""
        bodies = ("hand",) if self.world.held is None else ("hand", "held")
        regions = frozenset((body, name) for _, name in self._free for body in bodies)
        return self.world.clearance(Q, self._free | regions, cap=CAP)

    def packed(self, touching: frozenset[str] = NONE) -> tuple[Packed, Float64]:
        """Give what a kernel computes the same rows from: the world, and each pair's allowance, (m,), [m]."""
        meant = [pair.body == self._body and pair.other in touching for pair in self.world.rows(self._free)]
        return self.world.packed(self._free), np.where(np.array(meant, dtype=bool), DEEP, 0.0)

    def rows(self, q: Float64, touching: frozenset[str] = NONE) -> tuple[Float64, Float64]:
        """Give the distances of each pair with their Jacobian; what may touch counts from its allowance.

        Returns:
            Shape (m,), [m], and (m, n), [m/rad].
        """
        d, J = self.world.distances(q, self._free, band=CAP)
        meant = [pair.body == self._body and pair.other in touching for pair in self.world.rows(self._free)]
        allowed = np.array(meant, dtype=bool)
        return np.where(allowed, d + DEEP, d), J

    def nearest(self, q: Float64, touching: frozenset[str] = NONE) -> tuple[float, str]:
        """Give the least distance that counts and between which two it is, [m]."""
        d, _ = self.rows(q, touching)
        at = int(np.argmin(d))
        body, other = self.world.rows(self._free)[at]
        name = self.world.held.name if body == "held" and self.world.held is not None else f"the {body}"
        return float(d[at]), f"{name} and {'the arm' if other == 'arm' else other}"


def nearest_to(world: Measured, Q: Float64, name: str, margin: float, *, arms: bool = True) -> float:
    """Give how near arms, hands and held things come to a thing or a region, at most ``AROUND``, [m].

    Args:
        world: Measures them.
        Q: Joint positions, shape (N, n), [rad].
        name: The thing's identifier, or the region's name.
        margin: Distance that the world takes off every distance from it, [m].
        arms: Whether arms count, or only hands and what they hold.
    """
    pairs = [pair.other == name and (arms or not pair.body.endswith("arm")) for pair in world.rows()]
    rows = np.array(pairs, dtype=bool)
    if not rows.any():
        return AROUND
    return margin + min(float(world.distances(q, band=AROUND)[0][rows].min()) for q in Q)
