"""One comparison of program text: a truth value of constants, or a relation over points."""

import ast
import math

from .. import expressions as ex
from ..expressions import Expression, Unit
from ..program import Relation
from .refusal import excerpt_of, refusal
from .values import RelationValue, Value, expression_of

TOLERANCES: dict[Unit, float] = {"m": 0.003, "rad": 0.02, "ratio": 0.02, "number": 0.003, "other": 0.001}
"""What counts as met where the text does not say, in the relation's unit."""


def compared(node: ast.Compare, sides: list[Value]) -> bool | RelationValue:
    """Read a comparison.

    Args:
        node: Where it stands.
        sides: Values of what is compared, two of them unless it is chained.

    Raises:
        Refusal: If it is chained, ``!=``, or compares what does not go together.
        ExpressionError: If a side is no number, vector or point, or the units clash.
    """
    op = node.ops[0]
    left, right = (expression_of(side) for side in sides[:2])
    if len(sides) > 2:
        a, b, c = (excerpt_of(side) for side in (node.left, *node.comparators[:2]))
        first, second = (_SIGNS.get(type(sign), "<=") for sign in node.ops[:2])
        remedy = f"Write two relations: {a} {first} {b}, and {b} {second} {c}"
        raise refusal(node, "a chained comparison", remedy)
    if left.op == right.op == "constant":
        return _truth(op, left.value, right.value)
    if isinstance(op, ast.NotEq):
        remedy = "Write the distance to keep, such as norm(a - b) >= cm(5)"
        raise refusal(node, "!= says nothing that can be aimed at", remedy)
    if isinstance(op, (ast.Gt, ast.GtE)):
        left, right = right, left
    equal = isinstance(op, ast.Eq)
    unit = _check_sides(node, left, right, equal)
    _check_movable(node, left, right)
    relation = Relation(
        left=left,
        op="==" if equal else "<=",
        right=right,
        tolerance=TOLERANCES[unit],
        line=node.lineno,
        text=excerpt_of(node),
    )
    return RelationValue(relation, node)


_SIGNS: dict[type[ast.cmpop], str] = {ast.Eq: "==", ast.Lt: "<=", ast.LtE: "<=", ast.Gt: ">=", ast.GtE: ">="}


def _truth(op: ast.cmpop, a: float, b: float) -> bool:
    match op:
        case ast.Eq():
            return a == b
        case ast.NotEq():
            return a != b
        case ast.Lt():
            return a < b
        case ast.LtE():
            return a <= b
        case ast.Gt():
            return a > b
    return a >= b


def _check_sides(node: ast.Compare, left: Expression, right: Expression, equal: bool) -> Unit:
    """Check that two sides can be compared, and give their unit."""
    unit = ex.common_unit(left.unit, right.unit)
    lengths = sorted((left.length, right.length))
    zero = any(side.op == "constant" and side.value == 0.0 for side in (left, right))
    if lengths[0] != lengths[1] and not (equal and zero and lengths[0] == 0):
        if lengths[0]:
            reason = f"a vector of {lengths[0]} and one of {lengths[1]} components cannot be compared"
            raise refusal(node, reason, "Compare points with points, xy() with xy()")
        remedy = "Write norm(...) for a distance, height(...) for a height, or compare with a point"
        raise refusal(node, "a vector or a point is compared with a number", remedy)
    for side in (left, right):
        if side.op != "constant" or side.unit != "number":
            continue
        if unit == "rad" and abs(side.value) > 2.0 * math.pi:
            raise refusal(
                node,
                f"bare angles are radians, and {side.value:g} is no angle",
                f"Write degrees({side.value:g})",
            )
        if unit == "m" and abs(side.value) > 3.0:
            raise refusal(
                node,
                f"bare lengths are metres, and {side.value:g} m is out of reach",
                f"Write cm({side.value:g})",
            )
    return unit


def _check_movable(node: ast.Compare, left: Expression, right: Expression) -> None:
    points = ex.points_of([left, right])
    if not points:
        raise refusal(node, "no point occurs in it, so nothing can be done about it", "Leave it out")
    if all(point.when != "now" for point in points):
        raise refusal(
            node,
            "only past positions occur in it, so nothing can be done about it",
            "Use a point without start()",
        )
