"""What an episode is drawn on: a live page, a log, or a test's list.

Paths are like those of files: what lies below a path moves with it, and is cleared with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64

INK = "#26262b"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmLook:
    """An arm to draw.

    Attributes:
        model: Name or path of its model.
        X_WR: Pose of its base.
    """

    model: str
    X_WR: RigidTransform


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """One line of the board that stands behind the table.

    Attributes:
        text: What is to be read.
        color: Hex code.
        residual: Number behind it, drawn as a curve by those who can; None for mere words.
    """

    text: str
    color: str = INK
    residual: float | None = None


class Canvas(Protocol):
    """Where a painter draws; colours are hex codes, lengths in metres, all poses in the world."""

    def at(self, time: float) -> None:
        """Say at which robot time, [s], what follows is seen."""
        ...

    def arms(self, arms: Mapping[str, ArmLook]) -> None:
        """Set up the arms, at rest."""
        ...

    def arm(self, name: str, q: Float64, width: float) -> None:
        """Show an arm at joint positions, shape (n,), [rad], and an opening of its fingers, [m]."""
        ...

    def mesh(self, path: str, vertices: Float64, faces: np.ndarray, color: str, opacity: float = 1.0) -> None:
        """Show triangles: vertices (V, 3) in the path's frame, faces (F, 3)."""
        ...

    def sheet(self, path: str, vertices: Float64, faces: np.ndarray, colors: Float64) -> None:
        """Show triangles with a colour a vertex, shape (V, 3), 0 to 1."""
        ...

    def place(self, path: str, X_WP: RigidTransform) -> None:
        """Put a path's frame, and all below, at a pose."""
        ...

    def marks(
        self, path: str, p_P: Float64, labels: Sequence[str], X_WP: RigidTransform, *, height: float
    ) -> None:
        """Show points with labels.

        Args:
            path: Where, below a path that stands at ``X_WP``.
            p_P: Points in that frame, shape (N, 3).
            labels: A text for each.
            X_WP: The frame, so that letters can be turned to the person.
            height: Height of the letters.
        """
        ...

    def lines(self, path: str, starts: Float64, ends: Float64, color: str, width: float) -> None:
        """Show straight lines in the world, shape (N, 3) each; the width is in pixels."""
        ...

    def board(self, lines: Sequence[BoardLine]) -> None:
        """Show lines to read, the whole board anew."""
        ...

    def clear(self, path: str) -> None:
        """Take a path and all below away; nothing happens where there is none."""
        ...

    def close(self) -> None:
        """An episode has ended; what was drawn stays."""
        ...
