"""The way to LeRobot's worker: a child process, and questions with an answer each."""

import contextlib
from pathlib import Path
from typing import Any

from ...core.errors import InputError, RobotError
from ..child import Child
from ..wire import Message, field
from .worker import Lines, LinkError

WORKER = Path(__file__).with_name("worker.py")
START_PATIENCE = 120.0
"""Longest wait for LeRobot to be imported and its robot to be connected, [s]."""
PATIENCE = 2.0
"""Longest wait for any other answer, [s]."""
END_PATIENCE = 10.0


class Link:
    """The child process of a worker."""

    def __init__(self, python: str, worker: Path = WORKER):
        """Start it; what it says on standard error is kept for messages.

        Args:
            python: The Python of LeRobot's environment.
            worker: What it runs.

        Raises:
            InputError: If there is no such Python.
        """
        try:
            self._child = Child([python, "-u", str(worker)], pipes=True)
        except OSError as error:
            raise InputError(
                f"cannot run {python!r}, the Python of LeRobot's environment: {error.strerror}; "
                "give the path of its bin/python"
            ) from error
        self._process = self._child.process
        assert self._process.stdin is not None and self._process.stdout is not None, "pipes were asked for"
        self._pipes = (self._process.stdin, self._process.stdout)
        self._lines = Lines(self._process.stdout.fileno(), self._process.stdin.fileno())
        self._count = 0

    def ask(self, op: str, timeout: float = PATIENCE, **fields: Any) -> Message:
        """Ask for one thing.

        Args:
            op: The operation.
            timeout: Longest silence, [s]; after it the worker is killed, since what it does is unknown.
            fields: The operation's own fields.

        Returns:
            The result.

        Raises:
            RobotError: If the worker refuses, is silent, or is gone.
        """
        if self._process.stdin is None or self._process.stdin.closed:
            raise RobotError(f"LeRobot's worker has been let go; {op!r} comes too late")
        self._count += 1
        try:
            self._lines.send({"id": self._count, "op": op, **fields})
            reply = self._lines.receive(timeout)
        except LinkError as error:
            self._process.kill()
            raise RobotError(f"LeRobot's worker, asked to {op!r}: {error}{self._last_words()}") from error
        if reply is None:
            raise RobotError(f"LeRobot's worker ended before it answered {op!r}{self._last_words()}")
        if reply.get("id") != self._count:
            self._process.kill()
            raise RobotError(f"LeRobot's worker answered another question than {op!r}: {reply!r:.80}")
        if "error" in reply:
            raise RobotError(f"LeRobot's robot: {reply['error']!s:.2000}")
        return field(reply, "result", dict)

    def close(self) -> None:
        """Let the robot go and end the process; may be called twice."""
        if self._pipes[0].closed:
            return
        with contextlib.suppress(RobotError):
            self.ask("close", END_PATIENCE)
        with contextlib.suppress(OSError):
            self._pipes[0].close()
        self._child.end(END_PATIENCE)
        self._pipes[1].close()

    def _last_words(self) -> str:
        words = self._child.last_words().strip()
        return f"; it said: {words}" if words else ""
