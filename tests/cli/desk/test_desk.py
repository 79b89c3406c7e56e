"""The desk: one thing at a time, a stop at any moment, a yes before moving, words while moving."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from handsel.agent.events import Event
from handsel.agent.trace import read_trace
from handsel.cli.desk.desk import MOST_WAITING, Desk
from handsel.core.errors import InputError, NeedsAnswer
from handsel.perception.scene import Scene
from handsel.robots.numbered import NumberedMotion
from handsel.robots.robot import MotionState
from handsel.skills.skill import Grip, SkillSpec, Submit

from ...agent.players import ScriptedMind, ScriptedSkill, q_look, stroke
from .desks import SlowRobot, make_desk, until

LONG = 60.0
"""A motion that no test waits for the end of, [s]."""


@pytest.fixture
def desks() -> Iterator[list[Desk]]:
    opened: list[Desk] = []
    yield opened
    for desk in opened:
        desk.close()


class ThinkingMind(ScriptedMind):
    """Thinks until it is let go."""

    def __init__(self) -> None:
        super().__init__("wave")
        self.thinks, self.go = threading.Event(), threading.Event()

    def decompose(self, instruction: str, scene: Scene, skills: tuple[SkillSpec, ...]) -> Any:
        self.thinks.set()
        assert self.go.wait(20.0)
        return super().decompose(instruction, scene, skills)


def waves(*durations: float) -> ScriptedSkill:
    """A skill that takes so long each time, [s]."""
    left = iter(durations)
    return ScriptedSkill("wave", actions=lambda: [Submit(trajectory=stroke(duration=next(left)))])


def kinds(desk: Desk) -> list[str]:
    return [one.kind for one in desk.board.after(0)]


def rests(desk: Desk) -> bool:
    return MotionState.RUNNING not in desk.robot.observe().motions.values()


def test_it_looks_first_and_then_does_what_it_is_told(desks: list[Desk], tmp_path: Path) -> None:
    desks.append(desk := make_desk(tmp_path))
    until(lambda: "scene" in kinds(desk))
    job = desk.tell("wave")
    assert job is not None
    episode = job.result.result(20.0)
    assert episode is not None and episode.outcome == "done"
    until(lambda: desk.status()["phase"] == "idle")
    assert {"line", "begin", "subtasks", "choice", "live", "verdict", "end"} <= set(kinds(desk))
    end = next(one for one in desk.board.after(0) if one.kind == "end")
    assert read_trace(tmp_path / end.data["folder"] / "trace.jsonl")[-1]["outcome"] == "done"
    assert desk.status()["last"]["outcome"] == "done"


def test_a_stop_while_the_mind_thinks_holds(desks: list[Desk], tmp_path: Path) -> None:
    mind = ThinkingMind()
    desks.append(desk := make_desk(tmp_path, mind))
    job = desk.tell("wave")
    assert job is not None and mind.thinks.wait(10.0)
    desk.stop()
    assert desk.status()["phase"] == "stopping"
    mind.go.set()
    episode = job.result.result(20.0)
    assert episode is not None and episode.outcome == "stopped"
    # Not even the first motion was begun.
    assert np.array_equal(desk.robot.observe().arms["arm"].q, np.array(q_look()))
    # And the next instruction is done as ever.
    again = desk.tell("wave")
    assert again is not None and (done := again.result.result(20.0)) is not None and done.outcome == "done"


def test_a_stop_while_moving_brings_the_arm_to_rest(desks: list[Desk], tmp_path: Path) -> None:
    desks.append(desk := make_desk(tmp_path, skill=waves(LONG)))
    job = desk.tell("wave")
    until(lambda: "live" in kinds(desk) and not rests(desk))
    desk.stop()
    assert job is not None and (episode := job.result.result(20.0)) is not None
    assert episode.outcome == "stopped" and rests(desk)


class GrippingRobot(SlowRobot):
    """Tells when its fingers are on their way, and lets them be for a while."""

    def __init__(self) -> None:
        super().__init__(q_start=q_look())
        self.widths: list[float] = []
        self.gripping = threading.Event()

    def grip(self, arm: str, width: float, force: float) -> NumberedMotion:
        self.widths.append(width)
        self.gripping.set()
        return super().grip(arm, width, force)

    def advance(self, duration: float) -> None:
        time.sleep(duration)
        super().advance(duration)


def test_a_stop_while_the_fingers_close_leaves_them_and_the_next_task_opens_them(
    desks: list[Desk], tmp_path: Path
) -> None:
    # The fingers were opened behind the shut door: the agent's thread died of that, and nothing went on.
    robot = GrippingRobot()
    close = ScriptedSkill("wave", actions=lambda: [Grip(arm="arm", width=0.0, force=20.0)])
    desk = make_desk(tmp_path, robot=robot, skill=close)
    desks.append(desk)
    job = desk.tell("wave")
    assert job is not None and robot.gripping.wait(20.0)
    desk.stop()
    stopped = job.result.result(20.0)
    assert stopped is not None and stopped.outcome == "stopped" and robot.widths == [0.0]
    again = desk.tell("wave")
    assert again is not None
    done = again.result.result(20.0)
    assert done is not None and done.outcome == "done"
    assert robot.widths[1] > 0.01 and robot.widths[2] == 0.0


def test_the_plan_comes_first_where_that_is_wanted(desks: list[Desk], tmp_path: Path) -> None:
    desks.append(desk := make_desk(tmp_path))
    with pytest.raises(InputError, match="nothing waits"):
        desk.approve()
    job = desk.tell("wave", ask=True)
    assert job is not None
    until(lambda: desk.status()["phase"] == "asking")
    assert np.array_equal(desk.robot.observe().arms["arm"].q, np.array(q_look()))
    desk.approve()
    episode = job.result.result(20.0)
    assert episode is not None and episode.outcome == "done"


def test_a_plan_that_is_not_wanted_is_left(desks: list[Desk], tmp_path: Path) -> None:
    desks.append(desk := make_desk(tmp_path))
    job = desk.tell("wave", ask=True)
    until(lambda: desk.status()["phase"] == "asking")
    desk.stop()
    assert job is not None and (episode := job.result.result(20.0)) is not None
    assert episode.outcome == "stopped" and not episode.moved


def test_what_is_said_while_moving_stops_first_where_the_agent_hears_no_more(
    desks: list[Desk], tmp_path: Path
) -> None:
    desks.append(desk := make_desk(tmp_path, skill=waves(LONG, 2.0)))
    desk.agent.__dict__["say"] = lambda text: False
    first = desk.tell("wave")
    until(lambda: not rests(desk))
    second = desk.tell("wave again")
    assert first is not None and second is not None
    episodes = [job.result.result(20.0) for job in (first, second)]
    assert [one.outcome for one in episodes if one is not None] == ["stopped", "done"]


def test_what_is_said_while_moving_goes_to_an_agent_that_hears(desks: list[Desk], tmp_path: Path) -> None:
    desks.append(desk := make_desk(tmp_path))
    heard: list[str] = []
    desk.agent.__dict__["say"] = lambda text: not heard.append(text)
    first = desk.tell("wave")
    until(lambda: not rests(desk))
    assert desk.tell("slower") is None and heard == ["slower"]
    assert first is not None and (episode := first.result.result(20.0)) is not None
    assert episode.outcome == "done"


def test_an_answer_is_worked_into_the_instruction(desks: list[Desk], tmp_path: Path) -> None:
    mind = ScriptedMind(NeedsAnswer("which block?", ["red_block", "green_block"]))
    desks.append(desk := make_desk(tmp_path, mind))
    job = desk.tell("lift the block")
    assert job is not None and (episode := job.result.result(20.0)) is not None
    assert episode.outcome == "question"
    until(lambda: desk.status()["phase"] == "idle")
    again = desk.tell("red_block")
    assert again is not None and again.text == "lift red_block"


@pytest.mark.parametrize("text", ["", "  ", "x" * 5000, "put it\x00there"])
def test_unreadable_lines_are_refused_and_not_shown(desks: list[Desk], tmp_path: Path, text: str) -> None:
    desks.append(desk := make_desk(tmp_path))
    with pytest.raises(InputError):
        desk.tell(text)
    assert "line" not in kinds(desk)


def test_what_waits_is_bounded_and_a_stop_clears_it(desks: list[Desk], tmp_path: Path) -> None:
    mind = ThinkingMind()
    desks.append(desk := make_desk(tmp_path, mind))
    job = desk.tell("wave")
    assert job is not None and mind.thinks.wait(10.0)
    waiting = [desk.enqueue("wave") for _ in range(MOST_WAITING)]
    with pytest.raises(InputError, match="wait already"):
        desk.tell("wave")
    desk.stop()
    mind.go.set()
    assert [one.result.result(20.0) for one in waiting] == [None] * MOST_WAITING
    until(lambda: desk.status()["phase"] == "idle")


def test_closing_ends_the_thread(tmp_path: Path) -> None:
    desk = make_desk(tmp_path)
    desk.close()
    desk.close()
    assert kinds(desk)[-1] == "gone"


def test_a_stop_within_the_last_tick_is_how_it_ended(desks: list[Desk], tmp_path: Path) -> None:
    class Presser:
        def on_event(self, event: Event) -> None:
            if event.kind == "verdict":
                desks[0].stop()

        def close(self) -> None:
            pass

    desks.append(desk := make_desk(tmp_path, watchers=(Presser(),)))
    job = desk.tell("wave")
    assert job is not None and (episode := job.result.result(20.0)) is not None
    assert episode.outcome == "stopped"
