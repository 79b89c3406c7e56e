"""Clusters made into things: recognised from the bottom up, joined where cut, split where grown together."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .bodies import Body, with_handle
from .cloud import Cloud, joined
from .recognize import recognize
from .segments import hidden_pairs
from .support import Support, find_support

POOR = 0.80  # A body that explains less than this share of its points may be two things.
GOOD = 0.85


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A cluster with what it was taken for.

    Attributes:
        cloud: Its points.
        body: The solid that explains them.
        support: What is under it.
        rgb: Colours of its main part, shape (N, 3).
    """

    cloud: Cloud
    body: Body
    support: Support
    rgb: Float64

    @property
    def agreement(self) -> float:
        """Share of the points that lie on the solid's surface."""
        return _agreement(self.body, self.cloud)


def assemble(clouds: tuple[Cloud, ...], table: float, frames: tuple[CameraFrame, ...]) -> list[Piece]:
    """Recognise every cluster.

    Args:
        clouds: The clusters.
        table: Height of the table, [m].
        frames: The frames that they were seen in.

    Returns:
        The things; each support's indices refer to this list.
    """
    whole = _joined_where_hidden(clouds, table, frames)
    parts = [part for cloud in whole for part in _split(cloud, table)]
    return _attach_handles(_recognize_all(parts, table, frames), frames)


def _recognize_all(clouds: list[Cloud], table: float, frames: tuple[CameraFrame, ...]) -> list[Piece]:
    """Recognise from the bottom up, so that each knows what it stands on."""
    pieces: list[Piece] = []
    for cloud in sorted(clouds, key=lambda cloud: float(np.percentile(cloud.p_W[:, 2], 3))):
        support = find_support(cloud.p_W, [piece.body for piece in pieces], table, frames)
        body = recognize(cloud.p_W, cloud.pitch, support.height)
        pieces.append(Piece(cloud=cloud, body=body, support=support, rgb=cloud.rgb))
    return pieces


def _joined_where_hidden(
    clouds: tuple[Cloud, ...], table: float, frames: tuple[CameraFrame, ...]
) -> list[Cloud]:
    """Join clusters that something in front cuts apart, if one solid explains both."""
    current: list[Cloud | None] = list(clouds)
    for one, other in hidden_pairs(clouds, frames):
        a, b = current[one], current[other]
        if a is None or b is None:
            continue
        both = joined(a, b)
        body = recognize(both.p_W, both.pitch, table)
        if body.kind != "thing" and _agreement(body, both) > GOOD:
            current[one], current[other] = both, None
    return [cloud for cloud in current if cloud is not None]


def _split(cloud: Cloud, table: float) -> list[Cloud]:
    """Split a cluster of one colour that no single solid explains but two do."""
    body = recognize(cloud.p_W, cloud.pitch, table)
    agreement = _agreement(body, cloud)
    stacked = body.kind == "box" and max(body.size[:2]) < 0.054 and body.size[2] > 1.7 * min(body.size[:2])
    if not stacked and body.kind != "thing" and agreement > POOR:
        return [cloud]
    best, halves = max(agreement, POOR), None
    for upper in _cuts(cloud, stacked):
        if min(upper.sum(), (~upper).sum()) < 12:
            continue
        low, high = cloud.take(~upper), cloud.take(upper)
        first = recognize(low.p_W, low.pitch, table)
        above = (
            first.covers(np.median(high.p_W[:, :2], axis=0))
            and np.median(high.p_W[:, 2]) > first.floor - 0.01
        )
        second = recognize(high.p_W, high.pitch, first.floor if above else table)
        if "thing" in (first.kind, second.kind):
            continue
        share = (_agreement(first, low) * len(low) + _agreement(second, high) * len(high)) / len(cloud)
        if share > best:
            best, halves = share, [low, high]
    return halves or [cloud]


def _cuts(cloud: Cloud, stacked: bool) -> list[NDArray[np.bool_]]:
    """Propose two-way splits: at heights, and along the longest horizontal direction."""
    p_W = cloud.p_W
    bottom, top = np.percentile(p_W[:, 2], [2, 98])
    if stacked:
        return [p_W[:, 2] > 0.5 * top]
    cuts = [p_W[:, 2] > bottom + share * (top - bottom) for share in np.linspace(0.25, 0.8, 8)]
    xy = p_W[:, :2] - p_W[:, :2].mean(axis=0)
    direction = np.linalg.eigh(xy.T @ xy)[1][:, 1]
    along = xy @ direction
    low, high = np.percentile(along, [5, 95])
    cuts += [along > low + share * (high - low) for share in np.linspace(0.25, 0.75, 7)]
    return cuts


def _attach_handles(pieces: list[Piece], frames: tuple[CameraFrame, ...]) -> list[Piece]:
    """Give a cabinet the drawer front and handle that hang on its side in another shade."""
    taken: dict[int, int] = {}
    for index, piece in enumerate(pieces):
        if piece.body.kind != "drawer":
            continue
        for other, hanging in enumerate(pieces):
            low = float(np.percentile(hanging.cloud.p_W[:, 2], 3))
            top = float(np.percentile(hanging.cloud.p_W[:, 2], 97))
            reach = piece.body.covers(np.median(hanging.cloud.p_W[:, :2], axis=0), 0.10)
            below = top < piece.body.floor + 0.004
            if other != index and hanging.body.kind != "drawer" and reach and below and low > 0.006:
                taken[other] = index
    if not taken:
        return pieces
    kept = [index for index in range(len(pieces)) if index not in taken]
    place = {old: new for new, old in enumerate(kept)} | {-1: -1, -2: -2}
    result = []
    for index in kept:
        piece = pieces[index]
        hanging = [pieces[other].cloud for other, owner in taken.items() if owner == index]
        body, cloud = piece.body, piece.cloud
        if hanging:
            front = joined(*hanging)
            body, cloud = with_handle(body, front.p_W), joined(cloud, front)
        support = Support(
            height=piece.support.height,
            on=place.get(piece.support.on, -1),
            inside=place.get(piece.support.inside, -1),
        )
        result.append(Piece(cloud=cloud, body=body, support=support, rgb=piece.rgb))
    return result


def _agreement(body: Body, cloud: Cloud) -> float:
    step = max(len(cloud) // 400, 1)
    return float(np.mean(body.residual(cloud.p_W[::step]) < 0.005))
