"""Signed distance to solid pieces with its gradient: ``shapes.distance``, compiled, for a point at a time."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ..core.arrays import Float64
from .compiled import compiled
from .shapes import Box, Cylinder, Shape, Sphere, Vessel

BOX, CYLINDER, SPHERE, VESSEL = 0, 1, 2, 3


class Solids(NamedTuple):
    """Pieces as arrays that a kernel takes.

    Attributes:
        code: ``BOX``, ``CYLINDER``, ``SPHERE`` or ``VESSEL``, shape (K,).
        R: Rotations R_WS, shape (K, 3, 3).
        p: Positions p_WS, shape (K, 3), [m].
        size: Half extents; or radius, half length; or radius; or bottom radius, top radius,
            height, wall, shape (K, 4), [m].
        bound: A ball around each piece: p_W and radius, shape (K, 4), [m].
    """

    code: np.ndarray
    R: Float64
    p: Float64
    size: Float64
    bound: Float64


def pack(shapes: Sequence[Shape]) -> Solids:
    """Turn pieces into arrays."""
    count = len(shapes)
    solids = Solids(
        code=np.zeros(count, np.int64),
        R=np.zeros((count, 3, 3)),
        p=np.zeros((count, 3)),
        size=np.zeros((count, 4)),
        bound=np.zeros((count, 4)),
    )
    for k, shape in enumerate(shapes):
        solids.R[k] = shape.X_WS.rotation().matrix()
        solids.p[k] = shape.X_WS.translation()
        center = np.zeros(3)
        match shape:
            case Box():
                solids.code[k], solids.size[k, :3] = BOX, shape.half
                reach = float(np.linalg.norm(shape.half))
            case Cylinder():
                solids.code[k], solids.size[k, :2] = CYLINDER, (shape.radius, shape.half_length)
                reach = float(np.hypot(shape.radius, shape.half_length))
            case Sphere():
                solids.code[k], solids.size[k, 0] = SPHERE, shape.radius
                reach = shape.radius
            case Vessel():
                solids.code[k] = VESSEL
                solids.size[k] = (shape.bottom_radius, shape.top_radius, shape.height, shape.wall)
                center[2] = shape.height / 2.0
                reach = float(np.hypot(max(shape.bottom_radius, shape.top_radius), shape.height / 2.0))
        solids.bound[k, :3] = solids.p[k] + solids.R[k] @ center
        solids.bound[k, 3] = reach
    return solids


@compiled
def _segment(rho, z, a, b, c, d):
    """Distance in the half plane from (rho, z) to the segment (a, b)-(c, d), and its gradient."""
    u, v = c - a, d - b
    share = ((rho - a) * u + (z - b) * v) / max(u * u + v * v, 1e-12)
    share = min(max(share, 0.0), 1.0)
    x, y = rho - a - share * u, z - b - share * v
    length = np.sqrt(x * x + y * y)
    if length < 1e-12:
        return length, 0.0, 1.0
    return length, x / length, y / length


@compiled
def _revolved(code, size, k, rho, z):
    """Distance in the half plane (radius, z) to a cylinder or a vessel, and its gradient."""
    if code == 1:
        a, b = rho - size[k, 0], abs(z) - size[k, 1]
        up = 1.0 if z >= 0.0 else -1.0
        if a > 0.0 and b > 0.0:
            length = np.sqrt(a * a + b * b)
            return length, a / length, up * b / length
        if a > b:
            return a, 1.0, 0.0
        return b, 0.0, up
    half = size[k, 3] / 2.0
    low, top = size[k, 0] - half, size[k, 1] - half
    d, g, h = _segment(rho, z, 0.0, half, low, half)
    e, i, j = _segment(rho, z, low, half, top, size[k, 2] - half)
    if e < d:
        return e - half, i, j
    return d - half, g, h


@compiled
def _box(size, k, x, y, z):
    """Distance to a box centred at the origin, and its gradient."""
    a, b, c = abs(x) - size[k, 0], abs(y) - size[k, 1], abs(z) - size[k, 2]
    sx = 1.0 if x >= 0.0 else -1.0
    sy = 1.0 if y >= 0.0 else -1.0
    sz = 1.0 if z >= 0.0 else -1.0
    if a <= 0.0 and b <= 0.0 and c <= 0.0:
        if a >= b and a >= c:
            return a, sx, 0.0, 0.0
        if b >= c:
            return b, 0.0, sy, 0.0
        return c, 0.0, 0.0, sz
    a, b, c = max(a, 0.0), max(b, 0.0), max(c, 0.0)
    d = np.sqrt(a * a + b * b + c * c)
    return d, sx * a / d, sy * b / d, sz * c / d


@compiled
def solid_distance(solids, k, x, y, z):
    """Signed distance from the point (x, y, z) to piece k, and its gradient in the world."""
    R = solids.R
    u, v, w = x - solids.p[k, 0], y - solids.p[k, 1], z - solids.p[k, 2]
    a = R[k, 0, 0] * u + R[k, 1, 0] * v + R[k, 2, 0] * w
    b = R[k, 0, 1] * u + R[k, 1, 1] * v + R[k, 2, 1] * w
    c = R[k, 0, 2] * u + R[k, 1, 2] * v + R[k, 2, 2] * w
    code = solids.code[k]
    if code == 0:
        d, e, f, g = _box(solids.size, k, a, b, c)
    elif code == 2:
        length = np.sqrt(a * a + b * b + c * c)
        d = length - solids.size[k, 0]
        e, f, g = 0.0, 0.0, 1.0
        if length > 1e-12:
            e, f, g = a / length, b / length, c / length
    else:
        rho = np.sqrt(a * a + b * b)
        d, radial, g = _revolved(code, solids.size, k, rho, c)
        e, f = radial, 0.0
        if rho > 1e-12:
            e, f = radial * a / rho, radial * b / rho
    return (
        d,
        R[k, 0, 0] * e + R[k, 0, 1] * f + R[k, 0, 2] * g,
        R[k, 1, 0] * e + R[k, 1, 1] * f + R[k, 1, 2] * g,
        R[k, 2, 0] * e + R[k, 2, 1] * f + R[k, 2, 2] * g,
    )


@compiled
def solids_distance(solids, points):
    """Signed distance of each point (N, 3) to each piece (K): (N, K), and gradients (N, K, 3)."""
    d = np.empty((len(points), len(solids.code)))
    g = np.empty((len(points), len(solids.code), 3))
    for i in range(len(points)):
        for k in range(len(solids.code)):
            d[i, k], g[i, k, 0], g[i, k, 1], g[i, k, 2] = solid_distance(
                solids, k, points[i, 0], points[i, 1], points[i, 2]
            )
    return d, g
