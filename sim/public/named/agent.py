"""The loop of who acts by keypoints: look, say what is meant, try, look again, while there is time.

It is given an instruction, a robot and what shows it pieces; it is told neither which task it is nor
whether it has succeeded. Where pieces and readings come from differs by tier.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from ....core.errors import CannotDo, HandselError, InputError
from ..env import Body
from ..plans import Plan, follow
from ..robot import ARM, BenchRobot
from .choosing import choices
from .deeds import Deed, deed_of
from .grounding import Meant, ground
from .hand import TIP, Hand
from .scene import NamedScene, scene_of

TRIES = 6
"""Of each step."""
SETTLE = 0.15
"""Time for what was just put there to come to rest, [s]."""
BACK = 0.2
"""Height to which the hand goes before it looks again, [m]."""
OPENING = 12
"""Steps in which the fingers let go of what they hold."""
TURNS = "yaw"
"""A joint that hands have which can be turned."""
See = Callable[[], NamedScene]
Step = Callable[[NamedScene], tuple[Deed, NamedScene]]
"""Says a deed, and the pieces by the names that it means them by, from what is seen now."""


@dataclass(slots=True, kw_only=True)
class Told:
    """What happened, in words.

    Attributes:
        tries: One line for each try.
        cause: Why it gave up; empty where time ran out.
    """

    tries: list[str] = field(default_factory=list)
    cause: str = ""


class Reader(Protocol):
    """Says what an instruction asks for."""

    def __call__(self, instruction: str) -> tuple[Step, ...]:
        """Read an instruction: what is to be done, one step after another.

        Raises:
            InputError: If it cannot be read.
            CannotDo: If nothing is known of it.
        """
        ...


def by_names(instruction: str) -> tuple[Step, ...]:
    """Read an instruction as one deed, whose nouns the pieces' own names say."""
    deed = deed_of(instruction)
    return (lambda scene: (deed, scene),)


def seeing_names(robot: BenchRobot, body: Body) -> See:
    """Make what shows a benchmark's pieces by its own names."""
    return lambda: scene_of(body.observe(robot.info.cameras, names=True))


class KeypointAgent:
    """Does what is said with a hand that is never turned, by the pieces that it is shown."""

    def __init__(self, robot: BenchRobot, over: Callable[[], bool], see: See, read: Reader):
        """Take over a robot.

        Args:
            robot: What moves.
            over: Asked after every step whether the evaluation has ended the episode; nothing is
                concluded from it but that.
            see: Shows the pieces that are seen now.
            read: Says what is meant.

        Raises:
            CannotDo: If its hand can be turned, which these plans do not know.
        """
        if TURNS in robot.limits.names:
            raise CannotDo("these plans are for a hand that is never turned; this one has a wrist")
        self._robot, self._over, self._see, self._read = robot, over, see, read

    def run(self, instruction: str) -> Told:
        """Do it, until the episode is over or nothing is left to try."""
        told = Told()
        try:
            steps = self._read(instruction)
        except (InputError, CannotDo) as error:
            told.cause = str(error)
            return told
        self._robot.advance(SETTLE)
        for number in range(TRIES * len(steps)):
            if self._ended():
                break
            try:
                self._try(steps[number % len(steps)], number // len(steps), told)
            except CannotDo as error:
                told.cause = str(error)
                break
            except HandselError as error:
                told.tries.append(f"{type(error).__name__}: {error}")
                if not self._ended():
                    self._robot.stop()
                    self._robot.advance(20 * self._robot.period)
        return told

    def _try(self, step: Step, number: int, told: Told) -> None:
        deed, scene = step(self._see())
        meant = ground(deed, scene, np.array(self._robot.observe().arms[ARM].q))
        ways = choices(meant)
        told.tries.append(_in_words(meant))
        self._follow(ways[number % len(ways)](Hand(self._robot.observe(), self._robot.limits, scene)))
        self._follow(_clear(Hand(self._robot.observe(), self._robot.limits, scene)))

    def _follow(self, plan: Plan) -> None:
        follow(self._robot, plan, self._ended)

    def _ended(self) -> bool:
        return self._robot.over or self._over()


def _clear(hand: Hand) -> Plan:
    """Open and get out of the cameras' way."""
    yield from hand.start_grip(shut=False)
    yield from hand.wait(OPENING)  # Not until they are still: what the hand leans on may keep them from it.
    up = hand.q
    up[2] = max(up[2], BACK + TIP)
    yield from hand.go(up)


def _in_words(meant: Meant) -> str:
    thing = "/".join(meant.thing[0].path[-2:]) if meant.thing else "the hand"
    where = "nowhere" if meant.place is None else str(np.round(meant.place, 3).tolist())
    return f"{meant.deed.kind} {thing} to {where}"
