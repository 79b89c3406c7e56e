"""Where things lie on the table and where there is room: footprints, gaps, free spots."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from ...core.arrays import Float64, frozen
from ...perception.scene import TABLE, Scene, Thing

REACH_LOWER = np.array([0.30, -0.38])
REACH_UPPER = np.array([0.72, 0.38])
FINGER_ROOM = 0.035  # between a thing set down and its neighbours: a finger and a margin, [m]
TIGHT_ROOM = 0.018  # the same where there is no more room, [m]
GAPS = (0.05, 0.06, 0.045, 0.07, 0.09, 0.12, 0.03)
GRID = 0.02
ROUND = ("ball", "can", "bottle", "bowl", "plate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Footprint:
    """What a thing covers seen from above: a rectangle, or the disc in it where it is round.

    Attributes:
        center: Its centre in the world, shape (2,), [m].
        axis: Unit vector along its x side, shape (2,).
        half: Half its sides, shape (2,), [m].
        disc: Whether it is round.
    """

    center: Float64
    axis: Float64
    half: Float64
    disc: bool = False

    @classmethod
    def of(cls, thing: Thing) -> "Footprint":
        """Project a thing's box onto the table."""
        R_WO = thing.X_WO.rotation().matrix()
        along = R_WO[:2, int(np.argmax(np.linalg.norm(R_WO[:2], axis=0)))]
        axis = along / np.linalg.norm(along)
        across = np.array([-axis[1], axis[0]])
        reach = np.abs(np.stack([axis, across]) @ (R_WO[:2] * (thing.size / 2.0)))
        return cls(
            center=frozen(thing.center[:2], (2,)),
            axis=frozen(axis, (2,)),
            half=frozen(reach.sum(axis=1), (2,)),
            disc=thing.kind in ROUND,
        )

    @property
    def radius(self) -> float:
        """Radius of the circle around it, [m]."""
        return float(self.half.max() if self.disc else np.hypot(*self.half))

    @property
    def corners(self) -> Float64:
        """Corners in the world, shape (4, 2), [m]."""
        across = np.array([-self.axis[1], self.axis[0]])
        signs = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], dtype=np.float64)
        return self.center + signs * self.half @ np.stack([self.axis, across])

    def distance(self, points: Float64) -> Float64:
        """Distance of points from it, zero inside, shape (N, 2) to (N,), [m]."""
        if self.disc:
            return np.maximum(np.linalg.norm(points - self.center, axis=-1) - self.radius, 0.0)
        across = np.array([-self.axis[1], self.axis[0]])
        local = np.abs((points - self.center) @ np.stack([self.axis, across], axis=1))
        return np.linalg.norm(np.maximum(local - self.half, 0.0), axis=-1)

    def extent(self, direction: Float64) -> float:
        """How far it reaches from its centre in a direction, [m]."""
        if self.disc:
            return self.radius
        across = np.array([-self.axis[1], self.axis[0]])
        return float(self.half @ np.abs([self.axis @ direction, across @ direction]))


def gap(a: Thing, b: Thing) -> float:
    """Give the horizontal distance between two things' footprints, zero where they overlap, [m]."""
    first, second = Footprint.of(a), Footprint.of(b)
    if first.disc:
        return max(0.0, float(second.distance(first.center[None])[0]) - first.radius)
    if second.disc:
        return max(0.0, float(first.distance(second.center[None])[0]) - second.radius)
    points = (
        np.concatenate([first.corners, [first.center]]),
        np.concatenate([second.corners, [second.center]]),
    )
    return float(min(second.distance(points[0]).min(), first.distance(points[1]).min()))


def carried_by(scene: Scene, name: str) -> tuple[Thing, ...]:
    """List what stands on or lies in a thing."""
    return tuple(thing for thing in scene.things if name in (thing.on, thing.inside))


def _clear(point: Float64, radius: float, others: Iterable[Footprint], room: float) -> bool:
    return all(float(other.distance(point[None])[0]) >= radius + room for other in others)


def _under(point: Float64, radius: float, scene: Scene) -> str | None:
    """Name the table on which a circle within reach lies; None where it would stick out over an edge."""
    if not (np.all(point >= REACH_LOWER) and np.all(point <= REACH_UPPER)):
        return None
    name = scene.table_at(point, radius)
    if name != TABLE:
        return name
    lower, upper = scene.table.lower + radius, scene.table.upper - radius
    return TABLE if np.all(point >= lower) and np.all(point <= upper) else None


def _fits(
    point: Float64,
    radius: float,
    scene: Scene,
    others: Mapping[str, Footprint],
    room: float,
    table: str | None = None,
) -> bool:
    """Tell whether a circle has room on a table, or on a certain one."""
    under = _under(point, radius, scene)
    if under is None or table not in (None, under):
        return False
    # A second table is no obstacle to what stands on it, and one to what stands on the main table.
    return _clear(point, radius, (shape for name, shape in others.items() if name != under), room)


def table_of(scene: Scene, thing: Thing) -> str:
    """Name the table that carries a thing, whatever is in between."""
    return TABLE if thing.kind == TABLE else scene.table_at(thing.center)


def obstacles(scene: Scene, thing: Thing, *ignored: str) -> dict[str, Footprint]:
    """Footprints by name of everything but the thing itself and those ignored."""
    return {
        other.name: Footprint.of(other) for other in scene.things if other.name not in (thing.name, *ignored)
    }


def beside(
    scene: Scene, thing: Thing, reference: Thing, direction: Float64 | None, least: float | None
) -> Iterator[Float64]:
    """Find free spots beside a thing, on the table that carries it, best first.

    Args:
        scene: What is there.
        thing: What is to be set down.
        reference: What it is set down beside.
        direction: Wanted side, unit vector in the world, shape (3,), or None for any side.
        least: Gap asked for, [m].

    Yields:
        Spots for the thing's centre, shape (2,), [m].
    """
    radius = Footprint.of(thing).radius
    base = Footprint.of(reference)
    others = obstacles(scene, thing, reference.name)
    table = table_of(scene, reference)
    if direction is None:
        start = base.center - thing.center[:2]
        heading = float(np.arctan2(-start[1], -start[0]))
        turns = [
            sign * np.radians(angle) for angle in range(0, 181, 15) for sign in ((1, -1) if angle else (1,))
        ]
    else:
        heading = float(np.arctan2(direction[1], direction[0]))
        turns = [np.radians(angle) for angle in (0, 10, -10, 20, -20, 30, -30)]
    wides = GAPS if least is None else (least, least + 0.005, least + 0.01)
    for room, wide, turn in product((FINGER_ROOM, TIGHT_ROOM), wides, turns):
        way = np.array([np.cos(heading + turn), np.sin(heading + turn)])
        spot = base.center + way * (base.extent(way) + wide + radius)
        spot = spot + way * (wide - float(base.distance(spot[None])[0]) + radius)
        if _fits(spot, radius, scene, others, room, table):
            yield spot


def between(scene: Scene, thing: Thing, a: Thing, b: Thing) -> Iterator[Float64]:
    """Find free spots between two things, nearest to the middle first; each shape (2,), [m]."""
    radius = Footprint.of(thing).radius
    others = obstacles(scene, thing)
    along = b.center[:2] - a.center[:2]
    across = np.array([-along[1], along[0]]) / max(float(np.linalg.norm(along)), 1e-9)
    for room in (FINGER_ROOM, 0.02, 0.01):
        for side in (0.0, 0.02, -0.02):
            for share in (0.5, 0.45, 0.55, 0.4, 0.6):
                spot = a.center[:2] + share * along + side * across
                if _fits(spot, radius, scene, others, room):
                    yield spot


def near(scene: Scene, thing: Thing, wish: Float64, table: str | None = None) -> Iterator[Float64]:
    """Find free spots on a table, nearest to a wish first.

    Args:
        scene: What is there.
        thing: What is to be set down.
        wish: Where it should stand, shape (2,), [m].
        table: On which table; None for any.

    Yields:
        Spots for the thing's centre, shape (2,), [m].
    """
    radius = Footprint.of(thing).radius
    others = obstacles(scene, thing)
    steps = np.arange(-20, 21) * GRID
    grid = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    order = np.lexsort((grid[:, 1], grid[:, 0], np.round(np.linalg.norm(grid, axis=1), 6)))
    for offset in grid[order]:
        spot = wish + offset
        if _fits(spot, radius, scene, others, FINGER_ROOM, table):
            yield spot


def upon(scene: Scene, thing: Thing, support: Thing) -> Iterator[Float64]:
    """Find free spots on a flat thing such as a tray, nearest to its middle first; each shape (2,), [m]."""
    radius = Footprint.of(thing).radius
    base = Footprint.of(support)
    carried = {other.name for other in carried_by(scene, support.name)}
    others = tuple(Footprint.of(other) for other in scene.things if other.name in carried - {thing.name})
    across = np.array([-base.axis[1], base.axis[0]])
    steps = np.arange(-12, 13) * 0.01
    grid = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    order = np.lexsort((grid[:, 1], grid[:, 0], np.round(np.linalg.norm(grid, axis=1), 6)))
    round_top = support.kind in ("plate", "can")
    for u, v in grid[order]:
        margin = radius * (0.75 if others else 0.5)
        far = (
            np.hypot(u, v) > base.half.min() - margin
            if round_top
            else np.any(np.abs([u, v]) > base.half - margin)
        )
        if far and (u, v) != (0.0, 0.0):
            continue
        spot = base.center + u * base.axis + v * across
        if _clear(spot, radius, others, 0.02):
            yield spot
