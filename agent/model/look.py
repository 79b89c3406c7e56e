"""Looking: what the measured things really are, by the picture; doubts are kept, nothing is invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ...perception.scene import Scene
from .forms import LookAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a model saw in the picture of a scene, grounded in the scene's identifiers.

    Attributes:
        names: What a person would call each thing, by its identifier.
        doubts: What is uncertain about a thing, by its identifier.
        points: Names that were given to points, by the point as programs write it (``mug.point_2``).
        missed: What was seen and not measured, in words.
        trouble: What was wrong with the answer, one sentence each; that part of it is left out.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)
    points: Mapping[str, str] = field(default_factory=dict)
    missed: tuple[str, ...] = ()
    trouble: tuple[str, ...] = ()


NOTHING = Seen()
"""Where nobody looked."""


def grounded(answer: LookAnswer, scene: Scene) -> Seen:
    """Take of an answer what speaks of things and points that there are.

    Args:
        answer: What the model said.
        scene: What was measured.
    """
    known = {thing.name: thing for thing in scene.things}
    points = {f"{thing.name}.{part}" for thing in scene.things for part in thing.parts}
    numbers = {str(point.number): f"{point.thing}.{point.part}" for point in scene.keypoints}
    names, doubts, named, trouble = {}, {}, {}, []
    for one in answer.things:
        if one.identifier not in known:
            trouble.append(f"there is no {one.identifier!r}")
            continue
        if one.name.strip():
            names[one.identifier] = _line(one.name)
        if one.doubt.strip():
            doubts[one.identifier] = _line(one.doubt)
    for point in answer.points:
        place = numbers.get(point.point.strip(), point.point.strip())
        if place not in points or not point.name.strip():
            trouble.append(f"there is no point {point.point!r}")
            continue
        named[place] = _line(point.name)
    missed = tuple(_line(one) for one in answer.missed if one.strip())
    return Seen(names=names, doubts=doubts, points=named, missed=missed, trouble=tuple(trouble))


def _line(text: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())
