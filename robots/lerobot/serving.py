"""Any robot of ours, served to LeRobot over the worker's own lines; run by our Python.

LeRobot's side is the package ``lerobot_robot_handsel`` (``examples/``), which starts
this as a child::

    python -m handsel.robots.lerobot.serving sim:kitchen --rate 30

Joints are degrees, hands per cent of their widest opening, as LeRobot's own
robots have them. Goals are followed within the arm's limits, however far they jump.
"""

import argparse
import logging
import math
import sys
from typing import Any

import numpy as np

from ...core.errors import HandselError, InputError
from ..models import load_model
from ..registry import open_robot
from ..robot import Observation, Robot
from ..steering import Steering
from .worker import PROTOCOL, LinkError, picture, serve, standard_lines

logger = logging.getLogger(__name__)

RATES = (1.0, 100.0)


class Serving:
    """Answers LeRobot's requests about one robot of ours."""

    def __init__(self, robot: Robot, rate: float):
        """Serve a robot.

        Args:
            robot: What moves.
            rate: How often LeRobot sends goals, [Hz]; a lock-step robot's time passes by one period a goal.

        Raises:
            InputError: If the rate is none.
        """
        if not RATES[0] <= rate <= RATES[1]:
            raise InputError(f"the rate is from {RATES[0]:g} to {RATES[1]:g} Hz, not {rate!r}")
        self._robot, self._period = robot, 1.0 / rate
        arms = robot.info.arms
        self._arms = tuple(Steering(robot, arm, load_model(arm.model), self._period) for arm in arms)
        self._prefix = {arm.name: "" if len(arms) == 1 else f"{arm.name}_" for arm in arms}
        self._seen = robot.observe(robot.info.cameras)

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what a request asks for: ``start``, ``observe``, ``act``, ``stop`` or ``close``."""
        reply: dict[str, Any] = {"id": request.get("id")}
        operations = {
            "start": self._start,
            "observe": self._observe,
            "act": self._act,
            "stop": self._stop,
            "close": self._close,
        }
        try:
            name = request.get("op")
            if not isinstance(name, str) or name not in operations:
                raise InputError(f"no operation {name!r}; known: {', '.join(operations)}")
            reply["result"] = operations[name](request)
        except HandselError as error:
            reply["error"] = str(error)[:2000]
        return reply

    def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        values = self._values(self._seen)
        pictures = {frame.camera: [*frame.rgb.shape] for frame in self._seen.frames}
        return {
            "protocol": PROTOCOL,
            "observation": dict.fromkeys(values, "number") | pictures,
            "action": list(values),
        }

    def _observe(self, request: dict[str, Any]) -> dict[str, Any]:
        self._seen = self._robot.observe(self._robot.info.cameras)
        return {
            "values": self._values(self._seen),
            "pictures": {
                frame.camera: picture(np.ascontiguousarray(frame.rgb)) for frame in self._seen.frames
            },
        }

    def _act(self, request: dict[str, Any]) -> dict[str, Any]:
        values = request.get("values")
        known = self._values(self._seen)
        if not isinstance(values, dict) or set(values) != set(known):
            raise InputError(f"'values' has to name all of {', '.join(known)}; got {values!r:.200}")
        if not all(isinstance(one, int | float) and math.isfinite(one) for one in values.values()):
            raise InputError(f"goals are finite numbers; got {values!r:.200}")
        sensed = self._robot.observe()
        sent: dict[str, float] = {}
        for steering in self._arms:
            arm, model, prefix = steering.arm, steering.model, self._prefix[steering.arm.name]
            names = [f"{prefix}{joint}.pos" for joint in arm.joint_names]
            q = np.clip(np.deg2rad([float(values[name]) for name in names]), model.lower, model.upper)
            steering.joints(q, sensed.arms[arm.name], sensed.time, sensed.motions)
            sent |= dict(zip(names, np.rad2deg(q).tolist(), strict=True))
            if model.gripper is not None:
                name, widest = f"{prefix}gripper.pos", model.gripper.max_width
                share = float(np.clip(values[name], 100.0 * model.gripper.min_width / widest, 100.0))
                steering.fingers(share / 100.0 * widest)
                sent[name] = share
        if self._robot.info.lockstep:
            self._robot.advance(self._period)
        return {"values": sent}

    def _stop(self, request: dict[str, Any]) -> dict[str, Any]:
        self._robot.stop()
        return {}

    def _close(self, request: dict[str, Any]) -> dict[str, Any]:
        self._robot.close()
        return {}

    def _values(self, sensed: Observation) -> dict[str, float]:
        values: dict[str, float] = {}
        for steering in self._arms:
            state, prefix = sensed.arms[steering.arm.name], self._prefix[steering.arm.name]
            for joint, q in zip(steering.arm.joint_names, np.rad2deg(state.q).tolist(), strict=True):
                values[f"{prefix}{joint}.pos"] = q
            if steering.model.gripper is not None and state.width is not None:
                values[f"{prefix}gripper.pos"] = 100.0 * state.width / steering.model.gripper.max_width
        return values


def main() -> None:
    """Serve the robot that is named on the command line until LeRobot lets go of it."""
    parser = argparse.ArgumentParser(prog="handsel.robots.lerobot.serving")
    parser.add_argument("robot", help="sim:SCENE, or another registered robot")
    parser.add_argument("--rate", type=float, default=30.0, help="goals a second, [Hz]")
    arguments = parser.parse_args()
    lines = standard_lines()
    try:
        with open_robot(arguments.robot) as robot:
            serve(lines, Serving(robot, arguments.rate))
    except (HandselError, LinkError) as error:
        sys.exit(f"handsel: {error}")


if __name__ == "__main__":
    main()
