"""Where everything is at one moment, as a tracker says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydrake.math import RigidTransform

from ..core.arrays import Float64
from .strangers import Stranger

State = Literal["seen", "occluded", "held", "lost"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedThing:
    """Where a thing is now.

    Attributes:
        X_WO: Pose of its box, as in ``Thing``.
        health: Share of the evidence that agrees, 0 to 1; kept while it is hidden for a known reason.
        state: ``seen``; ``occluded``, hidden or out of view; ``held``, seen to move as the hand does;
            ``lost``, its place was seen without it.
        shift: How far it has moved by itself since it was perceived or let go, [m].
        opening: How much farther out its drawer is than when it was perceived, [m]; None where it has none,
            or where none was seen then.
    """

    X_WO: RigidTransform
    health: float
    state: State
    shift: float
    opening: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedKeypoint:
    """Where a keypoint is now.

    Attributes:
        thing: Name of its thing.
        part: Its part.
        p_W: Its position in the world, shape (3,), [m].
        state: The state of its thing.
        moves_with_hand: Whether it has been seen to move as the hand does.
    """

    thing: str
    part: str
    p_W: Float64
    state: State
    moves_with_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """Everything that is followed, at one moment.

    Attributes:
        time: Robot time of the newest picture, [s].
        things: By name.
        keypoints: By number.
        stranger: What has come into the picture and is none of the things, or None.
    """

    time: float
    things: Mapping[str, TrackedThing]
    keypoints: Mapping[int, TrackedKeypoint]
    stranger: Stranger | None = None
