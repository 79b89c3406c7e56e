"""The loop of the named tier: look, understand, try, look again, while there is time.

It is given an instruction, a robot and its named pixels; it is told neither which task it is nor whether
it has succeeded.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ....core.errors import CannotDo, HandselError, InputError
from ..env import Body
from ..plans import Plan, follow
from ..robot import BenchRobot
from .choosing import choices
from .deeds import deed_of
from .grounding import ground
from .hand import TIP, Hand
from .scene import NamedScene, scene_of

TRIES = 6
SETTLE = 0.15
"""Time for what was just put there to come to rest, [s]."""
OPENING = 12
"""Steps in which the fingers let go of what they hold."""
BACK = 0.2
"""Height to which the hand goes before it looks again, [m]."""


@dataclass(slots=True, kw_only=True)
class Told:
    """What happened, in words.

    Attributes:
        tries: One line for each try.
        cause: Why it gave up; empty where time ran out.
    """

    tries: list[str] = field(default_factory=list)
    cause: str = ""


class NamedAgent:
    """Does what is said with a hand, by the names behind the pixels and the depth of those pixels."""

    def __init__(self, robot: BenchRobot, body: Body, over: Callable[[], bool]):
        """Take over a robot.

        Args:
            robot: What moves.
            body: Where its named pixels come from.
            over: Asked after every step whether the evaluation has ended the episode; nothing is
                concluded from it but that.
        """
        self._robot, self._body, self._over = robot, body, over
        self._tick = robot.period

    def run(self, instruction: str) -> Told:
        """Do it, until the episode is over or nothing is left to try."""
        told = Told()
        try:
            deed = deed_of(instruction)
        except InputError as error:
            told.cause = str(error)
            return told
        self._robot.advance(SETTLE)
        for number in range(TRIES):
            if self._ended():
                break
            try:
                scene = self._look()
                meant = ground(deed, scene, np.array(self._robot.observe().arms["arm"].q))
                ways = choices(meant)
                plan = ways[number % len(ways)]
                told.tries.append(f"{deed.kind} {_named(meant.thing)} to {_point(meant.place)}")
                follow(self._robot, plan(Hand(self._robot.observe(), self._robot.limits, scene)), self._ended)
                follow(
                    self._robot, _clear(Hand(self._robot.observe(), self._robot.limits, scene)), self._ended
                )
            except CannotDo as error:
                told.cause = str(error)
                break
            except HandselError as error:
                told.tries.append(f"{type(error).__name__}: {error}")
                if not self._ended():
                    self._robot.stop()
                    self._robot.advance(20 * self._tick)
        return told

    def _look(self) -> NamedScene:
        return scene_of(self._body.observe(self._robot.info.cameras, names=True))

    def _ended(self) -> bool:
        return self._robot.over or self._over()


def _clear(hand: Hand) -> Plan:
    """Open and get out of the cameras' way."""
    yield from hand.start_grip(shut=False)
    yield from hand.wait(OPENING)  # Not until they are still: what the hand leans on may keep them from it.
    up = hand.q
    up[2] = max(up[2], BACK + TIP)
    yield from hand.go(up)


def _named(pieces: tuple) -> str:
    return "/".join(pieces[0].path[-2:]) if pieces else "the hand"


def _point(place: np.ndarray | None) -> str:
    return "nowhere" if place is None else str(np.round(place, 3).tolist())
