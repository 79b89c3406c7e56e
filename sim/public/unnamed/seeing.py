"""Pieces without names out of pictures, in the form in which named pieces come: told by colour and number."""

from collections import Counter

from ..env import Body, BodyInfo, BodyLook
from ..named.agent import See
from ..named.scene import NamedScene, Piece
from ..robot import BenchRobot
from .clouds import table_top
from .marks import is_mark
from .splitting import Part, parts_of

THING, HOLE, MARK = "seen", "hollow", "goal"
"""First words of what stands on the table, of what is seen through holes in it, and of marks."""
LARGE = 0.6
"""What is wider than this is where things are, [m]."""
FEW = 40
"""Points of a hollow below which it is an edge."""


def seeing_colors(robot: BenchRobot, body: Body) -> See:
    """Make what shows pieces told apart by colour and place."""
    return lambda: pieces_of(body.observe(robot.info.cameras), body.info())


def pieces_of(look: BodyLook, info: BodyInfo) -> NamedScene:
    """Tell pieces apart.

    A piece's path is what it is connected with, its colour and number, and its colour.

    Args:
        look: Frames of all cameras; names are not looked at.
        info: Where the hand can go.
    """
    table = table_top(look, info)
    count: Counter[str] = Counter()
    pieces = [_piece(part, THING, count) for part in parts_of(table.above) if part.size[:2].max() < LARGE]
    for part in parts_of(table.below):
        if is_mark(part) or (len(part.cloud) >= FEW and part.size[:2].max() < LARGE):
            pieces.append(_piece(part, HOLE, count))
    return NamedScene(time=look.state.time, pieces=tuple(pieces))


def _piece(part: Part, kind: str, count: Counter[str]) -> Piece:
    count[part.color] += 1
    own = f"{part.color} {count[part.color]}"
    if is_mark(part):
        return Piece(path=(f"{MARK} {own}",), cloud=part.cloud.points, mark=True)
    return Piece(path=(f"{kind} {part.group}", own, part.color), cloud=part.cloud.points)
