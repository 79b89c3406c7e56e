"""A Ctrl-C is noted also where the exception that it raises is swallowed."""

import os
import signal
import threading
from contextlib import suppress

import pytest
from handsel.cli.ctrl_c import noted


def test_it_is_noted_where_the_exception_is_swallowed() -> None:
    """Regression: a Ctrl-C within a solver was lost there, and the arm went on."""
    notes: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    with noted(lambda: notes.append("pulled")):
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        assert notes == ["pulled"]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert notes == ["pulled"] * 2 and signal.getsignal(signal.SIGINT) is before


def test_another_thread_leaves_it_as_it_is() -> None:
    before, seen = signal.getsignal(signal.SIGINT), []

    def elsewhere() -> None:
        with noted(lambda: None):
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert seen == [before]
