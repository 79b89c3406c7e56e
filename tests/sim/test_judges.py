"""Judges tell what is true: worlds that start in the state to be judged."""

import pytest
from handsel.sim.judges import judge
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.tasks import Task
from handsel.sim.world import World

BLOCK = ThingSpec(id="red_block", kind="block", color="red", x=0.45, y=-0.1)
OTHER = ThingSpec(id="blue_block", kind="block", color="blue", x=0.55, y=0.1)
BOWL = ThingSpec(id="bowl", kind="bowl", color="green", x=0.5, y=0.2)
PLATE = ThingSpec(id="plate", kind="plate", color="white", x=0.6, y=-0.2)


def verdict(kind: str, target: ThingSpec, reference: ThingSpec | None, *others: ThingSpec) -> dict:
    things = tuple(thing for thing in (reference, *others, target) if thing is not None)
    scene = SceneSpec(name="judged", things=things)
    task = Task(
        kind=kind,
        instruction="",
        scene=scene,
        target=target.id,
        reference=reference.id if reference else None,
    )
    return judge(World(scene), task.to_dict())


def placed(thing: ThingSpec, on: ThingSpec) -> ThingSpec:
    return ThingSpec(id=thing.id, kind=thing.kind, color=thing.color, x=on.x, y=on.y, on=on.id)


@pytest.mark.parametrize(("kind", "reference"), [("put_in", BOWL), ("put_on", PLATE), ("stack", OTHER)])
def test_a_thing_that_is_there_counts_and_one_beside_does_not(kind, reference):
    there = verdict(kind, placed(BLOCK, reference), reference)
    beside = verdict(kind, BLOCK, reference)
    assert there["success"], there["reason"]
    assert not beside["success"]
    assert there["collisions"] == there["wrong_touched"] == beside["collisions"] == 0


def test_a_thing_on_the_table_is_not_picked_up():
    assert not verdict("pick", BLOCK, None)["success"]


def test_next_to_asks_that_the_thing_was_moved_there():
    near = ThingSpec(id="red_block", kind="block", color="red", x=0.55, y=0.18)
    assert not verdict("next_to", near, OTHER)["success"]
