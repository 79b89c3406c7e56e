"""Holding: grasp, carry, drag, insert, and use what is held as a tool."""

import numpy as np

from ....core.arrays import Float64
from .contact import before
from .grounding import Meant
from .hand import OPEN, TIP, UP, Hand, Plan
from .scene import Box, Piece, box_of, cloud_of
from .shapes import SIDES, grasp_piece, handle_of, heavy_middle, main_piece

SLOW = 0.3
CARRY = 0.45
GENTLE = 0.12
"""Speed at which something is drawn against friction, [m/s]."""
THROUGH, SLACK = 0.35, 0.02
"""Share of a stick that is put through something, and how far it then moves before it draws, 1 and [m]."""
CLEAR = 0.06
"""How far over what it stands on a thing is carried, [m]."""


def grasp(hand: Hand, box: Box, shift: float = 0.0, whole: Box | None = None) -> Plan:
    """Go over a thing, down, and close on it.

    Whether something is held cannot be told from the opening: contacts give way under the full effort.

    Args:
        hand: Who grasps.
        box: What the fingers go round.
        shift: How far off the middle along x, [m].
        whole: All of the thing, where the fingers go round a part of it.
    """
    yield from hand.start_grip(shut=False)
    low = max(box.center[2] - 0.012, box.lower[2] + 0.004, box.upper[2] - 0.06)
    at = np.array([box.center[0] + shift, box.center[1], low + TIP])
    own = box if whole is None else whole
    at[1] += hand.between(at, (OPEN - float(box.size[1])) / 2.0 - 0.005, own.lower, own.upper)
    over = at.copy()
    over[2] = box.upper[2] + TIP + 0.03
    yield from hand.route(over)
    yield from hand.go(at, SLOW)
    yield from hand.wait(3)
    yield from hand.close()


def toward_weight(thing: tuple[Piece, ...], held: Box) -> float:
    """Give how far from a grasp's middle along x to hold a thing so that it hangs level, [m]."""
    off = float(heavy_middle(thing)[0] - held.center[0])
    room = max(0.0, float(held.size[0]) / 2.0 - 0.02)
    return float(np.clip(off, -room, room))


def load_of(hand: Hand, thing: Box) -> tuple[Float64, Float64]:
    """Give the bounds of what is held, from the hand's middle, a little smaller than they are."""
    return thing.lower - hand.q + 0.004, thing.upper - hand.q - 0.004


def carry(hand: Hand, meant: Meant, place: Float64, lower: bool) -> Plan:
    """Grasp the thing and bring its main piece to a place.

    Args:
        hand: Who carries.
        meant: What is carried.
        place: Where the main piece's middle goes, shape (3,), [m].
        lower: Whether the place is a thing, onto or into which it is lowered; else a point in the air.
    """
    found = grasp_piece(meant.thing)
    whole, main = meant.box, main_piece(meant.thing)
    if found is None:
        yield from drag(hand, meant, place)
        return
    yield from grasp(hand, found[1], toward_weight(meant.thing, found[1]), whole=whole)
    at = hand.q
    hand.forget(whole.lower, whole.upper)
    load = load_of(hand, whole)
    offset = at - main.center
    goal = place + offset
    goal[2] = max(goal[2], at[2] - 0.002) if place[2] > 0.0 else goal[2]
    lift = at + CLEAR * UP
    if lower:
        top = max((box_of([piece]).upper[2] for piece in meant.place_pieces), default=place[2])
        goal[2] = top + (at[2] - whole.lower[2]) + 0.02
        lift[2] = max(lift[2], goal[2])
    elif place[2] - main.center[2] < 0.03 and not _walled(hand, at, goal, load):
        lift = at + 0.004 * UP
    yield from hand.go(lift, CARRY)
    for point in hand.way(hand.q, hand.reachable(goal), load):
        yield from hand.go(point, CARRY)
    yield from hand.wait(6)
    if lower:
        yield from hand.go(np.array([goal[0], goal[1], at[2] - whole.lower[2] + place[2] - 0.02]), SLOW)
        yield from hand.open()
        yield from hand.go(hand.q + 0.08 * UP)
    else:
        yield from hand.wait(6)
        yield from hand.open()


def _walled(hand: Hand, a: Float64, b: Float64, load: tuple[Float64, Float64]) -> bool:
    flat = b.copy()
    flat[2] = a[2] + 0.004
    return not hand.free(a + 0.004 * UP, flat, load)


def lift(hand: Hand, meant: Meant, height: float) -> Plan:
    """Grasp the thing and lift it."""
    found = grasp_piece(meant.thing)
    if found is None:
        return
    yield from grasp(hand, found[1], whole=meant.box)
    yield from hand.go(hand.q + height * UP, SLOW)
    yield from hand.wait(10)


def drag(hand: Hand, meant: Meant, place: Float64) -> Plan:
    """Push what is too wide to be held along the table, from behind; where nothing is behind, from above."""
    box = meant.box
    way = (place - box.center) * [1.0, 1.0, 0.0]
    distance = float(np.linalg.norm(way))
    way = way / max(distance, 1e-6)
    yield from hand.start_grip(shut=True)
    half = (
        float(np.abs(way[:2]) @ box.size[:2] / 2.0)
        if abs(way).max() > 0.95
        else float(box.size[:2].max() / 2.0)
    )
    behind = box.center - way * (half + before(way) + 0.012)
    start = np.array([behind[0], behind[1], box.lower[2] + TIP + 0.006])
    over = start.copy()
    over[2] = box.upper[2] + TIP + 0.05
    if hand.free(over, start):
        yield from hand.route(over)
        yield from hand.go(start)
        yield from hand.go(start + way * (distance + 0.022), SLOW)
        return
    # From above, near the edge that comes out first: pressed on, it comes along.
    yield from rub(hand, box, way, distance)


def rub(hand: Hand, box: Box, way: Float64, distance: float) -> Plan:
    """Press on a thing from above and draw it along."""
    edge = box.center + way * (0.5 * float(np.abs(way[:2]) @ box.size[:2] / 2.0))
    over = np.array([edge[0], edge[1], box.upper[2] + TIP + 0.03])
    yield from hand.route(over)
    down = over - (0.03 + 0.02) * UP
    yield from hand.go(down, SLOW)
    yield from hand.go(down + way * (distance + 0.02), SLOW)


def close_on(hand: Hand, meant: Meant) -> Plan:
    """Put a cover on what it covers: middle over middle, then down."""
    cover = Meant(
        deed=meant.deed, thing=meant.tool, mount=(), place=None, place_pieces=meant.thing, tool=(), source=()
    )
    target = box_of(list(meant.thing))
    place = np.array([target.center[0], target.center[1], target.upper[2]])
    yield from carry(hand, cover, place, lower=True)


def insert(hand: Hand, meant: Meant, hole: Float64) -> Plan:
    """Grasp a long thing, bring its end before a hole, and go in along its length."""
    found = grasp_piece(meant.thing)
    if found is None:
        return
    box = meant.box
    axis = np.zeros(3)
    long = int(np.argmax(box.size))
    axis[long] = np.sign(hole[long] - box.center[long])
    yield from grasp(hand, found[1], shift=-0.25 * float(box.size[0]) * axis[0], whole=box)
    at = hand.q
    hand.forget(box.lower, box.upper)
    tip = box.center + axis * box.size[long] / 2.0
    entry = hole - axis * 0.07
    yield from hand.go(at + CLEAR * UP, SLOW)
    goal = entry + (at - tip)
    yield from hand.go(np.array([hand.q[0], hand.q[1], goal[2]]), CARRY)
    yield from hand.go(goal, CARRY)
    yield from hand.wait(8)
    yield from hand.go(hole + (at - tip) + 0.03 * axis, 0.15)
    yield from hand.wait(6)


def unplug(hand: Hand, meant: Meant) -> Plan:
    """Grasp what is stuck in a mount and draw it out, away from the mount."""
    others = meant.near or meant.mount or meant.source
    box = meant.box
    near = box_of(list(others)).center if others else box.center
    way = np.zeros(3)
    long = int(np.argmax(box.size[:2]))
    way[long] = np.sign(box.center[long] - near[long]) or 1.0
    graspable = grasp_piece(tuple(_outer(meant.thing, way))) or grasp_piece(meant.thing)
    if graspable is None:
        return
    yield from grasp(hand, graspable[1], whole=box)
    far = 0.2 if meant.place is None else max(0.1, float((meant.place - box.center) @ way) + 0.03)
    yield from hand.go(hand.q + far * way, GENTLE)
    yield from hand.wait(8)


def _outer(thing: tuple[Piece, ...], way: Float64) -> list[Piece]:
    reach = max(box_of([piece]).reach(way) for piece in thing)
    return [piece for piece in thing if box_of([piece]).reach(way) > reach - 0.06]


def pinch(hand: Hand, pieces: list[Piece], out: Float64, way: Float64, distance: float) -> Plan:
    """Close on something fixed to a mechanism, where it is furthest out of it, and draw it along."""
    box = box_of(pieces)
    yield from grasp(hand, box, float(out[0]) * max(0.0, float(box.size[0]) / 2.0 - 0.02))
    yield from hand.go(hand.q + distance * way, 0.2)
    yield from hand.wait(6)


def strike(hand: Hand, meant: Meant) -> Plan:
    """Hold a tool by its handle and drive something in with the tool's end."""
    found = grasp_piece(meant.tool)
    if found is None:
        return
    tool, target = box_of(list(meant.tool)), meant.box
    mount = box_of(list(meant.mount)) if meant.mount else target
    way = np.zeros(3)
    level = (mount.center - target.center) * [1.0, 1.0, 0.0]
    long = int(np.argmax(np.abs(level)))
    way[long] = np.sign(level[long]) or 1.0
    yield from grasp(hand, found[1], toward_weight(meant.tool, found[1]), whole=tool)
    at = hand.q
    hand.forget(tool.lower, tool.upper)
    cloud = cloud_of(list(meant.tool))
    along = cloud @ way
    head = cloud[along > np.percentile(along, 99.0) - 0.012]
    tip = (head.min(axis=0) + head.max(axis=0)) / 2.0
    tip[2] = tool.center[2]
    face = target.center - way * (target.size[long] / 2.0)
    goal = face - 0.05 * way + (at - tip)
    yield from hand.go(np.array([at[0], at[1], max(goal[2], at[2] + CLEAR)]), SLOW)
    yield from hand.go(np.array([hand.q[0], min(hand.q[1], goal[1]), goal[2]]), CARRY)
    yield from hand.go(goal, CARRY)
    yield from hand.go(goal + (0.05 + 0.14) * way, CARRY)
    yield from hand.wait(4)


def move_with(hand: Hand, meant: Meant, place: Float64) -> Plan:
    """Hold a stick and push a thing to a place with the stick's end."""
    found = grasp_piece(meant.tool)
    if found is None:
        return
    tool, box = box_of(list(meant.tool)), meant.box
    way = np.zeros(3)
    level = (place - box.center) * [1.0, 1.0, 0.0]
    long = int(np.argmax(np.abs(level)))
    way[long] = np.sign(level[long])
    yield from grasp(hand, found[1], shift=-0.2 * float(tool.size[0]) * way[0], whole=tool)
    at = hand.q
    hand.forget(tool.lower, tool.upper)
    tip = tool.center + way * tool.size[long] / 2.0
    contact = box.center - way * box.size[long] / 2.0
    contact[2] = min(box.center[2], box.lower[2] + 0.12)
    start = contact - 0.04 * way + (at - tip)
    yield from hand.go(at + 0.1 * UP, SLOW)
    yield from hand.go(np.array([min(hand.q[0], start[0]) if way[0] > 0 else hand.q[0], start[1], start[2]]))
    yield from hand.go(start, CARRY)
    yield from hand.go(start + (0.04 + abs(float(level[long])) + 0.02) * way, SLOW)
    yield from hand.wait(4)


def pull_with(hand: Hand, meant: Meant, place: Float64) -> Plan:
    """Put a stick's end through what a thing can be drawn by, and draw the thing to a place."""
    found = grasp_piece(meant.tool)
    if found is None:
        return
    tool, box = box_of(list(meant.tool)), main_piece(meant.thing)
    eye = _eye(meant)
    way = np.zeros(3)
    long = int(np.argmax(tool.size[:2]))
    way[long] = np.sign(eye[long] - tool.center[long])
    yield from grasp(hand, found[1], shift=-0.3 * float(tool.size[0]) * way[0], whole=tool)
    at = hand.q
    hand.forget(tool.lower, tool.upper)
    tip = tool.center + way * tool.size[long] / 2.0
    level = (place - box.center) * [1.0, 1.0, 0.0]
    entry = eye + (at - tip)
    yield from hand.go(np.array([*at[:2], entry[2]]), SLOW)
    yield from hand.go(np.array([*(entry - 0.06 * way)[:2], entry[2]]), CARRY)
    yield from hand.wait(4)
    # As far through as the hand itself does not reach.
    yield from hand.go(entry + (float(tool.size[long]) * THROUGH) * way, GENTLE)
    # Across first, so that a finger comes to lie behind what the stick draws on, and not in it.
    across = level - (level @ way) * way
    yield from hand.go(hand.q + across * (1.0 + SLACK / max(float(np.linalg.norm(across)), SLACK)), SLOW)
    gap = float((eye - (hand.q - at + tip) + THROUGH * float(tool.size[long]) * way) @ way)
    yield from hand.go(hand.q + (float(level @ way) + max(gap, 0.0)) * way, SLOW)
    yield from hand.wait(6)


def _eye(meant: Meant) -> Float64:
    """Give where to put something through: a mark on the thing, else the middle of what stands out."""
    marks = [one for one in meant.marks if len(one.path) > 1 and one.path[0] == meant.thing[0].path[0]]
    return box_of(marks[:1]).center if marks else box_of(handle_of(meant)[0]).center


def off(hand: Hand, meant: Meant, number: int) -> Plan:
    """Bring a thing toward an edge of what it lies on: the nearer side, the other, or the far edge."""
    ground, at = box_of(list(meant.ground)), meant.box.center
    sides = sorted((side for side in SIDES if side[0]), key=lambda side: ground.reach(side) - at @ side)
    sides.append(np.array([0.0, 1.0, 0.0]))
    goal = at + (ground.reach(sides[number]) - at @ sides[number]) * sides[number]
    yield from carry(hand, meant, hand.reachable(goal + TIP * UP) - TIP * UP, lower=False)
