"""``look --plot``: the pictures with what was found in them, the scene from above, and free space."""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Circle, Patch, Polygon
from matplotlib.patheffects import withStroke
from scipy.spatial import ConvexHull

from ...core.arrays import Float64
from ...core.errors import InputError
from ...perception.annotate import annotate
from ...perception.scene import DistanceField, Keypoint, Scene, Thing
from .palette import ROUND_KINDS, thing_color
from .plan_picture import FAINT, INK, PAPER, STYLE, WOOD

HEIGHT = 0.04
"""How high over the table free space is cut, [m]: through nearly everything that stands there."""
UNKNOWN, SOLID = "#8f8a96", "#3d3a44"
MOST_PICTURES = 6
MARK = 0.006  # Keypoints nearer than this, seen from above, share a mark, [m].


def draw_scene(scene: Scene, path: Path) -> None:
    """Draw a scene.

    Args:
        scene: What was perceived, with at least one frame.
        path: Where the picture goes.

    Raises:
        InputError: If it cannot be written there.
    """
    frames = scene.frames[:MOST_PICTURES]
    columns = min(len(frames), 3)
    rows = -(-len(frames) // columns)
    with matplotlib.rc_context(STYLE):
        figure = Figure(
            figsize=(15.0, 15.0 / columns * 0.78 * rows + 6.6),
            dpi=100,
            facecolor=PAPER,
            layout=ConstrainedLayoutEngine(rect=(0.0, 0.0, 1.0, 0.99)),
        )
        FigureCanvasAgg(figure)
        halves = figure.subfigures(2, 1, height_ratios=[15.0 / columns * 0.78 * rows, 6.6])
        upper, lower = np.ravel(np.asarray(halves, object))
        for axes, frame in zip(np.ravel(upper.subplots(rows, columns, squeeze=False)), frames, strict=False):
            axes.imshow(annotate(scene, frame))
            unknown = float(np.mean(~np.isfinite(frame.depth)))
            axes.set_title(f"{frame.camera}: {unknown:.0%} of its depth is missing")
        for axes in upper.axes:
            axes.set_axis_off()
        above, free = lower.subplots(1, 2, sharex=True, sharey=True)
        _above(above, scene)
        _space(free, scene)
        try:
            figure.savefig(path)
        except OSError as error:
            raise InputError(f"the picture {str(path)!r} cannot be written: {error.strerror}") from error


def _above(axes: Axes, scene: Scene) -> None:
    """The scene from above, turned as the person sees it: right is their right, up is away from them."""
    for thing in sorted(scene.things, key=lambda thing: float(thing.parts["bottom"][2])):
        axes.plot(thing.cloud[::3, 1], thing.cloud[::3, 0], ".", ms=1.0, color=INK, alpha=0.25, zorder=1.2)
        _footprint(axes, thing, filled=True)
    # Points one above another share a mark.
    marks: dict[tuple[int, int], list[Keypoint]] = {}
    for keypoint in scene.keypoints:
        x, y = np.round(keypoint.p_W[:2] / MARK).astype(int)
        marks.setdefault((x, y), []).append(keypoint)
    for points in marks.values():
        x, y, _ = points[0].p_W
        axes.plot(y, x, ".", ms=4, color=INK, zorder=3)
        axes.annotate(
            " ".join(str(point.number) for point in points),
            (y, x),
            xytext=(2, 2),
            textcoords="offset points",
            fontsize=6.5,
            zorder=3.5,
        )
    for thing in scene.things:
        _name(axes, thing)
    axes.set(title="From above, keypoints numbered", xlabel="y [m], the person's right", ylabel="x [m]")
    axes.set_aspect("equal")
    low, high = _extent(scene)
    axes.set_xlim(low[1], high[1])
    axes.set_ylim(high[0], low[0])
    axes.set_facecolor(WOOD)
    axes.grid(True)
    axes.set_axisbelow(True)


def _extent(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Give least and largest x and y that are drawn: the table within the workspace, and every thing."""
    low, high = np.array(scene.table.lower), np.array(scene.table.upper)
    if scene.field is not None:
        origin = scene.field.origin
        end = origin + scene.field.step * (np.array(scene.field.distance.shape) - 1)
        low, high = np.maximum(low, origin[:2]), np.minimum(high, end[:2])
    for thing in scene.things:
        reach = float(np.hypot(*thing.size[:2])) / 2.0 + 0.02
        low, high = np.minimum(low, thing.center[:2] - reach), np.maximum(high, thing.center[:2] + reach)
    return low, high


def _footprint(axes: Axes, thing: Thing, *, filled: bool) -> None:
    """Draw a thing's outline; what is doubted has a dashed one."""
    looks = {
        "fc": thing_color(thing.color) if filled else "none",
        "ec": INK,
        "lw": 1.0,
        "ls": "-" if thing.trusted else "--",
        "alpha": 0.8,
        "zorder": 1.5,
    }
    upright = thing.X_WO.rotation().matrix()[2, 2] > 0.95
    if thing.kind in ROUND_KINDS and upright:
        x, y = thing.center[:2]
        axes.add_patch(Circle((y, x), float(thing.size[:2].mean()) / 2.0, **looks))
        return
    corners = _corners(thing)[:, [1, 0]]
    middle = corners.mean(axis=0)
    outline = corners[ConvexHull(corners).vertices]
    axes.add_patch(Polygon(outline, closed=True, **looks))
    if thing.articulation is not None and thing.articulation.kind == "prismatic":
        way = 0.08 * thing.articulation.axis_W
        start = thing.articulation.point_W
        axes.annotate(
            "",
            (start[1] + way[1], start[0] + way[0]),
            (start[1], start[0]),
            arrowprops={"arrowstyle": "->", "color": INK, "lw": 1.4},
        )
    axes.plot(*middle, "+", color=INK, ms=4, zorder=2)


def _corners(thing: Thing) -> Float64:
    """Give the corners of a thing's box in the world, shape (8, 3), [m]."""
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return thing.X_WO.multiply((signs * thing.size / 2.0).T).T


def _name(axes: Axes, thing: Thing) -> None:
    axes.annotate(
        thing.name.replace("_", " "),
        (thing.center[1], float(_corners(thing)[:, 0].max())),
        xytext=(0, -4),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=8,
        color=INK,
        path_effects=[withStroke(linewidth=2.5, foreground=WOOD)],
        zorder=4,
    )


def _space(axes: Axes, scene: Scene) -> None:
    """One level of the distance field: how far the nearest surface is, and what no camera has seen."""
    axes.set(xlabel="y [m], the person's right")
    axes.set_aspect("equal")
    field = scene.field
    if field is None:
        axes.set_title("This perceiver measures no free space")
        return
    index = _level(field, scene.table.height)
    height = field.origin[2] + index * field.step - scene.table.height
    axes.set_title(f"Free space {100 * height:.0f} cm over the table: distance to the nearest surface [cm]")
    half = field.step / 2.0
    end = field.origin + field.step * (np.array(field.distance.shape) - 1)
    box = (field.origin[1] - half, end[1] + half, end[0] + half, field.origin[0] - half)
    level = 100.0 * np.clip(field.distance[:, :, index], 0.0, None)
    solid = field.distance[:, :, index] <= 0.0
    image = axes.imshow(level, extent=box, cmap="YlGnBu_r", vmin=0.0, zorder=1)
    axes.figure.colorbar(image, ax=axes, shrink=0.7)
    for mask, color in ((field.unknown[:, :, index] & ~solid, UNKNOWN), (solid, SOLID)):
        over = np.where(mask, 1.0, np.nan)
        axes.imshow(over, extent=box, cmap=ListedColormap([color]), vmin=0.0, vmax=1.0, zorder=1.1)
    for thing in scene.things:
        _footprint(axes, thing, filled=False)
    handles = [Patch(color=UNKNOWN, label="seen by no camera"), Patch(color=SOLID, label="solid")]
    axes.legend(handles=handles, loc="lower right", fontsize=8, facecolor=PAPER, edgecolor=FAINT)


def _level(field: DistanceField, table: float) -> int:
    """Give the index of the grid's level at ``HEIGHT`` over the table."""
    index = round((table + HEIGHT - float(field.origin[2])) / field.step)
    return int(np.clip(index, 0, field.distance.shape[2] - 1))
