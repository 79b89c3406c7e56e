"""One robot, used by the thread that acts and stopped by any other.

A stop that comes while the acting thread thinks must hold: a motion that was
thought out before the stop and asked for after it is not begun. It ends the way
a Ctrl-C at that moment would, as a ``KeyboardInterrupt`` in the acting thread.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from ..core.closing import Closing
from ..core.trajectory import JointTrajectory
from .robot import Motion, Observation, Robot, RobotInfo

Door = Literal["open", "ask", "closed"]


@dataclass(frozen=True, slots=True)
class SharedMotion:
    """A motion of a shared robot."""

    _motion: Motion
    _robot: "SharedRobot"

    @property
    def number(self) -> int:
        """Number of the motion."""
        return self._motion.number

    def replace(self, trajectory: JointTrajectory, at: float) -> "SharedMotion":
        """Join another trajectory onto this one; see ``robots.robot.Motion``."""
        with self._robot.passing():
            return SharedMotion(self._motion.replace(trajectory, at), self._robot)


class SharedRobot(Closing):
    """Stands before a robot: one request at a time, a door before every motion, an eye on every picture."""

    def __init__(
        self,
        robot: Robot,
        *,
        seen: Callable[[Observation], None] = lambda observation: None,
        asks: Callable[[], None] = lambda: None,
    ):
        """Share a robot; its door is open.

        Args:
            robot: Who acts.
            seen: Told of every observation with pictures, in the thread that asked for it.
            asks: Told when a motion waits before the door.
        """
        self._robot, self._seen, self._asks = robot, seen, asks
        # Requests take turns; whoever waits for a yes has none, so that it keeps no stop waiting.
        self._turn = threading.RLock()
        # A lock alone is not fair: who acts would take its next turn before a stop that waits.
        self._first = threading.Event()
        self._first.set()
        self._moved = threading.Condition()
        self._door: Door = "open"

    @property
    def info(self) -> RobotInfo:
        """What the robot is made of."""
        return self._robot.info

    def open(self, *, ask: bool = False) -> None:
        """Let motions through.

        Args:
            ask: Whether the first one waits until ``open`` is called again.
        """
        self._set("ask" if ask else "open")

    def shut(self) -> None:
        """Let no motion through any more, and end one that waits; the arm itself is not stopped."""
        self._set("closed")

    def passing(self) -> "_Passage":
        """Give the passage through the door, which is entered by every motion."""
        return _Passage(self)

    def observe(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Sense the present; see ``robots.robot.Robot``."""
        self._first.wait()
        with self._turn:
            observation = self._robot.observe(cameras)
        if observation.frames:
            self._seen(observation)
        return observation

    def execute(self, trajectory: JointTrajectory) -> SharedMotion:
        """Start a motion; see ``robots.robot.Robot``.

        Raises:
            KeyboardInterrupt: If the door is shut.
        """
        with self.passing():
            return SharedMotion(self._robot.execute(trajectory), self)

    def grip(self, arm: str, width: float, force: float) -> SharedMotion:
        """Move an arm's fingers; see ``robots.robot.Robot``.

        Raises:
            KeyboardInterrupt: If the door is shut.
        """
        with self.passing():
            return SharedMotion(self._robot.grip(arm, width, force), self)

    def advance(self, duration: float) -> None:
        """Let time pass."""
        self._first.wait()
        with self._turn:
            self._robot.advance(duration)

    def stop(self) -> None:
        """Bring every arm to rest; waits for the request at hand alone, never for a yes."""
        self._first.clear()
        try:
            with self._turn:
                self._robot.stop()
        finally:
            self._first.set()

    def close(self) -> None:
        """Stop, then let go of the robot; may be called twice."""
        self.shut()
        with self._turn:
            self._robot.close()

    def _set(self, door: Door) -> None:
        with self._moved:
            self._door = door
            self._moved.notify_all()

    def _enter(self) -> None:
        """Wait for a yes where one is wanted, and take the turn.

        Raises:
            KeyboardInterrupt: If the door is shut.
        """
        if self._door == "ask":
            # Told without a lock held: whoever is told may answer at once.
            self._asks()
            with self._moved:
                self._moved.wait_for(lambda: self._door != "ask")
        self._first.wait()
        self._turn.acquire()
        # Looked at with the turn taken: whoever shuts the door and then stops finds this motion begun.
        if self._door != "open":
            self._turn.release()
            raise KeyboardInterrupt

    def _leave(self) -> None:
        self._turn.release()


class _Passage:
    """The way through a shared robot's door, for one motion."""

    def __init__(self, robot: SharedRobot):
        self._robot = robot

    def __enter__(self) -> None:
        self._robot._enter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._robot._leave()
