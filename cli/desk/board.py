"""What happened, kept so that whoever comes late sees it all: a numbered list of messages with a bound."""

import secrets
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_KEPT = 4000
"""Messages kept; those of motion are thinned to ten a second, so this is some minutes of moving."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing to show.

    Attributes:
        number: Place on the board, from 1, without gaps.
        kind: A word for the kind of message.
        data: JSON-ready values.
    """

    number: int
    kind: str
    data: Mapping[str, Any]


class Board:
    """Keeps messages and tells whoever listens that there are more."""

    def __init__(self, most: int = MOST_KEPT):
        """Begin an empty board.

        Args:
            most: How many messages are kept; of those of motion the oldest go first.
        """
        self.epoch = secrets.token_hex(4)
        self._most = most
        self._kept: deque[Message] = deque()
        self._count = 0
        self._lock = threading.Lock()
        self._wake: dict[int, Callable[[], object]] = {}
        self._listeners = 0

    def post(self, kind: str, **data: Any) -> None:
        """Put a message up; called from any thread."""
        with self._lock:
            self._count += 1
            self._kept.append(Message(number=self._count, kind=kind, data=data))
            if len(self._kept) > self._most:
                self._thin()
            wake = tuple(self._wake.values())
        for one in wake:
            one()

    def after(self, number: int) -> tuple[Message, ...]:
        """Give the messages after one's number, 0 for all that are kept."""
        with self._lock:
            return tuple(one for one in self._kept if one.number > number)

    def listen(self, wake: Callable[[], object]) -> Callable[[], None]:
        """Have something called, from any thread, whenever there are more messages.

        Returns:
            What ends that.
        """
        with self._lock:
            self._listeners += 1
            key = self._listeners
            self._wake[key] = wake

        def end() -> None:
            with self._lock:
                self._wake.pop(key, None)

        return end

    def _thin(self) -> None:
        """Make room: a quarter of the messages, those of motion first."""
        goal = self._most - self._most // 4
        excess = len(self._kept) - goal
        kept: deque[Message] = deque()
        for one in self._kept:
            if excess > 0 and one.kind in ("live", "frame"):
                excess -= 1
            else:
                kept.append(one)
        while len(kept) > goal:
            kept.popleft()
        self._kept = kept
