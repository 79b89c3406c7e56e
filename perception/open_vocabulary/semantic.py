"""Semantic keypoints: where a thing's patch features fall into parts, projected onto its measured surface.

The method of ReKep (W. Huang et al., "ReKep: Spatio-Temporal Reasoning of
Relational Keypoint Constraints", CoRL 2024, section 3.3 and appendix A.5):
within each mask the features are reduced to three dimensions and clustered by
k-means (k = 5), and candidates that lie close together are merged.
"""

from collections.abc import Mapping, Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray
from pydrake.math import RigidTransform
from scipy.optimize import linear_sum_assignment
from scipy.spatial import KDTree

from ...core.arrays import Float64
from ...core.camera import CameraFrame
from ..cloud import Cloud
from ..keypoints import POINT, SAME
from ..scene import Thing

CLUSTERS = 5  # Of a mask: ReKep's.
DIMENSIONS = 3  # Of the reduced features: ReKep's.
APART = 0.03  # Nearer candidates are one, [m]; ReKep takes 0.06, but a block is 0.04 wide.
ROUNDS = 20  # Of k-means; it settles sooner.
FEWEST = 30  # Points of a view that clusters are worth looking for.
ENOUGH = 400  # Points of a view that clusters are made of, about: more change nothing but the time.
PATCH = 0.006  # The surface is averaged over this radius about a keypoint, against the depth's noise, [m].


def candidates(
    cloud: Cloud, frames: tuple[CameraFrame, ...], grids: Sequence[NDArray[np.float32] | None]
) -> Float64:
    """Propose keypoints on one thing.

    Args:
        cloud: Its points.
        frames: The views.
        grids: The patch features of each view, shape (rows, columns, channels), or None.

    Returns:
        Points on the surface, those of the biggest clusters first, shape (K, 3), [m].
    """
    found: list[tuple[int, Float64]] = []
    for index in np.unique(cloud.frame):
        grid, part = grids[index], cloud.take(cloud.frame == index)
        if grid is None or len(part) < FEWEST:
            continue
        part = part.take(np.arange(0, len(part), -(-len(part) // ENOUGH)))
        features = sample(grid, part.pixel, frames[index].depth.shape)
        labels = _clusters(_reduced(features), part.p_W)
        for one in np.unique(labels):
            members = part.p_W[labels == one]
            found.append((len(members), members[_nearest(members, members.mean(axis=0))]))
    found.sort(key=lambda each: -each[0])
    tree = KDTree(cloud.p_W)
    kept: list[Float64] = []
    for _, p_W in found:
        if all(np.linalg.norm(p_W - other) > APART for other in kept):
            kept.append(cloud.p_W[tree.query_ball_point(p_W, PATCH)].mean(axis=0))
    return np.array(kept).reshape(-1, 3)


def sample(grid: NDArray[np.float32], pixel: NDArray[np.int64], size: tuple[int, ...]) -> Float64:
    """Interpolate patch features at pixels, bilinearly between the patches' centres.

    Args:
        grid: Shape (rows, columns, channels).
        pixel: Row and column in the picture, shape (N, 2).
        size: Height and width of the picture, [px].

    Returns:
        Shape (N, channels).
    """
    last = np.array(grid.shape[:2]) - 1
    place = np.clip((pixel + 0.5) / np.array(size) * np.array(grid.shape[:2]) - 0.5, 0.0, last)
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, last)
    down, right = (place - low).T[:, :, None]
    above = (1 - right) * grid[low[:, 0], low[:, 1]] + right * grid[low[:, 0], high[:, 1]]
    below = (1 - right) * grid[high[:, 0], low[:, 1]] + right * grid[high[:, 0], high[:, 1]]
    return np.asarray((1 - down) * above + down * below, np.float64)


def _reduced(features: Float64) -> Float64:
    """Reduce features to their three main directions, scaled together to spread 1."""
    centred = features - features.mean(axis=0)
    directions = np.linalg.svd(centred, full_matrices=False)[2][:DIMENSIONS]
    reduced = centred @ directions.T
    return reduced / max(float(np.ptp(reduced, axis=0).max()), 1e-9)


def _clusters(features: Float64, p_W: Float64) -> NDArray[np.int64]:
    """Cluster by features and place together, from seeds that lie farthest apart: the same every time."""
    place = (p_W - p_W.mean(axis=0)) / max(float(np.ptp(p_W, axis=0).max()), 1e-6)
    joint = np.concatenate([features, place], axis=1)
    seeds = [_nearest(joint, joint.mean(axis=0))]
    gap = np.linalg.norm(joint - joint[seeds[0]], axis=1)
    while len(seeds) < CLUSTERS:
        seeds.append(int(np.argmax(gap)))
        gap = np.minimum(gap, np.linalg.norm(joint - joint[seeds[-1]], axis=1))
    centers = joint[seeds]
    labels = np.full(len(joint), -1)
    for _ in range(ROUNDS):
        last, labels = labels, np.argmin(((joint[:, None] - centers) ** 2).sum(axis=2), axis=1)
        if (labels == last).all():
            break
        for one in np.unique(labels):
            centers[one] = joint[labels == one].mean(axis=0)
    return labels


def _nearest(points: Float64, place: Float64) -> int:
    return int(np.argmin(((points - place) ** 2).sum(axis=1)))


def named(
    points: Float64, parts: Mapping[str, Float64], X_WO: RigidTransform, before: Thing | None
) -> dict[str, Float64]:
    """Give keypoints their part names; one that was there before keeps its name.

    Args:
        points: Candidates, shape (K, 3), [m].
        parts: The thing's named parts: a candidate near one of them is that one.
        X_WO: Pose of the thing.
        before: The same thing in the scene before, or None.
    """
    others = np.array([p_W for part, p_W in parts.items() if part != "center"]).reshape(-1, 3)
    away = np.linalg.norm(points[:, None] - others[None], axis=2).min(axis=1, initial=np.inf)
    points = points[away > APART / 2.0]
    old = {part: p_W for part, p_W in before.parts.items() if part.startswith(POINT)} if before else {}
    names: dict[int, str] = {}
    if before is not None and old and len(points):
        moved = (X_WO @ before.X_WO.inverse()).multiply(np.array(list(old.values())).T).T
        gap = np.minimum(np.linalg.norm(points[:, None] - moved[None], axis=2), SAME)
        pairs = zip(*linear_sum_assignment(gap), strict=True)
        names = {int(i): list(old)[int(j)] for i, j in pairs if gap[i, j] < SAME}
    free = (name for number in count(1) if (name := f"{POINT}{number}") not in old)
    return {names[index] if index in names else next(free): p_W for index, p_W in enumerate(points)}
