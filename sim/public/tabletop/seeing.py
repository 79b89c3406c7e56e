"""A scene in the house's own terms from named pixels: names say what a thing is, depth says where."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ....core.arrays import Float64
from ....perception.colors import exposure, name_color, to_linear
from ....perception.scene import TABLE, Directions, Scene, Table, Thing
from ...goals.layout import HOLLOW, SIZES, color, head
from ...instructions.scenes import make_thing, slide
from ..env import BodyInfo, BodyLook
from ..named.names import words_of
from ..named.scene import EDGE, MARK, ROBOT, Piece, points_by_name
from ..named.shapes import SIDES

LARGE = 0.62
"""What is wider than this is where things are, and nothing that is handled, [m]."""
FAR = 0.25
"""What lies so far beyond the bounds of the hand is no thing to handle, [m]."""
BIN = 0.008
"""Steps of height in which a floor is looked for, [m]."""
NEAR = 0.03
"""How far the bottom of what stands on something may seem to be from its top, [m]."""
OUT = 0.015
"""How far a drawer stands out of the others of its cabinet when that is no error, [m]."""
ALIKE = 0.02
"""How far apart the ends of what stands out about as far may be, [m]."""
WHICH = ("top", "middle", "bottom")
SHOWN = ("visual", "goal", "target")
"""Words of the names of what only shows where something goes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """What is known of a table at one moment.

    Attributes:
        scene: In the house's terms, for language.
        pieces: What each thing of the scene is made of, by identifier.
        floor: Height of what all stands on, [m].
        cloud: Every point that can be touched but the floor's and the robot's, shape (N, 3), [m].
        marks: Where what is shown and cannot be touched has its middle, by what it shows, shape (3,), [m].
        hand: Where the grip point was, shape (3,), [m].
    """

    scene: Scene
    pieces: Mapping[str, tuple[Piece, ...]]
    floor: float
    cloud: Float64
    marks: Mapping[str, Float64]
    hand: Float64

    def points(self, name: str) -> Float64:
        """Give a thing's points, shape (N, 3), [m]."""
        return np.concatenate([piece.cloud for piece in self.pieces[name]])

    def others(self, name: str) -> Float64:
        """Give the points of all but a thing, shape (N, 3), [m]."""
        mine = {id(piece) for piece in self.pieces[name]}
        apart = [p.cloud for ps in self.pieces.values() for p in ps if id(p) not in mine]
        return np.concatenate([*apart, np.zeros((0, 3))])


def see(look: BodyLook, info: BodyInfo) -> Seen:
    """Make a scene of named pixels.

    Args:
        look: Frames with names behind their pixels; the first camera is where the person looks from.
        info: What the body is made of; its bounds say where a floor can be.
    """
    pieces, ground = _sorted(look, info)
    floor = _floor(ground, info)
    bodies: dict[str, list[Piece]] = {}
    marks: dict[str, list[Piece]] = {}
    for piece in pieces:
        shows = set(words_of(piece.path[0])) & {*SHOWN}
        (marks if shows else bodies).setdefault(piece.path[0], []).append(piece)
    found: dict[str, tuple[Piece, ...]] = {}
    kinds: dict[str, str] = {}
    for body, own in bodies.items():
        name = body.removesuffix("_main").removesuffix("_object")
        found[name], kinds[name] = tuple(own), category_of(name)
        for part, own_part in _parts(head(kinds[name]), own).items():
            found[part], kinds[part] = own_part, part.split("_")[1]
    shades = _shades(look)
    hand = np.array(look.state.q[:3])
    things = [_thing(name, kinds[name], found, shades, hand) for name in found]
    directions = Directions.seen_from(look.frames[0].X_WC)
    scene = Scene(
        time=look.state.time,
        things=tuple(sorted(things, key=lambda thing: float(thing.center @ directions.right))),
        table=Table(height=floor, lower=info.lower[:2], upper=info.upper[:2]),
        directions=directions,
        keypoints=(),
        field=None,
        frames=look.frames,
        perceiver="names behind pixels",
    )
    cloud = np.concatenate([*(p.cloud for own in bodies.values() for p in own), np.zeros((0, 3))])
    shown = {category_of(body): np.mean(bounds(tuple(own)), axis=0) for body, own in marks.items()}
    return Seen(scene=scene, pieces=found, floor=floor, cloud=cloud, marks=shown, hand=hand)


def bounds(pieces: tuple[Piece, ...]) -> tuple[Float64, Float64]:
    """Give the bounds of pieces but for stray points, least and largest, shape (3,) each, [m]."""
    cloud = np.concatenate([piece.cloud for piece in pieces])
    low, high = np.percentile(cloud, [EDGE, 100.0 - EDGE], axis=0)
    return low, high


def _sorted(look: BodyLook, info: BodyInfo) -> tuple[list[Piece], list[Piece]]:
    """Tell what can be handled from what everything stands on or is bounded by."""
    handled, ground = [], []
    for name, cloud in points_by_name(look).items():
        if name == ROBOT or name.startswith(MARK):
            continue
        piece = Piece(path=tuple(name.split("/")), cloud=cloud)
        low, high = np.percentile(cloud, [EDGE, 100.0 - EDGE], axis=0)
        # What has no name of its own, or stands far from where the hand can go, is part of the room.
        unnamed = not words_of(piece.path[0])
        middle = (low + high)[:2] / 2.0
        far = ((middle < info.lower[:2] - FAR) | (middle > info.upper[:2] + FAR)).any()
        large = (high - low)[:2].max() > LARGE
        (ground if unnamed or far or large else handled).append(piece)
    wide = {piece.path[0] for piece in ground if words_of(piece.path[0])}
    ground += [piece for piece in handled if piece.path[0] in wide]
    return [piece for piece in handled if piece.path[0] not in wide], ground


def _floor(ground: list[Piece], info: BodyInfo) -> float:
    """Give the height of the level at which most of the ground within reach lies."""
    points = np.concatenate([*(piece.cloud for piece in ground), np.zeros((0, 3))])
    near = ((points[:, :2] > info.lower[:2]) & (points[:, :2] < info.upper[:2])).all(axis=1)
    z = points[near, 2]
    if not len(z):
        return float(info.lower[2])
    steps, counts = np.unique(np.round(z / BIN), return_counts=True)
    level = steps[int(np.argmax(counts))] * BIN
    return float(np.median(z[np.abs(z - level) < BIN]))


def _parts(kind: str, own: list[Piece]) -> dict[str, tuple[Piece, ...]]:
    """Give the drawers of a cabinet: bodies of its own that are named by where they are."""
    if kind != "cabinet":
        return {}
    found: dict[str, list[Piece]] = {}
    for piece in own:
        for body in piece.path[1:-1]:
            which = next((word for word in WHICH if body.endswith(word)), "")
            if which:
                found.setdefault(f"{which}_drawer_1", []).append(piece)
    return {name: tuple(pieces) for name, pieces in found.items()}


def _shades(look: BodyLook) -> Mapping[str, str]:
    """Name each body's colour as the pictures show it."""
    gain = exposure(look.frames)
    pixels: dict[str, list[Float64]] = {}
    for frame, named in zip(look.frames, look.named, strict=True):
        for number, name in enumerate(named.names, 1):
            mine = frame.rgb[named.labels == number]
            if len(mine):
                pixels.setdefault(name.split("/")[0], []).append(to_linear(mine))
    return {
        body: name_color(np.clip(gain * np.concatenate(parts), 0.0, 1.0))[0] for body, parts in pixels.items()
    }


def _thing(
    name: str,
    category: str,
    found: Mapping[str, tuple[Piece, ...]],
    shades: Mapping[str, str],
    hand: Float64,
) -> Thing:
    low, high = bounds(found[name])
    kind = head(category)
    part = name.split("_")[0] in WHICH and category == "drawer"
    carrier = _carrier(name, found) if not part else ""
    whole = found[name][0].path[0]
    if part:
        carrier = next(one for one in found if found[one][0].path[0] == whole and one != name)
    inside = carrier if carrier and kind_of(carrier) in (*HOLLOW, "drawer") else None
    joint = None
    if part:
        joint = slide((low + high) / 2.0, _opened(name, found, hand))
    elif kind == "microwave":
        joint = slide((low + high) / 2.0, 0.0)
    return make_thing(
        name, kind, color(category) or shades.get(whole, ""), (low + high) / 2.0, high - low,
        on=carrier or TABLE, inside=inside,
        cavity=float(min((high - low)[:2]) / 2.0) if kind_of(name) in (*HOLLOW, "drawer") else None,
        articulation=joint,
    )  # fmt: skip


def category_of(name: str) -> str:
    """Give what a body's name says that it is: ``VisualCan_main`` is a ``can``, ``cubeA`` a ``cube``."""
    without = ("main", "object", *SHOWN)
    return "_".join(word for word in words_of(name) if len(word) > 1 and word not in without)


def kind_of(name: str) -> str:
    """Give what a thing is by its identifier."""
    return (head(category_of(name)).split() or [""])[-1]


def _carrier(name: str, found: Mapping[str, tuple[Piece, ...]]) -> str:
    """Give what a thing stands on or in: it lies under its middle and reaches about as high as its bottom."""
    low, high = bounds(found[name])
    middle = (low + high) / 2.0
    best, carrier = np.inf, ""
    for other, pieces in found.items():
        if other == name or pieces[0].path[0] == found[name][0].path[0]:
            continue
        # What a part of it carries stands on the part.
        parts = [
            p for o in found for p in found[o] if o != other and found[o][0].path[0] == pieces[0].path[0]
        ]
        if len(parts) < len(pieces):
            pieces = tuple(p for p in pieces if not any(p is one for one in parts))
        under, over = bounds(pieces)
        if not ((middle[:2] > under[:2]) & (middle[:2] < over[:2])).all():
            continue
        if (over - under)[:2].min() < 0.6 * (high - low)[:2].min() or under[2] > low[2] + NEAR / 2.0:
            continue
        cloud = np.concatenate([piece.cloud for piece in pieces])
        near = np.linalg.norm(cloud[:, :2] - middle[:2], axis=1) < max(0.02, 0.4 * (high - low)[:2].min())
        # What it stands on it hides as well: then the top of what looks out beside it counts.
        top = float(cloud[near, 2].max()) if near.any() else float(over[2])
        gap = abs(top - low[2])
        deep = low[2] < over[2] + 0.005 < high[2] + 0.1 and low[2] > under[2] - 0.01
        score = gap if gap < NEAR else (NEAR if deep and other.split("_")[0] in WHICH else np.inf)
        if score < best:
            best, carrier = score, other
    return carrier


def _opened(name: str, found: Mapping[str, tuple[Piece, ...]], hand: Float64) -> float:
    """Give how far a drawer stands out beyond the others of its cabinet, [m]."""
    whole = found[name][0].path[0]
    others = [
        one for one in found if one != name and one.split("_")[0] in WHICH and found[one][0].path[0] == whole
    ]
    if not others:
        return 0.0
    _, outward = front(name, found, hand)
    mine = float((np.concatenate([p.cloud for p in found[name]]) @ outward).max())
    theirs = [float(np.percentile(np.concatenate([p.cloud for p in found[o]]) @ outward, 99)) for o in others]
    out = mine - min(theirs)
    return out if out > OUT else 0.0


def front(name: str, found: Mapping[str, tuple[Piece, ...]], hand: Float64) -> tuple[Piece, Float64]:
    """Give what of a part stands out the most toward the hand, and the direction, shape (3,).

    Args:
        name: The part.
        found: All things' pieces.
        hand: Where the grip point is, shape (3,), [m].
    """
    whole = found[name][0].path[0]
    body = [p for one in found for p in found[one] if p.path[0] == whole]
    ways: list[tuple[float, Piece, Float64]] = []
    mine = found[name]
    if len({id(p) for p in mine}) == len({id(p) for p in body}):
        # Of a whole thing what hangs on the most is what is taken: the handle on the door in the frame.
        deepest = max(len(p.path) for p in mine)
        mine = tuple(p for p in mine if len(p.path) == deepest)
    case = [p for p in body if not any(p is one for one in mine)]
    middle = np.mean(bounds(mine), axis=0)
    for side in (np.array([0.0, 1.0, 0.0]), *SIDES):
        if side[2] or side @ (hand - middle) <= 0.0:
            continue
        reach = max((float((p.cloud @ side).max()) for p in case), default=0.0)
        ways += [(float(np.percentile(p.cloud @ side, 99)) - reach, p, side) for p in mine]
    furthest = max(ways, key=lambda way: way[0])
    # A bar and what it is held by stand out about as far: the bar is the longer one.
    alike = [way for way in ways if way[2] is furthest[2] and way[0] > furthest[0] - ALIKE]
    across = 1.0 - np.abs(furthest[2])
    bar = max((way[1] for way in alike), key=lambda p: float((np.ptp(p.cloud, axis=0) * across)[:2].max()))
    return bar, furthest[2]


__all__ = ["SIZES", "Seen", "bounds", "front", "kind_of", "see"]
