"""The course of somebody's arm that reaches into a scene and leaves again."""

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Float64
from ..core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One reach into a scene.

    Attributes:
        begins: World time at which it sets out, [s].
        outside: Where its tip waits before and afterwards, p_W, [m].
        inside: Where its tip goes, p_W, [m].
        speed: How fast it goes, [m/s].
        stays: How long it stays there, [s].
    """

    begins: float
    outside: tuple[float, float, float]
    inside: tuple[float, float, float]
    speed: float = 0.25
    stays: float = 1.5

    def __post_init__(self) -> None:
        """Check the numbers.

        Raises:
            InputError: If one is out of range.
        """
        far = float(np.linalg.norm(np.subtract(self.inside, self.outside)))
        if not (
            0.05 <= far <= 3.0 and 0.01 <= self.speed <= 2.0 and self.begins >= 0.0 and self.stays >= 0.0
        ):
            raise InputError(f"{self!r} is no reach: 5 cm to 3 m at 1 cm/s to 2 m/s, times of 0 s or more")

    @property
    def way(self) -> Float64:
        """Unit vector along which it reaches in, in the world, shape (3,)."""
        way = np.subtract(self.inside, self.outside)
        return way / np.linalg.norm(way)

    def tip(self, time: float) -> tuple[Float64, Float64]:
        """Give where its tip is and how fast it goes at a world time, each shape (3,), [m], [m/s]."""
        far = float(np.linalg.norm(np.subtract(self.inside, self.outside)))
        takes = far / self.speed
        since = time - self.begins
        back = since - takes - self.stays
        gone = float(np.clip(since, 0.0, takes) - np.clip(back, 0.0, takes)) * self.speed
        rate = self.speed * (float(0.0 < since < takes) - float(0.0 < back < takes))
        return np.asarray(self.outside) + gone * self.way, rate * self.way
