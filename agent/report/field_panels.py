"""The value maps in ``plan.png``: of each a level slice with the way over it, and its surface in space."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import SubFigure
from mpl_toolkits.mplot3d import Axes3D
from mpl_toolkits.mplot3d.art3d import Poly3DCollection

from .field_looks import COLORS, TITLES, level_slice, surface
from .palette import stage_color
from .record import FieldRecord, RunRecord, StageRecord

MOST = 4
"""Maps that are drawn; the first ones where there are more."""
SPARSE = 3
"""Every so many nodes along each axis there is an arrow."""
Shown = tuple[int, StageRecord, FieldRecord]


def shown_fields(record: RunRecord) -> tuple[Shown, ...]:
    """Choose the maps that are drawn: each kind of each stage, but those that repeat an earlier one."""
    found: list[Shown] = []
    for index, stage in enumerate(record.stages):
        for field in stage.fields:
            alike = any(
                other.name == field.name
                and other.values.shape == field.values.shape
                and np.allclose(other.values, field.values, equal_nan=True, atol=1e-3)
                for _, _, other in found
            )
            if not alike:
                found.append((index, stage, field))
    return tuple(found[:MOST])


def draw_fields(figure: SubFigure, shown: tuple[Shown, ...]) -> None:
    """Draw maps, a column each.

    Args:
        figure: Where.
        shown: Which.
    """
    for column, (index, stage, field) in enumerate(shown):
        flat = figure.add_subplot(2, MOST, column + 1)
        _slice(flat, index, stage, field)
        space = figure.add_subplot(2, MOST, MOST + column + 1, projection="3d")
        assert isinstance(space, Axes3D), "it was asked for"
        _space(space, index, stage, field)


def _slice(axes: Axes, index: int, stage: StageRecord, field: FieldRecord) -> None:
    """Draw a slice at the middle height of the way, as the person sees it from above."""
    ways = list(stage.p_WG.values())
    height = float(np.median(np.concatenate(ways)[:, 2])) if ways else float(field.lower[2]) + 0.1
    values = level_slice(field, height)
    ends = field.lower[:2] + field.step[:2] * (np.array(values.shape[:2]) - 1)
    half = field.step[:2] / 2.0
    look: dict[str, Any] = {
        "origin": "lower",
        "extent": (field.lower[1] - half[1], ends[1] + half[1], field.lower[0] - half[0], ends[0] + half[0]),
        "cmap": LinearSegmentedColormap.from_list(field.name, ["#ffffff", COLORS[field.name]]),
    }
    if field.name == "rotation":
        x = field.lower[0] + field.step[0] * np.arange(values.shape[0])
        y = field.lower[1] + field.step[1] * np.arange(values.shape[1])
        some = values[::SPARSE, ::SPARSE]
        axes.quiver(
            y[::SPARSE], x[::SPARSE], some[..., 1], some[..., 0], color=COLORS[field.name], angles="xy"
        )
        axes.set_aspect("equal")
    else:
        axes.figure.colorbar(axes.imshow(values, **look), ax=axes, shrink=0.8)
    for way in ways:
        axes.plot(way[:, 1], way[:, 0], color=stage_color(index), lw=1.8)
    axes.invert_yaxis()
    axes.set_title(f"{index + 1}  {TITLES[field.name]}, at {100 * height:.0f} cm", fontsize=8)


def _space(axes: Axes3D, index: int, stage: StageRecord, field: FieldRecord) -> None:
    """Draw the surface, seen from the person's right."""
    vertices, faces = surface(field)
    if len(faces):
        skin = Poly3DCollection(vertices[faces], alpha=0.25, facecolor=COLORS[field.name], edgecolor="none")
        axes.add_collection3d(skin)
    for way in stage.p_WG.values():
        axes.plot(way[:, 0], way[:, 1], way[:, 2], color=stage_color(index), lw=1.8)
    ends = field.lower + field.step * (np.array(field.values.shape[:3]) - 1)
    axes.set(xlim=(field.lower[0], ends[0]), ylim=(field.lower[1], ends[1]), zlim=(field.lower[2], ends[2]))
    axes.set_box_aspect(ends - field.lower)
    axes.view_init(elev=24.0, azim=35.0)
    axes.tick_params(labelsize=6)
    if not len(faces):
        axes.set_title("everywhere" if np.isfinite(field.values).any() else "nowhere", fontsize=8)
