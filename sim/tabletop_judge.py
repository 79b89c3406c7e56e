"""The judge of the suite ``tabletop``: the checks of a task, one after the other, from the world's truth.

Whatever was not meant to be moved has to be where it was, what others are brought to
within 5 cm; nothing may be in the hand at the end but where a task is to hold something.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..core.arrays import Float64
from .catalogue import extents, support_height
from .judges import DISTURBED, NEAR, REFERENCE_MOVED, REST, STANDING
from .relation_judges import STANDS, Case, tilt
from .scenes import ThingSpec
from .tabletop_tasks import TASKS, Check
from .world import World

IN_LINE = 0.02
"""How far off the line through the outer two the middle one of a row may be, [m]."""
ROW_GAP = 0.12
"""Largest gap between neighbours of a row, [m]."""
MIDWAY = (0.2, 0.8)
"""Between two things means within these shares of the way from one to the other."""
ASIDE = 0.06
"""How far off the line from one to the other something between them may be, [m]."""


def judge(world: World, task: Mapping[str, Any]) -> dict[str, Any]:
    """Judge one episode.

    Args:
        world: The world, after the agent has let go of it.
        task: What ``Task.to_dict`` gave; its kind is one of ``TASKS``.

    Returns:
        ``success``, ``reason``, ``collisions``, ``wrong_touched`` and the names of both.
    """
    told = TASKS[str(task["kind"])]
    case = Case(world, {**task, "others": [name for name in told.moved if name != task["target"]]})
    world.advance(REST)
    found = [_CHECKS[check.what](case, check) for check in told.checks]
    wrong = wrongly_moved(case, told.moved, told.checks)
    held = case.held()
    reasons = [words for _, words in found]
    reasons += [f"wrongly touched: {', '.join(wrong)}"] if wrong else []
    reasons += ["something is still in the hand"] if held else []
    collided = case.collisions()
    return {
        "success": all(so for so, _ in found) and not wrong and not held,
        "reason": "; ".join(reasons),
        "collisions": len(collided),
        "wrong_touched": len(wrong),
        "collided": collided,
        "touched": wrong,
    }


def wrongly_moved(case: Case, moved: tuple[str, ...], checks: tuple[Check, ...]) -> list[str]:
    """List what was moved though it should not have been, or more than what others are brought to may be."""
    references = {name for check in checks for name in check.things} - set(moved)
    wrong = []
    for thing in case.world.scene.things:
        if thing.id in moved or thing.kind == "grain":
            continue
        allowed = REFERENCE_MOVED if thing.id in references else DISTURBED
        if float(np.linalg.norm(_place(case, thing) - _start(case, thing))) > allowed:
            wrong.append(thing.id)
    return wrong


def _things(case: Case, check: Check) -> tuple[ThingSpec, ...]:
    return tuple(case.world.scene.thing(name) for name in check.things)


def _place(case: Case, thing: ThingSpec) -> Float64:
    return case.pose(thing).translation()


def _start(case: Case, thing: ThingSpec) -> Float64:
    return case.world.start_truth[thing.id].translation()


def _stands(case: Case, thing: ThingSpec) -> bool:
    """Say whether a thing stands upright on the table; a block does on any side, a ball always."""
    level = thing.kind in ("ball", "block") or tilt(case.pose(thing)) < STANDS
    return level and abs(case.bottom(thing)) < STANDING


def _on(case: Case, check: Check) -> tuple[bool, str]:
    """On something: over it, at the height at which it carries."""
    thing, support = _things(case, check)
    size = extents(support.kind, support.size)
    X_WS = case.pose(support)
    surface = X_WS.translation()[2] - size[2] / 2.0 + support_height(support.kind, support.size)
    gap = abs(case.bottom(thing) - surface)
    off = np.abs((X_WS.inverse() @ _place(case, thing))[:2])
    words = f"{thing.id} {100 * off.max():.1f} cm off the middle of {support.id}, {100 * gap:.1f} cm above it"
    upright = thing.kind in ("ball", "block") or tilt(case.pose(thing)) < STANDS
    return bool((off < size[:2] / 2.0).all() and gap < STANDING and upright), words


def _within(case: Case, check: Check) -> tuple[bool, str]:
    """In or on something with a rim: its middle inside the outline, its underside below the rim."""
    thing, container = _things(case, check)
    size = extents(container.kind, container.size)
    X_WC = case.pose(container)
    off = np.abs((X_WC.inverse() @ _place(case, thing))[:2])
    rim = X_WC.translation()[2] + size[2] / 2.0
    below = float(rim - case.bottom(thing))
    words = f"{thing.id} {100 * off.max():.1f} cm off the middle of {container.id}, "
    words += f"underside {100 * below:.1f} cm below its rim"
    inside = bool((off < size[:2] / 2.0).all()) and below > 0.005
    return inside and float(X_WC.rotation().matrix()[2, 2]) > 0.98, words


def _beside(case: Case, check: Check) -> tuple[bool, str]:
    """In a direction from another thing, more than to its sides, near and standing."""
    thing, other = _things(case, check)
    off = (_place(case, thing) - _place(case, other))[:2]
    way = np.array(check.numbers)
    along, across = float(off @ way), float(abs(off @ np.array([-way[1], way[0]])))
    radii = [extents(one.kind, one.size)[:2].min() / 2.0 for one in (thing, other)]
    gap = float(np.linalg.norm(off)) - sum(radii)
    words = f"{thing.id} {100 * along:.0f} cm to that side of {other.id}, {100 * across:.0f} cm aside, "
    words += f"gap {100 * gap:.1f} cm"
    return along > across and gap < NEAR and _stands(case, thing), words


def _between(case: Case, check: Check) -> tuple[bool, str]:
    thing, one, other = _things(case, check)
    start, end, p = (_place(case, it)[:2] for it in (one, other, thing))
    way = end - start
    share = float((p - start) @ way / (way @ way))
    off = float(np.linalg.norm(p - start - share * way))
    words = f"{thing.id} at {share:.0%} of the way from {one.id} to {other.id}, {100 * off:.1f} cm off it"
    return MIDWAY[0] <= share <= MIDWAY[1] and off <= ASIDE and _stands(case, thing), words


def _row(case: Case, check: Check) -> tuple[bool, str]:
    """In a row as the person sees it, left to right, evenly enough to be one."""
    things = _things(case, check)
    places = np.array([_place(case, thing)[:2] for thing in things])
    way = places[-1] - places[0]
    across = np.abs(np.array([-way[1], way[0]]) @ (places - places[0]).T) / np.linalg.norm(way)
    halves = [float(extents(one.kind, one.size)[0]) / 2.0 for one in things]
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    gaps = [float(step) - a - b for step, a, b in zip(steps, halves[:-1], halves[1:], strict=True)]
    # Left to right: more across the person's sight than along it.
    ordered = bool((np.diff(places[:, 1]) > 0.0).all()) and abs(way[1]) > abs(way[0])
    words = f"{100 * across.max():.1f} cm off one line, the widest gap {100 * max(gaps):.1f} cm"
    words += "" if ordered else ", not from left to right"
    standing = all(_stands(case, thing) for thing in things)
    return ordered and across.max() <= IN_LINE and max(gaps) <= ROW_GAP and standing, words


def _moved(case: Case, check: Check) -> tuple[bool, str]:
    (thing,) = _things(case, check)
    by = (_place(case, thing) - _start(case, thing))[:2]
    off = float(np.linalg.norm(by - np.array(check.numbers[:2])))
    words = f"{thing.id} moved by {100 * by[0]:.1f} and {100 * by[1]:.1f} cm, {100 * off:.1f} cm off"
    return off <= check.numbers[2] and _stands(case, thing), words


def _where(case: Case, check: Check) -> tuple[bool, str]:
    thing, other = _things(case, check)
    off = float(np.linalg.norm((_place(case, thing) - _start(case, other))[:2]))
    words = f"{thing.id} {100 * off:.1f} cm from where {other.id} was"
    return off <= check.numbers[0] and _stands(case, thing), words


def _upright(case: Case, check: Check) -> tuple[bool, str]:
    (thing,) = _things(case, check)
    most = float(case.tilts(thing).max())
    return most <= check.numbers[0], f"{thing.id} tilted by {np.degrees(most):.1f} degrees at most"


_CHECKS: Mapping[str, Callable[[Case, Check], tuple[bool, str]]] = {
    "on": _on,
    "within": _within,
    "beside": _beside,
    "between": _between,
    "row": _row,
    "moved": _moved,
    "where": _where,
    "upright": _upright,
}
