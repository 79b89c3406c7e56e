"""Keypoints from clouds: where a part stands out, where fingers fit, what turns about what."""

import numpy as np
from scipy.ndimage import binary_closing, label

from ....core.arrays import Float64
from .grounding import Meant
from .scene import Box, Piece, box_of, cloud_of

SIDES = tuple(
    np.array(side) for side in ((0.0, -1.0, 0.0), (0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (-1.0, 0.0, 0.0))
)
"""Ways out of a mount that a hand from above and in front can reach, unit vectors in the world."""
FITS = 0.08
"""Widest along y that the fingers go round, [m]."""
FACE, GAP, LEAST_GAP = 0.02, 0.008, 4
"""Depth of what still counts as a face and cells by which gaps are looked for, [m]; cells of a gap."""
SMALL = 0.25
"""Largest extent of what can be a handle, [m]."""


def way_out(part: list[Piece], mount: tuple[Piece, ...]) -> tuple[Float64, float]:
    """Give the direction in which a part stands out of its mount the most, and by how much, [m]."""
    inner, outer = box_of(part), box_of(list(mount))
    gains = [inner.reach(side) - outer.reach(side) for side in SIDES]
    best = int(np.argmax(gains))
    return SIDES[best], gains[best]


def end_of(points: Float64, direction: Float64, depth: float = 0.012) -> Float64:
    """Give the middle of a cloud's end along a direction, shape (3,), [m]."""
    reach = points @ direction
    slab = points[reach > np.percentile(reach, 99.0) - depth]
    return (slab.min(axis=0) + slab.max(axis=0)) / 2.0


def handle_of(meant: Meant) -> tuple[list[Piece], Float64]:
    """Find what stands out as a handle does, and the direction in which it does.

    Of the thing's small pieces it is the one that stands out the most beyond the bodies it is no part of.
    """
    pieces = [*meant.thing, *meant.mount]
    best: tuple[float, list[Piece], Float64] | None = None
    for piece in meant.thing:
        if box_of([piece]).size.max() > SMALL:
            continue
        rest = [one for one in pieces if one.body != piece.body]
        rest = rest or [one for one in pieces if one is not piece]
        if not rest:
            continue
        for side in SIDES:
            gain = box_of([piece]).reach(side) - box_of(rest).reach(side)
            if best is None or gain > best[0] + 1e-3:
                best = (gain, [piece], side)
    if best is None:
        side, _ = way_out(list(meant.thing), meant.mount) if meant.mount else (SIDES[0], 0.0)
        return list(meant.thing), side
    return best[1], best[2]


def grasp_piece(thing: tuple[Piece, ...], avoid: Float64 | None = None) -> tuple[Piece, Box] | None:
    """Choose what of a thing the fingers go round: something narrow along y, and not too flat.

    Args:
        thing: The thing's pieces.
        avoid: A point that the grasp should not be at, shape (3,), [m].

    Returns:
        The piece and its bounds; None where nothing fits between the fingers.
    """
    whole = box_of(list(thing))
    if whole.size[1] <= FITS and whole.size[0] < 0.12:
        return Piece(path=thing[0].path, cloud=cloud_of(list(thing))), whole
    fits = [(piece, box_of([piece])) for piece in thing]
    fits = [(piece, box) for piece, box in fits if box.size[1] <= FITS and box.size.max() > 0.012]
    if not fits:
        return None

    def worth(one: tuple[Piece, Box]) -> float:
        piece, box = one
        named = 0.5 if "handle" in piece.path[-1].lower() else 0.0
        return named + float(box.size[0] + box.size[2]) + 0.5 * float(box.upper[2] - whole.center[2])

    return max(fits, key=worth)


def main_piece(thing: tuple[Piece, ...]) -> Box:
    """Give the bounds of the piece that a thing mostly is: the one that covers the most ground."""
    return max(
        (box_of([piece]) for piece in thing),
        key=lambda box: float((box.size[0] + 0.01) * (box.size[1] + 0.01)),
    )


def rotated(p: Float64, pivot: Float64, axis: Float64, angle: float) -> Float64:
    """Turn a point about an axis through a pivot, by the right-hand rule, [rad]."""
    r = p - pivot
    return (
        pivot
        + r * np.cos(angle)
        + np.cross(axis, r) * np.sin(angle)
        + axis * (axis @ r) * (1.0 - np.cos(angle))
    )


def heavy_middle(pieces: tuple[Piece, ...]) -> Float64:
    """Give about where a thing's weight is: the middle of its pieces, each by the room that it takes up."""
    boxes = [box_of([piece]) for piece in pieces]
    weights = np.array([float(np.prod(box.size + 0.004)) for box in boxes])
    return np.array([box.center for box in boxes]).T @ weights / weights.sum()


def hole_in(pieces: list[Piece], face: Float64) -> Float64 | None:
    """Find the largest gap in a face, where what is seen lies deeper than the face or not at all.

    Args:
        pieces: What has the face.
        face: Direction out of it, a unit vector along an axis, shape (3,).

    Returns:
        The gap's middle in the face, shape (3,), [m]; None where the face has none.
    """
    points, box = cloud_of(pieces), box_of(pieces)
    front = points[points @ face > box.reach(face) - FACE]
    across = [axis for axis in range(3) if abs(face[axis]) < 0.5]
    low, high = front[:, across].min(axis=0), front[:, across].max(axis=0)
    shape = np.ceil((high - low) / GAP).astype(int) + 1
    if shape.min() < 4:
        return None
    seen = np.zeros(shape, bool)
    seen[tuple(((front[:, across] - low) / GAP).astype(int).T)] = True
    closed = np.asarray(binary_closing(np.pad(seen, 2), iterations=1), dtype=bool)[2:-2, 2:-2]
    gaps = np.asarray(label(~closed)[0])  # pyright: ignore[reportIndexIssue] - it gives two where one goes in.
    count = int(gaps.max())
    best, middle = 0, None
    for number in range(1, count + 1):
        cells = np.argwhere(gaps == number)
        inside = (cells.min(axis=0) > 0).all() and (cells.max(axis=0) < shape - 1).all()
        if inside and len(cells) > max(best, LEAST_GAP):
            best, middle = len(cells), (cells.min(axis=0) + cells.max(axis=0) + 1) / 2.0 * GAP + low
    if middle is None:
        return None
    found = box.reach(face) * face
    found[across] = middle
    return found
