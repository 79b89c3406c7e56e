"""What makes a measurement uncertain: cut off, hidden, seen in part, or perhaps one with its neighbour.

The limits were set on 25 simulated tables, whole, with a camera or with 30 % of the depth missing. On
30 other tables, 241 things, trusted ones that were more than 12 mm off or no thing at all: whole 0,
depth missing 2, wrist camera alone 1, front camera alone 0; whole tables keep 95 % of the things trusted.
"""

from collections.abc import Sequence

import numpy as np
from scipy.spatial import KDTree

from ..core.camera import CameraFrame
from .cloud import Cloud, stride
from .kernels import hidden_contour
from .segments import same_color, seen_free

NEARER = 0.02  # What lies this much nearer than its neighbour in the picture hides it, [m].
HIDDEN = 0.25  # Share of a thing's contour that is hidden by something nearer before it is doubted.
FEW = 60  # A thing of fewer points is too small a sight to be measured.
LOW = 0.02  # Share of the points that lie in the lower half of what is seen from its side too.
FLAT = 0.03  # What is lower than this shows itself from above, [m].
NEAR = 0.06  # Pieces of one colour nearer than this may be one thing, if nobody sees between them, [m].


def perhaps_one(clouds: Sequence[Cloud], frames: tuple[CameraFrame, ...]) -> list[tuple[int, int]]:
    """Find pairs of one colour that may be one thing: near each other, and no camera sees between them.

    Args:
        clouds: Points of each thing.
        frames: The frames that they were seen in.
    """
    boxes = [(cloud.p_W.min(axis=0), cloud.p_W.max(axis=0)) for cloud in clouds]
    colors = [np.median(cloud.rgb, axis=0) for cloud in clouds]
    pairs = []
    for one in range(len(clouds)):
        for other in range(one + 1, len(clouds)):
            apart = np.maximum(boxes[one][0] - boxes[other][1], boxes[other][0] - boxes[one][1])
            if np.linalg.norm(np.maximum(apart, 0.0)) > NEAR or not same_color(colors[one], colors[other]):
                continue
            few, many = (clouds[i].p_W[:: max(1, len(clouds[i]) // 400)] for i in (one, other))
            gap, nearest = KDTree(many).query(few)
            closest = int(np.argmin(gap))
            if gap[closest] > NEAR:
                continue
            start, end = few[closest], many[int(np.asarray(nearest)[closest])]
            between = start + np.linspace(0.0, 1.0, 9)[1:-1, None] * (end - start)
            if not seen_free(between, frames).any():
                pairs.append((one, other))
    return pairs


def doubts_about(cloud: Cloud, frames: tuple[CameraFrame, ...], base: float) -> tuple[str, ...]:
    """Say what is uncertain about a thing; one camera that sees it well is enough to doubt nothing.

    Args:
        cloud: Points of the thing.
        frames: The frames that it was seen in.
        base: Height of what it stands on, [m].
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
    z = cloud.p_W[:, 2] - base
    if len(cloud) < FEW:
        doubts.append("hardly anything is seen of it")
    elif z.max() > FLAT and np.mean(z < 0.5 * z.max()) < LOW:
        doubts.append("only its top is seen")
    return tuple(doubts)


def _hidden_share(frame: CameraFrame, row: np.ndarray, column: np.ndarray) -> float:
    """Give the share of a thing's contour where what lies beside it in the picture is nearer."""
    own = np.zeros(frame.depth.shape, bool)
    own[row, column] = True
    nearer, contour = hidden_contour(
        np.ascontiguousarray(frame.depth), own, np.stack([row, column], axis=1), stride(frame), NEARER
    )
    return nearer / max(contour, 1)
