"""What a stage counts on, and what of it has moved or is gone, by what is tracked."""

import numpy as np

from ..perception.scene import Scene
from ..perception.tracking import Tracked
from ..planners import subgoal
from ..planners.expressions import points_of
from ..planners.grasps import stands
from ..planners.lift import judge, points_in
from ..planners.problem import bind, build
from ..planners.program import Region, Stage
from ..planners.settings import Settings
from ..planners.situation import Situation
from ..robots.kinematics import Kinematics
from .foresight import moved_thing, with_thing

MOVED = 0.01
"""A thing this far from where a plan has it makes the plan void, [m]."""


def spoken_of(stage: Stage) -> tuple[str, ...]:
    """Name the things that a stage speaks of, each once."""
    names = [ref.thing for ref in points_in((*stage.goals, *stage.along))]
    names += [act.thing for act in (*stage.grasps, *stage.releases, *stage.avoid, *stage.slow)]
    targets = [one.target for one in (*stage.toward, *stage.face)]
    regions = [one.region for one in (*stage.avoid_regions, *stage.slow_regions)]
    regions += [one.where for one in (*stage.face, *stage.grip) if one.where is not None]
    regions += [target for target in targets if isinstance(target, Region)]
    names += [region.thing for region in regions]
    points = [target for target in targets if not isinstance(target, Region)]
    points += [point for region in regions for point in (region.point, region.nearest) if point is not None]
    names += [ref.thing for ref in points_of(points)]
    return tuple(dict.fromkeys(name for name in names if name not in (None, "table")))


def displaced(scene: Scene, tracked: Tracked | None, held: str | None) -> dict[str, float]:
    """Say which things are seen elsewhere than a scene has them, and by how much, [m].

    Furniture and what the hand holds are left out: the one stays, the other is where the hand is.

    Args:
        scene: Where a plan has everything.
        tracked: Where everything is, or None where nothing is tracked.
        held: What the hand holds.
    """
    found: dict[str, float] = {}
    for thing in scene.things:
        now = None if tracked is None else tracked.things.get(thing.name)
        if now is None or now.state != "seen" or thing.name == held or stands(thing):
            continue
        away = float(np.linalg.norm(now.X_WO.translation() - thing.X_WO.translation()))
        if away > MOVED:
            found[thing.name] = away
    return found


def in_words(away: dict[str, float]) -> str:
    """Say what has moved and by how much; nothing where nothing has."""
    return " and ".join(f"{name} was moved by {100 * by:.0f} cm" for name, by in away.items())


def lost(tracked: Tracked | None, names: tuple[str, ...], held: str | None) -> tuple[str, ...]:
    """Name the things that are no longer where they were, and not seen elsewhere."""
    if tracked is None:
        return ()
    return tuple(
        name
        for name in names
        if name != held and name in tracked.things and tracked.things[name].state == "lost"
    )


def as_tracked(scene: Scene, tracked: Tracked | None, held: str | None) -> Scene:
    """Give a scene with everything that has moved where it is now."""
    for name in displaced(scene, tracked, held):
        assert tracked is not None, "what is displaced is tracked"
        thing = scene.thing(name)
        scene = with_thing(scene, moved_thing(thing, tracked.things[name].X_WO, thing.on))
    return scene


def ends_here(stage: Stage, now: Situation, kinematics: Kinematics, settings: Settings) -> bool:
    """Say whether a stage that has goals alone is where it should end already, proven as its plan was.

    Args:
        stage: The stage.
        now: Where the arm and the things are.
        kinematics: The arm.
        settings: The planner's numbers.
    """
    if stage.grasps or stage.toward:
        return False
    return subgoal.measure(build(stage, now, kinematics, settings), now.q).proves()


def begins(stage: Stage, planned: Situation, now: Situation, kinematics: Kinematics) -> str:
    """Say why a stage cannot begin from a situation, or nothing where it can.

    Args:
        stage: The stage.
        planned: Where it was meant to begin; the hand has to hold the same.
        now: Where it would begin; its path constraints have to hold there.
        kinematics: The arm.
    """
    wanted, holding = (None if one.held is None else one.held.thing for one in (planned, now))
    if wanted != holding:
        return f"the hand holds {holding or 'nothing'}, not {wanted or 'nothing'}"
    if not stage.along:
        return ""
    points = bind(stage.along, now).points
    X_WG = kinematics.tool_pose(now.q)
    places = dict(zip(points.refs, points.at(X_WG.rotation().matrix(), X_WG.translation()), strict=True))
    for met in judge(stage.along, places.__getitem__):
        if not met.met:
            return f"{met.relation.text} does not hold"
    return ""
