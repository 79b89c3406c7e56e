"""The oracle: a perceiver that is told the truth. For tests and comparison rows only.

It needs the channel that only an evaluation harness has, so an agent cannot
come by it; a run that used it says so in every record.
"""

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64, frozen
from ..core.camera import CameraFrame
from ..core.errors import InputError
from ..perception.scene import Directions, Keypoint, Scene, Table, Thing
from ..robots.shapes import Box, Cylinder, Shape, Sphere, Vessel
from .catalogue import BOARD, CONTAINERS, TRAY_WALL, WALL, cavity_radius, extents, support_height
from .scenes import SceneSpec, ThingSpec

ON_TOLERANCE = 0.012  # A thing this near to a carrier's surface stands on it, [m].


class OraclePerceiver:
    """Gives the true scene, in the form that a perceiver gives."""

    name = "oracle"

    def __init__(
        self, spec: SceneSpec | None = None, truth: Callable[[], Mapping[str, RigidTransform]] | None = None
    ):
        """Hold where the truth comes from.

        Args:
            spec: The scene as it was built.
            truth: Gives the pose of every thing by identifier.

        Raises:
            InputError: If there is no channel of truth.
        """
        if spec is None or truth is None:
            raise InputError(
                "the oracle perceiver knows the world's truth and works only inside `handsel eval`; "
                "use the perceiver 'geometric'"
            )
        self._spec = spec
        self._truth = truth

    def perceive(
        self, frames: tuple[CameraFrame, ...], *, robot_spheres_W: Float64, previous: Scene | None = None
    ) -> Scene:
        """Give the true scene at this moment; the pictures only lend their time and view."""
        return true_scene(self._spec, self._truth(), frames)


def true_scene(
    spec: SceneSpec, poses: Mapping[str, RigidTransform], frames: tuple[CameraFrame, ...]
) -> Scene:
    """Describe a world as a perceiver would.

    Args:
        spec: The scene as it was built.
        poses: X_WB of every thing by identifier.
        frames: Frames that lend their time and, the ``front`` one, the person's view.
    """
    front = next((frame for frame in frames if frame.camera == "front"), None)
    directions = (
        Directions.seen_from(front.X_WC)
        if front is not None
        else Directions(right=frozen([0.0, 1.0, 0.0], (3,)), behind=frozen([-1.0, 0.0, 0.0], (3,)))
    )
    ordered = sorted(spec.things, key=lambda thing: float(poses[thing.id].translation() @ directions.right))
    names = _names(ordered)
    things = tuple(_thing(thing, names, spec, poses) for thing in ordered)
    points = [(thing.name, part, p_W) for thing in things for part, p_W in thing.parts.items()][:40]
    return Scene(
        time=max((frame.time for frame in frames), default=0.0),
        things=things,
        table=Table(height=0.0, lower=frozen(spec.table.lower, (2,)), upper=frozen(spec.table.upper, (2,))),
        directions=directions,
        keypoints=tuple(
            Keypoint(number=number, thing=name, part=part, p_W=p_W)
            for number, (name, part, p_W) in enumerate(points, start=1)
        ),
        field=None,
        frames=frames,
        perceiver=OraclePerceiver.name,
    )


def _names(ordered: list[ThingSpec]) -> dict[str, str]:
    """Name things by colour and kind, numbered left to right where several share both."""
    stems = [f"{thing.color}_{thing.kind}" for thing in ordered]
    shared = Counter(stems)
    seen: Counter[str] = Counter()
    names = {}
    for thing, stem in zip(ordered, stems, strict=True):
        seen[stem] += 1
        names[thing.id] = f"{stem}_{seen[stem]}" if shared[stem] > 1 else stem
    return names


def _thing(
    thing: ThingSpec, names: Mapping[str, str], spec: SceneSpec, poses: Mapping[str, RigidTransform]
) -> Thing:
    X_WO = poses[thing.id]
    size = extents(thing.kind, thing.size)
    up = size[2] / 2.0
    parts_O = {"center": [0.0, 0.0, 0.0], "top": [0.0, 0.0, up], "bottom": [0.0, 0.0, -up]}
    radius = cavity_radius(thing.kind, thing.size)
    if thing.kind in CONTAINERS or thing.kind == "plate":
        parts_O["opening"] = [0.0, 0.0, up]
        parts_O["rim"] = [-size[0] / 2.0, 0.0, up]
    carrier, container = _support(thing, spec, poses)
    return Thing(
        name=names[thing.id],
        kind=thing.kind,
        color=thing.color,
        X_WO=X_WO,
        size=size,
        cloud=np.array([X_WO @ np.asarray(p_O) for p_O in parts_O.values()]),
        parts={part: X_WO @ np.asarray(p_O) for part, p_O in parts_O.items()},
        shapes=_shapes(thing, X_WO),
        on=names.get(carrier, "table"),
        inside=names.get(container),
        cavity_radius=radius,
    )


def _support(thing: ThingSpec, spec: SceneSpec, poses: Mapping[str, RigidTransform]) -> tuple[str, str]:
    """Give the identifiers of what carries and what contains a thing; empty where nothing does."""
    p_WB = poses[thing.id].translation()
    R_WB = poses[thing.id].rotation().matrix()
    bottom = p_WB[2] - float(np.abs(R_WB[2]) @ extents(thing.kind, thing.size)) / 2.0
    carrier = container = ""
    for other in spec.things:
        if other.id == thing.id:
            continue
        p_WO = poses[other.id].translation()
        size = extents(other.kind, other.size)
        if np.abs(p_WB[:2] - p_WO[:2]).max() > max(size[0], size[1]) / 2.0:
            continue
        surface = p_WO[2] - size[2] / 2.0 + support_height(other.kind, other.size)
        if abs(bottom - surface) < ON_TOLERANCE:
            carrier = other.id
        if other.kind in CONTAINERS and surface - ON_TOLERANCE < bottom < p_WO[2] + size[2] / 2.0:
            container = other.id
    return carrier, container


def _shapes(thing: ThingSpec, X_WO: RigidTransform) -> tuple[Shape, ...]:
    """Give solid pieces that stand for a thing in collision checks."""
    size = extents(thing.kind, thing.size)
    half = size / 2.0
    base = X_WO @ RigidTransform([0.0, 0.0, -half[2]])
    match thing.kind:
        case "ball":
            return (Sphere(X_WS=X_WO, radius=float(half[0])),)
        case "can" | "bottle":
            return (Cylinder(X_WS=X_WO, radius=float(half[0]), half_length=float(half[2])),)
        case "bowl":
            return (
                Vessel(
                    X_WS=base,
                    bottom_radius=thing.size["bottom_radius"],
                    top_radius=thing.size["top_radius"],
                    height=thing.size["height"],
                    wall=WALL,
                ),
            )
        case "mug" | "plate":
            radius = float(half[0])
            return (
                Vessel(X_WS=base, bottom_radius=radius, top_radius=radius, height=float(size[2]), wall=WALL),
            )
        case "tray" | "drawer" | "shelf":
            return _walled(X_WO, half, BOARD if thing.kind != "tray" else TRAY_WALL)
        case _:
            return (Box(X_WS=X_WO, half=half),)


def _walled(X_WO: RigidTransform, half: Float64, wall: float) -> tuple[Shape, ...]:
    """Give a floor and four walls."""
    thick = wall / 2.0
    pieces = [(np.array([0.0, 0.0, thick - half[2]]), np.array([half[0], half[1], thick]))]
    for side in (-1.0, 1.0):
        pieces.append((np.array([side * (half[0] - thick), 0.0, 0.0]), np.array([thick, half[1], half[2]])))
        pieces.append((np.array([0.0, side * (half[1] - thick), 0.0]), np.array([half[0], thick, half[2]])))
    return tuple(Box(X_WS=X_WO @ RigidTransform(middle), half=extent) for middle, extent in pieces)
