"""The picture of a solved problem file: from above, from the side, and how well each relation holds."""

from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten, wrap
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Polygon
from matplotlib.patheffects import withStroke
from scipy.spatial import ConvexHull

from ..agent.report.palette import STAGE_COLORS
from ..agent.report.plan_picture import BROKEN, FAINT, HOLDS, INK, PAPER, STYLE, WOOD
from ..core.arrays import Float64
from ..planners.problem_file import ProblemFile
from ..planners.problem_state import surface
from ..planners.solids import Solid, called
from .labels import Label, Labels

SOLID = "#cfc8bb"
COLORS = tuple(color for color in STAGE_COLORS if color != "#c8553d")
"""Colours of stages: red is kept for what cannot hold."""
ROOM = 0.07
"""Room around what is drawn, [m]."""
WIDTH = 54
"""Letters in a line of the residuals' column."""
TIGHT = 0.016
"""Distance of lines in that column, over its height, from which their letters have to be smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """One projection: which coordinates go right and up."""

    axes: Axes
    right: int
    up: int
    labels: Labels

    def flat(self, p: Any) -> Float64:
        """Project points, (..., 3) to (..., 2)."""
        return np.asarray(p, dtype=np.float64)[..., [self.right, self.up]]


def draw_problem(file: ProblemFile, table: dict[str, Any], path: Path) -> None:
    """Draw an answer.

    Args:
        file: The problem.
        table: What was found for it, as plain values.
        path: Where the picture goes.
    """
    low, high = _extent(file, table)
    right = _longest(file, table)
    tall = np.array([(high - low)[1 - right], (high - low)[2]])
    with matplotlib.rc_context(STYLE):
        figure = Figure(
            figsize=(12.5, 9.0),
            dpi=110,
            facecolor=PAPER,
            layout=ConstrainedLayoutEngine(rect=(0.0, 0.0, 1.0, 0.93)),
        )
        canvas = FigureCanvasAgg(figure)
        grid = figure.add_gridspec(2, 2, width_ratios=[1.7, 1.0], height_ratios=np.maximum(tall, 0.25))
        above, beside = (figure.add_subplot(grid[row, 0]) for row in (0, 1))
        views = (
            _View(axes=above, right=right, up=1 - right, labels=Labels(axes=above, halo=WOOD)),
            _View(axes=beside, right=right, up=2, labels=Labels(axes=beside, halo=WOOD)),
        )
        for view, title in zip(views, ("From above", "From the side"), strict=True):
            _draw(view, file, table)
            _frame(view, title, low, high)
        _residuals(figure.add_subplot(grid[:, 1]), table)
        _heading(figure, file, table)
        # Labels are placed on the finished layout, which has to stay as it is.
        figure.draw_without_rendering()
        figure.set_layout_engine("none")
        for view in views:
            view.labels.place(canvas.get_renderer())
        figure.savefig(path)


def _heading(figure: Figure, file: ProblemFile, table: dict[str, Any]) -> None:
    title = shorten(f"{file.name}: {file.words}" if file.words else file.name, 105, placeholder=" ...")
    figure.suptitle(title, x=0.012, y=0.985, ha="left", fontsize=12, fontweight="bold", color=INK)
    failed = table["failed"]
    said, color = ("solved and proven", HOLDS) if table["proved"] else ("not proven", BROKEN)
    if failed is not None:
        said, color = f"{failed['stage']} cannot be done", BROKEN
    figure.text(
        0.988, 0.955, f"{said}, robot {table['robot']}", ha="right", va="top", color=color, fontweight="bold"
    )


def _extent(file: ProblemFile, table: dict[str, Any]) -> tuple[Float64, Float64]:
    """Give the least and the largest point of what has to be seen, each shape (3,), [m]."""
    points = [file.X_WG.translation()[None], *(one.p_W[None] for one in file.keypoints)]
    points += [np.array(stage["way"]["poses"])[:, :3] for stage in table["stages"]]
    points += [np.array(stage["arm"]) for stage in table["stages"] if "arm" in stage]
    if table.get("start"):
        points.append(np.array(table["start"]["arm"]))
    failed = table["failed"]
    if failed is not None and failed["nearest"] is not None:
        points += [np.array(list(failed["nearest"]["keypoints"].values())).reshape(-1, 3)]
        points += [np.array(failed["nearest"]["pose"])[None, :3]]
        if failed["nearest"]["arm"]:
            points.append(np.array(failed["nearest"]["arm"]))
    # Small solids are seen whole; of those that are larger than the workspace, only what is near.
    size = file.upper - file.lower
    solids = [surface(one) for one in file.obstacles]
    points += [p_W for p_W in solids if (np.ptp(p_W, axis=0) < size).all()]
    every = np.concatenate(points)
    return every.min(axis=0) - ROOM, every.max(axis=0) + ROOM


def _longest(file: ProblemFile, table: dict[str, Any]) -> int:
    """Say along which horizontal axis there is more to see of keypoints and ways: 0 for x, 1 for y."""
    points = [file.X_WG.translation()[None], *(one.p_W[None] for one in file.keypoints)]
    points += [np.array(stage["way"]["poses"])[:, :3] for stage in table["stages"]]
    return int(np.argmax(np.ptp(np.concatenate(points), axis=0)[:2]))


def stage_color(index: int) -> str:
    """Give the colour of the stage of an order number."""
    return COLORS[index % len(COLORS)]


def _frame(view: _View, title: str, low: Float64, high: Float64) -> None:
    axes, letters = view.axes, "xyz"
    axes.set(title=title, xlabel=f"{letters[view.right]} [m]", ylabel=f"{letters[view.up]} [m]")
    axes.set_aspect("equal", adjustable="box")
    axes.set_xlim(low[view.right], high[view.right])
    axes.set_ylim(low[view.up], high[view.up])
    axes.set_facecolor(WOOD)
    axes.grid(True)
    axes.set_axisbelow(True)


def _draw(view: _View, file: ProblemFile, table: dict[str, Any]) -> None:
    failed = table["failed"]
    red = set() if failed is None else set(failed["solids"])
    things = {one.thing for one in file.keypoints}
    order = sorted(enumerate(file.obstacles), key=lambda one: -float(np.ptp(surface(one[1]), axis=0).max()))
    told: list[tuple[Solid, str]] = []
    for number, solid in order:
        name = called(solid, number)
        _solid(view, solid, name in red)
        if (solid.name and solid.name not in things) or name in red:
            told.append((solid, name))
    _arm(view, (table.get("start") or {}).get("arm"), FAINT, 1.4)
    for index, stage in enumerate(table["stages"]):
        color = stage_color(index)
        _arm(view, stage.get("arm"), color, 1.2)
        way = view.flat(np.array(stage["way"]["poses"])[:, :3])
        view.axes.plot(*way.T, color=color, lw=2.2, solid_capstyle="round", zorder=4)
        view.labels.lines.append(way)
    if failed is not None:
        _failed(view, failed)
    _keypoints(view, {f"{one.thing}.{one.part}": one.p_W for one in file.keypoints}, table)
    start = view.flat(file.X_WG.translation())
    view.axes.plot(*start, marker="s", ms=8, mfc=PAPER, mec=INK, mew=1.4, zorder=6)
    _label(view, start, "start", INK)
    for index, stage in enumerate(table["stages"]):
        _numbered(view, stage["pose"][:3], index)
    for solid, name in told:
        _label(view, view.flat(surface(solid)).min(axis=0), name, BROKEN if name in red else INK)


def _solid(view: _View, solid: Solid, red: bool) -> None:
    flat = view.flat(surface(solid))
    outline = flat[ConvexHull(flat).vertices]
    edge = BROKEN if red else INK
    looks: dict[str, Any] = {"fc": SOLID, "ec": edge, "lw": 2.0 if red else 0.6, "alpha": 0.75, "zorder": 1.5}
    view.axes.add_patch(Polygon(outline, closed=True, **looks))


def _arm(view: _View, points: list[list[float]] | None, color: str, width: float) -> None:
    if points:
        view.axes.plot(*view.flat(points).T, color=color, lw=width, marker="o", ms=3.5, alpha=0.8, zorder=3)


def _keypoints(view: _View, places: dict[str, Float64], table: dict[str, Any]) -> None:
    """Draw each keypoint where it begins, and where it ends if it was moved."""
    ends = table["stages"][-1]["keypoints"] if table["stages"] else {}
    for name, p_W in places.items():
        begin = view.flat(p_W)
        view.axes.plot(*begin, marker="o", ms=5, mfc=PAPER, mec=INK, mew=1.0, zorder=5)
        if view.up != 2:  # from the side they would cover each other
            _label(view, begin, name, INK)
        if name in ends and np.linalg.norm(np.array(ends[name]) - p_W) > 1e-3:
            end = view.flat(ends[name])
            view.axes.plot(*end, marker="o", ms=5, color=INK, zorder=5)
            view.labels.markers.append(end)


def _numbered(view: _View, p_W: list[float], index: int) -> None:
    color = stage_color(index)
    x, y = view.flat(p_W)
    view.labels.markers.append(np.array([x, y]))
    view.axes.plot(x, y, "o", ms=12, mfc="white", mec=color, mew=1.6, zorder=6)
    looks: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 8, "zorder": 7}
    view.axes.annotate(str(index + 1), (x, y), color=color, fontweight="bold", **looks)


def _failed(view: _View, failed: dict[str, Any]) -> None:
    """Draw in red what cannot hold, where it is missed least."""
    nearest = failed["nearest"]
    named = failed["constraint"] or "several relations together"
    where = failed["start"] if nearest is None else nearest["pose"]
    tool = view.flat(where[:3])
    view.axes.plot(*tool, marker="X", ms=11, color=BROKEN, zorder=7)
    view.labels.markers.append(tool)
    said = view.axes.annotate(
        f"cannot hold: {shorten(named, 70, placeholder=' ...')}",
        (float(tool[0]), float(tool[1])),
        xytext=(0.02, 0.96),
        textcoords="axes fraction",
        va="top",
        color=BROKEN,
        fontweight="bold",
        arrowprops={"arrowstyle": "-", "color": BROKEN, "lw": 0.8},
        path_effects=[withStroke(linewidth=2.2, foreground=WOOD)],
        zorder=9,
    )
    view.labels.written.append(said)
    if nearest is None:
        return
    _arm(view, nearest["arm"], BROKEN, 1.6)
    for name in failed["keypoints"]:
        if name in nearest["keypoints"]:
            flat = view.flat(nearest["keypoints"][name])
            view.axes.plot(*flat, marker="o", ms=7, mfc="none", mec=BROKEN, mew=2.0, zorder=7)
            _label(view, flat, name, BROKEN)


def _label(view: _View, at: Float64, text: str, color: str) -> None:
    """Have a marker's label placed, once all are known."""
    view.labels.markers.append(at)
    view.labels.wanted.append(Label(at=at, text=text, color=color))


def _residuals(axes: Axes, table: dict[str, Any]) -> None:
    """List every relation with what it misses; what cannot hold in red, with what would have to give."""
    axes.axis("off")
    axes.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
    lines: list[tuple[str, str, bool]] = []
    for index, stage in enumerate(table["stages"]):
        title = f"{index + 1}  {stage['purpose'] or stage['stage']}"
        lines += [(line, stage_color(index), True) for line in wrap(title, WIDTH)]
        lines += _relations(stage["relations"])
        for one in stage["yielded"]:
            lines += [(f"   {line}", BROKEN, False) for line in wrap(one["text"], WIDTH - 4)]
        lines += [(f"   way {stage['way']['duration_s']:.1f} s", INK, False), ("", INK, False)]
    failed = table["failed"]
    if failed is not None:
        lines += [(line, BROKEN, True) for line in wrap(f"{failed['stage']}: {failed['text']}", WIDTH)]
        if failed["nearest"] is not None:
            lines += [("nearest to an answer:", INK, False), *_relations(failed["nearest"]["relations"])]
        for other in failed["others"]:
            lines += [(line, INK, False) for line in wrap(f"or could give: {other}", WIDTH)]
    step = min(0.032, 0.98 / max(len(lines), 1))
    size = 8.5 * min(1.0, step / TIGHT)
    for row, (text, color, bold) in enumerate(lines):
        weight = "bold" if bold else "normal"
        axes.text(0.0, 0.99 - row * step, text, color=color, fontweight=weight, fontsize=size, va="top")


def _relations(rows: list[dict[str, Any]]) -> list[tuple[str, str, bool]]:
    lines: list[tuple[str, str, bool]] = []
    for row in rows:
        color = HOLDS if row["met"] else BROKEN
        scale, unit = {"m": (1000.0, "mm"), "rad": (57.29577951, "degrees")}.get(row["unit"], (1.0, ""))
        missed = "no number" if row["residual"] is None else f"{max(row['residual'], 0.0) * scale:.3f} {unit}"
        said = wrap(f"{row['text']}  ({row['when']})", WIDTH - 4)
        lines += [(f"   {line}", color, False) for line in said]
        lines.append((f"      missed by {missed}", color, False))
    return lines
