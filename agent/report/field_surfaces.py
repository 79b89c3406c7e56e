"""The value maps in the animation: each map's surface and a level slice, seen while its stage runs."""

from dataclasses import dataclass

import numpy as np
from pydrake.geometry import Meshcat, Rgba

from .field_looks import COLORS, level_slice, surface
from .field_panels import shown_fields
from .record import FieldRecord, RunRecord

CLEAR = 0.25
"""How much of the light a surface stops."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """A map in the scene tree.

    Attributes:
        path: Where it is.
        begins: Robot time when its stage begins, [s].
        ends: Robot time when its stage ends, [s].
    """

    path: str
    begins: float
    ends: float


def show_fields(meshcat: Meshcat, record: RunRecord) -> tuple[Surface, ...]:
    """Put the surfaces and slices of a run's value maps into the scene.

    Args:
        meshcat: Where to.
        record: The run.
    """
    found = []
    starts = [stage.start for stage in record.stages]
    for index, stage, field in shown_fields(record):
        path = f"maps/stage {index + 1}/{field.name}"
        vertices, faces = surface(field)
        if len(faces):
            rgba = Rgba(*_channels(field), CLEAR)
            meshcat.SetTriangleMesh(f"{path}/surface", vertices.T, faces.T, rgba)
        ways = np.concatenate([*stage.p_WG.values(), [[0.0, 0.0, float(field.lower[2]) + 0.1]]])
        corners, flat, colors = sheet(field, float(np.median(ways[:, 2])))
        if len(flat):
            meshcat.SetTriangleColorMesh(f"{path}/slice", corners.T, flat.T, colors.T)
        ends = next((start for start in starts if start > stage.start), stage.start + float(stage.times[-1]))
        found.append(Surface(path=path, begins=stage.start, ends=ends))
    return tuple(found)


def sheet(field: FieldRecord, height: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give a level slice as coloured triangles where something is said: vertices, faces and colours."""
    color = np.array(_channels(field))
    values = level_slice(field, height)
    if values.ndim == 3:
        values = values[..., 2]
    said = np.isfinite(values) & (np.abs(values) > 1e-3)
    nx, ny = values.shape
    x, y = (field.lower[a] + field.step[a] * np.arange((nx, ny)[a]) for a in (0, 1))
    corners = np.stack([*np.meshgrid(x, y, indexing="ij"), np.full((nx, ny), height)], axis=-1).reshape(-1, 3)
    least, most = (float(f(values[said])) if said.any() else 0.0 for f in (np.min, np.max))
    share = (np.where(said, values, least) - least) / max(most - least, 1e-9)
    shade = 1.0 - (0.35 + 0.65 * share.reshape(-1)[:, None]) * (1.0 - color)
    number = np.arange(nx * ny).reshape(nx, ny)
    whole = said[:-1, :-1] & said[1:, :-1] & said[:-1, 1:] & said[1:, 1:]
    a, b, c, d = (one[whole] for one in (number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]))
    return corners, np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]), shade


def _channels(field: FieldRecord) -> tuple[float, float, float]:
    red, green, blue = (int(COLORS[field.name][at : at + 2], 16) / 255.0 for at in (1, 3, 5))
    return red, green, blue
