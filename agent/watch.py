"""Watching while something moves: joints against curves, fingers against grasps, things in place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ..core.causes import Cause
from ..core.trajectory import JointTrajectory
from ..perception.tracking import Tracked
from ..planners.situation import Held
from ..robots.robot import ArmState, Observation
from ..skills.skill import Failed
from ..skills.steps import holds

OFF_TRACK = 0.10
"""Largest joint error while moving, [rad]."""
MOVED = 0.02
"""How far a thing may have moved by itself before plans that count on its place are void, [m]."""


@dataclass(slots=True)
class _Arm:
    """What one arm was told.

    Attributes:
        curve: What it follows.
        began: Robot time of the curve's start, [s].
        next: What takes over, and when.
        closed: Opening that its fingers were told to close to last, [m].
    """

    curve: JointTrajectory | None = None
    began: float = 0.0
    next: tuple[JointTrajectory, float] | None = None
    closed: float = 0.0


class Watch:
    """Looks for trouble at every step of the loop."""

    def __init__(self, arms: Iterable[str]):
        """Watch arms, and their hands.

        Args:
            arms: Their names.
        """
        self._arms = {name: _Arm() for name in arms}

    def closing(self, arm: str, width: float) -> None:
        """Take note that a hand's fingers were told to close to an opening, [m]."""
        self._arms[arm].closed = width

    def follow(self, trajectory: JointTrajectory, began: float) -> None:
        """Take note of a motion that starts at a robot time, [s]."""
        arm = self._arms[trajectory.arm]
        arm.curve, arm.began, arm.next = trajectory, began, None

    def rest(self) -> None:
        """Take note that every arm was stopped: what it followed counts no more."""
        for arm in self._arms.values():
            arm.curve = arm.next = None

    def join(self, trajectory: JointTrajectory, at: float) -> None:
        """Take note of a motion that takes over at a robot time, [s]; until then the old one counts."""
        self._arms[trajectory.arm].next = trajectory, at

    def check(
        self,
        observation: Observation,
        held: Mapping[str, Held],
        attends: tuple[str, ...],
        tracked: Tracked | None,
    ) -> Failed | None:
        """Say what is wrong.

        Args:
            observation: What the robot senses now.
            held: What each hand should hold.
            attends: Things that should lie where the scene has them.
            tracked: Where everything is, or None before the first look.
        """
        for name, arm in self._arms.items():
            trouble = self._off_track(observation.time, observation.arms[name], arm)
            if trouble is not None:
                return trouble
        return self._dropped(observation, held) or self._displaced(attends, tracked)

    def empty(self, observation: Observation, held: Mapping[str, Held]) -> tuple[str, ...]:
        """Name the hands that should hold something and whose fingers have come together.

        Args:
            observation: What the robot senses now.
            held: What each hand should hold.
        """
        return tuple(
            name for name in held if not holds(observation.arms[name].width, self._arms[name].closed)
        )

    @staticmethod
    def _off_track(time: float, state: ArmState, arm: _Arm) -> Failed | None:
        if arm.next is not None and time >= arm.next[1]:
            (arm.curve, arm.began), arm.next = arm.next, None
        if arm.curve is None or not 0.0 <= time - arm.began <= arm.curve.duration:
            return None
        error = np.abs(arm.curve.position(time - arm.began) - state.q)
        worst = int(error.argmax())
        if error[worst] <= OFF_TRACK:
            return None
        name = arm.curve.joint_names[worst]
        return Failed(
            cause=Cause.OFF_TRACK, reason=f"{name} is {error[worst]:.2f} rad off its planned course"
        )

    def _dropped(self, observation: Observation, held: Mapping[str, Held]) -> Failed | None:
        for name in self.empty(observation, held):
            which = f"{name} hand" if len(self._arms) > 1 else "hand"
            width = 1000 * (observation.arms[name].width or 0.0)
            words = f"{held[name].thing} fell out of the {which}: the fingers are {width:.1f} mm apart"
            return Failed(cause=Cause.DROPPED, reason=words)
        return None

    def _displaced(self, attends: tuple[str, ...], tracked: Tracked | None) -> Failed | None:
        if tracked is None:
            return None
        for name in attends:
            thing = tracked.things.get(name)
            if thing is None:
                continue
            if thing.state == "lost":
                return Failed(cause=Cause.THING_LOST, reason=f"{name} is no longer where it was seen")
            if thing.state == "seen" and thing.shift > MOVED:
                reason = f"{name} was moved by {100 * thing.shift:.0f} cm"
                return Failed(cause=Cause.THING_MOVED, reason=reason)
        return None


class Blindfold(Watch):
    """Sees no trouble: what watching is worth shows where nobody watches."""

    def check(
        self,
        observation: Observation,
        held: Mapping[str, Held],
        attends: tuple[str, ...],
        tracked: Tracked | None,
    ) -> Failed | None:
        """Say that nothing is wrong."""
        return None
