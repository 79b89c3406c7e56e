"""The robots that can be connected to, by name: ``NAME`` or ``NAME:WHAT``."""

from collections.abc import Callable

from ..core.registry import Registry
from .robot import Robot

ROBOTS: Registry[Callable[[str], Robot]] = Registry(
    "robot",
    "handsel.robots",
    {
        "fake": "handsel.robots.fake:connect",
        "lerobot": "handsel.robots.lerobot.arm:connect",
        "sim": "handsel.sim.start:connect",
    },
)


def open_robot(name: str) -> Robot:
    """Connect to a robot.

    Args:
        name: A registered name; what comes after a colon is given to the one that connects, such as a scene
            (``sim:kitchen``) or a file of settings (``lerobot:my_arm.toml``).

    Raises:
        UnknownName: If there is no robot of that name.
        InputError: If what comes after the colon means nothing to it.
        RobotError: If it cannot be connected to.
    """
    kind, _, what = name.partition(":")
    return ROBOTS.load(kind)(what)
