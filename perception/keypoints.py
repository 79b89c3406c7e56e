"""Numbered points on things, as the picture shows them and programs call them."""

from collections.abc import Iterable

from .scene import Keypoint, Thing

MOST = 40
# What is asked for most comes first, so that a crowded scene loses the least.
_ORDER = ("center", "top", "handle", "opening", "rim", "neck", "spout", "bottom")


def number_keypoints(things: Iterable[Thing]) -> tuple[Keypoint, ...]:
    """Choose at most 40 keypoints, thing by thing, and number them from 1.

    Points that would lie on one another (a bottle's spout is its top) count once.
    """
    things = tuple(things)
    chosen: set[tuple[str, str]] = set()
    for part in _ORDER:
        for thing in things:
            if part in thing.parts and len(chosen) < MOST and not _taken(thing, part, chosen):
                chosen.add((thing.name, part))
    ordered = [(thing, part) for thing in things for part in _ORDER if (thing.name, part) in chosen]
    return tuple(
        Keypoint(number=number, thing=thing.name, part=part, p_W=thing.parts[part])
        for number, (thing, part) in enumerate(ordered, start=1)
    )


def _taken(thing: Thing, part: str, chosen: set[tuple[str, str]]) -> bool:
    p_W = thing.parts[part]
    return any(
        (thing.name, other) in chosen and ((thing.parts[other] - p_W) ** 2).sum() < 1e-8
        for other in thing.parts
    )
