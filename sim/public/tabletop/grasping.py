"""Where two fingers from straight above fit round a part of a thing, by the heights of what is seen."""

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Float64
from .heights import CELL, NONE, Heights, patch, turned

OPENING = 0.08
"""Between the pads of the open fingers, [m]."""
FINGER, HALF_WIDE = 0.02, 0.011
"""Room that a finger takes up along y and half of it along x, [m]."""
PALM = (0.032, 0.105)
"""Half sizes of the palm along x and y, [m]."""
PALM_ABOVE = 0.04
"""From the grip point up to the palm, [m]."""
TIP = 0.009
"""From the grip point down to the fingertips, [m]."""
CLEAR = 0.004
DEEPEST, LEAST = 0.034, 0.006
"""How far below a thing's top the grip point goes at most and at least, [m]."""
FITS = 0.072
"""Thickest that the fingers go round, [m]."""
YAWS = np.deg2rad(np.arange(-75.0, 91.0, 15.0))
MOST_PLACES = 250
BEST = 12
"""Grasps that are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grasp:
    """One way to go round a thing.

    Attributes:
        p_W: Where the grip point goes, shape (3,), [m].
        yaw: How the hand is turned, [rad]; the fingers open along its y.
        thickness: What is between the fingers, [m].
        worth: How good it is; larger is better.
    """

    p_W: Float64
    yaw: float
    thickness: float
    worth: float


def grasps(thing: Float64, others: Float64, floor: float, middle: Float64 | None = None) -> list[Grasp]:
    """Find ways to go round a thing from above, the best first.

    Args:
        thing: Points of what is to be held, shape (N, 3), [m].
        others: Points of all else that is seen, shape (M, 3), [m].
        floor: Height of what all stands on, [m].
        middle: Where it is best held, x and y, shape (2,), [m]; the middle of what is seen where None.

    Returns:
        At most ``BEST`` ways; none where nothing fits between the fingers.
    """
    lower, upper = thing[:, :2].min(axis=0) - 0.14, thing[:, :2].max(axis=0) + 0.14
    mine = Heights.of(thing, lower, upper)
    everything = Heights.of(np.concatenate([thing, others]), lower, upper, floor)
    wide = everything.widened()
    low, high = np.percentile(thing[:, :2], [1.0, 99.0], axis=0)
    best_at = (low + high) / 2.0 if middle is None else middle
    cells = np.argwhere(mine.top > floor + LEAST)
    if not len(cells):
        return []
    cells = cells[:: 1 + len(cells) // MOST_PLACES]
    places = lower + (cells + 0.5) * CELL
    places = np.concatenate([places, best_at[None]])
    found = [
        grasp for yaw in YAWS for grasp in _at(places, float(yaw), mine, everything, wide, floor, best_at)
    ]
    return sorted(found, key=lambda grasp: -grasp.worth)[:BEST]


def _at(
    places: Float64,
    yaw: float,
    mine: Heights,
    everything: Heights,
    wide: Heights,
    floor: float,
    middle: Float64,
) -> list[Grasp]:
    """Judge every place at one yaw."""
    side = OPENING / 2.0 + FINGER / 2.0
    fingers = np.concatenate([patch(HALF_WIDE, FINGER / 2.0, s) for s in (-side, side)])
    between = _rows(HALF_WIDE, OPENING / 2.0)
    below = everything.at(places[:, None] + turned(fingers, yaw)).max(axis=1)
    palm = wide.at(places[:, None] + turned(patch(*PALM, step=3.0 * CELL), yaw)).max(axis=1)
    held = mine.at(places[:, None, None] + turned(between, yaw))  # (places, rows along x, along y)
    top = held.max(axis=(1, 2))
    # Down to the floor itself the fingertips may go, but not as near to other things.
    clear = np.where(below > floor + CLEAR, CLEAR, 0.0)
    low = np.maximum.reduce([top - DEEPEST, below + TIP + clear, palm - PALM_ABOVE + CLEAR])
    grip = held > (low + 0.001)[:, None, None]
    y = between[0, :, 1]
    first = np.where(grip, y, np.inf).min(axis=2)
    last = np.where(grip, y, -np.inf).max(axis=2)
    found = []
    for number in np.flatnonzero((top > NONE) & (top - low >= LEAST)):
        rows = np.isfinite(first[number])
        if rows.sum() < 3:
            continue
        ends = first[number][rows], last[number][rows]
        thickness = float(ends[1].max() - ends[0].min()) + CELL
        if thickness > FITS:
            continue
        off = float((ends[1].max() + ends[0].min()) / 2.0)
        rough = float(ends[0].std() + ends[1].std())
        away = float(np.linalg.norm(places[number] - middle))
        depth = float(top[number] - low[number])
        worth = (
            min(depth, 0.025) * 40.0 - 8.0 * away - 10.0 * abs(off) - 30.0 * rough
            - 4.0 * thickness - 0.15 * abs(yaw) + 0.05 * rows.sum()
        )  # fmt: skip
        p = places[number] + turned(np.array([0.0, off]), yaw)
        found.append(Grasp(p_W=np.append(p, low[number]), yaw=yaw, thickness=thickness, worth=float(worth)))
    return found


def _rows(half_x: float, half_y: float) -> Float64:
    """Give points over a rectangle as rows along y, one for each x, shape (rows, points, 2), [m]."""
    x = np.linspace(-half_x, half_x, max(2, int(np.ceil(2.0 * half_x / CELL)) + 1))
    y = np.linspace(-half_y, half_y, max(2, int(np.ceil(2.0 * half_y / CELL)) + 1))
    return np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
