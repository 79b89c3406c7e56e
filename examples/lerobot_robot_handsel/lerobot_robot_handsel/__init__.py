"""Robots of handsel's as robots of LeRobot's, type ``handsel``.

handsel runs in its own environment, as a child process of this one, and the two
speak over lines of JSON: text and numbers of bounded length, no pickle::

    lerobot-record --robot.type=handsel --robot.python=~/handsel/.venv/bin/python --robot.robot=sim:kitchen
"""

import base64
import json
import os
import select
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from lerobot.robots import Robot, RobotConfig

LIMIT = 16 * 2**20  # Longest line, [bytes].
START_PATIENCE = 180.0  # The first start converts arm models, [s].
PATIENCE = 30.0


@RobotConfig.register_subclass("handsel")
@dataclass(kw_only=True)
class HandselConfig(RobotConfig):
    """Which robot of handsel's.

    Attributes:
        python: The Python of handsel's environment.
        robot: ``sim``, ``sim:SCENE``, or whatever else handsel has registered.
        rate: Goals a second, [Hz]; the same as LeRobot's fps.
    """

    python: str
    robot: str = "sim"
    rate: float = 30.0


class Handsel(Robot):
    """One robot of handsel's: joints in degrees, hands in per cent of their widest opening, pictures."""

    config_class = HandselConfig
    name = "handsel"

    def __init__(self, config: HandselConfig):
        """Start nothing yet; asking for the features does."""
        super().__init__(config)
        self.config = config
        self._child: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray()
        self._connected = False

    @cached_property
    def _told(self) -> dict[str, Any]:
        told = self._ask("start", START_PATIENCE)
        if told.get("protocol") != 1:
            raise ConnectionError(f"handsel speaks protocol {told.get('protocol')!r}, not 1")
        return told

    @property
    def observation_features(self) -> dict[str, Any]:
        """Joints and hands are numbers; pictures have a shape (H, W, 3)."""
        told = self._told["observation"]
        return {name: float if kind == "number" else tuple(kind) for name, kind in told.items()}

    @property
    def action_features(self) -> dict[str, Any]:
        """Goals of the joints, [deg], and of the hands, [%]."""
        return dict.fromkeys(self._told["action"], float)

    @property
    def is_connected(self) -> bool:
        """Whether ``connect`` was called and the child still runs."""
        return self._connected and self._child is not None and self._child.poll() is None

    def connect(self, calibrate: bool = True) -> None:
        """Have the robot at hand; it does not move."""
        assert self._told
        self._connected = True

    @property
    def is_calibrated(self) -> bool:
        """Handsel's robots bring their calibration along."""
        return True

    def calibrate(self) -> None:
        """Do nothing."""

    def configure(self) -> None:
        """Do nothing."""

    def get_observation(self) -> dict[str, Any]:
        """Sense the present."""
        self._check()
        seen = self._ask("observe")
        observation: dict[str, Any] = {name: float(value) for name, value in seen["values"].items()}
        for name, picture in seen["pictures"].items():
            height, width, _ = self.observation_features[name]
            data = base64.b64decode(picture["rgb"], validate=True)
            observation[name] = np.frombuffer(data, np.uint8).reshape(height, width, 3).copy()
        return observation

    def send_action(self, action: dict[str, Any]) -> dict[str, Any]:
        """Give the goals; give back those that are followed."""
        self._check()
        values = {name: float(action[name]) for name in self.action_features}
        return dict(self._ask("act", values=values)["values"])

    def disconnect(self) -> None:
        """Stop, let go of the robot, end the child."""
        self._connected = False
        child, self._child = self._child, None
        self.__dict__.pop("_told", None)
        self._buffer.clear()
        if child is None:
            return
        assert child.stdin is not None and child.stdout is not None
        child.stdin.close()  # The end of its input is the end of the robot.
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()

    def _check(self) -> None:
        if not self.is_connected:
            raise ConnectionError(f"{self} is not connected; call connect() first")

    def _ask(self, op: str, timeout: float = PATIENCE, **fields: Any) -> dict[str, Any]:
        if self._child is None:
            python = str(Path(self.config.python).expanduser())
            command = [
                python,
                "-m",
                "handsel.robots.lerobot.serving",
                self.config.robot,
                "--rate",
                str(self.config.rate),
            ]
            self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._child.stdin is not None
        line = json.dumps({"id": 0, "op": op, **fields}, allow_nan=False).encode() + b"\n"
        self._child.stdin.write(line)
        self._child.stdin.flush()
        reply = json.loads(self._line(timeout))
        if "error" in reply:
            raise ConnectionError(f"handsel: {reply['error']}")
        return reply["result"]

    def _line(self, timeout: float) -> bytes:
        assert self._child is not None and self._child.stdout is not None
        reading = self._child.stdout.fileno()
        while (end := self._buffer.find(b"\n")) < 0:
            ready = select.select([reading], [], [], timeout)[0]
            data = os.read(reading, 2**20) if ready else b""
            if not data or len(self._buffer) > LIMIT:
                self._child.kill()
                raise ConnectionError(
                    f"handsel gave no answer within {timeout:g} s, or ended; see its words above"
                )
            self._buffer += data
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line
