"""Whether a plan that was made before still holds when it is its turn."""

import numpy as np

from ..core.causes import Cause
from .noticing import displaced, in_words, lost, spoken_of
from .planning import Prepared
from .steps import Back, Steps

OFF_START = 0.015
"""How far the arm may stand from where a plan begins; beyond, it is planned anew, [rad]."""


def void(prepared: Prepared, index: int, steps: Steps) -> tuple[str, str]:
    """Say why there is no plan of a stage that holds from here: cause and reason, empty where it does.

    Args:
        prepared: The program and its plans.
        index: Which stage, from 0.
        steps: The arm.

    Raises:
        Back: If what the stage needs has been lost or dropped.
    """
    stage = prepared.program.stages[index]
    check_there(steps, spoken_of(stage))
    if index >= len(prepared.plans):
        return "replanned", "the stage before it was planned anew"
    away = displaced(prepared.situations[index].scene, steps.tracked, steps.holding)
    moved = in_words({name: by for name, by in away.items() if name in spoken_of(stage)})
    if moved:
        return Cause.THING_MOVED, moved
    off = float(np.abs(prepared.plans[index].motion.q[0] - steps.state.q).max())
    return ("off_start", f"the arm stands {off:.3f} rad from its start") if off > OFF_START else ("", "")


def check_there(steps: Steps, names: tuple[str, ...]) -> None:
    """Look for what no new plan makes good.

    Args:
        steps: The arm.
        names: Things that are spoken of.

    Raises:
        Back: If something was dropped, or a thing that is spoken of is lost.
    """
    if steps.dropped:
        reason, steps.dropped = steps.dropped, ""
        raise Back(Cause.DROPPED, reason)
    gone = lost(steps.tracked, names, steps.holding)
    if gone:
        raise Back(Cause.THING_LOST, f"{' and '.join(gone)} is no longer where it was seen")
