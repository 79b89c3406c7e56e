"""What the loop itself costs: the processor time of its thread, each moment booked to one account."""

import time
from itertools import pairwise

from .events import Event

LOOP = "loop"
"""The account of whatever is booked to no other."""


class _On:
    """While it is entered, one account is booked to. A generator would cost as much as what is measured."""

    __slots__ = ("_account", "_meter")

    def __init__(self, meter: "Meter", account: str):
        self._meter, self._account = meter, account

    def __enter__(self) -> None:
        self._meter.enter(self._account)

    def __exit__(self, *raised: object) -> None:
        self._meter.leave()


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

    def on(self, account: str) -> "_On":
        """Book what is spent meanwhile to an account, and to no other; what a ``with`` enters.

        Args:
            account: ``robot``, ``perceive``, ``skill``, ``mind``, ``told``, ...
        """
        return _On(self, account)

    def enter(self, account: str) -> None:
        """Book to an account from now on."""
        self._book()
        self._accounts.append(account)

    def leave(self) -> None:
        """Book to the account of before again."""
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
