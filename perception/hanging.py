"""What was hung on a rack is looked for there: let go, it swings about the peg, which cuts it up as well.

A thing that hangs stands on nothing, so none of the ways to recognise what stands
has a hold on it. Its solids are known from before; only how far it has swung and
slid is new.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydrake.common.eigen_geometry import AngleAxis
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64
from ..robots.shapes import moved
from .bodies import Body
from .cloud import Cloud, joined
from .colors import name_color
from .registration import Prior, fit_pose, solids_of
from .scene import Scene, Thing

LIFTED = 0.03  # What is lower than this above the table stands, [m].
AT_PEG = 0.045  # A handle so near to a peg is on it, [m].
AROUND = 0.03  # A hung thing's points lie so far from its box at most, however it has swung, [m].
MOSTLY = 0.7  # A cluster of which this share is there belongs to it.
FEWEST = 60  # Points that a swing can be told from.
MOST = 300  # Points that are held against the solids.
SWINGS = np.radians([-75, -60, -45, -30, -15, 0, 15, 30, 45, 60, 75])  # Turns about the peg that are tried.
SLACK = Prior(shift=0.02, lift=0.02, tilt=0.3, turn=0.4)  # How it may lie beside a pure swing.
FITS = 0.55  # Least share of the points that lie on its solids, to 6 mm.
WHERE_LEFT = "it hangs: what is hidden of it is as it was before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """A thing that was let go on a peg.

    Attributes:
        body: Its solids where it was let go.
        pivot: Where the peg goes through its handle, shape (3,), [m].
        peg: Direction of the peg, unit, shape (3,).
        color: Its colour.
        peg_color: The rack's.
    """

    body: Body
    pivot: Float64
    peg: Float64
    color: str
    peg_color: str


def hung(previous: Scene | None) -> list[Hung]:
    """List the things of an earlier look, or of what was done since, that hang.

    Args:
        previous: What was known before, things that were let go where the hand had them.
    """
    if previous is None:
        return []
    pegs = [
        (thing.parts["peg_root"], thing.parts["peg"], thing.color)
        for thing in previous.things
        if "peg" in thing.parts
    ]
    found = []
    for thing in previous.things:
        handle = thing.parts.get("handle")
        high = float(thing.parts["bottom"][2]) > previous.table.height + LIFTED
        if handle is None or thing.articulation is not None or not high:
            continue
        for root, tip, color in pegs:
            way = (tip - root) / np.linalg.norm(tip - root)
            along = float(np.clip((handle - root) @ way, 0.0, np.linalg.norm(tip - root)))
            pivot = root + along * way
            if np.linalg.norm(handle - pivot) < AT_PEG:
                found.append(
                    Hung(body=_body(thing), pivot=pivot, peg=way, color=thing.color, peg_color=color)
                )
                break
    return found


def taken_down(
    things: Sequence[Hung], clouds: Sequence[Cloud]
) -> tuple[list[tuple[Cloud, Body]], tuple[Cloud, ...]]:
    """Find things that hang among clusters.

    Args:
        things: What is thought to hang.
        clouds: The clusters.

    Returns:
        Those that are seen, with their points and where they have swung to; and the other clusters.
    """
    rest, found = list(clouds), []
    for one in things:
        swung = [_turned(one.body, one.pivot, one.peg, angle) for angle in SWINGS]
        mine = [cloud for cloud in rest if _there(swung, cloud) and not _of_the_rack(one, cloud)]
        if sum(len(cloud) for cloud in mine) < FEWEST:
            continue
        cloud = joined(*mine)
        body = _fitted(swung, cloud.p_W)
        if body is not None:
            found.append((cloud, body))
            rest = [other for other in rest if all(other is not own for own in mine)]
    return found, tuple(rest)


def _there(swung: Sequence[Body], cloud: Cloud) -> bool:
    """Tell whether most of a cluster lies where the thing may have swung to."""
    inside = np.any([body.holds(cloud.p_W, AROUND) for body in swung], axis=0)
    return bool(inside.mean() > MOSTLY)


def _of_the_rack(one: Hung, cloud: Cloud) -> bool:
    """Tell whether a cluster is plainly of the rack's colour: where a mug fell, its rack was taken for it."""
    named = name_color(cloud.rgb)
    return one.peg_color in named and one.color not in named


def _fitted(swung: Sequence[Body], p_W: Float64) -> Body | None:
    """Give the swing that explains points best, fitted to them; None where none does."""
    few = p_W[:: max(len(p_W) // MOST, 1)]
    fits = [(body, fit_pose(solids_of(body.shapes, body.X_WO), few, body.X_WO, SLACK)) for body in swung]
    body, fit = min(fits, key=lambda one: one[1].cost)
    if fit.share < FITS:
        return None
    there = _moved(body, fit.X_WO @ body.X_WO.inverse())
    return replace(there, rms=fit.rms, doubts=(*there.doubts, WHERE_LEFT))


def _body(thing: Thing) -> Body:
    return Body(
        kind=thing.kind,
        X_WO=thing.X_WO,
        size=thing.size,
        parts=thing.parts,
        shapes=thing.shapes,
        cavity_radius=thing.cavity_radius,
        floor=float(thing.parts["top"][2]),
    )


def _turned(body: Body, pivot: Float64, axis: Float64, angle: float) -> Body:
    """Swing a body about a line."""
    turn = RigidTransform(RotationMatrix(AngleAxis(float(angle), axis)), np.zeros(3))
    return _moved(body, RigidTransform(pivot) @ turn @ RigidTransform(-pivot))


def _moved(body: Body, X_NW: RigidTransform) -> Body:
    return replace(
        body,
        X_WO=X_NW @ body.X_WO,
        parts={name: X_NW @ p_W for name, p_W in body.parts.items()},
        shapes=tuple(moved(shape, X_NW) for shape in body.shapes),
    )
