"""Watching while something moves: joints against the curve, fingers against the grasp, pictures."""

import numpy as np

from ..core.camera import CameraFrame
from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene, Thing
from ..planners.situation import Held
from ..robots.robot import ArmState, Observation
from ..skills.programmed import holds
from ..skills.skill import Failed

OFF_TRACK = 0.10
"""Largest joint error while moving, [rad]."""
FARTHER = 0.03
"""A picture that shows this much more depth than a thing's surface shows that it is gone, [m]."""
NEARER = 0.015
"""A picture that shows this much less depth is blocked by something, [m]."""
LEAST_POINTS = 20
"""How many surface points have to be in sight for a verdict."""
MOST_GONE = 0.7
"""Share of the points in sight that may be missing."""
LOOKS = 2
"""How many pictures in a row have to show it."""


class Watch:
    """Looks for trouble at every step of the loop."""

    def __init__(self, arm: str):
        """Watch one arm."""
        self._arm = arm
        self._curve: JointTrajectory | None = None
        self._began = 0.0
        self._missing = 0
        self._closed = 0.0

    def closing(self, width: float) -> None:
        """Take note that the fingers were told to close to an opening, [m]."""
        self._closed = width

    def follow(self, trajectory: JointTrajectory, began: float) -> None:
        """Take note of a motion that starts at a robot time, [s]."""
        self._curve, self._began = trajectory, began

    def check(
        self, observation: Observation, held: Held | None, attends: tuple[str, ...], scene: Scene
    ) -> Failed | None:
        """Say what is wrong.

        Args:
            observation: What the robot senses now, with frames where a look was due.
            held: What the hand should hold.
            attends: Things that should lie where the scene has them.
            scene: What was seen last.
        """
        state = observation.arms[self._arm]
        return (
            self._off_track(observation.time, state)
            or self._dropped(state, held)
            or self._lost(observation.frames, attends, scene)
        )

    def _off_track(self, time: float, state: ArmState) -> Failed | None:
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

    def _lost(self, frames: tuple[CameraFrame, ...], attends: tuple[str, ...], scene: Scene) -> Failed | None:
        if not frames or not attends:
            return None
        missing = [thing.name for thing in scene.things if thing.name in attends and gone(thing, frames)]
        self._missing = self._missing + 1 if missing else 0
        if self._missing < LOOKS:
            return None
        return Failed(cause="thing_lost", reason=f"{missing[0]} is no longer where it was seen")


def gone(thing: Thing, frames: tuple[CameraFrame, ...]) -> bool:
    """Whether pictures show the background where a thing was.

    Args:
        thing: The thing, where it was seen.
        frames: What the cameras see now; what is hidden by something nearer does not count.
    """
    missing = present = 0
    for frame in frames:
        p_CQ = frame.X_WC.inverse().multiply(thing.cloud.T).T
        pixels = frame.model.project(p_CQ)
        size = np.array([frame.model.width, frame.model.height])
        with np.errstate(invalid="ignore"):
            fits = (np.isfinite(pixels) & (pixels > -0.5) & (pixels < size - 0.5)).all(axis=1)
        u, v = np.rint(pixels[fits]).astype(int).T
        more = frame.depth[v, u] - p_CQ[fits, 2]
        missing += int((more > FARTHER).sum())
        present += int((np.abs(more) <= NEARER).sum())
    return missing + present >= LEAST_POINTS and missing > MOST_GONE * (missing + present)
