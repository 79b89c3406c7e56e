"""Events of an episode as a page shows them: without what only a machine reads, motion ten times a second."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...agent.events import Event
from .board import Board

LIVE_EVERY = 0.1
"""Robot time between two messages of motion, [s]."""
WHOLE = {
    "subtasks": ("texts",),
    "choice": ("subtask", "attempt", "rows", "method", "count"),
    "program": ("text", "number"),
    "refusal": ("by", "reason"),
    "stage": ("index", "name", "purpose"),
    "replan": ("cause", "reason", "index", "name"),
    "waiting": ("stage", "reason"),
    "grasped": ("thing",),
    "released": ("thing",),
    "trouble": ("cause", "reason"),
    "thing_moved": ("thing", "by"),
    "thing_lost": ("thing",),
    "failure": ("cause", "reason"),
    "verdict": ("subtask", "success", "reason", "by"),
}
"""What is kept of events that are shown as they are."""
PLAN = ("index", "stage", "purpose", "act", "relations", "clearance", "clearances", "between", "duration")
MOST_TEXT = 20_000
"""Most characters of one text."""


class Digest:
    """A subscriber that puts on the board what people look at."""

    def __init__(self, board: Board, run: int):
        """Digest one run.

        Args:
            board: Where the messages go.
            run: The run's number.
        """
        self._board, self._run = board, run
        self._last: dict[str, float] = {}
        self._plans: dict[int, Mapping[str, Any]] = {}
        self._stage: int | None = None
        self._began = 0.0

    def on_event(self, event: Event) -> None:
        """Show what matters."""
        data: Mapping[str, Any] = event.data
        match event.kind:
            case "scene":
                self._post("scene", event, why=data["why"], **scene_message(data))
            case "plan":
                self._plans[int(data["index"])] = data
                self._post("plan", event, **{key: data.get(key) for key in PLAN})
            case "joints":
                self._live(event)
            case "move":
                self._stage = None
            case kind if kind in WHOLE:
                if kind == "stage":
                    self._stage, self._began = int(data["index"]), event.time
                if kind in ("choice", "released"):
                    # What follows, a retreat or a look, is not the stage's own way.
                    self._stage = None
                self._post(kind, event, **{key: _short(data.get(key)) for key in WHOLE[kind]})
            case _:
                pass

    def close(self) -> None:
        """Nothing to close."""

    def _live(self, event: Event) -> None:
        """Show where a hand is: how far from its way and from its stage's end."""
        data: Mapping[str, Any] = event.data
        arm = str(data.get("arm", "arm"))
        if event.time - self._last.get(arm, -1.0) < LIVE_EVERY - 1e-9:
            return
        self._last[arm] = event.time
        told = {"arm": arm, "p": data["X_WG"]["p"], "width": data["width"], "held": data["held"]}
        plan = None if self._stage is None else self._plans.get(self._stage)
        way = way_of(plan, arm)
        if way is not None:
            p = np.asarray(data["X_WG"]["p"])
            told |= {
                "stage": self._stage,
                "since": round(event.time - self._began, 3),
                "off": round(off_way(p, way), 5),
                "to_go": round(float(np.linalg.norm(way[-1] - p)), 5),
            }
        self._post("live", event, **told)

    def _post(self, kind: str, event: Event, **data: Any) -> None:
        self._board.post(kind, run=self._run, t=round(event.time, 3), **data)


def scene_message(scene: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a page shows of a scene.

    Args:
        scene: What ``agent.plain.scene_json`` made.
    """
    things = [
        {
            "name": one["name"],
            "kind": one["kind"],
            "color": one["color"],
            "center": one["parts"]["center"],
            "size": one["size"],
            "on": one["on"],
            "inside": one["inside"],
            "confidence": one["confidence"],
            "doubts": one["doubts"],
        }
        for one in scene["things"]
    ]
    return {"things": things, "keypoints": len(scene["keypoints"]), "warnings": scene["warnings"]}


def way_of(plan: Mapping[str, Any] | None, arm: str) -> np.ndarray | None:
    """Give the way that a plan has for an arm's tool, shape (N, 3), [m]; None where there is none.

    Args:
        plan: What the event of a plan told, or None.
        arm: The arm's name.
    """
    told = None if plan is None else plan.get("p_WG")
    if isinstance(told, Mapping):
        told = told.get(arm)
    return np.asarray(told, np.float64) if isinstance(told, list) and len(told) > 1 else None


def off_way(p: np.ndarray, way: np.ndarray) -> float:
    """Give a point's distance from a broken line, [m].

    Args:
        p: The point, shape (3,), [m].
        way: The line's corners, shape (N, 3), N at least 2, [m].
    """
    start, along = way[:-1], np.diff(way, axis=0)
    length = np.maximum(np.einsum("ij,ij->i", along, along), 1e-18)
    share = np.clip(np.einsum("ij,ij->i", p - start, along) / length, 0.0, 1.0)
    return float(np.linalg.norm(start + share[:, None] * along - p, axis=1).min())


def _short(value: Any) -> Any:
    return value[:MOST_TEXT] if isinstance(value, str) else value
