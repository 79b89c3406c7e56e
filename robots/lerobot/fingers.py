"""Fingers that are told positions and nothing of force: they close until they stop."""

from collections import deque

from ...core.errors import RobotError
from ..following import MotionLedger
from ..robot import MotionState
from .settings import Hand

SPEED = 0.08
"""How fast the wanted opening changes, [m/s]."""
NEAR = 2e-3
"""Distance from the wanted opening that counts as arrived, [m]."""
STILL = 0.3
"""For how long the fingers have to stand to have met something, [s]."""
CREEP = 5e-4
"""Change of the opening in that time that still counts as standing, [m]."""
SQUEEZE = 4e-3
"""How far inside of what they hold fingers are told to be: what presses, and what does not overheat, [m]."""


class Fingers:
    """Where the fingers should be at every moment, and how their motion fares."""

    def __init__(self, hand: Hand, values: dict[str, float], ledger: MotionLedger):
        """Stay as they are.

        Args:
            hand: The motor.
            values: What the motors measured.
            ledger: Keeps the motions' states.
        """
        self.hand = hand
        self._ledger = ledger
        self.width = hand.width(values[f"{hand.motor}.pos"])
        self._from = self._to = self.width
        self._began = 0.0
        self._number: int | None = None
        self._seen: deque[tuple[float, float]] = deque()

    def start(self, width: float, force: float, time: float) -> int:
        """Begin to move toward an opening, [m]; give the motion's number.

        Raises:
            RobotError: If there is no such opening or force.
        """
        model = self.hand.model
        if not (model.min_width <= width <= model.max_width and 0.0 < force <= model.max_force):
            raise RobotError(
                f"cannot grip to {width!r} m with {force!r} N; expected {model.min_width} to "
                f"{model.max_width} m, up to {model.max_force} N"
            )
        self._ledger.end(self._number, MotionState.STOPPED)
        self._from, self._to, self._began = self.width, width, time
        self._number = self._ledger.open()
        self._seen.clear()
        return self._number

    def goal(self, time: float) -> float:
        """Give the motor's value to have at a robot time."""
        reach = SPEED * max(0.0, time - self._began)
        way = self._to - self._from
        return self.hand.value(self._from + (way if abs(way) <= reach else reach * (1 if way > 0 else -1)))

    def update(self, time: float, values: dict[str, float]) -> None:
        """Take note of what the motors measured, so that the motion can end."""
        self.width = self.hand.width(values[f"{self.hand.motor}.pos"])
        if self._number is None:
            return
        self._seen.append((time, self.width))
        while len(self._seen) > 2 and self._seen[1][0] <= time - STILL:
            self._seen.popleft()
        if abs(self.width - self._to) < NEAR:
            self._end(self._to)
        elif time - self._seen[0][0] >= STILL and abs(self.width - self._seen[0][1]) < CREEP:
            closing = self._to < self.width
            self._end(max(self._to, self.width - SQUEEZE) if closing else self.width)

    def stop(self) -> None:
        """Stay as they are."""
        if self._number is not None:
            self._ledger.end(self._number, MotionState.STOPPED)
            self._number = None
            self._from = self._to = self.width

    def _end(self, goal: float) -> None:
        self._ledger.end(self._number, MotionState.DONE)
        self._number = None
        self._from = self._to = goal
