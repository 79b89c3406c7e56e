"""``stay_away``: A is brought to B, and all of the robot stays 15 cm away from C.

C stands between A and B, or nearly; other things stand about. With
``--disturbed`` somebody moves one thing while the arm is on its way: A before
it is grasped, B or C or something that had no part and comes into the way
afterwards.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ..catalogue import extents, footprint_radius
from ..episodes import TaskSuite
from ..generator import LOWER, SMALL, UPPER
from ..meddling import CLEAR_OF_HAND, Meddling, Move, Mover
from ..scenes import SceneSpec, ThingSpec
from ..start import JudgeChannel
from ..tasks import Task
from .relations import Draw

AWAY = 0.15
"""Distance to stay away from C, [m]."""
HAND = 0.115
"""A hand with open fingers needs so much room about its middle, [m]: 10 cm to either side, and what
perception is off by."""
BETWEEN = 0.22
"""C is at most this far off the straight line from A to B, [m]: the distance, a load and a bit."""
CLUTTER = (2, 4)
WORDS = {
    "put_on": (
        "put the {a} on the {b}, stay 15 cm away from the {c}",
        ("block", "can", "mug", "box"),
        "plate",
    ),
    "put_in": ("put the {a} in the {b}, stay 15 cm away from the {c}", ("block", "ball"), "bowl"),
}
OBSTACLES = ("can", "bottle", "mug", "box")
DISTURBED = ("target", "reference", "away", "clutter")
STREAM = 5
"""Chance of this suite, apart from that of the others."""


def make(kind: str, seed: int, episode: int) -> Task:
    """Draw a task.

    Args:
        kind: One of ``WORDS``.
        seed: Seed of the run.
        episode: Number of the episode.
    """
    sequence = np.random.SeedSequence([seed, episode, STREAM])
    rng = np.random.default_rng(sequence)
    task = None
    while task is None:
        task = away_task(Draw(rng), kind)
    scene = replace(task.scene, name=f"stay_away-{seed}-{episode}", seed=int(sequence.generate_state(1)[0]))
    return replace(task, scene=scene)


def away_task(draw: Draw, kind: str) -> Task | None:
    """Draw A, B and C with clutter about them; None where they find no room.

    Args:
        draw: Where the things come from.
        kind: One of ``WORDS``.
    """
    words, targets, reference = WORDS[kind]
    side = float(draw.rng.choice([-1.0, 1.0]))
    c = draw.add(str(draw.rng.choice(OBSTACLES)), [0.42, -0.06], [0.62, 0.06])
    a = draw.add(str(draw.rng.choice(targets)), *_side(side))
    b = draw.add(reference, *_side(-side))
    if c is None or a is None or b is None:
        return None
    places = {one.id: np.array([one.x, one.y]) for one in (a, b, c)}
    between = _off_line(places[c.id], places[a.id], places[b.id]) < BETWEEN
    if not (between and far_enough(a, b, c, places)):
        return None
    for _ in range(int(draw.rng.integers(CLUTTER[0], CLUTTER[1] + 1))):
        draw.add(str(draw.rng.choice(SMALL)), LOWER.tolist(), UPPER.tolist())
    named = {"a": a, "b": b, "c": c}
    return Task(
        kind=kind,
        instruction=words.format(**{name: f"{one.color} {one.kind}" for name, one in named.items()}),
        scene=SceneSpec(name="stay_away", things=tuple(draw.things)),
        target=a.id,
        reference=b.id,
        others=(c.id,),
        judge="handsel.sim.household_judges:stay_away",
    )


def far_enough(a: ThingSpec, b: ThingSpec, c: ThingSpec, places: Mapping[str, Float64]) -> bool:
    """Say whether a hand that is at A or at B can be far enough from C.

    Args:
        a: What is brought.
        b: What it is brought to.
        c: What is stayed away from.
        places: Where the three stand, shape (2,), [m].
    """
    wide = footprint_radius(c.kind, c.size) + AWAY
    load = float(np.hypot(*extents(a.kind, a.size)[:2])) / 2.0
    to_a, to_b = (float(np.linalg.norm(places[one.id] - places[c.id])) for one in (a, b))
    return min(to_a, to_b) >= wide + max(HAND, load)


def _side(side: float) -> tuple[list[float], list[float]]:
    """Give the corners of the part of the table at one side, [m]."""
    low, high = sorted((0.12 * side, float(UPPER[1]) * side))
    return [float(LOWER[0]), low], [0.62, high]


def _off_line(p: Float64, start: Float64, end: Float64) -> float:
    along = end - start
    share = float(np.clip((p - start) @ along / (along @ along), 0.0, 1.0))
    return float(np.linalg.norm(start + share * along - p))


def disturber(task: Task, judge: JudgeChannel) -> Meddling:
    """Make whoever moves one thing of a task, drawn from the scene's seed."""
    scene = task.scene
    c = task.others[0]
    rng = np.random.default_rng([scene.seed, 3])
    parts = {task.target, task.reference, c}
    loose = [one.id for one in scene.things if one.id not in parts and one.kind != "plate"]
    which = str(rng.choice(DISTURBED if loose else DISTURBED[:3]))
    assert task.reference is not None, "A is brought to something"
    move = {
        "target": Move(thing=task.target, stage=0),
        "reference": Move(thing=task.reference, stage=1),
        "away": Move(thing=c, stage=1, clear=CLEAR_OF_HAND),
    }.get(which) or Move(thing=str(rng.choice(loose)), stage=1, toward=task.reference, clear=CLEAR_OF_HAND)

    def allowed(name: str, there: Float64, poses: Mapping[str, RigidTransform]) -> bool:
        places = {one: X_WB.translation()[:2] for one, X_WB in poses.items()} | {name: there}
        a, b, obstacle = (scene.thing(one) for one in (task.target, task.reference or "", c))
        if which != "target":
            places[a.id] = places[b.id]  # by then it is in the hand
        return far_enough(a, b, obstacle, places)

    return Mover(scene=scene, judge=judge, move=move, allowed=allowed)


SUITE = TaskSuite(
    name="stay_away",
    purpose="something is brought to another thing, 15 cm away from a third one all the way",
    kinds=tuple(WORDS),
    make=make,
    disturber=disturber,
)
