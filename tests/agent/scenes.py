"""Scenes made by hand for tests of minds."""

from collections.abc import Mapping, Sequence

import numpy as np
from handsel.perception.scene import Directions, Scene, Table, Thing
from handsel.robots.shapes import Box, Vessel
from pydrake.math import RigidTransform, RollPitchYaw

SIZES: Mapping[str, tuple[float, float, float]] = {
    "block": (0.04, 0.04, 0.04),
    "ball": (0.05, 0.05, 0.05),
    "can": (0.06, 0.06, 0.10),
    "bottle": (0.06, 0.06, 0.18),
    "mug": (0.10, 0.08, 0.09),
    "bowl": (0.15, 0.15, 0.06),
    "plate": (0.18, 0.18, 0.02),
    "tray": (0.30, 0.20, 0.02),
    "box": (0.07, 0.06, 0.08),
    "thing": (0.05, 0.05, 0.05),
}
OPENINGS = {"bowl": 0.067, "mug": 0.035}


def make_thing(
    name: str,
    x: float,
    y: float,
    *,
    kind: str | None = None,
    color: str | None = None,
    size: Sequence[float] | None = None,
    on: str = "table",
    inside: str | None = None,
    bottom: float = 0.0,
    yaw: float = 0.0,
) -> Thing:
    """Make a thing called ``color_kind`` or ``color_kind_2``."""
    words = name.split("_")
    color = color or words[0]
    kind = kind or words[1]
    extent = np.array(size or SIZES[kind])
    center = np.array([x, y, bottom + extent[2] / 2.0])
    X_WO = RigidTransform(RollPitchYaw(0.0, 0.0, yaw), center)
    up = np.array([0.0, 0.0, extent[2] / 2.0])
    parts = {"top": center + up, "bottom": center - up, "center": center}
    radius = OPENINGS.get(kind)
    shape = Box(X_WS=X_WO, half=extent / 2.0)
    if radius is not None:
        parts |= {"opening": center + up, "rim": center + up + [-extent[0] / 2.0, 0.0, 0.0]}
        shape = Vessel(
            X_WS=RigidTransform(center - up),
            bottom_radius=radius,
            top_radius=radius + 0.004,
            height=float(extent[2]),
            wall=0.004,
        )
    return Thing(
        name=name,
        kind=kind,
        color=color,
        X_WO=X_WO,
        size=extent,
        cloud=np.stack([center - up, center + up]),
        parts=parts,
        shapes=(shape,),
        on=on,
        inside=inside,
        cavity_radius=radius if size is None or radius is None else float(min(extent[:2]) / 2 - 0.008),
    )


def make_scene(*things: Thing) -> Scene:
    """Put things into a scene seen from the front; the person's left is -y."""
    directions = Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0]))
    return Scene(
        time=0.0,
        things=tuple(sorted(things, key=lambda thing: thing.center[1])),
        table=Table(height=0.0, lower=np.array([0.2, -0.5]), upper=np.array([0.9, 0.5])),
        directions=directions,
        keypoints=(),
        field=None,
        frames=(),
        perceiver="by hand",
    )


def kitchen() -> Scene:
    """Three blocks, two bowls, and one each of much else; nothing overlaps."""
    return make_scene(
        make_thing("red_block", 0.50, -0.30),
        make_thing("green_block", 0.40, -0.10, size=(0.05, 0.05, 0.05)),
        make_thing("blue_block", 0.60, 0.00, size=(0.03, 0.03, 0.03)),
        make_thing("blue_bowl", 0.55, 0.15),
        make_thing("white_bowl", 0.35, 0.30, size=(0.18, 0.18, 0.07)),
        make_thing("yellow_ball", 0.65, -0.15),
        make_thing("green_mug", 0.35, -0.32),
        make_thing("orange_plate", 0.65, 0.33),
    )


def loaded() -> Scene:
    """Things that carry and hold others: a tower, a full mug, a tray, a bowl with a ball."""
    return make_scene(
        make_thing("red_block", 0.45, -0.25, size=(0.05, 0.05, 0.05)),
        make_thing("blue_block", 0.45, -0.25, on="red_block", bottom=0.05),
        make_thing("yellow_block", 0.60, -0.05),
        make_thing("white_tray", 0.55, 0.22),
        make_thing("green_can", 0.55, 0.15, on="white_tray", inside="white_tray", bottom=0.006),
        make_thing("red_ball", 0.55, 0.30, on="white_tray", inside="white_tray", bottom=0.006),
        make_thing("purple_bowl", 0.36, 0.02),
        make_thing("blue_ball", 0.36, 0.02, on="purple_bowl", inside="purple_bowl", bottom=0.005),
        make_thing("gray_mug", 0.68, -0.30, size=(0.075, 0.075, 0.09)),
    )


def shelfful() -> Scene:
    """Two of the same name, furniture, a bottle and a box."""
    return make_scene(
        make_thing("red_block_1", 0.45, -0.30),
        make_thing("red_block_2", 0.45, 0.05),
        make_thing("green_block", 0.62, -0.12, size=(0.045, 0.045, 0.045)),
        make_thing("cyan_bottle", 0.40, -0.12),
        make_thing("brown_box", 0.62, 0.12),
        make_thing("white_plate", 0.40, 0.25),
        make_thing("black_can", 0.65, 0.33, size=(0.06, 0.06, 0.08)),
        make_thing("pink_bowl", 0.62, -0.32),
    )


SCENES = {"kitchen": kitchen, "loaded": loaded, "shelfful": shelfful}
