"""One page commands at a time; any other may look, stop the arm, and take over when asked to."""

import threading
import time
from collections.abc import Callable

AWAY = 5.0
"""How long a page may be gone, as in a reload, before its seat is free, [s]."""


class Seat:
    """Who commands."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        """Begin with a free seat.

        Args:
            clock: Gives the time, [s].
        """
        self._clock = clock
        self._lock = threading.Lock()
        self._holder = ""
        self._left = -AWAY
        self._there: dict[str, int] = {}

    def come(self, tab: str) -> None:
        """Take note of a page that looks; the first one gets the seat."""
        with self._lock:
            self._there[tab] = self._there.get(tab, 0) + 1
            if self._free():
                self._holder = tab

    def leave(self, tab: str) -> None:
        """Take note of a page that looks no more."""
        with self._lock:
            self._there[tab] -= 1
            if not self._there[tab]:
                del self._there[tab]
                if tab == self._holder:
                    self._left = self._clock()

    def take(self, tab: str) -> None:
        """Give a page the seat because its person wants it."""
        with self._lock:
            self._holder = tab

    def has(self, tab: str) -> bool:
        """Tell whether a page commands; a free seat goes to the one that asks."""
        with self._lock:
            if tab and self._free():
                self._holder = tab
            return bool(tab) and tab == self._holder

    def mine(self, tab: str) -> bool:
        """Tell whether a page holds the seat; nothing changes."""
        return tab == self._holder

    def _free(self) -> bool:
        return self._holder not in self._there and self._clock() - self._left >= AWAY
