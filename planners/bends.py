"""What bends a row: the vector whose length it bounds.

The slope of a length says nothing of how it turns with its vector, so that a
step along one length undoes what another has won. With the vector's own
derivative a solver knows the row's curvature across: (JᵀJ - ggᵀ) / length.
"""

from collections.abc import Sequence

import numpy as np

from . import expressions as ex
from .expressions import Expression, PointRef
from .lift import directions, lifted
from .program import Relation
from .tape import Tape

THROUGH = ("add", "sub", "mul", "div", "min", "neg")
LENGTHS = ("norm", "tilt", "angle")


def bends(relations: Sequence[Relation], points: Sequence[PointRef]) -> tuple[Tape, np.ndarray]:
    """Give the vectors that bend rows.

    Args:
        relations: What ``lift`` made rows of.
        points: Order of the input positions.

    Returns:
        What computes the vectors, and the row of each of its outputs, shape (b,).
    """
    rows: list[int] = []
    vectors: list[Expression] = []
    number = 0
    for relation in relations:
        for _, expression in lifted(relation):
            found = None if expression.length else _length_in(expression)
            if found is not None:
                vector = _vector(found)
                vectors.append(vector)
                rows += [number] * max(vector.length, 1)
            number += max(expression.length, 1)
    return Tape.compile(vectors, points), np.array(rows, dtype=np.int64)


def _length_in(node: Expression) -> Expression | None:
    """Find the first length that a row is made of."""
    if node.op in LENGTHS:
        return node
    if node.op not in THROUGH:
        return None
    return next((found for found in map(_length_in, node.args) if found is not None), None)


def _vector(length: Expression) -> Expression:
    """Give the vector of a length; of an angle, its sine's."""
    if length.op == "norm":
        return length.args[0]
    u, v = directions(length)
    return ex.cross(u, v)
