"""``plan.png``: the tool's path from above and from the front, clearance and residuals."""

from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, SubFigure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Patch, Polygon, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.typing import RcKeyType

from .field_panels import draw_fields, shown_fields
from .palette import ROUND_KINDS, stage_color, thing_color
from .record import RunRecord, SeenThing, StageRecord

HEIGHT, FIELDS = 8.6, 5.6
"""Height of the picture, and of what value maps add to it, [inch]."""
INK, FAINT, PAPER, WOOD = "#22262b", "#c9c5bd", "#ffffff", "#f4f1ec"
HOLDS, BROKEN = "#3f7d4a", "#b5402f"
STYLE: dict[RcKeyType, Any] = {
    "font.size": 9,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "grid.color": "#e6e2da",
    "grid.linewidth": 0.7,
}
# How the tool really went: beside the planned path it also shows the ways that only serve looking.
GONE: dict[str, Any] = {"color": INK, "lw": 0.9, "ls": (0, (1, 2)), "zorder": 2.5}
# Relations with less than this share of their tolerance are drawn as if they had it: the axis is logarithmic.
LEAST_SHARE = 1e-4


def draw_plan(record: RunRecord, path: Path) -> None:
    """Draw the plan of a run.

    Args:
        record: The run.
        path: Where the picture goes.
    """
    with matplotlib.rc_context(STYLE):
        fields = shown_fields(record)
        more = FIELDS if fields else 0.0
        figure = Figure(
            figsize=(13.0, HEIGHT + more),
            dpi=110,
            facecolor=PAPER,
            layout=ConstrainedLayoutEngine(rect=(0.0, 0.0, 1.0, 1.0 - 0.43 / (HEIGHT + more))),
        )
        FigureCanvasAgg(figure)
        main: Figure | SubFigure = figure
        if fields:
            parts = figure.subfigures(2, 1, squeeze=False, height_ratios=[HEIGHT, more])
            main = parts[0, 0]
            draw_fields(parts[1, 0], fields)
        grid = main.add_gridspec(2, 2, width_ratios=[1.12, 1.0], height_ratios=[1.75, 1.0])
        above = main.add_subplot(grid[0, 0])
        front = main.add_subplot(grid[1, 0], sharex=above)
        right = grid[:, 1].subgridspec(2, 1, height_ratios=[1.0, residual_share(record)])
        _above(above, record)
        _front(front, record)
        _clearance(main.add_subplot(right[0]), record)
        _residuals(main.add_subplot(right[1]), record)
        _heading(figure, record)
        figure.savefig(path)


def residual_share(record: RunRecord) -> float:
    """Give the height of the residuals' panel against the one of the clearance."""
    return float(np.clip(sum(len(stage.measured) for stage in record.stages) / 8.0, 0.8, 2.0))


def _heading(figure: Figure, record: RunRecord) -> None:
    verdict, color = ("done and verified", HOLDS) if record.success else ("not done", BROKEN)
    figure.suptitle(
        f"“{record.instruction}”", x=0.012, y=0.99, ha="left", fontsize=14, fontweight="bold", color=INK
    )
    figure.text(0.988, 0.988, verdict, ha="right", va="top", fontsize=12, fontweight="bold", color=color)
    handles: list[Artist] = [
        Patch(color=stage_color(index), label=f"{index + 1}  {stage.purpose or stage.name}")
        for index, stage in enumerate(record.stages)
    ]
    if len(record.times):
        handles.append(Line2D([], [], label="as it went", **GONE))
    if handles:
        figure.legend(
            handles=handles, loc="outside lower center", ncols=min(3, len(handles)), frameon=False, fontsize=9
        )


def _above(axes: Axes, record: RunRecord) -> None:
    """The table as the person sees it from above: right is their right, up is away from them."""
    for thing in sorted(record.things, key=lambda thing: thing.X_WO.translation()[2]):
        _footprint(axes, thing)
    _paths(axes, record, vertical=0)
    low, high = _extent(record)
    axes.set(title="From above", ylabel="x [m], toward the person")
    axes.set_aspect("equal", adjustable="datalim")
    axes.update_datalim([(low[1], low[0]), (high[1], high[0])])
    axes.autoscale_view()
    axes.invert_yaxis()
    axes.set_facecolor(WOOD)
    axes.tick_params(labelbottom=False)
    axes.grid(True)
    axes.set_axisbelow(True)


def _extent(record: RunRecord) -> tuple[np.ndarray, np.ndarray]:
    """Give the least and the largest point of all that is drawn, each shape (3,), [m]."""
    points = [_corners(thing) for thing in record.things]
    points += [p for stage in record.stages for p in stage.p_WG.values()]
    points += [arm.p_WG for arm in record.arms.values()]
    every = np.vstack([*points, [[0.40, -0.25, 0.0], [0.65, 0.25, 0.25]]])
    return every.min(axis=0) - 0.03, every.max(axis=0) + 0.05


def _paths(axes: Axes, record: RunRecord, *, vertical: int) -> None:
    """Draw the planned paths, and the ways that the tools really went, over y and another coordinate."""
    for arm in record.arms.values():
        axes.plot(arm.p_WG[:, 1], arm.p_WG[:, vertical], **GONE)
    for index, stage in enumerate(record.stages):
        for path in stage.p_WG.values():
            axes.plot(
                path[:, 1],
                path[:, vertical],
                color=stage_color(index),
                lw=2.2,
                solid_capstyle="round",
                zorder=3,
            )
    for index, stage in enumerate(record.stages):
        for path in stage.p_WG.values():
            _stage_end(axes, path[-1, 1], path[-1, vertical], index, stage)


def _front(axes: Axes, record: RunRecord) -> None:
    """The same from the person's chair."""
    axes.axhspan(-1.0, record.table_height, color="#e4ddd2", zorder=0)
    # The nearest thing is drawn last, as the eye has it.
    for thing in sorted(record.things, key=lambda thing: thing.X_WO.translation()[0]):
        corners = _corners(thing)
        low, high = corners.min(axis=0), corners.max(axis=0)
        corner, size = low[1:], (high - low)[1:]
        axes.add_patch(Rectangle(corner, *size, fc=thing_color(thing.color), ec=INK, lw=0.6, alpha=0.75))
    top = float(_extent(record)[1][2])
    _paths(axes, record, vertical=2)
    axes.set(title="From the person's chair", xlabel="y [m], the person's right", ylabel="z [m]")
    axes.set_ylim(record.table_height - 0.03, top)
    axes.grid(True)
    axes.set_axisbelow(True)


def _stage_end(axes: Axes, horizontal: float, vertical: float, index: int, stage: StageRecord) -> None:
    """Number the point where a stage ends; a filled disc where the hand closes or opens."""
    color = stage_color(index)
    face, text = (color, "white") if stage.act else ("white", color)
    axes.plot(horizontal, vertical, "o", ms=13, mfc=face, mec=color, mew=1.6, zorder=5)
    axes.annotate(
        str(index + 1),
        (horizontal, vertical),
        ha="center",
        va="center_baseline",
        fontsize=8,
        fontweight="bold",
        color=text,
        zorder=6,
    )


def _corners(thing: SeenThing) -> np.ndarray:
    """Give the corners of a thing's box in the world, shape (8, 3), [m]."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return thing.X_WO.multiply((signs * thing.size / 2.0).T).T


def _footprint(axes: Axes, thing: SeenThing) -> None:
    """Draw a thing from above with its name."""
    x, y = thing.X_WO.translation()[:2]
    looks = {"fc": thing_color(thing.color), "ec": INK, "lw": 0.8, "alpha": 0.85, "zorder": 1.5}
    if thing.kind in ROUND_KINDS:
        axes.add_patch(Circle((y, x), float(thing.size[:2].mean()) / 2.0, **looks))
    else:
        along = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        p_OQ = np.array([[a * thing.size[0] / 2.0, b * thing.size[1] / 2.0, 0.0] for a, b in along])
        p_WQ = thing.X_WO.multiply(p_OQ.T).T
        axes.add_patch(Polygon(p_WQ[:, [1, 0]], closed=True, **looks))
    axes.annotate(
        thing.name.replace("_", " "),
        (y, x + max(thing.size[:2]) / 2.0),
        xytext=(0, -4),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=8,
        color=INK,
        path_effects=[withStroke(linewidth=2.5, foreground=WOOD)],
        zorder=4,
    )


def _clearance(axes: Axes, record: RunRecord) -> None:
    """Least distance to anything that must not be touched, over robot time."""
    title = "Clearance of arm, hand and what it holds (dashed: out of contact)"
    axes.set(title=title, xlabel="robot time [s]", ylabel="[mm]")
    axes.axhspan(-1000.0, 0.0, color="#f3d9d3", zorder=0)
    highest = 10.0
    for index, stage in enumerate(record.stages):
        if not len(stage.clearance):
            continue
        times = stage.start + np.linspace(0.0, stage.times[-1], len(stage.clearance))
        values = 1000.0 * stage.clearance
        axes.plot(times, values, color=stage_color(index), lw=1.8)
        axes.fill_between(times, 0.0, values, color=stage_color(index), alpha=0.10, lw=0)
        highest = max(highest, float(values.max()))
        least = 1000.0 * stage.least
        axes.plot(times[[0, -1]], [least, least], color=stage_color(index), lw=0.9, ls=(0, (4, 3)))
        axes.annotate(
            f"{least:.0f}",
            (times[-1], least),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=stage_color(index),
            path_effects=[withStroke(linewidth=2.5, foreground=PAPER)],
        )
    axes.set_ylim(-0.05 * highest, 1.12 * highest)
    axes.grid(True, axis="y")
    axes.set_axisbelow(True)


def _residuals(axes: Axes, record: RunRecord) -> None:
    """How much of its tolerance each relation uses up at its stage's end."""
    axes.set(
        title="Residuals at each stage's end, as a share of the tolerance",
        xlabel="a relation holds left of 1",
    )
    rows = [(index, relation) for index, stage in enumerate(record.stages) for relation in stage.measured]
    shares = [max(relation.residual / relation.tolerance, LEAST_SHARE) for _, relation in rows]
    for row, ((index, relation), share) in enumerate(zip(rows, shares, strict=True)):
        color = stage_color(index) if share <= 1.0 else BROKEN
        axes.plot([LEAST_SHARE, share], [row, row], color=color, lw=1.4, alpha=0.6)
        axes.plot(share, row, "o" if share <= 1.0 else "X", color=color, ms=6)
        axes.annotate(
            f"{index + 1}  {_shortened(relation.text)}",
            (LEAST_SHARE, row),
            xytext=(4, 4),
            textcoords="offset points",
            fontsize=7.5,
            color=INK,
            path_effects=[withStroke(linewidth=2.5, foreground=PAPER)],
        )
    axes.axvline(1.0, color=INK, lw=1.0)
    axes.set_xscale("log")
    axes.set_xlim(LEAST_SHARE * 0.7, max([3.0, *(2.0 * share for share in shares)]))
    axes.set_yticks([])
    axes.set_ylim(max(len(rows), 1) - 0.5, -0.9)
    axes.grid(True, axis="x")
    axes.set_axisbelow(True)


def _shortened(text: str, most: int = 84) -> str:
    """Cut a relation to what fits into its row."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
