"""Cabinets whose drawer is pulled out, told as a whole before anything else is.

Seen from above and from one side, such a thing comes apart: its lid, the rims of its drawer, the
drawer's floor and its handle are clusters of their own, each of which looks like a tray, a can or a
bowl. What holds them together is told from the lid: what is off the table, as wide as the lid and
begins at one of its sides has come out of there.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from . import bodies
from .bodies import BOARD, Body
from .cloud import Cloud, joined
from .colors import hue_angle
from .columns import Part
from .drawers import PLAY, SIDE_WALL, in_drawer, with_handle
from .footprints import fit_rectangle, outline
from .ranks import middle, rank, ranks

LOWEST, HIGHEST = 0.08, 0.15  # Heights of a cabinet's lid above what it stands on, [m].
LENGTHS, WIDTHS = (0.15, 0.32), (0.12, 0.30)  # Of its lid's sides, [m].
LEVEL = 0.005  # A lid's points lie so near to its height, [m].
FEWEST = 300  # Points of a lid.
FILLED, CELL = 0.75, 0.012  # Share of a lid that is seen; side of the squares that are counted, [m].
BEYOND = 0.04  # Pieces of a lid lie so near to it, [m].
SURFACE = 0.008  # So near to a cabinet's surface points may be its own, [m].
REACH = 0.20  # No drawer with its handle comes out farther, [m].
OUT = 0.02  # By less it is not told here: it is a closed one's front, [m].
OFF_TABLE = 0.006  # A drawer hangs in its cabinet, so high above the table, [m].
NARROWER = 0.022  # By so much at most a drawer ends before its cabinet does, at either side, [m].
NEAR = 0.05  # So near to the cabinet it is that wide: it has sides, [m].
AS_HIGH = 0.5  # Share of a cabinet's height that it has.
GAP = 0.025  # It begins so near to the cabinet's face: what is nearest may be in the shade, [m].
OWN = 0.6  # A cluster of which this share belongs is a piece as a whole.
SPECK, ASIDE = 60, 0.02  # More points that do not belong, and so far off, [m], are a thing beside it.
PIECE = 20  # Fewer points of a cluster are not taken from it.
HUE, DARK = 0.20, 0.10  # As for neighbouring pixels, wider: light comes from elsewhere.
WALLS = 0.012  # What is farther from a drawer's walls, floor and front lies in it, [m].
_TURNS = (0.0, np.pi / 2.0, np.pi, -np.pi / 2.0)


def with_pulled_drawers(
    known: Sequence[Part], clouds: Sequence[Cloud], table: float
) -> tuple[list[Part], list[Cloud]]:
    """Put together the cabinets whose drawers are pulled out.

    Args:
        known: What is known beforehand; cabinets among it are looked at first.
        clouds: The other clusters.
        table: Height of the table, [m].

    Returns:
        What is known, now with those cabinets and how far they are open; and the clusters that are left.
    """
    parts, rest = [], list(clouds)
    for part in known:
        if part.body is not None and part.body.kind == "drawer" and "front" not in part.body.parts:
            parts.append(_opened(part.body, part.cloud, rest, table) or part)
        else:
            parts.append(part)
    for seed in sorted(clouds, key=len, reverse=True):
        if not any(seed is cloud for cloud in rest):
            continue
        body = _lidded(seed, rest, table)
        found = None if body is None else _opened(body, None, rest, table)
        if found is not None:
            parts.append(found)
    return parts, rest


def _lidded(seed: Cloud, clouds: Sequence[Cloud], table: float) -> Body | None:
    """Tell whether a cluster has a level lid of a cabinet's size, and give the cabinet below it, closed."""
    level = _level(seed.p_W[:, 2], table)
    if level is None:
        return None
    color = ranks(seed.rgb[np.abs(seed.p_W[:, 2] - level) < LEVEL], 0.5)
    lid = seed.p_W[np.abs(seed.p_W[:, 2] - level) < LEVEL]
    low, high = ranks(lid, 0.02)[:2] - BEYOND, ranks(lid, 0.98)[:2] + BEYOND
    pieces, pitch = [], []
    for cloud in clouds:
        z = cloud.p_W[:, 2]
        near = np.all((cloud.p_W[:, :2] > low) & (cloud.p_W[:, :2] < high), axis=1)
        mine = (np.abs(z - level) < LEVEL) & near & _like(cloud.rgb, color)
        pieces.append(cloud.p_W[mine])
        pitch.append(cloud.pitch[mine])
    lid, spacing = np.concatenate(pieces), rank(np.concatenate(pitch), 0.25)
    face = fit_rectangle(outline(lid[:, :2], spacing))
    if not (LENGTHS[0] < face.length < LENGTHS[1] and WIDTHS[0] < face.width < WIDTHS[1]):
        return None
    squares = len(np.unique(np.floor(lid[:, :2] / CELL).astype(int), axis=0))
    if squares * CELL**2 < FILLED * face.length * face.width:
        return None
    return bodies.drawer(face.center, face.yaw, face.length, face.width, (table, middle(lid[:, 2])))


def _level(z: Float64, table: float) -> float | None:
    """Give the height at which a cluster has most points, [m]; None unless a lid may be there."""
    high = z[(z > table + LOWEST) & (z < table + HIGHEST)]
    if len(high) < FEWEST:
        return None
    counts = np.bincount(np.floor((high - table - LOWEST) / LEVEL).astype(int))
    level = table + LOWEST + (int(np.argmax(counts)) + 0.5) * LEVEL
    near = high[np.abs(high - level) < 1.5 * LEVEL]
    return middle(near) if len(near) >= FEWEST else None


def _opened(body: Body, own: Cloud | None, rest: list[Cloud], table: float) -> Part | None:
    """Find what came out of a cabinet, and take it and the cabinet's own pieces from the clusters.

    Args:
        body: The cabinet, closed.
        own: Its points where they are known.
        rest: The other clusters; changed if there is something.
        table: Height of the table, [m].
    """
    everything = np.concatenate([cloud.p_W for cloud in rest]) if rest else np.empty((0, 3))
    sides = [(side, _out(body, everything, side, table)) for side in range(4)]
    sides = [(side, out) for side, out in sides if _is_drawer(body, everything[out], side)]
    if len(sides) != 1:
        return None
    side, _ = sides[0]
    outs = [_out(body, cloud.p_W, side, table) for cloud in rest]
    kept = _contents(body, rest, outs)
    skin, drawer, left = [] if own is None else [own], [], []
    for index, (cloud, out) in enumerate(zip(rest, outs, strict=True)):
        on = body.holds(cloud.p_W, SURFACE)
        mine = on | out
        if index in kept or mine.sum() < min(PIECE, OWN * len(cloud)):
            left.append(cloud)
            continue
        drawer.append(cloud.p_W[out & ~on])
        # What is seen deep in the cabinet is the drawer's, which moves.
        skin.append(cloud.take(on & ~body.holds(cloud.p_W, -WALLS)))
        if (~mine & ~body.holds(cloud.p_W, ASIDE)).sum() > SPECK:
            left.append(cloud.take(~mine))
    rest[:] = left
    return Part(cloud=joined(*skin), body=with_handle(body, np.concatenate(drawer)))


def _out(body: Body, p_W: Float64, side: int, table: float) -> NDArray[np.bool_]:
    """Tell which points are where a drawer would be that came out of one of the four sides."""
    along, across, face, half = _seen_from(body, p_W, side)
    z = p_W[:, 2]
    return (
        (along > face - SURFACE)
        & (along < face + REACH)
        & (np.abs(across) < half + SURFACE)
        & (z > table + OFF_TABLE)
        & (z < body.floor + OFF_TABLE)
    )


def _is_drawer(body: Body, out_W: Float64, side: int) -> bool:
    """Tell whether what stands before a side begins there and is about as wide and high as the cabinet."""
    along, across, face, half = _seen_from(body, out_W, side)
    beyond = along > face + SURFACE
    if beyond.sum() < FEWEST:
        return False
    along, across, z = along[beyond], across[beyond], out_W[beyond, 2]
    near = across[along < face + NEAR]
    wide = len(near) > PIECE and min(-rank(near, 0.03), rank(near, 0.97)) > half - NARROWER
    high = rank(z, 0.97) - float(body.parts["bottom"][2]) > AS_HIGH * body.size[2]
    return wide and high and rank(along, 0.03) < face + GAP + SURFACE and rank(along, 0.9) > face + OUT


def _seen_from(body: Body, p_W: Float64, side: int) -> tuple[Float64, Float64, float, float]:
    """Give how far points are along a side's normal and across, its distance, and half its width, [m]."""
    p_O = (p_W - body.X_WO.translation()) @ body.X_WO.rotation().matrix()
    c, s = np.cos(_TURNS[side]), np.sin(_TURNS[side])
    along, across = p_O[:, 0] * c + p_O[:, 1] * s, p_O[:, 1] * c - p_O[:, 0] * s
    x, y = body.size[:2] / 2.0
    return along, across, float(x if side % 2 == 0 else y), float(y if side % 2 == 0 else x)


def _contents(body: Body, clouds: Sequence[Cloud], outs: Sequence[NDArray[np.bool_]]) -> set[int]:
    """Tell which clusters lie in the drawer: of another hue than it, or away from its walls."""
    sizes = [int(out.sum()) if out.mean() > OWN else 0 for out in outs]
    biggest = int(np.argmax(sizes))
    color = ranks(clouds[biggest].rgb, 0.5)
    inside = [index for index, size in enumerate(sizes) if size > PIECE and index != biggest]
    other = {index for index in inside if not _like(ranks(clouds[index].rgb, 0.5)[None], color)[0]}
    p_W = np.concatenate([clouds[index].p_W[outs[index]] for index in (biggest, *set(inside) - other)])
    opened = with_handle(body, p_W)
    return {
        index
        for index in inside
        if in_drawer(opened, clouds[index].p_W)
        and (index in other or _off_walls(opened, clouds[index].p_W) > OWN)
    }


def _off_walls(opened: Body, p_W: Float64) -> float:
    """Give the share of points away from a drawer's sides, floor and front."""
    p_O = opened.X_WO.inverse().multiply(p_W.T).T
    front = float((opened.X_WO.inverse() @ opened.parts["front"])[0])
    side = opened.size[1] / 2.0 - BOARD - PLAY - SIDE_WALL
    floor = -opened.size[2] / 2.0 + BOARD + PLAY + SIDE_WALL
    off = (np.abs(p_O[:, 1]) < side - WALLS) & (p_O[:, 2] > floor + WALLS) & (p_O[:, 0] < front - WALLS)
    return float(off.mean())


def _like(rgb: Float64, color: Float64) -> NDArray[np.bool_]:
    """Tell which pixels may show a colour in other light, shape (N, 3) to (N,)."""
    light = np.minimum(rgb.sum(axis=-1), float(color.sum()))
    return hue_angle(rgb, color) < HUE * (1.0 + DARK / (light + 0.02))
