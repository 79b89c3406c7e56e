"""Scenes drawn from a seed: things that a hand can reach, with room for it between them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..core.arrays import Float64
from ..core.errors import InputError
from .catalogue import COLORS, KINDS, extents, footprint_radius
from .scenes import SceneSpec, ThingSpec

SMALL = ("block", "ball", "can", "bottle", "mug", "bowl", "plate", "box")
"""Kinds that a scene draws from where none are named: no furniture, no tray."""
MOST = 12
GAP = 0.045  # Least room between things, [m]: a finger with its thickness fits.
LOWER, UPPER = np.array([0.35, -0.33]), np.array([0.70, 0.33])  # Where middles may lie, [m].
REACH = 0.74  # Largest horizontal distance from the arm's base, [m].
EYE = np.array([1.25, 0.0, 0.75])  # Where the front camera stands; see ``world``.
TRIES, RESTARTS = 200, 60


class Wanted(NamedTuple):
    """A thing that a scene must have; the colour is drawn where it is None."""

    kind: str
    color: str | None = None


class Spot(NamedTuple):
    """The room that a thing takes, as an upright cylinder.

    Attributes:
        p: Middle of its foot, shape (2,), [m].
        radius: [m].
        height: [m].
    """

    p: Float64
    radius: float
    height: float


def random_scene(
    rng: np.random.Generator,
    n_things: int,
    *,
    kinds: Sequence[str] = SMALL,
    required: Sequence[Wanted] = (),
    unique: bool = True,
    robot: str = "panda",
    name: str = "random",
    seed: int = 0,
) -> SceneSpec:
    """Draw a scene.

    Args:
        rng: The only source of chance.
        n_things: Number of things, 1 to 12, the required ones included.
        kinds: Kinds that the other things are drawn from.
        required: Things that have to be there; they come first in ``things``, in this order.
        unique: Whether no two things may share kind and colour.
        robot: The robot.
        name: Name of the scene.
        seed: Noted in the scene; nothing is drawn from it.

    Returns:
        A scene whose things stand apart, in reach, and not hidden from the front camera.

    Raises:
        InputError: If the numbers make no sense, or no room is found.
    """
    if not max(1, len(required)) <= n_things <= MOST:
        raise InputError(f"{n_things!r} things; expected {max(1, len(required))} to {MOST}")
    for _ in range(RESTARTS):
        wanted = _draw_names(rng, n_things, kinds, required, unique)
        sizes = [_draw_size(rng, thing.kind) for thing in wanted]
        spots = _draw_spots(rng, wanted, sizes)
        if spots is not None:
            return SceneSpec(
                name=name, robot=robot, seed=seed, things=tuple(_things(rng, wanted, sizes, spots))
            )
    raise InputError(
        f"no room for {n_things} things of the kinds {', '.join(kinds)}: ask for fewer or smaller ones"
    )


def _draw_names(
    rng: np.random.Generator, count: int, kinds: Sequence[str], required: Sequence[Wanted], unique: bool
) -> list[Wanted]:
    """Draw kind and colour of every thing.

    Raises:
        InputError: If there are not enough different ones.
    """
    taken = {thing for thing in required if thing.color is not None}
    if unique and len(taken) < sum(thing.color is not None for thing in required):
        raise InputError("two required things share kind and colour, but names are to be unique")
    drawn = []
    for number in range(count):
        kind, color = required[number] if number < len(required) else (str(rng.choice(kinds)), None)
        if color is None:
            free = [c for c in COLORS if not unique or Wanted(kind, c) not in taken]
            if not free:
                raise InputError(f"there are only {len(COLORS)} colours for things of kind {kind!r}")
            color = str(rng.choice(free))
        taken.add(Wanted(kind, color))
        drawn.append(Wanted(kind, color))
    return drawn


def _draw_size(rng: np.random.Generator, kind: str) -> dict[str, float]:
    return {name: float(rng.uniform(low, high)) for name, (low, high) in KINDS[kind].sizes.items()}


def _draw_spots(
    rng: np.random.Generator, wanted: Sequence[Wanted], sizes: Sequence[Mapping[str, float]]
) -> list[Spot] | None:
    """Draw a place for every thing, the largest first; None where one finds no room."""
    radii = [footprint_radius(thing.kind, size) for thing, size in zip(wanted, sizes, strict=True)]
    spots: dict[int, Spot] = {}
    for number in sorted(range(len(wanted)), key=lambda i: -radii[i]):
        height = float(extents(wanted[number].kind, sizes[number])[2])
        for _ in range(TRIES):
            spot = Spot(rng.uniform(LOWER, UPPER), radii[number], height)
            if np.linalg.norm(spot.p) <= REACH and all(fits(spot, other) for other in spots.values()):
                spots[number] = spot
                break
        else:
            return None
    return [spots[number] for number in range(len(wanted))]


def fits(a: Spot, b: Spot, gap: float = GAP) -> bool:
    """Say whether two things stand apart and neither hides the other from the person.

    Args:
        a: One.
        b: The other.
        gap: Least room between them, [m].
    """
    apart = np.linalg.norm(a.p - b.p) >= a.radius + b.radius + gap
    return bool(apart) and not _hides(a, b) and not _hides(b, a)


def _hides(front: Spot, back: Spot) -> bool:
    """Say whether one thing, as an upright cylinder, hides the middle of another from the front camera."""
    target = np.array([*back.p, 0.5 * back.height])
    sight = target - EYE
    along = sight[:2]
    share = float(np.clip((front.p - EYE[:2]) @ along / (along @ along), 0.0, 1.0))
    near = EYE + share * sight
    return share < 1.0 and bool(np.linalg.norm(near[:2] - front.p) < front.radius) and near[2] < front.height


def _things(
    rng: np.random.Generator,
    wanted: Sequence[Wanted],
    sizes: Sequence[Mapping[str, float]],
    spots: Sequence[Spot],
) -> list[ThingSpec]:
    shared = Counter(wanted)
    seen: Counter[Wanted] = Counter()
    things = []
    for thing, size, spot in zip(wanted, sizes, spots, strict=True):
        seen[thing] += 1
        stem = f"{thing.color}_{thing.kind}"
        assert thing.color is not None
        things.append(
            ThingSpec(
                id=f"{stem}_{seen[thing]}" if shared[thing] > 1 else stem,
                kind=thing.kind,
                color=thing.color,
                x=float(spot.p[0]),
                y=float(spot.p[1]),
                yaw=_draw_yaw(rng, thing.kind),
                size=size,
                mass=float(rng.uniform(*KINDS[thing.kind].mass)),
            )
        )
    return things


def _draw_yaw(rng: np.random.Generator, kind: str) -> float:
    """Draw a turn; furniture stands square, a shelf's openings along x and a drawer's front to the person."""
    if kind == "shelf":
        return float(np.pi / 2.0)
    return 0.0 if KINDS[kind].fixed else float(rng.uniform(-np.pi, np.pi))
