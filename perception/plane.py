"""The main table: the height at which most of what is seen lies, and what stands out of it."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64, frozen
from ..core.errors import InputError
from .cloud import Cloud
from .ranks import middle, ranks
from .scene import Table

LEAST = 0.0025  # What rises less than this above the table is the table, [m].
SPREADS = 3.5  # How many standard deviations of its noise the table may reach up.
LEAST_SEEN = 200  # Fewer points are no table.
_BINS = 6
_FEW = 20000  # Points that the table's height, noise and colour are measured on.
_BIN = 0.002  # Of the histogram of heights, [m].


def find_table(cloud: Cloud) -> Table:
    """Find the main table: the height at which the largest level area is seen.

    A point stands for the area that its pixel covers, so that what is near a camera does not count more.

    Args:
        cloud: Everything seen over the workspace.

    Raises:
        InputError: If too little is seen.
    """
    every = max(1, len(cloud) // _FEW)
    p_W, area = cloud.p_W[::every], cloud.pitch[::every] ** 2
    z = p_W[:, 2]
    peak = None
    if len(z) >= LEAST_SEEN:
        bottom = float(z.min())
        counts = np.bincount(((z - bottom) / _BIN).astype(np.int64), area)
        # Three bins together: noise spreads a table over some of them.
        together = np.convolve(counts, np.ones(3))[1:-1]
        peak = bottom + _BIN * (int(np.argmax(together)) + 0.5)
    inliers = np.abs(z - peak) < 0.008 if peak is not None else np.zeros(0, bool)
    if inliers.sum() < LEAST_SEEN:
        raise InputError(
            f"no table in the region looked at ({inliers.sum()} points seen at one height, expected "
            f"{LEAST_SEEN}); check that a camera sees the table and that its pose is right"
        )
    height = middle(z[inliers])
    xy = p_W[inliers, :2]
    lower, upper = ranks(xy, 0.005), ranks(xy, 0.995)
    return Table(height=height, lower=frozen(lower, (2,)), upper=frozen(upper, (2,)))


def above_table(cloud: Cloud, table: Table) -> tuple[NDArray[np.bool_], Float64]:
    """Tell which points stand out of the table, by the noise that each camera has at that distance.

    Args:
        cloud: Everything seen over the workspace.
        table: The table.

    Returns:
        A mask of the points above, shape (N,), and the table's colour, linear light, shape (3,).
    """
    z = cloud.p_W[:, 2] - table.height
    above = np.zeros(len(z), bool)
    # Some thousand points of each camera tell its noise as well as all of them.
    few = np.arange(0, len(z), max(1, len(z) // _FEW))
    few = few[np.abs(z[few]) < 0.012]
    for frame in np.unique(cloud.frame):
        flat = few[cloud.frame[few] == frame]
        pitch, middles, limits = cloud.pitch[flat], [], []
        edges = np.quantile(pitch, np.linspace(0.0, 1.0, _BINS + 1)) if len(flat) else []
        for low, high in pairwise(edges):
            near = z[flat[(pitch >= low) & (pitch <= high)]]
            offset = middle(near)
            spread = 1.4826 * middle(np.abs(near - offset))
            middles.append((low + high) / 2.0)
            limits.append(offset + max(LEAST, SPREADS * spread))
        own = cloud.frame == frame
        above[own] = z[own] > (np.interp(cloud.pitch[own], middles, limits) if middles else LEAST)
    few = few[~above[few]]
    color = np.median(cloud.rgb[few], axis=0) if len(few) else np.full(3, 0.5)
    return above, color
