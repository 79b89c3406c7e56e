"""Judges of the suite ``relations``: what holds between things, and what held on the way.

They measure the world's truth, in the world's own process; see ``judges``.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from pydrake.math import RigidTransform
from pydrake.multibody.tree import ModelInstanceIndex

from ..core.arrays import Float64
from .catalogue import cavity_radius, extents, support_height
from .contacts import Contact
from .judges import DISTURBED, REFERENCE_MOVED, REST, ROBOT, STANDING, TOUCH
from .scenes import ThingSpec
from .world import World

UPRIGHT = float(np.radians(10.0))
"""Largest tilt of what is carried upright, [rad]."""
STANDS = float(np.radians(8.0))
"""Largest tilt of what stands, [rad]."""
POURED = 0.8
"""Least share of the grains that has to arrive."""
OPENED = 0.08
"""How far a drawer has to be open, [m]."""
HANDED, AIM = np.array([0.5, -0.2]), 0.05
"""Where a thing that is handed over is set down, and how far off it may stand, [m]."""
CARRIED, TRAY_AIM = np.array([0.0, 0.08]), 0.03
"""How far along the table a tray is carried, and how far off it may be set down, [m]."""
RAISED = 0.06
"""How high a tray is lifted at least, [m]."""
AT_ITS_END = 0.03
"""How far beyond a tray's outline a hand that carries it may be, [m]."""
LIFTED = 0.01
"""What is farther above the table than this is in the air, [m]."""
HANGS = 0.03
"""What hangs is at least so far above the table, [m]."""
TIPS = f"{ROBOT}hand_tcp"
"""The link midway between an arm's fingertips."""
NOW = 0.05
"""A touch that long ago still counts as present, [s]."""


def judge(world: World, task: Mapping[str, Any]) -> dict[str, Any]:
    """Judge one episode.

    Args:
        world: The world, after the agent has let go of it.
        task: What ``Task.to_dict`` gave.

    Returns:
        ``success``, ``reason``, ``collisions``, ``wrong_touched`` and the names of both.
    """
    case = Case(world, task)
    world.advance(REST)
    done, reason = _KINDS[str(task["kind"])](case)
    wrong, collided = case.wrongly_moved(), case.collisions()
    return {
        "success": bool(done and not wrong),
        "reason": f"{reason}; wrongly touched: {', '.join(wrong)}" if wrong else reason,
        "collisions": len(collided),
        "wrong_touched": len(wrong),
        "collided": collided,
        "touched": wrong,
    }


class Case:
    """The truth about the things that have a part in a task, and about the rest."""

    def __init__(self, world: World, task: Mapping[str, Any]):
        """Note who has which part.

        Args:
            world: The world.
            task: What ``Task.to_dict`` gave.
        """
        self.world = world
        self.target = world.scene.thing(str(task["target"]))
        self.reference: ThingSpec | None = (
            world.scene.thing(str(task["reference"])) if task["reference"] else None
        )
        self.others = tuple(world.scene.thing(str(name)) for name in task["others"])

    def pose(self, thing: ThingSpec) -> RigidTransform:
        """Give the pose of a thing, X_WB."""
        return self.world.truth()[thing.id]

    def bottom(self, thing: ThingSpec) -> float:
        """Give the height of the lowest point of a thing's box, [m]."""
        X_WB = self.pose(thing)
        half = extents(thing.kind, thing.size) / 2.0
        return float(X_WB.translation()[2] - np.abs(X_WB.rotation().matrix()[2]) @ half)

    def held(self) -> bool:
        """Say whether the hand touches what was moved now."""
        mine = {self.target.id, f"{self.target.id}_slide", *(thing.id for thing in self.others)}
        return any(self._by_robot(contact) and {contact.a, contact.b} & mine for contact in self._now())

    def touching(self, a: str, b: str) -> bool:
        """Say whether two bodies touch now."""
        return any({contact.a, contact.b} == {a, b} for contact in self._now())

    def tilts(self, thing: ThingSpec) -> Float64:
        """Give a thing's tilt at every moment of the log, shape (N,), [rad]."""
        plant = self.world.plant
        context, body = plant.CreateDefaultContext(), plant.GetBodyByName(thing.id)
        cosines = []
        for moment in self.world.log():
            plant.SetPositions(context, moment.positions)
            cosines.append(plant.EvalBodyPoseInWorld(context, body).rotation().matrix()[2, 2])
        return np.arccos(np.clip(cosines, -1.0, 1.0))

    def journey(self, thing: ThingSpec) -> tuple[Float64, Float64]:
        """Give a thing's lowest height and its middle's distance from each arm's fingertips in the log.

        Returns:
            Heights, shape (N,), and distances, shape (N, A), arms in the scene's order, [m].
        """
        world, plant = self.world, self.world.plant
        context, body = plant.CreateDefaultContext(), plant.GetBodyByName(thing.id)
        tips = [
            plant.get_body(index)
            for arm in world.scene.arms
            for instance in map(ModelInstanceIndex, range(plant.num_model_instances()))
            if plant.GetModelInstanceName(instance).startswith(f"{arm}::")
            for index in plant.GetBodyIndices(instance)
            if plant.get_body(index).name() == TIPS
        ]
        half = extents(thing.kind, thing.size) / 2.0
        heights, distances = [], []
        for moment in world.log():
            plant.SetPositions(context, moment.positions)
            X_WB = plant.EvalBodyPoseInWorld(context, body)
            p_WB = X_WB.translation()
            heights.append(p_WB[2] - np.abs(X_WB.rotation().matrix()[2]) @ half)
            places = [plant.EvalBodyPoseInWorld(context, tip).translation() for tip in tips]
            distances.append([float(np.linalg.norm(p_WT - p_WB)) for p_WT in places])
        return np.array(heights), np.array(distances)

    def touched(self, name: str) -> list[str]:
        """List what has touched a body, harder than by a breath."""
        return sorted(
            next(iter({contact.a, contact.b} - {name}), name)
            for contact in self.world.contacts()
            if name in (contact.a, contact.b) and contact.force >= TOUCH
        )

    def wrongly_moved(self) -> list[str]:
        """List things that moved though they had no part in the task, or more than their part."""
        wrong = []
        for thing in self.world.scene.things:
            if thing.kind == "grain" or thing.id == self.target.id:
                continue
            if thing in self.others:
                continue
            start = self.world.start_truth[thing.id].translation()
            moved = float(np.linalg.norm(self.pose(thing).translation() - start))
            if moved > (REFERENCE_MOVED if thing == self.reference else DISTURBED):
                wrong.append(thing.id)
        return wrong

    def collisions(self) -> list[str]:
        """List touches of the robot, while it moved, with what has no part in the task."""
        parts = {self.target.id, f"{self.target.id}_slide", *(thing.id for thing in self.others)}
        parts |= {thing.id for thing in self.world.scene.things if thing.kind == "grain"}
        return [
            f"{contact.a} and {contact.b}"
            for contact in self.world.contacts()
            if contact.moving_force >= TOUCH
            and ROBOT in (contact.a[: len(ROBOT)], contact.b[: len(ROBOT)])
            and not {contact.a, contact.b} & parts
            and not self._robots_own(contact)
        ]

    def _now(self) -> Iterator[Contact]:
        return (contact for contact in self.world.contacts() if contact.last > self.world.time - NOW)

    @staticmethod
    def _robots_own(contact: Contact) -> bool:
        """Say whether an arm touches itself; where there are several, their names follow an ``@``."""
        if not (contact.a.startswith(ROBOT) and contact.b.startswith(ROBOT)):
            return False
        return contact.a.partition("@")[2] == contact.b.partition("@")[2]

    @staticmethod
    def _by_robot(contact: Contact) -> bool:
        robot = [name for name in (contact.a, contact.b) if name.startswith(ROBOT)]
        return len(robot) == 1


def tilt(X_WB: RigidTransform) -> float:
    """Give the angle between a thing's own up and the world's, [rad]."""
    return float(np.arccos(np.clip(X_WB.rotation().matrix()[2, 2], -1.0, 1.0)))


def _stands_on(case: Case, thing: ThingSpec, support: ThingSpec) -> tuple[bool, str]:
    size = extents(support.kind, support.size)
    X_WB, X_WS = case.pose(thing), case.pose(support)
    surface = X_WS.translation()[2] - size[2] / 2.0 + support_height(support.kind, support.size)
    gap = abs(case.bottom(thing) - surface)
    offset = float(np.abs((X_WB.translation() - X_WS.translation())[:2]).max())
    words = f"{thing.id} {offset:.3f} m off the middle of {support.id}, {gap:.3f} m from its surface"
    return bool(gap < STANDING and offset < size[:2].min() / 2.0), words


def _stack_three(case: Case) -> tuple[bool, str]:
    lower, upper = case.reference, case.others[0]
    assert lower is not None, "a stack begins with the lowest"
    first, words = _stands_on(case, case.target, lower)
    second, more = _stands_on(case, upper, case.target)
    return first and second and not case.held(), f"{words}; {more}"


def _carry_past(case: Case) -> tuple[bool, str]:
    place, wall = case.reference, case.others[0]
    assert place is not None, "what is carried has a place to go"
    there, words = _stands_on(case, case.target, place)
    most = float(case.tilts(case.target).max())
    met = case.touched(wall.id)
    words += f"; tilted by {np.degrees(most):.1f} degrees at most; the wall touched by {met or 'nothing'}"
    return there and most <= UPRIGHT and not met and not case.held(), words


def _open_drawer(case: Case) -> tuple[bool, str]:
    opened = case.world.opening(case.target.id)
    return opened >= OPENED and not case.held(), f"{case.target.id} is open by {opened:.3f} m"


def _pour(case: Case) -> tuple[bool, str]:
    bowl = case.reference
    assert bowl is not None, "what is poured goes somewhere"
    X_BW = case.pose(bowl).inverse()
    half = float(extents(bowl.kind, bowl.size)[2]) / 2.0
    radius = cavity_radius(bowl.kind, bowl.size) or 0.0
    grains = [thing for thing in case.world.scene.things if thing.kind == "grain"]
    p_BQ = np.array([X_BW @ case.pose(grain).translation() for grain in grains])
    arrived = int(((np.hypot(p_BQ[:, 0], p_BQ[:, 1]) < radius) & (np.abs(p_BQ[:, 2]) < half)).sum())
    stands = tilt(case.pose(case.target)) < STANDS and abs(case.bottom(case.target)) < STANDING
    words = f"{arrived} of {len(grains)} grains are in {bowl.id}; {case.target.id} "
    words += "stands on the table" if stands else "does not stand on the table"
    return arrived >= POURED * len(grains) and stands and not case.held(), words


def _hang(case: Case) -> tuple[bool, str]:
    rack = case.reference
    assert rack is not None, "what hangs has something to hang on"
    low = case.bottom(case.target)
    hangs = case.touching(case.target.id, rack.id) and low > HANGS
    words = f"{case.target.id} {'touches' if hangs else 'does not hang on'} {rack.id}, {low:.3f} m up"
    return hangs and not case.held(), words


def _hand_over(case: Case) -> tuple[bool, str]:
    """From the first arm of the scene to the second, in the air all the way between."""
    thing = case.target
    heights, distances = case.journey(thing)
    air = np.flatnonzero(heights > LIFTED)
    if not len(air):
        return False, f"{thing.id} was never lifted"
    first, last = int(air[0]), int(air[-1])
    X_WB = case.pose(thing)
    off, lean = float(np.linalg.norm(X_WB.translation()[:2] - HANDED)), tilt(X_WB)
    words = f"{thing.id} is {100 * off:.1f} cm off its place, tilted by {np.degrees(lean):.0f} degrees"
    giver, taker = (case.world.scene.arms[int(np.argmin(distances[at]))] for at in (first, last))
    if (giver, taker) != case.world.scene.arms:
        return False, f"it was lifted by the {giver} hand and set down by the {taker} one; {words}"
    if len(air) < last - first + 1:
        return False, f"it touched the table between the hands; {words}"
    return off <= AIM and lean <= STANDS and not case.held(), words


def _carry_tray(case: Case) -> tuple[bool, str]:
    """Lifted by both arms, level all the way, and set down where it was wanted."""
    tray = case.target
    heights, distances = case.journey(tray)
    start = case.world.start_truth[tray.id].translation()[:2]
    off = float(np.linalg.norm(case.pose(tray).translation()[:2] - start - CARRIED))
    most = float(case.tilts(tray).max())
    words = f"{tray.id} is {100 * off:.1f} cm off its place, tilted by {np.degrees(most):.1f} degrees at most"
    high = heights >= RAISED
    if not high.any():
        return False, f"it was lifted by {100 * heights.max():.1f} cm only; {words}"
    reach = float(np.linalg.norm(extents(tray.kind, tray.size)[:2])) / 2.0 + AT_ITS_END
    if (distances[high] > reach).any():
        return False, f"it was not in both hands all the time; {words}"
    stands = abs(case.bottom(tray)) < STANDING
    return off <= TRAY_AIM and most <= UPRIGHT and stands and not case.held(), words


_KINDS: Mapping[str, Callable[[Case], tuple[bool, str]]] = {
    "stack_three": _stack_three,
    "carry_past": _carry_past,
    "open_drawer": _open_drawer,
    "pour": _pour,
    "hang": _hang,
    "hand_over": _hand_over,
    "carry_tray": _carry_tray,
}
