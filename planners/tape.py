"""Expressions as data: one flat tape of scalar steps, run by one compiled kernel.

No code is made per program: the kernel is compiled once (and cached), a tape is
five arrays. Derivatives are exact, forward mode. Equal sub-expressions are
computed once.

Where a length is zero, its derivative is taken along the diagonal instead of
being zero, so that a solver that starts there (an upright bottle that is to be
tilted) has a way to go. Everywhere else derivatives are the true ones, those of
the active branch at the kinks of ``abs``, ``min`` and ``max``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from .expressions import Expression, PointRef, points_of

CONSTANT, INPUT, ADD, SUB, MUL, DIV, MIN, MAX, ATAN2, HYPOT, NEG, ABS, SQRT, SIN, COS, ARCCOS = range(16)

IntArray = NDArray[np.int64]

_BINARY = {"add": ADD, "sub": SUB, "mul": MUL, "div": DIV, "min": MIN, "max": MAX, "atan2": ATAN2}
_UNARY = {"neg": NEG, "abs": ABS, "sqrt": SQRT, "sin": SIN, "cos": COS, "arccos": ARCCOS}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tape:
    """A set of expressions, ready to be evaluated; outputs are their components in order.

    Attributes:
        points: The points whose positions are the input, in order.
        code: Operation of each step, int64, shape (N,).
        first: Step of the first operand; input coordinate of an input, int64, shape (N,).
        second: Step of the second operand, int64, shape (N,).
        constants: Value of the constant steps, shape (N,).
        outputs: Step of each output, int64, shape (m,).
    """

    points: tuple[PointRef, ...]
    code: IntArray
    first: IntArray
    second: IntArray
    constants: Float64
    outputs: IntArray

    @classmethod
    def compile(cls, expressions: Iterable[Expression], points: Sequence[PointRef] | None = None) -> "Tape":
        """Flatten expressions.

        Args:
            expressions: What to compute; a vector gives one output a component.
            points: The input's order; those that occur, where it is not given.
        """
        roots = tuple(expressions)
        order = tuple(points) if points is not None else points_of(roots)
        writer = _Writer({ref: number for number, ref in enumerate(order)})
        outputs = [step for root in roots for step in writer.lower(root)]
        code, first, second, constants = zip(*writer.steps, strict=True) if writer.steps else ((),) * 4
        return cls(
            points=order,
            code=np.array(code, dtype=np.int64),
            first=np.array(first, dtype=np.int64),
            second=np.array(second, dtype=np.int64),
            constants=np.array(constants, dtype=np.float64),
            outputs=np.array(outputs, dtype=np.int64),
        )

    def evaluate(self, p: Float64) -> Float64:
        """Evaluate.

        Args:
            p: Positions of ``points``, shape (P, 3), [m].

        Returns:
            The outputs, shape (m,).
        """
        return self.evaluate_batch(p[None])[0]

    def evaluate_batch(self, p: Float64) -> Float64:
        """Evaluate at many configurations.

        Args:
            p: Positions of ``points``, shape (B, P, 3), [m].

        Returns:
            The outputs, shape (B, m).
        """
        return _evaluate(*self._arrays(), self._flat(p))

    def differentiate(self, p: Float64, dp: Float64) -> tuple[Float64, Float64]:
        """Evaluate with the derivative by n variables.

        Args:
            p: Positions of ``points``, shape (P, 3), [m].
            dp: Derivative of the positions by the variables, shape (P, 3, n).

        Returns:
            The outputs (m,) and their Jacobian (m, n).
        """
        values, jacobians = self.differentiate_batch(p[None], dp[None])
        return values[0], jacobians[0]

    def differentiate_batch(self, p: Float64, dp: Float64) -> tuple[Float64, Float64]:
        """Evaluate many configurations, each with its derivative.

        Args:
            p: Positions, shape (B, P, 3), [m].
            dp: Their derivatives, shape (B, P, 3, n).

        Returns:
            The outputs (B, m) and their Jacobians (B, m, n).
        """
        flat = self._flat(p)
        if dp.shape[:-1] != p.shape:
            raise ValueError(f"expected derivatives of shape {(*p.shape, 'n')}, got {dp.shape}")
        dx = np.ascontiguousarray(dp, dtype=np.float64).reshape(*flat.shape, dp.shape[-1])
        return run_with_slopes(*self._arrays(), flat, dx)

    def _arrays(self) -> tuple[IntArray, IntArray, IntArray, Float64, IntArray]:
        return self.code, self.first, self.second, self.constants, self.outputs

    def _flat(self, p: Float64) -> Float64:
        if p.shape[1:] != (len(self.points), 3):
            raise ValueError(
                f"expected positions of {len(self.points)} points with 3 coordinates, got {p.shape[1:]}"
            )
        return np.ascontiguousarray(p, dtype=np.float64).reshape(len(p), 3 * len(self.points))


class _Writer:
    """Lowers expressions to scalar steps, each distinct step once."""

    def __init__(self, numbers: dict[PointRef, int]):
        self.numbers = numbers
        self.steps: list[tuple[int, int, int, float]] = []
        self._known: dict[tuple[int, int, int, float], int] = {}
        self._lowered: dict[int, tuple[Expression, list[int]]] = {}

    def lower(self, node: Expression) -> list[int]:
        """Give the steps of a node's components."""
        known = self._lowered.get(id(node))
        if known is None:
            known = (node, self._lower(node))  # holding the node keeps its id from being used again
            self._lowered[id(node)] = known
        return known[1]

    def step(self, code: int, first: int = 0, second: int = 0, constant: float = 0.0) -> int:
        """Write a step, or find the equal one."""
        key = (code, first, second, constant)
        if key not in self._known:
            self._known[key] = len(self.steps)
            self.steps.append(key)
        return self._known[key]

    def _lower(self, node: Expression) -> list[int]:
        args = [self.lower(arg) for arg in node.args]
        match node.op:
            case "constant":
                return [self.step(CONSTANT, constant=node.value)]
            case "point":
                assert node.ref is not None
                base = 3 * self.numbers[node.ref]
                return [self.step(INPUT, base + axis) for axis in range(3)]
            case "vec":
                return [step for arg in args for step in arg]
            case "index":
                return [args[0][int(node.value)]]
            case "xy":
                return args[0][:2]
            case "norm":
                return [self._norm(args[0])]
            case "unit":
                length = self._norm(args[0])
                return [self.step(DIV, component, length) for component in args[0]]
            case "dot":
                return [self._dot(*args)]
            case "cross":
                return self._cross(*args)
            case "tilt":
                d = self._each(SUB, args[1], args[0])
                return [self.step(ATAN2, self.step(HYPOT, d[0], d[1]), d[2])]
            case "angle":
                return [self.step(ATAN2, self._norm(self._cross(*args)), self._dot(*args))]
            case op if op in _UNARY:
                return [self.step(_UNARY[op], component) for component in args[0]]
            case op:
                return self._each(_BINARY[op], *args)

    def _each(self, code: int, a: list[int], b: list[int]) -> list[int]:
        n = max(len(a), len(b))
        wide_a, wide_b = (x if len(x) == n else x * n for x in (a, b))
        return [self.step(code, i, j) for i, j in zip(wide_a, wide_b, strict=True)]

    def _norm(self, a: list[int]) -> int:
        if len(a) == 1:
            return self.step(ABS, a[0])
        total = a[0]
        for component in a[1:]:
            total = self.step(HYPOT, total, component)
        return total

    def _dot(self, a: list[int], b: list[int]) -> int:
        products = self._each(MUL, a, b)
        total = products[0]
        for product in products[1:]:
            total = self.step(ADD, total, product)
        return total

    def _cross(self, a: list[int], b: list[int]) -> list[int]:
        def minor(i: int, j: int) -> int:
            return self.step(SUB, self.step(MUL, a[i], b[j]), self.step(MUL, a[j], b[i]))

        return [minor(1, 2), minor(2, 0), minor(0, 1)]


@numba.njit(cache=True, error_model="numpy")
def apply_op(op: int, x: Any, y: Any) -> tuple[float, float, float]:
    """Compute one step: its value and its derivative by either operand."""
    if op == ADD:
        return x + y, 1.0, 1.0
    if op == SUB:
        return x - y, 1.0, -1.0
    if op == MUL:
        return x * y, y, x
    if op == DIV:
        z = x / y
        return z, 1.0 / y, -z / y
    if op == MIN:
        return (x, 1.0, 0.0) if x <= y or x != x else (y, 0.0, 1.0)  # a NaN passes through
    if op == MAX:
        return (x, 1.0, 0.0) if x >= y or x != x else (y, 0.0, 1.0)
    if op == HYPOT:
        h = np.sqrt(x * x + y * y)
        return (h, x / h, y / h) if h != 0.0 else (0.0, np.sqrt(0.5), np.sqrt(0.5))
    if op == ATAN2:
        s = x * x + y * y
        return (np.arctan2(x, y), y / s, -x / s) if s != 0.0 else (0.0, 0.0, 0.0)
    if op == NEG:
        return -x, -1.0, 0.0
    if op == ABS:
        return (x, 1.0, 0.0) if x >= 0.0 else (-x, -1.0, 0.0)
    if op == SQRT:
        if x <= 0.0:
            return 0.0, 0.0, 0.0
        root = np.sqrt(x)
        return root, 0.5 / root, 0.0
    if op == SIN:
        return np.sin(x), np.cos(x), 0.0
    if op == COS:
        return np.cos(x), -np.sin(x), 0.0
    c = 1.0 if x > 1.0 else (-1.0 if x < -1.0 else x)  # ARCCOS; its slope is cut off where it is infinite
    return np.arccos(c), -1.0 / np.sqrt(max(1.0 - c * c, 1e-12)), 0.0


@numba.njit(cache=True, error_model="numpy")
def _evaluate(
    code: IntArray, first: IntArray, second: IntArray, constants: Float64, outputs: IntArray, x: Float64
) -> Float64:
    """Run the tape at every row of x, shape (B, 3 P); gives (B, m)."""
    values = constants.copy()
    result = np.empty((x.shape[0], outputs.size))
    for row in range(x.shape[0]):
        for i in range(code.size):
            op = code[i]
            if op == INPUT:
                values[i] = x[row, first[i]]
            elif op != CONSTANT:
                values[i] = apply_op(op, values[first[i]], values[second[i]])[0]
        for k in range(outputs.size):
            result[row, k] = values[outputs[k]]
    return result


@numba.njit(cache=True, error_model="numpy")
def run_with_slopes(
    code: IntArray,
    first: IntArray,
    second: IntArray,
    constants: Float64,
    outputs: IntArray,
    x: Float64,
    dx: Float64,
) -> tuple[Float64, Float64]:
    """Run the tape with derivatives at x (B, 3 P), dx (B, 3 P, n); gives (B, m) and (B, m, n)."""
    n = dx.shape[2]
    values = constants.copy()
    slopes = np.zeros((code.size, n))
    result = np.empty((x.shape[0], outputs.size))
    jacobian = np.empty((x.shape[0], outputs.size, n))
    for row in range(x.shape[0]):
        for i in range(code.size):
            op = code[i]
            if op == INPUT:
                values[i] = x[row, first[i]]
                for k in range(n):
                    slopes[i, k] = dx[row, first[i], k]
            elif op != CONSTANT:
                a, b = first[i], second[i]
                values[i], by_a, by_b = apply_op(op, values[a], values[b])
                if op >= NEG:
                    for k in range(n):
                        slopes[i, k] = by_a * slopes[a, k]
                else:
                    for k in range(n):
                        slopes[i, k] = by_a * slopes[a, k] + by_b * slopes[b, k]
        for m in range(outputs.size):
            result[row, m] = values[outputs[m]]
            for k in range(n):
                jacobian[row, m, k] = slopes[outputs[m], k]
    return result, jacobian
