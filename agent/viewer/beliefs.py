"""Where things, their points and the hands are, as the events of a run tell it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ...planners.expressions import PointRef
from ..report.read_trace import read_pose


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """A thing as it was seen.

    Attributes:
        told: The thing as the event has it.
        X_WO: Pose when it was seen.
        parts: Its points by part name, each p_O, shape (3,), [m].
        numbers: Keypoint number of those parts that have one.
    """

    told: Mapping[str, Any]
    X_WO: RigidTransform
    parts: Mapping[str, Float64]
    numbers: Mapping[str, int]


class Beliefs:
    """Follows things from scene to scene, and with the hand in between."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.things: dict[str, Believed] = {}
        self.poses: dict[str, RigidTransform] = {}
        self.tools: dict[str, RigidTransform] = {}
        self.held: dict[str, str] = {}
        self._grips: dict[str, RigidTransform] = {}
        self._then: dict[str, dict[tuple[str | None, str], Float64]] = {"start": {}, "origin": {}}

    def see(self, scene: Mapping[str, Any]) -> None:
        """Take over a scene, as the event of a look tells it."""
        numbers: dict[str, dict[str, int]] = {}
        for keypoint in scene["keypoints"]:
            numbers.setdefault(keypoint["thing"], {})[keypoint["part"]] = int(keypoint["number"])
        self.things = {}
        for told in scene["things"]:
            X_WO = read_pose(told["X_WO"])
            self.things[told["name"]] = Believed(
                told=told,
                X_WO=X_WO,
                parts={part: X_WO.inverse() @ np.array(p, dtype=float) for part, p in told["parts"].items()},
                numbers=numbers.get(told["name"], {}),
            )
        self.poses = {name: thing.X_WO for name, thing in self.things.items()}
        # What a hand holds was put where the hand has it: the grip is taken anew.
        self._grips = {}

    def move(self, thing: str, X_WO: RigidTransform) -> None:
        """Put a thing elsewhere; what was never seen stays unknown."""
        if thing in self.poses:
            self.poses[thing] = X_WO

    def sense(self, arm: str, X_WG: RigidTransform, held: str | None) -> str | None:
        """Take over where a hand is.

        Args:
            arm: Whose.
            X_WG: Its tool pose.
            held: Thing in it.

        Returns:
            Name of the thing that moved with it; what two hands hold goes with the first.
        """
        self.tools[arm] = X_WG
        if held is None or held not in self.poses:
            self.held.pop(arm, None)
            self._grips.pop(arm, None)
            return None
        if self.held.get(arm) != held or arm not in self._grips:
            self.held[arm] = held
            self._grips[arm] = X_WG.inverse() @ self.poses[held]
        if next(name for name, thing in self.held.items() if thing == held) != arm:
            self._grips[arm] = X_WG.inverse() @ self.poses[held]
            return None
        self.poses[held] = X_WG @ self._grips[arm]
        return held

    def remember(self, when: str) -> None:
        """Keep where every point is now, as ``start`` of a stage or ``origin`` of a program."""
        points: dict[tuple[str | None, str], Float64] = {
            (name, part): self.poses[name] @ p_O
            for name, thing in self.things.items()
            for part, p_O in thing.parts.items()
        }
        for arm, X_WG in self.tools.items():
            points[None, arm] = np.array(X_WG.translation())
        self._then[when] = points

    def point(self, ref: PointRef) -> Float64 | None:
        """Give where a point is, p_W, shape (3,), [m]; None where that is not known."""
        if ref.when != "now":
            return self._then[ref.when].get((ref.thing, ref.part))
        if ref.thing is None:
            tool = self.tools.get(ref.part)
            return None if tool is None else np.array(tool.translation())
        thing = self.things.get(ref.thing)
        p_O = None if thing is None else thing.parts.get(ref.part)
        return None if p_O is None else self.poses[ref.thing] @ p_O
