"""Forks, spoons and knives that lie: flat, long and narrow, wider at one end."""

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..robots.shapes import Box
from .bodies import Body
from .footprints import Rectangle
from .ranks import rank

LENGTHS = (0.11, 0.24)  # Of the whole, [m].
WIDEST, HIGHEST = 0.042, 0.026  # Across, and above what it lies on, [m].
SLENDER = 3.5  # Least ratio of length to width.
END = 0.25  # Share of the length at which an end's width is measured.
WIDER = 0.003  # A head is wider than its handle by at least so much, [m].
FEWEST = 6  # Points that an end's width is measured on.


def cutlery(p_W: Float64, seen: Rectangle, base: float, top: float) -> Body | None:
    """Tell whether a cluster is a piece of cutlery.

    Args:
        p_W: Points, shape (N, 3), [m].
        seen: The rectangle about them from above.
        base: Height of what it lies on, [m].
        top: Height of its upper side, [m].

    Returns:
        It with its parts ``handle`` and ``head``, O's x toward the head, or None. Where both ends are
        as wide, which of them is the head is a guess, and said.
    """
    length, width = seen.length, seen.width
    flat = top - base < HIGHEST and LENGTHS[0] < length < LENGTHS[1]
    if not flat or width > WIDEST or length < SLENDER * width:
        return None
    yaw = seen.yaw
    s, t = _across(p_W, seen.center, yaw)
    ends = [_width(t[side * s > (0.5 - END) * length]) for side in (-1.0, 1.0)]
    if ends[0] > ends[1]:
        yaw, s, t, ends = yaw + np.pi, -s, -t, ends[::-1]
    handle, head = max(ends[0], 0.006), max(ends[1], 0.006)
    wide = s[(np.abs(t - np.median(t)) > 0.5 * handle + WIDER / 2.0) & (s > 0.0)]
    told = head > handle + WIDER and len(wide) >= FEWEST
    begins = float(rank(wide, 0.05)) if told else length * (0.5 - END)
    height = max(top - base, 0.005)
    X_WO = RigidTransform(RotationMatrix.MakeZRotation(yaw), [*seen.center, top - height / 2.0])
    pieces = (
        ((begins - length / 2.0) / 2.0, begins + length / 2.0, handle),
        ((begins + length / 2.0) / 2.0, length / 2.0 - begins, head),
    )
    up = np.array([0.0, 0.0, height / 2.0])
    return Body(
        kind="cutlery",
        X_WO=X_WO,
        size=np.array([length, max(width, head), height]),
        parts={
            "top": X_WO @ up,
            "bottom": X_WO @ -up,
            "center": np.array(X_WO.translation()),
            "handle": X_WO @ np.array([pieces[0][0], 0.0, 0.0]),
            "head": X_WO @ np.array([pieces[1][0], 0.0, 0.0]),
        },
        shapes=tuple(
            Box(X_WS=X_WO @ RigidTransform([x, 0.0, 0.0]), half=np.array([long, across, height]) / 2.0)
            for x, long, across in pieces
        ),
        floor=top,
        doubts=() if told else ("which end of it is the handle is a guess",),
    )


def _across(p_W: Float64, center: Float64, yaw: float) -> tuple[Float64, Float64]:
    """Give the points' places along and across, each shape (N,), [m]."""
    offset = p_W[:, :2] - center
    c, s = np.cos(yaw), np.sin(yaw)
    return offset @ np.array([c, s]), offset @ np.array([-s, c])


def _width(t: Float64) -> float:
    return float(rank(t, 0.97) - rank(t, 0.03)) if len(t) >= FEWEST else 0.0
