"""``relations``: tasks that no skill has a name for, each done by a given program of relations.

The programs are in ``examples/programs/relations``, written over things and
their parts, with slots only for names.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..catalogue import COLORS, KINDS, extents, footprint_radius
from ..episodes import TaskSuite
from ..generator import LOWER, REACH, SMALL, UPPER, Spot, Wanted, fits, random_scene
from ..scenes import TWO_ARMS, SceneSpec, ThingSpec
from ..tasks import Task

JUDGE = "handsel.sim.relation_judges:judge"
TRIES = 200
GRAINS = 16
HANGING = {"radius": (0.041, 0.045), "height": (0.088, 0.100)}
APART = 0.07
"""Room between the things of a task and what else stands about, [m]: a hand with its fingers open fits."""


class Draw:
    """Draws the things of one scene, in colours that are all different."""

    def __init__(self, rng: np.random.Generator):
        """Begin with nothing.

        Args:
            rng: The only source of chance.
        """
        self.rng = rng
        self.things: list[ThingSpec] = []
        self._spots: list[Spot] = []
        self._colors = [str(color) for color in rng.permutation(list(COLORS))]

    def add(
        self,
        kind: str,
        low: Sequence[float],
        high: Sequence[float],
        yaw: tuple[float, float] = (-np.pi, np.pi),
        *,
        size: dict[str, float] | None = None,
        gap: float = APART,
    ) -> ThingSpec | None:
        """Put a thing into a part of the table, or give None where there is no room.

        Args:
            kind: What to put there.
            low: Least x and y, [m].
            high: Largest x and y, [m].
            yaw: Least and largest turn, [rad].
            size: Its sizes, [m]; drawn where None.
            gap: Least room between it and everything else, [m].
        """
        rng, info = self.rng, KINDS[kind]
        size = size or {name: float(rng.uniform(*span)) for name, span in info.sizes.items()}
        radius, height = footprint_radius(kind, size), float(extents(kind, size)[2])
        for _ in range(TRIES):
            spot = Spot(rng.uniform(low, high), radius, height)
            near = kind in ("wall", "drawer", "rack") or np.linalg.norm(spot.p) <= REACH
            if near and all(fits(spot, other, gap) for other in self._spots):
                break
        else:
            return None
        color = self.color()
        thing = ThingSpec(
            id=f"{color}_{kind}",
            kind=kind,
            color=color,
            x=float(spot.p[0]),
            y=float(spot.p[1]),
            yaw=float(rng.uniform(*yaw)),
            size=size,
            mass=float(rng.uniform(*info.mass)),
        )
        self._spots.append(spot)
        self.things.append(thing)
        return thing

    def color(self) -> str:
        """Draw a colour that nothing has yet."""
        return self._colors.pop()

    def keep_free(self, spot: Spot) -> None:
        """Put nothing else there."""
        self._spots.append(spot)

    def scatter(self, most: int) -> None:
        """Put up to so many other things where there is room."""
        for _ in range(int(self.rng.integers(0, most + 1))):
            self.add(str(self.rng.choice(SMALL)), LOWER.tolist(), UPPER.tolist())


def _words(thing: ThingSpec) -> str:
    return f"{thing.color} {thing.kind}"


def _stack_three(draw: Draw) -> Task | None:
    blocks = [Wanted("block")] * 3
    scene = random_scene(draw.rng, int(draw.rng.integers(3, 6)), required=blocks)
    # The widest below: what is stacked is stacked by people so, too.
    lower, middle, upper = sorted(scene.things[:3], key=lambda thing: -thing.size["side"])
    return Task(
        kind="stack_three",
        instruction=f"stack the {_words(middle)} on the {_words(lower)} "
        f"and the {_words(upper)} on the {_words(middle)}",
        scene=scene,
        target=middle.id,
        reference=lower.id,
        others=(upper.id,),
    )


def _carry_past(draw: Draw) -> Task | None:
    side = float(draw.rng.choice([-1.0, 1.0]))
    wall = draw.add("wall", (0.48, -0.04), (0.56, 0.04), (-0.25, 0.25))
    assert wall is not None, "the first thing finds room"
    kind = str(draw.rng.choice(["can", "mug", "bottle"]))
    load = draw.add(kind, (0.38, -0.30), (0.62, -0.12), gap=0.05) if side < 0.0 else None
    load = load or draw.add(kind, (0.38, 0.12), (0.62, 0.30), gap=0.05)
    if load is None:
        return None
    over = -np.sign(load.y)
    low, high = sorted((0.14 * over, 0.28 * over))
    place = draw.add("plate", (0.38, low), (0.62, high), gap=0.03)
    if place is None:
        return None
    draw.scatter(2)
    return Task(
        kind="carry_past",
        instruction=f"carry the {_words(load)} upright past the {_words(wall)} to the {_words(place)}",
        scene=_scene(draw),
        target=load.id,
        reference=place.id,
        others=(wall.id,),
    )


def _open_drawer(draw: Draw) -> Task | None:
    side = float(draw.rng.choice([-1.0, 1.0]))
    low, high = sorted((0.05 * side, 0.25 * side))
    # Its front toward the person, who looks at it, and turned a little toward the middle.
    yaw = (-0.5, 0.1) if side > 0.0 else (-0.1, 0.5)
    cabinet = draw.add("drawer", (0.28, low), (0.34, high), yaw)
    assert cabinet is not None, "the first thing finds room"
    # The room before it stays free: that is where it opens and the hand is.
    before = Spot(
        np.array([cabinet.x, cabinet.y]) + 0.28 * np.array([np.cos(cabinet.yaw), np.sin(cabinet.yaw)]),
        0.12,
        0.05,
    )
    draw.keep_free(before)
    draw.scatter(2)
    return Task(
        kind="open_drawer",
        instruction=f"open the {_words(cabinet)} by its handle",
        scene=_scene(draw),
        target=cabinet.id,
    )


def _pour(draw: Draw) -> Task | None:
    mug = draw.add("mug", (0.38, -0.28), (0.60, 0.28), gap=0.05)
    bowl = draw.add("bowl", (0.40, -0.26), (0.60, 0.26), gap=0.09)
    if mug is None or bowl is None:
        return None
    draw.scatter(2)
    draw.things += grains(mug, draw)
    return Task(
        kind="pour",
        instruction=f"pour the {_words(mug)} into the {_words(bowl)}",
        scene=_scene(draw),
        target=mug.id,
        reference=bowl.id,
    )


def _hang(draw: Draw) -> Task | None:
    rack = draw.add("rack", (0.44, -0.20), (0.58, 0.20))
    # A mug with a handle that a peg goes through.
    size = {name: float(draw.rng.uniform(*span)) for name, span in HANGING.items()}
    mug = draw.add("mug", (0.38, -0.28), (0.60, 0.28), size=size)
    if rack is None or mug is None:
        return None
    draw.scatter(1)
    return Task(
        kind="hang",
        instruction=f"hang the {_words(mug)} on the {_words(rack)} by its handle",
        scene=_scene(draw),
        target=mug.id,
        reference=rack.id,
    )


def grains(mug: ThingSpec, draw: Draw) -> list[ThingSpec]:
    """Fill a mug: layers of seven, one in the middle and six about it."""
    radius = float(draw.rng.uniform(*KINDS["grain"].sizes["radius"]))
    color = draw.color()
    grains = []
    for number in range(GRAINS):
        layer, place = divmod(number, 7)
        angle = place * np.pi / 3.0 + layer * 0.5
        away = 2.05 * radius if place else 0.0
        grains.append(
            ThingSpec(
                id=f"{color}_grain_{number + 1}",
                kind="grain",
                color=color,
                x=mug.x + away * float(np.cos(angle)),
                y=mug.y + away * float(np.sin(angle)),
                size={"radius": radius},
                mass=KINDS["grain"].mass[0],
                on=mug.id,
                raised=2.05 * radius * layer,
            )
        )
    return grains


def _scene(draw: Draw) -> SceneSpec:
    return SceneSpec(name="relations", things=tuple(draw.things))


def _hand_over(draw: Draw) -> Task:
    # Within the left arm's reach: the left hand takes it.
    bottle = draw.add("bottle", (0.40, 0.14), (0.58, 0.30))
    assert bottle is not None, "the first thing finds room"
    return Task(
        kind="hand_over",
        instruction=f"hand the {_words(bottle)} from the left hand to the right and set it down on the right",
        scene=replace(_scene(draw), arms=TWO_ARMS),
        target=bottle.id,
    )


def _carry_tray(draw: Draw) -> Task:
    # Across before both arms, so that each has an end of it.
    tray = draw.add("tray", (0.42, -0.10), (0.54, 0.04), (np.pi / 2.0 - 0.3, np.pi / 2.0 + 0.3))
    assert tray is not None, "the first thing finds room"
    return Task(
        kind="carry_tray",
        instruction=f"carry the {_words(tray)} level with both hands 8 cm to the right",
        scene=replace(_scene(draw), arms=TWO_ARMS),
        target=tray.id,
    )


_KINDS: dict[str, Callable[[Draw], Task | None]] = {
    "stack_three": _stack_three,
    "carry_past": _carry_past,
    "open_drawer": _open_drawer,
    "pour": _pour,
    "hang": _hang,
    "hand_over": _hand_over,
    "carry_tray": _carry_tray,
}


def make(kind: str, seed: int, episode: int) -> Task:
    """Draw a task.

    Args:
        kind: One of the suite's kinds.
        seed: Seed of the run.
        episode: Number of the episode.
    """
    sequence = np.random.SeedSequence([seed, episode, RELATIONS_STREAM])
    rng = np.random.default_rng(sequence)
    task = None
    while task is None:
        task = _KINDS[kind](Draw(rng))
    scene = replace(
        task.scene,
        name=f"relations-{seed}-{episode}",
        seed=int(sequence.generate_state(1)[0]),
    )
    return replace(task, scene=scene, judge=JUDGE)


RELATIONS_STREAM = 3
"""Chance of this suite, apart from that of the others."""

SUITE = TaskSuite(
    name="relations",
    purpose="stacking three, pouring, hanging, carrying upright, opening a drawer, handing over, carrying a "
    "tray with two arms: "
    "by programs of relations",
    kinds=tuple(_KINDS),
    make=make,
    mind="program",
)
