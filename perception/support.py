"""What stands on what: carriers, containers and the hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .bodies import Body
from .ranks import rank, ranks
from .segments import seen_free

CONTAINERS = ("bowl", "mug", "tray", "drawer")
FLOATING = 0.025  # A gap under a thing of more than this, seen to be empty, means it is held, [m].
EDGE = 0.005  # Points so near to a thing's lowest are its lower edge's, [m].
COLUMNS = 20  # Below so many points of the lower edge it is looked.


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What is under a thing.

    Attributes:
        height: Height of the surface that carries it, [m].
        on: Index of the carrier; -1 for the table, -2 for the hand.
        inside: Index of the container, or -1.
    """

    height: float
    on: int = -1
    inside: int = -1


def find_support(
    p_W: Float64, others: Sequence[Body], table: float, frames: tuple[CameraFrame, ...]
) -> Support:
    """Find what carries a cluster of points.

    Args:
        p_W: Points of the thing, shape (N, 3), [m].
        others: Things already known; those that reach lower come first.
        table: Height of the table, [m].
        frames: The frames, to see whether there is nothing under it.
    """
    z = p_W[:, 2]
    low = rank(z, 0.03)
    high = rank(z, 0.95)
    upper = p_W[z >= 0.5 * (low + high)]
    middle = 0.5 * (ranks(upper[:, :2], 0.04) + ranks(upper[:, :2], 0.96))
    best, container = Support(height=table), -1
    for index, body in enumerate(others):
        if not body.covers(middle):
            continue
        rim = body.highest
        if (body.kind in CONTAINERS or body.kind == "plate") and body.floor < high and body.kind != "drawer":
            inside = index if body.kind in CONTAINERS else -1
            if inside >= 0 and low < rim:
                container = index
            if body.floor > best.height and low < rim + 0.02:
                best = Support(height=body.floor, on=index, inside=inside)
        elif low > rim - 0.012 and rim > best.height:
            best = Support(height=rim, on=index)
    if low - best.height > FLOATING and all(
        seen_free(under, frames).mean() > 0.5 for under in _under(p_W, middle, low, best.height)
    ):
        return Support(height=low, on=-2)
    # What lies on something that lies in a vessel is in the vessel, too: grains on grains.
    return best if best.inside >= 0 else replace(best, inside=container)


def _under(p_W: Float64, middle: Float64, low: float, ground: float) -> tuple[Float64, Float64]:
    """Give points between a thing and what is under it: below its middle, and below its lower edge.

    Through the opening of a mug the air in it is seen, which says nothing of what is under the mug;
    its wall goes on down below what was taken for its lower edge.
    """
    edge = p_W[p_W[:, 2] < low + EDGE, :2]
    edge = edge[:: max(len(edge) // COLUMNS, 1)]
    heights = ground + np.linspace(0.25, 0.75, 5) * (low - ground)
    first, second = (
        np.column_stack([np.repeat(xy, len(heights), axis=0), np.tile(heights, len(xy))])
        for xy in (middle[None], edge)
    )
    return first, second
