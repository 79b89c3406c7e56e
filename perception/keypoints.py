"""Numbered points on things, as the picture shows them and programs call them.

A thing of a known shape has parts with names. One of unknown shape gets points on
the surface that was seen: where it ends in each direction, grouped by density so
that a stray pixel makes none. A point keeps its number from scene to scene.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from .clusters import dbscan
from .scene import Keypoint, Scene, Thing

MOST = 40
# What is asked for most comes first, so that a crowded scene loses the least.
_ORDER = ("center", "top", "handle", "opening", "rim", "neck", "spout", "lid", "front", "bottom")
UNKNOWN = "thing"
"""The kind whose shape says nothing: its parts are points of its surface."""
POINT = "point_"
"""Such parts are called ``point_1``, ``point_2``, ..."""
MOST_POINTS = 6
"""Points on one thing at most."""
END = 0.04
"""Share of a thing's points that counts as its end in a direction."""
REACH = 0.012
"""Ends nearer to each other than this are one point, [m]; several times the spacing of pixels at a metre."""
LEAST = 4
"""Fewest points that make an end; stray pixels come alone or in pairs."""
CANDIDATES = 400
"""Points of a cloud that are looked at, at most."""
SAME = 0.025
"""A point this near to where one of the scene before would be now is the same, [m]."""


def with_points(things: Iterable[Thing], previous: Scene | None = None) -> tuple[Thing, ...]:
    """Give things of unknown shape parts that lie on their seen surface.

    Args:
        things: What was perceived.
        previous: The scene before, whose points keep their names.
    """
    before = {thing.name: thing for thing in previous.things} if previous is not None else {}
    return tuple(
        _with_points(thing, before.get(thing.name)) if thing.kind == UNKNOWN else thing for thing in things
    )


def number_keypoints(things: Iterable[Thing], previous: Scene | None = None) -> tuple[Keypoint, ...]:
    """Choose at most 40 keypoints, thing by thing, and number them.

    Points that would lie on one another (a bottle's spout is its top) count once. The same
    part of the same thing keeps its number; a number that the scene before used for another
    point is not used again at once.

    Args:
        things: What was perceived.
        previous: The scene before.
    """
    things = tuple(things)
    before = {(old.thing, old.part): old.number for old in previous.keypoints} if previous else {}
    chosen: set[tuple[str, str]] = set()
    for part in _parts(things):
        # In a crowded scene the points of the last one go first, so that they stay.
        for thing in sorted(things, key=lambda one: (one.name, part) not in before):
            if part in thing.parts and len(chosen) < MOST and not _taken(thing, part, chosen):
                chosen.add((thing.name, part))
    ordered = [(thing, part) for thing in things for part in _parts([thing]) if (thing.name, part) in chosen]
    used = set(before.values())
    fresh = (number for number in range(1, 2 * MOST + len(ordered) + 1) if number not in used)
    return tuple(
        sorted(
            (
                Keypoint(
                    number=before.get((thing.name, part)) or next(fresh),
                    thing=thing.name,
                    part=part,
                    p_W=thing.parts[part],
                )
                for thing, part in ordered
            ),
            key=lambda point: point.number,
        )
    )


def _parts(things: Sequence[Thing]) -> list[str]:
    """List the parts that can be numbered, the most wanted first."""
    points = {part for thing in things for part in thing.parts if part.startswith(POINT)}
    return [*_ORDER[:-1], *sorted(points, key=lambda part: (len(part), part)), _ORDER[-1]]


def _taken(thing: Thing, part: str, chosen: set[tuple[str, str]]) -> bool:
    p_W = thing.parts[part]
    return any(
        (thing.name, other) in chosen and ((thing.parts[other] - p_W) ** 2).sum() < 1e-8
        for other in thing.parts
    )


def _with_points(thing: Thing, before: Thing | None) -> Thing:
    found = surface_points(thing.cloud, thing.X_WO)
    old = {part: p_W for part, p_W in before.parts.items() if part.startswith(POINT)} if before else {}
    names: dict[int, str] = {}
    if before is not None and old and len(found):
        names = _matched(found, old, before.X_WO, thing.X_WO)
    free = (f"{POINT}{number}" for number in range(1, 2 * MOST) if f"{POINT}{number}" not in old)
    points = {names[index] if index in names else next(free): p_W for index, p_W in enumerate(found)}
    return replace(thing, parts={**thing.parts, **points})


def surface_points(cloud: Float64, X_WO: RigidTransform) -> Float64:
    """Find where a surface ends toward the eight corners of a box around it.

    Toward the middle of a side a flat thing would end everywhere at once.

    Args:
        cloud: Points seen, p_W, shape (N, 3), [m].
        X_WO: Frame whose diagonals are the directions.

    Returns:
        At most 6 points of the cloud, the farthest apart first, shape (M, 3), [m].
    """
    points = cloud[:: max(1, len(cloud) // CANDIDATES)]
    if len(points) < LEAST:
        return np.zeros((0, 3))
    corners = np.stack(np.meshgrid(*[(-1.0, 1.0)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    directions = corners @ X_WO.rotation().matrix().T
    along = points @ directions.T
    count = max(LEAST, round(END * len(points)))
    ends = np.unique(np.argpartition(-along, count - 1, axis=0)[:count])
    labels = dbscan(points[ends], REACH, LEAST)
    middles = [points[ends][labels == label].mean(axis=0) for label in range(labels.max() + 1)]
    # A group's middle may hang in the air; the nearest point that was seen does not.
    snapped = [points[np.argmin(((points - middle) ** 2).sum(axis=1))] for middle in middles]
    return _farthest(np.array(snapped).reshape(-1, 3), X_WO.translation())


def _farthest(points: Float64, center: Float64) -> Float64:
    """Choose up to 6 points, each time the one farthest from the middle and those chosen before."""
    if not len(points):
        return points
    chosen = [int(np.argmax(((points - center) ** 2).sum(axis=1)))]
    while len(chosen) < min(MOST_POINTS, len(points)):
        away = np.min([((points - points[index]) ** 2).sum(axis=1) for index in chosen], axis=0)
        if float(away.max()) < (2.0 * REACH) ** 2:
            break
        chosen.append(int(np.argmax(away)))
    return points[chosen]


def _matched(
    found: Float64, old: dict[str, Float64], X_WA: RigidTransform, X_WB: RigidTransform
) -> dict[int, str]:
    """Name points after those of the scene before, carried along with the thing.

    Axes of a thing of unknown shape may be swapped from scene to scene, so the
    thing may as well have moved without turning; what fits better is believed.
    """
    from scipy.optimize import linear_sum_assignment

    parts, p_WA = list(old), np.array(list(old.values()))
    shift = X_WB.translation() - X_WA.translation()
    best: dict[int, str] = {}
    least = np.inf
    for p_WB in ((X_WB @ X_WA.inverse()).multiply(p_WA.T).T, p_WA + shift):
        away = np.linalg.norm(found[:, None] - p_WB[None], axis=2)
        rows, columns = linear_sum_assignment(np.minimum(away, SAME))
        cost = float(np.minimum(away, SAME)[rows, columns].sum())
        if cost < least:
            pairs = zip(rows, columns, strict=True)
            least, best = cost, {int(i): parts[int(j)] for i, j in pairs if away[i, j] < SAME}
    return best
