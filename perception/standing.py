"""Furniture is looked for where it stood before: what hangs on it or slides out of it cuts it up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from ..core.arrays import Float64
from ..robots.shapes import Box
from .bodies import Body
from .cloud import Cloud, joined
from .scene import Scene, Thing

KINDS = ("drawer", "rack", "shelf", "wall")
"""Kinds that nobody carries about, so that they are expected where they were."""
CLOSE = 0.008  # Points so near to a solid's surface may be its own, [m].
MOST = 400  # Points of the surface seen before that are looked for.
STILL = 0.5  # Share of them that is seen again where a thing stands as before: a hand hides some.
OWN = 0.6  # A cluster of which this share is the solid's is a piece of it as a whole.
FEW = 20  # Fewer points of a cluster are not taken from it.
SAME_SIZE = 0.015  # Furniture recognised again has its sizes to this, [m].
WHOLE = 0.7  # Of as many points as before, so many are left of what is not cut up.


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A piece of furniture of an earlier look.

    Attributes:
        body: Its solid; of a cabinet without its drawer.
        p_W: Some points of its surface that were seen, shape (N, 3), [m].
        count: How many were seen.
    """

    body: Body
    p_W: Float64
    count: int

    def own(self, p_W: Float64) -> NDArray[np.bool_]:
        """Tell which points may be its own, shape (N, 3) to (N,)."""
        if self.body.kind in ("drawer", "wall"):
            return self.body.holds(p_W, CLOSE)
        return self.body.residual(p_W) < CLOSE


def stood(previous: Scene | None) -> list[Stood]:
    """Give the furniture of an earlier look.

    Args:
        previous: That look, or None.
    """
    things = () if previous is None else previous.things
    found = [_stood(thing) for thing in things if thing.kind in KINDS]
    return [one for one in found if len(one.p_W) >= FEW]


def _stood(thing: Thing) -> Stood:
    parts, shapes = dict(thing.parts), thing.shapes
    if thing.kind == "drawer":
        parts = {name: parts[name] for name in ("top", "bottom", "center")}
        shapes = (Box(X_WS=thing.X_WO, half=thing.size / 2.0),)
    body = Body(
        kind=thing.kind,
        X_WO=thing.X_WO,
        size=thing.size,
        parts=parts,
        shapes=shapes,
        floor=float(thing.parts["top"][2]),
    )
    p_W = thing.cloud[:: max(len(thing.cloud) // MOST, 1)]
    whole = Stood(body=body, p_W=p_W, count=len(thing.cloud))
    return replace(whole, p_W=p_W[whole.own(p_W)]) if len(p_W) else whole


def missing(before: Sequence[Stood], now: Sequence[tuple[Body, Cloud]]) -> list[Stood]:
    """List the furniture that is not recognised again: by kind, sizes and, at its place, as a whole.

    Args:
        before: The furniture of an earlier look.
        now: What is recognised now, with its points.
    """
    return [one for one in before if not any(_again(one, body, cloud) for body, cloud in now)]


def _again(one: Stood, body: Body, cloud: Cloud) -> bool:
    if body.kind != one.body.kind or np.abs(body.size - one.body.size).max() > SAME_SIZE:
        return False
    moved = float(np.linalg.norm((body.X_WO.translation() - one.body.X_WO.translation())[:2]))
    return moved > SAME_SIZE or len(cloud) > WHOLE * one.count


def claimed(
    before: Sequence[Stood], clouds: Sequence[Cloud]
) -> tuple[list[tuple[Cloud, Body]], tuple[Cloud, ...]]:
    """Put together again what still stands where it stood.

    Args:
        before: The furniture that is looked for.
        clouds: The clusters.

    Returns:
        The furniture that is seen again with its points, and the clusters that are left.
    """
    rest, found = list(clouds), []
    for one in before:
        if not rest:
            break
        away, _ = KDTree(np.concatenate([cloud.p_W for cloud in rest])).query(one.p_W)
        if float(np.mean(away < CLOSE)) < STILL:
            continue
        mine, others = [], []
        for cloud in rest:
            own = one.own(cloud.p_W)
            if own.mean() > OWN:
                mine.append(cloud)
            elif own.sum() >= FEW:
                mine.append(cloud.take(own))
                others.append(cloud.take(~own))
            else:
                others.append(cloud)
        if mine:
            found.append((joined(*mine), one.body))
            rest = others
    return found, tuple(rest)
