"""Answers that measure themselves, and the refusal that says what cannot hold and by how much."""

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Float64
from ..core.errors import SkillFailed
from ..core.trajectory import JointTrajectory
from .lift import Met
from .problem import Problem

POSE_LENGTH, POSE_ANGLE = 1e-4, 1e-3
ROWS = 1e-5


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing that cannot hold.

    Attributes:
        constraint: What: a relation as it was written, or a rule of the planner.
        by: By how much it is missed at best, in its own unit.
        unit: ``m``, ``rad`` or empty.
        text: A sentence for people and models.
        others: What else could give instead, one sentence each.
    """

    constraint: str
    by: float
    unit: str
    text: str
    others: tuple[str, ...] = ()


class Infeasible(SkillFailed):
    """No plan exists, or none was found; the report names the constraint."""

    def __init__(self, stage: str, report: Report, nearest: Float64 | None = None):
        """Hold the report.

        Args:
            stage: Name of the stage.
            report: What cannot hold.
            nearest: Joint positions, or a free hand's pose (position and wxyz), that miss it least,
                where such were found.
        """
        self.stage = stage
        self.report = report
        self.nearest = nearest
        instead = f"; instead could give: {'; '.join(report.others)}" if report.others else ""
        super().__init__(f"{stage}: {report.text}{instead}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Joint positions for a stage's end, measured.

    Attributes:
        problem: What was solved.
        q: The joint positions, shape (n,), [rad].
        met: Each relation as it was written, measured at q.
        violation: Largest violation of a lifted row.
        clearance: Least distance that counts, [m].
        between: What is that near.
        limit_margin: Least distance from a joint limit, [rad].
        pose_error: Distance and angle from the wanted tool pose, [m] and [rad]; zero where none is wanted.
        cost: The wishes' sum, for choosing among solutions.
    """

    problem: Problem
    q: Float64
    met: tuple[Met, ...]
    violation: float
    clearance: float
    between: str
    limit_margin: float
    pose_error: tuple[float, float]
    cost: float

    def proves(self) -> bool:
        """Tell whether everything that has to hold does."""
        return (
            all(one.met for one in self.met)
            and self.violation <= ROWS
            and self.clearance >= self.problem.kept
            and self.limit_margin >= 0.0
            and self.pose_error[0] <= POSE_LENGTH
            and self.pose_error[1] <= POSE_ANGLE
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PathSolution:
    """A timed motion, measured on the curve that is executed.

    Attributes:
        trajectory: The motion.
        method: How the way was found: ``straight``, ``lifted``, ``level``, ``trees``, ``field`` (along
            the way of value maps) or ``field, mended by trees``.
        clearance: Least distance on the way, out of intended contact, [m].
        required: Distance that was kept where it could be, [m].
        violation: Largest violation of a relation that holds throughout.
        limit_margin: Least distance from a joint position limit, [rad].
        speed_share: Largest share of a joint speed limit that is used.
        acceleration_share: The same of an acceleration limit.
        jerk_share: The same of a jerk limit, as ``timing.strains`` measures the executed curve.
        samples: How many configurations of the curve were checked.
        enters: When the way into contact begins, [s].
        notes: What went less than well, one sentence each.
    """

    trajectory: JointTrajectory
    method: str
    clearance: float
    required: float
    violation: float
    limit_margin: float
    speed_share: float
    acceleration_share: float
    jerk_share: float
    samples: int
    notes: tuple[str, ...] = ()
    enters: float = np.inf
