"""Tables of a problem file that tell what is wrong with them, and where."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from pydrake.common.eigen_geometry import Quaternion
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..core.errors import InputError

MAX_ROWS = 4_000
"""Most points, keypoints or obstacles, each."""
MAX_SIZE = 1_000.0
"""Largest coordinate or size, [m]."""


class Table:
    """A table whose values are taken one by one; what is left at the end is not known."""

    def __init__(self, values: Mapping[str, Any], place: str):
        self.values = dict(values)
        self.place = place

    def take(self, name: str, kind: type, *default: Any) -> Any:
        """Take a value of a kind, or the default where there is one."""
        if name not in self.values and default:
            return default[0]
        if name not in self.values:
            raise InputError(f"{self.place} lacks {name!r}")
        value = self.values.pop(name)
        if type(value) is not kind:
            raise InputError(
                f"{self.place}: {name} is {short(value)}, expected a value of type {kind.__name__}"
            )
        return value

    def numbers(self, name: str, count: int, most: float = MAX_SIZE) -> Float64:
        """Take a list of finite numbers."""
        return self._array(name, self.take(name, list), count, most)

    def rows(self, name: str) -> Float64:
        """Take a list of points."""
        rows = self._at_most(name, self.take(name, list))
        return np.array([self._array(name, row, 3) for row in rows]).reshape(-1, 3)

    def joints(self) -> Float64 | None:
        """Take the arm's joint positions, where they are given."""
        values = self.take("joints", list, None)
        return None if values is None else self._array("joints", values, min(max(len(values), 1), 32))

    def cells(self) -> tuple[int, int, int]:
        """Take the nodes of the grid."""
        counts = self.numbers("cells", 3, 2e7)
        whole = counts.astype(int)
        if (whole != counts).any() or (whole < 2).any() or whole.prod() > 20_000_000:
            raise InputError(f"{self.place}: cells are 3 whole numbers from 2, at most 20 million in all")
        a, b, c = whole.tolist()
        return a, b, c

    def pose(self) -> RigidTransform:
        """Take position and quaternion; without a quaternion it is not turned."""
        position = self.numbers("position", 3)
        if "quaternion" not in self.values:
            return RigidTransform(position)
        wxyz = self.numbers("quaternion", 4)
        if abs(np.linalg.norm(wxyz) - 1.0) > 1e-6:
            raise InputError(f"{self.place}: the quaternion (w, x, y, z) has to be of length 1")
        return RigidTransform(RotationMatrix(Quaternion(wxyz / np.linalg.norm(wxyz))), position)

    def table(self, name: str) -> "Table":
        """Take a table within this one."""
        return Table(self.take(name, dict), f"[{name}]")

    def tables(self, name: str) -> Iterator["Table"]:
        """Take a list of tables within this one."""
        for number, values in enumerate(self._at_most(name, self.take(name, list, []))):
            if not isinstance(values, dict):
                raise InputError(f"{name} is a list of tables: write [[{name}]]")
            table = Table(values, f"[[{name}]] number {number}")
            yield table
            table.finish()

    def finish(self) -> None:
        """Check that nothing is left."""
        if self.values:
            raise InputError(f"{self.place}: {short(next(iter(self.values)))} is not known")

    def _array(self, name: str, values: Any, count: int, most: float = MAX_SIZE) -> Float64:
        fits = isinstance(values, list) and len(values) == count
        if not fits or not all(type(v) in (int, float) and abs(v) <= most for v in values):
            limit = f"{count} finite numbers, none beyond {most:g}"
            raise InputError(f"{self.place}: {name} is {short(values)}, expected {limit}")
        return np.array(values, dtype=np.float64)

    def _at_most(self, name: str, rows: list[Any]) -> list[Any]:
        if len(rows) > MAX_ROWS:
            raise InputError(f"{self.place}: {len(rows)} of {name}, expected at most {MAX_ROWS}")
        return rows


def short(value: object) -> str:
    """Write a value for a message, however long it is."""
    try:
        text = str(value) if isinstance(value, Exception) else repr(value)
    except (ValueError, RecursionError):  # an integer of thousands of digits; lists within lists
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."
