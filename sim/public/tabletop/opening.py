"""Drawers, doors and knobs, by where their handles stand out and what they hang on."""

import numpy as np

from ....core.arrays import Float64
from ....core.errors import CannotDo
from ..named.names import likeness
from ..named.scene import Piece
from ..named.shapes import rotated
from ..plans import Plan
from .carrying import take, travel
from .grasping import grasps
from .hand import UP, Hand
from .seeing import Seen, bounds, front

LEAN = 0.4
"""How far the hand leans back at least from a face in whose front it takes a handle, [rad]."""
PUSHING = 1.0
"""How far it leans back while it pushes a drawer in, [rad]."""
ROOM = 0.06
"""From the grip point to the outside of an open finger, [m]."""
BEFORE = 0.09
"""From where a handle is gone for, along the hand, [m]."""
SLOW = 0.2
PULL = 0.2
"""How far a drawer is drawn out, [m]."""
PRESS = 1.5
"""How far a lever is pressed down about its end, [rad]."""
SWING = 0.7
"""How far a door is swung open, [rad]."""
TWIST = 1.5
"""How far a knob is turned, [rad]."""
KNOBS = ("knob", "button", "dial", "switch")
STEPS = 6


def plan(hand: Hand, seen: Seen, name: str, opening: bool, number: int) -> Plan:
    """Open or close a drawer or a door.

    Raises:
        CannotDo: If nothing of it stands out that could be taken.
    """
    handle, outward = front(name, seen.pieces, seen.hand)
    if name.split("_")[1:2] == ["drawer"]:
        if opening:
            return _draw(hand, seen, handle, outward)
        return _shut(hand, seen, handle, outward)
    if opening:
        return _swing(hand, seen, name, handle, outward)
    raise CannotDo(f"nobody here knows how to close {name}")


def turn(hand: Hand, seen: Seen, name: str, number: int) -> Plan:
    """Turn a knob: take it from above and turn the hand; the other way round at the next try.

    Raises:
        CannotDo: If no knob is seen or the fingers do not fit round it.
    """
    knobs = [p for p in seen.pieces[name] if any(likeness(word, one) for word in KNOBS for one in p.path)]
    if not knobs:
        raise CannotDo(f"no knob of {name} is seen")
    knob = max(knobs, key=lambda piece: float(piece.cloud[:, 2].max()))
    low, high = bounds((knob,))
    others = [p.cloud for ps in seen.pieces.values() for p in ps if p is not knob]
    found = grasps(knob.cloud, np.concatenate(others), float(low[2]))
    if not found:
        raise CannotDo(f"the fingers do not fit round the knob of {name}")
    yield from take(hand, seen, found[0])
    at, sense = hand.q, 1.0 if number % 2 == 0 else -1.0
    for share in np.linspace(0.0, 1.0, STEPS)[1:]:
        p = rotated(at[:3], np.array([*((low + high) / 2.0)[:2], at[2]]), UP, sense * TWIST * share)
        yield from hand.go(p, float(at[3]) + sense * TWIST * share, speed=SLOW, anew=False)
    yield from hand.open()
    yield from hand.go(hand.p_W + 0.1 * UP)


def leaning(outward: Float64, lean: float, level: bool, hand: Hand) -> tuple[float, tuple[float, float]]:
    """Give yaw and tilt of a hand that reaches toward a face from above and in front of it.

    Args:
        outward: Level direction out of the face, a unit vector, shape (3,).
        lean: 0 for straight down, a quarter turn for level, [rad].
        level: Whether the bar that it takes is level: the fingers then open across it, up and down.
        hand: The hand; of two ways the one that turns less.

    Returns:
        Yaw, and pitch and roll, [rad].
    """
    if level:
        ways = [
            (float(np.arctan2(-outward[0], outward[1])), (0.0, -lean)),
            (float(np.arctan2(outward[0], -outward[1])), (0.0, lean)),
        ]
    else:
        ways = [
            (float(np.arctan2(outward[1], outward[0])), (lean, 0.0)),
            (float(np.arctan2(-outward[1], -outward[0])), (-lean, 0.0)),
        ]
    return min(ways, key=lambda way: abs(way[0] - hand.q[3]) + 0.3 * abs(way[0]))


def _lean(seen: Seen, handle: Piece, at: Float64, outward: Float64) -> float:
    """Give how far the hand has to lean so that neither finger meets the face behind a handle, [rad]."""
    body = [p for ps in seen.pieces.values() for p in ps if p.path[0] == handle.path[0] and p is not handle]
    behind = [p.cloud for p in body if float((p.cloud @ outward).max()) < float(at @ outward)]
    near = np.concatenate([*behind, np.zeros((0, 3))])
    near = near[np.abs(near - at) @ (1.0 - np.abs(outward)) < 0.06]
    room = float(at @ outward) - float((near @ outward).max()) if len(near) else ROOM
    return max(LEAN, float(np.arccos(np.clip(room / ROOM, 0.0, 1.0))))


def _reach(hand: Hand, seen: Seen, at: Float64, outward: Float64, level: bool, lean: float) -> Plan:
    """Bring the open fingers round a bar before a face."""
    yaw, tilt = leaning(outward, lean, level, hand)
    approach = -outward * np.sin(lean) - UP * np.cos(lean)
    before = at - BEFORE * approach
    yield from hand.start_open()
    yield from travel(hand, seen, before, yaw, tilt)
    yield from hand.go(at, yaw, tilt, SLOW)
    yield from hand.close()


def _draw(hand: Hand, seen: Seen, handle: Piece, outward: Float64) -> Plan:
    """Take a drawer's handle and draw it out."""
    low, high = bounds((handle,))
    at = (low + high) / 2.0
    yield from _reach(hand, seen, at, outward, True, _lean(seen, handle, at, outward))
    q = hand.q
    yield from hand.go(q[:3] + PULL * outward, float(q[3]), (float(q[4]), float(q[5])), SLOW)
    yield from _leave(hand, outward)


def _leave(hand: Hand, outward: Float64) -> Plan:
    q = hand.q
    yield from hand.open()
    yield from hand.go(q[:3] + 0.06 * outward + 0.06 * UP, float(q[3]), (float(q[4]), float(q[5])))


def _shut(hand: Hand, seen: Seen, handle: Piece, outward: Float64) -> Plan:
    """Push a drawer in by its front, leaning back from what is above it."""
    at = np.mean(bounds((handle,)), axis=0)
    yaw, tilt = leaning(outward, PUSHING, False, hand)
    yield from hand.close()
    yield from travel(hand, seen, at + BEFORE * outward, yaw, tilt)
    yield from hand.go(at - PULL * outward, yaw, tilt, SLOW)
    yield from hand.go(hand.p_W + 0.08 * outward + 0.04 * UP, yaw, tilt)


def _swing(hand: Hand, seen: Seen, name: str, handle: Piece, outward: Float64) -> Plan:
    """Take a door by its lever, press that down and swing the door about its far edge."""
    low, high = bounds((handle,))
    middle = (low + high) / 2.0
    along = int(np.argmax((high - low)[:2] * (np.abs(outward[:2]) < 0.5)))
    door_low, door_high = bounds(seen.pieces[name])
    rest = [piece for piece in seen.pieces[name] if piece is not handle and piece.body == handle.body]
    pivot = np.mean(bounds(tuple(rest)), axis=0) if rest else middle
    # The lever is taken near its free end, which lies away from what it turns about.
    side = float(np.sign(middle[along] - pivot[along])) or 1.0
    at = middle.copy()
    at[along] += side * 0.25 * (high - low)[along]
    hinge = middle.copy()
    hinge[along] = door_low[along] if side < 0 else door_high[along]
    hinge -= outward * (outward @ (middle - (door_low + door_high) / 2.0))
    yield from _reach(hand, seen, at, outward, True, _lean(seen, handle, at, outward))
    start = hand.q
    tilt = (float(start[4]), float(start[5]))
    axis = outward
    # The free end goes down: of two senses the one that lowers it.
    sense = 1.0 if rotated(start[:3], pivot, axis, 0.1)[2] < start[2] else -1.0
    for share in np.linspace(0.0, 1.0, STEPS)[1:]:
        p = rotated(start[:3], pivot, axis, sense * PRESS * share)
        yield from hand.go(p, float(start[3]), tilt, SLOW)
    pressed = hand.p_W
    swing = 1.0 if rotated(pressed, hinge, UP, 0.1) @ outward > pressed @ outward else -1.0
    for share in np.linspace(0.0, 1.0, STEPS)[1:]:
        p = rotated(pressed, hinge, UP, swing * SWING * share)
        yield from hand.go(p, float(start[3]) + swing * SWING * share, tilt, SLOW)
    yield from _leave(hand, outward)
