"""Arrays out of files that torch wrote, without torch and without a machine that could run what they ask.

Such a file packs a pickle, which is a program for a stack machine. This one knows the dozen instructions
of which an array of numbers is made; its values are numbers, texts, bytes and tuples, and the things that
a pickle calls by name are texts that stand for them.
"""

import struct
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

LARGEST = 64 * 2**20
"""Longest program that is read, [bytes]."""
ARRAY, NUMBERS = "array", "numbers"
CALLS = {
    b"numpy.core.multiarray _reconstruct": ARRAY,
    b"numpy._core.multiarray _reconstruct": ARRAY,
    b"numpy dtype": NUMBERS,
    b"_codecs encode": "bytes",
    b"numpy ndarray": "kind",
}
TYPES = {"f8": "<f8", "f4": "<f4"}
CONSTANTS = {b"N": None, b"\x88": True, b"\x89": False, b")": ()}
TUPLES = {b"\x85": 1, b"\x86": 2, b"\x87": 3}
INTEGERS = {b"K": "<B", b"M": "<H", b"J": "<i"}
PUTS, GETS = {b"q": "<B", b"r": "<I"}, {b"h": "<B", b"j": "<I"}


class _Machine:
    """Runs one program."""

    def __init__(self, program: bytes):
        self._program, self._at = program, 0
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._kept: dict[int, Any] = {}

    def run(self) -> Any:
        """Give what is left on the stack at the end."""
        while (code := self._take(1)) != b".":
            self._do(code)
        [left] = self._stack
        return left

    def _do(self, code: bytes) -> None:
        stack = self._stack
        if code == b"\x80":
            self._take(1)
        elif code in CONSTANTS:
            stack.append(CONSTANTS[code])
        elif code in INTEGERS:
            stack.append(self._number(INTEGERS[code]))
        elif code in PUTS:
            self._kept[self._number(PUTS[code])] = stack[-1]
        elif code in GETS:
            stack.append(self._kept[self._number(GETS[code])])
        elif code == b"X":
            stack.append(self._take(self._number("<I")).decode("utf-8"))
        elif code == b"c":
            stack.append(CALLS[self._line() + b" " + self._line()])
        elif code == b"(":
            self._marks.append(len(stack))
        elif code in TUPLES or code == b"t":
            first = len(stack) - TUPLES[code] if code in TUPLES else self._marks.pop()
            stack[first:] = [tuple(stack[first:])]
        elif code == b"R":
            given, called = stack.pop(), stack.pop()
            stack.append(_call(called, given))
        elif code == b"b":
            given = stack.pop()
            stack[-1].update(state=given)
        else:
            raise ValueError(f"the instruction {code!r} is no part of an array of numbers")

    def _take(self, count: int) -> bytes:
        taken = self._program[self._at : self._at + count]
        if len(taken) < count:
            raise ValueError("it breaks off")
        self._at += count
        return taken

    def _number(self, form: str) -> int:
        return struct.unpack(form, self._take(struct.calcsize(form)))[0]

    def _line(self) -> bytes:
        end = self._program.index(b"\n", self._at)
        return self._take(end + 1 - self._at)[:-1]


def _call(called: Any, given: tuple[Any, ...]) -> Any:
    """Give what a call stands for: bytes at once, an array or its type as a description to be filled in."""
    if called == "bytes" and given[1] == "latin1":
        return given[0].encode("latin1")
    if called in (ARRAY, NUMBERS):
        return {"what": called, "given": given}
    raise ValueError(f"a call of {called!r:.40} is no part of an array of numbers")


def read_array(path: Path) -> np.ndarray:
    """Read the one array of numbers that ``torch.save`` put into a file.

    Raises:
        ValueError: If there is anything else in it.
        OSError: If it cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            [name] = [name for name in packed.namelist() if name.endswith("/data.pkl")]
            if packed.getinfo(name).file_size > LARGEST:
                raise ValueError(f"longer than the {LARGEST} bytes that are read")
            found = _Machine(packed.read(name)).run()
        _, shape, kind, by_columns, content = found["state"]
        if found["what"] != ARRAY or kind["what"] != NUMBERS or by_columns:
            raise ValueError("another kind of thing")
        numbers = np.frombuffer(content, TYPES[kind["given"][0]]).reshape(shape)
    except (ValueError, TypeError, LookupError, AttributeError, struct.error, zipfile.BadZipFile) as error:
        raise ValueError(f"{path.name} is no array of numbers: {error!r:.200}") from error
    if not np.isfinite(numbers).all():
        raise ValueError(f"{path.name} is no array of numbers that are finite")
    return numbers.astype(np.float64)
