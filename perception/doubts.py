"""What makes a measurement uncertain: cut off by the picture's edge, or hidden behind something."""

import numpy as np

from ..core.camera import CameraFrame
from .cloud import Cloud, stride

NEARER = 0.02  # What lies this much nearer than its neighbour in the picture hides it, [m].
HIDDEN = 0.25  # Share of a thing's contour that is hidden by something nearer before it is doubted.


def doubts_about(cloud: Cloud, frames: tuple[CameraFrame, ...]) -> tuple[str, ...]:
    """Say what is uncertain about a thing; one camera that sees it well is enough to doubt nothing.

    Args:
        cloud: Points of the thing.
        frames: The frames that it was seen in.
    """
    cut, hidden = [], []
    for index in np.unique(cloud.frame):
        frame = frames[index]
        row, column = cloud.pixel[cloud.frame == index].T
        step = stride(frame)
        last_row, last_column = frame.model.height - step, frame.model.width - step
        at_edge = (row == 0) | (row >= last_row) | (column == 0) | (column >= last_column)
        cut.append(int(at_edge.sum()) > 2)
        hidden.append(_hidden_share(frame, row, column) > HIDDEN)
    doubts = []
    if cut and all(cut):
        doubts.append("it is cut off by the edge of every picture")
    if hidden and all(hidden):
        doubts.append("it is partly hidden in every picture")
    return tuple(doubts)


def _hidden_share(frame: CameraFrame, row: np.ndarray, column: np.ndarray) -> float:
    """Give the share of a thing's contour where what lies beside it in the picture is nearer."""
    own = np.zeros(frame.depth.shape, bool)
    own[row, column] = True
    contour = nearer = 0
    step = stride(frame)
    for down, right in ((0, step), (0, -step), (step, 0), (-step, 0)):
        r = np.clip(row + down, 0, frame.model.height - 1)
        c = np.clip(column + right, 0, frame.model.width - 1)
        beside = ~own[r, c]
        with np.errstate(invalid="ignore"):
            nearer += int((beside & (frame.depth[r, c] < frame.depth[row, column] - NEARER)).sum())
        contour += int(beside.sum())
    return nearer / max(contour, 1)
