"""How plugins are found."""

import importlib
import importlib.metadata


def register_third_party_plugins():
    for distribution in importlib.metadata.distributions():
        name = distribution.name or ""
        if name.startswith("lerobot_robot_"):
            importlib.import_module(name)
