"""Where a stage leaves things: what each hand holds, and where everything is, before it has run."""

from collections.abc import Mapping
from dataclasses import replace

from ...core.arrays import Float64
from ...perception.scene import Scene, Thing
from ...robots.arm_group import ArmGroup
from ..program import Stage
from ..situation import Held
from .situation import ArmsSituation, HandState, arm_places, placed


def advanced(
    situation: ArmsSituation,
    stage: Stage,
    q: Float64,
    group: ArmGroup,
    *,
    taken: Mapping[str, Held] | None = None,
    opened: Mapping[str, float] | None = None,
    q_after: Float64 | None = None,
) -> ArmsSituation:
    """Give the situation in which the stage that follows begins.

    Args:
        situation: Where the stage begins.
        stage: What is done in it.
        q: Joint positions of all arms when its acts are done, shape (n,), [rad].
        group: The arms.
        taken: What each hand that grasps holds then.
        opened: Openings of the hands that let go, [m].
        q_after: Joint positions after the ways back, shape (n,), [rad]; ``q`` where there are none.
    """
    acts, after = group.split(q), group.split(q if q_after is None else q_after)
    gets, wide = taken or {}, opened or {}
    lets_go = {one.hand for one in stage.releases}
    hands: dict[str, HandState] = {}
    for name, hand in situation.hands.items():
        held = None if name in lets_go else gets.get(name, hand.held)
        width = wide.get(name, hand.width) if held is None else held.width
        hands[name] = HandState(q=after[name], width=width, held=held)
    scene = situation.scene
    still = {hand.held.thing for hand in hands.values() if hand.held is not None}
    for name in lets_go:
        held = situation.hands[name].held
        if held is not None and held.thing not in still:
            X_WO = group.arms[name].tool_pose(acts[name]) @ held.X_GO
            scene = with_placed(scene, placed(scene.thing(held.thing), X_WO, "table"))
    return ArmsSituation(
        scene=scene, hands=hands, start=arm_places(scene, hands, group), origin=situation.origin
    )


def with_placed(scene: Scene, thing: Thing) -> Scene:
    """Give the scene with a thing at its new place."""
    return replace(scene, things=tuple(thing if one.name == thing.name else one for one in scene.things))


def as_it_is(situation: ArmsSituation, group: ArmGroup) -> Scene:
    """Give the scene with every held thing where its hand has it."""
    scene = situation.scene
    for held in situation.carried.values():
        scene = with_placed(scene, situation.thing_now(held.thing, group))
    return scene
