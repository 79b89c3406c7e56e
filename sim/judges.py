"""Did it happen? Told from the world's truth, in the world's own process.

A judge is called when the episode has ended. It lets the world rest for a
moment, measures, and says what was touched on the way.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..core.arrays import Float64
from .catalogue import cavity_radius, extents, support_height
from .scenes import ThingSpec
from .world import World

REST = 0.5  # Time that things get to come to rest before they are measured, [s].
TOUCH = 0.5  # Force from which a touch counts, [N].
DISTURBED = 0.010  # Movement from which another thing counts as wrongly touched, [m].
LIFTED = 0.05  # Height from which a thing counts as picked up, [m].
NEAR = 0.10  # Largest gap between things that are next to each other, [m].
STANDING = 0.012  # Largest gap between a thing and what it stands on, [m].
REFERENCE_MOVED = 0.05  # Movement from which what a thing is brought to counts as disturbed, [m].
ROBOT = "panda_"


def judge(world: World, task: Mapping[str, Any]) -> dict[str, Any]:
    """Judge one episode.

    Args:
        world: The world, after the agent has let go of it.
        task: What ``Task.to_dict`` gave.

    Returns:
        ``success``, ``reason``, ``collisions``, ``wrong_touched`` and the names of both.
    """
    world.advance(REST)
    case = _Case(world, task)
    done, reason = _KINDS[str(task["kind"])](case)
    collisions, wrong = case.collisions(), case.wrongly_touched()
    return {
        "success": bool(done and not wrong),
        "reason": reason if not wrong else f"{reason}; wrongly touched: {', '.join(wrong)}",
        "collisions": len(collisions),
        "wrong_touched": len(wrong),
        "collided": collisions,
        "touched": wrong,
    }


def met(world: World, kind: str, target: str, reference: str | None = None) -> tuple[bool, str]:
    """Say whether a relation holds now, and by what numbers.

    Args:
        world: The world, at rest.
        kind: ``pick``, ``put_in``, ``put_on``, ``next_to`` or ``stack``.
        target: Identifier of the thing that was to be moved.
        reference: Identifier of the thing that it was to be brought to.
    """
    return _KINDS[kind](_Case(world, {"target": target, "reference": reference}))


class _Case:
    """The truth about the target, what it was brought to, and the rest."""

    def __init__(self, world: World, task: Mapping[str, Any]):
        self.world = world
        self.target = world.scene.thing(str(task["target"]))
        name = task["reference"]
        self.reference: ThingSpec | None = world.scene.thing(str(name)) if name else None
        self.X_now = world.truth()
        self.X_start = world.start_truth

    def place(self, thing: ThingSpec) -> Float64:
        """Give the middle of a thing, p_W, [m]."""
        return self.X_now[thing.id].translation()

    def bottom(self, thing: ThingSpec) -> float:
        """Give the height of a thing's lowest point, boxes exactly and round things upright, [m]."""
        half = extents(thing.kind, thing.size) / 2.0
        reach = np.abs(self.X_now[thing.id].rotation().matrix()[2]) @ half
        return float(self.place(thing)[2] - reach)

    def moved(self, thing: ThingSpec) -> float:
        """Give how far a thing is from where it was, [m]."""
        return float(np.linalg.norm(self.place(thing) - self.X_start[thing.id].translation()))

    def held(self) -> bool:
        """Say whether the hand still touches the target."""
        return any(
            self.target.id in (contact.a, contact.b)
            and (contact.a.startswith(ROBOT) or contact.b.startswith(ROBOT))
            and contact.last > self.world.time - 0.05
            for contact in self.world.contacts()
        )

    def collisions(self) -> list[str]:
        """List touches, while the arm moved, that no task asks for.

        The hand may touch the target; the target may touch what it stood on and
        what it is brought to, with all that is in there. Nothing else may touch.
        """
        mine = {self.target.id, "table"} | ({self.reference.id} if self.reference else set())
        mine |= {thing.id for thing in self.world.scene.things if self._beside(thing)}
        found = []
        for contact in self.world.contacts():
            if contact.moving_force < TOUCH:
                continue
            pair = {contact.a, contact.b}
            robot = {name for name in pair if name.startswith(ROBOT)}
            by_hand = robot and pair - robot not in (set(), {self.target.id})
            by_target = not robot and self.target.id in pair and not pair <= mine
            if by_hand or by_target:
                found.append(f"{contact.a} and {contact.b}")
        return found

    def wrongly_touched(self) -> list[str]:
        """List things that moved though they had no part in the task."""
        parts = {self.target.id} | ({self.reference.id} if self.reference else set())
        inside = {thing.id for thing in self.world.scene.things if self._beside(thing)}
        others = [t for t in self.world.scene.things if t.id not in parts | inside]
        wrong = [thing.id for thing in others if self.moved(thing) > DISTURBED]
        if self.reference is not None and self.moved(self.reference) > REFERENCE_MOVED:
            wrong.append(self.reference.id)
        return wrong

    def _beside(self, thing: ThingSpec) -> bool:
        """Say whether a thing stood on or in what the target was on, or is brought to."""
        carriers = {self.target.on} | ({self.reference.id} if self.reference else set())
        return thing.on is not None and thing.on in carriers


def _reference(case: _Case) -> ThingSpec:
    assert case.reference is not None, "this kind of task brings its target to something"
    return case.reference


def _pick(case: _Case) -> tuple[bool, str]:
    height = case.bottom(case.target)
    return height > LIFTED and case.held(), f"{case.target.id} is {height:.3f} m above the table"


def _put_in(case: _Case) -> tuple[bool, str]:
    container = _reference(case)
    offset = float(np.linalg.norm((case.place(case.target) - case.place(container))[:2]))
    radius = cavity_radius(container.kind, container.size) or 0.0
    rim = case.place(container)[2] + extents(container.kind, container.size)[2] / 2.0
    below = rim - case.bottom(case.target)
    reason = f"{offset:.3f} m off the middle of {container.id}, underside {below:.3f} m below its rim"
    return offset < radius and below > 0.005 and not case.held(), reason


def _put_on(case: _Case) -> tuple[bool, str]:
    support = _reference(case)
    size = extents(support.kind, support.size)
    surface = case.place(support)[2] - size[2] / 2.0 + support_height(support.kind, support.size)
    offset = np.abs((case.place(case.target) - case.place(support))[:2]).max()
    gap = abs(case.bottom(case.target) - surface)
    reason = f"{offset:.3f} m off the middle of {support.id}, {gap:.3f} m from its surface"
    return bool(offset < size[:2].min() / 2.0 and gap < STANDING) and not case.held(), reason


def _next_to(case: _Case) -> tuple[bool, str]:
    other = _reference(case)
    away = float(np.linalg.norm((case.place(case.target) - case.place(other))[:2]))
    radii = [extents(thing.kind, thing.size)[:2].min() / 2.0 for thing in (case.target, other)]
    gap = away - sum(radii)
    low = case.bottom(case.target)
    reason = f"{gap:.3f} m from {other.id}, underside at {low:.3f} m"
    return gap < NEAR and abs(low) < STANDING and case.moved(
        case.target
    ) > DISTURBED and not case.held(), reason


def _stack(case: _Case) -> tuple[bool, str]:
    return _put_on(case)


_KINDS = {"pick": _pick, "put_in": _put_in, "put_on": _put_on, "next_to": _next_to, "stack": _stack}
