"""What a stage is held against while it runs and when it ends; each activity keeps one for all its stages."""

from collections.abc import Mapping

from ..core.arrays import Float64
from ..planners.problem import Problem
from ..planners.program import Stage
from ..planners.situation import Situation
from ..robots.robot import Observation
from .slowness import Slowness
from .stage_ends import EndMet, measured_ends, measured_fingers
from .steps import Steps


class StageRecord:
    """The tool's speed where a stage is slow, and where stages ended.

    Attributes:
        ends: What each stage said of its end, measured then, by the stage's number from 0.
    """

    def __init__(self, steps: Steps):
        """Begin with no stage.

        Args:
            steps: The arm.
        """
        self._do = steps
        self.ends: dict[int, tuple[EndMet, ...]] = {}
        self._slow: Slowness | None = None
        self._problem: Problem | None = None

    def begin(self, problem: Problem) -> None:
        """Begin a stage's motion, or go on with another plan of it."""
        self._problem = problem
        if self._slow is None and (problem.stage.slow or problem.stage.slow_regions):
            self._slow = Slowness()

    def sense(self, observation: Observation) -> None:
        """Take into account where the arm was since it was sensed last."""
        trail = observation.trails.get(self._do.arm.name)
        if self._slow is not None and self._problem is not None and trail is not None:
            self._slow.measure(trail, self._problem)

    def arrived(self, index: int, stage: Stage, situation: Situation, q_planned: Float64) -> None:
        """Measure a stage's end before its act is done.

        Args:
            index: The stage's number, from 0.
            stage: What was asked.
            situation: Where everything is now.
            q_planned: Joint positions that it was to end at, shape (n,), [rad].
        """
        self.ends[index] = measured_ends(stage, situation, q_planned, self._do.kinematics)

    def acted(self, index: int, stage: Stage, situation: Situation) -> None:
        """Measure the fingers after a stage's act, and tell of the stage's end.

        Args:
            index: The stage's number, from 0.
            stage: What was asked.
            situation: Where everything is now.
        """
        width = self._do.state.width
        self.ends[index] += measured_fingers(stage, situation, width, self._do.kinematics)
        if self.ends[index]:
            ends = [
                {"text": one.text, "residual": one.residual, "tolerance": one.tolerance, "met": one.met}
                for one in self.ends[index]
            ]
            self._do.tell("ended", index=index, stage=stage.name, ends=ends)

    def end(self, index: int, stage: Stage) -> None:
        """Tell how fast the tool was where the stage is slow; the next stage begins anew."""
        slow, self._slow, self._problem = self._slow, None, None
        if slow is not None:
            told: Mapping[str, float] = {
                "share": slow.share,
                "speed": slow.speed,
                "asked": slow.asked,
                "samples": slow.samples,
            }
            self._do.tell("slow", index=index, stage=stage.name, **told)
