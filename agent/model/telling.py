"""A scene for a model: what was measured in words, with what the picture showed of it, and the picture."""

import io
from collections.abc import Sequence

from ...perception.annotate import annotate
from ...perception.scene import Scene, Thing
from ...prompts import Setting, setting
from ...skills.skill import Arguments, SkillSpec
from .look import NOTHING, Seen


def things_text(scene: Scene, seen: Seen = NOTHING) -> str:
    """List the things, one a line, left to right as the person sees them.

    Args:
        scene: What was measured.
        seen: What a model saw in the picture.
    """
    if not measured(scene):
        told = [f"- {thing.name}: {thing.kind}, {_where(thing)}" for thing in scene.things]
        return "\n".join([*told, *scene.warnings])
    lines = [_line(thing, seen) for thing in scene.things] or ["(nothing)"]
    lines += [f"- seen but not measured, so nothing can be done with it: {one}" for one in seen.missed]
    return "\n".join(lines)


def measured(scene: Scene) -> bool:
    """Say whether the things of a scene were seen, rather than told of in words."""
    return any(len(thing.cloud) for thing in scene.things) or not scene.things


def setting_of(scene: Scene) -> Setting:
    """Give what a model is told of the robot, and of how to break things down for it."""
    return setting("table" if measured(scene) else "home")


def keypoints_text(scene: Scene) -> str:
    """List the numbers of the picture, one thing a line."""
    rows: dict[str, list[str]] = {}
    for point in scene.keypoints:
        rows.setdefault(point.thing, []).append(f"{point.number} = {point.thing}.{point.part}")
    return "\n".join(", ".join(row) for row in rows.values()) or "(none)"


def warnings_text(scene: Scene) -> str:
    """Tell what went less than well in measuring."""
    return "\n".join(f"Warning: {one}" for one in scene.warnings)


def skills_text(skills: Sequence[SkillSpec]) -> str:
    """List the skills with their arguments, from their specifications."""
    return "\n".join(_described(spec) for spec in skills)


def call_text(skill: str, arguments: Arguments) -> str:
    """Write a skill with arguments as an option: ``place(red_block, in, blue_bowl)``."""
    return f"{skill}({', '.join(arguments.values())})"


def _described(spec: SkillSpec) -> str:
    names = ", ".join(parameter.name for parameter in spec.parameters)
    lines = [f"- {spec.name}({names}): {spec.purpose}"]
    for parameter in spec.parameters:
        choices = f" One of: {', '.join(parameter.choices)}." if parameter.choices else ""
        lines.append(f"  - {parameter.name}: {parameter.purpose}.{choices}")
    return "\n".join(lines)


def _line(thing: Thing, seen: Seen) -> str:
    x, y, z = thing.center
    size = " x ".join(f"{side:.3f}" for side in thing.size)
    where = _where(thing)
    container = f", holds things, opening {2.0 * thing.cavity_radius:.3f} wide" if thing.cavity_radius else ""
    name = seen.names.get(thing.name, "")
    called = f", by the picture: {name}" if name and name != thing.name.replace("_", " ") else ""
    given = [f"{place} is its {word}" for place, word in seen.points.items() if _of(place) == thing.name]
    doubts = [*thing.doubts, *([seen.doubts[thing.name]] if thing.name in seen.doubts else [])]
    unsure = f" (unsure: {'; '.join(doubts)})" if doubts else ""
    parts = " ".join(sorted(thing.parts))
    return (
        f"- {thing.name}: {thing.color} {thing.kind}{called}, at ({x:.3f}, {y:.3f}, {z:.3f}), "
        f"size {size}, {where}{container}; parts: {parts}{''.join(f'; {one}' for one in given)}{unsure}"
    )


def _where(thing: Thing) -> str:
    return f"in {thing.inside}" if thing.inside else f"on {thing.on}"


def _of(place: str) -> str:
    return place.partition(".")[0]


def directions_text(scene: Scene) -> str:
    """Tell what left, right, front and behind are in numbers."""
    words = {"left": scene.directions.left, "right": scene.directions.right}
    words |= {"in front": scene.directions.front, "behind": scene.directions.behind}
    return ", ".join(
        f"{word} ({v[0] + 0.0:.2f}, {v[1] + 0.0:.2f}, {v[2] + 0.0:.2f})" for word, v in words.items()
    )


def held_text(scene: Scene) -> str:
    """Name what is in the hand."""
    return ", ".join(thing.name for thing in scene.things if thing.on == "hand") or "nothing"


def picture(scene: Scene) -> bytes | None:
    """Give what the person sees, named and numbered, as a PNG file; None where no camera was asked."""
    front = [frame for frame in scene.frames if frame.camera == "front"] or list(scene.frames)
    if not front:
        return None
    stream = io.BytesIO()
    annotate(scene, front[0]).save(stream, format="PNG")
    return stream.getvalue()
