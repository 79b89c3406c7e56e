"""RGB-D frames in files: PNG pictures with JSON, and ``.npz``; ``docs/perception.md`` has the formats."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..core.arrays import Float64, frozen
from ..core.camera import CameraFrame
from ..core.errors import InputError

ENDINGS = (".json", ".npz")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Snapshot:
    """What was seen at one moment, and where the robot itself was in it.

    Attributes:
        frames: One frame a camera.
        robot_spheres_W: The robot's own body as spheres (x, y, z, radius), shape (S, 4), [m];
            empty where no robot is in the pictures.
    """

    frames: tuple[CameraFrame, ...]
    robot_spheres_W: Float64

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "robot_spheres_W", frozen(self.robot_spheres_W, (None, 4)))


def read_frames(paths: Iterable[Path | str]) -> tuple[CameraFrame, ...]:
    """Read the frames of one or several files, in the order of the files.

    Args:
        paths: Files that end in ``.json`` or ``.npz``.

    Raises:
        InputError: If one of them is missing or not what its format says; the text names it.
    """
    return read_snapshot(paths).frames


def read_snapshot(paths: Iterable[Path | str]) -> Snapshot:
    """Read frames and, where the files tell it, the robot's own body in them.

    Args:
        paths: Files that end in ``.json`` or ``.npz``.

    Raises:
        InputError: If one of them is missing or not what its format says; the text names it.
    """
    frames: list[CameraFrame] = []
    spheres: list[Float64] = [np.zeros((0, 4))]
    for path in map(Path, paths):
        kind = _kind(path)
        if not path.is_file():
            raise InputError(f"there is no file {str(path)!r}")
        try:
            held, body = _read(path, kind)
        except InputError as error:
            raise InputError(f"{str(path)!r}: {error}") from error
        except OSError as error:
            raise InputError(f"{str(path)!r} cannot be read: {error.strerror}") from error
        frames += held
        spheres.append(body)
    if not frames:
        raise InputError("no file was given; expected at least one .json or .npz with RGB-D frames")
    _check_names(frames)
    return Snapshot(frames=tuple(frames), robot_spheres_W=np.concatenate(spheres))


def write_frames(
    frames: Iterable[CameraFrame], path: Path | str, *, robot_spheres_W: Float64 | None = None
) -> None:
    """Write frames into one file, by its ending: ``.npz`` to the bit, ``.json`` with PNG pictures beside it.

    Args:
        frames: At least one.
        path: Where to; what exists there is replaced.
        robot_spheres_W: The robot's own body at that moment, shape (S, 4), [m], so that whoever
            perceives the frames later does not take the arm for a thing.

    Raises:
        InputError: If there is no frame, the ending is another, or the place cannot be written to.
    """
    path, frames = Path(path), tuple(frames)
    kind = _kind(path)
    if not frames:
        raise InputError("there is no frame to write")
    _check_names(frames)
    body = None if robot_spheres_W is None else _body(robot_spheres_W)
    try:
        if kind == ".npz":
            from .frame_npz import write_npz

            write_npz(frames, body, path)
        else:
            from .frame_json import write_json

            write_json(frames, body, path)
    except OSError as error:
        raise InputError(f"{str(path)!r} cannot be written: {error.strerror}") from error


def _check_names(frames: Sequence[CameraFrame]) -> None:
    """Let every frame have a camera's name of its own.

    Raises:
        InputError: If two frames have the same.
    """
    seen: set[str] = set()
    for frame in frames:
        if frame.camera in seen:
            raise InputError(
                f"two frames are of camera {frame.camera!r}; give each view a name of its own, "
                f"such as {frame.camera + '_2'!r}"
            )
        seen.add(frame.camera)


def _kind(path: Path) -> str:
    if path.suffix not in ENDINGS:
        raise InputError(f"{str(path)!r}: expected a file that ends in {' or '.join(ENDINGS)}")
    return path.suffix


def _read(path: Path, kind: str) -> tuple[tuple[CameraFrame, ...], Float64]:
    if kind == ".npz":
        from .frame_npz import read_npz

        frames, spheres = read_npz(path)
    else:
        from .frame_json import read_json

        frames, spheres = read_json(path)
    return frames, np.zeros((0, 4)) if spheres is None else _body(spheres)


def _body(spheres: Float64) -> Float64:
    """Check the robot's spheres.

    Raises:
        InputError: If they are none.
    """
    if spheres.ndim != 2 or spheres.shape[1] != 4 or spheres.dtype.kind not in "fiu":
        raise InputError(
            f"robot_spheres is {spheres.dtype} of shape {spheres.shape}; expected rows x, y, z, radius"
        )
    if not np.isfinite(spheres).all() or (spheres[:, 3] < 0.0).any():
        raise InputError("robot_spheres has a number that is not finite, or a negative radius")
    return spheres.astype(np.float64)
