"""Small things of the household: cutlery, the cap of a bottle, bits of trash."""

from collections.abc import Iterator, Mapping

import numpy as np
from pydrake.geometry import Box, Cylinder, Shape
from pydrake.math import RigidTransform, RotationMatrix

from .catalogue import CAP_TOP, extents

SMALL_THINGS = ("fork", "spoon", "cap", "bit")
HANDLE_SHARE = 0.62
"""Width of a fork's or spoon's handle, as a share of its head's."""
HEAD_SHARE = 0.36
"""Length of its head, as a share of the whole."""
SKIRT, PANELS = 0.004, 12
"""Thickness of a cap's skirt, [m], and how many flat pieces it is made of."""
Piece = tuple[Shape, RigidTransform]


def small_thing(kind: str, size: Mapping[str, float], sunk: float = 0.0) -> Iterator[Piece]:
    """Give the pieces of a small thing.

    Args:
        kind: One of ``SMALL_THINGS``.
        size: Its sizes, [m].
        sunk: By how much faces lie behind the small balls that they rest on, [m].
    """
    x, y, z = extents(kind, size)
    if kind == "bit":
        yield Box(x - 2.0 * sunk, y - 2.0 * sunk, z - 2.0 * sunk), RigidTransform()
    elif kind == "cap":
        yield from _cap(x / 2.0, z)
    else:
        yield from _cutlery(kind, x, y, z - 2.0 * sunk)


def _cap(radius: float, height: float) -> Iterator[Piece]:
    """Give a cap, open below: a top and a ring of boxes about the neck."""
    yield Cylinder(radius, CAP_TOP), RigidTransform([0.0, 0.0, (height - CAP_TOP) / 2.0])
    length = height - CAP_TOP
    middle = radius - SKIRT / 2.0
    width = 2.0 * radius * np.tan(np.pi / PANELS)
    for k in range(PANELS):
        R = RotationMatrix.MakeZRotation(2.0 * np.pi * k / PANELS)
        yield (
            Box(SKIRT, width, length),
            RigidTransform(R, R @ np.array([middle, 0.0, -CAP_TOP / 2.0])),
        )


def _cutlery(kind: str, x: float, y: float, z: float) -> Iterator[Piece]:
    """Give a handle along x and, toward +x, a head: a fork's is angular, a spoon's round."""
    head = HEAD_SHARE * x if kind == "fork" else y
    handle = x - head / 2.0
    yield Box(handle, HANDLE_SHARE * y, z), RigidTransform([(handle - x) / 2.0, 0.0, 0.0])
    at = RigidTransform([(x - head) / 2.0, 0.0, 0.0])
    if kind == "fork":
        yield Box(head, y, z), at
    else:
        yield Cylinder(y / 2.0, z), at
