"""Watching while something moves: joints against the curve, fingers against the grasp, things in place."""

import numpy as np

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


class Watch:
    """Looks for trouble at every step of the loop."""

    def __init__(self, arm: str):
        """Watch one arm."""
        self._arm = arm
        self._curve: JointTrajectory | None = None
        self._began = 0.0
        self._next: tuple[JointTrajectory, float] | None = None
        self._closed = 0.0

    def closing(self, width: float) -> None:
        """Take note that the fingers were told to close to an opening, [m]."""
        self._closed = width

    def follow(self, trajectory: JointTrajectory, began: float) -> None:
        """Take note of a motion that starts at a robot time, [s]."""
        self._curve, self._began, self._next = trajectory, began, None

    def join(self, trajectory: JointTrajectory, at: float) -> None:
        """Take note of a motion that takes over at a robot time, [s]; until then the old one counts."""
        self._next = trajectory, at

    def check(
        self, observation: Observation, held: Held | None, attends: tuple[str, ...], tracked: Tracked | None
    ) -> Failed | None:
        """Say what is wrong.

        Args:
            observation: What the robot senses now.
            held: What the hand should hold.
            attends: Things that should lie where the scene has them.
            tracked: Where everything is, or None before the first look.
        """
        state = observation.arms[self._arm]
        return (
            self._off_track(observation.time, state)
            or self._dropped(state, held)
            or self._displaced(attends, tracked)
        )

    def _off_track(self, time: float, state: ArmState) -> Failed | None:
        if self._next is not None and time >= self._next[1]:
            self.follow(*self._next)
        if self._curve is None or not 0.0 <= time - self._began <= self._curve.duration:
            return None
        error = np.abs(self._curve.at(time - self._began)[0] - state.q)
        worst = int(error.argmax())
        if error[worst] <= OFF_TRACK:
            return None
        name = self._curve.joint_names[worst]
        return Failed(cause="off_track", reason=f"{name} is {error[worst]:.2f} rad off its planned course")

    def _dropped(self, state: ArmState, held: Held | None) -> Failed | None:
        if held is None or holds(state.width, self._closed):
            return None
        width = 1000 * (state.width or 0.0)
        return Failed(
            cause="dropped", reason=f"{held.thing} fell out of the hand: the fingers are {width:.1f} mm apart"
        )

    def _displaced(self, attends: tuple[str, ...], tracked: Tracked | None) -> Failed | None:
        if tracked is None:
            return None
        for name in attends:
            thing = tracked.things.get(name)
            if thing is None:
                continue
            if thing.state == "lost":
                return Failed(cause="thing_lost", reason=f"{name} is no longer where it was seen")
            if thing.state == "seen" and thing.shift > MOVED:
                reason = f"{name} was moved by {100 * thing.shift:.0f} cm"
                return Failed(cause="thing_moved", reason=reason)
        return None
