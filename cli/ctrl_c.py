"""A Ctrl-C that no solver can swallow."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noted(pull: Callable[[], None]) -> Iterator[None]:
    """Call something at every Ctrl-C, before the ``KeyboardInterrupt`` that it raises.

    What is raised while a solver of another language runs may be lost in there: an arm would move on.
    Only the main thread hears Ctrl-C; in any other one this does nothing.

    Args:
        pull: What is called; it has to be quick, and may not wait for a lock.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def note(number: int, frame: FrameType | None) -> None:
        pull()
        signal.default_int_handler(number, frame)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
