"""``handsel solve``: a problem file solved, without a world and without a mind."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import tyro


@dataclass(frozen=True, slots=True, kw_only=True)
class Solve:
    """Solve a problem file: keypoints, solids and a program, for a hand or an arm.

    Exit codes: 0 solved and proven, 1 solved but not proven, 2 bad input,
    3 understood but cannot be done; it says which constraint would have to give.

    Attributes:
        problem: The problem file (docs/problems.md).
        form: Form of its program; a file that says its form has to agree.
        robot: ``hand`` for a free-flying hand, the name of an arm, or path of a description of one's own.
        seed: Seed of everything that is left to chance.
        json: Print one JSON object and nothing else.
        plot: File for a picture of the answer (.png).
    """

    problem: Annotated[Path, tyro.conf.Positional]
    form: Literal["native", "rekep"] | None = None
    robot: str = "hand"
    seed: int = 0
    json: bool = False
    plot: Path | None = None

    def execute(self) -> int:
        """Solve it; the imports behind it take most of a second."""
        from .solving import run_solve

        return run_solve(self)
