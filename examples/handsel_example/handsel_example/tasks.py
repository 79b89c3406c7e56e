"""A suite of tasks: a block among other things is to be set aside."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from handsel.sim.episodes import TaskSuite
from handsel.sim.generator import Wanted, random_scene
from handsel.sim.tasks import Task
from handsel.sim.world import World


def make(kind: str, seed: int, episode: int) -> Task:
    """Draw the task of an episode; the same seed and number give the same task."""
    rng = np.random.default_rng([seed, episode])
    scene_seed = int(rng.integers(2**31))
    scene = random_scene(rng, 3, required=[Wanted("block")], name=f"aside-{seed}-{episode}", seed=scene_seed)
    block = scene.things[0]
    return Task(
        kind=kind,
        instruction=f"set the {block.color} block aside",
        scene=scene,
        target=block.id,
        judge="handsel_example.tasks:judge",
    )


def judge(world: World, task: Mapping[str, Any]) -> dict[str, Any]:
    """Measure, in the world's own process and from its truth, whether it was done."""
    world.advance(0.5)
    target = str(task["target"])
    moved = world.truth()[target].translation() - world.start_truth[target].translation()
    return {
        "success": bool(np.linalg.norm(moved - [0.0, 0.12, 0.0]) <= 0.03),
        "reason": f"{target} came {100 * moved[1]:.1f} cm to the left",
        "collisions": 0,
        "wrong_touched": 0,
        "collided": [],
        "touched": [],
    }


SUITE = TaskSuite(
    name="aside", purpose="A block is set aside.", kinds=("set_aside",), make=make, mind="aside"
)
