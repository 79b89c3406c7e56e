"""Whether a thing lies where it should, measured in a scene."""

import numpy as np

from ..core.arrays import Float64
from ..perception.scene import TABLE, Scene, Thing
from .measure import bottom_of, gap, half_width, smallest_radius, top_of, within_footprint
from .skill import Feasibility

ON_ROOM = 0.015
"""Largest distance between a bottom and the surface it stands on, [m]."""
BESIDE_GAP = 0.12
"""Largest gap between things that are next to each other, [m]."""
SIDE_GAP = 0.25
"""Largest gap between a thing and the one it is left of, right of, behind or in front of, [m]."""
OVERLAP = 0.012
"""How much boxes of things side by side may seem to overlap, for the camera's error, [m]."""
AT_ROOM = 0.03
"""Largest distance from a place given by numbers, [m]."""


def placed(
    thing: Thing, relation: str, reference: str, references: tuple[Thing, ...], scene: Scene
) -> Feasibility:
    """Judge whether a thing lies in a relation to others.

    Args:
        thing: The thing that was moved, as seen now.
        relation: One of the relations of ``place``.
        reference: The reference as it was said.
        references: The things it names.
        scene: What is seen now.

    Returns:
        How likely it does, and what was measured.
    """
    if relation == "at":
        x, y = (float(part) for part in reference.split(","))
        off = float(np.hypot(thing.center[0] - x, thing.center[1] - y))
        return _verdict(off <= AT_ROOM, f"{thing.name} is {100 * off:.1f} cm from the place")
    if reference == TABLE:
        above = bottom_of(thing) - scene.table.height
        held_up = thing.on not in (TABLE, "") or thing.inside is not None
        words = f"{thing.name} is {100 * above:.1f} cm above the table, on {thing.on}"
        return _verdict(abs(above) <= ON_ROOM and not held_up, words)
    other = references[0]
    match relation:
        case "in":
            return _inside(thing, other)
        case "on":
            return _on(thing, other)
        case "next to":
            return _beside(thing, other)
        case "between":
            return _between(thing, *references)
        case "left of":
            return _toward(thing, other, scene.directions.left, relation)
        case "right of":
            return _toward(thing, other, scene.directions.right, relation)
        case "in front of":
            return _toward(thing, other, scene.directions.front, relation)
        case _:
            return _toward(thing, other, scene.directions.behind, relation)


def _verdict(holds: bool, reason: str) -> Feasibility:
    return Feasibility(probability=0.95 if holds else 0.05, reason=reason)


def _inside(thing: Thing, container: Thing) -> Feasibility:
    off = (thing.center - container.center)[:2]
    radius = container.cavity_radius
    if radius is None or container.kind in ("tray", "drawer", "box"):
        over = within_footprint(thing.center, container)
        words = f"{thing.name} lies {'over' if over else 'outside'} the floor of {container.name}"
    else:
        distance = float(np.linalg.norm(off))
        over = distance <= radius
        words = (
            f"{thing.name} is {100 * distance:.1f} cm from the middle of {container.name}, "
            f"whose opening is {100 * radius:.1f} cm in radius"
        )
    height = bottom_of(thing) - top_of(container)
    low = height < 0.5 * thing.size[2] and bottom_of(thing) > bottom_of(container) - ON_ROOM
    return _verdict(
        over and low, f"{words}; its bottom is {100 * abs(height):.1f} cm {_sides(height)} the rim"
    )


def _sides(height: float) -> str:
    return "above" if height > 0.0 else "below"


def _on(thing: Thing, support: Thing) -> Feasibility:
    above = bottom_of(thing) - top_of(support)
    # A plate or a tray carries things below its rim.
    hollow = support.cavity_radius is not None or support.kind in ("plate", "tray", "bowl")
    touching = (-support.size[2] - ON_ROOM if hollow else -ON_ROOM) <= above <= ON_ROOM
    over = within_footprint(thing.center, support)
    words = f"the bottom of {thing.name} is {100 * above:+.1f} cm from the top of {support.name}"
    return _verdict(touching and over, f"{words}, its middle {'over' if over else 'beside'} it")


def _beside(thing: Thing, other: Thing) -> Feasibility:
    distance = gap(thing, other)
    level = abs(bottom_of(thing) - bottom_of(other))
    stacked = thing.on == other.name or thing.inside == other.name
    words = f"the gap between {thing.name} and {other.name} is {100 * distance:.1f} cm"
    if stacked or level > max(0.5 * float(other.size[2]), 0.03):
        return _verdict(False, f"{words}, but they do not stand at one height")
    return _verdict(-OVERLAP <= distance <= BESIDE_GAP, words)


def _toward(thing: Thing, other: Thing, direction: Float64, relation: str) -> Feasibility:
    between = (thing.center - other.center) * [1.0, 1.0, 0.0]
    along = float(between @ direction)
    across = float(np.linalg.norm(between - along * direction))
    room = along - half_width(thing, direction) - half_width(other, direction)
    words = (
        f"{thing.name} is {100 * along:.1f} cm {relation} {other.name} and {100 * across:.1f} cm off "
        f"that line, with {100 * room:.1f} cm between them"
    )
    lined_up = across <= max(along, 0.0)
    apart = gap(thing, other) >= -OVERLAP
    stacked = thing.on == other.name or thing.inside == other.name
    return _verdict(along > 0.0 and lined_up and apart and room <= SIDE_GAP and not stacked, words)


def _between(thing: Thing, a: Thing, b: Thing) -> Feasibility:
    line = (b.center - a.center)[:2]
    length = float(np.linalg.norm(line))
    if length < 1e-6:
        return _verdict(False, f"{a.name} and {b.name} are at one place")
    off = (thing.center - a.center)[:2]
    share = float(off @ line) / length**2
    across = float(abs(off[0] * line[1] - off[1] * line[0])) / length
    words = (
        f"{thing.name} is {100 * share:.0f} % of the way from {a.name} to {b.name}, "
        f"{100 * across:.1f} cm off the line"
    )
    return _verdict(0.15 <= share <= 0.85 and across <= 0.03 + smallest_radius(thing), words)
