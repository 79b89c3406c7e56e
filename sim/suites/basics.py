"""``basics``: one thing is picked up or brought to another, in a random scene of four to eight things."""

from typing import NamedTuple

import numpy as np

from ..episodes import TaskSuite
from ..generator import Wanted, random_scene
from ..tasks import Task


class _Kind(NamedTuple):
    """A kind of task: its words, and what may be the target and the reference."""

    words: str
    targets: tuple[str, ...]
    references: tuple[str, ...] = ()


KINDS = {
    "pick": _Kind("pick up the {target}", ("block", "ball", "can", "bottle", "mug", "box")),
    "put_in": _Kind("put the {target} in the {reference}", ("block", "ball"), ("bowl",)),
    "put_on": _Kind("put the {target} on the {reference}", ("block", "can", "mug", "box"), ("plate",)),
    "next_to": _Kind(
        "put the {target} next to the {reference}",
        ("block", "can", "bottle", "mug"),
        ("block", "can", "bottle", "mug", "bowl", "plate", "box"),
    ),
    "stack": _Kind("stack the {target} on the {reference}", ("block",), ("block",)),
}


def make(kind: str, seed: int, episode: int) -> Task:
    """Draw a task.

    Args:
        kind: One of ``KINDS``.
        seed: Seed of the run.
        episode: Number of the episode.
    """
    sequence = np.random.SeedSequence([seed, episode])
    rng = np.random.default_rng(sequence)
    form = KINDS[kind]
    required = [Wanted(str(rng.choice(choices))) for choices in (form.targets, form.references) if choices]
    own_seed = int(sequence.generate_state(1)[0])
    scene = random_scene(
        rng, int(rng.integers(4, 9)), required=required, name=f"basics-{seed}-{episode}", seed=own_seed
    )
    target = scene.things[0]
    reference = scene.things[1] if form.references else None
    return Task(
        kind=kind,
        instruction=form.words.format(
            target=f"{target.color} {target.kind}",
            reference=f"{reference.color} {reference.kind}" if reference else "",
        ),
        scene=scene,
        target=target.id,
        reference=reference.id if reference else None,
    )


SUITE = TaskSuite(
    name="basics",
    purpose="one thing is picked up, or brought into, onto or beside another",
    kinds=tuple(KINDS),
    make=make,
)
