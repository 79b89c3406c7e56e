"""What goes over the wire comes out the same; what is not of the protocol is refused."""

import contextlib
import socket
import struct
from dataclasses import replace

import msgpack
import numpy as np
import pytest
from handsel.core.errors import RobotError
from handsel.core.trajectory import JointTrajectory
from handsel.robots import wire
from handsel.robots.fake import PANDA, FakeRobot
from handsel.robots.robot import Trail
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pydrake.math import RigidTransform, RollPitchYaw

ARRAYS = st.sampled_from(wire.DTYPES).flatmap(
    lambda kind: hnp.arrays(np.dtype(kind), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)


@given(ARRAYS)
@settings(max_examples=60, deadline=None)
def test_arrays_come_out_bit_for_bit(array: np.ndarray) -> None:
    out = wire.unpack(wire.pack({"a": array}))["a"]
    assert out.dtype == array.dtype and out.shape == array.shape and out.tobytes() == array.tobytes()


def test_observations_trajectories_and_info_come_out_the_same() -> None:
    robot = FakeRobot()
    seen = robot.observe(("front",))
    out = wire.decode_observation(wire.unpack(wire.pack(wire.encode_observation(seen))))
    assert out.time == seen.time and out.motions == seen.motions
    assert (out.arms["arm"].q == seen.arms["arm"].q).all() and out.arms["arm"].width == seen.arms["arm"].width
    assert out.frames[0].model == seen.frames[0].model
    assert (out.frames[0].rgb == seen.frames[0].rgb).all()
    assert out.frames[0].depth.dtype == np.float32

    path = JointTrajectory(
        arm="arm",
        joint_names=PANDA,
        times=np.array([0, 1.0]),
        q=np.random.default_rng(0).random((2, 7)),
        v=np.zeros((2, 7)),
    )
    back = wire.decode_trajectory(wire.unpack(wire.pack(wire.encode_trajectory(path))))
    assert (back.q == path.q).all() and back.joint_names == path.joint_names and not back.q.flags.writeable

    info = wire.decode_info(wire.unpack(wire.pack(wire.encode_info(robot.info))))
    assert info.cameras == robot.info.cameras and info.arms[0].joint_names == PANDA


def test_trails_come_out_the_same_and_broken_ones_are_refused() -> None:
    robot = FakeRobot()
    seen = robot.observe()
    trail = Trail(times=np.array([0.1, 0.2]), q=np.random.default_rng(1).random((2, 7)))
    message = wire.encode_observation(replace(seen, trails={"arm": trail}))
    out = wire.decode_observation(wire.unpack(wire.pack(message))).trails["arm"]
    assert (out.times == trail.times).all() and (out.q == trail.q).all()
    message["trails"] = {"arm": {"times": np.zeros(3), "q": trail.q}}
    with pytest.raises(RobotError, match="observation"):
        wire.decode_observation(message)


def test_a_pose_comes_out_exactly() -> None:
    X = RigidTransform(RollPitchYaw(0.3, -1.2, 2.0), [0.1, 0.2, 0.3])
    assert wire.decode_pose(wire.unpack(wire.pack({"X": wire.encode_pose(X)}))["X"]).IsExactlyEqualTo(X)
    with pytest.raises(RobotError, match="pose"):
        wire.decode_pose(np.ones((3, 4)))
    with pytest.raises(RobotError, match="shape"):
        wire.decode_pose(np.ones(7))


@given(st.binary(max_size=60))
@settings(max_examples=200, deadline=None)
def test_garbage_is_refused_not_raised_through(body: bytes) -> None:
    with contextlib.suppress(RobotError):
        assert isinstance(wire.unpack(body), dict)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00",
        b"\x09\x01\x00\x00\x00\x01" + bytes(8),
        b"\x00\x01\x00\x00\x00\x02" + bytes(8),
        b"\x00\xff",
    ],
)
def test_arrays_that_lie_about_themselves_are_refused(data: bytes) -> None:
    body = msgpack.packb({"a": msgpack.ExtType(wire.ARRAY, data)})
    assert body is not None
    with pytest.raises(RobotError):
        wire.unpack(body)


def test_what_has_no_encoding_is_not_sent() -> None:
    for value in (object(), np.array(["text"]), np.array([1 + 2j])):
        with pytest.raises(TypeError):
            wire.pack({"a": value})


def test_messages_are_bounded_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    mine, theirs = socket.socketpair()
    with mine, theirs:
        theirs.sendall(struct.pack(">I", wire.LIMIT + 1))
        with pytest.raises(RobotError, match="announces"):
            wire.Channel(mine).receive()
        monkeypatch.setattr(wire, "LIMIT", 100)
        with pytest.raises(RobotError, match="longer"):
            wire.Channel(mine).send({"a": "x" * 200})


def test_half_a_message_and_then_the_end_is_the_end() -> None:
    mine, theirs = socket.socketpair()
    with mine:
        theirs.sendall(struct.pack(">I", 50) + b"half")
        theirs.close()
        assert wire.Channel(mine).receive() is None


@pytest.mark.parametrize(
    ("message", "name", "kind"),
    [
        ({}, "a", int),
        ({"a": "1"}, "a", float),
        ({"a": True}, "a", int),
        ({"a": 1.5}, "a", int),
        ({"a": True}, "a", float),
    ],
)
def test_fields_have_their_type(message: dict, name: str, kind: type) -> None:
    with pytest.raises(RobotError, match="expected"):
        wire.field(message, name, kind)
    assert wire.field({"a": 3}, "a", float) == 3.0
