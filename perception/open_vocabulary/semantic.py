"""Semantic keypoints: where a thing's patch features fall into parts, projected onto its measured surface.

The method of ReKep (W. Huang et al., "ReKep: Spatio-Temporal Reasoning of
Relational Keypoint Constraints", CoRL 2024, section 3.3 and appendix A.5):
within each mask the features are reduced to three dimensions and clustered by
k-means (k = 5), and candidates that lie close together are merged.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from ...core.arrays import Float64
from ...core.camera import CameraFrame
from ..cloud import Cloud
from ..keypoints import MOST
from ..scene import Keypoint, Thing

CLUSTERS = 5  # Of a mask: ReKep's.
DIMENSIONS = 3  # Of the reduced features: ReKep's.
APART = 0.03  # Nearer candidates are one, [m]; ReKep takes 0.06, but a block is 0.04 wide.
ROUNDS = 20  # Of k-means; it settles sooner.
FEWEST = 30  # Points of a view that clusters are worth looking for.
PATCH = 0.006  # The surface is averaged over this radius about a keypoint, against the depth's noise, [m].
PREFIX = "point_"
"""A semantic keypoint is the part ``point_1``, ``point_2``, ... of its thing."""


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
    labels = np.zeros(len(joint), np.int64)
    for _ in range(ROUNDS):
        labels = np.argmin(((joint[:, None] - centers) ** 2).sum(axis=2), axis=1)
        for one in np.unique(labels):
            centers[one] = joint[labels == one].mean(axis=0)
    return labels


def _nearest(points: Float64, place: Float64) -> int:
    return int(np.argmin(((points - place) ** 2).sum(axis=1)))


def number_all(things: Sequence[Thing]) -> tuple[Keypoint, ...]:
    """Choose at most 40 of the named parts and semantic points, and number them thing by thing from 1.

    Args:
        things: All things, with their semantic points among their parts.
    """
    most = max((_semantic(thing.parts) for thing in things), default=0)
    points = [f"{PREFIX}{number}" for number in range(1, most + 1)]
    # What is asked for most comes first, so that a crowded scene loses the least.
    order = ["center", "top", "handle", "opening", *points[:2], "rim", "neck", "spout", *points[2:], "bottom"]
    chosen: dict[str, list[str]] = {thing.name: [] for thing in things}
    count = 0
    for part in order:
        for thing in things:
            if part in thing.parts and count < MOST and not _taken(thing, part, chosen[thing.name]):
                chosen[thing.name].append(part)
                count += 1
    ordered = [(thing, part) for thing in things for part in order if part in chosen[thing.name]]
    return tuple(
        Keypoint(number=number, thing=thing.name, part=part, p_W=thing.parts[part])
        for number, (thing, part) in enumerate(ordered, start=1)
    )


def _semantic(parts: Mapping[str, Float64]) -> int:
    return sum(part.startswith(PREFIX) for part in parts)


def _taken(thing: Thing, part: str, chosen: Sequence[str]) -> bool:
    """Tell whether a point lies on one that is chosen; a semantic one gives way to a named one near it."""
    near = APART / 2.0 if part.startswith(PREFIX) else 1e-4
    return any(np.linalg.norm(thing.parts[part] - thing.parts[other]) < near for other in chosen)
