"""A second evaluation of expressions, plain and recursive, and random ones to compare."""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from handsel.planners import expressions as ex
from handsel.planners.expressions import Expression, PointRef
from numpy.random import Generator

POINTS = tuple(PointRef(thing="cup", part=f"k{i}") for i in range(4))


def _angle(u: np.ndarray, v: np.ndarray) -> float:
    return math.acos(np.clip(u @ v / np.linalg.norm(u) / np.linalg.norm(v), -1.0, 1.0))


_CALLS: dict[str, Callable[..., Any]] = {
    "neg": np.negative, "abs": np.abs, "sin": np.sin, "cos": np.cos,
    "sqrt": lambda a: np.sqrt(np.maximum(a, 0.0)), "arccos": lambda a: np.arccos(np.clip(a, -1.0, 1.0)),
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "min": np.minimum,
    "max": np.maximum, "atan2": math.atan2, "norm": np.linalg.norm, "dot": np.dot, "cross": np.cross,
    "xy": lambda a: a[:2], "vec": lambda *a: np.array(a), "unit": lambda a: a / np.linalg.norm(a),
    "angle": _angle, "tilt": lambda a, b: _angle(b - a, np.array([0.0, 0.0, 1.0])),
}  # fmt: skip


def evaluated(node: Expression, positions: Mapping[PointRef, np.ndarray]) -> Any:
    """Evaluate an expression without a tape."""
    if node.op == "constant":
        return node.value
    if node.ref is not None:
        return positions[node.ref]
    args = [evaluated(arg, positions) for arg in node.args]
    return args[0][int(node.value)] if node.op == "index" else _CALLS[node.op](*args)


def _bare(node: Expression) -> Expression:
    """Take the unit off, so that random expressions fit each other."""
    return replace(node, unit="ratio")


def random_vector(rng: Generator, depth: int) -> Expression:
    """Make a random expression of three components."""
    pick = rng.integers(8) if depth else rng.integers(2)
    if pick == 0:
        return ex.constant(tuple(rng.normal(size=3).tolist()))
    if pick == 1:
        return _bare(ex.Point(POINTS[rng.integers(len(POINTS))]))
    a = random_vector(rng, depth - 1)
    match pick:
        case 2:
            return ex.cross(a, random_vector(rng, depth - 1))
        case 3:
            return ex.unit_vector(a * 0.1 + ex.Point(POINTS[0]))
        case 4:
            return ex.vec([random_scalar(rng, depth - 1) for _ in range(3)])
        case 5:
            return a * random_scalar(rng, depth - 1)
    return ex.binary(rng.choice(["add", "sub", "min", "max"]), a, random_vector(rng, depth - 1))


def random_scalar(rng: Generator, depth: int) -> Expression:
    """Make a random scalar expression."""
    pick = rng.integers(8) if depth else 0
    a, b = (random_vector(rng, max(depth - 1, 0)) for _ in range(2))
    match pick:
        case 0:
            return _bare(ex.index(a, int(rng.integers(3))))
        case 1:
            return _bare(ex.norm(a - b))
        case 2:
            return _bare(ex.dot(a, b))
        case 3:
            return ex.unary(rng.choice(["neg", "abs", "sin", "cos"]), _bare(ex.norm(a)) / 7.0)
        case 4:
            return _bare(ex.norm(ex.xy(a))) / (ex.unary("abs", _bare(ex.height(b))) + 1.0)
        case 5:
            return ex.unary("sqrt", ex.unary("abs", _bare(ex.height(a))) + 0.5)
        case 6:
            return _bare(ex.atan2(ex.height(a), ex.norm(b) + 0.5))
    return _bare(ex.unary("arccos", ex.index(ex.unit_vector(a * 0.1 + 1.0), 0)))
