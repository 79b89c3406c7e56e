"""Which plans a deed may be done by, in the order in which they are tried: by verb and by geometry."""

from collections.abc import Callable

import numpy as np

from ....core.errors import CannotDo
from . import contact, holding
from .deeds import Deed
from .grounding import Meant
from .hand import DOWN, UP, Hand, Plan
from .names import WORD, likeness
from .scene import box_of
from .shapes import FITS, handle_of, hole_in, way_out

Choice = Callable[[Hand], Plan]


def choices(meant: Meant) -> list[Choice]:
    """List the ways of doing a deed, the likeliest first.

    Raises:
        CannotDo: If the deed needs something that is not seen.
    """
    return _KINDS[_kind(meant)](meant)


def _kind(meant: Meant) -> str:
    deed = meant.deed
    if deed.kind == "push" and meant.mount and _hangs(meant) and (not deed.place or _same_root(meant)):
        return "press"
    if deed.kind == "close" and meant.tool:
        return "lid"
    if deed.kind in ("push", "pull") and meant.tool:
        return "with"
    if deed.kind == "insert" and not meant.thing:
        return "dip"
    if deed.kind == "pull" and not (deed.manners & {"up", "down"}) and meant.place is not None:
        return "push"
    return deed.kind


def _same_root(meant: Meant) -> bool:
    return bool(meant.place_pieces) and meant.place_pieces[0].path[0] == meant.thing[0].path[0]


def _hangs(meant: Meant) -> bool:
    return box_of(list(meant.mount)).size.max() > 1.2 * meant.box.size.max()


def _reach(meant: Meant) -> list[Choice]:
    place = _place(meant)
    return [lambda hand: contact.reach(hand, place)]


def _dip(meant: Meant) -> list[Choice]:
    place = _place(meant)
    return [lambda hand: contact.reach(hand, place, dip=True)]


def _press(meant: Meant) -> list[Choice]:
    deed = meant.deed
    direction = DOWN if deed.manners & {"down", "top"} else None
    return [lambda hand: contact.press(hand, meant, direction)]


def _push(meant: Meant) -> list[Choice]:
    if meant.place is None and meant.ground:
        return [lambda hand, number=number: holding.off(hand, meant, number) for number in range(3)]
    place = _place(meant)
    if min(meant.box.size[1], min((box_of([p]).size[1] for p in meant.thing), default=1.0)) <= FITS:
        return [lambda hand: holding.carry(hand, meant, place, lower=False)]
    return [lambda hand: holding.drag(hand, meant, place)]


def _pull(meant: Meant) -> list[Choice]:
    deed = meant.deed
    handle, out = handle_of(meant)
    if _turns(meant):
        ups = [True, False] if "up" in deed.manners else [False, True]
        return [lambda hand, up=up: contact.press_down_then_round(hand, meant, up) for up in ups]
    if "up" in deed.manners:
        furthest = max(meant.thing, key=lambda p: box_of([p]).reach(out))
        return [
            lambda hand: contact.raise_up(hand, furthest, out, 0.16),
            lambda hand: holding.pinch(hand, handle, out, UP, 0.16),
            lambda hand: contact.scrape(hand, furthest, out, UP, 0.14),
        ]
    if "down" in deed.manners:
        return [lambda hand: contact.press(hand, meant, DOWN)]
    return [lambda hand: contact.hook(hand, handle, out, 0.2)]


def _turns(meant: Meant) -> bool:
    """Tell whether a part is a lever: several pieces, the last of them far from the mount."""
    return len(meant.thing) > 2 and "handle" not in meant.deed.thing


def _open(meant: Meant) -> list[Choice]:
    return _swing_or_slide(meant, opening=True)


def _close(meant: Meant) -> list[Choice]:
    return _swing_or_slide(meant, opening=False)


def _swing_or_slide(meant: Meant, opening: bool) -> list[Choice]:
    slide: Choice = lambda hand: contact.shift_sideways(hand, meant)  # noqa: E731
    swing: Choice = lambda hand: contact.swing(hand, meant, opening)  # noqa: E731
    draw: Choice = lambda hand: contact.draw(hand, meant, outward=opening)  # noqa: E731
    if "revolving" in meant.deed.manners:
        return [swing]
    if opening and meant.deed.verb != "push":
        return [draw, slide, swing]
    _, gain = way_out(list(meant.thing), meant.mount) if meant.mount else (UP, 0.0)
    return [draw, slide] if meant.mount and gain > 0.03 and not opening else [slide, draw]


def _turn(meant: Meant) -> list[Choice]:
    said = meant.deed.manners
    angle = np.deg2rad(110.0 if meant.mount else 200.0)
    first = "clockwise" in said and "counter" not in said
    order = [first] if "clockwise" in said else [False, True]
    return [lambda hand, cw=cw: contact.turn_about(hand, meant, cw, float(angle)) for cw in order]


def _carry(meant: Meant) -> list[Choice]:
    if meant.place is None:
        return [lambda hand: holding.lift(hand, meant, 0.2)]
    place, lower = meant.place, bool(meant.place_pieces) and not _marked(meant)
    return [lambda hand: holding.carry(hand, meant, place, lower)]


def _marked(meant: Meant) -> bool:
    """Tell whether the place is a point of its own and not the middle of pieces."""
    assert meant.place is not None
    return bool(np.abs(box_of(list(meant.place_pieces)).center - meant.place).max() > 1e-6)


def _insert(meant: Meant) -> list[Choice]:
    place = meant.place
    marks = [one for one in meant.marks if likeness("hole", one.path[-1]) >= WORD]
    if place is None and marks:
        place = box_of(marks[:1]).center
    if place is None and meant.others:
        # The hole is not named: a gap in the face that what is largest turns toward the thing.
        block = list(meant.others[-1])
        level = (meant.box.center - box_of(block).center) * [1.0, 1.0, 0.0]
        long = int(np.argmax(np.abs(level)))
        place = hole_in(block, np.sign(level[long]) * np.eye(3)[long])
    if place is None:
        raise CannotDo("no hole is seen")
    hole = place
    return [lambda hand: holding.insert(hand, meant, hole)]


def _unplug(meant: Meant) -> list[Choice]:
    return [lambda hand: holding.unplug(hand, meant)]


def _hammer(meant: Meant) -> list[Choice]:
    return [lambda hand: holding.strike(hand, meant)]


def _lid(meant: Meant) -> list[Choice]:
    return [lambda hand: holding.close_on(hand, meant)]


def _with(meant: Meant) -> list[Choice]:
    place = _place(meant)
    if meant.deed.kind == "pull":
        return [lambda hand: holding.pull_with(hand, meant, place)]
    return [lambda hand: holding.move_with(hand, meant, place)]


def _place(meant: Meant) -> np.ndarray:
    """Give the place.

    Raises:
        CannotDo: If none is seen.
    """
    if meant.place is not None:
        return meant.place
    raise CannotDo(f"no place is seen for {meant.deed.verb!r}")


_KINDS: dict[str, Callable[[Meant], list[Choice]]] = {
    "reach": _reach,
    "dip": _dip,
    "press": _press,
    "push": _push,
    "pull": _pull,
    "open": _open,
    "close": _close,
    "turn": _turn,
    "carry": _carry,
    "insert": _insert,
    "unplug": _unplug,
    "hammer": _hammer,
    "lid": _lid,
    "with": _with,
}


def deed_in_words(deed: Deed) -> str:
    """Say a deed for a record."""
    parts = [deed.kind, deed.thing, deed.place and f"to {deed.place}", deed.source and f"from {deed.source}"]
    return " ".join(part for part in parts if part)


__all__ = ["Choice", "choices", "deed_in_words"]
