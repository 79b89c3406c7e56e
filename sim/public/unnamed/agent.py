"""The loop of who acts without names: look, say which piece is meant, try, look again."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from ....core.errors import CannotDo, HandselError, InputError, SkillFailed
from ..env import Body
from ..named.agent import BACK, SETTLE, TRIES, Told
from ..named.choosing import choices
from ..named.deeds import Deed, deed_of
from ..named.grounding import Meant, ground
from ..named.hand import TIP, Hand
from ..named.scene import NamedScene
from ..plans import Plan, follow
from ..robot import ARM, BenchRobot
from .guessing import read_plainly
from .seeing import pieces_of

TURNS = "yaw"
"""A joint that hands have which can be turned."""
Step = Callable[[NamedScene], tuple[Deed, NamedScene]]
"""Says a deed, and names the pieces that it means, from what is seen now."""


class Reader(Protocol):
    """Says what an instruction asks for."""

    def __call__(self, instruction: str) -> tuple[Step, ...]:
        """Read an instruction: what is to be done, one step after another.

        Raises:
            InputError: If it cannot be read.
            CannotDo: If nothing is known of it.
        """
        ...


def by_words(instruction: str) -> tuple[Step, ...]:
    """Read an instruction as one step, by its words alone."""
    deed_of(instruction)  # What cannot be read is refused before anything moves.
    return (lambda scene: read_plainly(instruction, scene),)


class UnnamedAgent:
    """Does what is said with a hand, by colours and depth."""

    def __init__(self, robot: BenchRobot, body: Body, over: Callable[[], bool], read: Reader):
        """Take over a robot.

        Args:
            robot: What moves.
            body: Where its pictures come from.
            over: Asked after every step whether the evaluation has ended the episode; nothing is
                concluded from it but that.
            read: Says what is meant.

        Raises:
            CannotDo: If its hand can be turned, which these plans do not know.
        """
        if TURNS in robot.limits.names:
            raise CannotDo("who acts without names knows hands that are never turned; this one has a wrist")
        self._robot, self._body, self._over, self._read = robot, body, over, read
        self._info = body.info()

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
        look = self._body.observe(self._robot.info.cameras)
        deed, scene = step(pieces_of(look, self._info))
        meant = ground(deed, scene, np.array(self._robot.observe().arms[ARM].q))
        if deed.kind in ("open", "close") and not (meant.mount or meant.tool):
            raise SkillFailed(f"nothing is seen that {deed.thing!r} hangs on")
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
    yield from hand.open()
    up = hand.q
    up[2] = max(up[2], BACK + TIP)
    yield from hand.go(up)


def _in_words(meant: Meant) -> str:
    thing = "/".join(meant.thing[0].path) if meant.thing else "the hand"
    where = "nowhere" if meant.place is None else str(np.round(meant.place, 3).tolist())
    return f"{meant.deed.kind} {thing} to {where}"
