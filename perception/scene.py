"""What the robot believes is in front of it: things, parts, keypoints, free space."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64, frozen
from ..core.camera import CameraFrame
from ..core.errors import UnknownName
from ..robots.shapes import Shape
from .articulation import Articulation

TABLE = "table"  # What the main table is called; others are ``table_2``, ``table_3``, ...
TRUSTED = 0.8  # Least confidence of a thing that may be acted on without a second look.


def table_name(number: int) -> str:
    """Name a table by its number, 0 for the main one."""
    return TABLE if number == 0 else f"{TABLE}_{number + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing, named and measured.

    Frame O sits at the centre of the thing's box; O's z points up while the
    thing stands upright, x runs along the longer horizontal side.

    Attributes:
        name: Identifier unique in the scene, such as ``red_block`` or ``mug_2``.
        kind: What it is: ``block``, ``ball``, ``can``, ``bottle``, ``mug``, ``bowl``, ``plate``,
            ``tray``, ``shelf``, ``drawer``, ``box``, ``table`` (a second one) or ``thing``.
        color: Colour name.
        X_WO: Pose of the thing's box.
        size: Full extents of the box along O's axes, shape (3,), [m].
        cloud: Surface points seen, shape (N, 3), in the world, [m].
        parts: Keypoints by part name (``top``, ``handle``, ``rim``, ...), each p_W, shape (3,), [m].
        shapes: Solid pieces that stand for the thing in collision checks, in the world.
        on: Name of the thing that carries it, or of a table: ``table``, ``table_2``, ...; ``hand`` if held.
        inside: Name of the container that holds it, or None.
        cavity_radius: Radius of the opening of a container, or None for what holds nothing, [m].
        confidence: Share of the evidence that agrees, 0 to 1.
        doubts: What is uncertain, one short sentence each.
        articulation: How its movable part moves, or None where none is known.
    """

    name: str
    kind: str
    color: str
    X_WO: RigidTransform
    size: Float64
    cloud: Float64
    parts: Mapping[str, Float64]
    shapes: tuple[Shape, ...]
    on: str = "table"
    inside: str | None = None
    cavity_radius: float | None = None
    confidence: float = 1.0
    doubts: tuple[str, ...] = ()
    articulation: Articulation | None = None

    def __post_init__(self) -> None:
        """Hold read-only copies; every thing has at least top, bottom and center."""
        object.__setattr__(self, "size", frozen(self.size, (3,)))
        object.__setattr__(self, "cloud", frozen(self.cloud, (None, 3)))
        parts = {name: frozen(p_W, (3,)) for name, p_W in self.parts.items()}
        assert {"top", "bottom", "center"} <= parts.keys(), f"{self.name} lacks a basic part"
        object.__setattr__(self, "parts", MappingProxyType(parts))

    @property
    def center(self) -> Float64:
        """The centre of the thing's box in the world, shape (3,), [m]."""
        return self.parts["center"]

    @property
    def trusted(self) -> bool:
        """Whether it may be acted on without a second look: no doubt, and nearly all evidence agrees."""
        return not self.doubts and self.confidence >= TRUSTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Keypoint:
    """A numbered point on a thing.

    Attributes:
        number: Number drawn on the picture, from 1.
        thing: Name of the thing that it lies on.
        part: Part name of the thing.
        p_W: Position in the world, shape (3,), [m].
    """

    number: int
    thing: str
    part: str
    p_W: Float64


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The support plane that everything stands on.

    Attributes:
        height: Height of the surface in the world, [m].
        lower: Least x and y of the surface seen, shape (2,), [m].
        upper: Largest x and y of the surface seen, shape (2,), [m].
    """

    height: float
    lower: Float64
    upper: Float64


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPlane:
    """A level surface on which things can stand.

    Frame P lies in the surface, at the middle of what was seen of it, z up, x along the longer side.

    Attributes:
        name: ``table``, ``table_2``, ... or the owner's name with what it is of it, such as
            ``white_tray_floor``; unique in the scene.
        X_WP: Pose of the surface.
        size: Full extents of the rectangle about what was seen, along P's x and y, shape (2,), [m].
        owner: Name of the thing that it belongs to; None for tables and steps.
    """

    name: str
    X_WP: RigidTransform
    size: Float64
    owner: str | None = None

    @property
    def height(self) -> float:
        """Height of the surface in the world, [m]."""
        return float(self.X_WP.translation()[2])

    def covers(self, xy: Float64, margin: float = 0.0) -> np.ndarray:
        """Tell which points lie over the rectangle, (N, 2) in the world [m] to (N,)."""
        p = np.asarray(xy, np.float64).reshape(-1, 2) - self.X_WP.translation()[:2]
        p_P = p @ self.X_WP.rotation().matrix()[:2, :2]
        return np.asarray((np.abs(p_P) <= self.size / 2.0 + margin).all(axis=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Directions:
    """What *left*, *right*, *front* and *behind* mean: as the person in front of the robot sees it.

    The person's eye is the front camera, so the words agree with the picture.
    All are unit vectors in the world, horizontal, shape (3,).
    """

    right: Float64
    behind: Float64

    @property
    def left(self) -> Float64:
        """Opposite of right."""
        return -self.right

    @property
    def front(self) -> Float64:
        """Toward the person: opposite of behind."""
        return -self.behind

    @classmethod
    def seen_from(cls, X_WC: RigidTransform) -> "Directions":
        """Take the directions from a camera that looks at the table.

        Args:
            X_WC: Pose of the camera (x right, y down, z forward).
        """
        right = X_WC.rotation().matrix()[:, 0] * [1.0, 1.0, 0.0]
        right = right / np.linalg.norm(right)
        return cls(right=frozen(right, (3,)), behind=frozen(np.cross([0.0, 0.0, 1.0], right), (3,)))


@dataclass(frozen=True, slots=True, kw_only=True)
class DistanceField:
    """Distance to the nearest surface seen, on a regular grid over the workspace.

    Attributes:
        origin: Position of the first node, shape (3,), [m].
        step: Node spacing, [m].
        distance: Distances at the nodes, positive in free space, shape (nx, ny, nz), [m].
        unknown: True where no camera has seen, shape (nx, ny, nz).
    """

    origin: Float64
    step: float
    distance: Float64
    unknown: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything perceived at one moment.

    Attributes:
        time: Robot time of the newest frame, [s].
        things: All things, ordered left to right as the person sees them.
        table: The main support plane.
        directions: What left and behind mean.
        keypoints: Numbered points on the things, at most 40.
        field: Free space.
        frames: The frames that it was made from.
        perceiver: Name of the perceiver, as the trace records it.
        warnings: What went less than well, one sentence each.
        planes: Level surfaces that can carry things, the main table first: ``Thing.on`` of what stands
            on a second table or step is its plane's name.
    """

    time: float
    things: tuple[Thing, ...]
    table: Table
    directions: Directions
    keypoints: tuple[Keypoint, ...]
    field: DistanceField | None
    frames: tuple[CameraFrame, ...]
    perceiver: str
    warnings: tuple[str, ...] = ()
    planes: tuple[SupportPlane, ...] = ()

    @property
    def tables(self) -> tuple[SupportPlane, ...]:
        """Second tables and steps; each is a thing of kind ``table`` too, an obstacle."""
        names = {thing.name for thing in self.things if thing.kind == TABLE}
        return tuple(plane for plane in self.planes if plane.name in names)

    def table_at(self, xy: Float64, margin: float = 0.0) -> str:
        """Name the table that a point lies over.

        Args:
            xy: The point in the world, shape (2,) or more, [m].
            margin: How far inside a second table's edge it has to lie, [m].

        Returns:
            The highest second table there, else ``table``.
        """
        over = [plane for plane in self.tables if plane.covers(np.asarray(xy)[:2], -margin)[0]]
        return max(over, key=lambda plane: plane.height).name if over else TABLE

    def height_of(self, table: str) -> float:
        """Give the height of a table by its name, [m]."""
        return next((plane.height for plane in self.tables if plane.name == table), self.table.height)

    def thing(self, name: str) -> Thing:
        """Find a thing by its identifier.

        Raises:
            UnknownName: If the scene has none of that name.
        """
        for thing in self.things:
            if thing.name == name:
                return thing
        raise UnknownName("thing", name, (thing.name for thing in self.things))
