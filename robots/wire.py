"""How robots speak between processes: msgpack in frames of bounded length, no pickle.

A message is a map. Arrays, poses, frames, states and trajectories have one
encoding each; what does not fit is refused with the field that was wrong.
"""

import socket
import struct
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import msgpack
import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..core.camera import CameraFrame, CameraModel
from ..core.errors import RobotError
from ..core.trajectory import JointTrajectory
from .robot import ArmInfo, ArmState, MotionState, Observation, RobotInfo, Trail

Message = dict[str, Any]
T = TypeVar("T")
LIMIT = 32 * 2**20  # Longest message, [bytes]; two frames of 1280x960 fit.
ARRAY = 1  # msgpack's extension type for arrays.
DTYPES = ("float64", "float32", "uint8", "int64")
_HEADER = struct.Struct(">I")
_ARRAY_HEADER = struct.Struct(">BB")


class Channel:
    """One end of a connection that carries messages."""

    def __init__(self, connection: socket.socket):
        """Take over a connected stream socket.

        Args:
            connection: The socket; ``close`` closes it.
        """
        self._socket = connection
        self._buffer = bytearray()

    def fileno(self) -> int:
        """Give the descriptor, for selectors."""
        return self._socket.fileno()

    def close(self) -> None:
        """Close the connection; may be called twice."""
        self._socket.close()

    def send(self, message: Mapping[str, Any]) -> None:
        """Send one message.

        Raises:
            RobotError: If it is too long or the other end is gone.
        """
        body = pack(message)
        if len(body) > LIMIT:
            raise RobotError(f"a message of {len(body)} bytes is longer than the {LIMIT} allowed")
        try:
            self._socket.sendall(_HEADER.pack(len(body)) + body)
        except OSError as error:
            raise RobotError(f"the other end of the robot's connection is gone: {error}") from error

    def receive(self) -> Message | None:
        """Wait for one message; None where the other end has closed.

        What had arrived when an interrupt came is kept for the next call.

        Raises:
            RobotError: If what arrives is no message of this protocol.
        """
        if not self._fill(_HEADER.size):
            return None
        (length,) = _HEADER.unpack_from(self._buffer)
        if length > LIMIT:
            raise RobotError(f"the other end announces a message of {length} bytes; at most {LIMIT} are read")
        if not self._fill(_HEADER.size + length):
            return None
        body = bytes(self._buffer[_HEADER.size : _HEADER.size + length])
        del self._buffer[: _HEADER.size + length]
        return unpack(body)

    def _fill(self, wanted: int) -> bool:
        while len(self._buffer) < wanted:
            try:
                data = self._socket.recv(min(2**20, wanted - len(self._buffer)))
            except OSError:
                return False
            if not data:
                return False
            self._buffer += data
        return True


def pack(message: Mapping[str, Any]) -> bytes:
    """Encode a message of plain values and arrays."""
    packed = msgpack.packb(dict(message), default=_pack_array)
    assert packed is not None
    return packed


def unpack(body: bytes) -> Message:
    """Decode a message.

    Raises:
        RobotError: If the bytes are no map of plain values and arrays.
    """
    try:
        message = msgpack.unpackb(body, ext_hook=_unpack_array, strict_map_key=False)
    except (ValueError, msgpack.UnpackException, RecursionError) as error:
        raise RobotError(f"not a message of this protocol: {error}") from error
    if not isinstance(message, dict):
        raise RobotError(f"a message is a map; got {type(message).__name__}")
    return message


def _pack_array(value: object) -> msgpack.ExtType:
    if isinstance(value, np.generic):
        value = np.asarray(value)
    if not isinstance(value, np.ndarray) or value.dtype.name not in DTYPES:
        raise TypeError(f"cannot send {value!r}")
    shape = struct.pack(f">{value.ndim}I", *value.shape)
    header = _ARRAY_HEADER.pack(DTYPES.index(value.dtype.name), value.ndim)
    return msgpack.ExtType(ARRAY, header + shape + np.ascontiguousarray(value).tobytes())


def _unpack_array(code: int, data: bytes) -> np.ndarray:
    if code != ARRAY or len(data) < _ARRAY_HEADER.size:
        raise ValueError(f"unknown extension {code}")
    kind, ndim = _ARRAY_HEADER.unpack_from(data)
    start = _ARRAY_HEADER.size + 4 * ndim
    if kind >= len(DTYPES) or ndim > 4 or len(data) < start:
        raise ValueError("an array with a wrong header")
    shape = struct.unpack_from(f">{ndim}I", data, _ARRAY_HEADER.size)
    dtype = np.dtype(DTYPES[kind])
    if len(data) - start != dtype.itemsize * int(np.prod(shape, dtype=object)):
        raise ValueError(f"an array of shape {shape} with {len(data) - start} bytes")
    return np.frombuffer(data, dtype, offset=start).reshape(shape)


def field(message: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """Take a field of a message; whole numbers count as float.

    Raises:
        RobotError: If it is missing or of another type.
    """
    value = message.get(name)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise RobotError(f"field {name!r} of a message: expected {kind.__name__}, got {value!r:.80}")
    return cast(T, value)


def _names(message: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = field(message, name, list)
    if not all(isinstance(value, str) for value in values):
        raise RobotError(f"field {name!r} of a message: expected texts, got {values!r:.80}")
    return tuple(values)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


# ---- poses and trajectories ------------------------------------------------------


def encode_pose(X: RigidTransform) -> Float64:
    """Give a pose as its first three rows, shape (3, 4)."""
    return np.asarray(X.GetAsMatrix34())


def decode_pose(rows: Float64) -> RigidTransform:
    """Read a pose.

    Raises:
        RobotError: If it is none.
    """
    if rows.shape != (3, 4):
        raise RobotError(f"a pose has shape (3, 4); got {rows.shape}")
    if not np.isfinite(rows).all() or not _is_rotation(rows[:, :3]):
        raise RobotError("not a pose: its first three columns are no rotation, or a number is not finite")
    return RigidTransform(RotationMatrix(rows[:, :3]), rows[:, 3])


def _is_rotation(R: Float64) -> bool:
    return bool(np.allclose(R @ R.T, np.eye(3), rtol=0.0, atol=1e-9) and np.linalg.det(R) > 0.0)


def encode_trajectory(trajectory: JointTrajectory) -> Message:
    """Give a trajectory as a map."""
    return {
        "arm": trajectory.arm,
        "joint_names": list(trajectory.joint_names),
        "times": trajectory.times,
        "q": trajectory.q,
        "v": trajectory.v,
    }


def decode_trajectory(message: Mapping[str, Any]) -> JointTrajectory:
    """Read a trajectory.

    Raises:
        RobotError: If it is none.
    """
    try:
        return JointTrajectory(
            arm=field(message, "arm", str),
            joint_names=_names(message, "joint_names"),
            times=field(message, "times", np.ndarray),
            q=field(message, "q", np.ndarray),
            v=field(message, "v", np.ndarray),
        )
    except ValueError as error:
        raise RobotError(f"not a trajectory: {error}") from error


# ---- what robots are and sense ---------------------------------------------------


def encode_info(info: RobotInfo) -> Message:
    """Give a robot's description as a map."""
    return {
        "name": info.name,
        "cameras": list(info.cameras),
        "simulated": info.simulated,
        "lockstep": info.lockstep,
        "arms": [
            {
                "name": arm.name,
                "model": arm.model,
                "X_WR": encode_pose(arm.X_WR),
                "joint_names": list(arm.joint_names),
                "has_gripper": arm.has_gripper,
            }
            for arm in info.arms
        ],
    }


def decode_info(message: Mapping[str, Any]) -> RobotInfo:
    """Read a robot's description.

    Raises:
        RobotError: If it is none.
    """
    return RobotInfo(
        name=field(message, "name", str),
        cameras=_names(message, "cameras"),
        simulated=field(message, "simulated", bool),
        lockstep=field(message, "lockstep", bool),
        arms=tuple(
            ArmInfo(
                name=field(arm, "name", str),
                model=field(arm, "model", str),
                X_WR=decode_pose(field(arm, "X_WR", np.ndarray)),
                joint_names=_names(arm, "joint_names"),
                has_gripper=field(arm, "has_gripper", bool),
            )
            for arm in field(message, "arms", list)
        ),
    )


def encode_observation(observation: Observation) -> Message:
    """Give an observation as a map."""
    return {
        "time": float(observation.time),
        "arms": {
            name: {
                "q": state.q,
                "v": state.v,
                "width": _number(state.width),
                "grip_force": _number(state.grip_force),
            }
            for name, state in observation.arms.items()
        },
        "frames": [_encode_frame(frame) for frame in observation.frames],
        "motions": {number: state.value for number, state in observation.motions.items()},
        "trails": {name: {"times": trail.times, "q": trail.q} for name, trail in observation.trails.items()},
    }


def decode_observation(message: Mapping[str, Any]) -> Observation:
    """Read an observation.

    Raises:
        RobotError: If it is none.
    """
    try:
        return Observation(
            time=field(message, "time", float),
            arms={
                name: ArmState(
                    q=field(state, "q", np.ndarray),
                    v=field(state, "v", np.ndarray),
                    width=_number(state.get("width")),
                    grip_force=_number(state.get("grip_force")),
                )
                for name, state in field(message, "arms", dict).items()
            },
            frames=tuple(decode_frame(frame) for frame in field(message, "frames", list)),
            motions={
                int(number): MotionState(state) for number, state in field(message, "motions", dict).items()
            },
            trails={
                name: Trail(times=field(trail, "times", np.ndarray), q=field(trail, "q", np.ndarray))
                for name, trail in field(message, "trails", dict).items()
            },
        )
    except (ValueError, AttributeError) as error:
        raise RobotError(f"not an observation: {error}") from error


def _encode_frame(frame: CameraFrame) -> Message:
    model = frame.model
    return {
        "camera": frame.camera,
        "time": float(frame.time),
        "rgb": frame.rgb,
        "depth": frame.depth,
        "size": [model.width, model.height],
        "lens": [float(value) for value in (model.fx, model.fy, model.cx, model.cy)],
        "X_WC": encode_pose(frame.X_WC),
    }


def decode_frame(message: Mapping[str, Any]) -> CameraFrame:
    """Read a camera's frame.

    Raises:
        RobotError: If a field is missing or of another type.
        ValueError: If picture, depth and lens do not fit each other.
    """
    width, height = (int(value) for value in field(message, "size", list))
    fx, fy, cx, cy = (float(value) for value in field(message, "lens", list))
    return CameraFrame(
        camera=field(message, "camera", str),
        time=field(message, "time", float),
        rgb=field(message, "rgb", np.ndarray),
        depth=field(message, "depth", np.ndarray),
        model=CameraModel(width=width, height=height, fx=fx, fy=fy, cx=cx, cy=cy),
        X_WC=decode_pose(field(message, "X_WC", np.ndarray)),
    )
