"""Messages between handsel and a benchmark: msgpack in frames of bounded length, no pickle.

The format is that of ``robots/wire.py``, which an environment without handsel cannot import;
``tests/sim/public/test_frames.py`` holds the two to each other.
"""

import socket
import struct
from typing import Any

import msgpack
import numpy as np

LIMIT = 32 * 2**20
"""Longest message, [bytes]."""
ARRAY = 1
"""msgpack's extension type for arrays."""
DTYPES = ("float64", "float32", "uint8", "int64")
_HEADER = struct.Struct(">I")
_ARRAY_HEADER = struct.Struct(">BB")


class Refused(Exception):
    """A request that cannot be answered; its text goes back to who asked."""


class Channel:
    """One end of a connection that carries messages."""

    def __init__(self, connection: socket.socket):
        """Take over a connected stream socket."""
        self._socket = connection

    def fileno(self) -> int:
        """Give the descriptor, for selectors."""
        return self._socket.fileno()

    def send(self, message: dict[str, Any]) -> None:
        """Send one message.

        Raises:
            Refused: If it is longer than a message may be.
            OSError: If the other end is gone.
        """
        body = pack(message)
        if len(body) > LIMIT:
            raise Refused(f"an answer of {len(body)} bytes is longer than the {LIMIT} allowed")
        self._socket.sendall(_HEADER.pack(len(body)) + body)

    def receive(self) -> dict[str, Any] | None:
        """Wait for one message; None where the other end has closed or speaks no such protocol."""
        header = self._take(_HEADER.size)
        if header is None or (length := _HEADER.unpack(header)[0]) > LIMIT:
            return None
        body = self._take(length)
        return None if body is None else unpack(body)

    def _take(self, count: int) -> bytes | None:
        taken = bytearray()
        while len(taken) < count:
            try:
                data = self._socket.recv(min(2**20, count - len(taken)))
            except OSError:
                return None
            if not data:
                return None
            taken += data
        return bytes(taken)


def pack(message: dict[str, Any]) -> bytes:
    """Encode a message of plain values and arrays."""
    packed = msgpack.packb(message, default=_pack_array)
    assert packed is not None
    return packed


def unpack(body: bytes) -> dict[str, Any] | None:
    """Decode a message; None where the bytes are no map of plain values and arrays."""
    try:
        message = msgpack.unpackb(body, ext_hook=_unpack_array, strict_map_key=False)
    except (ValueError, msgpack.UnpackException, RecursionError):
        return None
    return message if isinstance(message, dict) else None


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
