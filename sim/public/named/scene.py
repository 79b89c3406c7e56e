"""What named pixels and depth show: pieces with a cloud each, hung on bodies; never a true pose."""

from dataclasses import dataclass

import numpy as np

from ....core.arrays import Float64, frozen
from ....core.errors import SkillFailed
from ..env import BodyLook
from .names import PART, likeness

ROBOT = "robot"
MARK = "site:"
LEAST = 4
"""Points below which a piece is not believed."""
EDGE = 1.0
"""Per cent of a cloud's points beyond its bounds on each side, which may be stray."""
MOST = 3000
"""Points of a piece in one picture beyond which only every second, third, ... is taken."""
BACKGROUND = ("floor", "tablelink", "retaining wall")
"""Names of what everything stands on or is bounded by, which is neither handled nor in the way above it."""
THIN = 0.006
"""Cell of the grid by which clouds are thinned, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Piece:
    """One named part of what is seen.

    Attributes:
        path: The bodies that it hangs on, from the outermost in, and its own name last.
        cloud: Its points in the world, shape (N, 3), [m].
        mark: Whether it is a mark drawn into the picture, and no body.
    """

    path: tuple[str, ...]
    cloud: Float64
    mark: bool = False

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "cloud", frozen(self.cloud, (None, 3)))

    @property
    def body(self) -> tuple[str, ...]:
        """The bodies that it hangs on."""
        return self.path[:-1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Box:
    """The bounds of some points, edges along the world's axes.

    Attributes:
        lower: Least coordinates, shape (3,), [m].
        upper: Largest coordinates, shape (3,), [m].
    """

    lower: Float64
    upper: Float64

    @property
    def center(self) -> Float64:
        """Its middle, shape (3,), [m]."""
        return (self.lower + self.upper) / 2.0

    @property
    def size(self) -> Float64:
        """Its extents, shape (3,), [m]."""
        return self.upper - self.lower

    def reach(self, direction: Float64) -> float:
        """Give how far it reaches along a direction, [m]."""
        return float(np.maximum(self.lower * direction, self.upper * direction).sum())


def cloud_of(pieces: list[Piece]) -> Float64:
    """Give the points of pieces, shape (N, 3)."""
    return np.concatenate([piece.cloud for piece in pieces]) if pieces else np.zeros((0, 3))


def box_of(pieces: list[Piece]) -> Box:
    """Give the bounds of pieces but for stray points.

    Raises:
        SkillFailed: If there are none: what was to be handled is not seen.
    """
    if not pieces:
        raise SkillFailed("nothing is seen of a part that the motion needs")
    boxes = [np.percentile(piece.cloud, [EDGE, 100.0 - EDGE], axis=0) for piece in pieces]
    return Box(
        lower=np.min([low for low, _ in boxes], axis=0), upper=np.max([high for _, high in boxes], axis=0)
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedScene:
    """All pieces at one moment.

    Attributes:
        time: When it was seen, [s].
        pieces: Everything but the robot and the background.
        ground: What everything stands on or is bounded by.
    """

    time: float
    pieces: tuple[Piece, ...]
    ground: tuple[Piece, ...] = ()

    @property
    def bodies(self) -> list[Piece]:
        """The pieces that can be touched."""
        return [piece for piece in self.pieces if not piece.mark]

    @property
    def marks(self) -> list[Piece]:
        """The marks drawn into the pictures."""
        return [piece for piece in self.pieces if piece.mark]


def points_by_name(look: BodyLook) -> dict[str, Float64]:
    """Lay the frames' named pixels together.

    Args:
        look: Frames with names behind their pixels.

    Returns:
        Points in the world by name, shape (N, 3), [m], thinned; none of what hardly shows.
    """
    clouds: dict[str, list[Float64]] = {}
    for frame, named in zip(look.frames, look.named, strict=True):
        shown = (named.labels > 0) & np.isfinite(frame.depth)
        points, labels = frame.points()[shown], named.labels[shown]
        order = np.argsort(labels, kind="stable")
        edges = np.searchsorted(labels[order], np.arange(1, len(named.names) + 2))
        for number, name in enumerate(named.names):
            mine = order[edges[number] : edges[number + 1]]
            if len(mine):
                clouds.setdefault(name, []).append(points[mine[:: 1 + len(mine) // MOST]])
    found = {name: np.concatenate(parts) for name, parts in sorted(clouds.items())}
    return {name: _thinned(cloud) for name, cloud in found.items() if len(cloud) >= LEAST}


def scene_of(look: BodyLook) -> NamedScene:
    """Tell pieces from the background.

    Args:
        look: Frames with names behind their pixels.
    """
    pieces, ground = [], []
    for name, cloud in points_by_name(look).items():
        if name == ROBOT:
            continue
        behind = any(likeness(word, name.split("/")[0]) >= PART for word in BACKGROUND)
        path = tuple(name.removeprefix(MARK).split("/"))
        piece = Piece(path=path, cloud=cloud, mark=name.startswith(MARK))
        (ground if behind else pieces).append(piece)
    return NamedScene(time=look.state.time, pieces=tuple(pieces), ground=tuple(ground))


def _thinned(cloud: Float64) -> Float64:
    """Keep one point a cell."""
    if len(cloud) < 200:
        return cloud
    cells = np.round(cloud / THIN).astype(np.int64) + 2**15
    _, first = np.unique((cells[:, 0] << 32) + (cells[:, 1] << 16) + cells[:, 2], return_index=True)
    return cloud[np.sort(first)]
