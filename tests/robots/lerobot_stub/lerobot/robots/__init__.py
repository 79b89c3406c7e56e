"""The two base classes and the factory."""

import importlib
from dataclasses import dataclass
from typing import ClassVar


@dataclass(kw_only=True)
class RobotConfig:
    id: str | None = None
    known: ClassVar[dict] = {}

    @classmethod
    def register_subclass(cls, name):
        def keep(subclass):
            cls.known[name] = subclass
            return subclass

        return keep

    @classmethod
    def get_known_choices(cls):
        return cls.known


class Robot:
    def __init__(self, config):
        self.id = config.id

    def connect(self, calibrate=True):
        raise NotImplementedError

    def disconnect(self):
        raise NotImplementedError

    def __enter__(self):
        self.connect()
        return self

    def __exit__(self, *_):
        self.disconnect()


def make_robot_from_config(config):
    made = importlib.import_module(type(config).__module__)
    return getattr(made, type(config).__name__.removesuffix("Config"))(config)
