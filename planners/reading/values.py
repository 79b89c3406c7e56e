"""What a piece of program text can mean while it is read."""

import ast
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...core.arrays import Float64
from .. import expressions as ex
from ..expressions import Expression, ExpressionError, PointRef
from ..program import Region, Relation


@dataclass(frozen=True, slots=True)
class ThingValue:
    """A thing; where a point is wanted it is its center."""

    name: str


@dataclass(frozen=True, slots=True)
class HandValue:
    """A hand; ``hand.ee`` is its tool point."""

    name: str


@dataclass(frozen=True, slots=True)
class TableValue:
    """The table's plane."""

    height: float


@dataclass(frozen=True, slots=True)
class ModuleValue:
    """``np`` or ``math``, or a part of it."""

    path: str


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function or statement of the language, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class HelperValue:
    """A function that the text defines."""

    definition: ast.FunctionDef


@dataclass(slots=True)
class RelationValue:
    """A comparison; it has to end up in a goal() or an along()."""

    relation: Relation
    node: ast.AST
    used: bool = field(default=False)


@dataclass(frozen=True, slots=True)
class RegionValue:
    """A part of space."""

    region: Region


Value = (
    Expression | bool | str | list[Any] | None
    | ThingValue | HandValue | TableValue | ModuleValue | FunctionValue | HelperValue | RelationValue
    | RegionValue
)  # fmt: skip


def said(value: Value) -> str:
    """Name what a value is, for messages."""
    match value:
        case Expression():
            return f"a vector of {value.length}" if value.length else "a number"
        case ThingValue():
            return f"the thing {value.name}"
        case HandValue():
            return f"the hand {value.name}"
        case TableValue():
            return "the table"
        case bool():
            return "a truth value"
        case str():
            return "a text"
        case list():
            return "a list"
        case RelationValue():
            return "a comparison"
        case RegionValue():
            return "a region"
        case None:
            return "nothing"
    return "a function"


def expression_of(value: Value) -> Expression:
    """Take a value as a number, a vector or a point.

    Raises:
        ExpressionError: If it is none.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, ThingValue):
        return ex.Point(PointRef(thing=value.name, part="center"))
    if isinstance(value, list) and value:
        return ex.vec([expression_of(item) for item in value])
    hint = ""
    if isinstance(value, HandValue):
        hint = f"; its point is {value.name}.ee"
    elif isinstance(value, TableValue):
        hint = "; it is a plane: height(table), distance(p, table)"
    elif isinstance(value, RegionValue):
        hint = "; it is for toward(), avoid(), slow() and where="
    elif isinstance(value, FunctionValue):
        hint = f"; it takes its arguments in brackets: {value.name}(...)"
    raise ExpressionError(f"{said(value)} is no number, vector or point{hint}")


def number_of(value: Value, what: str) -> float:
    """Take a value as a constant number.

    Raises:
        ExpressionError: If it is none.
    """
    if isinstance(value, Expression) and value.op == "constant":
        return value.value
    raise ExpressionError(f"{what} is a constant number here, not {said(value)}")


def whole_of(value: Value, what: str) -> int:
    """Take a value as a whole constant number.

    Raises:
        ExpressionError: If it is none.
    """
    number = number_of(value, what)
    if not number.is_integer():
        raise ExpressionError(f"{what} is a whole number, not {number:g}")
    return int(number)


def direction_of(value: Value, what: str) -> Float64:
    """Take a value as a constant direction, a unit vector of shape (3,).

    Raises:
        ExpressionError: If it is none.
    """
    numbers = ex.numbers_of(expression_of(value))
    length = float(np.linalg.norm(numbers)) if numbers else 0.0
    if numbers is None or len(numbers) != 3 or length < 1e-9:
        raise ExpressionError(f"{what} is a constant direction, such as vec(0, 0, -1) for straight down")
    return np.array(numbers) / length
