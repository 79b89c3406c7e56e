"""``handsel calibrate asking``: when to ask back, from decisions whose right answer is known."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrate:
    """Find the bounds by which a mind asks back when in doubt.

    Attributes:
        what: What is calibrated: ``asking``.
        data: Decisions, one JSON object a line: ``{"method": ..., "probabilities": [...], "right": 0}``.
        target: How often the right option has to be among those that remain.
        out: File for the bounds.
    """

    what: Annotated[Literal["asking"], tyro.conf.Positional]
    data: Path
    target: float = 0.85
    out: Path = Path("asking.json")

    def execute(self) -> int:
        """Calibrate, print the bounds and write them."""
        from ..agent.asking import calibrated, read_lines

        asking = calibrated(read_lines(self.data), self.target)
        asking.write(self.out)
        print(f"the right option remains in {self.target:.0%} of decisions or more where options remain with")
        for method, bound in asking.bounds.items():
            print(
                f"  {bound.least:.4f} or more, weighed by {method}: {bound.lines} lines, "
                f"asks in {bound.asked:.1%} of them"
            )
        print(f"  written to {self.out}")
        return 0
