"""A scene from symbols: every thing gets a place that agrees with what holds at the start.

The tasks have no coordinates. What a description can refer to is all in the names and in the
predicates: what stands on what, what is open, and the words in a region's name (``left``, ``between``,
``next to``). Nothing of the goal is read.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from ...agent.rules import nouns
from ...core.arrays import Float64
from ...perception.articulation import Articulation
from ...perception.scene import TABLE, Directions, Scene, Table, Thing
from ..instructions.scenes import make_thing, slide
from .tasks import Task

SIZES: Mapping[str, tuple[float, float, float]] = {
    "cabinet": (0.25, 0.30, 0.30),
    "stove": (0.22, 0.26, 0.05),
    "microwave": (0.22, 0.30, 0.20),
    "shelf": (0.20, 0.35, 0.35),
    "rack": (0.20, 0.25, 0.15),
    "caddy": (0.18, 0.24, 0.15),
    "basket": (0.24, 0.24, 0.12),
    "tray": (0.24, 0.30, 0.04),
    "plate": (0.16, 0.16, 0.02),
    "bowl": (0.12, 0.12, 0.06),
    "book": (0.04, 0.08, 0.12),
}
"""Along x, along y and upward, [m]; nothing but an order of size."""
PLAIN = (0.06, 0.06, 0.08)
MATERIALS = {"porcelain": "white"}
"""Colours of what is named by a material alone."""
HOLLOW = ("bowl", "mug", "basket", "microwave", "caddy", "pot", "pan", "frypan", "ramekin", "box")
PARTS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "cabinet": (
        ("top", "drawer", "top_region"),
        ("middle", "drawer", "middle_region"),
        ("bottom", "drawer", "bottom_region"),
    ),
    "caddy": (
        ("left", "compartment", "left_contain_region"),
        ("right", "compartment", "right_contain_region"),
        ("front", "compartment", "front_contain_region"),
        ("back", "compartment", "back_contain_region"),
    ),
}
"""What a fixture has of its own: which one, what it is, and what the tasks call it."""
STEP: Mapping[str, tuple[float, float, float]] = {
    "left": (0.0, -1.0, 0.0),
    "right": (0.0, 1.0, 0.0),
    "front": (1.0, 0.0, 0.0),
    "back": (-1.0, 0.0, 0.0),
    "top": (0.0, 0.0, 1.0),
    "bottom": (0.0, 0.0, -1.0),
    "middle": (0.0, 0.0, 0.0),
}
"""Directions in the world: the person stands at larger x and looks along -x."""
SIDES = ("left", "right", "front", "back")
ROOM, APART, CLOSE = 0.45, 0.25, 0.02
"""Between what stands anywhere, between what is told apart by its side, and between neighbours, [m]."""
COLUMNS = 5
OPEN = 0.10
"""How far what is open is out, [m]."""


@dataclass(slots=True, kw_only=True)
class Laid:
    """A scene, and what the tasks call the parts in it.

    Attributes:
        scene: The scene.
        regions: The task's word for each part that is a thing of its own, by identifier.
    """

    scene: Scene
    regions: Mapping[str, str] = field(default_factory=dict)


def head(category: str) -> str:
    """Give the noun that a category is: its last word where that is one, else all of it.

    Args:
        category: Such as ``red_coffee_mug`` or ``cream_cheese``.
    """
    words = category.split("_")
    return words[-1] if words[-1] in nouns.NOUNS else category.replace("_", " ")


def color(category: str) -> str:
    """Give the colour that a category tells, several joined by *and*; empty where it tells none."""
    words = category.split("_")
    named = [word for word in words if word in nouns.COLORS and word != words[-1]]
    return " and ".join(sorted(named)) or next((MATERIALS[word] for word in words if word in MATERIALS), "")


def lay_out(task: Task) -> Laid:
    """Give every thing of a task a place.

    Args:
        task: The task, of which all but the goal is read.
    """
    places = _places(task)
    opened = {fact[1] for fact in task.init if fact[0] == "Open"}
    things: dict[str, Thing] = {}
    regions: dict[str, str] = {}
    for name, category in (*task.fixtures.items(), *task.objects.items()):
        if name in task.grounds:
            continue
        things[name] = _thing(name, category, places[name], TABLE, None, name in opened)
        for part, region in _parts(things[name], opened):
            number = 1 + sum(other.startswith(part.name) for other in regions)
            named = f"{part.name}_{number}"
            regions[named] = region
            things[named] = make_thing(
                named, part.kind, "", part.center, part.size, on=name, inside=None,
                cavity=0.05, articulation=part.articulation,
            )  # fmt: skip
    carried = _carried(task, {region: part for part, region in regions.items()})
    for name, (carrier, inside) in carried.items():
        base = things[carrier]
        category = task.objects.get(name) or task.fixtures[name]
        bottom = base.center if inside else base.parts["top"]
        things[name] = _thing(name, category, bottom[:2], carrier, inside, name in opened, float(bottom[2]))
    return Laid(scene=_scene(things), regions=regions)


def _scene(things: Mapping[str, Thing]) -> Scene:
    return Scene(
        time=0.0,
        things=tuple(sorted(things.values(), key=lambda thing: float(thing.center[1]))),
        table=Table(height=0.0, lower=np.full(2, -2.0), upper=np.full(2, 2.0)),
        directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
        keypoints=(),
        field=None,
        frames=(),
        perceiver="told",
    )


def _thing(
    name: str, category: str, xy: Float64, on: str, inside: str | None, opened: bool, bottom: float = 0.0
) -> Thing:
    kind = head(category)
    size = np.array(SIZES.get(kind, PLAIN))
    center = np.array([*xy, bottom + size[2] / 2.0])
    opens = kind == "microwave"
    return make_thing(
        name, kind, color(category), center, size, on=on, inside=inside,
        cavity=float(min(size[:2]) / 2.0) if kind.split()[-1] in HOLLOW else None,
        articulation=slide(center, OPEN if opened else 0.0) if opens else None,
    )  # fmt: skip


def _parts(whole: Thing, opened: set[str]) -> Iterator[tuple[Thing, str]]:
    """Give the parts of a fixture that are things of their own, each with the task's word for it."""
    for which, kind, suffix in PARTS.get(whole.kind, ()):
        region = f"{whole.name}_{suffix}"
        center = whole.center + np.array(STEP[which]) * whole.size / 3.0
        joint: Articulation | None = None
        if kind == "drawer":
            joint = slide(center, OPEN if region in opened else 0.0)
        yield (
            make_thing(
                f"{which}_{kind}", kind, "", center, whole.size / 4.0, on=whole.name, inside=None,
                cavity=0.05, articulation=joint,
            ),
            region,
        )  # fmt: skip


def _carried(task: Task, parts: Mapping[str, str]) -> dict[str, tuple[str, str | None]]:
    """Tell what stands on or in another thing: its carrier, and the same where it is inside."""
    found: dict[str, tuple[str, str | None]] = {}
    names = sorted((*task.objects, *task.fixtures), key=len, reverse=True)
    for fact in task.init:
        if fact[0] not in ("On", "In") or len(fact) != 3 or task.on_ground(fact[2]) is not None:
            continue
        carrier = parts.get(fact[2])
        carrier = carrier or next((n for n in names if fact[2] == n or fact[2].startswith(n + "_")), None)
        if carrier is not None and carrier not in task.grounds:
            found[fact[1]] = (carrier, carrier if fact[0] == "In" else None)
    return found


def _places(task: Task) -> dict[str, Float64]:
    """Give every thing a place on the ground, shape (2,), [m]: cells of a grid, then what regions say."""
    kinds = {**task.fixtures, **task.objects}
    names = [name for name in kinds if name not in task.grounds]
    said = {
        fact[1]: task.on_ground(fact[2]) or "" for fact in task.init if fact[0] == "On" and len(fact) == 3
    }
    cells = _cells(len(names))
    spots: dict[str, Float64] = {}
    sides = {name: _side(said.get(name, "")) for name in names}
    for name in names:
        group = [other for other in names if head(kinds[other]) == head(kinds[name])]
        if any(sides[other] for other in group):
            middle = cells[names.index(group[0])]
            spots[name] = middle + APART * np.array(STEP[sides[name] or "middle"])[:2]
        else:
            spots[name] = cells[names.index(name)]
    for name in names:
        near = _near(said.get(name, ""), name, kinds, said)
        if near:
            spots[name] = _beside(name, near, spots, kinds)
    return spots


def _cells(count: int) -> list[Float64]:
    """Give places for so many things, each shape (2,), [m]: no two in one line with a third's side."""
    return [
        np.array([0.4 - ROOM * (number // COLUMNS), ROOM * (number % COLUMNS - COLUMNS // 2)])
        for number in range(count)
    ]


def _side(said: str) -> str:
    """Give the side that a region's name ends with, if it does."""
    words = re.sub(r"(_contain|_\d+)+$", "", said).split("_")
    tail = [word for word in words[-2:] if word in (*SIDES, "middle")]
    return tail[-1] if tail else ""


def _near(region: str, name: str, kinds: Mapping[str, str], said: Mapping[str, str]) -> tuple[str, ...]:
    """Give what a region's name places its thing between or next to; nothing where it does not.

    The others go by their category's last word, or by what their own region is called.
    """
    match = re.match(r"(between|next_to)_(.+)", region)
    if match is None:
        return ()
    words = match[2].split("_")
    others = [o for o, kind in kinds.items() if o != name and {kind.split("_")[-1], said.get(o)} & {*words}]
    return tuple(others) if len(others) == (2 if match[1] == "between" else 1) else ()


def _beside(
    name: str, near: tuple[str, ...], spots: Mapping[str, Float64], kinds: Mapping[str, str]
) -> Float64:
    """Give the place between two things, or right beside one, shape (2,), [m]."""
    middle = np.mean([spots[other] for other in near], axis=0)
    if len(near) == 2:
        return middle
    half = [SIZES.get(head(kinds[one]), PLAIN)[0] / 2.0 for one in (name, near[0])]
    return middle + np.array([sum(half) + CLOSE, 0.0])
