"""Which LeRobot robot it is, and how its numbers become ours: one TOML file an arm."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydrake.math import RigidTransform, RollPitchYaw

from ...core.arrays import Float64
from ...core.camera import CameraModel
from ...core.errors import InputError, UnknownName
from ..models import GripperModel, RobotModel, load_model


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Pose(_Strict):
    xyz: tuple[float, float, float] = (0.0, 0.0, 0.0)
    rpy: tuple[float, float, float] = (0.0, 0.0, 0.0)


class _Joint(_Strict):
    motor: str
    reversed: bool = False
    zero: float = 0.0


class _Gripper(_Strict):
    motor: str = "gripper"
    closed: float = 0.0
    open: float = 100.0


class _Camera(_Pose):
    width: int = Field(gt=0, le=4096)
    height: int = Field(gt=0, le=4096)
    fx: float = Field(gt=0.0)
    fy: float = Field(gt=0.0)
    cx: float
    cy: float


class _File(_Strict):
    python: str
    model: str
    rate: float = Field(default=50.0, ge=10.0, le=200.0)
    lerobot: dict[str, Any]
    base: _Pose = _Pose()
    joints: dict[str, _Joint] = {}
    gripper: _Gripper | None = None
    cameras: dict[str, _Camera] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hand:
    """A motor that opens and closes a gripper.

    Attributes:
        motor: LeRobot's name of it.
        closed: Its value at the smallest opening.
        open: Its value at the widest.
        model: The gripper.
    """

    motor: str
    closed: float
    open: float
    model: GripperModel

    def value(self, width: float) -> float:
        """Give the motor's value at an opening, [m]; its angle goes evenly from closed to open."""
        first, last = self.model.positions[0, 0], self.model.positions[-1, 0]
        share = (self.model.joint_positions(width)[0] - first) / (last - first)
        return float(self.closed + share * (self.open - self.closed))

    def width(self, value: float) -> float:
        """Give the opening, [m], at a motor's value."""
        share = (value - self.closed) / (self.open - self.closed)
        angles = self.model.positions[:, 0]
        angle = angles[0] + share * (angles[-1] - angles[0])
        order = np.argsort(angles)
        return float(np.interp(angle, angles[order], self.model.widths[order]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settings:
    """All that is known of a LeRobot arm before it is connected.

    Attributes:
        python: The Python of LeRobot's environment.
        lerobot: LeRobot's own configuration of the robot.
        model_name: Name or path of the arm's model.
        model: The arm's model.
        X_WR: Pose of its base in the world.
        rate: How often it is told where to go, [Hz].
        motors: LeRobot's motor of each joint.
        signs: 1, or -1 where a motor counts the other way round, shape (n,).
        zeros: The motor's value, in degrees, where the joint is at 0, shape (n,).
        hand: The gripper's motor, or None.
        cameras: Intrinsics, and pose X_WC in the world, by LeRobot's name of the camera.
    """

    python: str
    lerobot: dict[str, Any]
    model_name: str
    model: RobotModel
    X_WR: RigidTransform
    rate: float
    motors: tuple[str, ...]
    signs: Float64
    zeros: Float64
    hand: Hand | None
    cameras: dict[str, tuple[CameraModel, RigidTransform]]

    def values(self, q: Float64) -> dict[str, float]:
        """Give motor values, in degrees, of joint positions, shape (n,), [rad]."""
        degrees = self.signs * np.rad2deg(q) + self.zeros
        return {f"{motor}.pos": float(value) for motor, value in zip(self.motors, degrees, strict=True)}

    def positions(self, values: dict[str, float]) -> Float64:
        """Give joint positions, shape (n,), [rad], of motor values."""
        degrees = np.array([values[f"{motor}.pos"] for motor in self.motors])
        return np.deg2rad(self.signs * (degrees - self.zeros))


def read_settings(path: Path) -> Settings:
    """Read the settings of an arm.

    Args:
        path: A TOML file; ``docs/lerobot.md`` says what it holds.

    Raises:
        InputError: If there is none, or an entry is missing or wrong.
        UnknownName: If the model or a joint does not exist.
    """
    try:
        said = _File.model_validate(tomllib.loads(path.expanduser().read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(
            f"there are no settings of a LeRobot arm at {str(path)!r}: {error.strerror}"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{str(path)!r} is not readable TOML: {error}") from error
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc']))}: {e['msg'].lower()}" for e in error.errors()[:4]]
        raise InputError(
            f"the settings of a LeRobot arm, {str(path)!r}, are wrong: {'; '.join(lines)}"
        ) from error
    model = load_model(said.model)
    for name in said.joints:
        if name not in model.joint_names:
            raise UnknownName(f"joint of {model.name}", name, model.joint_names)
    joints = [said.joints.get(name, _Joint(motor=name)) for name in model.joint_names]
    return Settings(
        python=str(Path(said.python).expanduser()),
        lerobot=said.lerobot,
        model_name=said.model,
        model=model,
        X_WR=_pose(said.base),
        rate=said.rate,
        motors=tuple(joint.motor for joint in joints),
        signs=np.array([-1.0 if joint.reversed else 1.0 for joint in joints]),
        zeros=np.array([joint.zero for joint in joints]),
        hand=_hand(said.gripper, model),
        cameras={
            name: (
                CameraModel(**camera.model_dump(include={"width", "height", "fx", "fy", "cx", "cy"})),
                _pose(camera),
            )
            for name, camera in said.cameras.items()
        },
    )


def _pose(said: _Pose) -> RigidTransform:
    return RigidTransform(RollPitchYaw(*said.rpy), np.array(said.xyz))


def _hand(said: _Gripper | None, model: RobotModel) -> Hand | None:
    """Make the hand of a model that has one.

    Raises:
        InputError: If the model has none, or its values leave no room.
    """
    if model.gripper is None:
        if said is not None:
            raise InputError(f"the arm {model.name!r} has no gripper; leave the table out")
        return None
    told = said or _Gripper()
    if told.closed == told.open:
        raise InputError(f"gripper.closed and gripper.open are both {told.open!r}; a hand opens and closes")
    return Hand(motor=told.motor, closed=told.closed, open=told.open, model=model.gripper)
