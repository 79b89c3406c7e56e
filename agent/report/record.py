"""A run as its pictures need it."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydrake.math import RigidTransform

from ...core.arrays import Float64, frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenThing:
    """A thing as it was perceived before the first motion.

    Attributes:
        name: Identifier in the scene.
        kind: What it was taken for.
        color: Colour name.
        X_WO: Pose of its box.
        size: Full extents of the box, shape (3,), [m].
    """

    name: str
    kind: str
    color: str
    X_WO: RigidTransform
    size: Float64

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "size", frozen(self.size, (3,)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Where things were seen at a later look.

    Attributes:
        time: Robot time, [s].
        poses: Pose of each thing's box by name.
    """

    time: float
    poses: Mapping[str, RigidTransform]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One relation and how well it was met.

    Attributes:
        text: The relation as it was written.
        residual: By how much it is broken; zero or less where it holds.
        tolerance: What counts as met.
    """

    text: str
    residual: float
    tolerance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRecord:
    """One value map of a stage, on a coarse grid.

    Attributes:
        name: ``affordance``, ``avoidance``, ``speed``, ``rotation`` or ``grip``.
        lower: The first node, p_W, shape (3,), [m].
        step: Distance of nodes along each axis, shape (3,), [m].
        values: At the nodes, NaN where nothing is said, shape (nx, ny, nz), of ``rotation`` (nx, ny, nz, 3).
    """

    name: str
    lower: Float64
    step: Float64
    values: Float64


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRecord:
    """One stage as it was planned.

    Attributes:
        name: Name of the stage.
        purpose: What it is for, in words.
        start: Robot time when its motion began, [s].
        times: Times since the stage's start, shape (N,), [s].
        p_WG: Tool points along the path, shape (N, 3), [m], of each arm that moves, by its name.
        clearance: Least distance of arm, hand and held thing to anything else, shape (M,), [m];
            evenly spaced over the stage, possibly empty, intended contact included.
        least: Least clearance out of intended contact, [m].
        measured: Its relations.
        act: ``grasp red_block``, ``release red_block`` or nothing.
        held: Name of the thing that was carried along, or None; the first of several.
        fields: Its value maps.
    """

    name: str
    purpose: str
    start: float
    times: Float64
    p_WG: Mapping[str, Float64]
    clearance: Float64
    least: float
    measured: tuple[Measured, ...]
    act: str
    held: str | None
    fields: tuple[FieldRecord, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRecord:
    """One arm, and what it did.

    Attributes:
        model: Name or path of its model.
        X_WR: Pose of its base.
        q: Joint positions at the run's times, shape (T, n), [rad].
        width: Opening of the fingers, shape (T,), [m].
        p_WG: Tool point as it really went, shape (T, 3), [m].
        held: Name of the thing in the hand at each time, or None.
    """

    model: str
    X_WR: RigidTransform
    q: Float64
    width: Float64
    p_WG: Float64
    held: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A whole run.

    Attributes:
        instruction: What the person said.
        success: The verdict.
        reason: What the verdict rests on.
        table_height: Height of the table's surface, [m].
        things: What was seen before the first motion.
        stages: The stages, in order.
        times: Robot time of the joint samples, shape (T,), [s].
        arms: The arms by name, all sampled at these times.
        looks: What was seen later on, in order.
    """

    instruction: str
    success: bool
    reason: str
    table_height: float
    things: tuple[SeenThing, ...]
    stages: tuple[StageRecord, ...]
    times: Float64
    arms: Mapping[str, ArmRecord]
    looks: tuple[Look, ...] = ()
