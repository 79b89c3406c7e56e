"""Scenes told in symbols: a ``Scene`` from a file of things with places and sizes, nothing seen."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydrake.math import RigidTransform

from ...core.errors import InputError
from ...perception.articulation import Articulation
from ...perception.scene import Directions, Scene, Table, Thing
from ...robots.shapes import Box

NEAR_EDGE = 0.85  # x of the table's edge at the person, [m]: the robot's base is at x = 0.
SHORT, LONG = 0.10, 0.12  # Size of a drawer's front and of a peg where the file gives none, [m].
CONTAINERS = ("bowl", "mug", "cup", "glass", "box", "bin", "basket", "holder", "drawer")


def read_scenes(path: Path) -> dict[str, Scene]:
    """Read all scenes of a file.

    Args:
        path: JSON as ``tests/data/instructions/README.md`` tells.

    Raises:
        InputError: If the file cannot be read.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {name: symbolic_scene(scene["things"], scene["table"]) for name, scene in told.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{str(path)!r} is no file of scenes: {error!r}") from error


def symbolic_scene(
    told: Sequence[Mapping[str, Any]],
    table: Sequence[float] = (1.0, 0.7),
    now: Mapping[str, Mapping[str, str]] | None = None,
) -> Scene:
    """Make a scene of things told by identifier, kind, colour, place and size.

    Args:
        told: Things as the person sees them: ``right`` of the middle and ``away`` from the near edge, [m].
        table: Width and depth of the table, [m].
        now: Where things are that were moved since: ``on`` or ``in`` another one, by name.
    """
    things: dict[str, Thing] = {}
    waiting = [{**one, **_moved(one["id"], now or {})} for one in told]
    while waiting:
        one = waiting.pop(0)
        carrier = one.get("on") or one.get("in")
        if carrier and carrier not in things and any(carrier == other["id"] for other in waiting):
            waiting.append(one)  # What carries it comes first.
            continue
        for thing in (_thing(one, things), *_parts(one)):
            things[thing.name] = thing
    directions = Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0]))
    width, depth = table
    return Scene(
        time=0.0,
        things=tuple(sorted(things.values(), key=lambda thing: float(thing.center[1]))),
        table=Table(
            height=0.0,
            lower=np.array([NEAR_EDGE - depth, -width / 2.0]),
            upper=np.array([NEAR_EDGE, width / 2.0]),
        ),
        directions=directions,
        keypoints=(),
        field=None,
        frames=(),
        perceiver="told",
    )


def _moved(name: str, now: Mapping[str, Mapping[str, str]]) -> Mapping[str, str | None]:
    if name not in now:
        return {}
    return {"on": None, "in": None, "moved": "yes", **now[name]}


def _thing(one: Mapping[str, Any], things: Mapping[str, Thing]) -> Thing:
    """Make one thing; what was moved lies over the middle of what carries it."""
    size = np.array(one["size"], dtype=np.float64)
    xy = np.array([NEAR_EDGE - one["away"], one["right"]])
    carrier, inside = one.get("on"), one.get("in")
    base = things.get(carrier or inside or "")
    if base is not None and one.get("moved"):
        xy = base.center[:2]
    bottom = 0.0
    if base is not None:
        low, high = float(base.parts["bottom"][2]), float(base.parts["top"][2])
        bottom = low + 0.005 if inside else high
    center = np.array([*xy, bottom + size[2] / 2.0])
    kind = one["kind"]
    return make_thing(
        one["id"],
        kind,
        one["color"],
        center,
        # Frame O has x along the longer side; the person's right is y here.
        np.array([size[1], size[0], size[2]]),
        on=carrier or inside or "table",
        inside=inside,
        cavity=float(min(size[:2]) / 2.0 - 0.003) if kind.split()[-1] in CONTAINERS else None,
    )


def _parts(one: Mapping[str, Any]) -> list[Thing]:
    """Make things of the parts that have names of their own: drawers, pegs, doors."""
    made = []
    names = one.get("parts", ())
    width, depth, height = one["size"]
    for index, name in enumerate(names):
        kind = name.split("_")[-1]
        share = 1.0 - (index + 0.5) / len(names)  # The first is the uppermost.
        center = np.array([NEAR_EDGE - one["away"], one["right"], share * height])
        drawer = kind == "drawer"
        size = np.array([depth, width, height / len(names)]) * 0.9 if drawer else np.array([LONG, 0.01, 0.01])
        opened = one.get("states", {}).get(name) == "open"
        made.append(
            make_thing(
                name,
                kind,
                one["color"],
                center,
                size,
                on=one["id"],
                inside=None,
                cavity=SHORT if drawer else None,
                articulation=slide(center, SHORT if opened else 0.0) if drawer else None,
            )
        )
    return made


def slide(center: np.ndarray, opened: float) -> Articulation:
    """Tell that a drawer slides toward the person, and how far it is out.

    Args:
        center: Its middle in the world, shape (3,), [m].
        opened: How far it is out, [m].
    """
    return Articulation(
        kind="prismatic",
        axis_W=np.array([1.0, 0.0, 0.0]),
        point_W=center,
        radius=None,
        lower=-opened,
        upper=SHORT - opened,
        residual=None,
        source="handle",
    )


def make_thing(
    name: str,
    kind: str,
    color: str,
    center: np.ndarray,
    size: np.ndarray,
    *,
    on: str,
    inside: str | None,
    cavity: float | None,
    articulation: Articulation | None = None,
) -> Thing:
    """Make a box of a thing that is told, with the parts that every thing has.

    Args:
        name: Identifier.
        kind: What it is.
        color: Its colour.
        center: Its middle in the world, shape (3,), [m].
        size: Its sides, shape (3,), [m].
        on: What carries it.
        inside: What holds it.
        cavity: Radius of its opening, [m]; None where it holds nothing.
        articulation: How it opens.
    """
    up = np.array([0.0, 0.0, float(size[2]) / 2.0])
    parts = {"top": center + up, "bottom": center - up, "center": center}
    if cavity is not None:
        parts["opening"] = center + up
    X_WO = RigidTransform(center.tolist())
    return Thing(
        name=name,
        kind=kind,
        color=color,
        X_WO=X_WO,
        size=size,
        cloud=np.stack([center - up, center + up]),
        parts=parts,
        shapes=(Box(X_WS=X_WO, half=size / 2.0),),
        on=on,
        inside=inside,
        cavity_radius=cavity,
        articulation=articulation,
    )
