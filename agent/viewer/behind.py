"""A watcher behind the loop: its work is done on a thread of its own, and nothing it does reaches the run.

The loop hands events over in microseconds. Where the watcher cannot keep up, samples of joints are left out
first, then whatever is oldest; how many were is counted. Where it fails, it ends with one notice.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from ..events import Event, Subscriber

MOST = 256
"""Events that wait at most: some 10 s of one arm's joints."""
PATIENCE = 5.0
"""How long the start, and at the end what still waits, may take, [s]."""


class Behind:
    """Stands between the loop and a subscriber that takes its time."""

    def __init__(
        self,
        make: Callable[[], Subscriber],
        *,
        notice: Callable[[str], None],
        name: str = "viewer",
        most: int = MOST,
    ):
        """Start the thread and wait until the subscriber stands.

        Args:
            make: Makes the subscriber, on the thread that alone will use it.
            notice: Told, at most once each, that it failed and that it was late; called on the thread.
            name: What is said to have failed or been late.
            most: Events that wait at most.

        Raises:
            HandselError: If the subscriber cannot be made; as ``make`` raised it.
        """
        self._notice, self._name, self._most = notice, name, most
        self._waiting: deque[Event | None] = deque()
        self._changed = threading.Condition()
        self._made = threading.Event()
        self._refused: BaseException | None = None
        self._ending = self._over = False
        self.dropped = 0
        self._thread = threading.Thread(target=self._work, args=(make,), name=name, daemon=True)
        self._thread.start()
        self._made.wait()
        if self._refused is not None:
            raise self._refused

    @property
    def alive(self) -> bool:
        """Whether it still watches."""
        return not self._over

    def on_event(self, event: Event) -> None:
        """Hand an event over; scenes go without their pictures."""
        self._put(replace(event, scene=None))

    def close(self) -> None:
        """Hand over that an episode has ended; others may follow."""
        self._put(None)

    def end(self) -> None:
        """Let what waits be shown, for ``PATIENCE`` at most, and end the thread."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join(PATIENCE)
        self._over = True
        if self.dropped:
            self._notice(f"the {self._name} was late: {self.dropped} events were left out of it")

    def __enter__(self) -> Self:
        """Use it in a ``with`` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread."""
        self.end()

    def _put(self, event: Event | None) -> None:
        with self._changed:
            if self._over or self._ending:
                return
            if len(self._waiting) >= self._most:
                self._leave_out()
            self._waiting.append(event)
            self._changed.notify()

    def _leave_out(self) -> None:
        """Drop the oldest sample of joints, a late picture; where there is none, the oldest of all."""
        late = next((one for one in self._waiting if one is not None and one.kind == "joints"), None)
        if late is None:
            self._waiting.popleft()
        else:
            self._waiting.remove(late)
        self.dropped += 1

    def _take(self) -> tuple[Event | None, bool]:
        """Wait for the next event; the flag says whether there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ending)
            return (self._waiting.popleft(), True) if self._waiting else (None, False)

    def _work(self, make: Callable[[], Subscriber]) -> None:
        with _Ended(self._end_with):
            subscriber = make()
            self._made.set()
            while True:
                event, more = self._take()
                if not more:
                    return
                if event is None:
                    subscriber.close()
                else:
                    subscriber.on_event(event)

    def _end_with(self, error: BaseException | None) -> None:
        """End on the thread's side, for whatever reason."""
        with self._changed:
            self._over = True
            self._waiting.clear()
        if not self._made.is_set():
            # Without its frames, which may hold what only this thread may destroy.
            self._refused = None if error is None else error.with_traceback(None)
            self._made.set()
        elif error is not None:
            said = " ".join(str(error).split())[:300]
            self._notice(f"the {self._name} has ended, the run goes on: {type(error).__name__}: {said}")


class _Ended:
    """Where an error ends the thread and goes no further: the run must not notice what watches it."""

    def __init__(self, tell: Callable[[BaseException | None], None]):
        self._tell = tell

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._tell(error)
        return True
