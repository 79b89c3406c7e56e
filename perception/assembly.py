"""Clusters made into things: recognised from the bottom up, joined where cut, split where grown together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .bodies import Body
from .carriers import HALF_GUESSED, completed, may_carry
from .cloud import Cloud, joined
from .colors import hue_angle
from .columns import Known, Part, columns
from .drawers import contents, floor_of, hangs_on, in_drawer, with_handle
from .hanging import Hung, taken_down
from .pulled import with_pulled_drawers
from .racks import rack
from .ranks import rank, ranks
from .recognize import recognize
from .segments import hidden_pairs
from .splitting import SMALLEST, agreement, split
from .standing import Stood, claimed, missing
from .support import Support, find_support

LIES_ON = 0.80  # A sliver of which this share lies on a thing's surface is a part of it.
SOLID = ("block", "ball", "can", "bottle")  # What no vessel is taken for.
ROUGH = 0.6  # Share of a handle's points that are near the handle of a mug.
GOOD = 0.85  # One that explains this share is trusted.
OVER = 0.02  # What begins so far above what seems to carry it may have a carrier not seen whole, [m].
DARKEST = 0.03  # Light of a sliver whose hue is worth about half, sum of three channels.
PEG_ABOVE = 0.08  # A rack's peg is at least so high above the table, [m].
SPECK = 40  # Fewer points than this at a much bigger thing are its own shaded edge.


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A cluster with what it was taken for.

    Attributes:
        cloud: Its points.
        body: The solid that explains them.
        support: What is under it.
        part: The cluster with what was known of it beforehand.
    """

    cloud: Cloud
    body: Body
    support: Support
    part: Part

    @property
    def agreement(self) -> float:
        """Share of the points that lie on the solid's surface."""
        return agreement(self.body, self.cloud)


def assemble(
    clouds: tuple[Cloud, ...],
    table: float,
    frames: tuple[CameraFrame, ...],
    before: Sequence[Stood] = (),
    hanging: Sequence[Hung] = (),
) -> list[Piece]:
    """Recognise every cluster.

    Args:
        clouds: The clusters.
        table: Height of the table, [m].
        frames: The frames that they were seen in.
        before: Furniture of an earlier look, expected where it stood if it is not told otherwise.
        hanging: What was hung on a peg, expected there.

    Returns:
        The things; each support's indices refer to this list.
    """
    hung, clouds = taken_down(hanging, clouds) if hanging else ([], clouds)
    known = [Part(cloud=cloud, body=body) for cloud, body in hung]
    pieces = _assembled(known, clouds, table, frames)
    lost = missing(before, [(piece.body, piece.cloud) for piece in pieces])
    found, rest = claimed(lost, clouds) if lost else ([], clouds)
    if not found:
        return pieces
    found += hung
    return _assembled([Part(cloud=cloud, body=body) for cloud, body in found], rest, table, frames)


def _assembled(
    known: list[Part], clouds: tuple[Cloud, ...], table: float, frames: tuple[CameraFrame, ...]
) -> list[Piece]:
    """Recognise every cluster beside what is known already."""
    known, rest = with_pulled_drawers(known, clouds, table)
    whole = known + _with_racks(_joined_where_hidden(tuple(rest), table, frames), table)
    pieces = _recognize_all(whole, table, frames)
    pieces = _again(_with_carriers(pieces), pieces, table, frames)
    pieces = _again(columns([_known(piece, frames) for piece in pieces]), pieces, table, frames)
    hanging = _hanging(pieces)
    parts = [
        part
        for index, piece in enumerate(pieces)
        for part in ([piece.part] if index in hanging else _split(piece))
    ]
    pieces = _again(parts, pieces, table, frames)
    pieces = _again(_absorbed(pieces), pieces, table, frames)
    return _attach_handles(pieces, frames)


def _with_racks(clouds: list[Cloud], table: float) -> list[Part]:
    """Tell racks first, with the shaded pieces of foot and post that are clusters of their own."""
    # A peg that points at the eye is not seen where it meets its post.
    pegs = [cloud for cloud in clouds if rank(cloud.p_W[:, 2], 0.03) > table + PEG_ABOVE]
    tries = clouds + [
        joined(cloud, peg)
        for peg in pegs
        for cloud in clouds
        if cloud is not peg and len(peg) < len(cloud) and _same_shaded(peg, cloud)
    ]
    racks: list[Stood] = []
    for cloud in sorted(tries, key=len, reverse=True):
        body = rack(cloud.p_W, table)
        if body is not None and not any(one.body.covers(body.X_WO.translation()[:2]) for one in racks):
            racks.append(Stood(body=body, p_W=cloud.p_W, count=len(cloud)))
    found, rest = claimed(racks, clouds)
    return [Part(cloud=cloud, body=body) for cloud, body in found] + [Part(cloud=cloud) for cloud in rest]


def _again(
    parts: list[Part], pieces: list[Piece], table: float, frames: tuple[CameraFrame, ...]
) -> list[Piece]:
    """Recognise anew if the clusters have changed."""
    same = {(id(part.cloud), id(part.body)) for part in parts} == {
        (id(piece.cloud), id(piece.part.body)) for piece in pieces
    }
    return pieces if same else _recognize_all(parts, table, frames, pieces)


def _recognize_all(
    parts: list[Part], table: float, frames: tuple[CameraFrame, ...], before: Sequence[Piece] = ()
) -> list[Piece]:
    """Recognise from the bottom up, so that each knows what it stands on; what was known already stays."""
    # The pieces before hold their clouds, so an identity is not used twice.
    known = {(id(piece.cloud), piece.support.height): piece.body for piece in before}
    pieces: list[Piece] = []
    for part in sorted(parts, key=lambda part: rank(part.cloud.p_W[:, 2], 0.03)):
        cloud = part.cloud
        support = find_support(cloud.p_W, [piece.body for piece in pieces], table, frames)
        body = part.body or known.get((id(cloud), support.height))
        body = body or recognize(cloud.p_W, cloud.pitch, support.height, _eye(cloud, frames))
        pieces.append(Piece(cloud=cloud, body=body, support=support, part=part))
    return pieces


def _eye(cloud: Cloud, frames: tuple[CameraFrame, ...]) -> Float64:
    """Give from where most of a cluster was seen, shape (3,), [m]."""
    return frames[int(np.bincount(cloud.frame).argmax())].X_WC.translation()


def _known(piece: Piece, frames: tuple[CameraFrame, ...]) -> Known:
    base, eye = piece.support.height, _eye(piece.cloud, frames)
    return Known(
        cloud=piece.cloud, body=piece.body, trusted=_trusted(piece), base=base, eye=eye, part=piece.part
    )


def _with_carriers(pieces: list[Piece]) -> list[Part]:
    """Complete boxes whose far side is hidden by what they carry."""
    parts = [piece.part for piece in pieces]
    for rider in pieces:
        p_W = rider.cloud.p_W
        floats = rank(p_W[:, 2], 0.03) > rider.support.height + OVER or rider.support.on >= 0
        if len(p_W) < SMALLEST or not floats:
            continue
        for index, carrier in enumerate(pieces):
            if carrier is rider or len(carrier.cloud) < SMALLEST or not may_carry(carrier.body, p_W):
                continue
            body = completed(carrier.cloud, carrier.body, carrier.support.height, p_W)
            if body is not None:
                parts[index] = Part(cloud=carrier.cloud, body=body, doubts=(HALF_GUESSED,))
    return parts


def _trusted(piece: Piece) -> bool:
    return piece.body.kind != "thing" and piece.agreement > GOOD


def _split(piece: Piece) -> list[Part]:
    if piece.part.body is not None:
        return [piece.part]
    return split(piece.cloud, piece.body, piece.support.height)


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
        # Each by itself: a ball in a bowl of its colour is few points beside the bowl's.
        if body.kind != "thing" and min(agreement(body, a), agreement(body, b)) > GOOD:
            current[one], current[other] = both, None
    return [cloud for cloud in current if cloud is not None]


def _absorbed(pieces: list[Piece]) -> list[Part]:
    """Give slivers back to the thing on whose surface they lie.

    A side in deep shade has no hue, so it comes off as a cluster of its own.
    """
    parts: list[Part | None] = [piece.part for piece in pieces]
    order = sorted(range(len(pieces)), key=lambda index: len(pieces[index].cloud))
    for small in order:
        sliver = pieces[small].cloud
        for big in reversed(order):
            target, main = parts[big], pieces[big]
            if target is None or big == small or len(sliver) > len(main.cloud):
                continue
            if pieces[small].part.body is not None:
                continue
            if _same_shaded(sliver, main.cloud) and _belongs(pieces[small], main):
                parts[big], parts[small] = replace(target, cloud=joined(target.cloud, sliver)), None
                break
    return [part for part in parts if part is not None]


def _belongs(sliver: Piece, main: Piece) -> bool:
    """Tell whether a small cluster lies on a bigger one's surface, or makes one vessel with it."""
    if main.body.kind == "thing" or not main.body.covers(ranks(sliver.cloud.p_W, 0.5)[:2], 0.03):
        return False
    if len(sliver.cloud) < min(SPECK, 0.025 * len(main.cloud)):
        return True
    if len(sliver.cloud) < 0.3 * len(main.cloud) and agreement(main.body, sliver.cloud) > LIES_ON:
        return True
    if main.body.kind in SOLID and main.agreement > GOOD:
        return False
    both = joined(main.cloud, sliver.cloud)
    body = recognize(both.p_W, both.pitch, min(sliver.support.height, main.support.height))
    hollow = body.kind in ("tray", "bowl", "mug", "plate")
    # A mug's handle is an arch, of which its box is but a rough picture.
    like = ROUGH if body.kind == main.body.kind == "mug" else GOOD
    return hollow and agreement(body, sliver.cloud) > like and agreement(body, main.cloud) > GOOD


def _same_shaded(sliver: Cloud, main: Cloud) -> bool:
    """Tell whether a sliver may be the main part in the shade: dark, or of about its hue."""
    color = ranks(sliver.rgb, 0.5)
    # What is dark has hardly a hue: its angle is worth less.
    slack = 0.35 * (1.0 + DARKEST / (color.sum() + 0.01))
    return bool(hue_angle(color, ranks(main.rgb, 0.5)) < slack)


def _attach_handles(pieces: list[Piece], frames: tuple[CameraFrame, ...]) -> list[Piece]:
    """Give a cabinet the drawer front and handle that hang on its side, often in another shade."""
    hanging = _hanging(pieces)
    inside: dict[int, int] = {}
    bodies = [piece.body for piece in pieces]
    for cabinet in [index for index, piece in enumerate(pieces) if piece.body.kind == "drawer"]:
        if cabinet in hanging:
            continue
        own = [index for index, owner in hanging.items() if owner == cabinet]
        if "front" in bodies[cabinet].parts:
            others = set(own)
        else:
            others = {own[number] for number in contents([pieces[index].cloud for index in own])}
            p_W = pieces[cabinet].cloud.p_W
            out = p_W[~bodies[cabinet].holds(p_W, 0.008)]
            front = np.concatenate([out, *(pieces[index].cloud.p_W for index in own if index not in others)])
            if len(front) >= 10:
                bodies[cabinet] = with_handle(bodies[cabinet], front)
        for index in others:
            del hanging[index]
            if in_drawer(bodies[cabinet], pieces[index].cloud.p_W):
                inside[index] = cabinet
    kept = [index for index in range(len(pieces)) if index not in hanging]
    place = {old: new for new, old in enumerate(kept)} | {-2: -2}
    result = []
    for index in kept:
        piece, body, support = pieces[index], bodies[index], pieces[index].support
        if index in inside:
            cabinet = inside[index]
            support = Support(height=floor_of(bodies[cabinet]), on=cabinet, inside=cabinet)
            body = recognize(piece.cloud.p_W, piece.cloud.pitch, support.height, _eye(piece.cloud, frames))
        body = replace(body, doubts=(*body.doubts, *piece.part.doubts))
        support = replace(support, on=place.get(support.on, -1), inside=place.get(support.inside, -1))
        result.append(Piece(cloud=piece.cloud, body=body, support=support, part=piece.part))
    return result


def _hanging(pieces: list[Piece]) -> dict[int, int]:
    """Find what hangs on a cabinet's side: indices of pieces to the cabinet's."""
    return {
        other: index
        for index, cabinet in enumerate(pieces)
        if cabinet.body.kind == "drawer"
        for other, piece in enumerate(pieces)
        if other != index and hangs_on(piece.cloud.p_W, cabinet.body, cabinet.support.height, _trusted(piece))
    }
