"""What happens during an episode, as a stream that anything may watch."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Protocol

from ..perception.scene import Scene
from .plain import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened.

    Attributes:
        number: Place in the episode's stream, from 0.
        time: Robot time, [s].
        wall: Seconds of wall time since the episode began.
        kind: A word for the kind of event; ``agent.trace`` lists them.
        data: JSON-ready values.
        scene: The scene that the event is about, for those who draw it; not part of the trace.
    """

    number: int
    time: float
    wall: float
    kind: str
    data: Mapping[str, object] = field(default_factory=dict)
    scene: Scene | None = None


class Subscriber(Protocol):
    """Whatever watches an episode: a trace, a console, a video, a viewer."""

    def on_event(self, event: Event) -> None:
        """Take note of an event; it is called in the loop, so it has to be quick."""
        ...

    def close(self) -> None:
        """Finish; called once, when the episode has ended in any way."""
        ...


class Stream:
    """Numbers events and hands them to every subscriber; it is the ``Recorder`` of skills."""

    def __init__(
        self,
        subscribers: Sequence[Subscriber],
        clock: Callable[[], float],
        telling: Callable[[], AbstractContextManager[None]] = nullcontext,
    ):
        """Start a stream.

        Args:
            subscribers: Who watches.
            clock: Gives the robot time, [s].
            telling: What is entered while subscribers are told.
        """
        self._telling = telling
        self._subscribers = tuple(subscribers)
        self._clock = clock
        self._began = time.monotonic()
        self._count = 0

    @property
    def wall(self) -> float:
        """Seconds of wall time since the stream began."""
        return time.monotonic() - self._began

    def record(self, kind: str, **data: object) -> None:
        """Tell of something.

        Args:
            kind: A word for the kind of event.
            data: Values that ``plain`` has a form for.
        """
        self.tell(kind, data)

    def tell(self, kind: str, data: Mapping[str, object], scene: Scene | None = None) -> None:
        """Tell of something that may have a scene with it."""
        with self._telling():
            ready = {name: plain(value) for name, value in data.items()}
            event = Event(
                number=self._count, time=self._clock(), wall=self.wall, kind=kind, data=ready, scene=scene
            )
            self._count += 1
            for subscriber in self._subscribers:
                subscriber.on_event(event)

    def close(self) -> None:
        """Tell every subscriber that no more events come."""
        for subscriber in self._subscribers:
            subscriber.close()
