"""A smooth curve along a polyline: a cubic B-spline whose control points lie on it.

The spline stays in the hull of four neighbouring control points, so the
denser they lie, the closer it keeps to the polyline and its corners.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.interpolate import BSpline

from ..core.arrays import Float64

DEGREE = 3
SHORTEST = 1e-3
"""Spacing of control points below which a way is not thinned, but parted as a cubic needs, [rad]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A path that is twice continuously differentiable.

    Attributes:
        spline: Joint positions over the parameter from 0 to 1.
        leaves: Parameter where the way out of contact ends.
        enters: Parameter where the way into contact begins.
    """

    spline: BSpline
    leaves: float
    enters: float


def _thinned(points: Float64, spacing: float) -> Float64:
    """Place points evenly on a polyline, its own corners kept, no farther apart than a spacing."""
    placed = [points[:1]]
    for start, end in pairwise(points):
        count = max(1, int(np.ceil(np.linalg.norm(end - start) / spacing)))
        placed.append(start + (np.arange(1, count + 1) / count)[:, None] * (end - start))
    return np.concatenate(placed)


def _split(points: Float64, count: int) -> Float64:
    """Part each edge of a polyline evenly, so that it has as many edges as are wanted, or more."""
    if len(points) < 2:
        return np.repeat(points, count + 1, axis=0)
    pieces = -(-count // (len(points) - 1))
    at = np.arange((len(points) - 1) * pieces + 1) / pieces
    begin = np.minimum(at.astype(int), len(points) - 2)
    return points[begin] + (at - begin)[:, None] * (points[begin + 1] - points[begin])


def smooth(depart: Float64, transit: Float64, approach: Float64, spacing: float) -> Curve:
    """Draw a curve along three polylines that follow each other, however short they are.

    Args:
        depart: Way out of contact, shape (N >= 1, n), [rad].
        transit: Way between, shape (N >= 1, n); begins where ``depart`` ends.
        approach: Way into contact, shape (N >= 1, n); begins where ``transit`` ends.
        spacing: Largest distance of control points on the transit, [rad].
    """
    length = float(np.linalg.norm(np.diff(transit, axis=0), axis=1).sum())
    middle = _thinned(transit, min(spacing, max(length / DEGREE, SHORTEST)))
    lacking = DEGREE + 1 - (len(depart) + len(middle) - 1 + len(approach) - 1)
    if lacking > 0:  # the way is as short as the spacing, or no way at all
        middle = _split(middle, len(middle) - 1 + lacking)
    control = np.concatenate([depart, middle[1:], approach[1:]])
    spans = len(control) - DEGREE
    knots = np.concatenate([np.zeros(DEGREE), np.linspace(0.0, 1.0, spans + 1), np.ones(DEGREE)])
    greville = np.array([knots[i + 1 : i + 1 + DEGREE].mean() for i in range(len(control))])
    enters = float(greville[len(control) - len(approach)]) if len(approach) > 1 else 1.0
    if len(depart) == 1 and length == 0.0 and len(approach) > 1:
        enters = 0.0  # all of it is the way into contact
    return Curve(
        spline=BSpline(knots, control, DEGREE),
        leaves=float(greville[len(depart) - 1]) if len(depart) > 1 else 0.0,
        enters=enters,
    )
