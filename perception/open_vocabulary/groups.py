"""Masks and depth to one cloud per thing: what several views say is joined where it is the same surface."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from ...core.arrays import Float64
from ...core.camera import CameraFrame
from ..cloud import Cloud
from .eyes import Detection

LEAST = 12  # Fewer points above the table than this are no thing: a flat picture, or nothing at all.
SAME_MASK = 0.7  # Masks of one picture that overlap more show one thing, as a share of their union.
WITHIN = 0.8  # A mask of the same word that lies in a bigger one by this share is a part of it.
SAME_SURFACE = 0.4  # Share of the surface seen by both views that both give to one thing.
BOTH_SEE = 8  # Fewer points seen by both views than this decide nothing.
TOUCHING = 0.008  # Points nearer than this are one surface, with the noise of depth cameras, [m].
FRAGMENT = 0.15  # Pieces of a mask smaller than this share of its largest are bleeding onto what is behind.


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A detection with its mask in one view.

    Attributes:
        frame: Index of the view.
        detection: Word, score and box.
        mask: Shape (height, width).
    """

    frame: int
    detection: Detection
    mask: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One thing that was detected in one or more views.

    Attributes:
        cloud: Its points from all views.
        word: The word that fits best over all views.
        score: The best score of that word.
        seen: Its detections.
    """

    cloud: Cloud
    word: str
    score: float
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """All points, by thing.

    Attributes:
        groups: Detected things, largest first.
        rest: Points of no detected thing.
        flat: Words of detections with nothing above the table behind them.
    """

    groups: tuple[Group, ...]
    rest: Cloud
    flat: tuple[str, ...]


def group(cloud: Cloud, frames: tuple[CameraFrame, ...], seen: Sequence[Seen]) -> Grouped:
    """Give every point to the thing that it was seen on.

    Args:
        cloud: Points above the table, without the robot.
        frames: The views.
        seen: All detections of all views.
    """
    seen = distinct(seen)
    owners = _owners(seen, frames)
    local = np.full(len(cloud), -1)
    for index in range(len(frames)):
        own = cloud.frame == index
        local[own] = owners[index][cloud.pixel[own, 0], cloud.pixel[own, 1]]
    for number in range(len(seen)):
        members = np.nonzero(local == number)[0]
        local[members[~_solid(cloud.take(members))]] = -1
    empty = np.bincount(local[local >= 0], minlength=len(seen)) < LEAST
    label = _joined(cloud, frames, local, empty, seen)
    label = np.append(label, -1)[local]
    label = _from_other_views(cloud, frames, owners, label, local)
    known = cloud.take(label >= 0)
    flat = tuple(seen[k].detection.word for k in np.nonzero(empty)[0] if not _shows(seen[k], known, frames))
    groups = []
    for number in np.unique(label[label >= 0]):
        members = label == number
        own = tuple(one for one in np.unique(local[members]) if one >= 0)
        groups.append(_group(cloud.take(members), [seen[one] for one in own]))
    groups.sort(key=lambda one: -len(one.cloud))
    return Grouped(groups=tuple(groups), rest=cloud.take(label < 0), flat=flat)


def distinct(seen: Sequence[Seen]) -> list[Seen]:
    """Drop masks that show what a better one of the same view shows, best first.

    Args:
        seen: Detections of any number of views.
    """
    kept: list[Seen] = []
    for one in sorted(seen, key=lambda each: -each.detection.score):
        rivals = [other for other in kept if other.frame == one.frame]
        if one.mask.any() and not any(_repeats(one, other) for other in rivals):
            kept.append(one)
    return kept


def _repeats(one: Seen, other: Seen) -> bool:
    shared = int((one.mask & other.mask).sum())
    sizes = int(one.mask.sum()), int(other.mask.sum())
    if shared > SAME_MASK * (sum(sizes) - shared):
        return True
    # What lies in a bowl has another word, or a mask of its own in another view.
    return one.detection.word == other.detection.word and shared > WITHIN * min(sizes)


def _owners(seen: Sequence[Seen], frames: tuple[CameraFrame, ...]) -> list[NDArray[np.int64]]:
    """Give for every pixel of every view the detection that it shows, or -1.

    Of nested masks the smaller is in front: what lies in a bowl is no bowl.
    """
    owners = [np.full(frame.depth.shape, -1) for frame in frames]
    for number in sorted(range(len(seen)), key=lambda index: -int(seen[index].mask.sum())):
        owners[seen[number].frame][seen[number].mask] = number
    return owners


def _solid(cloud: Cloud) -> NDArray[np.bool_]:
    """Mark what hangs together with most of a mask's points; the rest bled onto what is behind."""
    if len(cloud) < 2:
        return np.ones(len(cloud), bool)
    reach = 2.5 * cloud.pitch + 0.003
    pairs = KDTree(cloud.p_W).query_pairs(float(reach.max()), output_type="ndarray")
    a, b = pairs.T
    gap = np.linalg.norm(cloud.p_W[a] - cloud.p_W[b], axis=1)
    near = gap < np.maximum(reach[a], reach[b])
    links = coo_matrix((np.ones(int(near.sum())), (a[near], b[near])), shape=(len(cloud),) * 2)
    label = connected_components(links, directed=False)[1]
    count = np.bincount(label)
    return (count >= FRAGMENT * count.max())[label]


def _look(cloud: Cloud, frame: CameraFrame) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """Project points into a view.

    Returns:
        Which of them the view sees on its first surface, and their rows and columns (0 for the others).
    """
    X_CW = frame.X_WC.inverse()
    p_C = cloud.p_W @ X_CW.rotation().matrix().T + X_CW.translation()
    column, row = np.nan_to_num(frame.model.project(p_C), nan=-9.0).round().astype(np.int64).T
    inside = (row >= 0) & (row < frame.model.height) & (column >= 0) & (column < frame.model.width)
    row, column = np.where(inside, row, 0), np.where(inside, column, 0)
    with np.errstate(invalid="ignore"):
        # The tolerance grows as the noise of depth cameras does.
        inside &= np.abs(frame.depth[row, column] - p_C[:, 2]) < 0.010 + 0.010 * p_C[:, 2]
    return inside, row, column


def _joined(
    cloud: Cloud,
    frames: tuple[CameraFrame, ...],
    local: NDArray[np.int64],
    empty: NDArray[np.bool_],
    seen: Sequence[Seen],
) -> NDArray[np.int64]:
    """Join the detections that show one thing from several sides; give each one's thing, -1 for none."""
    count = len(seen)
    both = np.zeros((count, count))  # Points of the one that the other's view sees in the other's mask.
    visible = np.zeros((count, count))  # Points of the one that the other's view sees at all.
    views = np.array([one.frame for one in seen], np.int64)
    clouds = [cloud.take(local == number) for number in range(count)]
    owners = _owners(seen, frames)
    for one in np.nonzero(~empty)[0]:
        for view in np.unique(views[views != views[one]]):
            sees, row, column = _look(clouds[one], frames[view])
            own = owners[view][row[sees], column[sees]]
            others = np.nonzero(views == view)[0]
            visible[one, others] = sees.sum()
            both[one, others] = [(own == other).sum() for other in others]
    pairs = []
    for one in range(count):
        for other in range(one):
            if views[one] == views[other] or empty[one] or empty[other]:
                continue
            seen_by_both = visible[one, other] + visible[other, one]
            if seen_by_both >= BOTH_SEE:
                share = (both[one, other] + both[other, one]) / seen_by_both
            else:
                share = _touching(clouds[one].p_W, clouds[other].p_W)
            if share > SAME_SURFACE:
                pairs.append((share, one, other))
    label = np.where(empty, -1, np.arange(count))
    for _, one, other in sorted(pairs, reverse=True):
        ours, theirs = label == label[one], label == label[other]
        # A thing has one mask in each view.
        if label[one] != label[other] and not set(views[ours]) & set(views[theirs]):
            label[theirs] = label[one]
    return label


def _shows(one: Seen, known: Cloud, frames: tuple[CameraFrame, ...]) -> bool:
    """Tell whether a mask shows a thing that was found from another side."""
    sees, row, column = _look(known, frames[one.frame])
    return int((sees & one.mask[row, column]).sum()) >= LEAST


def _touching(p_W: Float64, other_W: Float64) -> float:
    """Give the share of the smaller cloud that lies on the other."""
    few, many = sorted((p_W, other_W), key=len)
    return float(np.mean(KDTree(many).query(few)[0] < TOUCHING))


def _from_other_views(
    cloud: Cloud,
    frames: tuple[CameraFrame, ...],
    owners: list[NDArray[np.int64]],
    label: NDArray[np.int64],
    local: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Give points that their own view says nothing about to the thing that another view sees there."""
    thing = np.full(int(local.max(initial=-1)) + 2, -1)  # The last entry stands for none: index -1.
    thing[local[local >= 0]] = label[local >= 0]
    label = label.copy()
    for index, frame in enumerate(frames):
        todo = np.nonzero((label < 0) & (cloud.frame != index))[0]
        if not len(todo):
            continue
        sees, row, column = _look(cloud.take(todo), frame)
        own = owners[index][row[sees], column[sees]]
        label[todo[sees]] = thing[np.where(own < len(thing) - 1, own, -1)]
    return label


def _group(cloud: Cloud, seen: list[Seen]) -> Group:
    """Choose the word: the one whose scores over all views add up to most."""
    total: dict[str, float] = {}
    for one in seen:
        word = one.detection.word
        total[word] = total.get(word, 0.0) + one.detection.score
    best = max(total, key=lambda word: total[word])
    score = max(one.detection.score for one in seen if one.detection.word == best)
    return Group(cloud=cloud, word=best, score=score, seen=tuple(seen))
