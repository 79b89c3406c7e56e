"""How good the pictures are: what is wrong with a camera is said, and what cannot be used is left out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..core.errors import InputError
from .alignment import LARGEST
from .cloud import Cloud
from .colors import exposure, to_lab
from .scene import Scene, Thing

NEAREST = 0.05  # Depth cameras measure nothing nearer; drivers write 0 where they know nothing, [m].
FARTHEST = 8.0  # Nor anything farther; what shows beyond the table may be that far, [m].
LOST = 0.02  # Less depth than this share of the table's is no view of it.
THIN = 0.85  # With less depth than this share of the table's something is wrong; 0.95 and more is usual.
BLACK = 8  # A picture without a code above this shows nothing.
DARK = 1.9  # Pictures that have to be brightened by more are dark; a lit beige table needs 1.3.
BURNT = 0.10  # A larger share of pixels at the end of the scale is overexposed.
FLAT = 0.008  # What is nearer to the table's plane than this is the table, [m].
SECOND = 0.04  # A larger share of the table in another colour is told.
SAMPLED = 5000  # Points that the colours of the table are measured on.
STALE = 0.5  # Frames farther apart in time do not show one moment, [s].
STILL = LARGEST[
    0
]  # A camera that moved farther than any pose is mended cannot give the same picture again, [m].


def check(frames: Sequence[CameraFrame]) -> None:
    """Refuse frames that no scene can be made of.

    Raises:
        InputError: If there is none, or a pose or a lens that is not a number.
    """
    if not frames:
        raise InputError("no camera frame was given; at least one RGB-D frame is needed to see anything")
    for frame in frames:
        if not np.isfinite(frame.X_WC.GetAsMatrix4()).all():
            raise InputError(
                f"the pose of camera {frame.camera!r} is not a number; expected X_WC, metres, in the robot "
                "base's frame: look whether the arm's joints and the camera's mount are known"
            )
        model = frame.model
        lens = np.array([model.fx, model.fy, model.cx, model.cy])
        if not (np.isfinite(lens).all() and min(model.fx, model.fy) > 0.0):
            raise InputError(
                f"the intrinsics of camera {frame.camera!r} are {lens.tolist()!r}; expected fx, fy > 0 and "
                "cx, cy, in pixels: read them from the camera again"
            )


def usable(
    frames: Sequence[CameraFrame], lower: Float64, upper: Float64, previous: Scene | None
) -> tuple[tuple[CameraFrame, ...], tuple[str, ...]]:
    """Leave out the cameras that show nothing, and say what is wrong with the others.

    Args:
        frames: One frame of each camera.
        lower: Least corner of the region looked at, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].
        previous: The scene before: a picture that has not changed by a bit is an old one.

    Returns:
        The frames to use and what to warn of, one sentence each.

    Raises:
        InputError: If no camera is left.
    """
    kept, warnings = [], []
    before = {frame.camera: frame for frame in previous.frames} if previous is not None else {}
    newest = max(frame.time for frame in frames)
    for frame in frames:
        fault = _fault(frame, lower, upper) or _frozen(frame, before.get(frame.camera), newest)
        if fault:
            warnings.append(f"{frame.camera} camera: {fault}; it is left out")
            continue
        kept.append(_sane(frame))
        missing = 1.0 - _coverage(frame, lower, upper)
        if 1.0 - missing < THIN:
            warnings.append(f"{frame.camera} camera: depth is missing on {missing:.0%} of the table it sees")
        if float((frame.rgb[::3, ::3].min(axis=-1) >= 254).mean()) > BURNT:
            warnings.append(f"{frame.camera} camera: the picture is overexposed, so colours are unsure")
    if not kept:
        raise InputError(
            f"no camera can be used ({'; '.join(warnings)}); look at the cameras and their cables"
        )
    gain = exposure(tuple(kept))
    if gain > DARK:
        warnings.append(f"the pictures are dark ({1.33 / gain:.0%} of the usual light): colours are unsure")
    return tuple(kept), tuple(warnings)


def _sane(frame: CameraFrame) -> CameraFrame:
    """Make depths that no camera measures unknown: zeros, infinities, what lies far beyond any table."""
    with np.errstate(invalid="ignore"):
        wild = (frame.depth <= NEAREST) | (frame.depth > FARTHEST)
    if not wild.any():
        return frame
    return replace(frame, depth=np.where(wild, np.float32(np.nan), frame.depth))


def _fault(frame: CameraFrame, lower: Float64, upper: Float64) -> str:
    """Tell why a frame shows nothing; empty if it does."""
    with np.errstate(invalid="ignore"):
        if not (frame.depth > NEAREST).any():
            return "it gave no depth" if frame.rgb.max() > BLACK else "it gave no picture"
    if frame.rgb.max() <= BLACK:
        return "it gave a black picture"
    if frame.rgb.min() >= 250:
        return "it gave a blank picture"
    if _coverage(frame, lower, upper) < LOST:
        return "it sees nothing of the table"
    return ""


def _frozen(frame: CameraFrame, before: CameraFrame | None, newest: float) -> str:
    """Tell whether a picture is an old one; empty if not.

    A world without noise gives the same picture twice in good faith, so sameness alone is no proof.
    """
    if newest - frame.time > STALE:
        return f"its picture is {newest - frame.time:.1f} s older than the newest"
    if before is None or before.rgb is frame.rgb or before.rgb.shape != frame.rgb.shape:
        return ""
    moved = np.linalg.norm(frame.X_WC.translation() - before.X_WC.translation()) > STILL
    if (moved or _noisy(frame.depth)) and frame.time > before.time:
        same = np.array_equal(frame.rgb, before.rgb)
        # What was kept of the picture before has its wild depths made unknown already.
        if same and np.array_equal(_sane(frame).depth, before.depth, equal_nan=True):
            return f"its picture is frozen: the same as {frame.time - before.time:.1f} s ago"
    return ""


def _noisy(depth: NDArray[np.float32]) -> bool:
    """Tell whether a depth picture has the noise of a real camera, that never comes twice."""
    bend = depth[::4, 1:-1:4] - 0.5 * (depth[::4, :-2:4] + depth[::4, 2::4])
    return bool(np.nanmedian(np.abs(bend)) > 1e-4) if np.isfinite(bend).any() else False


def _coverage(frame: CameraFrame, lower: Float64, upper: Float64) -> float:
    """Give the share of the table's places in a picture that have a depth; 0 where it shows none of them."""
    x, y = np.meshgrid(np.linspace(lower[0], upper[0], 40), np.linspace(lower[1], upper[1], 50))
    p_W = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    X_CW = frame.X_WC.inverse()
    uv = frame.model.project(p_W @ X_CW.rotation().matrix().T + X_CW.translation())
    uv = np.round(uv[np.isfinite(uv).all(axis=1)]).astype(int)
    inside = ((uv >= 0) & (uv < [frame.model.width, frame.model.height])).all(axis=1)
    if inside.sum() < 20:
        return 0.0
    column, row = uv[inside].T
    with np.errstate(invalid="ignore"):
        return float((frame.depth[row, column] > NEAREST).mean())


def second_color(seen: Cloud, height: float, things: Sequence[Thing]) -> tuple[str, ...]:
    """Warn of a table of more than one colour.

    Args:
        seen: Everything seen over the workspace.
        height: Height of the table, [m].
        things: What was found, whose own low points are not the table's.
    """
    few = np.arange(0, len(seen), max(1, len(seen) // SAMPLED))
    few = few[np.abs(seen.p_W[few, 2] - height) < FLAT]
    xy, free = seen.p_W[few, :2], np.ones(len(few), bool)
    for thing in things:
        p_O = (xy - thing.X_WO.translation()[:2]) @ thing.X_WO.rotation().matrix()[:2, :2]
        free &= np.any(np.abs(p_O) > thing.size[:2] / 2.0 + 0.02, axis=1)
    few = few[free]
    shares = [other_colors(seen.rgb[few[seen.frame[few] == frame]]) for frame in np.unique(seen.frame[few])]
    if shares and max(shares) > SECOND:
        share = f"{max(shares):.0%}"
        return (f"the table has more than one colour ({share} of it differs): a cloth, paper or a pattern",)
    return ()


def other_colors(rgb: Float64, lab_limit: float = 8.0) -> float:
    """Give the share of a table's points whose colour is not the table's main one.

    Args:
        rgb: Linear light of points of the table, of one camera, shape (N, 3).
        lab_limit: CIELAB distance that is another colour; the light on one table changes it by 4.
    """
    if len(rgb) < 200:
        return 0.0
    lab = to_lab(rgb)
    return float((np.linalg.norm(lab - np.median(lab, axis=0), axis=1) > lab_limit).mean())
