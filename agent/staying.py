"""What has stayed where it was remains what it was: half of a can behind the arm is not a box.

One look may see a thing badly that was seen well before: the arm hides a part of it, or noise
cuts it in two. Where the tracker finds it standing as it stood, what was seen before holds.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..core.arrays import Float64
from ..perception.keypoints import number_keypoints
from ..perception.scene import Scene, Thing
from ..perception.sight import Sight
from ..perception.standing import KINDS as STANDING
from ..perception.tracked import TrackedThing
from ..skills.foresight import with_thing

HIDDEN = 0.10
"""Share of a thing's points behind the arm, in any one picture, from which it is not judged by its looks."""
STAYED = 0.01
"""A thing that moved farther by itself since is seen anew, however little is seen, [m]."""
GROWN = 0.015
"""So far beyond a thing's box may the middle of a piece of it be taken to lie, [m]."""
ELSEWHERE = 0.03
"""What is seen farther from where it was known is as good as new, [m]."""
POINTS = 300
"""At most so many of a thing's points are looked for."""


def with_staying(
    scene: Scene,
    before: Scene,
    tracked: Mapping[str, TrackedThing],
    balls_W: Float64,
    held: frozenset[str] = frozenset(),
) -> Scene:
    """Put what is seen badly now, and is known to stand where it stood, back as it was seen.

    Args:
        scene: What is perceived.
        before: What was believed.
        tracked: Where everything is by the same pictures, by name.
        balls_W: Balls that cover the arms and what they hold: (x, y, z, radius), shape (S, 4), [m].
        held: Names of what hands hold.

    Returns:
        The scene; the same one where all is seen well.
    """
    # The wrist's own camera sees from within the arm.
    sights = [Sight(frame) for frame in scene.frames if frame.camera != "wrist"]
    known = {thing.name: thing for thing in before.things}
    new = [thing for thing in scene.things if _new(thing, known.get(thing.name))]
    kept = [
        thing
        for thing in before.things
        if thing.name not in held
        and thing.kind not in STANDING
        and _stayed(tracked.get(thing.name))
        and (any(_of(piece, thing) for piece in new) or _hidden(thing, sights, balls_W))
    ]
    if not kept:
        return scene
    pieces = {piece.name for piece in new if any(_of(piece, thing) for thing in kept)}
    scene = replace(scene, things=tuple(thing for thing in scene.things if thing.name not in pieces))
    for thing in kept:
        scene = with_thing(scene, thing)
    return replace(scene, keypoints=number_keypoints(scene.things, before))


def _new(thing: Thing, was: Thing | None) -> bool:
    """Whether nothing was known where it is seen; the name of what is gone is given to what looks like it."""
    return was is None or float(np.linalg.norm(thing.center - was.center)) > ELSEWHERE


def _stayed(now: TrackedThing | None) -> bool:
    return now is not None and now.state in ("seen", "occluded") and now.shift < STAYED


def _hidden(thing: Thing, sights: list[Sight], balls_W: Float64) -> bool:
    p_W = thing.cloud[:: max(len(thing.cloud) // POINTS, 1)]
    return len(p_W) > 0 and any(sight.blocked(p_W, balls_W).mean() > HIDDEN for sight in sights)


def _of(piece: Thing, whole: Thing) -> bool:
    """Whether something that nobody knew is a piece of a thing that is known."""
    p_O = whole.X_WO.inverse() @ piece.center
    return piece.color == whole.color and bool((np.abs(p_O) < whole.size / 2.0 + GROWN).all())
