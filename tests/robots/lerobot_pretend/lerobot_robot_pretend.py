"""An SO-101 without servos, as a plugin of LeRobot's: it lags, sags, chatters, and breaks on demand."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lerobot.robots import Robot, RobotConfig  # pyright: ignore[reportMissingImports]

MOTORS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
START = dict(zip(MOTORS, (0.0, -74.0, 46.0, 29.0, 3.0, 50.0), strict=True))
LAG = 0.03  # [s]


@RobotConfig.register_subclass("pretend")
@dataclass(kw_only=True)
class PretendConfig(RobotConfig):
    sag: float = 0.0
    holds: float = 0.0
    calibrated: bool = True
    trouble: str = ""
    trouble_after: int = 0
    height: int = 6


class Pretend(Robot):
    config_class = PretendConfig
    name = "pretend"

    def __init__(self, config):
        super().__init__(config)
        self.config = config
        self.at = dict(START)
        self.goals = dict(self.at)
        self.time = time.monotonic()
        self.asked = 0
        self.connected = False

    @property
    def observation_features(self):
        return {**self.action_features, "front": (self.config.height, 8, 3)}

    @property
    def action_features(self):
        return {f"{motor}.pos": float for motor in MOTORS}

    @property
    def is_connected(self):
        return self.connected

    @property
    def is_calibrated(self):
        return self.config.calibrated

    def connect(self, calibrate=True):
        print("a line on standard output that is no reply")
        assert not calibrate
        self.connected = True

    def calibrate(self):
        raise AssertionError("nobody can answer")

    def configure(self):
        pass

    def get_observation(self):
        self.asked += 1
        if self.config.trouble and self.asked > self.config.trouble_after:
            self.break_down()
        now, share = time.monotonic(), 0.0
        share = 1.0 - np.exp((self.time - now) / LAG)
        self.time = now
        for motor in MOTORS:
            wanted = self.goals[motor] - (self.config.sag if motor == "shoulder_lift" else 0.0)
            if motor == "gripper":
                wanted = max(wanted, self.config.holds)
            self.at[motor] += share * (wanted - self.at[motor])
        picture = np.full((self.config.height, 8, 3), 7, np.uint8)
        return {**{f"{motor}.pos": value for motor, value in self.at.items()}, "front": picture}

    def break_down(self):
        match self.config.trouble:
            case "raises":
                raise ConnectionError("no status packet")
            case "dies":
                os.write(2, b"a servo is on fire\n")
                os._exit(3)
            case "silent":
                time.sleep(60.0)
            case "babbles":
                os.write(3, b"[1, 2\n")
            case "nan":
                self.at["shoulder_pan"] = float("nan")

    def send_action(self, action):
        self.goals = {name.removesuffix(".pos"): value for name, value in action.items()}
        return action

    def disconnect(self):
        self.connected = False
        if where := os.environ.get("PRETEND_GONE"):
            with Path(where).open("a") as stream:
                stream.write("gone\n")
