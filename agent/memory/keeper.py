"""The subscriber that writes an episode into the memory while it happens."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..events import Event
from .likeness import names_in
from .mark import MARK
from .records import HAND
from .store import Store
from .writing import things_text

MOVED = 0.02
"""A thing that is this much elsewhere afterwards was moved, [m]: well above what looks differ by."""

Thing = Mapping[str, Any]


class Keeper:
    """Keeps what was said, seen and done; the store is the caller's and outlives the episode."""

    def __init__(self, store: Store):
        """Watch for a store.

        Args:
            store: Where to; one that may be written.
        """
        self._store = store
        self._episode = 0
        self._forget()

    def _forget(self) -> None:
        self._now: dict[str, Thing] = {}
        self._before: dict[str, Thing] = {}
        self._choice: Mapping[str, Any] | None = None
        self._program = ""
        self._taken: list[str] = []
        self._held: set[str] = set()

    def on_event(self, event: Event) -> None:
        """Write down what counts; every event is in the file when this returns."""
        data: Mapping[str, Any] = event.data
        match event.kind:
            case "begin":
                self._forget()
                self._episode = self._store.begin(
                    data["instruction"],
                    robot=data["robot"]["name"],
                    mind=data["mind"],
                    perceiver=data["perceiver"],
                    seed=int(data["seed"]),
                )
            case "scene":
                self._now = {thing["name"]: thing for thing in data["things"]}
                self._store.look(self._episode, event.time, data["why"], things_text(data["things"]))
            case "subtasks":
                self._store.plan(self._episode, data["texts"])
            case "choice":
                self._choose(data)
            case "program":
                self._program = _own(str(data["text"]))
            case "refusal":
                self._program = ""
            case "grasped":
                self._taken.append(data["thing"])
                self._held.add(data["thing"])
            case "released":
                self._held.discard(data["thing"])
            case "verdict":
                self._judged(bool(data["success"]), str(data["reason"]))
            case "heard":
                self._store.say(self._episode, "person", str(data["text"]))
            case "ask":
                self._store.say(self._episode, "robot", str(data["question"]))
            case "end":
                self._end(data)
            case _:
                pass

    def close(self) -> None:
        """Nothing to close: the next episode goes into the same store."""

    def _choose(self, data: Mapping[str, Any]) -> None:
        # What is still in a hand stood where it did before the first try.
        if not data["attempt"] or not self._held:
            self._before = dict(self._now)
        self._choice, self._program, self._taken = data, "", []

    def _judged(self, success: bool, reason: str) -> None:
        """Write what a try moved, and the program that it followed."""
        if self._choice is None:
            return
        _, arguments = self._chosen()
        for name in dict.fromkeys([*self._taken, *filter(None, [arguments.get("thing")])]):
            before, after = self._before.get(name), self._now.get(name)
            if before is not None and _moved(before, after):
                self._act(name, before, after, success, reason)
        if self._program:
            subtask = str(self._choice["subtask"])
            names = names_in(subtask, self._before)
            self._store.program(
                self._episode,
                subtask=subtask,
                names=names,
                things=things_text(self._before.values()),
                text=self._program,
                success=success,
            )
        self._choice = None

    def _act(self, name: str, before: Thing, after: Thing | None, success: bool, reason: str) -> None:
        assert self._choice is not None, "an act follows a choice"
        skill, arguments = self._chosen()
        self._store.act(
            self._episode,
            subtask=str(self._choice["subtask"]),
            skill=skill,
            arguments=arguments,
            thing=name,
            seen=things_text([before] if after is None else [before, after]),
            success=success,
            reason=reason,
        )

    def _end(self, data: Mapping[str, Any]) -> None:
        """Write how it ended; what a hand took and holds on to without a verdict is not forgotten."""
        if self._choice is not None:
            for name in sorted(self._held & set(self._taken) & set(self._before)):
                held = {**self._before[name], "on": HAND, "inside": None}
                self._act(name, self._before[name], held, False, data["reason"])
        self._choice = None
        self._store.end(self._episode, data["outcome"], data["reason"])

    def _chosen(self) -> tuple[str, dict[str, str]]:
        """Give the skill that was chosen: the table's first row."""
        assert self._choice is not None, "there was a choice"
        rows = self._choice["rows"]
        return (str(rows[0]["skill"]), dict(rows[0]["arguments"])) if rows else ("", {})


def _moved(before: Thing, after: Thing | None) -> bool:
    if after is None:
        return True
    away = float(np.linalg.norm(np.subtract(after["X_WO"]["p"], before["X_WO"]["p"])))
    return away > MOVED or (after["on"], after["inside"]) != (before["on"], before["inside"])


def _own(text: str) -> str:
    """Give a program without the line that says that it was remembered."""
    first, _, rest = text.partition("\n")
    return rest if first.startswith(MARK) else text
