"""The support plane: the height at which most of what is seen lies."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64, frozen
from ..core.errors import InputError
from .cloud import Cloud
from .scene import Table

LEAST = 0.0025  # What rises less than this above the table is the table, [m].
SPREADS = 3.5  # How many standard deviations of its noise the table may reach up.
_BINS = 6


def find_table(cloud: Cloud, expected: float = 0.0, slack: float = 0.06) -> Table:
    """Find the table near its expected height.

    Args:
        cloud: Everything seen over the workspace.
        expected: About how high the table is, [m].
        slack: How far off that may be, [m].

    Returns:
        The table.

    Raises:
        InputError: If too little is seen there.
    """
    z = cloud.p_W[:, 2]
    near = np.abs(z - expected) < slack
    if near.sum() < 200:
        raise InputError(
            f"no table within {slack:.2f} m of height {expected:.2f} m ({near.sum()} points seen there); "
            "check that a camera sees the table and that its pose is right"
        )
    counts, edges = np.histogram(z[near], bins=np.arange(expected - slack, expected + slack + 1e-9, 0.002))
    peak = edges[int(np.argmax(counts))] + 0.001
    inliers = near & (np.abs(z - peak) < 0.008)
    height = float(np.median(z[inliers]))
    xy = cloud.p_W[inliers, :2]
    lower, upper = np.percentile(xy, [0.5, 99.5], axis=0)
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
    flat = np.abs(z) < 0.012
    above = np.zeros(len(z), bool)
    for frame in np.unique(cloud.frame):
        own = cloud.frame == frame
        edges = (
            np.quantile(cloud.pitch[own & flat], np.linspace(0.0, 1.0, _BINS + 1))
            if (own & flat).any()
            else []
        )
        middles, limits = [], []
        for low, high in pairwise(edges):
            near = z[own & flat & (cloud.pitch >= low) & (cloud.pitch <= high)]
            offset = float(np.median(near))
            spread = 1.4826 * float(np.median(np.abs(near - offset)))
            middles.append((low + high) / 2.0)
            limits.append(offset + max(LEAST, SPREADS * spread))
        limit = np.interp(cloud.pitch[own], middles, limits) if middles else LEAST
        above[own] = z[own] > limit
    color = np.median(cloud.rgb[flat & ~above], axis=0) if (flat & ~above).any() else np.full(3, 0.5)
    return above, color
