"""Free space around several arms in one situation, with the contacts that are meant excepted."""

from collections.abc import Mapping

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...robots.arm_group import ArmGroup
from ...robots.collision import Obstacle
from ...robots.group_collision import GroupWorld
from ...robots.held import HeldShape
from ...robots.shapes import moved
from ..room import CAP, DEEP
from ..situation import Held
from .situation import ArmsSituation

Touching = frozenset[tuple[str, str]]
"""Pairs that may touch: ``("left/held", "table")``, ``("right/hand", "left/held")``."""
NOTHING: Touching = frozenset()


class ArmsRoom:
    """Distances of arms, hands and what they hold from everything else and from each other.

    Attributes:
        world: The arms among obstacles.
        gripped: Pairs that are in contact throughout: a second hand and what it holds with the first.
    """

    def __init__(self, world: GroupWorld, gripped: Touching = NOTHING):
        """Measure in a collision world."""
        self.world = world
        self.gripped = gripped

    def clearance(self, Q: Float64, touching: Touching = NOTHING) -> Float64:
        """Give the least distance that counts at many configurations.

        Args:
            Q: Joint positions of all arms, shape (N, n), [rad].
            touching: What may touch: it counts from where it overlaps by ``DEEP``.

        Returns:
            Distances, at most 0.1 m, shape (N,), [m].
        """
        least = self.world.clearance(Q, self.gripped | touching, cap=CAP)
        if touching - self.gripped:
            least = np.minimum(least, self.world.clearance(Q, self.gripped, cap=CAP) + DEEP)
        return least

    def rows(self, q: Float64, touching: Touching = NOTHING) -> tuple[Float64, Float64]:
        """Give the distances of each pair with their Jacobian, (m,), [m], and (m, n), [m/rad]."""
        d, J = self.world.distances(q, self.gripped, band=CAP)
        either = touching | {(other, body) for body, other in touching}
        allowed = np.array([pair in either for pair in self.world.rows(self.gripped)], dtype=bool)
        return np.where(allowed, d + DEEP, d), J

    def nearest(self, q: Float64, touching: Touching = NOTHING) -> tuple[float, str]:
        """Give the least distance that counts and between which two it is, [m]."""
        d, _ = self.rows(q, touching)
        at = int(np.argmin(d))
        body, other = self.world.rows(self.gripped)[at]
        return float(d[at]), f"{self._said(body)} and {self._said(other)}"

    def _said(self, body: str) -> str:
        arm, _, group = body.partition("/")
        if not group:
            return body
        if group == "held":
            return self.world.held[arm].name
        return f"the {arm} {group}"


def room_around(
    situation: ArmsSituation,
    group: ArmGroup,
    *,
    widths: Mapping[str, float],
    keep: Mapping[str, float] | None = None,
    let_go: Mapping[str, tuple[Held, RigidTransform]] | None = None,
) -> ArmsRoom:
    """Build the room of a situation.

    Args:
        situation: What is there and held.
        group: The arms.
        widths: Opening of the fingers of each hand, [m].
        keep: Distance to keep from things, added to that from all others, [m].
        let_go: By hand: what it lets go, and its tool's pose there. Where no other hand holds the
            thing, it is an obstacle there.
    """
    margins, gone = keep or {}, let_go or {}
    in_hand: dict[str, Held] = {}
    gripped: set[tuple[str, str]] = set()
    names: set[str] = set()
    for name, hand in situation.hands.items():
        if hand.held is None or name in gone:
            continue
        first = next((one for one, held in in_hand.items() if held.thing == hand.held.thing), None)
        if first is None:
            in_hand[name] = hand.held
        else:
            gripped.add((f"{name}/hand", f"{first}/held"))
        names.add(hand.held.thing)
    obstacles = []
    left = {held.thing: (held, X_WG) for held, X_WG in gone.values()}
    for thing in situation.scene.things:
        shapes = thing.shapes
        if thing.name in names:
            continue
        if thing.name in left:
            held, X_WG = left[thing.name]
            shapes = tuple(moved(shape, X_WG) for shape in held.shapes)
        obstacles.append(Obstacle(name=thing.name, shapes=shapes, margin=margins.get(thing.name, 0.0)))
    world = GroupWorld(
        group,
        obstacles,
        table_height=situation.scene.table.height,
        widths=widths,
        held={name: HeldShape.of(held.thing, held.shapes) for name, held in in_hand.items()},
    )
    return ArmsRoom(world, frozenset(gripped))
