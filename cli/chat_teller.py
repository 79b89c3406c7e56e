"""Who tells what goes on in a chat, and who breaks an episode off from another thread."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from ..agent.events import Event
from .telling import told

DOING = {"scene": "looking", "subtasks": "planning", "choice": "planning", "plan": "planning"}


class Teller:
    """A subscriber that says a line an event, and knows in a few words what the arm is doing."""

    def __init__(self, say: Callable[[str], None]):
        """Tell.

        Args:
            say: Writes a line.
        """
        self._say = say
        self.doing = ""
        self.names: tuple[str, ...] = ()
        self.programs: dict[str, str] = {}
        self.rehearses = False
        self._subtask = ""

    def on_event(self, event: Event) -> None:
        """Tell of what matters to a person; keep the first program that stands of each step."""
        data: Mapping[str, Any] = event.data
        match event.kind:
            case "scene":
                self.names = tuple(thing["name"] for thing in data["things"])
            case "stage":
                self.doing = f"moving: {data['purpose'] or data['name']}"
            case "grip":
                self.doing = "moving the fingers"
            case "choice":
                self._subtask = str(data["subtask"])
            case "program":
                self.programs[self._subtask] = str(data["text"])
            case "waiting":
                self.doing = "standing aside"
            case _:
                pass
        self.doing = DOING.get(event.kind, self.doing)
        line = told(event.kind, data)
        # What is seen is worth a line once; /scene tells the rest.
        if line is not None and (event.kind != "scene" or data["why"] == "to begin"):
            word = "would" if self.rehearses and line[0] == "does" else line[0]
            self._say(f"{word:>8}  {line[1]}")

    def close(self) -> None:
        """Nothing goes on any more."""
        self.doing = ""


class Breaker:
    """A subscriber through which another thread breaks an episode off: in the loop's own, within a tick."""

    def __init__(self, interrupt: Callable[[], None]):
        """Be ready.

        Args:
            interrupt: Brings the arm to rest and lets the episode end.
        """
        self._interrupt = interrupt
        self._wanted = threading.Event()

    def pull(self) -> None:
        """Have the episode broken off."""
        self._wanted.set()

    def on_event(self, event: Event) -> None:
        """Break off, once, where that is wanted."""
        if self._wanted.is_set() and event.kind != "end":
            self._wanted.clear()
            self._interrupt()

    def close(self) -> None:
        """Nothing to close."""
