"""Things put onto or against each other: what a perceiver has to tell apart."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from .catalogue import extents
from .generator import LOWER, REACH, UPPER
from .scenes import SceneSpec, ThingSpec
from .variety import in_the_way, spot_of

STACKED = {
    "block": ("block",),
    "plate": ("block", "ball", "can", "mug"),
    "bowl": ("block", "ball"),
    "box": ("block", "can"),
    "tray": ("block", "can", "mug"),
}
"""What may stand on or in what."""
AGAINST = ("block", "box", "can", "bottle", "mug")
ANGULAR = ("block", "box")
AIR = 0.0005  # Between things that touch, [m]: they settle without a shove.
CLEAR = 0.012  # Between a moved thing and all others, [m].
BESIDE = 0.03  # How far outside the usual places a moved thing may stand, [m].
TOWER = 0.35  # Share of stacks of two blocks that get a third, where there is one.


def join_pair(scene: SceneSpec, rng: np.random.Generator) -> tuple[SceneSpec, frozenset[str]]:
    """Put one thing onto or against another, where a pair of them fits.

    Args:
        scene: A scene whose things stand apart.
        rng: Source of chance.

    Returns:
        The scene, and the identifiers of those that touch; empty where no pair fits.
    """
    pairs = [(a, b) for a in scene.things for b in scene.things if a.id != b.id]
    stack = rng.random() < 0.5
    drawn = [pairs[int(number)] for number in rng.permutation(len(pairs))]
    for carrier, rider in sorted(drawn, key=lambda pair: _stackable(*pair) != stack):
        others = [thing for thing in scene.things if thing.id not in (carrier.id, rider.id)]
        for moved in _ways(carrier, rider, stack, rng):
            if moved.on is None and not _has_room(moved, others):
                continue
            group = {carrier.id, rider.id}
            if moved.on and carrier.kind == rider.kind == "block" and rng.random() < TOWER:
                for third in [thing for thing in others if thing.kind == "block"][:1]:
                    others = [thing for thing in others if thing is not third]
                    group.add(third.id)
                    return _with(scene, [*others, carrier, moved, _onto(moved, third, rng)]), frozenset(group)
            return _with(scene, [*others, carrier, moved]), frozenset(group)
    return scene, frozenset()


def _with(scene: SceneSpec, things: list[ThingSpec]) -> SceneSpec:
    return replace(scene, things=tuple(things))


def _stackable(carrier: ThingSpec, rider: ThingSpec) -> bool:
    return rider.kind in STACKED.get(carrier.kind, ()) and not carrier.lying and not rider.lying


def _ways(carrier: ThingSpec, rider: ThingSpec, stack: bool, rng: np.random.Generator) -> Iterator[ThingSpec]:
    """Propose places for the rider: on top, or at the sides in a drawn order; none for what lies."""
    if _stackable(carrier, rider) and (stack or carrier.kind not in AGAINST):
        yield _onto(carrier, rider, rng)
    elif {carrier.kind, rider.kind} <= set(AGAINST) and not carrier.lying and not rider.lying:
        for turn in rng.permutation(8):
            yield _beside(carrier, rider, int(turn) * np.pi / 4.0, float(rng.uniform(-0.3, 0.3)))


def _onto(carrier: ThingSpec, rider: ThingSpec, rng: np.random.Generator) -> ThingSpec:
    """Put a thing on or into another, as far off the middle as it is sure to stand."""
    own = extents(rider.kind, rider.size)[:2].max() / 2.0
    half = extents(carrier.kind, carrier.size)[:2].min() / 2.0
    # A ball rolls and a bowl leads to its middle; on a block a quarter of the side stands safely.
    slack = {"block": 0.25 * half, "bowl": 0.0, "plate": 0.5 * half - own}.get(
        carrier.kind, half - own - 0.012
    )
    slack = 0.0 if rider.kind == "ball" else max(0.0, slack)
    x, y = np.array([carrier.x, carrier.y]) + rng.uniform(-slack, slack, 2) / np.sqrt(2.0)
    return replace(rider, x=float(x), y=float(y), on=carrier.id)


def _beside(carrier: ThingSpec, rider: ThingSpec, turn: float, slip: float) -> ThingSpec:
    """Put a thing against another's side.

    Args:
        carrier: What stays.
        rider: What is moved.
        turn: On which side of it, about its own axes, [rad].
        slip: How far off the middle of a flat side, as a share of half of it.
    """
    half, own = (extents(thing.kind, thing.size)[:2] / 2.0 for thing in (carrier, rider))
    flat = carrier.kind in ANGULAR
    side = int(turn / (np.pi / 2.0))
    # Flat sides are four; a mug's handle, on its x, stays free, and the rider's points away.
    angle = side * np.pi / 2.0 if flat else np.pi + (turn - np.pi) / 3.0 if carrier.kind == "mug" else turn
    reach = half[side % 2] if flat else half[0]
    direction = carrier.yaw + angle
    out = np.array([np.cos(direction), np.sin(direction)])
    across = np.array([-out[1], out[0]]) * (slip * half[(side + 1) % 2] if flat else 0.0)
    p = np.array([carrier.x, carrier.y]) + (reach + own[0] + AIR) * out + across
    return replace(rider, x=float(p[0]), y=float(p[1]), yaw=float(direction))


def _has_room(moved: ThingSpec, others: list[ThingSpec]) -> bool:
    spot = spot_of(moved)
    inside = (spot.p >= LOWER - BESIDE).all() and (spot.p <= UPPER + BESIDE).all()
    if not inside or np.linalg.norm(spot.p) > REACH + BESIDE:
        return False
    spots = [spot_of(other) for other in others]
    apart = all(np.linalg.norm(spot.p - s.p) >= spot.radius + s.radius + CLEAR for s in spots)
    return apart and not any(in_the_way(other, spot) for other in others)
