"""What of the pieces that are seen could be one thing: single pieces, pieces of one colour, whole groups."""

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Float64
from ..named.scene import Box, NamedScene, Piece, box_of
from ..named.shapes import SIDES
from .seeing import HOLE

MOST_PIECES = 14
"""Groups of more pieces are taken apart only into their largest ones."""

UPRIGHT = 1.8
"""How many times as tall as wide what stands by itself is at the most."""
IN = 0.02
"""Largest height over the floor of a bin at which something in it begins, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candidate:
    """Some pieces that could be one thing.

    Attributes:
        pieces: They.
        box: Their bounds.
        colors: Share of their points by colour.
        whole: Whether they are all that is connected.
        hollow: Whether they lie below the table.
        mark: Whether they are a drawn mark.
        out: How far they stand out of the rest that they are connected with, [m]; 0 where there is none.
        share: Share of the points of all that they are connected with.
        inside: Whether they lie within the bounds of the rest as something in a bin does.
    """

    pieces: tuple[Piece, ...]
    box: Box
    colors: dict[str, float]
    whole: bool
    hollow: bool
    mark: bool
    out: float
    share: float
    inside: bool

    @property
    def upright(self) -> bool:
        """Tell whether they are so much taller than wide that they would fall over if they were loose."""
        return bool(self.box.size[2] > UPRIGHT * self.box.size[:2].max())

    @property
    def root(self) -> str:
        """What they are connected with."""
        return self.pieces[0].path[0]

    def has(self, other: "Candidate") -> bool:
        """Tell whether all pieces of another are of this one too."""
        return all(any(one is piece for one in self.pieces) for piece in other.pieces)

    def meets(self, other: "Candidate") -> bool:
        """Tell whether a piece is of both."""
        return any(one is piece for one in self.pieces for piece in other.pieces)


def color_of(piece: Piece) -> str:
    """Give the name of a piece's colour, which is the last word of its path but for its number."""
    return piece.path[-1].split()[-2] if piece.mark else piece.path[-1]


def candidates_in(scene: NamedScene) -> list[Candidate]:
    """List everything that could be one thing."""
    found = [_candidate((mark,), (mark,)) for mark in scene.marks]
    groups: dict[str, list[Piece]] = {}
    for piece in scene.bodies:
        groups.setdefault(piece.path[0], []).append(piece)
    for group in groups.values():
        whole = tuple(group)
        sets: list[tuple[Piece, ...]] = [whole]
        sets += [(piece,) for piece in sorted(group, key=lambda p: -len(p.cloud))[:MOST_PIECES]]
        for color in {color_of(piece) for piece in group}:
            sets.append(tuple(piece for piece in group if color_of(piece) == color))
        unique: dict[frozenset[int], tuple[Piece, ...]] = {}
        for one in sets:
            unique.setdefault(frozenset(map(id, one)), one)
        found += [_candidate(one, whole) for one in unique.values()]
    return found


def _candidate(pieces: tuple[Piece, ...], group: tuple[Piece, ...]) -> Candidate:
    count = sum(len(piece.cloud) for piece in pieces)
    colors: dict[str, float] = {}
    for piece in pieces:
        colors[color_of(piece)] = colors.get(color_of(piece), 0.0) + len(piece.cloud) / count
    rest = [piece for piece in group if not any(piece is one for one in pieces)]
    box = box_of(list(pieces))
    out, inside = 0.0, False
    if rest:
        others = box_of(rest)
        out = max(box.reach(side) - others.reach(side) for side in SIDES)
        within = (box.lower[:2] > others.lower[:2]).all() and (box.upper[:2] < others.upper[:2]).all()
        inside = bool(within and box.lower[2] < others.lower[2] + IN)
    return Candidate(
        pieces=pieces,
        box=box,
        colors=colors,
        whole=not rest,
        hollow=pieces[0].path[0].startswith(HOLE),
        mark=pieces[0].mark,
        out=out,
        share=count / sum(len(piece.cloud) for piece in group),
        inside=inside,
    )


def gap(a: Box, b: Box) -> Float64:
    """Give by how much two boxes are apart along each axis, shape (3,), [m]; negative where they overlap."""
    return np.maximum(a.lower, b.lower) - np.minimum(a.upper, b.upper)
