"""How things stand to each other: carried, contained, touching, and where, as the person sees it."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ..core.arrays import Float64
from ..core.errors import UnknownName
from ..robots.shapes import Box, Cylinder, Shape, Sphere, Vessel, distance
from .scene import Scene, Thing

Kind = Literal["on", "inside", "touching", "beside", "left_of", "behind", "above"]
KINDS: tuple[Kind, ...] = get_args(Kind)

TOUCH = 0.006  # Twice the usual error of a place: surfaces nearer than this may touch, [m].
BESIDE = 0.12  # Surfaces nearer than this are beside each other, as instructions take "next to", [m].
AWAY = 0.01  # Least offset for a direction to hold, [m].
LEAN = 0.8  # A direction holds while the offset across it is no larger than this share's inverse.
OVER = 0.01  # How far an upper thing may sink into the one below it, as measured, [m].
GRID = 7  # Points along each side of a solid's surface.


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One thing's relation to another.

    Attributes:
        kind: ``on`` and ``inside``: carried and contained; ``touching`` and ``beside`` hold both ways
            and are listed once; ``left_of`` and ``behind`` as the person sees it; ``above``: over
            it, carried or not. Right of, in front of and below are these, read backwards.
        subject: Name of the thing that stands so.
        object: Name of the thing it stands so to, ``table`` or ``hand``.
        gap: Distance between the two surfaces, [m]; None for table and hand.
    """

    kind: Kind
    subject: str
    object: str
    gap: float | None = None


def relations(scene: Scene) -> tuple[Relation, ...]:
    """List every relation that holds in a scene.

    A direction holds between any two things that stand apart on it, however far.
    Containment and support are the perceiver's; the rest is measured on the things' solids.

    Args:
        scene: What was perceived.

    Returns:
        Relations in the order of the things, then of ``KINDS``.
    """
    found: list[Relation] = []
    surfaces = {thing.name: _surface(thing) for thing in scene.things}
    for index, thing in enumerate(scene.things):
        if all(thing.on != other.name for other in scene.things):
            found.append(Relation(kind="on", subject=thing.name, object=thing.on))
        for later, other in enumerate(scene.things):
            if later != index:
                gap = _gap(thing, other, surfaces)
                found += [
                    Relation(kind=kind, subject=thing.name, object=other.name, gap=gap)
                    for kind in KINDS
                    if _holds(kind, thing, other, gap, scene, first=index < later)
                ]
    return tuple(found)


def related(scene: Scene, kind: Kind, name: str) -> tuple[str, ...]:
    """Name what stands in a relation to a thing.

    Args:
        scene: What was perceived.
        kind: The relation.
        name: A thing's name, ``table`` or ``hand``.

    Returns:
        Every subject that stands so to it, in the person's order.

    Raises:
        UnknownName: If there is no such relation or thing.
    """
    if kind not in KINDS:
        raise UnknownName("relation", kind, KINDS)
    names = [thing.name for thing in scene.things]
    if name not in ("table", "hand", *names):
        raise UnknownName("thing", name, names)
    both_ways = kind in ("touching", "beside")
    held = [relation for relation in relations(scene) if relation.kind == kind]
    subjects = {relation.subject for relation in held if relation.object == name}
    if both_ways:
        subjects |= {relation.object for relation in held if relation.subject == name}
    return tuple(one for one in names if one in subjects)


def _holds(kind: Kind, thing: Thing, other: Thing, gap: float, scene: Scene, *, first: bool) -> bool:
    """Tell whether a relation holds between two things."""
    match kind:
        case "on":
            return thing.on == other.name
        case "inside":
            return thing.inside == other.name
        case "touching":
            return first and gap < TOUCH
        case "beside":
            return first and gap < BESIDE and not _stacked(thing, other) and not _stacked(other, thing)
        case "left_of":
            return _lies(thing, other, scene.directions.left)
        case "behind":
            return _lies(thing, other, scene.directions.behind)
        case "above":
            return _stacked(thing, other)


def _lies(thing: Thing, other: Thing, way: Float64) -> bool:
    """Tell whether a thing lies on one side of another; the same rule as instructions are read by."""
    offset = thing.center - other.center
    along, aside = float(offset @ way), float(offset @ np.cross([0.0, 0.0, 1.0], way))
    return along > AWAY and along >= LEAN * abs(aside)


def _stacked(upper: Thing, lower: Thing) -> bool:
    """Tell whether a thing is over another: carried or contained by it, or its middle above it."""
    if lower.name in (upper.on, upper.inside):
        return True
    p_O = lower.X_WO.inverse() @ upper.center
    within = bool((np.abs(p_O[:2]) <= lower.size[:2] / 2.0).all())
    return within and float(upper.parts["bottom"][2] - lower.parts["top"][2]) > -OVER


def _gap(one: Thing, other: Thing, surfaces: dict[str, Float64]) -> float:
    """Measure the distance between two things' solids, 0 where they overlap, [m].

    Sampled both ways: a corner on a face is found from the side that has the corner.
    """
    between = np.linalg.norm(one.center - other.center)
    reach = 0.5 * float(np.linalg.norm(one.size) + np.linalg.norm(other.size))
    if between - reach > BESIDE + 0.1:
        return float(between - reach)
    gaps = [
        min(float(distance(shape, surfaces[a.name]).min()) for shape in b.shapes)
        for a, b in ((one, other), (other, one))
    ]
    return max(0.0, min(gaps))


def _surface(thing: Thing) -> Float64:
    """Give points on all of a thing's solids, in the world, shape (N, 3), [m]."""
    points = [shape.X_WS.multiply(_points(shape).T).T for shape in thing.shapes]
    return np.concatenate(points)


def _points(shape: Shape) -> Float64:
    """Give points on a solid's outer surface in its own frame, edges included, shape (N, 3), [m]."""
    line, angles = np.linspace(-1.0, 1.0, GRID), np.linspace(0.0, 2.0 * np.pi, 4 * GRID, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    match shape:
        case Box(half=half):
            grid = np.stack(np.meshgrid(line, line, line, indexing="ij"), axis=-1).reshape(-1, 3)
            return grid[np.abs(grid).max(axis=1) == 1.0] * half
        case Sphere(radius=radius):
            rows = [np.column_stack([circle * np.sqrt(1.0 - z * z), np.full(len(circle), z)]) for z in line]
            return radius * np.concatenate(rows)
        case Cylinder(radius=radius, half_length=half):
            profile = [(radius, z * half) for z in line]
            profile += [(r * radius, side * half) for r in (0.0, 0.5) for side in (-1, 1)]
        case Vessel(bottom_radius=bottom, top_radius=top, height=height):
            shares = (line + 1.0) / 2.0
            profile = [(bottom + s * (top - bottom), s * height) for s in shares] + [(0.0, 0.0)]
    return np.concatenate([np.column_stack([r * circle, np.full(len(circle), z)]) for r, z in profile])
