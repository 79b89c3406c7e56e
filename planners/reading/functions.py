"""The functions of the language and the numpy names that stand for them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

from .. import expressions as ex
from ..expressions import Expression, ExpressionError
from .values import TableValue, Value, expression_of, number_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function that gives a value.

    Attributes:
        usage: How it is written, for messages and pages.
        call: Computes it from its positional arguments.
        least: Fewest arguments.
        most: Most arguments.
    """

    usage: str
    call: Callable[..., Value]
    least: int
    most: int


def _of(usage: str, call: Callable[..., Value], least: int, most: int | None = None) -> Function:
    return Function(usage=usage, call=call, least=least, most=least if most is None else most)


def _taking(call: Callable[..., Expression]) -> Callable[..., Value]:
    return lambda *args: call(*map(expression_of, args))


def _componentwise(op: Literal["abs", "sqrt", "sin", "cos", "arccos"]) -> Callable[..., Value]:
    return lambda a: ex.unary(op, expression_of(a))


def _height(a: Value) -> Expression:
    return ex.constant(a.height, "m") if isinstance(a, TableValue) else ex.height(expression_of(a))


def _distance(a: Value, b: Value) -> Expression:
    if isinstance(a, TableValue):
        a, b = b, a
    if isinstance(b, TableValue):
        return ex.height(expression_of(a)) - ex.constant(b.height, "m")
    return ex.distance(expression_of(a), expression_of(b))


def _direction(a: Value, b: Value = None) -> Expression:
    first = expression_of(a)
    return ex.unit_vector(first) if b is None else ex.direction(first, expression_of(b))


def _items(args: Sequence[Value], user: str) -> list[Expression]:
    """Take either several arguments, one list, or one vector's components."""
    if len(args) != 1:
        return [expression_of(arg) for arg in args]
    (only,) = args
    if isinstance(only, list):
        if not only:
            raise ExpressionError(f"{user} of an empty list")
        return [expression_of(item) for item in only]
    whole = expression_of(only)
    if not whole.length:
        raise ExpressionError(f"{user} takes a list, a vector or several values")
    return [ex.index(whole, i) for i in range(whole.length)]


def _extreme(op: Literal["min", "max"]) -> Callable[..., Value]:
    return lambda *args: reduce(lambda a, b: ex.binary(op, a, b), _items(args, op))


def _clip(a: Value, lower: Value, upper: Value) -> Expression:
    return ex.clip(expression_of(a), expression_of(lower), expression_of(upper))


def _array(a: Value) -> Value:
    """Give a list of numbers as a vector; a list of points stays a list."""
    if isinstance(a, list) and any(expression_of(item).length for item in a):
        return a
    return expression_of(a)


def _length(a: Value) -> Expression:
    if isinstance(a, list):
        return ex.constant(float(len(a)))
    vector = expression_of(a)
    if not vector.length:
        raise ExpressionError("len takes a list or a vector")
    return ex.constant(float(vector.length))


def _unit(scale: float, unit: ex.Unit, name: str) -> Callable[..., Value]:
    def convert(a: Value) -> Expression:
        number = number_of(a, f"the argument of {name}()")
        if expression_of(a).unit != "number":
            raise ExpressionError(f"{name}() takes a bare number, and this has a unit already")
        return ex.constant(number * scale, unit)

    return convert


def _arcsin(a: Value) -> Expression:
    return ex.constant(math.pi / 2.0, "rad") - ex.unary("arccos", expression_of(a))


def _tan(a: Value) -> Expression:
    return ex.unary("sin", expression_of(a)) / ex.unary("cos", expression_of(a))


_MANY = 64

FUNCTIONS: dict[str, Function] = {
    "norm": _of("norm(vector)", _taking(ex.norm), 1),
    "distance": _of("distance(a, b)", _distance, 2),
    "dot": _of("dot(u, v)", _taking(ex.dot), 2),
    "cross": _of("cross(u, v)", _taking(ex.cross), 2),
    "xy": _of("xy(point)", _taking(ex.xy), 1),
    "height": _of("height(point)", _height, 1),
    "tilt": _of("tilt(a, b)", _taking(ex.tilt), 2),
    "angle": _of("angle(u, v)", _taking(ex.angle), 2),
    "direction": _of("direction(a, b)", _direction, 1, 2),
    "vec": _of("vec(x, y, z)", lambda *args: ex.vec(map(expression_of, args)), 2, 3),
    "mean": _of("mean(a, b, ...)", lambda *args: ex.mean(_items(args, "mean")), 1, _MANY),
    "sum": _of("sum([a, b, ...])", lambda *args: reduce(lambda a, b: a + b, _items(args, "sum")), 1),
    "min": _of("min(a, b, ...)", _extreme("min"), 1, _MANY),
    "max": _of("max(a, b, ...)", _extreme("max"), 1, _MANY),
    "clip": _of("clip(a, lower, upper)", _clip, 3),
    "abs": _of("abs(a)", _componentwise("abs"), 1),
    "sqrt": _of("sqrt(a)", _componentwise("sqrt"), 1),
    "sin": _of("sin(a)", _componentwise("sin"), 1),
    "cos": _of("cos(a)", _componentwise("cos"), 1),
    "tan": _of("tan(a)", _tan, 1),
    "arccos": _of("arccos(a)", _componentwise("arccos"), 1),
    "arcsin": _of("arcsin(a)", _arcsin, 1),
    "atan2": _of("atan2(y, x)", _taking(ex.atan2), 2),
    "cm": _of("cm(number)", _unit(0.01, "m", "cm"), 1),
    "mm": _of("mm(number)", _unit(0.001, "m", "mm"), 1),
    "degrees": _of("degrees(number)", _unit(math.pi / 180.0, "rad", "degrees"), 1),
    "start": _of("start(point)", _taking(lambda a: ex.at_time(a, "start")), 1),
    "origin": _of("origin(point)", _taking(lambda a: ex.at_time(a, "origin")), 1),
    "len": _of("len(list)", _length, 1),
    "array": _of("np.array([x, y, z])", _array, 1),
    "minimum": _of("np.minimum(a, b)", _taking(lambda a, b: ex.binary("min", a, b)), 2),
    "maximum": _of("np.maximum(a, b)", _taking(lambda a, b: ex.binary("max", a, b)), 2),
    "square": _of("np.square(a)", _taking(lambda a: a * a), 1),
}

CONSTANTS: dict[str, Expression] = {"pi": ex.constant(math.pi)}

ALIASES: dict[str, str] = {
    "np.linalg.norm": "norm", "np.dot": "dot", "np.vdot": "dot", "np.inner": "dot", "np.cross": "cross",
    "np.mean": "mean", "np.average": "mean", "np.sum": "sum", "np.min": "min", "np.max": "max",
    "np.amin": "min", "np.amax": "max", "np.minimum": "minimum", "np.maximum": "maximum",
    "np.clip": "clip", "np.abs": "abs", "np.absolute": "abs", "np.fabs": "abs", "np.sqrt": "sqrt",
    "np.square": "square", "np.sin": "sin", "np.cos": "cos", "np.tan": "tan", "np.arccos": "arccos",
    "np.arcsin": "arcsin", "np.arctan2": "atan2", "np.array": "array", "np.asarray": "array",
    "np.deg2rad": "degrees", "np.radians": "degrees", "np.pi": "pi",
    "math.sqrt": "sqrt", "math.sin": "sin", "math.cos": "cos", "math.tan": "tan", "math.acos": "arccos",
    "math.asin": "arcsin", "math.atan2": "atan2", "math.radians": "degrees", "math.dist": "distance",
    "math.fabs": "abs", "math.pi": "pi",
}  # fmt: skip
"""Dotted names of numpy and math, with ours."""

NEEDS_AXIS = frozenset({"np.mean", "np.average", "np.sum", "np.min", "np.max", "np.amin", "np.amax"})
"""Aliases that reduce a list of points only along ``axis=0``; elsewhere they would mix x, y and z."""

_DEGREES = "Every angle here is in radians; write degrees(45) for 45 degrees"

MISLEADING: dict[str, tuple[str, str]] = {
    "np.degrees": ("np.degrees would give degrees", _DEGREES),
    "np.rad2deg": ("np.rad2deg would give degrees", _DEGREES),
    "math.degrees": ("math.degrees would give degrees", _DEGREES),
    "radians": ("radians() could mean two things", _DEGREES),
    "m": ("m() is not needed", "Bare numbers are metres; cm() and mm() convert"),
    "print": ("print() does nothing here", "Leave it out"),
}
"""Names that a writer may expect, with why they are not known and what to write."""
