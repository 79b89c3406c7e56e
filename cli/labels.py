"""Labels of points in a picture, placed where they cover neither each other nor what they name.

Each label tries places around its point, near ones first, and takes the one
that covers least; what matters most is placed first. A label that ends up away
from its point is tied to it by a line.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.patheffects import withStroke
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox

from ..core.arrays import Float64

SIZE = 7.5
"""Letters, [pt]."""
RADII = (6.0, 14.0, 26.0, 42.0, 62.0)
"""How far from its point a label begins, [pt]."""
DIRECTIONS = 12
TIED = 18.0
"""A label farther away than this has a line to its point, [pt]."""
COVERED, OUTSIDE, LINE, FAR = 100.0, 40.0, 1.5, 0.05
"""Cost of covering a label or marker wholly, of being outside the axes wholly, of a point of a line that is
covered, of a point of distance."""
SAME = 2.0
"""Points nearer to each other than this are one place, [pt]."""
APART = 1.5
"""Room about a label that stands, [pt]."""
MARKER = 5.0
"""Half a marker's size, [pt]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Label:
    """What is to be written beside a point.

    Attributes:
        at: The point, in the axes' data, shape (2,).
        text: What is written.
        color: Colour of the letters.
    """

    at: Float64
    text: str
    color: str


@dataclass(slots=True, kw_only=True, eq=False)
class Labels:
    """The labels of one pair of axes, and what they must not cover.

    Attributes:
        axes: The axes.
        halo: Colour behind the letters.
        wanted: Labels, the most important first.
        markers: Points that have a marker, each shape (2,).
        lines: Polylines that labels rather keep off, each shape (N, 2).
        written: Texts that stand already.
    """

    axes: Axes
    halo: str
    wanted: list[Label] = field(default_factory=list)
    markers: list[Float64] = field(default_factory=list)
    lines: list[Float64] = field(default_factory=list)
    written: list[Annotation] = field(default_factory=list)

    def place(self, renderer: RendererBase) -> list[Annotation]:
        """Write all labels; the figure has its final layout.

        Args:
            renderer: What measures text.

        Returns:
            The labels as they stand.
        """
        scale = float(np.asarray(renderer.points_to_pixels(1.0)))
        to_pixels = self.axes.transData.transform
        markers = [to_pixels(one) for one in self.markers]
        taken = [_box(at, MARKER * scale) for at in markers]
        taken += [letters(one, renderer) for one in self.written]
        line = np.concatenate([np.zeros((0, 2)), *(to_pixels(_dense(one)) for one in self.lines)])
        inside = self.axes.get_window_extent(renderer)
        placed: list[Annotation] = []
        for label in self._merged(to_pixels, SAME * scale):
            at = to_pixels(label.at)
            note = self._note(label)
            size = letters(note, renderer)
            best = min(
                _around(size.width, size.height, scale),
                key=lambda shift, at=at, size=size: (
                    _cost(_corner(at + shift, size), taken, line, inside)
                    + FAR * float(np.linalg.norm(shift)) / scale
                ),
            )
            box = _corner(at + best, size)
            note.set_position(tuple((at + best - at) / scale))
            gap = np.maximum(np.maximum([box.x0, box.y0] - at, at - [box.x1, box.y1]), 0.0)
            if np.linalg.norm(gap) < TIED * scale and note.arrow_patch is not None:
                note.arrow_patch.set_visible(False)
            taken.append(box.padded(APART * scale))
            placed.append(note)
        return placed

    def _merged(self, to_pixels: Callable[[Float64], Float64], same: float) -> list[Label]:
        """Put labels of one place below each other into one, in the colour of the first."""
        merged: list[Label] = []
        for label in self.wanted:
            at = to_pixels(label.at)
            for number, one in enumerate(merged):
                if one.color == label.color and np.linalg.norm(to_pixels(one.at) - at) <= same:
                    said = one.text.split("\n")
                    text = one.text if label.text in said else f"{one.text}\n{label.text}"
                    merged[number] = replace(one, text=text)
                    break
            else:
                merged.append(label)
        return merged

    def _note(self, label: Label) -> Annotation:
        """Write a label at its point; it is moved to where it fits."""
        note = self.axes.annotate(
            label.text,
            (float(label.at[0]), float(label.at[1])),
            xytext=(0.0, 0.0),
            textcoords="offset points",
            fontsize=SIZE,
            color=label.color,
            ha="left",
            va="bottom",
            path_effects=[withStroke(linewidth=2.2, foreground=self.halo)],
            arrowprops={"arrowstyle": "-", "color": label.color, "lw": 0.5, "shrinkA": 0.0, "shrinkB": 2.0},
            zorder=8,
        )
        note.set_in_layout(False)
        return note


def letters(note: Annotation, renderer: RendererBase) -> Bbox:
    """Give where an annotation's letters are, without the line to its point, [px]."""
    note.update_positions(renderer)
    return Text.get_window_extent(note, renderer)


def _around(width: float, height: float, scale: float) -> Iterator[Float64]:
    """Offer places of a label's lower left corner about its point, [px]; to the upper right first."""
    for radius in RADII:
        for turn in range(DIRECTIONS):
            angle = np.pi / 4.0 + 2.0 * np.pi * turn / DIRECTIONS
            way = np.array([np.cos(angle), np.sin(angle)])
            # The label's own extent lies beyond the radius in that direction.
            yield way * radius * scale + (way - 1.0) / 2.0 * [width, height]


def _cost(box: Bbox, taken: Sequence[Bbox], line: Float64, inside: Bbox) -> float:
    area = max(box.width * box.height, 1e-9)
    covered = sum(_shared(box, one) / max(min(area, one.width * one.height), 1e-9) for one in taken)
    outside = 1.0 - _shared(box, inside) / area
    within = (line >= [box.x0, box.y0]).all(axis=1) & (line <= [box.x1, box.y1]).all(axis=1)
    return COVERED * covered + OUTSIDE * outside + LINE * min(int(within.sum()), 10)


def _shared(one: Bbox, other: Bbox) -> float:
    """Give the area that two boxes share, [px^2]."""
    wide = min(one.x1, other.x1) - max(one.x0, other.x0)
    high = min(one.y1, other.y1) - max(one.y0, other.y0)
    return max(wide, 0.0) * max(high, 0.0)


def _corner(at: Float64, size: Bbox) -> Bbox:
    """Put a box of a size with its lower left corner somewhere."""
    return Bbox.from_bounds(float(at[0]), float(at[1]), size.width, size.height)


def _box(at: Float64, half: float) -> Bbox:
    return Bbox.from_extents(at[0] - half, at[1] - half, at[0] + half, at[1] + half)


def _dense(line: Float64) -> Float64:
    """Put points on a polyline, so that a box that it crosses has one of them."""
    if len(line) < 2:
        return line
    share = np.linspace(0.0, 1.0, 8, endpoint=False)[None, :, None]
    between = line[:-1, None] + share * (line[1:, None] - line[:-1, None])
    return np.concatenate([between.reshape(-1, 2), line[-1:]])
