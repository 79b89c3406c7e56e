"""What a field planner answers: a way, or why there is none."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np

from ...core.arrays import Float64, frozen


def divided(corners: Float64, spacing: float) -> Float64:
    """Put points on a polyline (N, 3) not farther apart than a spacing, corners among them, (M, 3), [m]."""
    parts = [corners[:1]]
    for a, b in pairwise(corners):
        count = max(1, int(np.ceil(np.linalg.norm(b - a) / spacing)))
        parts.append(a + np.linspace(0.0, 1.0, count + 1)[1:, None] * (b - a))
    return np.concatenate(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldPath:
    """A way of the hand through the workspace.

    Attributes:
        p_WG: Corners of the way, the start first, shape (N, 3), [m].
        notes: Where less was kept than asked, one sentence each.
    """

    p_WG: Float64
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "p_WG", frozen(self.p_WG, (None, 3)))

    @property
    def length(self) -> float:
        """Length of the way, [m]."""
        return float(np.linalg.norm(np.diff(self.p_WG, axis=0), axis=1).sum())

    def sampled(self, spacing: float) -> Float64:
        """Give points along the way not farther apart than a spacing, its corners among them, (N, 3), [m]."""
        return divided(self.p_WG, spacing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """There is no way.

    Attributes:
        kind: ``outside`` the workspace; start ``inside`` something; the target is ``filled``; the way is
            ``closed``; too ``narrow`` for the hand; closed by what is to be ``avoided``.
        reason: The sentence for a person or a model.
        by: Names of what is in the way.
        p_W: Where it is in the way, shape (3,), [m].
    """

    kind: Literal["outside", "inside", "filled", "closed", "narrow", "avoided"]
    reason: str
    by: tuple[str, ...]
    p_W: Float64

    def __post_init__(self) -> None:
        """Hold a read-only copy."""
        object.__setattr__(self, "p_W", frozen(self.p_W, (3,)))
