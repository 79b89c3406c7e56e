"""What an environment's observations and actions are made of."""

from collections.abc import Mapping, Sequence

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from ...core.arrays import Float64
from ...robots.models import RobotModel
from ...robots.robot import ArmInfo, Observation

FARTHEST = 10.0
"""Depth at which pictures end, [m]; also what is farther has this depth."""
ROOM = 0.1
"""How far past a joint's range, [rad], and an opening's, a tenth of it in [m], what is sensed may lie."""
SHIFT = 0.03
"""Farthest that one action moves the tool along each axis, [m]."""
TURN = 0.15
"""Farthest that one action turns the tool about each axis, [rad]."""

Arrays = dict[str, NDArray[np.generic]]


def observation_space(
    models: Sequence[RobotModel], cameras: Sequence[str], size: tuple[int, int]
) -> spaces.Dict:
    """Give the space of observations.

    Args:
        models: The arms' models, in order.
        cameras: Names of the cameras.
        size: Width and height of the pictures, [px].

    Returns:
        ``rgb_<camera>`` (H, W, 3) and ``depth_<camera>`` (H, W) [m] for every camera, ``q`` (n,) [rad] of
        all arms, one after the other, and ``width`` [m], one entry a hand.
    """
    width, height = size
    parts: dict[str, spaces.Space] = {}
    for camera in cameras:
        parts[f"rgb_{camera}"] = spaces.Box(0, 255, (height, width, 3), np.uint8)
        parts[f"depth_{camera}"] = spaces.Box(0.0, FARTHEST, (height, width), np.float32)
    lower = np.concatenate([model.lower for model in models]) - ROOM
    upper = np.concatenate([model.upper for model in models]) + ROOM
    parts["q"] = spaces.Box(lower, upper, dtype=np.float64)
    low, high = _openings(models)
    if len(low):
        parts["width"] = spaces.Box(low - ROOM * (high - low), high + ROOM * (high - low), dtype=np.float64)
    return spaces.Dict(parts)


def joint_actions(models: Sequence[RobotModel]) -> spaces.Box:
    """Give the space of joint targets: of each arm its joints, [rad], then its opening, [m]."""
    low = [np.append(model.lower, _opening(model)[0]) for model in models]
    high = [np.append(model.upper, _opening(model)[1]) for model in models]
    return spaces.Box(np.concatenate(low), np.concatenate(high), dtype=np.float64)


def tool_actions(models: Sequence[RobotModel]) -> spaces.Box:
    """Give the space of tool deltas: of each arm a shift, [m], a rotation vector, [rad], its opening, [m]."""
    most = np.array([SHIFT] * 3 + [TURN] * 3)
    low = [np.append(-most, _opening(model)[0]) for model in models]
    high = [np.append(most, _opening(model)[1]) for model in models]
    return spaces.Box(np.concatenate(low), np.concatenate(high), dtype=np.float64)


def arrays(sensed: Observation, arms: Sequence[ArmInfo], space: spaces.Dict) -> Arrays:
    """Give what a robot senses as arrays of a space.

    Args:
        sensed: Joints, hands and a frame of every camera.
        arms: The arms, in order.
        space: What ``observation_space`` gave.

    Returns:
        Arrays of their own; a pixel whose depth is unknown has depth 0.
    """
    found: Arrays = {}
    for frame in sensed.frames:
        found[f"rgb_{frame.camera}"] = np.array(frame.rgb)
        depth = np.nan_to_num(frame.depth, nan=0.0, posinf=FARTHEST, neginf=0.0)
        found[f"depth_{frame.camera}"] = np.clip(depth, 0.0, FARTHEST).astype(np.float32)
    found["q"] = np.concatenate([sensed.arms[arm.name].q for arm in arms])
    widths = [sensed.arms[arm.name].width for arm in arms]
    if "width" in space.spaces:
        found["width"] = np.array([width for width in widths if width is not None])
    for name in ("q", "width"):
        part: Mapping[str, spaces.Space] = space.spaces
        if isinstance(box := part.get(name), spaces.Box):
            found[name] = np.clip(found[name], box.low, box.high)
    return found


def _opening(model: RobotModel) -> Float64:
    """Give the least and the largest opening of a hand, shape (2,) or, without one, (0,) each."""
    gripper = model.gripper
    if gripper is None:
        return np.zeros((2, 0))
    return np.array([[gripper.min_width], [gripper.max_width]])


def _openings(models: Sequence[RobotModel]) -> tuple[Float64, Float64]:
    low, high = zip(*(_opening(model) for model in models), strict=True)
    return np.concatenate(low), np.concatenate(high)
