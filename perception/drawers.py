"""Cabinets with a drawer: its front, its handle, how far it is out, and what lies in it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..robots.shapes import Box, Shape
from .bodies import BOARD, Body
from .cloud import Cloud
from .ranks import middle, rank, ranks
from .segments import same_color

BESIDE = 0.14  # How far out of a cabinet what belongs to it may have its middle, [m].
TOUCHES, NEAR = 0.025, 0.06  # What hangs on a cabinet comes so near to it; a part in its shade, [m].
BAR = 0.006  # Usual half thickness of a handle's bar, [m].
STANDS_OUT = 0.012  # A handle stands out of its front at least so far, [m].
PULLED = 0.008  # A drawer out by less than this counts as closed, [m].
SIDE_WALL = 0.006  # Usual thickness of a drawer's own walls and floor, [m].
PLAY = 0.003  # Usual room between a drawer and its cabinet, [m].
FARTHEST = 20  # So many points farthest out may be noise.
SPECK = 60  # Fewer points than this are no thing in a drawer but a shaded part of it.
_SIDES = ((0, 1), (0, -1), (1, 1), (1, -1))
_TURNS = {(0, 1): 0.0, (0, -1): np.pi, (1, 1): np.pi / 2.0, (1, -1): -np.pi / 2.0}


def hangs_on(p_W: Float64, cabinet: Body, base: float, known: bool) -> bool:
    """Tell whether a cluster is at a cabinet's side, off the table and no higher than the cabinet.

    Args:
        p_W: Its points, shape (N, 3), [m].
        cabinet: What has been recognised as a drawer.
        base: Height of what the cabinet stands on, [m].
        known: Whether the cluster looks like a thing of its own, which then has to touch.
    """
    low, high = rank(p_W[:, 2], 0.03), rank(p_W[:, 2], 0.97)
    if not (high < cabinet.floor + 0.004 and low > base + 0.006):
        return False
    beyond = (
        np.abs((p_W - cabinet.X_WO.translation()) @ cabinet.X_WO.rotation().matrix()) - cabinet.size / 2.0
    )
    gap = np.linalg.norm(np.maximum(beyond, 0.0), axis=1)
    return rank(gap, 0.03) < (TOUCHES if known else NEAR) and middle(gap) < BESIDE


def contents(clouds: Sequence[Cloud]) -> list[int]:
    """Tell which of the clusters that hang on a cabinet lie in its drawer: those not of its colour.

    Args:
        clouds: The clusters; the largest is taken for the drawer itself.
    """
    if len(clouds) < 2:
        return []
    biggest = max(range(len(clouds)), key=lambda index: len(clouds[index]))
    own = ranks(clouds[biggest].rgb, 0.5)
    return [
        index
        for index, cloud in enumerate(clouds)
        if len(cloud) > SPECK and index != biggest and not same_color(ranks(cloud.rgb, 0.5), own)
    ]


def in_drawer(cabinet: Body, p_W: Float64) -> bool:
    """Tell whether a cluster's middle lies in the part of a drawer that is out.

    Args:
        cabinet: With its front found.
        p_W: Points of the cluster, shape (N, 3), [m].
    """
    if "front" not in cabinet.parts:
        return False
    X_OW = cabinet.X_WO.inverse()
    p_O, front = X_OW @ ranks(p_W, 0.5), X_OW @ cabinet.parts["front"]
    return bool(cabinet.size[0] / 2.0 - BOARD < p_O[0] < front[0] and abs(p_O[1]) < cabinet.size[1] / 2.0)


def floor_of(cabinet: Body) -> float:
    """Give the height at which a cabinet's drawer carries things, [m]."""
    return float(cabinet.parts["bottom"][2]) + BOARD + PLAY + SIDE_WALL


def with_handle(body: Body, p_W: Float64) -> Body:
    """Give a cabinet its drawer's front and handle.

    Args:
        body: A cabinet.
        p_W: Points of what hangs on one of its sides, shape (N, 3), [m].

    Returns:
        The cabinet, turned so that O's x points toward the handle.
    """
    p_O = (p_W - body.X_WO.translation()) @ body.X_WO.rotation().matrix()
    reach = [rank(side * p_O[:, axis], 0.97) - body.size[axis] / 2.0 for axis, side in _SIDES]
    axis, side = _SIDES[int(np.argmax(reach))]
    turn = RotationMatrix.MakeZRotation(_TURNS[axis, side])
    X_WO = body.X_WO @ RigidTransform(turn, np.zeros(3))
    size = body.size if axis == 0 else body.size[[1, 0, 2]]
    body = replace(body, X_WO=X_WO, size=size, shapes=(Box(X_WS=X_WO, half=size / 2.0),))
    p_O = p_O @ turn.matrix()
    face = size[0] / 2.0
    # The bar is a few points among the thousands of a drawer that is pulled out.
    out = rank(p_O[:, 0], max(0.98, 1.0 - FARTHEST / len(p_O)))
    if out < face + STANDS_OUT:
        return replace(body, doubts=(*body.doubts, "no handle is seen on it"))
    bar = p_O[p_O[:, 0] > out - 2.0 * BAR]
    low, high = rank(bar[:, 1], 0.03), rank(bar[:, 1], 0.97)
    grip = np.array([out - BAR, 0.5 * (low + high), middle(bar[:, 2])])
    half_bar = max(0.5 * (high - low), 0.01)
    shapes: tuple[Shape, ...] = (
        *body.shapes,
        Box(X_WS=X_WO @ RigidTransform(grip), half=np.array([BAR, half_bar, BAR])),
    )
    pulled = p_O[(p_O[:, 0] > face + 0.002) & (np.abs(p_O[:, 2] - grip[2]) > 0.015)]
    front = rank(pulled[:, 0], 0.97) if len(pulled) > 10 else face
    parts = {
        **body.parts,
        "handle": X_WO @ grip,
        "front": X_WO @ np.array([max(front, face), 0.0, grip[2]]),
        # Where the front is when the drawer is shut.
        "shut": X_WO @ np.array([face, 0.0, grip[2]]),
    }
    if front > face + PULLED:
        shapes += _slide(X_WO, size, front)
    return replace(body, shapes=shapes, parts=parts)


def _slide(X_WO: RigidTransform, size: Float64, front: float) -> tuple[Shape, ...]:
    """Give the solids of what is out of the cabinet: floor, two sides and the front."""
    face, wall = size[0] / 2.0, SIDE_WALL / 2.0
    y, z = size[1] / 2.0 - BOARD - PLAY, size[2] / 2.0 - BOARD - PLAY
    length, center = (front - face) / 2.0, (front + face) / 2.0
    places = (
        ([center, 0.0, wall - z], [length, y, wall]),
        ([center, y - wall, 0.0], [length, wall, z]),
        ([center, wall - y, 0.0], [length, wall, z]),
        ([front - wall, 0.0, 0.0], [wall, y, z]),
    )
    return tuple(Box(X_WS=X_WO @ RigidTransform(place), half=np.array(half)) for place, half in places)
