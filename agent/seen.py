"""A scene as a language model gets it: lines of text and one picture."""

import io

from ..perception.annotate import annotate
from ..perception.scene import Scene, Thing


def things_text(scene: Scene) -> str:
    """List the things, one a line."""
    return "\n".join(_line(thing) for thing in scene.things) or "(nothing)"


def _line(thing: Thing) -> str:
    x, y, z = thing.center
    size = " x ".join(f"{side:.3f}" for side in thing.size)
    where = f"in {thing.inside}" if thing.inside else f"on {thing.on}"
    container = ", holds things" if thing.cavity_radius is not None else ""
    doubts = f" (unsure: {'; '.join(thing.doubts)})" if thing.doubts else ""
    parts = " ".join(sorted(thing.parts))
    return (
        f"- {thing.name}: {thing.color} {thing.kind} at ({x:.3f}, {y:.3f}, {z:.3f}), "
        f"size {size}, {where}{container}; parts: {parts}{doubts}"
    )


def directions_text(scene: Scene) -> str:
    """Tell what left, right, front and behind are in numbers."""
    words = {"left": scene.directions.left, "right": scene.directions.right}
    words |= {"in front": scene.directions.front, "behind": scene.directions.behind}
    return ", ".join(f"{word} ({v[0]:.2f}, {v[1]:.2f}, {v[2]:.2f})" for word, v in words.items())


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
