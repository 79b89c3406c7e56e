"""A cloud taken apart into things: what is near and of one colour belongs together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from . import kernels
from .cloud import Cloud
from .colors import HUE_OFFSET, hue_angle
from .ranks import middle, rank, ranks

VOXEL = 0.005  # Points nearer than this and of one colour are one node of the graph, [m].
BUMP = 0.011  # Noise of a depth camera makes bumps up to this high, [m].
SPECKLE = 5  # Fewer points than this are not worth a word, only an edge's mixed pixels.
SAME_HUE = 0.12  # Largest sine of the angle between neighbours' colours: tuned on rendered scenes.
TWO_HUES = 0.16  # Distance of two colours' directions that no single surface has.
APART = 5.0  # How many times their spread two colours of one cluster lie apart at least.
DARK = 0.10  # Light at which a colour's angle is worth half: what is dark has hardly a hue.
UNLIT = 0.008  # Sum of three channels' light below which a pixel is black whatever it shows.
SHADED = 0.03  # Such pixels belong to the nearest lit ones within this reach, [m].
LOWERED = 0.3  # What a metre of height counts beside one of way.
SAME_LIGHT = 5.0  # Largest ratio of light between neighbours of one colour.


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """A cloud's points by the thing that they belong to.

    Attributes:
        clouds: One cloud for each thing, largest first.
        dropped: How many clusters were too small to be a thing.
    """

    clouds: tuple[Cloud, ...]
    dropped: int


def segment(cloud: Cloud, *, ground: tuple[float, Float64], smallest: int = 12) -> Segments:
    """Split what stands on the table into things.

    Args:
        cloud: Points above the table, without the robot.
        ground: Height and colour of the table: a low bump of its colour is noise.
        smallest: Clusters of fewer points are dropped.
    """
    if len(cloud) == 0:
        return Segments(clouds=(), dropped=0)
    node, p_W, rgb, pitch = _nodes(cloud)
    labels = _unlit_apart(p_W, rgb, components(p_W, rgb, pitch))
    labels = _apart_by_hue(p_W, rgb, pitch, labels)[node]
    clouds = []
    dropped = 0
    order = np.argsort(labels, kind="stable")
    for members in np.split(order, np.nonzero(np.diff(labels[order]))[0] + 1):
        piece = cloud.take(members)
        wide = len(piece) >= smallest and np.ptp(piece.p_W, axis=0).max() > 0.012
        if wide and not _bump(piece, *ground):
            clouds.append(piece)
        else:
            dropped += len(piece) >= SPECKLE
    clouds.sort(key=len, reverse=True)
    return Segments(clouds=tuple(clouds), dropped=dropped)


def _bump(cloud: Cloud, height: float, rgb: Float64) -> bool:
    """Tell whether a cluster is a low piece of the table itself."""
    low = rank(cloud.p_W[:, 2], 0.9) < height + BUMP
    return low and bool(same_color(ranks(cloud.rgb, 0.5), rgb))


def _nodes(cloud: Cloud) -> tuple[NDArray[np.int64], Float64, Float64, Float64]:
    """Pool points of one voxel and one colour.

    Returns:
        The node of each point, and of each node the mean position, mean colour and largest pitch.
    """
    voxel = np.floor((cloud.p_W - cloud.p_W.min(axis=0)) / VOXEL).astype(np.int64)
    light = cloud.rgb.sum(axis=1)
    share = np.floor(cloud.rgb[:, :2] / np.maximum(light, 0.02)[:, None] / 0.08).astype(np.int64)
    shade = np.floor(np.log(np.maximum(light, 0.02)) / 0.6).astype(np.int64)
    key = voxel[:, 0]
    for column, base in (
        (voxel[:, 1], 1024),
        (voxel[:, 2], 1024),
        (share[:, 0], 16),
        (share[:, 1], 16),
        (shade + 10, 16),
    ):
        key = key * base + column
    _, node = np.unique(key, return_inverse=True)
    count = np.bincount(node).astype(np.float64)
    p_W = np.stack([np.bincount(node, cloud.p_W[:, axis]) for axis in range(3)], axis=1) / count[:, None]
    rgb = np.stack([np.bincount(node, cloud.rgb[:, axis]) for axis in range(3)], axis=1) / count[:, None]
    pitch = np.zeros(len(count))
    np.maximum.at(pitch, node, cloud.pitch)
    return node, p_W, rgb, pitch


def components(p_W: Float64, rgb: Float64, pitch: Float64) -> NDArray[np.int64]:
    """Link neighbours of one colour and label what hangs together.

    Args:
        p_W: Points, shape (N, 3), [m].
        rgb: Their colours, linear light, shape (N, 3).
        pitch: Spacing of the points, shape (N,), [m].

    Returns:
        Label of each point, from 0, shape (N,).
    """
    reach = 2.2 * pitch + 0.002
    return kernels.linked(p_W, rgb, reach, SAME_HUE, DARK, SAME_LIGHT, HUE_OFFSET)


def _unlit_apart(p_W: Float64, rgb: Float64, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give what no light reaches to the nearest lit neighbour: faces in the dark that meet look alike."""
    unlit = rgb.sum(axis=1) < UNLIT
    if not unlit.any() or unlit.all():
        return labels
    # An upright face in the dark goes with the lit edge above it.
    flat = p_W * [1.0, 1.0, LOWERED]
    away, nearest = KDTree(flat[~unlit]).query(flat[unlit], distance_upper_bound=SHADED)
    near = np.isfinite(away)
    labels = labels.copy()
    labels[np.nonzero(unlit)[0][near]] = labels[~unlit][np.asarray(nearest)[near]]
    return labels


def _apart_by_hue(p_W: Float64, rgb: Float64, pitch: Float64, labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Split clusters that hold two hues: mixed pixels on an edge chain one colour to the next."""
    labels = labels.copy()
    todo = [np.nonzero(labels == label)[0] for label in np.nonzero(np.bincount(labels) >= 16)[0]]
    fresh = int(labels.max()) + 1
    while todo:
        members = todo.pop()
        second = _second_hue(p_W[members], rgb[members])
        if second is None:
            continue
        for side in (members[~second], members[second]):
            within = components(p_W[side], rgb[side], pitch[side])
            labels[side] = fresh + within
            fresh += int(within.max()) + 1
            todo += [side[within == label] for label in np.nonzero(np.bincount(within) >= 16)[0]]
    return labels


def _second_hue(p_W: Float64, rgb: Float64) -> NDArray[np.bool_] | None:
    """Find the members of a second hue by two means on the colours' directions, or None."""
    lit = rgb.sum(axis=1) > 0.06
    if lit.sum() < 16:
        return None
    hue = rgb[lit] + 0.01
    hue = hue / np.linalg.norm(hue, axis=1, keepdims=True)
    first = ranks(hue, 0.5)
    away = np.linalg.norm(hue - first, axis=1)
    if rank(away, 0.96) < 0.6 * TWO_HUES:
        return None
    second = hue[np.argpartition(away, int(0.97 * len(away)))[int(0.97 * len(away))]]
    other = np.zeros(len(hue), bool)
    for _ in range(6):
        other = np.linalg.norm(hue - second, axis=1) < np.linalg.norm(hue - first, axis=1)
        if min(other.sum(), (~other).sum()) < 5:
            return None
        first, second = ranks(hue[~other], 0.5), ranks(hue[other], 0.5)
    # One surface in changing light spreads evenly between its extremes; two surfaces leave a gap.
    spread = middle(np.linalg.norm(hue[~other] - first, axis=1))
    spread += middle(np.linalg.norm(hue[other] - second, axis=1))
    if np.linalg.norm(first - second) < max(TWO_HUES, APART * spread):
        return None
    members = np.zeros(len(rgb), bool)
    members[lit] = other
    # What is too dark to have a hue goes with its nearest lit neighbour.
    members[~lit] = other[KDTree(p_W[lit]).query(p_W[~lit])[1]] if (~lit).any() else False
    return members


def same_color(rgb_a: Float64, rgb_b: Float64) -> NDArray[np.bool_]:
    """Tell whether two pixels may show one surface in different light."""
    light_a, light_b = rgb_a.sum(axis=-1), rgb_b.sum(axis=-1)
    ratio = (np.maximum(light_a, light_b) + 0.02) / (np.minimum(light_a, light_b) + 0.02)
    # What is dark has hardly a hue: its angle is worth less.
    slack = SAME_HUE * (1.0 + DARK / (np.minimum(light_a, light_b) + 0.02))
    return (hue_angle(rgb_a, rgb_b) < slack) & (ratio < SAME_LIGHT)


def hidden_pairs(
    clouds: tuple[Cloud, ...], frames: tuple[CameraFrame, ...], reach: float = 0.10
) -> list[tuple[int, int]]:
    """Find clusters of one colour whose gap no camera can see into, nearest first.

    A bottle before a tray cuts the tray's picture in two; the gap lies in the
    bottle's shadow. Where any camera sees the gap, the two stay apart.
    """
    few = [np.ascontiguousarray(cloud.p_W[:: max(len(cloud) // 200, 1)]) for cloud in clouds]
    lower = np.array([p_W.min(axis=0) for p_W in few]).reshape(-1, 3)
    upper = np.array([p_W.max(axis=0) for p_W in few]).reshape(-1, 3)
    colors = [ranks(cloud.rgb, 0.5) for cloud in clouds]
    pairs = []
    for one in range(len(clouds)):
        for other in range(one + 1, len(clouds)):
            box_gap = np.maximum(lower[one], lower[other]) - np.minimum(upper[one], upper[other])
            # Of what one thing in front cuts, no part lies wholly above the other.
            apart = np.linalg.norm(np.maximum(box_gap, 0.0)) > reach or box_gap[2] > -0.005
            if apart or not same_color(colors[one], colors[other]):
                continue
            i, j, gap = kernels.nearest_pair(few[one], few[other])
            if gap > reach:
                continue
            start, end = few[other][j], few[one][i]
            between = start + np.linspace(0.0, 1.0, 9)[1:-1, None] * (end - start)
            if not seen_free(between, frames).any():
                pairs.append((gap, one, other))
    return [(one, other) for _, one, other in sorted(pairs)]


def seen_free(p_W: Float64, frames: tuple[CameraFrame, ...], margin: float = 0.008) -> NDArray[np.bool_]:
    """Tell for each point whether some camera looks through it onto something farther."""
    free = np.zeros(len(p_W), bool)
    for frame in frames:
        p_C = frame.X_WC.inverse() @ p_W.T
        uv = frame.model.project(p_C.T)
        inside = (np.nan_to_num(uv, nan=-9.0).round() >= 0).all(axis=1) & (
            np.nan_to_num(uv, nan=1e9).round() < [frame.model.width, frame.model.height]
        ).all(axis=1)
        column, row = uv[inside].round().astype(int).T
        with np.errstate(invalid="ignore"):
            free[inside] |= frame.depth[row, column] > p_C[2, inside] + margin
    return free
