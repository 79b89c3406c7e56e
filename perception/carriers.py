"""Boxes whose far side is hidden by what they carry.

A can on a box hides the box's back from every camera: the faces seen make a box too
thin, on which the can would not even stand. What carries something carries it near
its middle, so the faces seen are mirrored at the rider's.
"""

import numpy as np

from ..core.arrays import Float64
from . import bodies
from .bodies import Body
from .cloud import Cloud
from .footprints import fit_corner, fit_rectangle, outline
from .ranks import rank, ranks
from .splitting import agreement

STANDS = 0.015  # The underside of what is carried differs from its carrier's top by less, [m].
NEAR = 0.035  # So far may a rider's middle lie outside of the carrier's seen part, [m].
GAIN = 0.03  # Least share of the points that the whole box explains beyond the seen part.
LARGEST = 0.085  # Side of the largest box that is completed, [m].
BLOCK = 0.056  # Side of the largest block, [m].
HALF_GUESSED = "its far side is hidden by what it carries"


def middle_of(p_W: Float64) -> Float64:
    """Give the middle of the upper half of a cluster as seen from above, shape (2,), [m]."""
    z = p_W[:, 2]
    upper = p_W[z >= 0.5 * (rank(z, 0.03) + rank(z, 0.95)), :2]
    return 0.5 * (ranks(upper, 0.04) + ranks(upper, 0.96))


def may_carry(body: Body, rider: Float64) -> bool:
    """Tell whether a cluster may stand on a box or block of which less than all was seen.

    Args:
        body: What the lower cluster was taken for.
        rider: Points of the upper cluster, shape (N, 3), [m].
    """
    if body.kind not in ("box", "block", "thing") or body.lies:
        return False
    near = abs(rank(rider[:, 2], 0.03) - body.highest) < STANDS
    return near and body.covers(middle_of(rider), NEAR)


def completed(cloud: Cloud, body: Body, base: float, rider: Float64) -> Body | None:
    """Complete a carrier about the middle of what it carries, where that explains it better.

    Args:
        cloud: The carrier's points.
        body: What it was taken for.
        base: Height of what it stands on, [m].
        rider: Points of what it carries, shape (N, 3), [m].

    Returns:
        The box, or None where the carrier is good as it is.
    """
    center, top = middle_of(rider), body.highest
    xy, spacing = cloud.p_W[:, :2], rank(cloud.pitch, 0.25)
    upright = cloud.p_W[cloud.p_W[:, 2] < top - 0.004]
    R_WO = body.X_WO.rotation().matrix()
    yaws = [float(np.arctan2(R_WO[1, 0], R_WO[0, 0])), fit_rectangle(outline(xy, spacing)).yaw]
    if len(upright) >= 12:
        yaws.append(fit_corner(upright[:: max(len(upright) // 200, 1), :2], spacing).yaw)
    least = agreement(body, cloud) + GAIN if body.covers(center) and body.kind != "thing" else 0.8
    best = None
    for yaw in yaws:
        R = np.array([[np.cos(yaw), np.sin(yaw)], [-np.sin(yaw), np.cos(yaw)]])
        along = (xy - center) @ R.T
        half = np.maximum(ranks(along, 0.985), -ranks(along, 0.015)) + spacing / 4.0
        if 2.0 * half.max() > LARGEST:
            continue
        length, width = (2.0 * half).tolist()
        kind = "block" if max(length, width, top - base) < BLOCK else "box"
        option = bodies.cuboid(kind, center, float(yaw), length, width, (base, top))
        share = agreement(option, cloud)
        if share > least:
            best, least = option, share
    return best
