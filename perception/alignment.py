"""Views made to agree: the table made level in each, and what stands on it brought to lie on itself.

A camera's pose is off by millimetres and tenths of a degree after the best calibration. Two of the
three angles and the height show in each view by itself, since tables are level and one table has one
height. Along the table (x, y and the turn about z) the surfaces of the things are laid on each other.
Two other ways were measured on the same 40 tables: the pictures' colours (RMS 1.6, 0.4 mm, 0.2 degrees,
but with outliers of 5 mm and 1 degree, from sides that one camera sees in other light, and useless in
the dark), and the balls that cover the arm, which lie 5 to 37 mm outside its skin. What all views have
in common is left: only a robot that touches something can find that out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydrake.math import RigidTransform, RollPitchYaw, RotationMatrix

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .cloud import points_at, stride
from .overlap import compare

REPORTED = 0.002, np.radians(0.2)  # A correction larger than this is told, [m], [rad].
LARGEST = 0.030, np.radians(3.0)  # One larger than this is no calibration error and is refused, [m], [rad].
# Views that differ by less than this along the table already agree, as far as depth tells: with true
# poses 39 of 40 simulated tables came out at less (RMS 1.8, 0.5 mm and 0.2 degrees; a bias of 1.2 mm
# toward the oblique camera, whose pixels end before a thing's far rim does), [m], [rad].
RESOLVED = 0.0042, np.radians(0.45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """Frames with the poses that make them agree.

    Attributes:
        frames: The frames, in the order given.
        warnings: One sentence for each correction that is worth telling, and for each refused.
        compared: Whether the views were brought together along the table; False also where
            there is one view alone, or nothing to compare by.
    """

    frames: tuple[CameraFrame, ...]
    warnings: tuple[str, ...]
    compared: bool


def align(frames: Sequence[CameraFrame], lower: Float64, upper: Float64) -> Aligned:
    """Find by how much each camera's pose is off, and mend it.

    Args:
        frames: Frames of one moment.
        lower: Least corner of the region looked at, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].
    """
    middle = (np.asarray(lower) + np.asarray(upper)) / 2.0
    tables = _tables(frames, lower, upper)
    moves = [_leveled(table, frame) for table, frame in zip(tables, frames, strict=True)]
    compared = False
    if len(frames) > 1:
        level = [replace(frame, X_WC=X @ frame.X_WC) for frame, X in zip(frames, moves, strict=True)]
        shifts = _shifts(
            level, [_height(*pair, middle) for pair in zip(tables, frames, strict=True)], lower, upper
        )
        compared = shifts is not None
        if shifts is not None:
            # No camera knows better than another where the table lies: each moves by its share.
            shifts = shifts - shifts.mean(axis=0)
            moves = [_moved(shift, middle) @ X for shift, X in zip(shifts, moves, strict=True)]
    judged = [_judged(frame, X) for frame, X in zip(frames, moves, strict=True)]
    blind = tuple(
        f"{frame.camera} camera: no level table is seen in it, so its pose could not be checked"
        for frame, table in zip(frames, tables, strict=True)
        if table is None
    )
    return Aligned(
        frames=tuple(frame for frame, _ in judged),
        warnings=(*blind, *(text for _, texts in judged for text in texts)),
        compared=compared,
    )


def _shifts(
    frames: Sequence[CameraFrame], heights: Sequence[float | None], lower: Float64, upper: Float64
) -> Float64 | None:
    """Give by how much each view has to move to lie on the one that looks most straight down.

    Returns:
        x, y, z [m] and the turn about the vertical [rad] of each, shape (F, 4), or None where not determined.
    """
    down = [float(frame.X_WC.rotation().matrix()[2, 2]) for frame in frames]
    main = int(np.argmin(down))  # Little is hidden from above, so the others' points are looked for there.
    shifts = np.zeros((len(frames), 4))
    for index, (frame, height) in enumerate(zip(frames, heights, strict=True)):
        if index == main or height is None or (ground := heights[main]) is None:
            continue
        shifts[index, 2] = ground - height
        raised = replace(frame, X_WC=RigidTransform([0.0, 0.0, shifts[index, 2]]) @ frame.X_WC)
        move = compare(frames[main], raised, lower, upper, ground)
        if move is None:
            return None
        if np.hypot(*move[:2]) > RESOLVED[0] or abs(move[2]) > RESOLVED[1]:
            shifts[index] += [move[0], move[1], 0.0, move[2]]
    return shifts


def _judged(frame: CameraFrame, X_WV: RigidTransform) -> tuple[CameraFrame, list[str]]:
    """Take or refuse a correction, and say so where it is worth it."""
    mended = X_WV @ frame.X_WC
    offset = float(np.linalg.norm(mended.translation() - frame.X_WC.translation()))
    angle = X_WV.rotation().ToAngleAxis().angle()
    text = f"{frame.camera} camera: pose off by {1000 * offset:.1f} mm, {np.degrees(angle):.1f} degrees"
    if offset > LARGEST[0] or angle > LARGEST[1]:
        remedy = "too much to be mended; calibrate the camera"
        return frame, [f"{text}: {remedy}"]
    if offset > REPORTED[0] or angle > REPORTED[1]:
        return replace(frame, X_WC=mended), [f"{text}; corrected"]
    return replace(frame, X_WC=mended), []


def _tables(frames: Sequence[CameraFrame], lower: Float64, upper: Float64) -> list[Float64 | None]:
    """Fit the plane of the table in each view: z = a x + b y + c about the region's middle.

    Returns:
        For each frame a, b, c, shape (3,), or None where it sees too little of the table.
    """
    clouds = []
    for frame in frames:
        step = 4 * stride(frame)
        rows, columns = np.mgrid[1 : frame.model.height : step, 1 : frame.model.width : step]
        p_W = points_at(frame, rows.ravel(), columns.ravel())
        with np.errstate(invalid="ignore"):
            clouds.append(p_W[((p_W >= lower) & (p_W <= upper)).all(axis=1)])
    z = np.concatenate([p_W[:, 2] for p_W in clouds])
    if len(z) < 200:
        return [None] * len(frames)
    counts, edges = np.histogram(z, bins=np.arange(z.min() - 0.005, z.max() + 0.01, 0.005))
    # Two bins together, for a peak on their border.
    height = float(edges[int(np.argmax(counts[:-1] + counts[1:])) + 1])
    return [_plane(p_W - [*(lower + upper)[:2] / 2.0, 0.0], height) for p_W in clouds]


def _plane(p: Float64, height: float) -> Float64 | None:
    """Fit one plane robustly; a tilt of a degree spreads the heights of a table by a centimetre."""
    plane = np.array([0.0, 0.0, height])
    rows = np.column_stack([p[:, :2], np.ones(len(p))])
    for reach in (0.030, 0.020, 0.012, 0.008):
        near = np.abs(p[:, 2] - rows @ plane) < reach
        if near.sum() < 100:
            return None
        own = rows[near]
        plane = np.linalg.solve(own.T @ own, own.T @ p[near, 2])
    return np.asarray(plane, np.float64)


def _leveled(plane: Float64 | None, frame: CameraFrame) -> RigidTransform:
    """Give the turn about the camera that makes the table level; the height stays for the views together."""
    if plane is None:
        return RigidTransform()
    normal = np.array([-plane[0], -plane[1], 1.0])
    normal /= np.linalg.norm(normal)
    # For small angles the vector is the turn, to 1e-5.
    turn = RotationMatrix(RollPitchYaw(np.cross(normal, [0.0, 0.0, 1.0])))
    eye = frame.X_WC.translation()
    return RigidTransform(turn, eye - turn @ eye)


def _height(plane: Float64 | None, frame: CameraFrame, middle: Float64) -> float | None:
    """Give how high a view's table is once it is made level about the camera, [m]."""
    if plane is None:
        return None
    p = frame.X_WC.translation() - [middle[0], middle[1], plane[2]]
    away = (p[2] - plane[:2] @ p[:2]) / np.sqrt(1.0 + plane[:2] @ plane[:2])
    return float(frame.X_WC.translation()[2] - away)


def _moved(shift: Float64, middle: Float64) -> RigidTransform:
    """Give the motion by x, y, z and the turn about the vertical through the middle."""
    turn = RotationMatrix.MakeZRotation(float(shift[3]))
    return RigidTransform(turn, middle - turn @ middle + shift[:3])
