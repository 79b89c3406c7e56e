"""Level surfaces that can carry things: the table, more tables and steps, and what furniture offers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydrake.math import RigidTransform, RotationMatrix
from scipy import ndimage

from ..core.arrays import Float64, frozen
from .cloud import Cloud
from .plane import above_table
from .scene import SupportPlane, Table, Thing

CELL = 0.01  # Side of the cells of the height map, [m].
LEVEL = 0.006  # Heights of one surface differ by less from cell to cell: three times a camera's noise, [m].
STEP = 0.012  # Least height of a step: a plate's rim and a cloth are none, [m].
BROAD = 0.12  # A level surface larger than this is a table whatever its border, [m^2].
REACHING = 0.05  # So is one that goes on beyond what is looked at, if larger than this, [m^2].
BORDER = 0.02  # How near the end of the region counts as going on beyond it, [m].
AROUND = 0.02  # What stands this near to a step's edge and lower than its surface is its side, [m].
SHEET = 0.007  # What nowhere rises higher is no thing: half the thinnest plate, [m].
FURNITURE = ("tray", "shelf", "drawer")
CARRIES = 0.15  # A level of furniture is a surface if this share of its footprint was seen at it.
SAMPLED = 20000  # Points of the whole scene that furniture is searched for surfaces with.
LEAST_GAP = 0.02  # Two surfaces of one thing lie at least this far apart, [m].


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One table with what rises above it.

    Attributes:
        plane: The surface.
        above: Points that stand out of it, indices into the cloud.
        rgb: Its colour, linear light, shape (3,).
        own: Points of a step itself, its top and sides, indices into the cloud; none for the main table.
    """

    plane: SupportPlane
    above: NDArray[np.int64]
    rgb: Float64
    own: NDArray[np.int64]


def is_sheet(cloud: Cloud, height: float) -> bool:
    """Tell whether a cluster is a cloth or a sheet of paper: nothing of it rises above the table.

    Args:
        cloud: The cluster.
        height: Height of the table, [m].
    """
    return float(np.percentile(cloud.p_W[:, 2], 90)) < height + SHEET


def find_grounds(cloud: Cloud, table: Table, lower: Float64, upper: Float64) -> list[Ground]:
    """Take the cloud apart by the table that each point stands over.

    Args:
        cloud: Everything seen over the workspace, without the robot.
        table: The main table.
        lower: Least corner of the region looked at, shape (3,), [m].
        upper: Largest corner, shape (3,), [m].

    Returns:
        The main table first, then steps and other tables, the largest first.
    """
    high, rgb = above_table(cloud, table)
    over = np.nonzero(high)[0]
    grounds = []
    for mask, height in _steps(cloud.p_W[over], table.height, lower, upper):
        inside = _under(mask, cloud.p_W[over], lower)
        mine, over = over[inside], over[~inside]
        step = cloud.take(mine)
        risen, color = above_table(step, Table(height=height, lower=table.lower, upper=table.upper))
        plane = _around(
            f"table_{len(grounds) + 2}", step.p_W[np.abs(step.p_W[:, 2] - height) < LEVEL], height
        )
        grounds.append(Ground(plane=plane, above=mine[risen], rgb=color, own=mine[~risen]))
    size = table.upper - table.lower
    middle = np.array([*(table.lower + table.upper) / 2.0, table.height])
    main = SupportPlane(name="table", X_WP=RigidTransform(middle), size=frozen(size, (2,)))
    return [Ground(plane=main, above=over, rgb=rgb, own=np.zeros(0, np.int64)), *grounds]


def _steps(
    p_W: Float64, table: float, lower: Float64, upper: Float64
) -> list[tuple[NDArray[np.bool_], float]]:
    """Find broad level patches above the table: cells they cover, and their height."""
    shape = np.ceil((upper[:2] - lower[:2]) / CELL).astype(int)
    if len(p_W) * CELL**2 < REACHING * 0.1:
        return []
    cell = np.clip(((p_W[:, :2] - lower[:2]) / CELL).astype(int), 0, shape - 1)
    flat = cell[:, 0] * shape[1] + cell[:, 1]
    count = np.bincount(flat, minlength=int(shape.prod()))
    total = np.bincount(flat, p_W[:, 2], minlength=int(shape.prod()))
    with np.errstate(invalid="ignore", divide="ignore"):
        height = (total / count).reshape(shape)
    found = []
    levels, edges = np.histogram(height[count.reshape(shape) > 0], bins=np.arange(table, upper[2], LEVEL))
    for level in np.argsort(levels)[::-1][:3]:
        z = float(edges[level]) + LEVEL / 2.0
        if z < table + STEP or levels[level] * CELL**2 < REACHING / 2.0:
            continue
        with np.errstate(invalid="ignore"):
            near = np.abs(height - z) < 1.5 * LEVEL
        # Things on it and missing depth leave holes, which belong to it.
        mask = np.asarray(ndimage.binary_fill_holes(ndimage.binary_closing(near, iterations=2)), bool)
        labels = np.zeros(mask.shape, np.int32)
        ndimage.label(mask, output=labels)
        for one in range(1, int(labels.max()) + 1):
            patch = labels == one
            area = float(patch.sum()) * CELL**2
            x, y = np.nonzero(patch)
            far = int(BORDER / CELL)
            reaches = min(x.min(), y.min()) < far or x.max() >= shape[0] - far or y.max() >= shape[1] - far
            if area > BROAD or (reaches and area > REACHING):
                known = all(not (patch & other).any() for other, _ in found)
                if known:
                    found.append((patch, float(np.nanmedian(height[patch & near]))))
    return sorted(found, key=lambda one: -one[0].sum())


def _under(mask: NDArray[np.bool_], p_W: Float64, lower: Float64) -> NDArray[np.bool_]:
    """Tell which points lie over a patch or at its sides."""
    wide = ndimage.binary_dilation(mask, iterations=round(AROUND / CELL))
    cell = ((p_W[:, :2] - lower[:2]) / CELL).astype(int)
    cell = np.clip(cell, 0, np.array(mask.shape) - 1)
    return np.asarray(wide, bool)[cell[:, 0], cell[:, 1]]


def _around(name: str, p_W: Float64, height: float) -> SupportPlane:
    """Put a rectangle about the points of a surface, along their main directions."""
    xy = p_W[:, :2]
    centered = xy - xy.mean(axis=0)
    axis = np.linalg.eigh(centered.T @ centered)[1][:, 1]
    R = np.array([axis, [-axis[1], axis[0]]])
    low, high = np.percentile(xy @ R.T, [0.5, 99.5], axis=0)
    middle = R.T @ ((low + high) / 2.0)
    X_WP = RigidTransform(RotationMatrix.MakeZRotation(np.arctan2(axis[1], axis[0])), [*middle, height])
    return SupportPlane(name=name, X_WP=X_WP, size=frozen(high - low, (2,)))


def surfaces_of(thing: Thing, seen: Cloud) -> tuple[SupportPlane, ...]:
    """Find the level surfaces of a piece of furniture: a tray's floor, boards, an open drawer's floor.

    Args:
        thing: The thing; only trays, shelves and drawers are looked at.
        seen: Everything seen, the points that lie as low as the table included.

    Returns:
        From the lowest up; named after the thing.
    """
    if thing.kind not in FURNITURE:
        return ()
    R_WO, p_WO = thing.X_WO.rotation().matrix(), thing.X_WO.translation()
    every = max(1, len(seen) // SAMPLED)
    few, pitch = seen.p_W[::every], seen.pitch[::every] * np.sqrt(every)
    p_O = (few - p_WO) @ R_WO
    half = thing.size / 2.0 - [0.008, 0.008, -0.004]
    within = (np.abs(p_O) <= half).all(axis=1)
    p_O, area = p_O[within], pitch[within] ** 2
    if len(p_O) < 30:
        return ()
    levels, edges = np.histogram(
        p_O[:, 2], bins=np.arange(-half[2] - LEVEL, half[2] + 2.0 * LEVEL, LEVEL / 2.0), weights=area
    )
    wide = np.convolve(levels, np.ones(3), "same")
    heights: list[float] = []
    for level in np.argsort(wide)[::-1]:
        z = float(edges[level]) + LEVEL / 4.0
        if wide[level] < CARRIES * 4.0 * half[0] * half[1]:
            break
        if all(abs(z - other) > LEAST_GAP for other in heights):
            heights.append(z)
    names = _names(thing, sorted(heights))
    planes = []
    for name, z in zip(names, sorted(heights), strict=True):
        own = p_O[np.abs(p_O[:, 2] - z) < LEVEL]
        low, high = np.percentile(own[:, :2], [1, 99], axis=0)
        middle = np.array([*(low + high) / 2.0, float(np.median(own[:, 2]))])
        X_WP = RigidTransform(thing.X_WO.rotation(), thing.X_WO @ middle)
        planes.append(SupportPlane(name=name, X_WP=X_WP, size=frozen(high - low, (2,)), owner=thing.name))
    return tuple(planes)


def _names(thing: Thing, heights: list[float]) -> list[str]:
    """Name surfaces: boards of a shelf by number from below, else the floor and the top."""
    if thing.kind == "shelf":
        return [f"{thing.name}_board_{number + 1}" for number in range(len(heights))]
    top = thing.size[2] / 2.0 - LEAST_GAP / 2.0
    kinds = ["top" if z > top and thing.kind == "drawer" else "floor" for z in heights]
    number = {index: kinds[: index + 1].count(kind) for index, kind in enumerate(kinds)}
    return [
        f"{thing.name}_{kind}" + (f"_{number[index]}" if number[index] > 1 else "")
        for index, kind in enumerate(kinds)
    ]
