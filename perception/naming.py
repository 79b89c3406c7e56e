"""Identifiers: colour and kind, numbered left to right where several share both."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from ..core.arrays import Float64
from .scene import Scene

STAYED = 0.02
"""A thing of the same kind so near to where one stood before is the same one, [m]."""
COLORLESS = frozenset({"black", "gray", "white"})
"""Names that light alone can turn into each other."""


def steady_colors(
    colors: Sequence[tuple[str, str | None]],
    kinds: Sequence[str],
    p_WO: Float64,
    previous: Scene | None,
) -> list[tuple[str, str | None]]:
    """Let what stands where it stood keep its colour, where what is seen now is near to it.

    A white mug on a gray tray lightens the tray's pixels; a name that changed with them would
    make another thing of it.

    Args:
        colors: Name of each thing's colour, and a second one where two are close.
        kinds: Kind of each thing.
        p_WO: Their centres, shape (N, 3), [m].
        previous: The scene before.

    Returns:
        The colours, with those of before as the first name where they are kept.
    """
    steady = list(colors)
    for index, ((first, second), kind) in enumerate(zip(colors, kinds, strict=True)):
        for thing in () if previous is None else previous.things:
            near = second == thing.color or {first, thing.color} <= COLORLESS
            stayed = float(np.linalg.norm(thing.center - p_WO[index])) < STAYED
            if thing.kind == kind and thing.color != first and near and stayed:
                steady[index] = (thing.color, first)
    return steady


def name_things(
    stems: Sequence[tuple[str, str]], p_WO: Float64, previous: Scene | None, reach: float = 0.25
) -> tuple[str, ...]:
    """Name things.

    Args:
        stems: Colour and kind of each thing, ordered left to right as the person sees them.
        p_WO: Their centres, shape (N, 3), [m].
        previous: The scene before, whose names are kept: the nearest of the same colour and kind.
        reach: A thing of the same looks farther than this is another one, where it is not the only one, [m].

    Returns:
        One unique identifier for each, in the same order.
    """
    kept = _kept(stems, p_WO, previous, reach) if previous is not None else {}
    shared = Counter(stems)
    used = set(kept.values())
    names = []
    for index, (color, kind) in enumerate(stems):
        stem = f"{color}_{kind}"
        if index in kept:
            name = kept[index]
        elif shared[color, kind] == 1 and stem not in used:
            name = stem
        else:
            number = 1
            while f"{stem}_{number}" in used:
                number += 1
            name = f"{stem}_{number}"
        used.add(name)
        names.append(name)
    return tuple(names)


def _kept(stems: Sequence[tuple[str, str]], p_WO: Float64, previous: Scene, reach: float) -> dict[int, str]:
    """Match things to those of the scene before, nearest pairs first."""
    pairs = []
    for index, stem in enumerate(stems):
        before = [thing for thing in previous.things if (thing.color, thing.kind) == stem]
        alone = len(before) == 1 and sum(other == stem for other in stems) == 1
        for thing in before:
            gap = float(np.linalg.norm(thing.center - p_WO[index]))
            if gap < reach or alone:
                pairs.append((gap, index, thing.name))
    kept: dict[int, str] = {}
    for _, index, name in sorted(pairs):
        if index not in kept and name not in kept.values():
            kept[index] = name
    return kept
