"""One cluster that is several things: stacks and rows told apart by their shape.

Things of one colour that touch are one cluster. What gives them away is that no
single solid explains the cluster but two do; and that household blocks are
cubes, so that a square column three times as high as wide is three of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from .bodies import Body
from .cloud import Cloud
from .footprints import fit_circle, fit_rectangle, outline
from .ranks import middle, rank, ranks
from .recognize import recognize
from .segments import components, same_color

POOR = 0.90  # A body that explains less than this share of its points may be two things.
GAIN = 0.04  # Two solids have to explain so much more than one, as a share of the points.
GOOD = 0.85  # A split that explains this share of a stack is trusted.
CUBE = (0.030, 0.056)  # Sides of household blocks, [m].
SQUARE = 0.84  # Least ratio of a square's measured sides.
ANGULAR = 0.75  # A square face fits a rectangle so much better than a circle.
UNEVEN = 0.13  # How far a column's height may be from a multiple of its side, as a share of a side.
LEDGE = 2.2  # A height with so many times the usual number of points is a face that looks up.
FEWEST = 12
DEEPEST = 3
JOINED = "it may be one piece with what it touches: they are of one colour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A cluster, or a part of one.

    Attributes:
        cloud: Its points.
        doubts: What is uncertain about its being one thing.
    """

    cloud: Cloud
    doubts: tuple[str, ...] = ()


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
    cubes = _cubes(cloud, body, base)
    if cubes:
        return cubes
    explained = agreement(body, cloud)
    if depth == 0 or (body.kind != "thing" and explained > POOR):
        return [Part(cloud=cloud)]
    halves = _two(cloud, explained, base)
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


def _cubes(cloud: Cloud, body: Body, base: float) -> list[Part]:
    """Split a column or a row of blocks; nothing where it is none."""
    if body.kind not in ("box", "thing", "block", "can", "bottle", "mug"):
        return []
    p_W = cloud.p_W
    top = _top(p_W)
    face = p_W[p_W[:, 2] > top - 0.007]
    if len(face) < FEWEST:
        return []
    contour = outline(face[:, :2], rank(cloud.pitch, 0.25))
    rectangle = fit_rectangle(contour)
    if rectangle.rms > min(ANGULAR * fit_circle(contour).rms, 0.003):
        return []
    long, short, height = rectangle.length, rectangle.width, top - base
    if not CUBE[0] < short < CUBE[1]:
        return []
    if long < CUBE[1] and short > SQUARE * long:
        return _column(cloud, (long + short) / 2.0, base, top)
    count = round(2.0 * long / (short + height))
    even = count > 0 and abs(long / count - (short + height) / 2.0) < UNEVEN * short
    if count < 2 or count > 4 or not even or abs(height - short) > UNEVEN * short:
        return []
    along = (p_W[:, :2] - rectangle.center) @ np.array([np.cos(rectangle.yaw), np.sin(rectangle.yaw)])
    place = np.clip(np.floor((along / long + 0.5) * count), 0, count - 1).astype(int)
    return _parts(cloud, place, count)


def _column(cloud: Cloud, side: float, base: float, top: float) -> list[Part]:
    """Split a square column at multiples of its side, where its height is one."""
    height = top - base
    count = round(height / side)
    if not 2 <= count <= 5 or abs(height / count - side) > UNEVEN * side:
        return []
    place = np.clip(np.floor((cloud.p_W[:, 2] - base) / height * count), 0, count - 1).astype(int)
    return _parts(cloud, place, count)


def _parts(cloud: Cloud, place: NDArray[np.int64], count: int) -> list[Part]:
    """Take apart by number; each part that has the colour of its neighbour is doubted."""
    clouds = [cloud.take(place == number) for number in range(count)]
    if min(len(one) for one in clouds) < FEWEST:
        return []
    colors = [ranks(one.rgb, 0.5) for one in clouds]
    alike = [bool(same_color(a, b)) and _as_light(a, b) for a, b in pairwise(colors)]
    return [
        Part(cloud=one, doubts=(JOINED,) if any(alike[max(number - 1, 0) : number + 1]) else ())
        for number, one in enumerate(clouds)
    ]


def _as_light(a: Float64, b: Float64) -> bool:
    """Tell whether two faces in the same light are of one brightness too."""
    return bool(abs(np.log((a.sum() + 0.02) / (b.sum() + 0.02))) < 0.4)


def _two(
    cloud: Cloud, explained: float, base: float
) -> tuple[tuple[Cloud, Body, float], tuple[Cloud, Body, float]] | None:
    """Find the cut whose two parts are explained best, each with its body and what it stands on."""
    # A part of the points is enough to choose the cut.
    thinned = max(len(cloud) // 500, 1)
    few = cloud.take(np.arange(0, len(cloud), thinned))
    best, found = explained + GAIN, None
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
        if second.kind == "thing":
            continue
        share = (agreement(first, low) * len(low) + agreement(second, high) * len(high)) / len(few)
        if share > best:
            best, found = share, (cut, ranks(high.p_W, 0.5), first, second, floor)
    if found is None:
        return None
    cut, seed, first, second, floor = found
    chosen = _one_cluster(cloud, cut(cloud), 1, seed=seed)
    return (cloud.take(~chosen), first, base), (cloud.take(chosen), second, floor)


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


def _top(p_W: Float64) -> float:
    z = p_W[:, 2]
    layer = z[z > rank(z, 0.98) - 0.008]
    return rank(layer, 0.75)
