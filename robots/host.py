"""The robot's side of the protocol: requests in, replies out, for any robot at all."""

from collections.abc import Callable
from typing import Any

from ..core.errors import HandselError, RobotError
from .robot import Motion, Robot
from .wire import Message, decode_trajectory, encode_info, encode_observation, field


class RobotHost:
    """Answers requests about one robot.

    The operations are those of ``robots.robot.Robot`` and no others: nothing that
    a robot does not sense can be asked for.
    """

    def __init__(self, robot: Robot):
        """Serve a robot.

        Args:
            robot: What the requests are about.
        """
        self._robot = robot
        self._motions: dict[int, Motion] = {}
        self._operations: dict[str, Callable[[Message], Message]] = {
            "info": self._info,
            "observe": self._observe,
            "execute": self._execute,
            "replace": self._replace,
            "grip": self._grip,
            "advance": self._advance,
            "stop": self._stop,
            "close": self._close,
        }

    @property
    def operations(self) -> tuple[str, ...]:
        """Names of all that can be asked for."""
        return tuple(self._operations)

    def answer(self, request: Message) -> Message:
        """Do what a request asks for.

        Args:
            request: ``id``, ``op`` and the operation's own fields.

        Returns:
            ``id`` with ``result``, or with ``error``: what went wrong, in words.
        """
        return answer(request, self._operations)

    def _info(self, request: Message) -> Message:
        return encode_info(self._robot.info)

    def _observe(self, request: Message) -> Message:
        cameras = tuple(str(name) for name in field(request, "cameras", list))
        observation = self._robot.observe(cameras)
        running = observation.motions
        self._motions = {n: motion for n, motion in self._motions.items() if n in running}
        return encode_observation(observation)

    def _execute(self, request: Message) -> Message:
        return self._opened(self._robot.execute(decode_trajectory(field(request, "trajectory", dict))))

    def _replace(self, request: Message) -> Message:
        number = field(request, "number", int)
        if number not in self._motions:
            raise RobotError(f"motion {number} is not running; nothing to replace")
        trajectory = decode_trajectory(field(request, "trajectory", dict))
        return self._opened(self._motions[number].replace(trajectory, field(request, "at", float)))

    def _grip(self, request: Message) -> Message:
        arm, width = field(request, "arm", str), field(request, "width", float)
        return self._opened(self._robot.grip(arm, width, field(request, "force", float)))

    def _advance(self, request: Message) -> Message:
        self._robot.advance(field(request, "duration", float))
        return {}

    def _stop(self, request: Message) -> Message:
        self._robot.stop()
        return {}

    def _close(self, request: Message) -> Message:
        self._robot.close()
        return {}

    def _opened(self, motion: Motion) -> Message:
        self._motions[motion.number] = motion
        return {"number": motion.number}


def answer(request: Message, operations: dict[str, Callable[[Message], Message]]) -> Message:
    """Do what a request asks for, out of a table of operations.

    Args:
        request: ``id``, ``op`` and the operation's own fields.
        operations: What can be asked for.

    Returns:
        ``id`` with ``result``, or with ``error``.
    """
    reply: dict[str, Any] = {"id": request.get("id")}
    try:
        name = field(request, "op", str)
        if name not in operations:
            raise RobotError(f"no operation {name!r}; known: {', '.join(sorted(operations))}")
        reply["result"] = operations[name](request)
    except HandselError as error:
        reply["error"] = str(error)
        reply["kind"] = type(error).__name__
    return reply
