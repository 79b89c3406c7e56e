"""Where a stage leaves things, before it has run: so that all stages are planned before the first moves."""

from dataclasses import replace

from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..perception.scene import Scene, Thing
from ..planners.plan import StagePlan
from ..planners.situation import Held, Situation, places
from ..robots.kinematics import Kinematics
from ..robots.shapes import moved


def moved_thing(thing: Thing, X_WO: RigidTransform, on: str) -> Thing:
    """Give a thing a new place: cloud, parts and shapes go with it.

    Args:
        thing: The thing as it was seen.
        X_WO: Its new pose.
        on: What carries it there.
    """
    X_NW = X_WO @ thing.X_WO.inverse()
    return replace(
        thing,
        X_WO=X_WO,
        cloud=X_NW.multiply(thing.cloud.T).T if len(thing.cloud) else thing.cloud,
        parts={part: X_NW @ p_W for part, p_W in thing.parts.items()},
        shapes=tuple(moved(shape, X_NW) for shape in thing.shapes),
        on=on,
        inside=None,
    )


def with_thing(scene: Scene, thing: Thing) -> Scene:
    """Give the scene with a thing at its new place, added where it was not seen."""
    if all(other.name != thing.name for other in scene.things):
        return replace(scene, things=(*scene.things, thing))
    kept = tuple(thing if other.name == thing.name else other for other in scene.things)
    return replace(scene, things=kept)


def after_stage(situation: Situation, plan: StagePlan, kinematics: Kinematics) -> Situation:
    """Give the situation in which the stage that follows begins.

    Args:
        situation: Where the stage begins.
        plan: What is done in it.
        kinematics: The arm.
    """
    q_act = plan.motion.q[-1]
    q = plan.retreat.q[-1] if plan.retreat is not None else q_act
    scene = situation.scene
    let_go = situation.held if plan.held_after is None else None
    if let_go is not None:
        X_WO = kinematics.tool_pose(q_act) @ let_go.X_GO
        on = scene.table_at(X_WO.translation())
        scene = with_thing(scene, moved_thing(scene.thing(let_go.thing), X_WO, on))
    width = plan.grip[0] if plan.grip is not None else situation.width
    if plan.held_after is not None:
        width = plan.held_after.width
    return Situation(
        scene=scene,
        q=q,
        hand=situation.hand,
        width=width,
        held=plan.held_after,
        start=places(scene, situation.hand, kinematics.tool_pose(q), plan.held_after),
        origin=situation.origin,
    )


def begin(
    scene: Scene, hand: str, q: Float64, width: float, held: Held | None, kinematics: Kinematics
) -> Situation:
    """Give the situation in which a program begins.

    Args:
        scene: What is there.
        hand: The arm's name.
        q: Joint positions of the arm, shape (n,), [rad].
        width: Opening between the fingertips, [m].
        held: What the hand holds.
        kinematics: The arm.
    """
    here = places(scene, hand, kinematics.tool_pose(q), held)
    return Situation(scene=scene, q=q, hand=hand, width=width, held=held, start=here, origin=here)
