"""Desks over a fake robot and a scripted agent."""

import time
from collections.abc import Callable
from pathlib import Path

from handsel.agent.agent import Agent
from handsel.agent.events import Subscriber
from handsel.cli.desk.desk import Desk
from handsel.perception.scene import Scene
from handsel.robots.fake import FakeRobot
from handsel.robots.robot import Robot
from handsel.skills.skill import Submit

from ...agent.players import ScriptedMind, ScriptedPerceiver, ScriptedSkill, q_look, stroke
from ...agent.scenes import kitchen


class SlowRobot(FakeRobot):
    """A fake robot that keeps some pace of the wall, so that there is a meanwhile."""

    def advance(self, duration: float) -> None:
        time.sleep(duration / 5.0)
        super().advance(duration)


def make_desk(
    runs: Path,
    mind: ScriptedMind | None = None,
    robot: Robot | None = None,
    skill: ScriptedSkill | None = None,
    scene: Scene | None = None,
    watchers: tuple[Subscriber, ...] = (),
) -> Desk:
    desk = Desk(
        robot or SlowRobot(q_start=q_look()),
        mind or ScriptedMind("wave"),
        ScriptedPerceiver(scene or kitchen()),
        runs=runs,
        replays=False,
        watchers=watchers,
    )
    wave = ScriptedSkill("wave", actions=lambda: [Submit(trajectory=stroke(duration=2.0))])
    desk.agent.skills = (skill or wave,)
    assert isinstance(desk.agent, Agent)
    return desk


def until(what: Callable[[], object], patience: float = 20.0) -> None:
    """Wait until something is so."""
    latest = time.monotonic() + patience
    while not what():
        assert time.monotonic() < latest, "it did not come to be"
        time.sleep(0.01)
