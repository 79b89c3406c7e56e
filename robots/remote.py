"""A robot in another process, used as if it were here."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..core.closing import Closing
from ..core.errors import CannotDo, InputError, RobotError
from ..core.trajectory import JointTrajectory
from .robot import Observation, RobotInfo
from .wire import Channel, Message, decode_info, decode_observation, encode_trajectory, field

_ERRORS = {"InputError": InputError, "UnknownName": InputError, "CannotDo": CannotDo}


class Requests:
    """Asks over a channel and waits for the answers."""

    def __init__(self, channel: Channel, last_words: Callable[[], str] = str):
        """Ask over a channel.

        Args:
            channel: Where the other side listens.
            last_words: Gives what the other side said before it went, for messages.
        """
        self._channel = channel
        self._last_words = last_words
        self._count = 0

    def ask(self, op: str, **fields: Any) -> Message:
        """Ask for one thing.

        An answer to a question that an interrupt broke off is passed over.

        Args:
            op: The operation.
            fields: Its own fields.

        Returns:
            The result.

        Raises:
            RobotError: If the other side refuses, or is gone.
            InputError: If the other side says that the input was wrong.
        """
        self._count += 1
        try:
            self._channel.send({"id": self._count, "op": op, **fields})
        except RobotError as error:
            raise RobotError(self._gone(op)) from error
        while True:
            reply = self._channel.receive()
            if reply is None:
                raise RobotError(self._gone(op))
            if reply.get("id") == self._count:
                break
        if "error" in reply:
            raise _ERRORS.get(str(reply.get("kind")), RobotError)(str(reply["error"]))
        return field(reply, "result", dict)

    def close(self) -> None:
        """Hang up; may be called twice."""
        self._channel.close()

    def _gone(self, op: str) -> str:
        words = self._last_words().strip()
        return f"the robot's process ended before it answered {op!r}" + (
            f"; it said: {words}" if words else ""
        )


@dataclass(frozen=True, slots=True)
class RemoteMotion:
    """A motion of a robot in another process."""

    number: int
    _requests: Requests

    def replace(self, trajectory: JointTrajectory, at: float) -> "RemoteMotion":
        """Join another trajectory onto this one; see ``robots.robot.Motion``."""
        reply = self._requests.ask(
            "replace", number=self.number, trajectory=encode_trajectory(trajectory), at=float(at)
        )
        return RemoteMotion(field(reply, "number", int), self._requests)


class RemoteRobot(Closing):
    """The client of a robot's process."""

    def __init__(
        self, requests: Requests, *, on_close: Callable[[], None] = lambda: None, view_url: str | None = None
    ):
        """Ask the robot what it is.

        Args:
            requests: The way to the robot.
            on_close: Called once when the robot has been let go.
            view_url: Where a browser can watch it, if it can be watched.

        Raises:
            RobotError: If the robot is gone.
        """
        self._requests = requests
        self._on_close = on_close
        self._closed = False
        self.view_url = view_url
        self._info = decode_info(requests.ask("info"))

    @property
    def info(self) -> RobotInfo:
        """What the robot is made of."""
        return self._info

    def observe(self, cameras: tuple[str, ...] = ()) -> Observation:
        """Sense the present; see ``robots.robot.Robot``."""
        return decode_observation(self._ask("observe", cameras=list(cameras)))

    def execute(self, trajectory: JointTrajectory) -> RemoteMotion:
        """Start a motion; see ``robots.robot.Robot``."""
        reply = self._ask("execute", trajectory=encode_trajectory(trajectory))
        return RemoteMotion(field(reply, "number", int), self._requests)

    def grip(self, arm: str, width: float, force: float) -> RemoteMotion:
        """Move the fingers; see ``robots.robot.Robot``."""
        reply = self._ask("grip", arm=arm, width=float(width), force=float(force))
        return RemoteMotion(field(reply, "number", int), self._requests)

    def advance(self, duration: float) -> None:
        """Let time pass; see ``robots.robot.Robot``."""
        self._ask("advance", duration=float(duration))

    def stop(self) -> None:
        """Bring every arm to rest."""
        self._ask("stop")

    def close(self) -> None:
        """Stop, then let go of the robot; may be called twice, and when the robot is gone."""
        if self._closed:
            return
        self._closed = True
        try:
            self._requests.ask("close")
        except RobotError:
            pass  # It is gone, which is what was wanted.
        finally:
            self._requests.close()
            self._on_close()

    def _ask(self, op: str, **fields: Any) -> Message:
        if self._closed:
            raise RobotError(f"the robot has been closed; {op!r} comes too late")
        return self._requests.ask(op, **fields)
