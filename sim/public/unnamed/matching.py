"""Which of the pieces that are seen are the things that were told of: the best assignment of all together."""

import numpy as np

from ..named.scene import NamedScene, Piece
from .candidates import Candidate, candidates_in, gap
from .describing import Described, Relation

SIZES = {"tiny": (0.0, 0.03), "small": (0.02, 0.11), "medium": (0.08, 0.28), "large": (0.18, 1.0)}
"""Largest extents by the word for them, which overlap, [m]."""
KEPT, MOST = 60, 16
"""Assignments that are followed at a time, and candidates of a thing."""
NEAR = 0.03
CLOSE_BY = 0.15
"""How near things are that are beside each other, [m]."""
ALONE = -1.5
"""What it is worth to find nothing for a thing."""
SAME = {
    "gray": {"black": 0.6, "white": 0.5},
    "black": {"gray": 0.6, "brown": 0.2, "blue": 0.2},
    "white": {"gray": 0.6},
    "brown": {"red": 0.5, "orange": 0.5, "purple": 0.2},
    "red": {"brown": 0.5},
    "orange": {"brown": 0.5, "yellow": 0.5},
    "yellow": {"orange": 0.6},
    "blue": {"purple": 0.4, "black": 0.3, "gray": 0.3},
    "pink": {"brown": 0.4, "red": 0.3},
    "purple": {"blue": 0.4, "brown": 0.4},
    "cyan": {"blue": 0.3, "green": 0.3},
}
"""How well another name says what was told as one."""


def match(things: list[Described], scene: NamedScene) -> dict[str, tuple[Piece, ...]]:
    """Find the pieces of every thing.

    Args:
        things: What was told.
        scene: What is seen.

    Returns:
        The pieces by the thing's name; none for what nothing fits.
    """
    return {name: one.pieces for name, one in _best(things, scene)[1].items()}


def fit(things: list[Described], scene: NamedScene) -> float:
    """Say how well what was told fits to what is seen; only to be compared within one scene."""
    return _best(things, scene)[0] / max(len(things), 1)


def _best(things: list[Described], scene: NamedScene) -> tuple[float, dict[str, Candidate]]:
    candidates = candidates_in(scene)
    beam: list[tuple[float, dict[str, Candidate]]] = [(0.0, {})]
    for thing in things:
        scored = sorted(((_alone(thing, one), one) for one in candidates), key=lambda pair: -pair[0])[:MOST]
        grown = [(total + ALONE, chosen) for total, chosen in beam]
        for worth, one in scored:
            if worth <= ALONE:
                continue
            for total, chosen in beam:
                more = worth + _together(thing, one, chosen, things)
                grown.append((total + more, {**chosen, thing.name: one}))
        beam = sorted(grown, key=lambda pair: -pair[0])[:KEPT]
    return beam[0]


def _alone(thing: Described, one: Candidate) -> float:
    """Say how well pieces fit to what was told of a thing by itself."""
    if (thing.sort == "mark") != one.mark or (thing.sort == "hole" and not one.hollow):
        return -9.0
    worth = 2.0 * _color(thing, one) + _size(thing, one) + 0.6 * _shape(thing, one)
    match thing.sort:
        case "free":
            worth += 1.0 * one.whole + 0.8 * one.inside - 0.8 * one.upright
            worth -= 0.5 * (one.hollow and one.share > 0.5)
        case "fixed":
            worth += 0.6 * one.whole + 0.4 * one.share
        case "part":
            worth += 0.7 * (not one.whole) + 0.8 * float(np.clip(one.out / 0.03, -0.5, 1.0))
        case "hole":
            worth += 1.5 * one.hollow + 0.3 * one.share
        case _:
            pass
    if thing.role == "handle":
        worth += 0.5 * float(np.clip(one.out / 0.03, 0.0, 1.0)) - 0.5 * (one.share > 0.5)
    return worth


def _color(thing: Described, one: Candidate) -> float:
    if not thing.colors:
        return 0.5
    best = 0.0
    for rank, told in enumerate(thing.colors):
        like = SAME.get(told, {})
        share = sum(
            part * (1.0 if name == told else like.get(name, 0.0)) for name, part in one.colors.items()
        )
        best = max(best, (1.0 - 0.15 * rank) * share)
    if len(thing.colors) > 1:
        both = sum(part for name, part in one.colors.items() if name in thing.colors)
        best = max(best, 0.9 * both)
    return best


def _size(thing: Described, one: Candidate) -> float:
    if thing.size == "any":
        return 0.5
    low, high = SIZES[thing.size]
    extent = float(one.box.size.max())
    off = max(low - extent, extent - high, 0.0) / max(extent, 0.02)
    return float(np.clip(1.0 - 1.5 * off, -0.5, 1.0))


def _shape(thing: Described, one: Candidate) -> float:
    a, b, c = np.sort(one.box.size + 0.004)[::-1]
    match thing.shape:
        case "bar" | "arm":
            return float(np.clip((a / b - 1.0) / 1.5, 0.0, 1.0))
        case "plate" | "disk" | "panel":
            return float(np.clip(1.4 - 1.6 * c / b, 0.0, 1.0))
        case "ball" | "cube":
            return float(np.clip(2.0 * c / a - 0.6, 0.0, 1.0))
        case "box" | "block":
            return float(np.clip(2.0 * c / a, 0.0, 1.0))
        case _:
            return 0.5


def _together(
    thing: Described, one: Candidate, chosen: dict[str, Candidate], things: list[Described]
) -> float:
    """Say how well it fits to what has been chosen for other things."""
    worth = 0.0
    told = {other.name: other for other in things}
    for name, other in chosen.items():
        holds = {thing.role, told[name].role} & {"mount"} or told[name].role != thing.role == "handle"
        if one.meets(other) and not (holds and (other.has(one) or one.has(other))):
            worth -= 3.0
        if one.meets(other) and len(one.pieces) == len(other.pieces):
            worth -= 1.0
    for relation in thing.relations:
        if relation.of in chosen:
            worth += 0.8 * _related(relation, one, chosen[relation.of])
    for name, other in chosen.items():
        for relation in told[name].relations:
            if relation.of == thing.name:
                worth += 0.8 * _related(relation, other, one)
    return worth


def _related(relation: Relation, one: Candidate, other: Candidate) -> float:
    """Say how much a relation holds, -1 to 1."""
    a, b = one.box, other.box
    apart = a.center - b.center
    match relation.how:
        case "left_of":
            return float(np.clip(-apart[0] / NEAR, -1.0, 1.0))
        case "right_of":
            return float(np.clip(apart[0] / NEAR, -1.0, 1.0))
        case "nearer_than":
            return float(np.clip(-apart[1] / NEAR, -1.0, 1.0))
        case "further_than":
            return float(np.clip(apart[1] / NEAR, -1.0, 1.0))
        case "above":
            return float(np.clip(apart[2] / NEAR, -1.0, 1.0))
        case "below":
            return float(np.clip(-apart[2] / NEAR, -1.0, 1.0))
        case "part_of":
            return 1.0 if one.root == other.root else -1.0
        case "on" | "in":
            return 1.0 if gap(a, b).max() < NEAR else -1.0
        case "beside":
            return 1.0 if gap(a, b).max() < CLOSE_BY else -0.5
