"""The household: kinds of things with their sizes, and the colours they come in.

Every thing has a body frame B: origin at the centre of the main body (handles
left out), z up while it stands, x along the longer side. A size is a mapping
from the names in ``KINDS[kind].sizes`` to metres.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ..core.arrays import Float64, frozen
from ..core.errors import InputError, UnknownName

Kind = Literal[
    "block",
    "ball",
    "can",
    "bottle",
    "mug",
    "bowl",
    "plate",
    "tray",
    "box",
    "shelf",
    "drawer",
    "wall",
    "rack",
    "grain",
    "fork",
    "spoon",
    "cap",
    "bit",
]
KIND_NAMES: tuple[str, ...] = get_args(Kind)

COLORS: Mapping[str, tuple[float, float, float]] = {
    "red": (0.80, 0.08, 0.08),
    "green": (0.10, 0.55, 0.15),
    "blue": (0.08, 0.20, 0.75),
    "yellow": (0.95, 0.80, 0.05),
    "orange": (0.95, 0.42, 0.03),
    "purple": (0.42, 0.10, 0.55),
    "pink": (0.95, 0.45, 0.65),
    "cyan": (0.10, 0.75, 0.80),
    "brown": (0.40, 0.22, 0.10),
    "gray": (0.45, 0.45, 0.47),
    "white": (0.93, 0.93, 0.93),
    "black": (0.06, 0.06, 0.07),
}

WALL = 0.0045  # Thickness of the walls of mugs and bowls, [m].
TRAY_WALL = 0.006
DRAWER_HANDLE_REACH = 0.045  # How far a drawer's handle stands out in front, [m].
BOARD = 0.012  # Thickness of the boards of shelves and drawers, [m].
RACK_BASE, RACK_POST, RACK_PEG = 0.12, 0.011, 0.005  # Side of a rack's base, radii of post and peg, [m].
CAP_TOP = 0.018  # Thickness of a cap's top, by which it is taken, [m].
PEG_RISE = float(np.radians(15.0))  # How far a rack's peg points up, so that what hangs there stays, [rad].


@dataclass(frozen=True, slots=True, kw_only=True)
class KindInfo:
    """What is known of a kind of thing.

    Attributes:
        sizes: Range of each size from which random scenes draw, [m].
        mass: Range of the mass, [kg].
        fixed: Whether it is furniture that cannot be moved.
    """

    sizes: Mapping[str, tuple[float, float]]
    mass: tuple[float, float]
    fixed: bool = False


KINDS: Mapping[str, KindInfo] = {
    "block": KindInfo(sizes={"side": (0.035, 0.05)}, mass=(0.05, 0.12)),
    "ball": KindInfo(sizes={"radius": (0.020, 0.028)}, mass=(0.05, 0.10)),
    "can": KindInfo(sizes={"radius": (0.026, 0.033), "height": (0.08, 0.11)}, mass=(0.10, 0.25)),
    "bottle": KindInfo(sizes={"radius": (0.026, 0.032), "height": (0.15, 0.20)}, mass=(0.12, 0.28)),
    "mug": KindInfo(sizes={"radius": (0.034, 0.038), "height": (0.075, 0.095)}, mass=(0.15, 0.28)),
    "bowl": KindInfo(
        sizes={"top_radius": (0.065, 0.085), "bottom_radius": (0.035, 0.045), "height": (0.045, 0.060)},
        mass=(0.15, 0.30),
    ),
    "plate": KindInfo(sizes={"radius": (0.08, 0.10), "height": (0.014, 0.020)}, mass=(0.20, 0.30)),
    "tray": KindInfo(
        sizes={"length": (0.24, 0.30), "width": (0.18, 0.22), "height": (0.025, 0.035)}, mass=(0.25, 0.30)
    ),
    "box": KindInfo(
        sizes={"length": (0.06, 0.075), "width": (0.05, 0.07), "height": (0.05, 0.09)}, mass=(0.08, 0.20)
    ),
    "shelf": KindInfo(
        sizes={"length": (0.26, 0.32), "width": (0.16, 0.20), "height": (0.18, 0.22)},
        mass=(2.0, 2.0),
        fixed=True,
    ),
    "drawer": KindInfo(
        sizes={"length": (0.20, 0.24), "width": (0.18, 0.22), "height": (0.11, 0.14)},
        mass=(2.0, 2.0),
        fixed=True,
    ),
    "wall": KindInfo(
        sizes={"length": (0.20, 0.26), "width": (0.03, 0.04), "height": (0.12, 0.17)},
        mass=(2.0, 2.0),
        fixed=True,
    ),
    "rack": KindInfo(sizes={"height": (0.24, 0.27), "peg": (0.09, 0.11)}, mass=(2.0, 2.0), fixed=True),
    "grain": KindInfo(sizes={"radius": (0.006, 0.007)}, mass=(0.005, 0.005)),
    # Thick, as of wood: what rises less than 7 mm above the table is a sheet to the cameras, and no thing.
    "fork": KindInfo(
        sizes={"length": (0.150, 0.175), "width": (0.024, 0.030), "height": (0.014, 0.017)}, mass=(0.03, 0.06)
    ),
    "spoon": KindInfo(
        sizes={"length": (0.150, 0.175), "width": (0.028, 0.034), "height": (0.014, 0.017)}, mass=(0.03, 0.06)
    ),
    "cap": KindInfo(sizes={"radius": (0.0175, 0.0205), "height": (0.026, 0.032)}, mass=(0.01, 0.02)),
    "bit": KindInfo(
        sizes={"length": (0.036, 0.046), "width": (0.023, 0.027), "height": (0.019, 0.023)},
        mass=(0.006, 0.012),
    ),
}
GRASPABLE = ("block", "ball", "can", "bottle", "mug", "box")
CONTAINERS = ("bowl", "mug", "tray", "drawer")
SURFACES = ("plate", "tray", "shelf", "block", "box")


def middle_size(kind: str) -> dict[str, float]:
    """Give the sizes in the middle of a kind's ranges, [m].

    Raises:
        UnknownName: If there is no such kind.
    """
    if kind not in KINDS:
        raise UnknownName("kind of thing", kind, KIND_NAMES)
    return {name: (low + high) / 2.0 for name, (low, high) in KINDS[kind].sizes.items()}


def check_size(kind: str, size: Mapping[str, float]) -> None:
    """Refuse sizes that are not this kind's, or far from what its construction allows.

    Raises:
        UnknownName: If there is no such kind or size.
        InputError: If a size is missing or not within 0.6 to 1.6 times the usual range.
    """
    if kind not in KINDS:
        raise UnknownName("kind of thing", kind, KIND_NAMES)
    ranges = KINDS[kind].sizes
    for name in size:
        if name not in ranges:
            raise UnknownName(f"size of a {kind}", name, ranges)
    for name, (low, high) in ranges.items():
        if name not in size:
            raise InputError(f"a {kind} needs its size {name!r}, in metres, about {low} to {high}")
        if not 0.6 * low <= size[name] <= 1.6 * high:
            raise InputError(
                f"{name} of a {kind} is {size[name]!r} m; expected {0.6 * low:.3f} to {1.6 * high:.3f} m"
            )


def extents(kind: str, size: Mapping[str, float]) -> Float64:
    """Give the full extents of the main body along B's axes, handles left out, shape (3,), [m]."""
    if kind == "block":
        return frozen([size["side"]] * 3, (3,))
    if kind in ("ball", "grain"):
        return frozen([2.0 * size["radius"]] * 3, (3,))
    if kind == "rack":
        return frozen([RACK_BASE, RACK_BASE, size["height"]], (3,))
    if kind in ("can", "bottle", "mug", "plate", "cap"):
        return frozen([2.0 * size["radius"], 2.0 * size["radius"], size["height"]], (3,))
    if kind == "bowl":
        return frozen([2.0 * size["top_radius"], 2.0 * size["top_radius"], size["height"]], (3,))
    return frozen([size["length"], size["width"], size["height"]], (3,))


def footprint_radius(kind: str, size: Mapping[str, float]) -> float:
    """Give the radius of a disc about B that covers the thing seen from above, handles included, [m]."""
    across = extents(kind, size)
    if kind == "mug":
        return size["radius"] + mug_handle_reach(size)
    if kind == "drawer":
        return float(np.hypot(across[0] / 2.0 + DRAWER_HANDLE_REACH, across[1] / 2.0))
    if kind == "rack":
        return max(size["peg"], RACK_BASE / np.sqrt(2.0))
    if kind in ("ball", "can", "bottle", "bowl", "plate", "grain", "cap"):
        return float(across[0] / 2.0)
    return float(np.hypot(across[0], across[1]) / 2.0)


def mug_handle_reach(size: Mapping[str, float]) -> float:
    """Give how far a mug's handle stands out from its wall, [m]."""
    return 0.75 * size["radius"]


def peg_ends(size: Mapping[str, float]) -> Float64:
    """Give the ends of a rack's peg in B, at the post and free, shape (2, 3), [m]."""
    root = np.array([0.0, 0.0, 0.3 * size["height"]])
    return np.stack([root, root + size["peg"] * np.array([np.cos(PEG_RISE), 0.0, np.sin(PEG_RISE)])])


def cavity_radius(kind: str, size: Mapping[str, float]) -> float | None:
    """Give the radius of the largest disc that fits through a thing's opening, or None, [m]."""
    if kind == "mug":
        return size["radius"] - WALL
    if kind == "bowl":
        return size["top_radius"] - WALL
    if kind == "tray":
        return size["width"] / 2.0 - TRAY_WALL
    if kind == "drawer":
        return min(size["length"], size["width"]) / 2.0 - 2.0 * BOARD
    return None


def support_height(kind: str, size: Mapping[str, float]) -> float:
    """Give the height above its underside at which a thing carries others at its middle, [m]."""
    if kind in ("mug", "bowl"):
        return WALL
    if kind == "plate":
        return plate_thickness(size)
    if kind == "tray":
        return TRAY_WALL
    if kind == "drawer":
        return 2.0 * BOARD
    return float(extents(kind, size)[2])


def cap_skirt(size: Mapping[str, float]) -> float:
    """Give how far a cap reaches down about a bottle's neck, [m]."""
    return size["height"] - CAP_TOP


def plate_thickness(size: Mapping[str, float]) -> float:
    """Give the thickness of a plate's flat middle, [m]."""
    return 0.5 * size["height"]
