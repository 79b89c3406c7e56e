"""What planning a stage gives, and the clock that says where its time went."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ..core.trajectory import JointTrajectory
from .grasps import GraspCandidate
from .program import Stage
from .situation import Held
from .solution import Infeasible, PathSolution, Report, Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan:
    """What is to be done for one stage, in this order: prepare, motion, grip, retreat.

    Attributes:
        stage: The stage's name.
        prepare: Opening, [m], and force, [N], to take before the motion, or None.
        motion: The whole move to the stage's end.
        grip: Opening, [m], and force, [N], to take at its end, or None.
        retreat: The way back after letting go, or None.
        openings: When on the motion, [s], the fingers begin to go to which opening, [m], in order.
        held_after: What the hand holds afterwards.
        subgoal: The stage's end, proven.
        path: The motion, measured.
        grasp: The grasp that was chosen, or None.
        cpu: Processor time by part, [s].
        short: How far from where it goes toward it ends at most, where the arm cannot be there, [m].
    """

    stage: str
    prepare: tuple[float, float] | None
    motion: JointTrajectory
    grip: tuple[float, float] | None
    retreat: JointTrajectory | None
    held_after: Held | None
    subgoal: Solution
    path: PathSolution
    grasp: GraspCandidate | None
    cpu: dict[str, float]
    openings: tuple[tuple[float, float], ...] = ()
    short: float = 0.0


@dataclass(slots=True)
class Clock:
    """Adds up processor time by part."""

    spent: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what is done inside as a part."""
        begin = time.process_time()
        try:
            yield
        finally:
            self.spent[name] = self.spent.get(name, 0.0) + time.process_time() - begin


def refuse(stage: Stage, constraint: str, text: str, by: float = 0.0, unit: str = "") -> Infeasible:
    """Make a refusal."""
    return Infeasible(stage.name, Report(constraint=constraint, by=by, unit=unit, text=text))
