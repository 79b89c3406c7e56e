"""What the relations of a running stage speak of: which points, how far from met, and as which lines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from ...core.arrays import Float64
from ...core.errors import Retryable
from ...planners.expressions import PointRef
from ...planners.lift import judge, points_in
from ...planners.program import Program, Relation, Stage
from ...planners.read import Vocabulary, read

MET, NOT_MET = "#1f8a45", "#c2185b"
HEAD = 0.018
"""Length of an arrow's head, [m]."""
DASH = 0.012
"""Length of a dash, and of the gap after it, [m]."""
MOST_DASHES = 60
Where = Callable[[PointRef], Float64 | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyph:
    """A relation as it is drawn.

    Attributes:
        kind: ``goal``, an arrow; or ``along``, a dashed line.
        text: The relation as it was written.
        residual: By how much it is broken now; 0 or less where it holds.
        met: Whether it holds now, within its tolerance.
        said: The residual with its unit, to be read.
        points: The points that it speaks of, shape (N, 3), N >= 2, in the world, [m].
    """

    kind: Literal["goal", "along"]
    text: str
    residual: float
    met: bool
    said: str
    points: Float64

    @property
    def color(self) -> str:
        """Hex code: whether it is met."""
        return MET if self.met else NOT_MET

    def strokes(self) -> tuple[Float64, Float64]:
        """Give the lines' starts and ends, shape (M, 3) each, [m]."""
        pieces: list[tuple[Float64, Float64]] = []
        for start, end in pairwise(self.points):
            pieces += [(start, end)] if self.kind == "goal" else _dashes(start, end)
        if self.kind == "goal":
            pieces += _head(self.points[-2], self.points[-1])
        starts, ends = zip(*pieces, strict=True)
        return np.array(starts), np.array(ends)


def read_program(
    text: str, scene: Mapping[str, Any], held: Mapping[str, str], hands: tuple[str, ...]
) -> Program | None:
    """Read a program's text again, with the names of the scene that it was written for.

    Args:
        text: What the mind wrote.
        scene: The latest look's event.
        held: Thing by the hand that holds it.
        hands: Names of the hands.

    Returns:
        The program; None where it cannot be read, as the trace says for itself.
    """
    things = {thing["name"]: tuple(sorted(thing["parts"])) for thing in scene["things"]}
    containers = (thing["name"] for thing in scene["things"] if thing["cavity_radius"] is not None)
    vocabulary = Vocabulary(
        things=things,
        keypoints={int(one["number"]): (one["thing"], one["part"]) for one in scene["keypoints"]},
        hands=hands,
        containers=frozenset(containers),
        table_height=float(scene["table"]["height"]),
        held=held,
        maps=True,
    )
    try:
        return read(text, vocabulary)
    except Retryable:
        return None


def glyphs(stage: Stage, where: Where, floor: float) -> tuple[Glyph, ...]:
    """Measure a stage's relations as things are now.

    Args:
        stage: The stage.
        where: Gives a point's position, p_W, shape (3,), [m], or None where it is not known.
        floor: Height of the table, [m]: what speaks of one point only is drawn down to it.

    Returns:
        A glyph for each relation all of whose points are known.
    """
    kinds: tuple[tuple[Literal["goal", "along"], tuple[Relation, ...]], ...] = (
        ("goal", stage.goals),
        ("along", stage.along),
    )
    found: list[Glyph] = []
    for kind, relations in kinds:
        for relation in relations:
            known = {ref: p for ref in points_in([relation]) if (p := where(ref)) is not None}
            if not known or len(known) < len(points_in([relation])):
                continue
            (met,) = judge([relation], known.__getitem__)
            found.append(
                Glyph(
                    kind=kind,
                    text=relation.text,
                    residual=met.residual,
                    met=met.met,
                    said=_said(relation, met.residual),
                    points=_line(tuple(known.values()), floor),
                )
            )
    return tuple(found)


def _line(points: tuple[Float64, ...], floor: float) -> Float64:
    """Give the corners of the line through the points, shape (N, 3); one alone is led down to the table."""
    if len(points) == 1:
        return np.array([points[0], [points[0][0], points[0][1], floor]])
    return np.array(points)


def _said(relation: Relation, residual: float) -> str:
    if not np.isfinite(residual):
        return "not a number"
    match relation.left.unit if relation.left.unit != "number" else relation.right.unit:
        case "m":
            return f"{1000.0 * residual:+.0f} mm"
        case "rad":
            return f"{np.degrees(residual):+.1f} deg"
        case _:
            return f"{residual:+.3f}"


def _head(start: Float64, end: Float64) -> list[tuple[Float64, Float64]]:
    """Give the two barbs of an arrow; none where it has no length."""
    way = end - start
    length = float(np.linalg.norm(way))
    if length < 1e-6:
        return []
    way = way / length
    side = np.cross(way, [0.0, 0.0, 1.0] if abs(way[2]) < 0.9 else [1.0, 0.0, 0.0])
    side = side / np.linalg.norm(side)
    back = min(HEAD, length / 2.0)
    return [(end, end - back * way + sign * 0.5 * back * side) for sign in (-1.0, 1.0)]


def _dashes(start: Float64, end: Float64) -> list[tuple[Float64, Float64]]:
    count = int(np.clip(np.ceil(np.linalg.norm(end - start) / (2.0 * DASH)), 1, MOST_DASHES))
    shares = np.arange(count) / count
    return [(start + (end - start) * s, start + (end - start) * (s + 0.5 / count)) for s in shares]
