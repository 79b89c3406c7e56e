"""Lines that a person says while an instruction is carried out: in from any thread, out in the loop's."""

import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass

from ..core.errors import InputError, RobotError
from .episode import check_instruction
from .reins import Reins

MOST = 16
"""Lines that may wait; who says more is told so, and the arm is at rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something that was said.

    Attributes:
        text: The words.
        to_stop: Wall time from the line's arrival until the robot had been told to stop, [s].
        robot_time: Robot time of the latest observation when it arrived, [s].
    """

    text: str
    to_stop: float
    robot_time: float


class Inbox:
    """Takes lines; the first of them brings the arm to rest."""

    def __init__(self, reins: Reins):
        """Be closed.

        Args:
            reins: What brings the robot to rest.
        """
        self._reins = reins
        self._lock = threading.Lock()
        self._arrived = threading.Condition(self._lock)
        self._lines: deque[Line] = deque()
        self._open = False
        self._speaking = 0

    def __bool__(self) -> bool:
        """Whether a line waits, or one is being said."""
        return bool(self._lines) or self._reins.tight

    def open(self) -> None:
        """Take lines from now on."""
        with self._lock:
            self._lines.clear()
            self._open = True
            self._reins.loose()

    def close(self) -> bool:
        """Take no more lines, unless one waits: then stay open, and say so by False."""
        with self._lock:
            self._open = bool(self._lines) or self._speaking > 0
            return not self._open

    def shut(self) -> tuple[Line, ...]:
        """Take no more lines whatever waits, and give what is left."""
        with self._lock:
            self._open = False
            left, self._lines = tuple(self._lines), deque()
            self._reins.loose()
            return left

    def say(self, text: str, robot_time: float) -> bool:
        """Bring the robot to rest, then keep the line.

        Args:
            text: What was said.
            robot_time: Robot time of the latest observation, [s].

        Returns:
            Whether it will be heard; False where nothing is carried out.

        Raises:
            InputError: If the text is none, or too many lines wait; the arm is brought to rest by the latter.
        """
        began = time.monotonic()
        text = check_instruction(text)
        with self._lock:
            if not self._open:
                return False
            self._reins.pull()
            self._speaking += 1
        self._halt()
        took = time.monotonic() - began
        with self._lock:
            self._speaking -= 1
            self._arrived.notify_all()
            if len(self._lines) >= MOST:
                raise InputError(f"{MOST} lines wait to be understood already; wait for an answer first")
            self._lines.append(Line(text=text, to_stop=took, robot_time=robot_time))
            return self._open

    def _halt(self) -> None:
        # The loop meets the same fault at its next request, and ends the episode with it.
        with suppress(RobotError):
            self._reins.halt()

    def take(self) -> Line | None:
        """Give the line that has waited longest; where none does, let motions be begun again."""
        with self._lock:
            # One that is being said is worth waiting for: the arm is told to stop at this moment.
            self._arrived.wait_for(lambda: self._lines or not self._speaking)
            if self._lines:
                return self._lines.popleft()
            self._reins.loose()
            return None
