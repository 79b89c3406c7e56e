"""Words for regions: parts of things and of the table, places beside and above them."""

import ast
from collections.abc import Mapping
from typing import get_args

from .. import expressions as ex
from ..expressions import Expression
from ..program import Region, RegionKind, Side
from .refusal import excerpt_of, near, refusal
from .values import (
    HandValue,
    RegionValue,
    TableValue,
    ThingValue,
    Value,
    expression_of,
    number_of,
    said,
)

TABLE = "table"
HEIGHT = 0.2
"""How far a part of a thing reaches up from its top where the text does not say, [m]: a hand that works
on the left half of a table is in the left half."""
MAX_EXTENT = 1.0
"""Largest distance or height of a region, [m]."""
SIDES: tuple[Side, ...] = get_args(Side)

REGIONS = {
    "half": "half(thing, side)",
    "quarter": "quarter(thing, side, side)",
    "edge": "edge(thing, side)",
    "corner": "corner(thing, side, side)",
    "centre": "centre(thing)",
    "center": "center(thing)",
    "above": "above(thing, distance)",
    "left_of": "left_of(thing, distance)",
    "right_of": "right_of(thing, distance)",
    "front_of": "front_of(thing, distance)",
    "behind": "behind(thing, distance)",
    "beside": "beside(thing, distance)",
    "near": "near(thing or point, distance)",
}
"""How each is written. They are no reserved words: a text may give the names other meanings."""
_SIDES_OF = {"half": 1, "quarter": 2, "edge": 1, "corner": 2, "centre": 0}


def region_of(name: str, node: ast.Call, args: list[Value], named: Mapping[str, Value]) -> RegionValue:
    """Read a region.

    Args:
        name: The word.
        node: Where it stands.
        args: Its arguments.
        named: Its arguments by name.

    Raises:
        Refusal: If they do not fit it.
        ExpressionError: If a number or a point among them is none.
    """
    if not args:
        raise refusal(node, f"{name} lacks its thing", f"It is written {REGIONS[name]}")
    kind: RegionKind = "centre" if name == "center" else name  # pyright: ignore[reportAssignmentType]
    known = ("height", "nearest") if kind in ("quarter", "edge", "corner") else ("height",)
    known = known if kind in _SIDES_OF else ("distance",)
    for word in named:
        if word not in known:
            raise refusal(node, f"{name} has no argument {word}", f"It is written {REGIONS[name]}")
    text = excerpt_of(node)
    if kind not in _SIDES_OF:
        distance = _distance(name, node, args, named)
        if kind == "near" and not isinstance(args[0], (ThingValue, TableValue)):
            return RegionValue(
                Region(kind=kind, point=_point(node, args[0], name), distance=distance, text=text)
            )
        return RegionValue(Region(kind=kind, thing=_thing(name, node, args[0]), distance=distance, text=text))
    height = named.get("height")
    nearest = named.get("nearest")
    return RegionValue(
        Region(
            kind=kind,
            thing=_thing(name, node, args[0]),
            sides=_sides(name, kind, node, args[1:], nearest is not None),
            nearest=None if nearest is None else _point(node, nearest, "nearest="),
            height=HEIGHT if height is None else _extent(node, height, "the height"),
            text=text,
        )
    )


def _thing(name: str, node: ast.Call, value: Value) -> str:
    if isinstance(value, ThingValue):
        return value.name
    if isinstance(value, TableValue):
        if name in ("left_of", "right_of", "front_of", "behind", "beside", "near"):
            raise refusal(
                node, f"nothing is {name} the table", 'Name a part of it, such as half(table, "left")'
            )
        return TABLE
    hint = "Write point + vec(0, 0, cm(10))" if isinstance(value, Expression) else "Name a thing"
    raise refusal(node, f"{name} takes a thing, not {said(value)}", hint)


def _distance(name: str, node: ast.Call, args: list[Value], named: Mapping[str, Value]) -> float:
    if len(args) + len(named) != 2:
        wrong = "lacks its distance" if len(args) + len(named) < 2 else "takes other arguments"
        raise refusal(node, f"{name} {wrong}", f"It is written {REGIONS[name]}")
    return _extent(node, named["distance"] if named else args[1], "the distance")


def _extent(node: ast.Call, value: Value, what: str) -> float:
    number = number_of(value, what)
    if not 0.0 < number <= MAX_EXTENT:
        raise refusal(node, f"{what} is above 0 and at most {MAX_EXTENT:g} m, not {number:g}", "Change it")
    return number


def _point(node: ast.Call, value: Value, name: str) -> Expression:
    point = expression_of(value)
    if point.length != 3 or point.unit not in ("m", "number"):
        raise refusal(node, f"{name} takes a thing or a point, not {said(value)}", "Name a thing or a part")
    if any(ref.thing is None and ref.when == "now" for ref in ex.points_of([point])):
        raise refusal(node, "the region would move with the hand", "Write start(ee) for where it was")
    return point


def _sides(name: str, kind: RegionKind, node: ast.Call, args: list[Value], nearest: bool) -> tuple[Side, ...]:
    sides: list[Side] = []
    for value in args:
        word = value.name if isinstance(value, HandValue) else value
        if word not in SIDES:
            listed = "The sides are " + ", ".join(f'"{side}"' for side in SIDES)
            wrong = f"there is no side {word!r}" if isinstance(word, str) else f"{said(value)} is no side"
            raise refusal(node, wrong, near(word, SIDES, listed) if isinstance(word, str) else listed)
        sides.append(word)  # pyright: ignore[reportArgumentType]
    wanted = 0 if nearest else _SIDES_OF[kind]
    across = [side for side in sides if side in ("left", "right")]
    if len(sides) != wanted or (wanted == 2 and len(across) != 1):
        usage = f"It is written {REGIONS[name]}"
        if kind in ("quarter", "edge", "corner"):
            usage += f" or {name}(thing, nearest=point)"
        reason = (
            "it takes one of left, right and one of front, back" if wanted == 2 else "the sides do not fit"
        )
        raise refusal(node, reason, usage)
    return tuple(sides)
