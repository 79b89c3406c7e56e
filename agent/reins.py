"""A robot that any thread may bring to rest at any moment, also while the loop plans or waits for a model.

The loop's requests and the one to stop take turns. A request to stop is served next,
and until the reins are let go nothing that moves is begun: who tries is told by ``Halted``.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..core.closing import Closing
from ..core.trajectory import JointTrajectory
from ..robots.robot import Motion, Observation, Robot, RobotInfo
from .meter import Meter

SLICE = 0.0125
"""Longest that a robot whose time passes by itself is waited for before somebody else has a turn, [s]."""


class Halted(Exception):
    """Somebody spoke: nothing may be begun before what was said is understood."""


@dataclass(frozen=True, slots=True)
class _Reined:
    """A motion that takes over only while nobody holds the reins."""

    motion: Motion
    reins: "Reins"

    @property
    def number(self) -> int:
        return self.motion.number

    def replace(self, trajectory: JointTrajectory, at: float) -> "_Reined":
        with self.reins.turn(moves=True):
            return _Reined(self.motion.replace(trajectory, at), self.reins)


class Reins(Closing):
    """Stands before a robot, as one."""

    def __init__(self, robot: Robot, meter: Meter | None = None):
        """Take a robot.

        Args:
            robot: Who is asked; from now on only through here.
            meter: Where what the robot costs is booked; on a meter of its own where None.
        """
        self._meter = meter or Meter()
        self._robot = robot
        self._lock = threading.RLock()
        self._open = threading.Event()
        self._open.set()
        self._tight = False

    @property
    def tight(self) -> bool:
        """Whether nothing that moves may be begun."""
        return self._tight

    @property
    def info(self) -> RobotInfo:
        """What the robot is made of."""
        return self._robot.info

    @contextmanager
    def turn(self, moves: bool = False) -> Iterator[None]:
        """Wait for a turn.

        Args:
            moves: Whether it begins a motion.

        Raises:
            Halted: If it does, and may not.
        """
        self._open.wait()
        with self._lock:
            if moves and self._tight:
                raise Halted
            with self._meter.on("robot"):
                yield

    def pull(self) -> None:
        """Say that nothing may be begun any more; ``halt`` brings to rest what moves."""
        self._tight = True

    def halt(self) -> None:
        """Bring the robot to rest before its next request is served, unless the reins were let go meanwhile.

        Raises:
            RobotError: If the robot is gone.
        """
        # A lock alone is not fair: the loop would take its next turn before this one.
        self._open.clear()
        try:
            with self._lock:
                if self._tight:
                    self._robot.stop()
        finally:
            self._open.set()

    def loose(self) -> None:
        """Let motions be begun again."""
        self._tight = False

    def observe(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Sense the present; see ``robots.robot.Robot``."""
        with self.turn():
            return self._robot.observe(cameras)

    def execute(self, trajectory: JointTrajectory) -> Motion:
        """Start a motion; see ``robots.robot.Robot``.

        Raises:
            Halted: If nothing may be begun.
        """
        with self.turn(moves=True):
            return _Reined(self._robot.execute(trajectory), self)

    def grip(self, arm: str, width: float, force: float) -> Motion:
        """Move the fingers; see ``robots.robot.Robot``.

        Raises:
            Halted: If nothing may be begun.
        """
        with self.turn(moves=True):
            return _Reined(self._robot.grip(arm, width, force), self)

    def let_go(self, arm: str, width: float, force: float) -> None:
        """Open fingers that were broken off on their way, also while the reins are tight."""
        with self.turn():
            self._robot.grip(arm, width, force)

    def advance(self, duration: float) -> None:
        """Let time pass; see ``robots.robot.Robot``.

        Where it passes by itself, it is let pass in slices, so that a stop waits for one of them at most.
        """
        slices = 1 if self.info.lockstep else max(1, math.ceil(duration / SLICE))
        with self._meter.on("robot"):
            for _ in range(slices):
                with self.turn():
                    self._robot.advance(duration / slices)

    def stop(self) -> None:
        """Bring every arm to rest."""
        with self.turn():
            self._robot.stop()

    def close(self) -> None:
        """Stop, then let go of the robot."""
        with self.turn():
            self._robot.close()
