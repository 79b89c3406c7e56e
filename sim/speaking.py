"""A person who says things while the arm moves: at moments of the episode, from a thread of their own."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from ..agent.events import Event
from .faults import Stop

EARLIEST, LATEST = 0.2, 0.7
"""When something is said, as a share of the motion that it falls into."""
BEFORE = 0.3
"""*Just before release* is so long before the motion that brings the thing ends, [s]."""
THINKS = 0.8
"""How long the arm has been at rest when the person says more, [s]."""
SPREAD = 0.1
"""A line ends up to so much later, wherever the loop is then, [s]."""
STILL = 0.02
"""Slower than this an arm stands, [rad/s]."""
WHENS = ("idle", "moving", "moving, 1 s in", "holding", "just after grasp", "just before release")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Something that a person is going to say.

    Attributes:
        when: One of ``WHENS``; ``idle`` is while the arm stands and waits, or after all was done.
        text: The words.
    """

    when: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Something that was said while an instruction was carried out.

    Attributes:
        text: The words.
        wall: The machine's monotonic clock at the line's end, [s].
        heard: Whether it was taken; if not, nothing was carried out any more.
    """

    text: str
    wall: float
    heard: bool


class Hearer(Protocol):
    """Whoever is spoken to."""

    def say(self, text: str) -> bool:
        """Hear a line; False where nothing is carried out."""
        ...


@dataclass(slots=True, kw_only=True)
class Speaker:
    """Says the lines of a dialogue in their order; it is a ``Subscriber``.

    Attributes:
        lines: What is still to be said.
        rng: Draws the moments.
        hearer: Whom it is said to; set before the episode begins.
        spoken: What was said.
        asked: What the person was asked.
        late: Lines whose moment did not come before the robot had done everything; they are said then.
    """

    lines: list[Said]
    rng: np.random.Generator
    hearer: Hearer | None = None
    spoken: list[Spoken] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    _plans: dict[int, tuple[str, float]] = field(default_factory=dict)
    _due: float | None = None
    _since: float | None = None
    _waits: bool = False
    _thread: threading.Thread | None = None

    def on_event(self, event: Event) -> None:
        """Wait for the next line's moment."""
        data: Mapping[str, Any] = event.data
        match event.kind:
            case "begin":
                self._due, self._since, self._waits = None, None, False
            case "plan":
                self._plans[int(data["index"])] = (str(data["act"]), float(data["duration"]))
            case "stage":
                self._begins(event.time, *self._plans.get(int(data["index"]), ("", 0.0)))
            case "grasped" if self._next == "just after grasp":
                self._due = event.time
            case "ask":
                self.asked.append(str(data["question"]))
                self._waits = True
            case "correction":
                self._waits, self._since = bool(data["rests"]), None
            case "joints":
                self._look(event.time, float(np.abs(data["v"]).max()))
            case _:
                pass

    def close(self) -> None:
        """Wait until what was begun to be said is said."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def after(self) -> str | None:
        """Give what is said when an episode is over: what was not heard in it, else the next line."""
        if self.spoken and not self.spoken[-1].heard:
            return self.spoken.pop().text
        if not self.lines:
            return None
        line = self.lines.pop(0)
        if line.when != "idle":
            self.late.append(line.text)
        return line.text

    @property
    def _next(self) -> str:
        return self.lines[0].when if self.lines else ""

    def _begins(self, now: float, act: str, duration: float) -> None:
        """Choose the moment within a motion."""
        share = float(self.rng.uniform(EARLIEST, LATEST)) * duration
        match self._next:
            case "moving":
                self._due = now + share
            case "moving, 1 s in":
                self._due = now + min(1.0, share)
            case "holding" if act.startswith("release"):
                self._due = now + share
            case "just before release" if act.startswith("release"):
                self._due = now + max(share, duration - BEFORE)
            case "just after grasp":
                pass
            case _:
                self._due = None

    def _look(self, now: float, speed: float) -> None:
        if self._due is not None and now >= self._due:
            self._say()
        if not self._waits or self._next != "idle":
            return
        self._since = (now if self._since is None else self._since) if speed < STILL else None
        if self._since is not None and now >= self._since + THINKS:
            self._say()

    def _say(self) -> None:
        """Say the next line, as a person does: while the loop goes on, and not in step with it."""
        self._due, self._since = None, None
        self.close()
        later = float(self.rng.uniform(0.0, SPREAD))
        self._thread = threading.Thread(target=self._speak, args=(self.lines.pop(0).text, later), daemon=True)
        self._thread.start()

    def _speak(self, text: str, later: float) -> None:
        assert self.hearer is not None, "somebody is spoken to"
        time.sleep(later)
        ended = time.monotonic()
        self.spoken.append(Spoken(text=text, wall=ended, heard=self.hearer.say(text)))


def latencies(spoken: list[Spoken], stops: tuple[Stop, ...]) -> list[float]:
    """Give, for each line that was heard while the arm moved, the time until it was told to brake, [s].

    A stop is braked for from the robot's next step on.

    Args:
        spoken: What was said.
        stops: When the robot was told to stop, by the same clock.
    """
    found = []
    for line in spoken:
        later = [stop for stop in stops if stop.wall >= line.wall]
        first = min(later, key=lambda stop: stop.wall, default=None)
        if line.heard and first is not None and first.speed > STILL:
            found.append(first.wall - line.wall)
    return found
