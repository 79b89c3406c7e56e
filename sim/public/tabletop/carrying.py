"""Take a thing from above, carry it over what is in the way, set it down."""

from collections.abc import Callable

import numpy as np

from ....core.arrays import Float64
from ....core.errors import CannotDo
from ..plans import Plan
from .grasping import CLEAR, FINGER, HALF_WIDE, OPENING, PALM, PALM_ABOVE, TIP, Grasp, grasps
from .hand import UP, Hand
from .heights import CELL, Heights, patch, turned
from .seeing import Seen, bounds

OVER = 0.06
"""From how far above a grasp is begun, [m]."""
SLOW = 0.2
FREE = 0.03
"""How far over what is in the way a thing is carried, [m]."""
LOOK = 0.05
"""How far it is lifted to be looked at in the hand, [m]."""
DROP = 0.006
"""How far above where it comes to rest a thing is let go, [m]."""
BLOCKED = 0.005
"""How far over its goal a hand stands that something keeps up, and how far it is taken up then, [m]."""
HELD = 0.002
"""Least opening of fingers that hold something, [m]."""
TURNS = tuple(np.deg2rad([0.0, 15.0, -15.0, 30.0, -30.0, 45.0, -45.0, 60.0, -60.0, 75.0, -75.0, 90.0]))
"""By how much what is held may be turned before it is set down, [rad]."""
WORTH = 0.012
"""How much lower it has to come to stand for each radian of turn, [m/rad]."""


def chosen(seen: Seen, name: str, number: int = 0) -> Grasp:
    """Choose a grasp.

    Args:
        seen: What is known.
        name: Of what.
        number: How many were tried before.

    Raises:
        CannotDo: If nothing fits between the fingers.
    """
    found = grasps(seen.points(name), seen.others(name), seen.floor)
    if not found:
        raise CannotDo(f"the fingers fit round no part of {name}")
    # Another try is another place, not its neighbour.
    apart: list[Grasp] = []
    for grasp in found:
        if all(
            np.linalg.norm(grasp.p_W - one.p_W) > 0.012 or abs(grasp.yaw - one.yaw) > 0.5 for one in apart
        ):
            apart.append(grasp)
    return apart[number % len(apart)]


def take(hand: Hand, seen: Seen, grasp: Grasp) -> Plan:
    """Go over a grasp, down, and close."""
    yaw = hand.nearest(grasp.yaw)
    over = grasp.p_W + OVER * UP
    yield from hand.start_open()
    yield from travel(hand, seen, over, yaw)
    yield from hand.go(grasp.p_W, yaw, speed=SLOW)
    if hand.p_W[2] > grasp.p_W[2] + BLOCKED:
        # Fingers that press on something do not close.
        yield from hand.go(hand.p_W + BLOCKED * UP, yaw, speed=SLOW)
    yield from hand.close()


def travel(hand: Hand, seen: Seen, goal: Float64, yaw: float, tilt: tuple[float, float] = (0.0, 0.0)) -> Plan:
    """Bring the empty hand to a place: up, across, down, no higher than what is in the way asks for.

    Args:
        hand: Who goes.
        seen: What is in the way.
        goal: Where the grip point goes, shape (3,), [m].
        yaw: How the hand is turned there, [rad].
        tilt: Pitch and roll there, [rad]; it turns on the way across.
    """
    high = _highest(seen.cloud, hand.p_W, goal, np.array([0.11, 0.11])) + TIP + FREE
    level = max(goal[2], min(high, float(hand.limits.upper[2])))
    q = hand.q
    if q[2] < level - 0.01:
        yield from hand.go(np.array([*q[:2], level]), float(q[3]), (float(q[4]), float(q[5])))
    if goal[2] < level - 0.02:
        yield from hand.go(np.array([*goal[:2], level]), yaw, tilt)
    yield from hand.go(goal, yaw, tilt)


def lift(hand: Hand, seen: Seen, name: str, number: int, height: float) -> Plan:
    """Take a thing and lift it.

    Args:
        hand: Who lifts.
        seen: What is known.
        name: What is lifted.
        number: How many tries were made before.
        height: By how much, [m].

    Raises:
        CannotDo: If it cannot be held.
    """
    yield from take(hand, seen, chosen(seen, name, number))
    if hand.width < HELD:
        yield from hand.open()
        yield from hand.go(hand.p_W + OVER * UP)
        raise CannotDo(f"the fingers closed on nothing where {name} seemed to be")
    yield from hand.go(hand.p_W + height * UP, speed=SLOW)


def carry(
    hand: Hand,
    seen: Seen,
    name: str,
    place: Callable[[Seen], Float64],
    look: Callable[[], Seen],
    number: int = 0,
) -> Plan:
    """Take a thing and set it down with its middle over a place.

    Args:
        hand: Who carries.
        seen: What is known.
        name: What is carried.
        place: Tells where its middle goes, x and y, shape (2,), [m].
        look: Looks again: in the fingers a thing does not lie as it stood.
        number: How many tries were made before.

    Raises:
        CannotDo: If it cannot be held.
    """
    goal = place(seen)
    yield from lift(hand, seen, name, number, LOOK)
    yaw, held = float(hand.q[3]), _held(look(), seen, name)
    low, high = held.min(axis=0), held.max(axis=0)
    at = hand.p_W
    middle_to, middle = goal, (low + high)[:2] / 2.0
    goal = middle_to + at[:2] - middle
    below = at[2] - low[2]
    others = seen.others(name)
    level = _highest(others, at, np.append(goal, 0.0), (high - low)[:2] / 2.0 + 0.01) + below + FREE
    level = float(np.clip(level, at[2], hand.limits.upper[2]))
    yield from hand.go(np.array([*at[:2], level]))
    turn, down = _best_turn(hand, seen, others, held - [*middle, 0.0], at[:2] - middle, middle_to, below)
    goal = middle_to + turned(at[:2] - middle, turn)
    yaw = yaw + turn
    yield from hand.go(np.array([*goal, max(level, down)]), yaw)
    yield from hand.wait(2)
    yield from hand.go(np.array([*goal, down]), yaw, speed=SLOW)
    yield from hand.wait(1)
    yield from hand.open()
    yield from hand.go(hand.p_W + 0.1 * UP)


def _best_turn(
    hand: Hand, seen: Seen, others: Float64, held: Float64, grip: Float64, goal: Float64, below: float
) -> tuple[float, float]:
    """Choose by how much to turn what is held so that it comes to stand lowest, as little as need be.

    Args:
        hand: Who holds it.
        seen: What is known.
        others: Points of all else, shape (M, 3), [m].
        held: Points of what is held, x and y from its middle, shape (N, 3), [m].
        grip: Where the grip point is, x and y from its middle, shape (2,), [m].
        goal: Where its middle goes, x and y, shape (2,), [m].
        below: How far it reaches below the grip point, [m].

    Returns:
        The turn, [rad], and how low the grip point can go with it, [m].
    """
    yaw, found = float(hand.q[3]), []
    for turn in TURNS:
        if not hand.limits.lower[3] < yaw + turn < hand.limits.upper[3]:
            continue
        at = turned(grip, turn)
        outline = turned(held[:, :2], turn) - at
        down = lowest(seen, others, outline, goal + at, yaw + turn, below)
        found.append((down + WORTH * abs(turn), turn, down))
    return min(found)[1:]


def _held(now: Seen, before: Seen, name: str) -> Float64:
    """Give the points of what is held, but for stray ones, shape (N, 3), [m].

    Raises:
        CannotDo: If it is where it was: the fingers have let it slip.
    """
    if name not in now.pieces:
        raise CannotDo(f"{name} is not seen in the hand")
    low, high = bounds(now.pieces[name])
    # What is held at its rim hangs down from there: its middle rises by less than the hand.
    if np.mean(now.points(name)[:, 2]) < np.mean(before.points(name)[:, 2]) + LOOK / 4.0:
        raise CannotDo(f"{name} slipped out of the fingers")
    cloud = now.points(name)
    return cloud[((cloud >= low) & (cloud <= high)).all(axis=1)]


def lowest(seen: Seen, others: Float64, outline: Float64, goal: Float64, yaw: float, below: float) -> float:
    """Give how low the grip point can go with what it holds over a place, [m].

    Args:
        seen: What is known.
        others: Points of all but what is held, shape (M, 3), [m].
        outline: What is held, x and y from the grip point, shape (N, 2), [m].
        goal: Where the grip point comes to, x and y, shape (2,), [m].
        yaw: How the hand is turned, [rad].
        below: How far what is held reaches below the grip point, [m].
    """
    heights = Heights.of(others, goal - 0.25, goal + 0.25, seen.floor)
    inner = outline * max(0.0, 1.0 - 2.0 * CELL / max(float(np.abs(outline).max()), CELL))
    rest = float(np.percentile(heights.at(goal + inner), 97.0)) + below + DROP
    side = OPENING / 2.0 + FINGER / 2.0
    fingers = np.concatenate([patch(HALF_WIDE, FINGER / 2.0, s) for s in (-side, side)])
    free = float(heights.at(goal + turned(fingers, yaw)).max()) + TIP + CLEAR
    palm = float(heights.at(goal + turned(patch(*PALM), yaw)).max()) - PALM_ABOVE + CLEAR
    return max(rest, free, palm)


def _highest(cloud: Float64, start: Float64, goal: Float64, half: Float64) -> float:
    """Give the highest point within reach of a straight way across, [m]."""
    if not len(cloud):
        return -np.inf
    way = goal[:2] - start[:2]
    length = float(np.linalg.norm(way))
    reach = float(np.linalg.norm(half))
    off = cloud[:, :2] - start[:2]
    along = np.clip(off @ way / max(length**2, 1e-9), 0.0, 1.0)
    near = np.linalg.norm(off - along[:, None] * way, axis=1) < reach
    return float(cloud[near, 2].max()) if near.any() else -np.inf
