"""A robot: ``imagined:0.04`` has a hand that always finds something 4 cm wide between its fingers."""

from handsel.core.errors import InputError
from handsel.robots.fake import FakeRobot
from handsel.robots.robot import Robot


def connect(what: str) -> Robot:
    """Connect; what comes after the colon is this robot's own business."""
    try:
        return FakeRobot(holdable=float(what or 0.0))
    except ValueError as error:
        raise InputError(f"imagined:WIDTH takes a width in metres, not {what!r}") from error
