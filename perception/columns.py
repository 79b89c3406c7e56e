"""Columns of blocks: a square face that looks up is the top of a cube, and what is under it is another.

Cameras that look down on a stack see all of its top and hardly a strip of what
carries it, cut into slivers by shade and colour. A cube's side, though, is known
from its top face: so the top block ends that far below, and whatever is seen
under it belongs to the blocks below, whose height is what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from ..core.arrays import Float64
from . import bodies
from .bodies import Body
from .cloud import Cloud, joined
from .cubes import cube_center
from .footprints import Rectangle, fit_circle, fit_corner, fit_rectangle, outline
from .ranks import middle, rank, ranks
from .segments import same_color

CUBE = (0.030, 0.056)  # Sides of household blocks, [m].
SQUARE = 0.84  # Least ratio of a square's measured sides.
ANGULAR = 0.75  # A square face fits a rectangle so much better than a circle.
STANDS = 0.013  # A cube whose measured underside is so near to what carries it stands on it, [m].
BESIDE = 0.014  # How far a carrier may stand out of what it carries, [m].
MOSTLY = 0.7  # A cluster of which this share is under a block is a part of the column.
WIDE = 0.75  # A carrier narrower than this share of what it carries is a face of one.
FEWEST = 12
UNLIKE = 0.16  # How far the sides of stacked blocks may differ that are explained as one box, as a share.
AS_LIGHT = 0.4  # Largest log ratio of light between faces of one colour.
JOINED = "it may be one piece with what it touches: they are of one colour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A cluster, or a part of one.

    Attributes:
        cloud: Its points.
        body: What it is, where that is known already.
        doubts: What is uncertain about its being one thing.
    """

    cloud: Cloud
    body: Body | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a cluster before columns are looked for.

    Attributes:
        cloud: Its points.
        body: What it is taken for by itself.
        trusted: Whether that explains it.
        base: Height of what carries it, [m].
        eye: From where it was mostly seen, shape (3,), [m].
        part: What was known of it beforehand.
    """

    cloud: Cloud
    body: Body
    trusted: bool
    base: float
    eye: Float64
    part: Part


def top_square(cloud: Cloud) -> tuple[Rectangle, float] | None:
    """Give the square face on top of a cluster and its height, or None where there is none.

    Args:
        cloud: The cluster.
    """
    p_W = cloud.p_W
    z = p_W[:, 2]
    top = rank(z[z > rank(z, 0.98) - 0.008], 0.75)
    face = p_W[z > top - 0.007]
    if len(face) < FEWEST:
        return None
    contour = outline(face[:, :2], rank(cloud.pitch, 0.25))
    square = fit_rectangle(contour)
    if not (CUBE[0] < square.width and square.length < CUBE[1] and square.width > SQUARE * square.length):
        return None
    if square.rms > min(ANGULAR * fit_circle(contour).rms, 0.003):
        return None
    return square, top


def columns(known: Sequence[Known]) -> list[Part]:
    """Take columns of blocks apart; all other clusters stay as they are.

    Args:
        known: The clusters.

    Returns:
        The parts; those that are blocks of a column know their body.
    """
    free = [i for i, one in enumerate(known) if not _furniture(one.body) and one.part.body is None]
    squares = {i: top_square(known[i].cloud) for i in free}
    tops = {i: square for i, square in squares.items() if square is not None}
    parts: list[Part] = []
    gone: set[int] = set()
    for index in sorted(tops, key=lambda i: -tops[i][1]):
        if index in gone:
            continue
        square, top = tops[index]
        side, one = (square.length + square.width) / 2.0, known[index]
        under = top - side
        if under < one.base + STANDS or _carried(index, square, under, known):
            continue
        members = [i for i in range(len(known)) if i != index and _under(known[i], square, under, gone)]
        own = one.cloud.p_W[:, 2] < under
        pool = joined(one.cloud.take(own), *(known[i].cloud for i in members))
        # What seemed to carry it may be a layer itself.
        base = min([one.base, *(known[i].base for i in members)])
        layers = _layers(pool, square, (base, under), one.eye)
        if layers and not (one.trusted and not members and _uneven(side, layers)):
            first = _cube(square.center, square.yaw, side, (under, top))
            parts += _doubted([Part(cloud=one.cloud.take(~own), body=first), *layers])
            gone |= {index, *members}
    return parts + [one.part for i, one in enumerate(known) if i not in gone]


def _uneven(side: float, layers: list[Part]) -> bool:
    """Tell whether blocks differ from the one on top: a solid of even faces is then one box, not they."""
    return any(abs(part.body.size[2] - side) > UNLIKE * side for part in layers if part.body is not None)


def _furniture(body: Body) -> bool:
    return body.kind in ("tray", "drawer", "shelf", "bowl", "plate", "ball", "rack", "wall")


def _cube(center: Float64, yaw: float, side: float, z: tuple[float, float]) -> Body:
    return bodies.cuboid("block", center, yaw, side, side, z)


def _carried(index: int, square: Rectangle, under: float, known: Sequence[Known]) -> bool:
    """Tell whether something already known ends where the cube begins."""
    return any(
        i != index
        and one.trusted
        and float(one.body.size[:2].min()) > WIDE * square.width
        and one.body.covers(square.center)
        and abs(one.body.floor - under) < STANDS
        for i, one in enumerate(known)
    )


def _under(one: Known, square: Rectangle, under: float, gone: set[int]) -> bool:
    """Tell whether most of a cluster lies under a block."""
    if one.part.body is not None or (_furniture(one.body) and one.trusted):
        return False
    p_W = one.cloud.p_W
    R = np.array([[np.cos(square.yaw), np.sin(square.yaw)], [-np.sin(square.yaw), np.cos(square.yaw)]])
    offset = np.abs((p_W[:, :2] - square.center) @ R.T)
    reach = (square.length + square.width) / 4.0 + BESIDE
    return float(np.mean((offset < reach).all(axis=1) & (p_W[:, 2] < under + 0.006))) > MOSTLY


def _layers(pool: Cloud, square: Rectangle, z: tuple[float, float], eye: Float64) -> list[Part]:
    """Make the blocks between two heights of what is seen there, the lowest first."""
    base, under = z
    side = (square.length + square.width) / 2.0
    count = max(1, round((under - base) / side))
    height = (under - base) / count
    if not CUBE[0] < height < CUBE[1] or count > 4:
        return []
    place = np.clip(np.floor((pool.p_W[:, 2] - base) / height), 0, count - 1).astype(int)
    parts = []
    for number in range(count):
        cloud = pool.take(place == number)
        if len(cloud) < FEWEST:
            return []
        low = base + number * height
        center, yaw = _place(cloud, height, square, eye)
        parts.append(Part(cloud=cloud, body=_cube(center, yaw, height, (low, low + height))))
    return parts


def _place(cloud: Cloud, side: float, above: Rectangle, eye: Float64) -> tuple[Float64, float]:
    """Find where a cube of known side is from the faces seen: as what it carries, or by its own corner."""
    p_W = cloud.p_W[:: max(len(cloud) // 200, 1)]
    corner = fit_corner(p_W[:, :2], 0.0)
    options = [(above.center, above.yaw)]
    options += [(cube_center(p_W[:, :2], side, yaw, eye), yaw) for yaw in (corner.yaw, above.yaw)]
    z = (float(p_W[:, 2].min()) - 0.02, float(p_W[:, 2].max()) + 0.02)
    costs = []
    for center, yaw in options:
        body = _cube(center, yaw, side, z)
        costs.append(float(np.mean(np.minimum(body.residual(p_W), 0.01))))
    # What was built is usually built straight: the place above is left only for a better one.
    costs[0] -= 0.0005
    return options[int(np.argmin(costs))]


def _doubted(parts: list[Part]) -> list[Part]:
    """Doubt blocks of a column that have the colour of the next one, top block first."""
    ordered = [parts[0], *reversed(parts[1:])]
    colors = [
        ranks(part.cloud.rgb[part.cloud.rgb.sum(axis=1) >= middle(part.cloud.rgb.sum(axis=1))], 0.5)
        for part in ordered
    ]
    alike = [
        bool(same_color(a, b)) and abs(np.log((a.sum() + 0.02) / (b.sum() + 0.02))) < AS_LIGHT
        for a, b in pairwise(colors)
    ]
    return [
        replace(part, doubts=(JOINED,)) if any(alike[max(i - 1, 0) : i + 1]) else part
        for i, part in enumerate(ordered)
    ]
