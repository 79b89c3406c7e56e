"""Talking while it moves: safe stop first, then understanding; and what becomes of the old task."""

import threading
import time

import numpy as np
import pytest
from handsel.agent.agent import Agent
from handsel.agent.conversation import Dialogue
from handsel.agent.corrections import Correction, Kind, Standing, Talk
from handsel.agent.episode import Limits
from handsel.agent.inbox import MOST, Inbox
from handsel.agent.meter import LOOP, Meter
from handsel.agent.mind import Subtask
from handsel.agent.reins import Halted, Reins
from handsel.core.causes import Cause
from handsel.core.errors import InputError, NeedsAnswer
from handsel.robots.fake import FakeRobot
from handsel.robots.robot import MotionState
from handsel.skills.skill import Submit

from .players import Notes, ScriptedMind, ScriptedPerceiver, ScriptedSkill, failing, no, q_look, stroke
from .scenes import kitchen


class Listening(ScriptedMind):
    """Understands the lines of a table, whatever was said before."""

    def __init__(self, *steps: str, lines: dict[str, Correction | Exception] | None = None):
        super().__init__(*steps)
        self.lines = lines or {}
        self.talks: list[Talk] = []
        self.heeded: list[Standing] = []

    def correct(self, line: str, talk: Talk) -> Correction:
        self.talks.append(talk)
        found = self.lines[line]
        if isinstance(found, Exception):
            raise found
        return found

    def heed(self, standing: Standing) -> None:
        self.heeded.append(standing)


class Person:
    """Says each line once a moment has come; a ``Subscriber``."""

    def __init__(self, *lines: tuple[str, int]):
        self.lines, self.joints = list(lines), 0
        self.agent: Agent | None = None

    def on_event(self, event: object) -> None:
        if getattr(event, "kind", "") != "joints":
            return
        self.joints += 1
        if self.lines and self.joints >= self.lines[0][1]:
            assert isinstance(self.agent, Agent)
            assert self.agent.say(self.lines.pop(0)[0])

    def close(self) -> None:
        pass


def waving(name: str = "wave", times: int = 1) -> ScriptedSkill:
    return ScriptedSkill(
        name, actions=lambda: [Submit(trajectory=stroke(duration=2.0)) for _ in range(times)]
    )


def talking(
    mind: ScriptedMind,
    *lines: tuple[str, int],
    patience: float = 0.0,
    skills: list[ScriptedSkill] | None = None,
) -> tuple[Agent, FakeRobot, Notes]:
    robot, notes, person = FakeRobot(q_start=q_look()), Notes(), Person(*lines)
    agent = Agent(
        robot,
        mind,
        ScriptedPerceiver(kitchen()),
        skills=skills or [waving()],
        subscribers=(notes, person),
        limits=Limits(patience=patience),
    )
    person.agent = agent
    return agent, robot, notes


def kinds(notes: Notes) -> list[str]:
    return [event.kind for event in notes.events if event.kind not in ("joints", "scene")]


def steps(*texts: str) -> tuple[Subtask, ...]:
    return tuple(Subtask(text=text) for text in texts)


def test_the_arm_rests_before_anything_is_understood() -> None:
    speeds: list[float] = []

    class Late(Listening):
        def correct(self, line: str, talk: Talk) -> Correction:
            speeds.append(float(np.abs(robot.observe().arms["arm"].v).max()))
            return super().correct(line, talk)

    line = "the other way round"
    mind = Late(
        "wave", lines={line: Correction(kinds=(Kind.NOT_THAT,), pending=steps("wave"), standing=Standing())}
    )
    agent, robot, notes = talking(mind, (line, 8))
    episode = agent.run("wave")
    assert episode.success
    assert speeds == [0.0]
    told = kinds(notes)
    assert told.index("heard") < told.index("correction") < told.index("verdict")


def test_stop_ends_the_episode_where_nobody_says_more() -> None:
    agent, robot, _ = talking(ScriptedMind("wave"), ("Stop!", 8))
    episode = agent.run("wave")
    assert (episode.outcome, episode.cause) == ("stopped", Cause.STOPPED)
    assert MotionState.RUNNING not in robot.observe().motions.values()
    assert agent.dialogue.pending, "what was to be done is kept for 'go on'"


def test_go_on_resumes_what_was_stopped() -> None:
    agent, _, notes = talking(ScriptedMind("wave"), ("stop", 8), ("ok, go on", 30), patience=5.0)
    assert agent.run("wave").success
    assert [event.data["kinds"] for event in notes.events if event.kind == "correction"] == [
        ["stop"],
        ["go_on"],
    ]


def test_a_question_does_not_let_a_stopped_arm_go_on() -> None:
    agent, _, notes = talking(ScriptedMind("wave"), ("stop", 8), ("what are you doing?", 30), patience=2.0)
    episode = agent.run("wave")
    assert episode.outcome == "stopped"
    told = [event.data for event in notes.events if event.kind == "correction"]
    assert "wave" in str(told[-1]["answer"])


def test_a_stopped_task_goes_on_in_the_next_run_of_the_dialogue() -> None:
    agent, _, _ = talking(ScriptedMind("wave"), ("stop", 8))
    assert agent.run("wave").outcome == "stopped"
    assert agent.run("go on").success


def test_slower_holds_for_the_rest_of_the_dialogue() -> None:
    skill = waving()
    agent, _, _ = talking(ScriptedMind("wave"), ("slower please", 8), skills=[skill])
    assert agent.run("wave").success
    assert [context.pace for context in skill.contexts] == [1.0, 0.5]
    assert agent.dialogue.standing.pace == 0.5
    agent.run("wave once more")
    assert skill.contexts[-1].pace == 0.5


def test_an_open_line_asks_and_waits_for_the_answer() -> None:
    lines: dict[str, Correction | Exception] = {
        "that one": NeedsAnswer("which one?", ("a", "b")),
        "b": Correction(kinds=(Kind.NOT_THAT,), pending=steps("wave"), standing=Standing()),
    }
    agent, _, notes = talking(Listening("wave", lines=lines), ("that one", 8), ("b", 30), patience=5.0)
    assert agent.run("wave").success
    assert [event.data["question"] for event in notes.events if event.kind == "ask"] == ["which one?"]


def test_nobody_answers_and_the_question_ends_the_episode() -> None:
    mind = Listening("wave", lines={"that one": NeedsAnswer("which one?", ("a", "b"))})
    episode = talking(mind, ("that one", 8))[0].run("wave")
    assert (episode.outcome, episode.cause, episode.options) == ("question", Cause.NEEDS_ANSWER, ("a", "b"))


def test_nothing_left_to_do_ends_the_episode_without_a_verdict() -> None:
    agent, _, _ = talking(ScriptedMind("wave"), ("never mind", 8))
    episode = agent.run("wave")
    assert episode.outcome == "answered" and not episode.verdicts and not agent.dialogue.pending


def test_lines_are_only_heard_while_something_is_done() -> None:
    agent, _, _ = talking(ScriptedMind("wave"))
    assert not agent.say("slower")
    assert agent.run("wave").success
    assert not agent.say("slower")


@pytest.mark.parametrize("text", ["", "x" * 3000, "\x1b[31m"])
def test_unreadable_lines_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        talking(ScriptedMind("wave"))[0].say(text)


def test_the_inbox_is_bounded_and_the_arm_rests_all_the_same() -> None:
    robot = FakeRobot(q_start=q_look())
    reins = Reins(robot)
    inbox = Inbox(reins)
    inbox.open()
    reins.execute(stroke())
    for number in range(MOST):
        assert inbox.say(f"line {number}", 0.0)
    with pytest.raises(InputError, match="wait"):
        inbox.say("one more", 0.0)
    assert reins.tight and not inbox.close()
    assert [inbox.take().text for _ in range(MOST)] == [f"line {number}" for number in range(MOST)]  # type: ignore[union-attr]
    assert inbox.take() is None and not reins.tight and inbox.close()


def test_nothing_that_moves_begins_while_the_reins_are_tight() -> None:
    reins = Reins(FakeRobot(q_start=q_look()))
    reins.pull()
    with pytest.raises(Halted):
        reins.execute(stroke())
    with pytest.raises(Halted):
        reins.grip("arm", 0.04, 10.0)
    reins.observe()
    reins.loose()
    assert reins.execute(stroke()).number >= 0


def test_a_stop_overtakes_a_loop_that_never_pauses() -> None:
    """A lock alone is not fair: the loop would take turn after turn."""
    robot = FakeRobot(q_start=q_look())
    reins, over, turns = Reins(robot), threading.Event(), [0]

    def loop() -> None:
        while not over.is_set():
            reins.advance(0.001)
            turns[0] += 1

    thread = threading.Thread(target=loop)
    thread.start()
    try:
        while not turns[0]:
            time.sleep(0.001)
        began = time.monotonic()
        reins.pull()
        reins.halt()
        took = time.monotonic() - began
    finally:
        over.set()
        thread.join()
    assert took < 0.15


def test_a_dialogue_outlives_the_agent_that_held_it() -> None:
    dialogue = Dialogue()
    robot = FakeRobot(q_start=q_look())
    for pace, line in ((0.5, "slower"), (0.25, "slower")):
        skill = waving()
        agent = Agent(
            robot, ScriptedMind("wave"), ScriptedPerceiver(kitchen()), skills=[skill], dialogue=dialogue
        )
        person = Person((line, 8))
        person.agent, agent.subscribers = agent, (person,)
        assert agent.run("wave").success
        assert skill.contexts[-1].pace == pace


def test_the_ladder_is_climbed_in_order_and_ends_with_the_cause() -> None:
    skill = ScriptedSkill(
        "wave",
        actions=lambda: [Submit(trajectory=stroke()), failing("thing_lost", "it is gone")],
        verdicts=[no("nothing is where it should be")],
    )
    agent, _, notes = talking(ScriptedMind("wave"), skills=[skill], patience=0.5)
    episode = agent.run("wave")
    assert (episode.outcome, episode.cause) == ("failed", "thing_lost")
    rungs = [event.data["rung"] for event in notes.events if event.kind == "recover"]
    assert rungs == ["re-solve", "re-solve", "ask", "give up"]


def test_time_is_booked_to_one_account_at_a_time() -> None:
    meter = Meter()

    def burn(seconds: float) -> None:
        until = time.thread_time() + seconds
        while time.thread_time() < until:
            pass

    burn(0.02)
    with meter.on("robot"):
        burn(0.01)
        with meter.on("told"):
            burn(0.03)
    assert meter.stages() == []
    assert 0.015 < meter.spent[LOOP] < 0.03
    assert 0.008 < meter.spent["robot"] < 0.02
    assert 0.028 < meter.spent["told"] < 0.045
