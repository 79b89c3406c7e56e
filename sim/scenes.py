"""What a world is made of: a robot, a table and the things on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from ..core.errors import InputError, UnknownName
from .catalogue import COLORS, KINDS, cap_skirt, check_size, extents, middle_size, support_height
from .reach import Reach

LYING = ("can", "bottle")
"""Kinds that may lie on their side."""
MOST_OPEN = 0.65
"""A drawer slides out by at most this share of its length."""
HIGHEST = 0.5
"""A thing is put at most so far above what is under it, [m]."""
RGB = tuple[float, float, float]
ONE_ARM, TWO_ARMS = ("arm",), ("left", "right")
"""Names of the arms that a scene may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingSpec:
    """One thing to put into a world.

    Attributes:
        id: Identifier unique in the scene, for judges and messages; the robot never learns it.
        kind: One of ``catalogue.KINDS``.
        color: One of ``catalogue.COLORS``.
        x: Position of its middle in the world, [m].
        y: Position of its middle in the world, [m].
        yaw: Turn about the vertical, [rad].
        size: Sizes by name, as the catalogue lists them, [m]; the middle sizes where empty.
        mass: Mass, [kg]; None takes the middle of the kind's range.
        on: Identifier of the thing that it stands on or in, or None for the table.
        rgb: Red, green and blue of its material, 0 to 1; the usual ones of its colour where None.
        lying: Whether a can or a bottle lies on its side, its axis along the yaw.
        opening: How far a drawer is pulled out, [m].
        raised: How high above what it stands on or in it is put; it falls from there, [m].
    """

    id: str
    kind: str
    color: str
    x: float
    y: float
    yaw: float = 0.0
    size: Mapping[str, float] = field(default_factory=dict)
    mass: float | None = None
    on: str | None = None
    rgb: RGB | None = None
    lying: bool = False
    opening: float = 0.0
    raised: float = 0.0

    def __post_init__(self) -> None:
        """Check every word and number; hold a read-only size.

        Raises:
            InputError: If a word is unknown or a number out of range.
        """
        size = dict(self.size) or middle_size(self.kind)
        check_size(self.kind, size)
        object.__setattr__(self, "size", MappingProxyType(size))
        if self.color not in COLORS:
            raise UnknownName("colour", self.color, COLORS)
        if not self.id.isidentifier():
            raise InputError(f"{self.id!r} is no identifier; expected something like 'red_block' or 'mug_1'")
        if not np.isfinite([self.x, self.y, self.yaw]).all():
            raise InputError(f"the place of {self.id!r} is not finite")
        if self.mass is not None and not 0.005 <= self.mass <= 5.0:
            raise InputError(f"mass of {self.id!r} is {self.mass!r} kg; expected 0.005 to 5 kg")
        if self.rgb is not None:
            object.__setattr__(self, "rgb", check_rgb(self.id, self.rgb))
        if self.lying and self.kind not in LYING:
            raise InputError(f"{self.id!r} cannot lie on its side; only a {' or a '.join(LYING)} can")
        most = MOST_OPEN * size["length"] if self.kind == "drawer" else 0.0
        if not 0.0 <= self.opening <= most:
            raise InputError(f"{self.id!r} is open by {self.opening!r} m; expected 0 to {most:.3f} m")
        if not 0.0 <= self.raised <= HIGHEST:
            raise InputError(f"{self.id!r} is raised by {self.raised!r} m; expected 0 to {HIGHEST} m")

    @property
    def kilograms(self) -> float:
        """The mass, [kg]."""
        return self.mass if self.mass is not None else sum(KINDS[self.kind].mass) / 2.0


def check_rgb(name: str, rgb: RGB) -> RGB:
    """Refuse what is no colour.

    Raises:
        InputError: If these are not three numbers from 0 to 1.
    """
    if len(rgb) != 3 or not all(0.0 <= part <= 1.0 for part in rgb):
        raise InputError(f"the colour of {name!r} is {tuple(rgb)!r}; expected red, green, blue from 0 to 1")
    red, green, blue = map(float, rgb)
    return red, green, blue


@dataclass(frozen=True, slots=True, kw_only=True)
class ClothSpec:
    """A sheet of cloth on the table: seen, but too soft to carry or to be a thing.

    Attributes:
        x: Position of its middle in the world, [m].
        y: Position of its middle in the world, [m].
        length: Extent along its own x, [m].
        width: Extent along its own y, [m].
        yaw: Turn about the vertical, [rad].
        rgb: Red, green and blue, 0 to 1.
    """

    x: float
    y: float
    length: float
    width: float
    yaw: float = 0.0
    rgb: RGB = COLORS["white"]

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            InputError: If one is out of range.
        """
        if not np.isfinite([self.x, self.y, self.yaw]).all():
            raise InputError("the place of the cloth is not finite")
        if not (0.05 <= self.length <= 1.5 and 0.05 <= self.width <= 1.5):
            raise InputError(f"a cloth of {self.length!r} by {self.width!r} m; expected 0.05 to 1.5 m")
        object.__setattr__(self, "rgb", check_rgb("cloth", self.rgb))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """The table; its top is the plane z = 0.

    Attributes:
        lower: Least x and y, [m].
        upper: Largest x and y, [m].
        color: Red, green and blue, 0 to 1.
        cloth: A cloth that lies on it, or None.
    """

    lower: tuple[float, float] = (-0.25, -0.60)
    upper: tuple[float, float] = (0.95, 0.60)
    color: tuple[float, float, float] = (0.72, 0.66, 0.58)
    cloth: ClothSpec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneSpec:
    """A whole scene.

    Attributes:
        name: Name for people.
        robot: Robot model, as ``robots.models.load_model`` takes it.
        things: The things, in any order.
        table: The table.
        seed: Seed that the scene was drawn from, 0 for one made by hand.
        arms: Names of the arms: one, or two side by side.
        reach: How somebody reaches into the scene, or None.
    """

    name: str
    things: tuple[ThingSpec, ...]
    robot: str = "panda"
    table: TableSpec = field(default_factory=TableSpec)
    seed: int = 0
    arms: tuple[str, ...] = ONE_ARM
    reach: Reach | None = None

    def __post_init__(self) -> None:
        """Check that identifiers are unique, carriers exist and everything starts over the table.

        Raises:
            InputError: If one of these does not hold.
        """
        if self.arms not in (ONE_ARM, TWO_ARMS):
            raise InputError(
                f"the arms of a scene are {list(ONE_ARM)} or {list(TWO_ARMS)}, not {list(self.arms)!r}"
            )
        seen: set[str] = set()
        for thing in self.things:
            if thing.id in seen:
                raise InputError(f"two things have the id {thing.id!r}; every id names one thing")
            if thing.on is not None and thing.on not in seen:
                raise UnknownName(f"thing, earlier in the scene, to put {thing.id!r} on:", thing.on, seen)
            seen.add(thing.id)
            low, high = self.table.lower, self.table.upper
            if not (low[0] <= thing.x <= high[0] and low[1] <= thing.y <= high[1]):
                raise InputError(
                    f"{thing.id!r} at ({thing.x:.2f}, {thing.y:.2f}) is not over the table, "
                    f"which spans x {low[0]} to {high[0]} and y {low[1]} to {high[1]} m"
                )

    def thing(self, name: str) -> ThingSpec:
        """Find a thing by its identifier.

        Raises:
            UnknownName: If there is none of that name.
        """
        for thing in self.things:
            if thing.id == name:
                return thing
        raise UnknownName("thing", name, (thing.id for thing in self.things))


def base_height(scene: SceneSpec, thing: ThingSpec) -> float:
    """Give the height of a thing's underside when it is put in place, [m]."""
    if thing.on is None:
        return 0.0
    carrier = scene.thing(thing.on)
    # A cap's skirt hangs down about the neck that carries its top.
    skirt = cap_skirt(thing.size) if thing.kind == "cap" else 0.0
    return base_height(scene, carrier) + support_height(carrier.kind, carrier.size) - skirt


def start_height(scene: SceneSpec, thing: ThingSpec) -> float:
    """Give the height of a thing's body origin when it is put in place, [m]."""
    across = extents(thing.kind, thing.size)
    return base_height(scene, thing) + thing.raised + float(across[0] if thing.lying else across[2]) / 2.0


def _thing(kind: str, color: str, x: float, y: float, yaw: float = 0.0) -> ThingSpec:
    return ThingSpec(id=f"{color}_{kind}", kind=kind, color=color, x=x, y=y, yaw=yaw)


NAMED: Mapping[str, tuple[ThingSpec, ...]] = MappingProxyType(
    {
        "default": (
            _thing("block", "red", 0.42, -0.16, 0.3),
            _thing("bowl", "blue", 0.52, 0.18),
            _thing("mug", "green", 0.62, -0.22, 0.7),
            _thing("block", "yellow", 0.40, 0.03, -0.4),
            _thing("plate", "white", 0.66, 0.02),
        ),
        "blocks": (
            _thing("block", "red", 0.40, -0.20, 0.2),
            _thing("block", "green", 0.46, -0.06, -0.3),
            _thing("block", "blue", 0.42, 0.10, 0.6),
            _thing("block", "yellow", 0.60, 0.16),
            _thing("tray", "gray", 0.62, -0.27, 0.0),
        ),
        "kitchen": (
            _thing("mug", "red", 0.42, -0.14, -0.8),
            _thing("bottle", "green", 0.60, -0.20),
            _thing("can", "orange", 0.60, -0.03),
            _thing("bowl", "white", 0.42, 0.20),
            _thing("ball", "yellow", 0.40, 0.03),
            _thing("plate", "blue", 0.64, 0.16),
        ),
        "furniture": (
            _thing("shelf", "brown", 0.60, 0.27, float(np.pi / 2.0)),
            _thing("drawer", "gray", 0.50, -0.26),
            _thing("block", "red", 0.42, 0.00, 0.4),
            _thing("can", "cyan", 0.58, 0.01),
        ),
        "empty": (),
    }
)


def named_scene(name: str, *, robot: str = "panda") -> SceneSpec:
    """Give one of the scenes that come with the package.

    Args:
        name: One of ``NAMED``.
        robot: The robot to put into it.

    Raises:
        UnknownName: If there is none of that name.
    """
    if name not in NAMED:
        raise UnknownName("scene", name, NAMED)
    return SceneSpec(name=name, things=NAMED[name], robot=robot)
