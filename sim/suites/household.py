"""``household``: five everyday jobs, each done by a given program.

The programs are in ``examples/programs/household``, written over things and
their parts, with slots only for names. With ``--disturbed`` somebody moves a
thing while the arm is on its way.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from pydrake.math import RigidTransform

from ...core.arrays import Float64
from ..catalogue import DRAWER_HANDLE_REACH, KINDS
from ..episodes import TaskSuite
from ..generator import LOWER, REACH, UPPER, Spot
from ..meddling import Meddling, Move, Mover
from ..objects import bottle_neck
from ..scenes import SceneSpec, ThingSpec
from ..start import JudgeChannel
from ..tasks import Task
from . import stay_away
from .relations import Draw

JUDGE = "handsel.sim.household_judges:household"
MIND = f"program:{Path(__file__).resolve().parents[2] / 'examples' / 'programs' / 'household'}"
STREAM = 6
"""Chance of this suite, apart from that of the others."""
PLACE = 0.20
"""How far from a plate's middle a setting is laid, [m]; see ``set_table.txt``."""
FREE = 0.09
"""Room that is left free about such a place, as a radius, [m]: half a spoon, and a finger."""
OPEN = (0.05, 0.10)
"""How far a drawer that is to be closed stands open, [m]."""
PULLED = 0.03
"""How far somebody opens or closes a drawer while the hand is on its way, [m]."""
BITS = (2, 4)
SWEPT = (0.20, 0.34)
"""How far from the bin bits lie, [m]."""
BIN_CLEAR = 0.05
NECK_PLAY = 0.0065
"""How much wider than its bottle's neck a cap is, as a radius: its wall and 2.5 mm of play, [m]."""


def _words(thing: ThingSpec) -> str:
    return f"{thing.color} {thing.kind}"


def _scene(draw: Draw) -> SceneSpec:
    return SceneSpec(name="household", things=tuple(draw.things))


def _move_and_avoid(draw: Draw) -> Task | None:
    task = stay_away.away_task(draw, "put_on")
    if task is None or task.reference is None:
        return None
    load, place, other = (task.scene.thing(one) for one in (task.target, task.reference, task.others[0]))
    words = f"bring the {_words(load)} to the {_words(place)} and stay 15 cm away from the {_words(other)}"
    return replace(task, kind="move_and_avoid", instruction=words)


def _set_table(draw: Draw) -> Task | None:
    plate = draw.add("plate", [0.50, -0.05], [0.60, 0.05])
    assert plate is not None, "the first thing finds room"
    middle = np.array([plate.x, plate.y])
    for way in ([0.0, -PLACE], [0.0, PLACE], [-PLACE, 0.0]):
        draw.keep_free(Spot(middle + way, FREE, 0.02))
    low, high = LOWER.tolist(), UPPER.tolist()
    fork, spoon, mug = (draw.add(kind, low, high, gap=0.02) for kind in ("fork", "spoon", "mug"))
    if fork is None or spoon is None or mug is None:
        return None
    return Task(
        kind="set_table",
        instruction=f"set the table: the {_words(fork)} left of the {_words(plate)}, "
        f"the {_words(spoon)} right of it and the {_words(mug)} behind it",
        scene=_scene(draw),
        target=fork.id,
        reference=plate.id,
        others=(spoon.id, mug.id),
    )


def _close_drawer(draw: Draw) -> Task | None:
    side = float(draw.rng.choice([-1.0, 1.0]))
    low, high = sorted((0.05 * side, 0.25 * side))
    yaw = (-0.5, 0.1) if side > 0.0 else (-0.1, 0.5)
    cabinet = draw.add("drawer", (0.28, low), (0.34, high), yaw)
    assert cabinet is not None, "the first thing finds room"
    opening = float(draw.rng.uniform(*OPEN))
    draw.things[-1] = replace(cabinet, opening=opening)
    out = cabinet.size["length"] / 2.0 + DRAWER_HANDLE_REACH + OPEN[1]
    for way in (out - 0.06, out + 0.08):
        at = np.array([cabinet.x, cabinet.y]) + way * np.array([np.cos(cabinet.yaw), np.sin(cabinet.yaw)])
        draw.keep_free(Spot(at, 0.13, 0.05))
    draw.scatter(2)
    return Task(
        kind="close_drawer",
        instruction=f"close the {_words(cabinet)}",
        scene=_scene(draw),
        target=cabinet.id,
    )


def _open_bottle(draw: Draw) -> Task | None:
    bottle = draw.add("bottle", [0.40, -0.26], [0.62, 0.26])
    assert bottle is not None, "the first thing finds room"
    size = {
        "radius": bottle_neck(bottle.size) + NECK_PLAY,
        "height": float(draw.rng.uniform(*KINDS["cap"].sizes["height"])),
    }
    color = draw.color()
    cap = ThingSpec(
        id=f"{color}_cap",
        kind="cap",
        color=color,
        x=bottle.x,
        y=bottle.y,
        size=size,
        mass=float(draw.rng.uniform(*KINDS["cap"].mass)),
        on=bottle.id,
    )
    draw.scatter(3)
    draw.things.insert(1, cap)
    return Task(
        kind="open_bottle",
        instruction=f"take the {_words(cap)} off its bottle",
        scene=_scene(draw),
        target=cap.id,
        reference=bottle.id,
    )


def _sweep(draw: Draw) -> Task | None:
    trash_bin = draw.add("box", [0.44, -0.18], [0.58, 0.18])
    assert trash_bin is not None, "the first thing finds room"
    bits = []
    for _ in range(int(draw.rng.integers(BITS[0], BITS[1] + 1))):
        bit = draw.add("bit", LOWER.tolist(), UPPER.tolist(), gap=BIN_CLEAR)
        if bit is None:
            return None
        far = float(np.hypot(bit.x - trash_bin.x, bit.y - trash_bin.y))
        if not SWEPT[0] <= far <= SWEPT[1]:
            return None
        bits.append(bit)
    draw.scatter(1)
    listed = ", ".join(f"the {_words(bit)}" for bit in bits[:-1]) + f" and the {_words(bits[-1])}"
    return Task(
        kind="sweep",
        instruction=f"sweep {listed} to the {_words(trash_bin)}",
        scene=_scene(draw),
        target=bits[0].id,
        reference=trash_bin.id,
        others=tuple(bit.id for bit in bits[1:]),
    )


_KINDS: Mapping[str, Callable[[Draw], Task | None]] = {
    "move_and_avoid": _move_and_avoid,
    "set_table": _set_table,
    "close_drawer": _close_drawer,
    "open_bottle": _open_bottle,
    "sweep": _sweep,
}


def make(kind: str, seed: int, episode: int) -> Task:
    """Draw a task.

    Args:
        kind: One of the suite's kinds.
        seed: Seed of the run.
        episode: Number of the episode.
    """
    sequence = np.random.SeedSequence([seed, episode, STREAM])
    rng = np.random.default_rng(sequence)
    task = None
    while task is None:
        task = _KINDS[kind](Draw(rng))
    scene = replace(task.scene, name=f"household-{seed}-{episode}", seed=int(sequence.generate_state(1)[0]))
    return replace(task, scene=scene, judge=JUDGE)


def disturber(task: Task, judge: JudgeChannel) -> Meddling:
    """Make whoever moves one thing of a task, drawn from the scene's seed."""
    if task.kind == "move_and_avoid":
        return stay_away.disturber(task, judge)
    rng = np.random.default_rng([task.scene.seed, 3])
    if task.kind == "set_table":
        assert task.reference is not None, "a table is set about a plate"
        spoon, mug = task.others
        moves = [
            Move(thing=task.target, stage=0),
            Move(thing=spoon, stage=2),
            Move(thing=mug, stage=4),
            Move(thing=task.reference, stage=1, far=0.03),
        ]
        return Mover(scene=task.scene, judge=judge, move=moves[int(rng.integers(len(moves)))])
    if task.kind == "close_drawer":
        cabinet = task.scene.thing(task.target)
        out = np.array([np.cos(cabinet.yaw), np.sin(cabinet.yaw)])
        return Mover(
            scene=task.scene,
            judge=judge,
            move=Move(
                thing=task.target,
                stage=0,
                far=float(rng.choice([-PULLED, PULLED])),
                along=(float(out[0]), float(out[1])),
            ),
        )
    if task.kind == "open_bottle":
        assert task.reference is not None, "a cap is on a bottle"
        return Mover(
            scene=task.scene, judge=judge, move=Move(thing=task.reference, stage=0, also=(task.target,))
        )
    bits = (task.target, *task.others)
    return Mover(
        scene=task.scene,
        judge=judge,
        move=Move(thing=str(rng.choice(bits)), stage=0),
        allowed=_still_to_sweep(task),
    )


def _still_to_sweep(task: Task) -> Callable[[str, Float64, Mapping[str, RigidTransform]], bool]:
    """Say where a bit may be moved to: not to the bin, that would do the robot's work."""

    def allowed(name: str, there: Float64, poses: Mapping[str, RigidTransform]) -> bool:
        assert task.reference is not None, "bits are swept to a bin"
        far = float(np.linalg.norm(there - poses[task.reference].translation()[:2]))
        return SWEPT[0] <= far <= SWEPT[1] + 0.05 and np.hypot(*there) < REACH

    return allowed


SUITE = TaskSuite(
    name="household",
    purpose="moving past something, setting the table, closing a drawer, opening a bottle, sweeping trash",
    kinds=tuple(_KINDS),
    make=make,
    mind=MIND,
    disturber=disturber,
)
