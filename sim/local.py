"""The robot of a simulated world, in the same process: what it senses and does, nothing more."""

import time
from dataclasses import replace

from ..core.closing import Closing
from ..core.errors import RobotError
from ..core.trajectory import JointTrajectory
from ..robots.numbered import NumberedMotion
from ..robots.robot import Observation, RobotInfo
from .world import World


class LocalRobot(Closing):
    """A world's robot."""

    def __init__(self, world: World, *, paced: bool = False):
        """Take the robot of a world.

        Args:
            world: Where it lives.
            paced: Whether time may pass no faster than the wall's.
        """
        self._world = world
        self._paced = paced
        self._closed = False
        self._wall = time.monotonic()

    @property
    def info(self) -> RobotInfo:
        """What the robot is made of."""
        return replace(self._world.info, lockstep=not self._paced)

    def observe(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Sense the present; see ``robots.robot.Robot``."""
        world = self._open()
        frames = tuple(world.frame(camera) for camera in cameras)
        return Observation(
            time=world.time,
            arms={arm.name: world.arm_state(arm.name) for arm in world.info.arms},
            frames=frames,
            motions=world.motions.report(),
            trails=world.motions.trails(),
        )

    def execute(self, trajectory: JointTrajectory) -> NumberedMotion:
        """Start a motion; see ``robots.robot.Robot``."""
        return NumberedMotion(self._open().execute(trajectory), self)

    def replace(self, number: int, trajectory: JointTrajectory, at: float) -> NumberedMotion:
        """Join a trajectory onto the motion of a number."""
        return NumberedMotion(self._open().replace(number, trajectory, at), self)

    def grip(self, arm: str, width: float, force: float) -> NumberedMotion:
        """Move the fingers; see ``robots.robot.Robot``."""
        return NumberedMotion(self._open().grip(arm, width, force), self)

    def advance(self, duration: float) -> None:
        """Let time pass; see ``robots.robot.Robot``."""
        self._open().advance(duration)
        if self._paced:
            self._wall = max(self._wall + duration, time.monotonic() - duration)
            time.sleep(max(0.0, self._wall - time.monotonic()))

    def stop(self) -> None:
        """Bring the arm to rest."""
        self._open().stop()

    def close(self) -> None:
        """Stop, then let go of the world; may be called twice."""
        if not self._closed:
            self._world.stop()
            self._closed = True

    def _open(self) -> World:
        if self._closed:
            raise RobotError("the robot has been closed")
        return self._world
