"""A door told apart from the case that it hangs on, where both have one colour."""

import numpy as np

from ....core.arrays import Float64

SLICE = 0.01
"""Thickness of the slices by which a case is told from what stands out of it, [m]."""
STANDS_OUT = 0.06
"""How far what stands out of a case does so at least, [m]."""
FACE = 0.02
"""Depth of the face of a case that is a door when nothing stands out, [m]."""
NARROW = 0.5
"""Share of a case's width below which a slice is of what stands out of it."""


def split_panel(points: Float64) -> tuple[np.ndarray, np.ndarray]:
    """Tell a door from its case: what stands out toward the robot, else the face toward it.

    Args:
        points: Of both, shape (N, 3), [m].

    Returns:
        Which points are the door's, and which the case's, bool (N,) each.
    """
    depth = points[:, 1]
    front = float(np.percentile(depth, 0.5))
    rows = np.maximum(((depth - front) / SLICE).astype(np.int64), 0)
    widths = np.zeros(int(rows.max()) + 1)
    for row in range(len(widths)):
        across = points[rows == row, 0]
        if len(across) > 4:
            widths[row] = float(np.ptp(np.percentile(across, [2.0, 98.0])))
    wide = np.flatnonzero(widths > NARROW * widths.max())
    out = int(wide[0]) if len(wide) else 0
    limit = front + (out * SLICE if out * SLICE > STANDS_OUT else FACE)
    door = depth < limit
    return door, ~door
