"""Contact without holding: press, push, hook, and follow a hinge, each planned from keypoints."""

import numpy as np

from ....core.arrays import Float64
from ....core.errors import CannotDo
from .grounding import Meant
from .hand import DOWN, HALF_SHUT, HALF_X, TIP, UP, Hand, Plan
from .scene import Box, Piece, box_of, cloud_of
from .shapes import SIDES, end_of, handle_of, rotated, way_out

AWAY = 0.05
"""From where a contact is begun, before the thing, [m]."""
LIFT = 0.2
"""Speed at which what only lies on the fingers is raised, [m/s]."""
PRESSED = 0.06
"""How far into a face the hand's goal lies while it presses on it, [m]."""
DEEP = 0.11
"""How far a press goes on after contact, [m]."""
BESIDE = 0.05
"""How far about a part its mount is looked at, [m]."""
SLOW = 0.3
LEAD, ROUNDS, STUCK = 0.7, 12, 0.03
"""How far ahead of the hand its goal is while it pushes round an axis, how often that is set anew, and by how
little it has then come on where nothing gives way any more, [rad], 1 and [rad]."""
SWING, OVER, MOST = np.deg2rad(75.0), np.deg2rad(12.0), np.deg2rad(125.0)
"""How far a door is opened, how much further than a mark, and how far at the most, [rad]."""
GRASP_DEPTH = 0.012
"""How far below a thing's middle the fingertips are put, [m]."""


def before(direction: Float64) -> float:
    """Give how far the shut fingers reach from the hand's middle along a level direction, [m]."""
    return float(abs(direction[0]) * HALF_X + abs(direction[1]) * HALF_SHUT)


def reach(hand: Hand, place: Float64, dip: bool = False) -> Plan:
    """Bring the fingertips to a point; from straight above where it lies in a hole."""
    goal = place + TIP * UP
    if dip:
        yield from hand.start_grip(shut=True)
        yield from hand.go(np.array([goal[0], goal[1], max(goal[2] + 0.12, hand.q[2])]))
        yield from hand.go(goal - 0.04 * UP, SLOW)
        return
    yield from hand.route(goal)
    yield from hand.wait(10)


def press(hand: Hand, meant: Meant, direction: Float64 | None = None) -> Plan:
    """Press a part in, against the way that it stands out of its mount, or along a direction given."""
    part = list(meant.thing)
    out, _ = way_out(part, meant.mount) if meant.mount else (UP, 0.0)
    if direction is not None and direction @ UP < -0.5:  # Down, but where the part is furthest out.
        target = max(part, key=lambda piece: box_of([piece]).reach(out))
        point = _top(box_of([target]))
        out = UP
    else:
        point = end_of(cloud_of(part), out)
    yield from push_at(hand, point, -out, DEEP)


def _top(box: Box) -> Float64:
    return np.array([box.center[0], box.center[1], box.upper[2]])


def push_at(hand: Hand, point: Float64, direction: Float64, depth: float) -> Plan:
    """Bring the shut fingers before a point and push along a direction."""
    yield from hand.start_grip(shut=True)
    level = abs(direction[2]) < 0.5
    lift = (TIP - 0.02) * UP if level else TIP * UP
    contact = point + lift - direction * (before(direction) if level else 0.0)
    starts = [contact - away * direction for away in (AWAY, 0.7 * AWAY, 0.5 * AWAY, 0.3 * AWAY)]
    # Where something stands close before the thing, it is begun between the two.
    start = next((one for one in starts if hand.free(one, one)), starts[0])
    yield from hand.route(start)
    yield from hand.go(contact + depth * direction, SLOW)
    yield from hand.wait(8)


def scrape(hand: Hand, piece: Piece, out: Float64, way: Float64, distance: float) -> Plan:
    """Press on a face and draw it along sideways: what cannot be held comes with the fingers' friction."""
    point = end_of(piece.cloud, out)
    yield from hand.start_grip(shut=True)
    contact = point + (TIP - 0.01) * UP + out * before(out)
    yield from hand.route(contact + AWAY * out)
    yield from hand.go(contact - 0.02 * out, SLOW)
    for _ in range(2):
        yield from hand.go(hand.q - PRESSED * out, SLOW)
        yield from hand.go(hand.q - PRESSED * out + distance * way, 0.2)


def under(hand: Hand, piece: Piece, out: Float64) -> Plan:
    """Bring the shut fingertips below a bar from outside: raised then, they take it along."""
    box = box_of([piece])
    yield from hand.start_grip(shut=True)
    center = np.array([*box.center[:2], max(box.lower[2] - 0.018 + TIP, hand.limits.lower[2] + 0.008)])
    start = center + out * (box.reach(out) - box.center @ out + before(out) + 0.03)
    yield from hand.route(start + (box.upper[2] - start[2] + TIP + 0.02) * UP)
    yield from hand.go(start, SLOW)
    yield from hand.go(center, SLOW)


def raise_up(hand: Hand, piece: Piece, out: Float64, distance: float) -> Plan:
    """Raise a bar with the fingertips below it."""
    yield from under(hand, piece, out)
    yield from hand.go(hand.q + distance * UP, LIFT)
    yield from hand.wait(6)


def hook(hand: Hand, handle: list[Piece], direction: Float64, distance: float) -> Plan:
    """Take a bar between the open fingers, or go behind it, and pull it along a level direction."""
    box = box_of(handle)
    bar = _bar(handle, -direction)
    if abs(direction[1]) > 0.5:
        above = np.array([bar[0], bar[1], box.upper[2] + TIP + AWAY])
        yield from hand.route(above)
        low = np.array([bar[0], bar[1], bar[2] + TIP - 0.025])
        yield from hand.go(low, SLOW)
        yield from hand.close()
        yield from hand.go(low + distance * direction, SLOW)
        yield from hand.open()
        return
    yield from push_at(hand, _behind(box, bar, direction), direction, distance)


def _bar(handle: list[Piece], inward: Float64) -> Float64:
    """Give the middle of the part of a handle that is furthest from what it hangs on."""
    return end_of(cloud_of(handle), -inward, 0.015)


def _behind(box: Box, bar: Float64, direction: Float64) -> Float64:
    reach_back = box.reach(-direction)
    return bar + direction * (-(reach_back) - bar @ direction)


def draw(hand: Hand, meant: Meant, outward: bool) -> Plan:
    """Pull a drawer out by its handle, or push it in."""
    handle, out = handle_of(meant)
    if outward:
        yield from hook(hand, handle, out, 0.24)
        return
    yield from push_at(hand, end_of(cloud_of(handle), out), -out, 0.3)


def shift_sideways(hand: Hand, meant: Meant) -> Plan:
    """Slide a panel along its frame, toward where the frame leaves it room, by what stands out of it."""
    handle, out = handle_of(meant)
    across = np.abs(np.cross(UP, out))
    body = handle[0].body
    panel = box_of([piece for piece in meant.thing if piece.body == body])
    frame = box_of([*meant.thing, *meant.mount])
    room = [frame.reach(side * across) - panel.reach(side * across) for side in (1.0, -1.0)]
    way = across if room[0] > room[1] else -across
    box = box_of(handle)
    point = _behind(box, end_of(cloud_of(handle), out, 0.012), way)
    yield from push_beside(hand, point, way, out, 0.3)


def push_beside(hand: Hand, point: Float64, way: Float64, out: Float64, distance: float) -> Plan:
    """Push something sideways that stands out of a face: come from the front, then go along the face."""
    yield from hand.start_grip(shut=True)
    contact = point + (TIP - 0.02) * UP - way * (before(way) + 0.012)
    yield from hand.route(contact + 0.08 * out)
    yield from hand.go(contact)
    yield from hand.go(contact + distance * way, SLOW)
    yield from hand.wait(6)


def arc(start: Float64, pivot: Float64, axis: Float64, angle: float, count: int = 16) -> list[Float64]:
    """Give points along an arc from a start, the start left out."""
    return [rotated(start, pivot, axis, share * angle) for share in np.linspace(0.0, 1.0, count + 1)[1:]]


def swing(hand: Hand, meant: Meant, opening: bool) -> Plan:
    """Swing a door about its upright edge: pull it open from behind its handle, or push it shut."""
    frame, panel = box_of(list(meant.mount)), _panel(meant)
    p = panel.cloud
    ends = np.percentile(p[:, :2], [1.0, 99.0], axis=0)
    wide = int(np.argmax(ends[1] - ends[0]))
    edges = [
        p[p[:, wide] < ends[0, wide] + 0.02].mean(axis=0),
        p[p[:, wide] > ends[1, wide] - 0.02].mean(axis=0),
    ]
    handle = _door_handle(meant, panel)
    at = box_of([handle]).center if handle is not None else None
    if opening:
        if handle is None or at is None:
            raise CannotDo(f"no handle is seen on {meant.deed.thing!r}")
        hinge = max(edges, key=lambda edge: float(np.linalg.norm((edge - at)[:2])))
        out, _ = way_out([handle] if handle else [panel], (panel, *meant.mount))
        free = edges[0] if hinge is edges[1] else edges[1]
        turn = float(np.sign(np.cross((free - hinge)[:2], out[:2])))
        far = SWING
        if meant.place is not None:  # Where a mark says how far, a little further.
            far = OVER + abs(turned(at, meant.place, hinge, turn * UP, 0.0))
        yield from _pull_round(hand, handle, panel, hinge, out, turn * min(far, MOST))
        return
    hinge = min(
        edges, key=lambda edge: float(np.linalg.norm((edge - frame.center)[:2]) if wide == 1 else 0.0)
    )
    hinge = edges[1] if abs(edges[1][1] - frame.lower[1]) < abs(edges[0][1] - frame.lower[1]) else edges[0]
    free = edges[0] if hinge is edges[1] else edges[1]
    shut = np.array([frame.center[0] - hinge[0], 0.0])
    turn = float(np.sign(np.cross((free - hinge)[:2], shut)))
    yield from _push_round(hand, hinge, free, panel, turn)


def _panel(meant: Meant) -> Piece:
    return max(meant.thing, key=lambda piece: float(np.sort(box_of([piece]).size)[1:].prod()))


def _door_handle(meant: Meant, panel: Piece) -> Piece | None:
    others = [piece for piece in meant.thing if piece is not panel]
    named = [piece for piece in others if "handle" in piece.path[-1].lower()]
    if named:
        return named[0]
    return max(others, key=lambda piece: float(box_of([piece]).size.prod()), default=None)


def _pull_round(hand: Hand, handle: Piece, panel: Piece, hinge: Float64, out: Float64, angle: float) -> Plan:
    """Pull a door round its hinge, [rad], by a shut hand behind its handle."""
    yield from hand.start_grip(shut=True)
    bar = end_of(handle.cloud, out, 0.02)
    box, face = box_of([handle]), box_of([panel])
    # Between the bar and the door's face: behind the bar as seen from outside, near its free end.
    inner = bar - out * ((bar @ out) - (face.reach(out) + bar @ out) / 2.0)
    away = (bar - hinge) * [1.0, 1.0, 0.0]
    away = away / np.linalg.norm(away)
    far, near = box.reach(away) - 0.025, -box.reach(-away) + 0.025
    curves = []
    for end in np.linspace(far, near, 6):
        point = inner + np.clip(end - inner @ away, -0.1, 0.1) * away
        start = np.array([point[0], point[1], box.center[2] + TIP - 0.03])
        curves.append([start, *arc(start, hinge, UP, angle)])
    # Nearer to the hinge where the way round is longer than the hand reaches.
    curve = min(curves, key=lambda points: round(_beyond(hand, points), 2))
    start = curve[0]
    yield from hand.route(start + (box.upper[2] - start[2] + TIP + 0.05) * UP)
    yield from hand.go(start, SLOW)
    yield from hand.along(curve[1:], 0.4)


def _beyond(hand: Hand, points: list[Float64]) -> float:
    """Give how far the furthest of some points is from where the hand can go, [m]."""
    return max(float(np.linalg.norm(point - hand.reachable(point))) for point in points)


def _push_round(hand: Hand, hinge: Float64, free: Float64, panel: Piece, turn: float) -> Plan:
    yield from hand.start_grip(shut=True)
    side = turn * np.cross(UP, (free - hinge) * [1.0, 1.0, 0.0])
    side = side / np.linalg.norm(side)
    box = box_of([panel])
    point = hinge + 0.8 * (free - hinge)
    start = np.array([*(point - 0.05 * side)[:2], box.center[2] + TIP])
    yield from hand.route(start)
    yield from hand.along(arc(start, hinge, UP, turn * np.deg2rad(100.0)), 0.45)


def turn_about(hand: Hand, meant: Meant, clockwise: bool, angle: float) -> Plan:
    """Turn a part about the axis on which its mount carries it, by pushing its free end sideways."""
    pivot, axis, free = hinge_of(meant)
    sign = -1.0 if clockwise else 1.0
    # Clockwise is meant as one looks at the part: against the axis that points out of the mount.
    way = sign * np.cross(axis, free - pivot)
    way = way / np.linalg.norm(way)
    yield from hand.start_grip(shut=True)
    arm_long = float(np.linalg.norm(free - pivot))
    # The end of what is short is passed by, as the fingers are as wide as it is.
    point = pivot + (0.8 if arm_long > 0.06 else 0.5) * (free - pivot)
    part = cloud_of(list(meant.thing))
    met = (
        part[part[:, 2] > point[2] - 0.017] if abs(axis[2]) > 0.5 else part
    )  # What the fingertips pass over is not.
    thick = _thickness(met, point, way)
    if abs(axis[2]) > 0.5 or abs(way[2]) < 0.5:
        behind, lift = point - way * (thick + before(way) + 0.012), TIP - 0.02
        behind[2] = point[2]
    else:
        behind, lift = point - way * (thick + 0.015), TIP if way[2] < 0.0 else -TIP
    start = behind + lift * UP
    yield from hand.route(start + 0.05 * (axis if abs(axis[2]) < 0.5 else UP) - 0.02 * way)
    yield from hand.go(start, SLOW)
    yield from push_round(hand, pivot + lift * UP, sign * axis, angle)
    yield from hand.wait(4)


def push_round(hand: Hand, pivot: Float64, axis: Float64, angle: float) -> Plan:
    """Push round an axis from where the hand is, its goal always ahead: what is stiff gives way late."""
    start, come = hand.q, 0.0
    for _ in range(ROUNDS):
        goal = rotated(start, pivot, axis, min(come + LEAD, angle + LEAD / 2.0))
        yield from hand.go(goal, 0.4)
        now = turned(start, hand.q, pivot, axis, come)
        if now > angle or now < come + STUCK:
            return
        come = now


def turned(start: Float64, p: Float64, pivot: Float64, axis: Float64, near: float) -> float:
    """Give by how much a point has gone round an axis, of all turns that it may be the one nearest, [rad]."""
    a, b = (q - pivot - ((q - pivot) @ axis) * axis for q in (start, p))
    angle = float(np.arctan2(axis @ np.cross(a, b), a @ b))
    return angle + 2.0 * np.pi * round((near - angle) / (2.0 * np.pi))


def hinge_of(meant: Meant) -> tuple[Float64, Float64, Float64]:
    """Estimate what a part turns about: a point, the axis out of the mount, and the part's free end.

    Returns:
        Three vectors, shape (3,), [m]; the axis is a unit vector.
    """
    part = cloud_of(list(meant.thing))
    if not meant.mount:
        # A knob on its own base: about the upright through the base's middle.
        base = max(meant.thing, key=lambda piece: float(box_of([piece]).size[:2].prod()))
        center = box_of([base]).center
        top = part[part[:, 2] > np.percentile(part[:, 2], 99.0) - 0.03]
        far = top[np.argmax(np.linalg.norm((top - center)[:, :2], axis=1))]
        end = top[np.linalg.norm((top - far)[:, :2], axis=1) < 0.025].mean(axis=0)
        far = np.array([end[0], end[1], np.percentile(part[:, 2], 99.0) - 0.005])
        return np.array([center[0], center[1], far[2]]), UP, far
    box, mount = box_of(list(meant.thing)), _beside(meant)
    gains = [box.reach(side) - float((mount @ side).max()) for side in SIDES]
    out = SIDES[int(np.argmax(gains))]
    under = mount[np.linalg.norm((mount - box.center)[:, :2], axis=1) < box.size[:2].max() / 2.0 + 0.02]
    carried = len(under) > 0 and box.lower[2] > np.percentile(under[:, 2], 95.0) - 0.03
    axis = UP if carried else out
    pivot = _pivot(meant, box, part, axis)
    flat = part - np.outer((part - pivot) @ axis, axis)
    away = np.linalg.norm(flat - pivot, axis=1)
    return pivot, axis, flat[away > np.percentile(away, 90.0)].mean(axis=0)


def _beside(meant: Meant) -> Float64:
    """Give the points of the mount next to the part, shape (N, 3)."""
    box, cloud = meant.box, cloud_of(list(meant.mount))
    near = ((cloud > box.lower - BESIDE) & (cloud < box.upper + BESIDE)).all(axis=1)
    return cloud[near] if near.any() else cloud


def _pivot(meant: Meant, box: Box, part: Float64, axis: Float64) -> Float64:
    """Give the middle of the part's end that lies at the smallest piece of the mount that it is near to."""
    near = [piece for piece in meant.mount if any(piece is one for one in meant.near)] or list(meant.mount)
    hub = box_of([min(near, key=lambda piece: float(box_of([piece]).size.max()))]).center
    size = box.size * (1.0 - np.abs(axis))
    long = int(np.argmax(size))
    width = min(0.04, 0.4 * float(size[long]))
    ends = [part[part[:, long] < box.lower[long] + width], part[part[:, long] > box.upper[long] - width]]
    middles = [(end.min(axis=0) + end.max(axis=0)) / 2.0 for end in ends]
    level = 1.0 - np.abs(axis)
    return min(middles, key=lambda middle: float(np.linalg.norm((middle - hub) * level)))


def _thickness(cloud: Float64, point: Float64, way: Float64) -> float:
    """Give how far a cloud reaches back from a point against a direction, near that point, [m]."""
    across = cloud - point
    near = np.linalg.norm(across - np.outer(across @ way, way), axis=1) < 0.03
    if not near.any():
        return 0.01
    return float(max(0.0, -np.percentile(across[near] @ way, 2.0)))


def press_down_then_round(hand: Hand, meant: Meant, upward: bool) -> Plan:
    """Swing a lever about the level axis of its mount, its free end pressed down, or raised from below."""
    part = cloud_of(list(meant.thing))
    mount = box_of(list(meant.mount))
    center = mount.center
    far = max(meant.thing, key=lambda piece: float(np.linalg.norm(box_of([piece]).center - center)))
    knob = box_of([far]).center
    # About the part's point nearest to its mount, around the level axis across the lever.
    level = (knob - center) * [1.0, 1.0, 0.0]
    long = np.array([0.0, 1.0, 0.0]) if abs(level[1]) > abs(level[0]) else np.array([1.0, 0.0, 0.0])
    inner = part[
        part @ long * np.sign(level @ long) < np.percentile(part @ long * np.sign(level @ long), 15.0)
    ]
    pivot = inner.mean(axis=0)
    axis = np.cross(knob - pivot, UP)
    axis = axis / np.linalg.norm(axis)
    if not upward:
        yield from push_at(hand, np.array([knob[0], knob[1], box_of([far]).upper[2]]), DOWN, 0.14)
        return
    yield from under(hand, far, long * np.sign(level @ long))
    offset = hand.q - knob
    up = float(np.arctan2(pivot[2] - knob[2], np.linalg.norm((knob - pivot)[:2])))
    yield from push_round(hand, pivot + offset, axis, up + np.deg2rad(90.0))
