"""The support plane: the height at which most of what is seen lies."""

import numpy as np

from ..core.arrays import frozen
from ..core.errors import InputError
from .cloud import Cloud
from .scene import Table


def find_table(cloud: Cloud, expected: float = 0.0, slack: float = 0.06) -> tuple[Table, float]:
    """Find the table near its expected height.

    Args:
        cloud: Everything seen over the workspace.
        expected: About how high the table is, [m].
        slack: How far off that may be, [m].

    Returns:
        The table, and the spread (standard deviation) of its points' heights, [m].

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
    spread = 1.4826 * float(np.median(np.abs(z[inliers] - height)))
    xy = cloud.p_W[inliers, :2]
    lower, upper = np.percentile(xy, [0.5, 99.5], axis=0)
    return Table(height=height, lower=frozen(lower, (2,)), upper=frozen(upper, (2,))), spread
