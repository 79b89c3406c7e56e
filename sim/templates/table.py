"""The table that a filled template speaks of: blocks and bowls in places drawn by seed."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...agent.rules import nouns
from ...core.arrays import Float64
from ...core.errors import UnknownName
from ...perception.scene import TABLE, Directions, Scene, Table, Thing
from ..instructions.scenes import make_thing
from .filling import Filled, Templates

LOWER, UPPER = np.array([0.28, -0.40]), np.array([0.74, 0.40])
MIDDLE = (LOWER + UPPER) / 2.0
HALF = (UPPER - LOWER) / 2.0
BLOCK, BOWL = 0.04, 0.12
"""Side of a block and width of a bowl, [m]."""
DEEP, CAVITY = 0.05, 0.055
ROOM = 0.05
"""Between any two things at the start, [m]."""
EDGE = 0.10
"""Between a thing's middle and the edge of the table at the start, [m]."""
CLEAR = 0.12
"""From a thing's middle to where a corner begins at the start, [m]."""
WAYS: Mapping[str, Float64] = {
    "left": np.array([0.0, -1.0]),
    "right": np.array([0.0, 1.0]),
    "top": np.array([-1.0, 0.0]),
    "bottom": np.array([1.0, 0.0]),
}
"""Where the words lead as the person sees it, across the table from the robot; *top* is away."""
NUMBERS = {"first": 1, "second": 2, "third": 3, "fourth": 4}
TRIES = 2000
ASIDE = 0.20
"""Room beside a bowl where something is to go beside it, [m]."""
APART = 0.03
"""What a description tells apart differs by so much at least, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A block or a bowl.

    Attributes:
        name: Its identifier.
        kind: ``block`` or ``bowl``.
        color: Its colour.
        center: Its middle, shape (3,), [m].
        on: What carries it.
        inside: What holds it.
    """

    name: str
    kind: str
    color: str
    center: Float64
    on: str = TABLE
    inside: str | None = None

    @property
    def size(self) -> Float64:
        """Its sides, shape (3,), [m]."""
        return np.full(3, BLOCK) if self.kind == "block" else np.array([BOWL, BOWL, DEEP])

    def part(self, name: str) -> Float64:
        """Give where a part is, p_W of shape (3,), [m].

        Args:
            name: One of those that ``thing`` has.

        Raises:
            UnknownName: If it has none of that name.
        """
        up = {"center": 0.0, "top": 0.5, "bottom": -0.5, **({"opening": 0.5} if self.kind == "bowl" else {})}
        if name not in up:
            raise UnknownName(f"part of {self.name}", name, up)
        return self.center + np.array([0.0, 0.0, up[name] * self.size[2]])

    @property
    def thing(self) -> Thing:
        """What a perceiver would make of it."""
        cavity = CAVITY if self.kind == "bowl" else None
        return make_thing(
            self.name, self.kind, self.color, self.center, self.size,
            on=self.on, inside=self.inside, cavity=cavity,
        )  # fmt: skip


def scene_of(pieces: tuple[Piece, ...]) -> Scene:
    """Tell pieces as a scene."""
    return Scene(
        time=0.0,
        things=tuple(sorted((piece.thing for piece in pieces), key=lambda thing: float(thing.center[1]))),
        table=Table(height=0.0, lower=LOWER, upper=UPPER),
        directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
        keypoints=(),
        field=None,
        frames=(),
        perceiver="told",
    )


def color_of(said: str) -> str:
    """Give the lexicon's name of the colour that a filling such as *gray block* begins with."""
    word = said.split()[0]
    return next((name for name, words in nouns.COLORS.items() if word in words.split()), word)


def set_table(filled: Filled, templates: Templates, rng: np.random.Generator) -> tuple[Piece, ...] | None:
    """Draw a table on which the instruction says something definite.

    Args:
        filled: The instruction.
        templates: Where it is from: whose colours are on the table.
        rng: Draws places and colours.

    Returns:
        The pieces; None where no draw was good, which is told as such.
    """
    row = templates.words[0 if filled.seen else 1]
    blocks = _colors(filled, "block", row["block"], 4 if "nth" in filled.words else 3, rng)
    bowls = _colors(filled, "bowl", row["bowl"], 1 if "nth" in filled.words else 3, rng)
    if filled.template.meaning == "matching bowls":
        bowls = blocks
    if filled.template.meaning == "mismatched bowls":
        bowls = [*blocks[1:], blocks[0]]
    kinds = [("block", color) for color in blocks] + [("bowl", color) for color in bowls]
    for _ in range(TRIES):
        pieces = _drawn(kinds, rng)
        if pieces is not None and _definite(filled, pieces):
            return pieces
    return None


def _definite(filled: Filled, pieces: tuple[Piece, ...]) -> bool:
    """Whether it is clear what is chosen, and whether there is room where something is to go."""
    if filled.template.meaning in _CHOOSES:
        return bool(chosen(filled, pieces))
    if filled.template.meaning != "beside by magnitude":
        return True
    bowl = next(p for p in pieces if p.kind == "bowl" and p.color == color_of(filled.words["bowl"]))
    way = WAYS[filled.words["direction"]]
    target = bowl.center[:2] + (BOWL / 2.0 + ASIDE) * way
    moved = f"{color_of(filled.words['block'])}_block"
    others = [p for p in pieces if p is not bowl and p.name != moved]
    along = [float((p.center[:2] - bowl.center[:2]) @ way) for p in others]
    across = [float(abs((p.center[:2] - bowl.center[:2]) @ way[::-1])) for p in others]
    free = all(a < 0.0 or c > CLEAR for a, c in zip(along, across, strict=True))
    return free and bool((np.abs(target - MIDDLE) <= HALF - BLOCK).all())


_CHOOSES = ("the one in a direction", "the one by distance", "the one by number", "corner by distance")


def _colors(filled: Filled, kind: str, row: object, count: int, rng: np.random.Generator) -> list[str]:
    """Take the colours that are spoken of, then others."""
    said = [color_of(word) for slot, word in filled.words.items() if slot.rstrip("0123456789") == kind]
    assert isinstance(row, tuple)
    others = [color_of(word) for word in rng.permutation(row) if color_of(word) not in said]
    return [*said, *others][: max(count, len(said))]


def _drawn(kinds: list[tuple[str, str]], rng: np.random.Generator) -> tuple[Piece, ...] | None:
    pieces: list[Piece] = []
    corners = MIDDLE + np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]]) * HALF
    for kind, color in reversed(kinds):  # Bowls take more room.
        radius = (BOWL if kind == "bowl" else BLOCK * np.sqrt(2.0)) / 2.0
        for _ in range(40):
            xy = rng.uniform(LOWER + EDGE, UPPER - EDGE)
            others = [
                (other, (BOWL if other.kind == "bowl" else BLOCK * np.sqrt(2.0)) / 2.0) for other in pieces
            ]
            free = all(np.linalg.norm(xy - other.center[:2]) >= radius + far + ROOM for other, far in others)
            if free and np.linalg.norm(corners - xy, axis=1).min() >= CLEAR + radius:
                break
        else:
            return None
        height = BLOCK if kind == "block" else DEEP
        center = np.array([*xy, height / 2.0])
        pieces.append(Piece(name=f"{color}_{kind}", kind=kind, color=color, center=center))
    return tuple(pieces)


def chosen(filled: Filled, pieces: tuple[Piece, ...]) -> str:
    """Name what an instruction chooses by where it stands; empty where that is not clear.

    Args:
        filled: The instruction; its meaning is one that chooses.
        pieces: Where everything stands at the start.

    Returns:
        A block's name, or a corner such as ``top left`` for the corner nearest to or farthest from a bowl.
    """
    words = filled.words
    blocks = [piece for piece in pieces if piece.kind == "block"]
    if filled.template.meaning == "the one by number":
        way = WAYS[words["direction"]]
        ranked = sorted((float(block.center[:2] @ way), block.name) for block in blocks)[::-1]
        gaps = [a[0] - b[0] for a, b in pairwise(ranked)]
        return ranked[NUMBERS[words["nth"]] - 1][1] if min(gaps) >= APART else ""
    bowl = next(p for p in pieces if p.kind == "bowl" and p.color == color_of(words["bowl"]))
    if filled.template.meaning == "the one in a direction":
        way = WAYS[words["direction"]]
        offsets = {block.name: block.center[:2] - bowl.center[:2] for block in blocks}
        turned = {name: _turned(offset, way) for name, offset in offsets.items()}
        near = [name for name, angle in turned.items() if angle <= np.radians(35.0)]
        clear = all(angle <= np.radians(35.0) or angle >= np.radians(60.0) for angle in turned.values())
        return near[0] if len(near) == 1 and clear else ""
    places = {block.name: block.center[:2] for block in blocks}
    if filled.template.meaning == "corner by distance":
        places = {
            f"{a} {b}": MIDDLE + HALF * (WAYS[a] + WAYS[b])
            for a in ("top", "bottom")
            for b in ("left", "right")
        }
    far = {name: float(np.linalg.norm(place - bowl.center[:2])) for name, place in places.items()}
    ranked = sorted(far, key=lambda name: far[name], reverse=words["distance"] in ("farthest", "furthest"))
    return ranked[0] if abs(far[ranked[0]] - far[ranked[1]]) >= APART else ""


def _turned(offset: Float64, way: Float64) -> float:
    """Give the angle between an offset and a direction, [rad]."""
    return float(np.arccos(np.clip(offset @ way / max(np.linalg.norm(offset), 1e-9), -1.0, 1.0)))
