"""Where a stage really ended: the tool, how it is turned and the fingers, against what was said of its end.

A goal about things can be seen afterwards. Where the hand was cannot: it goes home to look. So ``toward``,
``face`` and ``grip`` are measured by the robot's own joints at the moment when the stage ends, with things
where they are tracked then.
"""

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Float64
from ..planners.facing import CHECKED_FACING, away
from ..planners.program import Stage
from ..planners.situation import Situation
from ..planners.stage_maps import maps_of
from ..planners.toward import AT, SHORT
from ..planners.value_maps.statements import Statements
from ..robots.kinematics import Kinematics
from .noticing import MOVED

WITHIN = AT + MOVED
"""How far from a place the tool may end, [m]: a thing that moves less than ``MOVED`` is not gone after."""
FINGERS = 0.005
"""How far from an opening the fingers may end, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMet:
    """What a stage said of its end, measured when it ended.

    Attributes:
        text: As it was written, or the statement's name.
        residual: How far off it was, in its unit.
        tolerance: How far off it may be, in its unit.
        unit: ``m`` or ``rad``.
    """

    text: str
    residual: float
    tolerance: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether it held."""
        return self.residual <= self.tolerance


def measured_ends(
    stage: Stage, situation: Situation, q_planned: Float64, kinematics: Kinematics
) -> tuple[EndMet, ...]:
    """Measure where the tool is, and which way it points, when a stage's motion has ended.

    Args:
        stage: What was asked.
        situation: Where everything is now, the arm and the fingers as they are sensed.
        q_planned: Joint positions that the motion was to end at, shape (n,), [rad].
        kinematics: The arm.

    Returns:
        One for each place that the stage went toward, and one for what it was to face there. A stage
        that goes toward nothing may end turned otherwise: it counts where it was planned to face it.
    """
    maps = maps_of(stage, situation, kinematics)
    if maps is None or stage.grasps:
        # A grasp says itself where the hand ends, how it is turned and how far it is open.
        return ()
    R_WG, p_WG = kinematics.tool_poses(np.array([situation.q, q_planned]))
    found = [*_places(maps, p_WG)]
    off, planned = away(maps, R_WG, p_WG)
    if not np.isnan(off) and (stage.toward or planned <= CHECKED_FACING):
        found.append(EndMet(text="face()", residual=float(off), tolerance=CHECKED_FACING, unit="rad"))
    return tuple(found)


def _places(maps: Statements, p_WG: Float64) -> list[EndMet]:
    """Measure each target that was gone to; p_WG: where the tool is and was to be, shape (2, 3), [m]."""
    away_m = [np.maximum(bound.distance(p_WG), 0.0) for bound, _, _ in maps.targets()]
    if not away_m:
        return []
    # Of several targets the places with the most weight are gone to, which may leave some of them out;
    # and where the arm cannot be at one itself, it goes as near as it can and says so.
    least = min(float(planned) for _, planned in away_m)
    return [
        EndMet(
            text=one.text,
            residual=float(now),
            tolerance=min(float(planned), SHORT[-1]) + WITHIN,
            unit="m",
        )
        for one, (now, planned) in zip(maps.stage.toward, away_m, strict=True)
        if planned <= max(AT, least)
    ]


def measured_fingers(
    stage: Stage, situation: Situation, width: float | None, kinematics: Kinematics
) -> tuple[EndMet, ...]:
    """Measure how far the fingers are open when a stage has ended.

    Args:
        stage: What was asked.
        situation: Where everything is now.
        width: Opening between the fingertips, [m]; None where it is not measured.
        kinematics: The arm.

    Returns:
        Nothing where the hand holds something or acts: then that says how far it is open.
    """
    maps = maps_of(stage, situation, kinematics)
    if maps is None or width is None or not stage.grip:
        return ()
    if stage.grasps or stage.releases or situation.held is not None:
        return ()
    said = float(maps.grip(kinematics.tool_pose(situation.q).translation()[None])[0])
    if np.isnan(said):
        return ()
    return (EndMet(text="grip()", residual=abs(width - said), tolerance=FINGERS, unit="m"),)
