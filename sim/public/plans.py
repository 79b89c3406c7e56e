"""Plans of who acts on a benchmark's robot: house actions one after another, and how they are done."""

from collections.abc import Callable, Generator

from ...robots.robot import Observation
from ...skills.skill import Grip, Submit, Wait
from .robot import BenchRobot

Plan = Generator[Submit | Grip | Wait, Observation, None]
"""Yields actions and is sent what is sensed after each."""


def follow(robot: BenchRobot, plan: Plan, ended: Callable[[], bool]) -> None:
    """Do a plan's actions one after another.

    Args:
        robot: What moves.
        plan: The plan.
        ended: Whether the episode is over.
    """
    try:
        action = next(plan)
        while not ended():
            if isinstance(action, Submit):
                robot.execute(action.trajectory)
            elif isinstance(action, Grip):
                robot.grip(action.arm, action.width, action.force)
            elif isinstance(action, Wait):
                robot.advance(robot.period)
            action = plan.send(robot.observe())
    except StopIteration:
        return
    finally:
        plan.close()
