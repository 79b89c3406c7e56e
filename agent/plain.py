"""Values as JSON can hold them: arrays become lists, poses ``{"wxyz": [...], "p": [...]}``."""

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from pydrake.math import RigidTransform

from ..perception.scene import Scene, Thing


def plain(value: object) -> object:
    """Turn a value into what JSON can hold, rounded to 1e-9; numbers that are none become null.

    Raises:
        TypeError: If the value is of a kind that the trace has no form for.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | str() | int():
            return value
        case float() | np.floating():
            number = float(value)
            return round(number, 9) if math.isfinite(number) else None
        case np.bool_() | np.integer():
            return value.item()
        case np.ndarray():
            return plain(value.tolist())
        case RigidTransform():
            return {
                "wxyz": plain(value.rotation().ToQuaternion().wxyz()),
                "p": plain(value.translation()),
            }
        case Path():
            return str(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    if is_dataclass(value):
        return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
    raise TypeError(f"the trace cannot hold a {type(value).__name__}")


def thing_json(thing: Thing) -> dict[str, object]:
    """Write a thing without its cloud."""
    kept = {part.name: plain(getattr(thing, part.name)) for part in fields(thing) if part.name != "cloud"}
    kept["shapes"] = [
        {
            "shape": type(shape).__name__,
            **{part.name: plain(getattr(shape, part.name)) for part in fields(shape)},
        }
        for shape in thing.shapes
    ]
    return kept


def scene_json(scene: Scene) -> dict[str, object]:
    """Write a scene: everything but clouds, pictures and the distance field."""
    return {
        "seen_at": plain(scene.time),
        "perceiver": scene.perceiver,
        "things": [thing_json(thing) for thing in scene.things],
        "table": plain(scene.table),
        "planes": plain(scene.planes),
        "directions": plain(scene.directions),
        "keypoints": plain(scene.keypoints),
        "cameras": [frame.camera for frame in scene.frames],
        "warnings": list(scene.warnings),
    }
