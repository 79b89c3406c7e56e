"""Push a thing over what it stands on, with both fingers behind it."""

import numpy as np

from ....core.arrays import Float64
from ..plans import Plan
from .carrying import travel
from .grasping import FINGER, HALF_WIDE, OPENING, PALM, PALM_ABOVE, TIP
from .hand import UP, Hand
from .heights import Heights, patch, turned
from .seeing import Seen, bounds

BEHIND = 0.025
"""From how far behind a thing it is gone for, [m]."""
AHEAD = 0.45
"""Where a thing is pressed on from above, as a share of the way from its middle to its edge."""
PRESS = 0.006
"""How far into it the hand's goal lies then, [m]."""
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
    points = seen.points(name)
    back = float(np.percentile((points[:, :2] - middle) @ -way, 99.0))
    contact = back + HALF_WIDE
    # The open fingers touch on both sides of the middle, so that what is round does not turn off.
    yaw = hand.nearest(float(np.arctan2(-way[0], way[1])) + np.pi / 2.0)
    z = low[2] + TIP + 0.25 * (high[2] - low[2])
    begin = np.array([*(middle - way * (contact + BEHIND)), z])
    if _free(seen, name, begin, yaw):
        yield from hand.start_open()
        yield from travel(hand, seen, begin, yaw)
        end = np.array([*(goal - way * contact), z])
    else:
        # Nothing fits behind it: from above, within its rim or by friction, near the edge that goes first.
        at = middle + way * (AHEAD * back)
        near = points[np.linalg.norm(points[:, :2] - at, axis=1) < 0.012]
        z = float(np.median(near[:, 2])) if len(near) else float(high[2])
        yield from hand.close()
        yield from travel(hand, seen, np.array([*at, z + TIP + 0.03]), yaw)
        yield from hand.go(np.array([*at, z + TIP - PRESS]), yaw, speed=SLOW, anew=False)
        end = np.array([*(at + goal - middle), z + TIP - PRESS])
    yield from hand.go(end, yaw, speed=SLOW)
    yield from hand.go(hand.p_W + 0.12 * UP)


def _free(seen: Seen, name: str, at: Float64, yaw: float) -> bool:
    """Tell whether the open hand can stand at a place."""
    heights = Heights.of(seen.others(name), at[:2] - 0.2, at[:2] + 0.2, seen.floor)
    fingers = heights.at(at[:2] + turned(patch(HALF_WIDE, OPENING / 2.0 + FINGER), yaw)).max()
    palm = heights.at(at[:2] + turned(patch(*PALM), yaw)).max()
    return bool(fingers < at[2] - TIP and palm < at[2] + PALM_ABOVE)
