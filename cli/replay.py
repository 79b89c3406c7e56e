"""``handsel replay``: a run of before, from its trace alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Play a run from its trace: what happened, in the order of time; no model, no world, nothing moves.

    Exit codes: 0 played, whatever the run came to; 2 there is no such run.

    Attributes:
        run: The run's folder, or its trace.jsonl.
        open: Give the path of its animation, to be opened in a browser; the animation and the pictures are
            made anew from the trace where they are missing.
        why: Tell what was weighed, written and reached instead: tables, programs, residuals, causes.
        speed: How many times as fast as it happened; all at once where 0.
    """

    run: Annotated[Path, tyro.conf.Positional]
    open: bool = False
    why: bool = False
    speed: float = 0.0

    def execute(self) -> int:
        """Play it."""
        from .replaying import replay

        return replay(self)
