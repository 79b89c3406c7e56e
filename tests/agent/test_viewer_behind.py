"""The watcher behind the loop: bounded, off the loop's thread, and never the run's end."""

import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from handsel.agent.agent import Agent
from handsel.agent.events import Event
from handsel.agent.viewer.behind import Behind
from handsel.agent.viewer.live import LivePage
from handsel.core.errors import InputError
from handsel.robots.fake import FakeRobot
from handsel.skills.skill import Submit

from .players import Notes, ScriptedMind, ScriptedPerceiver, ScriptedSkill, q_look, stroke
from .scenes import make_scene, make_thing


def event(number: int, kind: str = "joints") -> Event:
    return Event(number=number, time=0.0, wall=0.0, kind=kind)


@dataclass
class Slow(Notes):
    """Waits at its first event until it is let go."""

    begun: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def on_event(self, event: Event) -> None:
        self.begun.set()
        assert self.go.wait(10.0), "somebody lets it go"
        super().on_event(event)


class Broken(Notes):
    """Fails at the third event."""

    def on_event(self, event: Event) -> None:
        super().on_event(event)
        if len(self.events) == 3:
            raise ValueError("no picture\ntoday")


def test_events_arrive_in_order_on_another_thread() -> None:
    told: list[str] = []
    seen: list[str] = []

    class Where(Notes):
        def on_event(self, event: Event) -> None:
            seen.append(threading.current_thread().name)
            super().on_event(event)

    with Behind(Where, notice=told.append, name="view") as behind:
        notes = Where()
        for number in range(50):
            behind.on_event(event(number))
        behind.close()
    assert seen == ["view"] * 50 and told == [] and behind.dropped == 0 and not notes.events


def test_the_queue_is_bounded_and_late_pictures_go_first() -> None:
    slow, told = Slow(), []
    behind = Behind(lambda: slow, notice=told.append, most=8)
    behind.on_event(event(0, "begin"))
    assert slow.begun.wait(10.0)
    behind.on_event(event(1, "scene"))
    for number in range(2, 1000):
        behind.on_event(event(number))
        assert len(behind._waiting) <= 8
    behind.on_event(event(1000, "plan"))
    slow.go.set()
    behind.end()
    assert [one.number for one in slow.events] == [0, 1, 994, 995, 996, 997, 998, 999, 1000][
        -len(slow.events) :
    ]
    assert slow.kinds()[:2] == ["begin", "scene"] and slow.kinds()[-1] == "plan"
    assert behind.dropped == 1001 - len(slow.events)
    assert len(told) == 1 and str(behind.dropped) in told[0]


def test_without_late_pictures_the_oldest_goes() -> None:
    slow, told = Slow(), []
    behind = Behind(lambda: slow, notice=told.append, most=2)
    behind.on_event(event(0, "begin"))
    assert slow.begun.wait(10.0)
    for number in (1, 2, 3):
        behind.on_event(event(number, "scene"))
    slow.go.set()
    behind.end()
    assert [one.number for one in slow.events] == [0, 2, 3] and behind.dropped == 1


def test_a_failure_ends_the_viewer_with_one_notice() -> None:
    broken, told = Broken(), []
    behind = Behind(lambda: broken, notice=told.append, name="viewer")
    for number in range(20):
        behind.on_event(event(number))
    behind.end()
    behind.on_event(event(99))
    behind.close()
    assert len(broken.events) == 3 and not behind.alive and not behind._waiting
    assert told == ["the viewer has ended, the run goes on: ValueError: no picture today"]


def test_what_cannot_begin_is_told_where_it_was_asked_for() -> None:
    def make() -> Notes:
        raise InputError("no port")

    with pytest.raises(InputError, match="no port"):
        Behind(make, notice=pytest.fail)


def test_a_viewer_that_raises_does_not_end_the_run() -> None:
    scene = make_scene(make_thing("red_block", 0.5, 0.0))
    broken, notes, told = Broken(), Notes(), []
    skill = ScriptedSkill("wave", actions=lambda: [Submit(trajectory=stroke())])
    with Behind(lambda: broken, notice=told.append) as behind:
        agent = Agent(
            FakeRobot(q_start=q_look()),
            ScriptedMind("wave"),
            ScriptedPerceiver(scene),
            skills=(skill,),
            subscribers=(behind, notes),
        )
        episode = agent.run("wave")
    assert episode.success and notes.kinds()[-1] == "end" and notes.closed == 1
    assert len(told) == 1 and len(broken.events) == 3


def test_a_page_stands_for_several_episodes_and_ends() -> None:
    told: list[str] = []
    page = LivePage(notice=told.append)
    assert page.address.startswith("http://127.0.0.1:")
    port = int(page.address.rsplit(":", 1)[1])
    with pytest.raises(InputError, match=f"port {port}"):
        LivePage(port, notice=told.append)
    page.close()
    page.on_event(event(1, "choice"))
    assert page.alive
    page.end()
    assert not page.alive and len(told) == 1, "an event without its data is a failure, and told"


LIVES_AND_ENDS = """
import gc
from tests_told import told
from handsel.agent.viewer.live import LivePage

page = LivePage(notice=print)
for event in told():
    page.on_event(event)
page.end()
assert not page._thread.is_alive()
gc.collect()
print("ended well", page.dropped)
"""


def test_a_page_with_an_arm_ends_without_taking_the_process_along(tmp_path: Path) -> None:
    """Meshcat aborts where it is destroyed by another thread than its own."""
    here = Path(__file__).parent
    names = ("players", "scenes", "viewer_events")
    for name in names:
        text = (here / f"{name}.py").read_text().replace("from .", "from ")
        (tmp_path / f"{name}.py").write_text(text)
    (tmp_path / "tests_told.py").write_text("from viewer_events import told as told\n")
    (tmp_path / "lives.py").write_text(LIVES_AND_ENDS)
    ran = subprocess.run(
        [sys.executable, "lives.py"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0 and "ended well 0" in ran.stdout, ran.stderr[-2000:]
