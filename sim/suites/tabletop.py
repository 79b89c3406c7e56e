"""``tabletop``: twenty things that people ask for in their own words, which rules alone hardly understand.

Episode ``n`` is task ``n % 20`` in layout ``n // 20`` of the seed: a hundred episodes
are every task in five layouts.
"""

import numpy as np

from ..episodes import TaskSuite
from ..generator import Spot
from ..scenes import SceneSpec, ThingSpec
from ..tabletop_tasks import TASKS, Placed, TabletopTask
from ..tasks import Task
from .relations import APART, Draw, grains
from .stay_away import far_enough

STREAM = 7
"""Chance of this suite, apart from that of the others."""
FREE = 0.06
"""Radius of a place that is kept free, [m]."""
BEFORE = 0.28
"""How far before a drawer's middle the room begins that it opens into, [m]."""


class Layout(Draw):
    """Puts a task's own things, in their own colours, where there is room."""

    def color(self) -> str:
        """Give the colour of the thing that is put down now."""
        return self.next_color

    def put(self, one: Placed) -> ThingSpec | None:
        """Put a thing into its region, or give None where there is no room."""
        self.next_color = one.color
        if one.on is not None:
            carrier = next(thing for thing in self.things if thing.id == one.on)
            thing = ThingSpec(id=one.id, kind=one.kind, color=one.color, x=carrier.x, y=carrier.y, on=one.on)
            self.things.append(thing)
            return thing
        low, high = one.region
        gap = APART if one.apart is None else one.apart
        return self.add(one.kind, low, high, one.yaw, size=dict(one.size) or None, gap=gap)


def make(kind: str, seed: int, episode: int) -> Task:
    """Draw a layout of a task.

    Args:
        kind: One of ``TASKS``.
        seed: Seed of the run.
        episode: Number of the episode.
    """
    sequence = np.random.SeedSequence([seed, episode, STREAM])
    rng = np.random.default_rng(sequence)
    told, things = TASKS[kind], None
    while things is None:
        things = _laid_out(told, rng)
    own_seed = int(sequence.generate_state(1)[0])
    return Task(
        kind=kind,
        instruction=told.instruction,
        scene=SceneSpec(name=f"tabletop-{kind}-{seed}-{episode}", things=things, seed=own_seed),
        target=told.moved[0],
        reference=told.reference,
        others=told.others,
        judge=told.judge,
    )


def _laid_out(told: TabletopTask, rng: np.random.Generator) -> tuple[ThingSpec, ...] | None:
    """Draw places for all things, the first ones first; None where one finds no room."""
    layout = Layout(rng)
    for number, one in enumerate(told.things):
        thing = layout.put(one)
        if thing is None:
            return None
        for name, dx, dy in told.free:
            if name == one.id:
                layout.keep_free(Spot(np.array([thing.x + dx, thing.y + dy]), FREE, 0.05))
        if told.special == "front" and number == 0:
            middle = np.array([thing.x, thing.y])
            out = np.array([np.cos(thing.yaw), np.sin(thing.yaw)])
            layout.keep_free(Spot(middle + BEFORE * out, 0.12, 0.05))
    if told.special == "away":
        a, b, c = layout.things[:3]
        places = {one.id: np.array([one.x, one.y]) for one in (a, b, c)}
        if not far_enough(a, b, c, places):
            return None
    if told.special == "grains":
        layout.next_color = "orange"
        layout.things += grains(layout.things[0], layout)
    return tuple(layout.things)


SUITE = TaskSuite(
    name="tabletop",
    purpose="twenty tasks in people's own words, each in several layouts of the same things",
    kinds=tuple(TASKS),
    make=make,
    mind="model",
)
