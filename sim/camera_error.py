"""What a careless calibration leaves: a camera that is not quite where it is said to be.

The error is of the reported pose alone, the same for a whole run, and exactly
as large as it is asked for; only its direction is left to chance. So a row of
an evaluation says what a camera off by so much does, not what one off by about so much does.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.camera import CameraFrame
from ..core.errors import InputError

CameraError = tuple[float, float]
"""Shift, [m], and turn, [rad], of a camera's reported pose."""
NONE: CameraError = (0.0, 0.0)
LARGEST: CameraError = (0.1, 0.2)
"""More is no calibration error but a camera that was moved."""


def check_error(error: Sequence[float]) -> CameraError:
    """Refuse what is no error of a calibration.

    Args:
        error: Shift, [m], and turn, [rad].

    Raises:
        InputError: If they are not two numbers from 0 to ``LARGEST``.
    """
    if len(error) != 2 or not all(0.0 <= value <= most for value, most in zip(error, LARGEST, strict=True)):
        raise InputError(
            f"a camera's error of {tuple(error)!r}; expected a shift from 0 to {LARGEST[0]} m "
            f"and a turn from 0 to {LARGEST[1]} rad"
        )
    return float(error[0]), float(error[1])


def draw_error(error: CameraError, rng: np.random.Generator) -> RigidTransform:
    """Draw where a camera is believed to be.

    Args:
        error: Shift, [m], and turn, [rad].
        rng: Source of the two directions.

    Returns:
        X_CE, the reported camera frame E in the true one C.
    """
    shift, turn = check_error(error)
    if (shift, turn) == NONE:
        return RigidTransform()
    from scipy.spatial.transform import Rotation  # Slow to load; most worlds have no error.

    axis, direction = rng.standard_normal((2, 3))
    R_CE = Rotation.from_rotvec(turn * axis / np.linalg.norm(axis)).as_matrix()
    return RigidTransform(RotationMatrix(R_CE), shift * direction / np.linalg.norm(direction))


def misplaced(
    frames: tuple[CameraFrame, ...], error: CameraError, rng: np.random.Generator
) -> tuple[CameraFrame, ...]:
    """Give frames whose poses are each off by an error of their own.

    Args:
        frames: Frames with true poses.
        error: Shift, [m], and turn, [rad].
        rng: Source of the directions.
    """
    return tuple(replace(frame, X_WC=frame.X_WC @ draw_error(error, rng)) for frame in frames)
