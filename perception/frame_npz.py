"""Frames as ``.npz``: arrays to the bit; ``docs/perception.md`` is the reference of the format.

Either one camera with plain keys (``rgb``, ``depth``, ``K``, ``X_WC``, ...), or several,
each key after its camera's own prefix (``front/rgb``, ``wrist/rgb``, ...).
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..core.errors import InputError
from .frame_checks import checked_frame, pose_of

MOST_BYTES = 1 << 30  # Of all arrays of one file, unpacked.
MOST_ARRAYS = 400
NEEDED = ("rgb", "depth", "X_WC")
KNOWN = (*NEEDED, "K", "intrinsics", "camera", "time", "depth_scale", "distortion")
SPHERES = "robot_spheres"
Arrays = Mapping[str, NDArray[Any]]


def read_npz(path: Path) -> tuple[tuple[CameraFrame, ...], Float64 | None]:
    """Read a file of one camera or of several.

    Args:
        path: The file.

    Returns:
        The frames, and the robot's own body as spheres, shape (S, 4), [m], or None where it is not told.

    Raises:
        InputError: If it is not such a file; nothing of it is executed, whatever it holds.
    """
    arrays = _load(path)
    spheres = arrays.pop(SPHERES, None)
    cameras: dict[str, dict[str, NDArray[Any]]] = {}
    for name, array in arrays.items():
        camera, _, key = name.rpartition("/")
        if key not in KNOWN:
            raise InputError(f"no array {name!r} is known; expected {', '.join(KNOWN)}")
        cameras.setdefault(camera, {})[key] = array
    if not cameras:
        raise InputError(f"it holds no frame; expected {', '.join(NEEDED)} and K")
    frames = tuple(_frame(prefix, held) for prefix, held in cameras.items())
    return frames, None if spheres is None else np.asarray(spheres)


def write_npz(frames: tuple[CameraFrame, ...], spheres: Float64 | None, path: Path) -> None:
    """Write frames to the bit.

    Args:
        frames: At least one.
        spheres: The robot's own body, shape (S, 4), [m], or None.
        path: The file, replaced where it exists.
    """
    arrays: dict[str, NDArray[Any]] = {} if spheres is None else {SPHERES: spheres}
    for number, frame in enumerate(frames):
        model = frame.model
        arrays |= {
            f"{number}/camera": np.array(frame.camera),
            f"{number}/time": np.array(frame.time),
            f"{number}/rgb": frame.rgb,
            f"{number}/depth": frame.depth,
            f"{number}/intrinsics": np.array([model.fx, model.fy, model.cx, model.cy]),
            f"{number}/X_WC": frame.X_WC.GetAsMatrix4(),
        }
    with path.open("wb") as stream:
        np.savez_compressed(stream, allow_pickle=False, **arrays)


def _load(path: Path) -> dict[str, NDArray[Any]]:
    """Unpack every array, once the file says that all of them are of a bearable size.

    Raises:
        InputError: If it is no such file, or one that asks for code to be run.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"it is no .npz archive: {error}") from error
    unpacked = sum(info.file_size for info in infos)
    if len(infos) > MOST_ARRAYS or unpacked > MOST_BYTES:
        raise InputError(
            f"it holds {len(infos)} arrays of {unpacked} bytes in all; "
            f"at most {MOST_ARRAYS} of {MOST_BYTES} are read"
        )
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, MemoryError) as error:
        raise InputError(f"an array of it cannot be read: {' '.join(str(error).split())[:200]}") from error
    foreign = [name for name, array in arrays.items() if not isinstance(array, np.ndarray)]
    if foreign:
        raise InputError(f"{foreign[0]!r} in it is no array")
    return arrays


def _frame(prefix: str, arrays: Arrays) -> CameraFrame:
    """Make one camera's frame of its arrays.

    Raises:
        InputError: If one is missing or not what it has to be.
    """
    camera = str(arrays["camera"])[:100] if "camera" in arrays else prefix or "camera"
    missing = [key for key in NEEDED if key not in arrays]
    if "K" not in arrays and "intrinsics" not in arrays:
        missing.append("K")
    if missing:
        raise InputError(f"camera {camera!r} lacks {', '.join(missing)}; it has {', '.join(arrays)}")
    scale = _number(arrays, "depth_scale", camera)
    return checked_frame(
        camera=camera,
        time=_number(arrays, "time", camera) or 0.0,
        rgb=arrays["rgb"],
        depth=arrays["depth"],
        depth_scale=scale,
        intrinsics=_intrinsics(arrays, camera),
        X_WC=pose_of(_numbers(arrays, "X_WC", camera), camera),
        distortion=_numbers(arrays, "distortion", camera) if "distortion" in arrays else (),
    )


def _number(arrays: Arrays, key: str, camera: str) -> float | None:
    if key not in arrays:
        return None
    values = _numbers(arrays, key, camera)
    if values.size != 1:
        raise InputError(f"camera {camera!r}: {key} has shape {values.shape}; expected one number")
    return float(values.item())


def _numbers(arrays: Arrays, key: str, camera: str) -> Float64:
    array = arrays[key]
    if array.dtype.kind not in "fiu":
        raise InputError(f"camera {camera!r}: {key} is {array.dtype}; expected numbers")
    return array.astype(np.float64)


def _intrinsics(arrays: Arrays, camera: str) -> tuple[float, float, float, float]:
    """Read fx, fy, cx, cy, or the matrix K.

    Raises:
        InputError: If they have another shape, or K is skewed.
    """
    if "intrinsics" in arrays:
        values = _numbers(arrays, "intrinsics", camera)
        if values.shape != (4,):
            raise InputError(
                f"camera {camera!r}: intrinsics has shape {values.shape}; expected fx, fy, cx, cy"
            )
        return tuple(values.tolist())
    K = _numbers(arrays, "K", camera)
    if K.shape != (3, 3) or np.abs(K[[0, 1, 2, 2, 2], [1, 0, 0, 1, 2]] - [0, 0, 0, 0, 1]).max() > 1e-6:
        raise InputError(
            f"camera {camera!r}: K is {K.tolist()}; expected [[fx, 0, cx], [0, fy, cy], [0, 0, 1]]"
        )
    return float(K[0, 0]), float(K[1, 1]), float(K[0, 2]), float(K[1, 2])
