"""Recognise the cosine of an angle, in the ways people write it.

``dot(direction(a, b), up)``, ``dot(u, v) / (norm(u) * norm(v))``, ``(b - a)[2] / norm(b - a)``,
each also inside ``clip(..., -1, 1)``: an arccos of these has an infinite slope where the
angle is 0 or pi, the angle itself does not.
"""

import math

from . import expressions as ex
from .expressions import Expression


def angle_with_cosine(node: Expression) -> Expression | None:
    """Give the angle whose cosine an expression is, or None where it is not known to be one."""
    node = _unclipped(node)
    divisors: list[Expression] = []
    while node.op == "div":
        divisors += _factors(node.args[1])
        node = node.args[0]
    if node.op == "dot":
        sides = list(node.args)
    elif node.op == "index":
        (whole,) = node.args
        axis = tuple(float(i == node.value) for i in range(whole.length))
        sides = [whole, ex.constant(axis, "ratio")]
    else:
        return None
    directions = [_direction(side, divisors) for side in sides]
    u, v = directions
    if divisors or u is None or v is None or u.length != 3:
        return None
    return ex.angle(u, v)


def _direction(side: Expression, divisors: list[Expression]) -> Expression | None:
    """Give what a unit vector is along; a vector whose norm is among the divisors counts, and uses it up."""
    if side.op == "unit":
        return side.args[0]
    if side.op == "div" and side.args[1] == ex.norm(side.args[0]):
        return side.args[0]
    numbers = ex.numbers_of(side)
    if numbers is not None and abs(math.hypot(*numbers) - 1.0) < 1e-9:
        return side
    for number, divisor in enumerate(divisors):
        if divisor.op == "norm" and divisor.args[0] == side:
            del divisors[number]
            return side
    return None


def _unclipped(node: Expression) -> Expression:
    """Take away bounds that a cosine keeps by itself."""
    for op, bound in (("min", 1.0), ("max", -1.0), ("min", 1.0)):
        if node.op == op:
            kept = [arg for arg in node.args if not (arg.op == "constant" and arg.value == bound)]
            node = kept[0] if len(kept) == 1 else node
    return node


def _factors(node: Expression) -> list[Expression]:
    if node.op == "mul":
        return [factor for arg in node.args for factor in _factors(arg)]
    return [node]
