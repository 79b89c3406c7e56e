"""Clusters made into things: recognised from the bottom up, joined where cut, split where grown together."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .bodies import Body, with_handle
from .cloud import Cloud, joined
from .colors import hue_angle
from .recognize import recognize
from .segments import components, hidden_pairs
from .support import Support, find_support

POOR = 0.90  # A body that explains less than this share of its points may be two things.
LIES_ON = 0.80  # A sliver of which this share lies on a thing's surface is a part of it.
GAIN = 0.04  # Two solids have to explain so much more than one, as a share of the points.
GOOD = 0.85  # One that explains this share is trusted.
SPECK = 40  # Fewer points than this at a much bigger thing are its own shaded edge.


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A cluster with what it was taken for.

    Attributes:
        cloud: Its points.
        body: The solid that explains them.
        support: What is under it.
    """

    cloud: Cloud
    body: Body
    support: Support

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
    pieces = _recognize_all(whole, table, frames)
    pieces = _again([part for piece in pieces for part in _split(piece)], pieces, table, frames)
    pieces = _again(_absorbed(pieces), pieces, table, frames)
    return _attach_handles(pieces)


def _again(
    clouds: list[Cloud], pieces: list[Piece], table: float, frames: tuple[CameraFrame, ...]
) -> list[Piece]:
    """Recognise anew if the clusters have changed."""
    same = {id(cloud) for cloud in clouds} == {id(piece.cloud) for piece in pieces}
    return pieces if same else _recognize_all(clouds, table, frames)


def _recognize_all(clouds: list[Cloud], table: float, frames: tuple[CameraFrame, ...]) -> list[Piece]:
    """Recognise from the bottom up, so that each knows what it stands on."""
    pieces: list[Piece] = []
    for cloud in sorted(clouds, key=lambda cloud: float(np.percentile(cloud.p_W[:, 2], 3))):
        support = find_support(cloud.p_W, [piece.body for piece in pieces], table, frames)
        eye = frames[int(np.bincount(cloud.frame).argmax())].X_WC.translation()
        body = recognize(cloud.p_W, cloud.pitch, support.height, eye)
        pieces.append(Piece(cloud=cloud, body=body, support=support))
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


def _absorbed(pieces: list[Piece]) -> list[Cloud]:
    """Give slivers back to the thing on whose surface they lie.

    A side in deep shade has no hue, so it comes off as a cluster of its own.
    """
    clouds: list[Cloud | None] = [piece.cloud for piece in pieces]
    order = sorted(range(len(pieces)), key=lambda index: len(pieces[index].cloud))
    for small in order:
        sliver = pieces[small].cloud
        for big in reversed(order):
            target, main = clouds[big], pieces[big]
            if target is None or big == small or len(sliver) > len(main.cloud):
                continue
            if _same_shaded(sliver, main.cloud) and _belongs(pieces[small], main):
                clouds[big], clouds[small] = joined(target, sliver), None
                break
    return [cloud for cloud in clouds if cloud is not None]


def _belongs(sliver: Piece, main: Piece) -> bool:
    """Tell whether a small cluster lies on a bigger one's surface, or makes one vessel with it."""
    if main.body.kind == "thing" or not main.body.covers(np.median(sliver.cloud.p_W[:, :2], axis=0), 0.03):
        return False
    if len(sliver.cloud) < min(SPECK, 0.025 * len(main.cloud)):
        return True
    if len(sliver.cloud) < 0.3 * len(main.cloud) and _agreement(main.body, sliver.cloud) > LIES_ON:
        return True
    both = joined(main.cloud, sliver.cloud)
    body = recognize(both.p_W, both.pitch, min(sliver.support.height, main.support.height))
    hollow = body.kind in ("tray", "bowl", "mug", "plate")
    return hollow and min(_agreement(body, sliver.cloud), _agreement(body, main.cloud)) > GOOD


def _same_shaded(sliver: Cloud, main: Cloud) -> bool:
    """Tell whether a sliver may be the main part in the shade: dark, or of about its hue."""
    color = np.median(sliver.rgb, axis=0)
    return bool(color.sum() < 0.12 or hue_angle(color, np.median(main.rgb, axis=0)) < 0.35)


def _split(piece: Piece) -> list[Cloud]:
    """Split a cluster of one colour that no single solid explains but two do."""
    cloud, body, base = piece.cloud, piece.body, piece.support.height
    stacked = body.kind == "box" and max(body.size[:2]) < 0.054 and body.size[2] > 1.7 * min(body.size[:2])
    if not stacked and body.kind != "thing" and piece.agreement > POOR:
        return [cloud]
    best, halves = GOOD if stacked else piece.agreement + GAIN, None
    # A part of the points is enough to choose the cut.
    thinned = max(len(cloud) // 600, 1)
    few = cloud.take(np.arange(0, len(cloud), thinned))
    for cut in _cuts(cloud, base, stacked):
        upper = _one_cluster(few, cut(few), thinned)
        if min(upper.sum(), (~upper).sum()) < 12:
            continue
        low, high = few.take(~upper), few.take(upper)
        first = recognize(low.p_W, low.pitch, base)
        over = first.covers(np.median(high.p_W[:, :2], axis=0))
        above = over and np.median(high.p_W[:, 2]) > first.floor - 0.01
        second = recognize(high.p_W, high.pitch, first.floor if above else base)
        if "thing" in (first.kind, second.kind):
            continue
        share = (_agreement(first, low) * len(low) + _agreement(second, high) * len(high)) / len(few)
        if share > best:
            chosen = _one_cluster(cloud, cut(cloud), 1, seed=np.median(high.p_W, axis=0))
            best, halves = share, [cloud.take(~chosen), cloud.take(chosen)]
    return halves or [cloud]


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


def _cuts(cloud: Cloud, base: float, stacked: bool) -> list[Callable[[Cloud], NDArray[np.bool_]]]:
    """Propose two-way splits: at heights, and along the longest horizontal direction."""
    p_W = cloud.p_W
    bottom, top = np.percentile(p_W[:, 2], [2, 98])
    up = np.array([0.0, 0.0, 1.0])
    if stacked:
        return [_beyond(up, 0.5 * (base + top))]
    cuts = [_beyond(up, bottom + share * (top - bottom)) for share in np.linspace(0.25, 0.8, 8)]
    xy = p_W[:, :2] - p_W[:, :2].mean(axis=0)
    direction = np.array([*np.linalg.eigh(xy.T @ xy)[1][:, 1], 0.0])
    low, high = np.percentile(p_W @ direction, [5, 95])
    return cuts + [_beyond(direction, low + share * (high - low)) for share in np.linspace(0.25, 0.75, 7)]


def _beyond(direction: Float64, offset: float) -> Callable[[Cloud], NDArray[np.bool_]]:
    """Give the test whether points lie beyond a plane."""
    return lambda cloud: cloud.p_W @ direction > offset


def _attach_handles(pieces: list[Piece]) -> list[Piece]:
    """Give a cabinet the drawer front and handle that hang on its side, often in another shade."""
    taken: dict[int, int] = {}
    for index, piece in enumerate(pieces):
        if piece.body.kind == "drawer":
            taken |= {other: index for other in range(len(pieces)) if _hangs_on(pieces[other], piece)}
    kept = [index for index in range(len(pieces)) if index not in taken]
    place = {old: new for new, old in enumerate(kept)} | {-2: -2}
    result = []
    for index in kept:
        piece, body = pieces[index], pieces[index].body
        if body.kind == "drawer":
            out = ~body.holds(piece.cloud.p_W, 0.008)
            hanging = [pieces[other].cloud.p_W for other, owner in taken.items() if owner == index]
            front = np.concatenate([piece.cloud.p_W[out], *hanging])
            body = with_handle(body, front) if len(front) >= 10 else body
        support = Support(
            height=piece.support.height,
            on=place.get(piece.support.on, -1),
            inside=place.get(piece.support.inside, -1),
        )
        result.append(Piece(cloud=piece.cloud, body=body, support=support))
    return result


def _hangs_on(piece: Piece, cabinet: Piece) -> bool:
    """Tell whether a cluster is at a cabinet's side, off the table and no higher than the cabinet."""
    if piece is cabinet or piece.body.kind == "drawer":
        return False
    p_W = piece.cloud.p_W
    low, high = np.percentile(p_W[:, 2], [3, 97])
    beside = cabinet.body.covers(np.median(p_W[:, :2], axis=0), 0.10)
    return bool(beside and high < cabinet.body.floor + 0.004 and low > cabinet.support.height + 0.006)


def _agreement(body: Body, cloud: Cloud) -> float:
    step = max(len(cloud) // 400, 1)
    return float(np.mean(body.residual(cloud.p_W[::step]) < 0.005))
