"""Relations to residuals: what was written, in a form that a solver takes well.

An ``eq`` row has to be 0, an ``ineq`` row at most 0. Recognised shapes become
better conditioned rows with the same solutions:

- a distance that must be 0 becomes a vector that must be 0, not a cone's tip;
- a tilt or an angle that must be 0, pi/2 or pi becomes components of unit vectors;
- an arccos or a cosine of an angle becomes the angle, whose slope is finite everywhere;
- a norm, a tilt or an angle below a bound becomes a function that is smooth where
  the norm or angle is 0, and equals the written one outside the bound;
- ``abs``, ``max`` below and ``min`` above a bound become one row for each branch.

Everything else is taken as written. ``judge`` never uses these forms: it
measures the relation that was written.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..core.arrays import Float64
from . import expressions as ex
from .cosines import angle_with_cosine
from .expressions import Expression, PointRef, points_of
from .program import Relation
from .tape import Tape

TINY = 1e-4
"""A bound of a norm or an angle so small that equality is meant, [m] or [rad]."""

Kind = Literal["eq", "ineq"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Where a residual comes from.

    Attributes:
        relation: Index of its relation.
        kind: ``eq`` must be 0, ``ineq`` at most 0.
        tolerance: The relation's own tolerance.
    """

    relation: int
    kind: Kind
    tolerance: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Residuals:
    """The residuals of relations as functions of the points' positions.

    Attributes:
        rows: What each residual is, m of them.
        tape: What computes them.
    """

    rows: tuple[Row, ...]
    tape: Tape

    @property
    def points(self) -> tuple[PointRef, ...]:
        """The points whose positions are the input, in order."""
        return self.tape.points

    def evaluate(self, p: Float64) -> Float64:
        """Give the residuals (m,) at positions p, shape (P, 3), [m]."""
        return self.tape.evaluate(p)

    def evaluate_batch(self, p: Float64) -> Float64:
        """Give the residuals (B, m) at positions p, shape (B, P, 3), [m]."""
        return self.tape.evaluate_batch(p)

    def differentiate(self, p: Float64, dp: Float64) -> tuple[Float64, Float64]:
        """Give residuals (m,) and Jacobian (m, n) at p (P, 3), dp (P, 3, n)."""
        return self.tape.differentiate(p, dp)

    def differentiate_batch(self, p: Float64, dp: Float64) -> tuple[Float64, Float64]:
        """Give residuals (B, m) and Jacobians (B, m, n) at p (B, P, 3), dp (B, P, 3, n)."""
        return self.tape.differentiate_batch(p, dp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """One relation, measured as it was written.

    Attributes:
        relation: The relation.
        residual: By how much it is broken at worst, 0 or less where an inequality has room, in its own unit.
        met: Whether the residual is within the relation's tolerance.
    """

    relation: Relation
    residual: float
    met: bool


def lift(relations: Sequence[Relation], points: Sequence[PointRef] | None = None) -> Residuals:
    """Turn relations into residuals.

    Args:
        relations: What has to hold.
        points: Order of the input positions; the points that occur, where it is not given.
    """
    rows: list[Row] = []
    outputs: list[Expression] = []
    for number, relation in enumerate(relations):
        for kind, expression in lifted(relation):
            row = Row(relation=number, kind=kind, tolerance=relation.tolerance)
            rows.extend([row] * max(expression.length, 1))
            outputs.append(expression)
    return Residuals(rows=tuple(rows), tape=Tape.compile(outputs, points))


def points_in(relations: Iterable[Relation]) -> tuple[PointRef, ...]:
    """List the points that relations speak of, each once."""
    return points_of(side for relation in relations for side in (relation.left, relation.right))


def judge(relations: Sequence[Relation], positions: Callable[[PointRef], Float64]) -> tuple[Met, ...]:
    """Measure relations as they were written.

    Args:
        relations: What should hold.
        positions: Gives the position of a point, shape (3,), [m]; ``mapping.__getitem__`` will do.

    Returns:
        One measure for each relation; a residual that is no finite number counts as not met.
    """
    tape = Tape.compile([relation.left - relation.right for relation in relations])
    values = tape.evaluate(np.array([positions(ref) for ref in tape.points]).reshape(-1, 3))
    met: list[Met] = []
    for relation in relations:
        n = max(relation.left.length, relation.right.length, 1)
        part, values = values[:n], values[n:]
        residual = float(np.linalg.norm(part) if relation.op == "==" else np.max(part))
        fits = math.isfinite(residual) and residual <= relation.tolerance
        met.append(Met(relation=relation, residual=residual, met=fits))
    return tuple(met)


Lifted = list[tuple[Kind, Expression]]


def lifted(relation: Relation) -> Lifted:
    """Give the rows of one relation."""
    difference = relation.left - relation.right
    if difference.length:
        kind: Kind = "eq" if relation.op == "==" else "ineq"
        return [(kind, difference)]
    sign, core, offset = _peeled(difference)
    # The relation reads sign * core + offset (<= or ==) 0.
    bound = -offset / sign
    below = sign > 0.0
    core, bound, turned = _as_angle(core, bound)
    if relation.op == "==":
        return _equal(core, bound) or [("eq", core - bound if turned is not None else difference)]
    if turned is not None:
        below = below is not turned
        difference = core - bound if below else bound - core
    return (_at_most(core, bound) if below else _at_least(core, bound)) or [("ineq", difference)]


def _as_angle(core: Expression, bound: float) -> tuple[Expression, float, bool | None]:
    """Write an arccos or a cosine of an angle as the angle.

    Returns:
        The angle, its bound, and whether the order turns round; None for what stays as it is.
    """
    inverse = core.op == "arccos"
    angle = angle_with_cosine(core.args[0] if inverse else core)
    if angle is None or (not inverse and abs(bound) > 1.0):
        return core, bound, None
    return angle, bound if inverse else math.acos(bound), not inverse


def _peeled(node: Expression) -> tuple[float, Expression, float]:
    """Write a scalar as sign * core + offset with all constants in sign and offset."""
    sign, offset = 1.0, 0.0
    while True:
        a = node.args[0] if node.args else node
        b = node.args[1] if len(node.args) == 2 else node
        if node.op == "neg":
            sign, node = -sign, a
        elif node.op == "add" and b.op == "constant":
            offset, node = offset + sign * b.value, a
        elif node.op == "add" and a.op == "constant":
            offset, node = offset + sign * a.value, b
        elif node.op == "sub" and b.op == "constant":
            offset, node = offset - sign * b.value, a
        elif node.op == "sub" and a.op == "constant":
            offset, sign, node = offset + sign * a.value, -sign, b
        elif node.op == "mul" and b.op == "constant" and b.value:
            sign, node = sign * b.value, a
        elif node.op == "mul" and a.op == "constant" and a.value:
            sign, node = sign * a.value, b
        elif node.op == "div" and b.op == "constant":
            sign, node = sign / b.value, a
        else:
            return sign, node, offset


def _equal(core: Expression, value: float) -> Lifted:
    """Rows for core == value; none where the shape is not recognised."""
    if core.op == "norm" and abs(value) <= TINY:
        return [("eq", core.args[0])]
    if core.op == "abs" and abs(value) <= TINY:
        return [("eq", core.args[0])]
    if core.op in ("tilt", "angle"):
        if abs(value) <= TINY:
            return _aligned(core, 1.0)
        if abs(value - math.pi) <= TINY:
            return _aligned(core, -1.0)
        if abs(value - math.pi / 2.0) <= TINY:
            u, v = directions(core)
            return [("eq", ex.dot(u, v))]
    return []


def _at_most(core: Expression, bound: float) -> Lifted:
    """Rows for core <= bound; none where the shape is not recognised."""
    if core.op in ("norm", "tilt", "angle"):
        if abs(bound) <= TINY:
            return _equal(core, 0.0)
        return [("ineq", _rounded(core, bound))] if bound > 0.0 else []
    if core.op == "abs" and bound >= 0.0:
        inner = core.args[0]
        if bound <= TINY:
            return [("eq", inner)]
        return [("ineq", inner - bound), ("ineq", -inner - bound)]
    if core.op == "max":
        return [("ineq", arg - bound) for arg in core.args]
    return []


def _at_least(core: Expression, bound: float) -> Lifted:
    """Rows for core >= bound; none where the shape is not recognised."""
    if core.op in ("tilt", "angle") and bound > 0.0:
        if abs(bound - math.pi) <= TINY:
            return _equal(core, math.pi)
        if bound < math.pi:
            u, v = core.args
            other = ex.tilt(v, u) if core.op == "tilt" else ex.angle(-u, v)
            return [("ineq", _rounded(other, math.pi - bound))]
    if core.op == "min":
        return [("ineq", bound - arg) for arg in core.args]
    return []


def _rounded(size: Expression, bound: float) -> Expression:
    """The size minus its bound; inside the bound a parabola that is smooth at size 0.

    With m = min(size, bound) it is m (size - m / 2) / bound - bound / 2: value 0 and
    slope 1 at the bound from both sides.
    """
    inner = ex.binary("min", size, bound)
    return inner * (size - inner / 2.0) / bound - bound / 2.0


def directions(core: Expression) -> tuple[Expression, Expression]:
    """The two unit vectors whose angle a ``tilt`` or an ``angle`` is."""
    a, b = core.args
    if core.op == "tilt":
        return ex.direction(a, b), ex.constant((0.0, 0.0, 1.0), "ratio")
    return ex.unit_vector(a), ex.unit_vector(b)


def _aligned(core: Expression, sense: float) -> Lifted:
    """Rows for two directions that agree (sense 1) or oppose each other (sense -1).

    Against a constant direction there are two equations, of full rank; between two
    moving ones the three of the cross product, one of which depends on the others.
    """
    u, v = directions(core)
    if u.is_constant:
        u, v = v, u
    rows: Lifted = [("ineq", ex.dot(u, v) * -sense)]
    if not v.is_constant:
        return [("eq", ex.cross(u, v)), *rows]
    axis = Tape.compile([v]).evaluate(np.empty((0, 3)))
    first = np.cross(axis, np.eye(3)[np.argmin(np.abs(axis))])
    first /= np.linalg.norm(first)
    second = np.cross(axis, first)
    across = [ex.dot(u, ex.constant(tuple(e.tolist()), "ratio")) for e in (first, second)]
    return [("eq", ex.vec(across)), *rows]
