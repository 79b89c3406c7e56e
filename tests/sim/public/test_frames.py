"""The two ends speak one format: what one packs the other reads, and neither believes what it is sent."""

import ast
from pathlib import Path

import numpy as np
import pytest
from handsel.robots import wire
from handsel.sim.public.apart.benchside import frames

MESSAGE = {
    "id": 3,
    "array": np.arange(6, dtype=np.float64).reshape(2, 3),
    "labels": np.zeros((2, 2), np.uint8),
    "name": "box/button",
    "list": [1.5, None, True],
}


def same(a: dict, b: dict) -> bool:
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def test_each_reads_what_the_other_packs():
    assert same(wire.unpack(frames.pack(MESSAGE)), MESSAGE)
    there = frames.unpack(wire.pack(MESSAGE))
    assert there is not None and same(there, MESSAGE)


@pytest.mark.parametrize(
    "body", [b"", b"\xc1", b"\x93\x01\x02\x03", b"\x81\xa1a\xc7\x02\x05xx", b"\x91" * 3000]
)
def test_what_is_no_message_is_none(body):
    assert frames.unpack(body) is None


def test_nothing_of_handsel_is_imported_over_there():
    folder = Path(frames.__file__).parent
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert node.level <= 1 and "handsel" not in (node.module or ""), file
            if isinstance(node, ast.Import):
                assert not any(one.name.startswith(("handsel", "pickle")) for one in node.names), file
