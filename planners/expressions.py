"""Expressions over points: immutable nodes that relations are made of.

A node knows its length (0 for a scalar, n for a vector) and its unit, so that a
mistake is found where it is written. ``planners.tape`` evaluates and
differentiates expressions; ``planners.lift`` turns relations into residuals.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

Unit = Literal["m", "rad", "ratio", "number", "other"]
"""``ratio``: a cosine or the like; ``number``: a bare constant, fits any; ``other``: the rest (an area)."""

Op = Literal[
    "constant", "point", "vec", "index",
    "neg", "abs", "sqrt", "sin", "cos", "arccos",
    "add", "sub", "mul", "div", "min", "max", "atan2",
    "norm", "dot", "cross", "xy", "tilt", "angle", "unit",
]  # fmt: skip


class ExpressionError(ValueError):
    """Operands that do not fit each other; the text says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PointRef:
    """A point that a relation speaks of; the planner supplies its position.

    Attributes:
        thing: Identifier of the thing, or None for the tool point of a hand.
        part: Part of the thing (``center`` where none was written), or the hand's name.
        when: ``now`` moves with its thing or hand; ``start`` is where it was when the
            stage began, ``origin`` when the program began.
    """

    thing: str | None
    part: str
    when: Literal["now", "start", "origin"] = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One node; make it with this module's functions, which check what they take.

    Attributes:
        op: What the node computes.
        args: The operands.
        value: Number of a ``constant``, component of an ``index``.
        ref: The point of a ``point``.
        length: 0 for a scalar, n for a vector of n components.
        unit: Unit of the value, or of each component.
        weight: Nodes of the tree below, shared ones counted each time.
        depth: Nodes on the longest way down.
    """

    op: Op
    args: tuple["Expression", ...] = ()
    value: float = 0.0
    ref: PointRef | None = None
    length: int = 0
    unit: Unit = "number"
    weight: int = field(init=False, compare=False)
    depth: int = field(init=False, compare=False)

    def __post_init__(self) -> None:
        """Measure the tree below."""
        object.__setattr__(self, "depth", 1 + max((arg.depth for arg in self.args), default=0))
        object.__setattr__(self, "weight", 1 + sum(arg.weight for arg in self.args))

    def __add__(self, other: "Expression | float") -> "Expression":
        """Add; a scalar is added to every component."""
        return binary("add", self, other)

    def __radd__(self, other: float) -> "Expression":
        """Add."""
        return binary("add", other, self)

    def __sub__(self, other: "Expression | float") -> "Expression":
        """Subtract; a scalar is taken from every component."""
        return binary("sub", self, other)

    def __rsub__(self, other: float) -> "Expression":
        """Subtract."""
        return binary("sub", other, self)

    def __mul__(self, other: "Expression | float") -> "Expression":
        """Multiply, component by component."""
        return binary("mul", self, other)

    def __rmul__(self, other: float) -> "Expression":
        """Multiply."""
        return binary("mul", other, self)

    def __truediv__(self, other: "Expression | float") -> "Expression":
        """Divide, component by component."""
        return binary("div", self, other)

    def __rtruediv__(self, other: float) -> "Expression":
        """Divide."""
        return binary("div", other, self)

    def __neg__(self) -> "Expression":
        """Turn the sign round."""
        return unary("neg", self)

    @property
    def is_constant(self) -> bool:
        """Whether no point occurs in it."""
        return not points_of([self])


def constant(value: float | Sequence[float], unit: Unit = "number") -> Expression:
    """Make a constant scalar or vector.

    Raises:
        ExpressionError: If a number is not finite.
    """
    if isinstance(value, Sequence):
        return vec([constant(component, unit) for component in value])
    if not math.isfinite(value):
        raise ExpressionError(f"the number {value} is not finite")
    return Expression(op="constant", value=float(value), unit=unit)


def Point(ref: PointRef) -> Expression:
    """Make a point: a world position, length 3, [m]."""
    return Expression(op="point", ref=ref, length=3, unit="m")


def as_expression(value: Expression | float) -> Expression:
    """Give a number as a constant, an expression as it is."""
    return value if isinstance(value, Expression) else constant(value)


def unary(op: Literal["neg", "abs", "sqrt", "sin", "cos", "arccos"], a: Expression | float) -> Expression:
    """Apply a function to every component.

    ``sqrt`` and ``arccos`` clip what rounding put outside their domain.

    Raises:
        ExpressionError: If the operand's unit does not fit.
    """
    a = as_expression(a)
    if op in ("sin", "cos") and a.unit == "m":
        raise ExpressionError(f"{op} takes an angle, not a length")
    if op == "arccos" and a.unit in ("m", "rad"):
        raise ExpressionError("arccos takes a ratio, such as a scalar product of directions")
    units: dict[str, Unit] = {"sin": "ratio", "cos": "ratio", "arccos": "rad"}
    unit: Unit = units.get(op, a.unit)
    if op == "sqrt" and a.unit not in ("number", "ratio"):
        unit = "other"
    return _folded(Expression(op=op, args=(a,), length=a.length, unit=unit))


def binary(
    op: Literal["add", "sub", "mul", "div", "min", "max"], a: Expression | float, b: Expression | float
) -> Expression:
    """Combine two values, component by component; a scalar goes with every component.

    Raises:
        ExpressionError: If lengths or units do not fit, or the divisor is the constant zero.
    """
    a, b = as_expression(a), as_expression(b)
    if a.length and b.length and a.length != b.length:
        raise ExpressionError(f"a vector of {a.length} and one of {b.length} components do not go together")
    if op == "div" and b.op == "constant" and b.value == 0.0:
        raise ExpressionError("division by zero")
    unit = {"mul": _product_unit, "div": _quotient_unit}.get(op, common_unit)(a.unit, b.unit)
    return _folded(Expression(op=op, args=(a, b), length=max(a.length, b.length), unit=unit))


def norm(a: Expression) -> Expression:
    """Euclidean length of a vector."""
    return Expression(op="norm", args=(_vector(a, "norm"),), unit=a.unit)


def distance(a: Expression, b: Expression) -> Expression:
    """Distance between two points, [m]."""
    return norm(a - b)


def dot(a: Expression, b: Expression) -> Expression:
    """Scalar product of two vectors of equal length."""
    if _vector(a, "dot").length != _vector(b, "dot").length:
        raise ExpressionError(f"dot takes vectors of equal length, not of {a.length} and {b.length}")
    return Expression(op="dot", args=(a, b), unit=_product_unit(a.unit, b.unit))


def cross(a: Expression, b: Expression) -> Expression:
    """Vector product of two vectors of three components."""
    args = (_vector(a, "cross", 3), _vector(b, "cross", 3))
    return Expression(op="cross", args=args, length=3, unit=_product_unit(a.unit, b.unit))


def xy(a: Expression) -> Expression:
    """Horizontal part of a point or vector, length 2."""
    return Expression(op="xy", args=(_vector(a, "xy", 3),), length=2, unit=a.unit)


def index(a: Expression, component: int) -> Expression:
    """One component of a vector, counted from 0; negative ones count from the end.

    Raises:
        ExpressionError: If there is no such component.
    """
    length = _vector(a, "indexing").length
    if not -length <= component < length:
        raise ExpressionError(f"component {component} does not exist: there are {length}, counted from 0")
    component %= length
    if a.op == "vec":
        return a.args[component]
    return Expression(op="index", args=(a,), value=float(component), unit=a.unit)


def height(a: Expression) -> Expression:
    """Height of a point in the world, [m]."""
    return index(_vector(a, "height", 3), 2)


def tilt(a: Expression, b: Expression) -> Expression:
    """Angle of b - a from straight up, 0 to pi, [rad]."""
    args = (_vector(a, "tilt", 3), _vector(b, "tilt", 3))
    return Expression(op="tilt", args=args, unit="rad")


def angle(u: Expression, v: Expression) -> Expression:
    """Angle between two vectors, 0 to pi, [rad]."""
    return Expression(op="angle", args=(_vector(u, "angle", 3), _vector(v, "angle", 3)), unit="rad")


def unit_vector(a: Expression) -> Expression:
    """The vector divided by its own length."""
    return Expression(op="unit", args=(_vector(a, "direction"),), length=a.length, unit="ratio")


def direction(a: Expression, b: Expression) -> Expression:
    """Unit vector from a to b."""
    return unit_vector(b - a)


def vec(components: Iterable[Expression | float]) -> Expression:
    """Vector of scalars.

    Raises:
        ExpressionError: If a component is no scalar, there are none, or their units clash.
    """
    args = tuple(as_expression(component) for component in components)
    if not args or any(arg.length for arg in args):
        raise ExpressionError("a vector is made of one or more scalars")
    unit: Unit = "number"
    for arg in args:
        unit = common_unit(unit, arg.unit)
    return Expression(op="vec", args=args, length=len(args), unit=unit)


def mean(values: Sequence[Expression]) -> Expression:
    """Average of scalars or of vectors of one length."""
    if not values:
        raise ExpressionError("mean takes one or more values")
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total / float(len(values))


def atan2(y: Expression | float, x: Expression | float) -> Expression:
    """Angle of the point (x, y) from the x axis, [rad]."""
    args = (as_expression(y), as_expression(x))
    if any(arg.length for arg in args):
        raise ExpressionError("atan2 takes two scalars")
    common_unit(args[0].unit, args[1].unit)
    return _folded(Expression(op="atan2", args=args, unit="rad"))


def clip(a: Expression | float, lower: Expression | float, upper: Expression | float) -> Expression:
    """The value, held between two bounds."""
    return binary("min", binary("max", a, lower), upper)


def at_time(a: Expression, when: Literal["start", "origin"]) -> Expression:
    """The expression with every point where it was then.

    Raises:
        ExpressionError: If a point of it is already taken at another time.
    """
    if a.ref is not None:
        if a.ref.when not in ("now", when):
            raise ExpressionError(f"{when}() of what is already inside {a.ref.when}()")
        return replace(a, ref=replace(a.ref, when=when))
    return replace(a, args=tuple(at_time(arg, when) for arg in a.args)) if a.args else a


def points_of(expressions: Iterable[Expression]) -> tuple[PointRef, ...]:
    """List the points that occur, each once, in the order of their first occurrence."""
    found: dict[PointRef, None] = {}
    seen: set[int] = set()
    todo = list(expressions)[::-1]
    while todo:
        node = todo.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.ref is not None:
            found.setdefault(node.ref)
        todo.extend(reversed(node.args))
    return tuple(found)


def numbers_of(a: Expression) -> tuple[float, ...] | None:
    """Give the numbers of a constant scalar or of a vector of constants, None for anything else."""
    parts = a.args if a.op == "vec" else (a,)
    return tuple(part.value for part in parts) if all(part.op == "constant" for part in parts) else None


def common_unit(a: Unit, b: Unit) -> Unit:
    """Unit of a sum of two units.

    Raises:
        ExpressionError: If a length meets an angle.
    """
    if {a, b} == {"m", "rad"}:
        raise ExpressionError("a length and an angle do not go together")
    if a == b or b == "number":
        return a
    return b if a == "number" else "other"


def _product_unit(a: Unit, b: Unit) -> Unit:
    if "number" in (a, b):
        return b if a == "number" else a
    if "ratio" in (a, b):
        return b if a == "ratio" else a
    return "other"


def _quotient_unit(a: Unit, b: Unit) -> Unit:
    if b in ("number", "ratio"):
        return a
    return "ratio" if a == b and a != "other" else "other"


def _vector(a: Expression, user: str, length: int | None = None) -> Expression:
    if not a.length or (length is not None and a.length != length):
        wanted = "a vector" if length is None else f"a point or a vector of {length} components"
        given = f"a vector of {a.length}" if a.length else "a scalar"
        raise ExpressionError(f"{user} takes {wanted}, not {given}")
    return a


def _folded(node: Expression) -> Expression:
    """Compute a node of constants at once, component by component."""
    if any(numbers_of(arg) is None for arg in node.args):
        return node
    if node.length:
        rows = [arg.args or (arg,) * node.length for arg in node.args]
        parts = [_folded(replace(node, args=column, length=0)) for column in zip(*rows, strict=True)]
        return replace(vec(parts), unit=node.unit)
    x = [arg.value for arg in node.args]
    match node.op:
        case "neg":
            value = -x[0]
        case "abs":
            value = abs(x[0])
        case "sqrt":
            value = math.sqrt(max(x[0], 0.0))
        case "sin":
            value = math.sin(x[0])
        case "cos":
            value = math.cos(x[0])
        case "arccos":
            value = math.acos(min(max(x[0], -1.0), 1.0))
        case "add":
            value = x[0] + x[1]
        case "sub":
            value = x[0] - x[1]
        case "mul":
            value = x[0] * x[1]
        case "div":
            value = x[0] / x[1]
        case "min":
            value = min(x)
        case "max":
            value = max(x)
        case "atan2":
            value = math.atan2(x[0], x[1])
        case _:
            return node
    return constant(value, node.unit)
