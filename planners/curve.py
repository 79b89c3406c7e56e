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


def smooth(depart: Float64, transit: Float64, approach: Float64, spacing: float) -> Curve:
    """Draw a curve along three polylines that follow each other.

    Args:
        depart: Way out of contact, shape (N >= 1, n), [rad].
        transit: Way between, shape (N >= 1, n); begins where ``depart`` ends.
        approach: Way into contact, shape (N >= 1, n); begins where ``transit`` ends.
        spacing: Largest distance of control points on the transit, [rad].
    """
    length = float(np.linalg.norm(np.diff(transit, axis=0), axis=1).sum())
    middle = _thinned(transit, min(spacing, max(length / DEGREE, 1e-3)))
    control = np.concatenate([depart, middle[1:], approach[1:]])
    assert len(control) > DEGREE, "a curve needs some length"
    spans = len(control) - DEGREE
    knots = np.concatenate([np.zeros(DEGREE), np.linspace(0.0, 1.0, spans + 1), np.ones(DEGREE)])
    greville = np.array([knots[i + 1 : i + 1 + DEGREE].mean() for i in range(len(control))])
    return Curve(
        spline=BSpline(knots, control, DEGREE),
        leaves=float(greville[len(depart) - 1]) if len(depart) > 1 else 0.0,
        enters=float(greville[len(control) - len(approach)]) if len(approach) > 1 else 1.0,
    )
