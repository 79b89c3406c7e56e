"""What has come into the way of a motion that runs: a thing that was moved, or what reaches in.

What reaches in is no thing of the scene: it becomes one, called ``something``, for as long as it is seen. It
keeps the room that it takes now and in the next moments, as fast as it comes.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..perception.scene import Scene, Thing
from ..perception.strangers import Stranger
from ..perception.tracking import Tracked
from ..planners.situation import Situation
from ..robots.collision import CollisionWorld, Obstacle
from ..robots.held import HeldShape
from ..robots.kinematics import Kinematics
from ..robots.shapes import Sphere
from .noticing import as_tracked
from .steps import Steps

SOMETHING = "something"
"""Name of what reaches in."""
AHEAD = (0.0, 0.25, 0.5)
"""Moments for which it keeps the room that it will take, [s]: as long as a new plan takes to be joined in."""
KEEP = 0.08
"""Distance that is kept from what reaches in, [m]: it may turn."""
STEP = 0.04
"""Time between the configurations that are looked at, [s]."""
NEAR = 0.002
"""Distance from a thing that was moved below which it is in the way, [m]."""


def with_stranger(scene: Scene, tracked: Tracked | None) -> Scene:
    """Give a scene with what reaches in as a thing of it, or without where nothing does."""
    things = tuple(thing for thing in scene.things if thing.name != SOMETHING)
    stranger = None if tracked is None else tracked.stranger
    if stranger is not None:
        things = (*things, thing_of(stranger))
    return scene if things == scene.things else replace(scene, things=things)


def scene_now(scene: Scene, steps: Steps) -> Scene:
    """Give a scene with everything where it is tracked now, and with what reaches in."""
    return with_stranger(as_tracked(scene, steps.tracked, steps.holding), steps.tracked)


def situation_now(before: Situation, steps: Steps, q: Float64) -> Situation:
    """Give a stage's situation with things, hand and fingers as they are now.

    Args:
        before: The situation as it was foreseen, or was before.
        steps: The arm.
        q: Where the arm is, or will be, shape (n,), [rad].
    """
    width = steps.state.width or 0.0
    return replace(before, scene=scene_now(before.scene, steps), q=q, width=width, held=steps.held)


def thing_of(stranger: Stranger) -> Thing:
    """Make a thing of what reaches in."""
    balls = np.concatenate([_at(stranger, time) for time in AHEAD])
    low = (balls[:, :3] - balls[:, 3:]).min(axis=0)
    high = (balls[:, :3] + balls[:, 3:]).max(axis=0)
    middle = (low + high) / 2.0
    return Thing(
        name=SOMETHING,
        kind="thing",
        color="unknown",
        X_WO=RigidTransform(middle),
        size=high - low,
        cloud=np.zeros((0, 3)),
        parts={
            "center": middle,
            "top": np.array([*middle[:2], high[2]]),
            "bottom": np.array([*middle[:2], low[2]]),
        },
        shapes=tuple(Sphere(X_WS=RigidTransform(one[:3]), radius=float(one[3])) for one in balls),
        on="",
    )


def _at(stranger: Stranger, time: float) -> Float64:
    balls = stranger.balls_W.copy()
    balls[:, :3] += time * stranger.v_W
    # What lies farther ahead is known less well.
    balls[:, 3] += KEEP
    return balls


class Ahead:
    """Whether what is left of a motion stays free; each state of things is looked at once."""

    def __init__(self) -> None:
        """Begin with nothing looked at."""
        self._looked: tuple[object, ...] = ()

    def blocked(self, do: Steps, situation: Situation, moved: tuple[str, ...]) -> tuple[str, ...]:
        """Name what has come into the way of the motion that runs.

        Args:
            do: The arm, what it follows, and where everything is.
            situation: Where the plan has everything.
            moved: Things that have moved since, but for those whose motion makes a new plan anyhow.
        """
        tracked = do.tracked
        if tracked is None or not do.moving or do.observation.time < do.began:
            return ()
        if not moved and tracked.stranger is None:
            return ()
        state = (tracked.time, do.began, moved)
        if state == self._looked:
            return ()
        self._looked = state
        scene = with_stranger(as_tracked(situation.scene, tracked, do.holding), tracked)
        names = (*moved, SOMETHING)
        return in_the_way(scene, names, do.rest(STEP), replace(situation, held=do.held), do.kinematics)


def end_taken(do: Steps, situation: Situation, q_end: Float64) -> bool:
    """Tell whether what reaches in is where a motion ends.

    Args:
        do: The arm, and where everything is.
        situation: Where the plan has everything.
        q_end: The motion's last joint positions, shape (n,), [rad].
    """
    scene = with_stranger(situation.scene, do.tracked)
    now = replace(situation, held=do.held)
    return bool(in_the_way(scene, (SOMETHING,), q_end[None], now, do.kinematics))


def in_the_way(
    scene: Scene,
    names: Sequence[str],
    rest: Float64,
    situation: Situation,
    kinematics: Kinematics,
) -> tuple[str, ...]:
    """Name the things that a motion would meet.

    Args:
        scene: Where everything is now.
        names: Which things to look at.
        rest: What is left of the motion, joint positions, shape (N, n), [rad].
        situation: What the hand holds, and how far it is open.
        kinematics: The arm.
    """
    held = situation.held
    carried = None if held is None else HeldShape.of(held.thing, held.shapes)
    found = []
    for name in names:
        if not any(thing.name == name for thing in scene.things):
            continue
        alone = CollisionWorld(
            kinematics,
            [Obstacle(name=name, shapes=scene.thing(name).shapes)],
            table_height=None,
            width=situation.width,
            held=carried,
        )
        own = [("arm", "arm"), ("hand", "arm"), ("held", "arm")]
        ignore = own if carried is not None else own[:2]
        if float(alone.clearance(rest, ignore, cap=0.1).min()) < NEAR:
            found.append(name)
    return tuple(found)
