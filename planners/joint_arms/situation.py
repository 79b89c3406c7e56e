"""Where a stage of several arms begins: each arm, each hand, and what they hold, together or alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

from pydrake.math import RigidTransform

from ...core.arrays import Float64, frozen
from ...perception.scene import Scene, Thing
from ...robots.arm_group import ArmGroup
from ...robots.shapes import moved
from ..program import PointRef
from ..situation import Held, PartKey, place_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HandState:
    """One arm and its hand at rest.

    Attributes:
        q: Joint positions, shape (n,), [rad].
        width: Opening between the fingertips, [m].
        held: What the hand holds; two hands may hold the same thing.
    """

    q: Float64
    width: float
    held: Held | None = None

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "q", frozen(self.q, (None,)))


class Joined(NamedTuple):
    """Two hands that hold one thing: their relative pose X_GH stays as it is."""

    first: str
    second: str
    X_GH: RigidTransform


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmsSituation:
    """Everything that a stage's plan depends on, besides the program.

    Attributes:
        scene: What is there; a held thing's place in it is out of date and not used.
        hands: Each arm by name, in the group's order.
        start: Where each part of each thing and each tool was when the stage began, p_W, [m].
        origin: Where they were when the program began, p_W, [m].
    """

    scene: Scene
    hands: Mapping[str, HandState]
    start: Mapping[PartKey, Float64]
    origin: Mapping[PartKey, Float64]

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "hands", MappingProxyType(dict(self.hands)))
        for name in ("start", "origin"):
            places = {key: frozen(p_W, (3,)) for key, p_W in getattr(self, name).items()}
            object.__setattr__(self, name, MappingProxyType(places))

    def point(self, point: PointRef) -> Float64:
        """Give the place of a point that stands still, p_W, [m]; see ``situation.place_of``."""
        return place_of(point, self.scene, self.start, self.origin)

    def q(self, group: ArmGroup) -> Float64:
        """Give the joint positions of all arms, shape (n,), [rad]."""
        return group.join({name: hand.q for name, hand in self.hands.items()})

    def holders(self, thing: str) -> tuple[str, ...]:
        """Name the hands that hold a thing; it moves with the first of them."""
        return tuple(
            name for name, hand in self.hands.items() if hand.held is not None and hand.held.thing == thing
        )

    @property
    def carried(self) -> dict[str, Held]:
        """What is held, each thing once, by the first hand that holds it."""
        return {
            name: hand.held
            for name, hand in self.hands.items()
            if hand.held is not None and self.holders(hand.held.thing)[0] == name
        }

    @property
    def joined(self) -> tuple[Joined, ...]:
        """Pairs of hands that one thing joins."""
        pairs = []
        for first, held in self.carried.items():
            for second in self.holders(held.thing)[1:]:
                other = self.hands[second].held
                assert other is not None, "a holder holds"
                pairs.append(Joined(first, second, held.X_GO @ other.X_GO.inverse()))
        return tuple(pairs)

    def tool_pose(self, hand: str, group: ArmGroup) -> RigidTransform:
        """Give the pose X_WG of a hand's tool."""
        return group.arms[hand].tool_pose(self.hands[hand].q)

    def thing_now(self, name: str, group: ArmGroup) -> Thing:
        """Give a thing where it is, also where a hand has it.

        Raises:
            UnknownName: If the scene has no such thing.
        """
        thing = self.scene.thing(name)
        holders = self.holders(name)
        if not holders:
            return thing
        held = self.hands[holders[0]].held
        assert held is not None, "a holder holds"
        return placed(thing, self.tool_pose(holders[0], group) @ held.X_GO, "hand")


def placed(thing: Thing, X_WO: RigidTransform, on: str) -> Thing:
    """Give a thing a new pose: cloud, parts and solids go with it."""
    X_NW = X_WO @ thing.X_WO.inverse()
    return replace(
        thing,
        X_WO=X_WO,
        cloud=X_NW.multiply(thing.cloud.T).T if len(thing.cloud) else thing.cloud,
        parts={part: X_NW @ p_W for part, p_W in thing.parts.items()},
        shapes=tuple(moved(shape, X_NW) for shape in thing.shapes),
        on=on,
        inside=None,
    )


def arm_places(scene: Scene, hands: Mapping[str, HandState], group: ArmGroup) -> dict[PartKey, Float64]:
    """Note where every part of every thing and every tool point are, p_W by (thing, part), [m]."""
    found: dict[PartKey, Float64] = {
        (thing.name, part): p_W for thing in scene.things for part, p_W in thing.parts.items()
    }
    # Backwards, so that a thing's place is that of the first hand that holds it.
    for name, hand in reversed(list(hands.items())):
        X_WG = group.arms[name].tool_pose(hand.q)
        found[None, name] = X_WG.translation()
        if hand.held is not None:
            found |= {(hand.held.thing, part): X_WG @ p_G for part, p_G in hand.held.points.items()}
    return found


def begin_arms(scene: Scene, hands: Mapping[str, HandState], group: ArmGroup) -> ArmsSituation:
    """Give the situation in which a program begins."""
    here = arm_places(scene, hands, group)
    return ArmsSituation(scene=scene, hands=hands, start=here, origin=here)
