"""One robot of LeRobot's, served over lines of JSON; run by the Python of LeRobot's environment.

This file stands alone: it imports nothing of handsel, and LeRobot only when a
robot is asked for::

    /path/of/lerobot/.venv/bin/python worker.py

Requests come on standard input and replies leave on standard output, one JSON
object a line, of bounded length: nothing but text and numbers, no pickle. What
LeRobot prints goes to standard error. When the input ends, the robot is
disconnected and the process ends. ``Lines`` is the whole protocol; handsel uses
it from here.
"""

import base64
import importlib
import json
import math
import os
import pkgutil
import select
import sys
from typing import Any

LIMIT = 16 * 2**20
"""Longest line, [bytes]; several pictures of 1280x720 fit."""
PROTOCOL = 1
FAULTS = (OSError, RuntimeError, ValueError, TypeError, KeyError, AttributeError)
"""What a robot may raise that its next request may mend; anything else ends the process, and is told."""


class LinkError(Exception):
    """The other side is gone, silent, or does not speak this protocol."""


class Lines:
    """One JSON object a line, over two descriptors."""

    def __init__(self, reading: int, writing: int):
        """Use descriptors that are open; nothing closes them here.

        Args:
            reading: Where lines come from.
            writing: Where lines go.
        """
        self._reading, self._writing = reading, writing
        self._buffer = bytearray()

    def send(self, message: dict[str, Any]) -> None:
        """Send one object.

        Raises:
            LinkError: If it is too long, holds what is no number, or nobody reads any more.
        """
        try:
            line = json.dumps(message, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        except ValueError as error:
            raise LinkError(f"cannot be sent: {error}") from error
        if len(line) > LIMIT:
            raise LinkError(f"a line of {len(line)} bytes is longer than the {LIMIT} allowed")
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(self._writing, rest) :]
        except OSError as error:
            raise LinkError(f"the other side is gone: {error.strerror}") from error

    def receive(self, timeout: float | None = None) -> dict[str, Any] | None:
        """Wait for one object; None where the other side has closed.

        Args:
            timeout: Longest silence, [s]; any where None.

        Raises:
            LinkError: If nothing comes, or what comes is no such object.
        """
        scanned = 0
        while (end := self._buffer.find(b"\n", scanned)) < 0:
            scanned = len(self._buffer)
            if scanned > LIMIT:
                raise LinkError(f"a line is longer than the {LIMIT} bytes allowed")
            if timeout is not None and not select.select([self._reading], [], [], timeout)[0]:
                raise LinkError(f"no answer within {timeout:g} s")
            data = os.read(self._reading, 2**20)
            if not data:
                return None
            self._buffer += data
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        try:
            message = json.loads(line, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise LinkError(f"not a line of this protocol: {error}: {line[:80]!r}") from error
        if not isinstance(message, dict):
            raise LinkError(f"a line is one JSON object; got {line[:80]!r}")
        return message


def _refuse(name: str) -> float:
    raise ValueError(f"{name} is no number")


def picture(image: Any) -> dict[str, Any]:
    """Give a picture, uint8, shape (H, W, 3), as text."""
    height, width, _ = image.shape
    return {"size": [int(height), int(width)], "rgb": base64.b64encode(image.tobytes()).decode()}


def make_robot(settings: dict[str, Any]) -> Any:
    """Make the robot that a LeRobot configuration describes; nothing is connected yet.

    Args:
        settings: Its configuration, ``type`` included.

    Raises:
        ValueError: If LeRobot has no such robot or the configuration is wrong.
    """
    import draccus  # pyright: ignore[reportMissingImports]
    from lerobot.robots import RobotConfig, make_robot_from_config  # pyright: ignore[reportMissingImports]
    from lerobot.utils.import_utils import (  # pyright: ignore[reportMissingImports]
        register_third_party_plugins,
    )

    register_third_party_plugins()
    missing = _import_all("lerobot.robots", RobotConfig, str(settings.get("type")))
    if settings.get("cameras"):
        _import_all("lerobot.cameras", None, "")
    if settings.get("type") not in RobotConfig.get_known_choices():
        known = ", ".join(sorted(RobotConfig.get_known_choices()))
        raise ValueError(
            f"LeRobot has no robot {settings.get('type')!r}; known here: {known or 'none'}"
            + (f"; could not be imported: {'; '.join(missing)}" if missing else "")
        )
    try:
        config = draccus.decode(RobotConfig, settings)
    except draccus.utils.DecodingError as error:
        raise ValueError(f"LeRobot refuses the configuration: {error}") from error
    return make_robot_from_config(config)


def _import_all(package: str, registry: Any, wanted: str) -> list[str]:
    """Import the parts of a package, which register themselves, until a registry has what is wanted."""
    missing = []
    for found in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if registry is not None and wanted in registry.get_known_choices():
            break
        if found.ispkg:
            try:
                importlib.import_module(f"{package}.{found.name}")
            except ImportError as error:
                missing.append(f"{found.name} ({error})")
    return missing


class Worker:
    """Answers requests about one robot."""

    def __init__(self) -> None:
        """Have no robot yet."""
        self._robot: Any = None

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a request asks for: ``start``, ``connect``, ``observe``, ``act`` or ``close``."""
        reply: dict[str, Any] = {"id": request.get("id")}
        operations = {
            "start": self._start,
            "connect": self._connect,
            "observe": self._observe,
            "act": self._act,
            "close": self._close,
        }
        try:
            name = request.get("op")
            if name not in operations:
                raise ValueError(f"no operation {name!r}; known: {', '.join(operations)}")
            if self._robot is None and name not in ("start", "close"):
                raise ValueError(f"{name!r} comes before 'start'")
            reply["result"] = operations[name](request)
        except (*FAULTS, ImportError) as error:
            reply["error"] = f"{type(error).__name__}: {error}"[:2000]
        return reply

    def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        settings = request.get("robot")
        if not isinstance(settings, dict):
            raise ValueError(f"'robot' is LeRobot's configuration, an object; got {settings!r}")
        self._robot = make_robot(settings)
        return {
            "protocol": PROTOCOL,
            "observation": {
                name: list(kind) if isinstance(kind, tuple) else "number"
                for name, kind in self._robot.observation_features.items()
            },
            "action": list(self._robot.action_features),
        }

    def _connect(self, request: dict[str, Any]) -> dict[str, Any]:
        # Its own calibration asks a person questions, on the terminal; there is none here.
        self._robot.connect(calibrate=False)
        if not self._robot.is_calibrated:
            self._robot.disconnect()
            raise ValueError("the robot is not calibrated; run `lerobot-calibrate` in LeRobot's environment")
        return {}

    def _observe(self, request: dict[str, Any]) -> dict[str, Any]:
        wanted = request.get("cameras") or []
        seen = self._robot.get_observation()
        values = {
            name: float(value)
            for name, value in seen.items()
            if not hasattr(value, "shape") or value.shape == ()
        }
        return {"values": values, "pictures": {name: picture(seen[name]) for name in wanted}}

    def _act(self, request: dict[str, Any]) -> dict[str, Any]:
        values = request.get("values")
        if not isinstance(values, dict) or set(values) != set(self._robot.action_features):
            raise ValueError(f"'values' has to name all of {', '.join(self._robot.action_features)}")
        action = {name: float(value) for name, value in values.items()}
        if not all(map(math.isfinite, action.values())):
            raise ValueError("an action is finite numbers")
        return {"values": {name: float(value) for name, value in self._robot.send_action(action).items()}}

    def _close(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._robot is not None and self._robot.is_connected:
            self._robot.disconnect()
        return {}


def serve(lines: Lines, worker: Any) -> None:
    """Answer until ``close`` is asked for or the other side is gone; the robot is let go in any case."""
    try:
        while (request := lines.receive()) is not None:
            lines.send(worker.answer(request))
            if request.get("op") == "close":
                return
    finally:
        worker.answer({"op": "close"})


def standard_lines() -> Lines:
    """Give the lines on standard input and output, and send what else is printed to standard error."""
    writing = os.dup(1)
    os.dup2(2, 1)
    return Lines(os.dup(0), writing)


if __name__ == "__main__":
    try:
        serve(standard_lines(), Worker())
    except LinkError as lost:
        sys.exit(f"LeRobot's worker ends: {lost}")
