"""Statements that make maps: where the hand is drawn to, kept from, slow, and how it is turned and open."""

from collections.abc import Callable

from .. import expressions as ex
from ..expressions import Expression
from ..program import Avoid, AvoidRegion, Face, Grip, Region, Slow, SlowRegion, Toward
from .draft import USAGE, Statement
from .refusal import excerpt_of, refusal
from .values import RegionValue, TableValue, ThingValue, Value, expression_of, said

MAX_DISTANCE = 1.0
"""Largest distance to keep from a thing, [m]."""
MAX_SPEED = 2.0
"""Largest speed that can be asked for, [m/s]."""
MAX_MAPS = 32
"""Most map statements of one stage."""
MAX_WEIGHT = 100.0
"""Largest weight of a target."""
MAX_OPENING = 0.5
"""Largest opening that can be asked for, [m]; a hand that opens less opens as far as it can."""

_WITHOUT = {
    "toward": "Say where to with goal()",
    "face": "Say which way with goal(angle(...) <= degrees(10))",
    "grip": "Close with grasp(thing), open with release(thing)",
    "avoid": "Name a thing: avoid(thing, distance)",
    "slow": "Name a thing: slow(thing, distance, speed)",
}


def check_maps(name: str, statement: Statement) -> None:
    """Check that a map can be made here.

    Raises:
        Refusal: If whoever plans this makes none of this kind, or there are too many.
    """
    of_things = name in ("avoid", "slow") and not isinstance(_subject(statement), RegionValue)
    if not statement.vocabulary.maps and not of_things:
        known = ", ".join(word for word in USAGE if word not in ("toward", "face", "grip"))
        if name in ("avoid", "slow"):
            raise refusal(statement.node, f"{name} of a region is not planned with here", _WITHOUT[name])
        raise refusal(statement.node, f"{name} is not planned with here; {known} are", _WITHOUT[name])
    if statement.draft.maps >= MAX_MAPS:
        raise refusal(statement.node, f"a stage has at most {MAX_MAPS} maps", "Write fewer")


def _toward(statement: Statement) -> None:
    given = statement.arguments("toward", ("target",), ("weight",))
    target = given["target"]
    weight = given.get("weight")
    one = Toward(
        target=target.region if isinstance(target, RegionValue) else _point(statement, target, "toward"),
        weight=1.0 if weight is None else statement.number(weight, "the weight", MAX_WEIGHT, ""),
        text=excerpt_of(statement.node),
    )
    statement.draft.toward.append((one, statement.node))


def _avoid(statement: Statement) -> None:
    region = _subject(statement)
    if isinstance(region, RegionValue):
        given = statement.arguments("avoid", ("thing",), ("distance",))
        distance = given.get("distance")
        kept = 0.0 if distance is None else _distance(statement, distance, or_zero=True)
        statement.draft.avoid_regions.append(AvoidRegion(region=region.region, distance=kept))
        return
    given = statement.arguments("avoid", ("thing", "distance"))
    thing = statement.thing(given["thing"], "avoid")
    statement.draft.avoid.append(Avoid(thing=thing, distance=_distance(statement, given["distance"])))


def _slow(statement: Statement) -> None:
    given = statement.arguments("slow", ("thing", "distance", "speed"))
    region = given["thing"]
    if isinstance(region, RegionValue):
        distance = _distance(statement, given["distance"], or_zero=True)
        speed = statement.number(given["speed"], "the speed", MAX_SPEED, "m/s")
        statement.draft.slow_regions.append(SlowRegion(region=region.region, distance=distance, speed=speed))
        return
    statement.draft.slow.append(
        Slow(
            thing=statement.thing(region, "slow"),
            distance=_distance(statement, given["distance"]),
            speed=statement.number(given["speed"], "the speed", MAX_SPEED, "m/s"),
        )
    )


def _face(statement: Statement) -> None:
    given = statement.arguments("face", ("target",), ("where",))
    target = given["target"]
    if isinstance(target, RegionValue):
        raise refusal(
            statement.node, "face takes a thing, a point or a direction, not a region", "Name a thing"
        )
    facing = _point(statement, target, "face")
    if facing.unit == "number" and ex.numbers_of(facing) == (0.0, 0.0, 0.0):
        raise refusal(statement.node, "vec(0, 0, 0) is no direction", "Write vec(0, 0, -1) for straight down")
    statement.draft.face.append(Face(target=facing, where=_where(statement, given.get("where"))))


def _grip(statement: Statement) -> None:
    given = statement.arguments("grip", ("opening",), ("where",))
    opening = given["opening"]
    if isinstance(opening, str):
        if opening not in ("open", "closed"):
            remedy = 'Write grip("open"), grip("closed") or grip(cm(4))'
            raise refusal(statement.node, f"the fingers cannot be {opening!r}", remedy)
        width = opening
    else:
        width = statement.number(opening, "the opening", MAX_OPENING, "m", or_zero=True)
    statement.draft.grip.append(Grip(opening=width, where=_where(statement, given.get("where"))))


def _subject(statement: Statement) -> Value:
    return statement.args[0] if statement.args else statement.named.get("thing")


def _distance(statement: Statement, value: Value, *, or_zero: bool = False) -> float:
    return statement.number(value, "the distance", MAX_DISTANCE, "m", or_zero=or_zero)


def _point(statement: Statement, value: Value, name: str) -> Expression:
    """Take an argument as a point, or for ``face`` as a direction."""
    if isinstance(value, TableValue):
        remedy = 'Name a part of it, such as centre(table), half(table, "left") or above(table, cm(10))'
        raise refusal(statement.node, f"{name} takes a point or a region, and the table is a plane", remedy)
    if not isinstance(value, (Expression, ThingValue, list)):
        what = "a point or a region" if name == "toward" else "a thing, a point or a direction"
        remedy = f"It is written {USAGE[name]}"
        raise refusal(statement.node, f"{name} takes {what}, not {said(value)}", remedy)
    point = expression_of(value)
    fits = point.unit in (("m", "number") if name == "toward" else ("m", "number", "ratio"))
    if point.length != 3 or not fits:
        what = "a point in the world" if name == "toward" else "a point or a direction"
        remedy = "Name a thing or a part, add vec(0, 0, cm(10)) to it, or name a region"
        raise refusal(statement.node, f"{name} takes {what}, not {said(point)}", remedy)
    if any(ref.thing is None and ref.when == "now" for ref in ex.points_of([point])):
        remedy = "Write start(ee) for where it was"
        raise refusal(statement.node, f"what {name} names moves with the hand itself", remedy)
    return point


def _where(statement: Statement, value: Value) -> Region | None:
    if value is None or isinstance(value, RegionValue):
        return None if value is None else value.region
    near = (
        f"Write near({value.name}, cm(10))" if isinstance(value, ThingValue) else "Write near(thing, cm(10))"
    )
    raise refusal(statement.node, f"where= takes a region, not {said(value)}", near)


MAPS: dict[str, Callable[[Statement], None]] = {
    "toward": _toward,
    "avoid": _avoid,
    "slow": _slow,
    "face": _face,
    "grip": _grip,
}
