"""What every perceiver that measures does alike: things of several tables in one list, steps, warnings."""

from dataclasses import replace

import numpy as np
from pydrake.math import RigidTransform

from ..core.camera import CameraFrame
from ..robots.shapes import Box
from .alignment import Aligned
from .assembly import Piece
from .cloud import Cloud
from .colors import name_color
from .scene import TABLE, SupportPlane, Table, Thing, table_name
from .surfaces import Ground, surfaces_of

LOWER = np.array([0.15, -0.55, -0.25])
"""Least corner of the region that is looked at where none is given, in the world, [m]."""
UPPER = np.array([0.92, 0.55, 0.60])
"""Its largest corner, [m]."""


def joined(groups: list[list[Piece]]) -> list[tuple[Piece, int]]:
    """Put the pieces of all tables into one list, each with the number of its table.

    Args:
        groups: The pieces of each table, whose supports count within their own table.

    Returns:
        The same with supports that count in the list.
    """
    found: list[tuple[Piece, int]] = []
    for number, group in enumerate(groups):
        first = len(found)
        for piece in group:
            on, inside = (
                index + first if index >= 0 else index for index in (piece.support.on, piece.support.inside)
            )
            found.append((replace(piece, support=replace(piece.support, on=on, inside=inside)), number))
    return found


def carrier(piece: Piece, ground: int, names: dict[int, str]) -> str:
    """Give the name of what a piece stands on.

    Args:
        piece: The piece, out of ``joined``.
        ground: The number of its table.
        names: Names of all pieces by their place in the list.
    """
    return {-1: table_name(ground), -2: "hand"}.get(piece.support.on) or names[piece.support.on]


def step(ground: Ground, table: Table, seen: Cloud) -> Thing:
    """Make a step or a second table an obstacle that things can stand on.

    Args:
        ground: The step.
        table: The main table, on which it is taken to stand.
        seen: The cloud that the ground's indices count in.
    """
    plane, cloud = ground.plane, seen.take(ground.own)
    low = min(table.height, plane.height - 0.002)
    size = np.array([*plane.size, plane.height - low])
    X_WO = RigidTransform(plane.X_WP.rotation(), [*plane.X_WP.translation()[:2], (plane.height + low) / 2.0])
    half = np.array([0.0, 0.0, size[2] / 2.0])
    return Thing(
        name=plane.name,
        kind=TABLE,
        color=name_color(cloud.rgb)[0],
        X_WO=X_WO,
        size=size,
        cloud=cloud.p_W,
        parts={"center": X_WO @ np.zeros(3), "top": X_WO @ half, "bottom": X_WO @ -half},
        shapes=(Box(X_WS=X_WO, half=size / 2.0),),
    )


def furniture_surfaces(things: tuple[Thing, ...], seen: Cloud) -> tuple[SupportPlane, ...]:
    """Give the level surfaces that furniture offers; see ``surfaces_of``."""
    return tuple(plane for thing in things for plane in surfaces_of(thing, seen))


def with_mended_poses(
    given: tuple[CameraFrame, ...], used: tuple[CameraFrame, ...]
) -> tuple[CameraFrame, ...]:
    """Give every frame that came, with the pose that was found for it where one was."""
    mended = {frame.camera: frame for frame in used}
    return tuple(mended.get(frame.camera, frame) for frame in given)


def doubts_of_views(aligned: Aligned, cameras: int, things: tuple[Thing, ...]) -> tuple[str, ...]:
    """Say what is less than well with the views as a whole.

    Args:
        aligned: The views that are used.
        cameras: How many cameras gave a frame.
        things: What was found.
    """
    warnings = []
    used = len(aligned.frames)
    if used < cameras:
        warnings.append(f"only {used} of {cameras} cameras can be used: what they do not see is guessed")
    if used > 1 and not aligned.compared and things:
        warnings.append(
            "the views have too little in common to be compared: an error of a camera's pose stays"
        )
    return tuple(warnings)
