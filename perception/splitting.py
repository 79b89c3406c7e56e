"""One cluster that is several things: told apart by their shape.

Things of one colour that touch are one cluster. What gives them away is that no
single solid explains the cluster but two do; and that household blocks are
cubes, so that a bar three times as long as it is deep and high is three of them.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from .bodies import Body
from .cloud import Cloud
from .columns import CUBE, FEWEST, JOINED, Part
from .footprints import fit_rectangle, outline
from .ranks import middle, rank, ranks
from .recognize import recognize
from .segments import components

POOR = 0.90  # A body that explains less than this share of its points may be two things.
GAIN = 0.04  # Two solids have to explain so much more than one, as a share of the points.
UNEVEN = 0.16  # How far a row's length may be from a multiple of its depth, as a share of it.
LEDGE = 2.2  # A height with so many times the usual number of points is a face that looks up.
DEEPEST = 3
HOLLOW = ("bowl", "tray", "mug", "plate")
INSIDE = 0.004  # A middle so deep in another solid says that both are one, [m].
SMALLEST = 80  # A cluster of fewer points is left alone: its parts could not be recognised.
OFF = 0.006  # Points farther from a vessel's wall are not its own, [m].
CONTENT = 40  # Fewer points than this are noise, not something in a vessel.


def split(cloud: Cloud, body: Body, base: float, depth: int = DEEPEST) -> list[Part]:
    """Split a cluster that no single solid explains, or that is a pile of blocks.

    Args:
        cloud: The cluster.
        body: What it is taken for as a whole.
        base: Height of what carries it, [m].
        depth: How often parts may be split again.

    Returns:
        Its parts; the cluster alone where it is one thing.
    """
    row = _row(cloud, body, base)
    if row:
        return row
    inside = _content(cloud, body) if body.kind in HOLLOW else []
    if inside:
        return inside
    explained = agreement(body, cloud)
    if depth == 0 or len(cloud) < SMALLEST or (body.kind != "thing" and explained > POOR):
        return [Part(cloud=cloud)]
    halves = _two(cloud, explained, GAIN if body.kind == "thing" else 2.0 * GAIN, base)
    if halves is None:
        return [Part(cloud=cloud)]
    parts = []
    for half, whole, floor in halves:
        parts += split(half, whole, floor, depth - 1)
    return parts


def agreement(body: Body, cloud: Cloud) -> float:
    """Give the share of a cloud's points that lie on a body's surface."""
    step = max(len(cloud) // 400, 1)
    return float(np.mean(body.residual(cloud.p_W[::step]) < 0.005))


def _row(cloud: Cloud, body: Body, base: float) -> list[Part]:
    """Split a row of blocks as high as it is deep; nothing where it is none."""
    if body.kind not in ("box", "thing"):
        return []
    p_W = cloud.p_W
    z = p_W[:, 2]
    top = rank(z[z > rank(z, 0.98) - 0.008], 0.75)
    face = p_W[z > top - 0.007]
    if len(face) < FEWEST:
        return []
    rectangle = fit_rectangle(outline(face[:, :2], rank(cloud.pitch, 0.25)))
    side, height = rectangle.width, top - base
    depth = (side + height) / 2.0
    count = round(rectangle.length / depth)
    even = abs(rectangle.length - count * depth) < UNEVEN * depth and abs(height - side) < UNEVEN * depth
    if not (CUBE[0] < side < CUBE[1] and 2 <= count <= 4 and even) or rectangle.rms > 0.003:
        return []
    along = (p_W[:, :2] - rectangle.center) @ np.array([np.cos(rectangle.yaw), np.sin(rectangle.yaw)])
    place = np.clip(np.floor((along / rectangle.length + 0.5) * count), 0, count - 1).astype(int)
    parts = [Part(cloud=cloud.take(place == number), doubts=(JOINED,)) for number in range(count)]
    return parts if min(len(part.cloud) for part in parts) >= FEWEST else []


def _content(cloud: Cloud, body: Body) -> list[Part]:
    """Find what lies in a vessel of its own colour: what stands out of its wall and floor."""
    off = np.nonzero(body.residual(cloud.p_W) > OFF)[0]
    if len(off) < CONTENT:
        return []
    out = cloud.take(off)
    labels = components(out.p_W, out.rgb, out.pitch)
    chosen = off[labels == np.bincount(labels).argmax()]
    thing = cloud.take(chosen)
    over = body.covers(ranks(thing.p_W, 0.5)[:2], -0.01)
    if len(chosen) < CONTENT or not over:
        return []
    taken = recognize(thing.p_W, thing.pitch, body.floor)
    wide = float(taken.size[:2].max()) > 2.0 * (body.cavity_radius or float(body.size[0]) / 2.0)
    if taken.kind == "thing" or wide or agreement(taken, thing) < POOR:
        return []
    kept = np.ones(len(cloud), bool)
    kept[chosen] = False
    return [Part(cloud=cloud.take(kept)), Part(cloud=thing)]


def _two(
    cloud: Cloud, explained: float, gain: float, base: float
) -> tuple[tuple[Cloud, Body, float], tuple[Cloud, Body, float]] | None:
    """Find the cut whose two parts are explained best, each with its body and what it stands on."""
    # A part of the points is enough to choose the cut.
    thinned = max(len(cloud) // 500, 1)
    few = cloud.take(np.arange(0, len(cloud), thinned))
    best, found = explained + gain, None
    for cut in _cuts(few, base):
        upper = _one_cluster(few, cut(few), thinned)
        if min(upper.sum(), (~upper).sum()) < FEWEST:
            continue
        low, high = few.take(~upper), few.take(upper)
        first = recognize(low.p_W, low.pitch, base)
        if first.kind == "thing":
            continue
        above = first.covers(ranks(high.p_W, 0.5)[:2]) and middle(high.p_W[:, 2]) > first.floor - 0.01
        floor = first.floor if above else base
        second = recognize(high.p_W, high.pitch, floor)
        if second.kind == "thing" or in_one_place(first, second):
            continue
        share = (agreement(first, low) * len(low) + agreement(second, high) * len(high)) / len(few)
        if share > best:
            best, found = share, (cut, ranks(high.p_W, 0.5), first, second, floor)
    if found is None:
        return None
    cut, seed, first, second, floor = found
    chosen = _one_cluster(cloud, cut(cloud), 1, seed=seed)
    return (cloud.take(~chosen), first, base), (cloud.take(chosen), second, floor)


def in_one_place(one: Body, other: Body) -> bool:
    """Tell whether two solids would fill one place: two views of one thing that differ are not two."""
    if one.kind in HOLLOW or other.kind in HOLLOW:
        return False
    middles = one.X_WO.translation()[None], other.X_WO.translation()[None]
    return bool(one.holds(middles[1], -INSIDE)[0] or other.holds(middles[0], -INSIDE)[0])


def _one_cluster(
    cloud: Cloud, chosen: NDArray[np.bool_], thinned: int, seed: Float64 | None = None
) -> NDArray[np.bool_]:
    """Keep of the chosen points the largest cluster, or the one at a seed point.

    What else lies beyond the cut, such as a plate's rim, stays with the rest.
    """
    index = np.nonzero(chosen)[0]
    if len(index) < 2:
        return chosen
    part = cloud.take(index)
    labels = components(part.p_W, part.rgb, part.pitch * np.sqrt(thinned))
    wanted = np.bincount(labels).argmax()
    if seed is not None:
        wanted = labels[np.argmin(((part.p_W - seed) ** 2).sum(axis=1))]
    kept = np.zeros(len(cloud), bool)
    kept[index[labels == wanted]] = True
    return kept


def _cuts(cloud: Cloud, base: float) -> list[Callable[[Cloud], NDArray[np.bool_]]]:
    """Propose two-way splits: at heights, and along the longest horizontal direction."""
    p_W = cloud.p_W
    z = p_W[:, 2]
    bottom, top = max(rank(z, 0.02), base), rank(z, 0.98)
    up = np.array([0.0, 0.0, 1.0])
    heights = [bottom + share * (top - bottom) for share in np.linspace(0.25, 0.8, 6)]
    cuts = [_beyond(up, height) for height in (*_ledges(z, bottom, top), *heights)]
    xy = p_W[:, :2] - p_W[:, :2].mean(axis=0)
    direction = np.array([*np.linalg.eigh(xy.T @ xy)[1][:, 1], 0.0])
    along = p_W @ direction
    low, high = rank(along, 0.05), rank(along, 0.95)
    return cuts + [_beyond(direction, low + share * (high - low)) for share in np.linspace(0.25, 0.75, 7)]


def _ledges(z: Float64, bottom: float, top: float) -> list[float]:
    """Give the heights just above faces that look up, below the top one."""
    counts, edges = np.histogram(z, bins=np.arange(bottom, top - 0.010, 0.004))
    if len(counts) < 3:
        return []
    usual = max(float(np.median(counts)), 1.0)
    peaks = [
        k
        for k in range(len(counts))
        if counts[k] > LEDGE * usual and counts[k] == counts[max(k - 1, 0) : k + 2].max()
    ]
    return [float(edges[k]) + 0.008 for k in peaks]


def _beyond(direction: Float64, offset: float) -> Callable[[Cloud], NDArray[np.bool_]]:
    """Give the test whether points lie beyond a plane."""
    return lambda cloud: cloud.p_W @ direction > offset
