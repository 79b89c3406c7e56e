"""What the loop itself costs: the processor time of its thread, each moment booked to one account."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from .events import Event

LOOP = "loop"
"""The account of whatever is booked to no other."""


class Meter:
    """Books processor time, the loop's own by stages; a ``Subscriber``, and the loop's thread's alone."""

    def __init__(self) -> None:
        """Begin with nothing spent."""
        self.begin()

    def begin(self) -> None:
        """Begin an instruction: nothing is spent yet."""
        self.spent: dict[str, float] = {LOOP: 0.0}
        self._accounts = [LOOP]
        self._at = time.thread_time()
        self._marks: list[float] = []

    @contextmanager
    def on(self, account: str) -> Iterator[None]:
        """Book what is spent meanwhile to an account, and to no other.

        Args:
            account: ``robot``, ``perceive``, ``skill``, ``mind``, ``told``, ...
        """
        self._book()
        self._accounts.append(account)
        try:
            yield
        finally:
            self._book()
            self._accounts.pop()

    def on_event(self, event: Event) -> None:
        """Draw a line under the loop's account where a stage begins."""
        if event.kind == "stage":
            self._marks.append(self.spent[LOOP])

    def close(self) -> None:
        """Nothing to close."""

    def stages(self) -> list[float]:
        """Give the loop's own processor time for each stage, [s].

        What comes before the first stage is the first one's, what comes after the last one the last one's.
        """
        self._book()
        marks = [0.0, *self._marks[1:], self.spent[LOOP]] if self._marks else []
        return [later - earlier for earlier, later in pairwise(marks)]

    def _book(self) -> None:
        now = time.thread_time()
        account = self._accounts[-1]
        self.spent[account] = self.spent.get(account, 0.0) + now - self._at
        self._at = now
