"""Push a thing over what it stands on, with both fingers behind it."""

import numpy as np

from ....core.arrays import Float64
from ..plans import Plan
from .carrying import travel
from .grasping import HALF_WIDE, TIP
from .hand import UP, Hand
from .seeing import Seen, bounds

BEHIND = 0.025
"""From how far behind a thing it is gone for, [m]."""
SLOW = 0.15


def slide(hand: Hand, seen: Seen, name: str, goal: Float64) -> Plan:
    """Push a thing until its middle is over a place.

    Args:
        hand: Who pushes.
        seen: What is known.
        name: What is pushed.
        goal: Where its middle goes, x and y, shape (2,), [m].
    """
    low, high = bounds(seen.pieces[name])
    middle = (low + high)[:2] / 2.0
    way = goal - middle
    way = way / max(float(np.linalg.norm(way)), 1e-6)
    back = float(np.percentile((seen.points(name)[:, :2] - middle) @ -way, 99.0))
    contact = back + HALF_WIDE
    # The open fingers touch on both sides of the middle, so that what is round does not turn off.
    yaw = hand.nearest(float(np.arctan2(-way[0], way[1])) + np.pi / 2.0)
    z = low[2] + TIP + 0.25 * (high[2] - low[2])
    begin = np.array([*(middle - way * (contact + BEHIND)), z])
    yield from hand.start_open()
    yield from travel(hand, seen, begin, yaw)
    yield from hand.go(np.array([*(goal - way * contact), z]), yaw, speed=SLOW)
    yield from hand.go(hand.p_W + 0.12 * UP)
