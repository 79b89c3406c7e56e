"""Frames as JSON beside PNG pictures; ``docs/perception.md`` is the reference of the format."""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydrake.common.eigen_geometry import Quaternion
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..core.errors import InputError
from .frame_checks import MOST_PIXELS, SLACK, checked_frame, pose_of

MOST_BYTES = 4_000_000  # Of the JSON.
SCALES = (0.0001, 0.001)  # Metres of one unit; the first with which the farthest depth fits is written.
LARGEST = 65535
Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Intrinsics(_Strict):
    fx: Finite
    fy: Finite
    cx: Finite
    cy: Finite
    width: int | None = None
    height: int | None = None


class _Pose(_Strict):
    wxyz: tuple[Finite, Finite, Finite, Finite]
    xyz: tuple[Finite, Finite, Finite]


Row = tuple[Finite, Finite, Finite, Finite]


class _Frame(_Strict):
    camera: str
    color: str
    depth: str
    depth_scale: Finite
    intrinsics: _Intrinsics
    X_WC: _Pose | tuple[Row, Row, Row, Row]
    time: Finite = 0.0
    distortion: Annotated[list[Finite], Field(max_length=8)] = []


class _File(_Strict):
    format: Literal["handsel-frames"]
    version: Literal[1]
    frames: Annotated[list[_Frame], Field(min_length=1, max_length=64)]
    robot_spheres: Annotated[list[Row], Field(max_length=10_000)] | None = None


def read_json(path: Path) -> tuple[tuple[CameraFrame, ...], Float64 | None]:
    """Read a JSON file and the pictures that it names.

    Args:
        path: The file; its pictures lie beside or below it.

    Returns:
        The frames, and the robot's own body as spheres, shape (S, 4), [m], or None where it is not told.

    Raises:
        InputError: If it, or a picture, is not what the format says.
    """
    if path.stat().st_size > MOST_BYTES:
        raise InputError(f"it is longer than {MOST_BYTES} bytes; the pictures belong into files of their own")
    try:
        said = _File.model_validate_json(path.read_bytes())
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])) or 'file'}: {e['msg'].lower()}" for e in error.errors()]
        raise InputError("; ".join(lines[:6])) from error
    frames = tuple(_frame(frame, path.parent) for frame in said.frames)
    return frames, None if said.robot_spheres is None else np.array(said.robot_spheres).reshape(-1, 4)


def write_json(frames: tuple[CameraFrame, ...], spheres: Float64 | None, path: Path) -> None:
    """Write frames as PNG pictures beside a JSON file of the same stem.

    Depth is rounded to 0.1 mm, or to 1 mm where something lies beyond 6.5 m.

    Args:
        frames: At least one.
        spheres: The robot's own body, shape (S, 4), [m], or None.
        path: The JSON file; it and its pictures are replaced where they exist.

    Raises:
        InputError: If a depth does not fit into 16 bits.
    """
    told = []
    for number, frame in enumerate(frames):
        word = "".join(c if c.isalnum() else "-" for c in frame.camera)
        color, depth = (f"{path.stem}-{number}-{word}-{what}.png" for what in ("color", "depth"))
        scale, units = _units(frame)
        Image.fromarray(frame.rgb).save(path.parent / color)
        Image.fromarray(units).save(path.parent / depth)
        model, X_WC = frame.model, frame.X_WC
        told.append(
            {
                "camera": frame.camera,
                "time": float(frame.time),
                "color": color,
                "depth": depth,
                "depth_scale": scale,
                "intrinsics": {
                    key: getattr(model, key) for key in ("fx", "fy", "cx", "cy", "width", "height")
                },
                "X_WC": {
                    "wxyz": X_WC.rotation().ToQuaternion().wxyz().tolist(),
                    "xyz": X_WC.translation().tolist(),
                },
            }
        )
    data: dict[str, object] = {"format": "handsel-frames", "version": 1, "frames": told}
    if spheres is not None:
        data["robot_spheres"] = np.round(spheres, 6).tolist()
    path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _units(frame: CameraFrame) -> tuple[float, NDArray[np.uint16]]:
    """Choose a scale and give the depth in it, 0 where unknown.

    Raises:
        InputError: If the farthest depth fits into none.
    """
    far = float(np.nanmax(frame.depth, initial=0.0))
    scale = next((scale for scale in SCALES if far < scale * LARGEST), None)
    if scale is None:
        raise InputError(
            f"camera {frame.camera!r}: a depth of {far:g} m does not fit into a 16-bit picture; write .npz"
        )
    units = np.rint(np.nan_to_num(frame.depth.astype(np.float64) / scale, nan=0.0))
    return scale, units.astype(np.uint16)


def _frame(said: _Frame, folder: Path) -> CameraFrame:
    rgb = _picture(folder, said.color, ("RGB", "RGBA"), "8-bit red, green and blue")
    depth = _picture(folder, said.depth, ("I;16", "I;16B", "I"), "16-bit gray")
    size = (said.intrinsics.height or rgb.shape[0], said.intrinsics.width or rgb.shape[1])
    if rgb.shape[:2] != size:
        raise InputError(
            f"camera {said.camera!r}: {said.color!r} has {rgb.shape[1]} x {rgb.shape[0]} pixels, its "
            f"intrinsics are for {size[1]} x {size[0]}; give those of the picture as it is"
        )
    model = said.intrinsics
    return checked_frame(
        camera=said.camera,
        time=said.time,
        rgb=rgb[..., :3],
        depth=depth,
        depth_scale=said.depth_scale,
        intrinsics=(model.fx, model.fy, model.cx, model.cy),
        X_WC=_pose(said),
        distortion=said.distortion,
    )


def _pose(said: _Frame) -> RigidTransform:
    """Read a pose of either form.

    Raises:
        InputError: If it is not rigid.
    """
    if not isinstance(said.X_WC, _Pose):
        return pose_of(np.array(said.X_WC), said.camera)
    wxyz = np.array(said.X_WC.wxyz)
    length = float(np.linalg.norm(wxyz))
    if abs(length - 1.0) > SLACK:
        raise InputError(
            f"camera {said.camera!r}: the quaternion {wxyz.tolist()} has length {length:.4g}; "
            "expected a unit quaternion, w first"
        )
    return RigidTransform(RotationMatrix(Quaternion(wxyz / length)), np.array(said.X_WC.xyz))


def _picture(folder: Path, name: str, modes: Sequence[str], expected: str) -> NDArray[np.generic]:
    """Read a PNG beside or below the JSON file.

    Raises:
        InputError: If it lies elsewhere, is missing, broken, too large or of another kind.
    """
    pure = PurePosixPath(name)
    if pure.is_absolute() or ".." in pure.parts or "\\" in name or "\0" in name:
        raise InputError(f"the picture {name!r} has to lie beside or below its JSON file")
    path = folder / pure
    if not path.is_file():
        raise InputError(f"there is no picture {name!r} beside the JSON file")
    try:
        with warnings.catch_warnings():
            # Pillow warns of very large pictures before ours is measured.
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG",)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise InputError(f"{name!r} has more than {MOST_PIXELS} pixels")
                mode, array = image.mode, np.asarray(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(f"{name!r} has more than {MOST_PIXELS} pixels") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise InputError(f"{name!r} is no readable PNG: {error}") from error
    if mode not in modes:
        raise InputError(f"{name!r} is a PNG of mode {mode}; expected {expected}")
    return array
