"""The loop of who acts without names: look, say which piece is meant, try, look again, while there is time."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from ....core.errors import CannotDo, HandselError, InputError
from ..env import Body
from ..named.agent import BACK, SETTLE, TRIES, Told
from ..named.choosing import choices
from ..named.deeds import Deed, deed_of
from ..named.grounding import Meant, ground
from ..named.hand import TIP, Hand
from ..named.scene import NamedScene
from ..plans import Plan, follow
from ..robot import ARM, BenchRobot
from .seeing import pieces_of


class Reader(Protocol):
    """Says what is to be done with which of the pieces that are seen."""

    def deeds(self, instruction: str) -> tuple[Deed, ...]:
        """Read an instruction: what is to be done, one deed after another.

        Raises:
            InputError: If it cannot be read.
        """
        ...

    def named(self, deed: Deed, scene: NamedScene) -> NamedScene:
        """Give pieces the names by which the deed means them."""
        ...


class PlainReader:
    """Reads by the rules of words alone."""

    def deeds(self, instruction: str) -> tuple[Deed, ...]:
        """Read one deed."""
        return (deed_of(instruction),)

    def named(self, deed: Deed, scene: NamedScene) -> NamedScene:
        """Leave the names as they are."""
        return scene


class UnnamedAgent:
    """Does what is said with a hand, by colours and depth."""

    def __init__(self, robot: BenchRobot, body: Body, over: Callable[[], bool], reader: Reader):
        """Take over a robot.

        Args:
            robot: What moves.
            body: Where its pictures come from.
            over: Asked after every step whether the evaluation has ended the episode; nothing is
                concluded from it but that.
            reader: Who says what is meant.
        """
        self._robot, self._body, self._over, self._reader = robot, body, over, reader
        self._info = body.info()

    def run(self, instruction: str) -> Told:
        """Do it, until the episode is over or nothing is left to try."""
        told = Told()
        try:
            deeds = self._reader.deeds(instruction)
        except InputError as error:
            told.cause = str(error)
            return told
        self._robot.advance(SETTLE)
        for number in range(TRIES * len(deeds)):
            if self._ended():
                break
            try:
                self._try(deeds[number % len(deeds)], number // len(deeds), told)
            except CannotDo as error:
                told.cause = str(error)
                break
            except HandselError as error:
                told.tries.append(f"{type(error).__name__}: {error}")
                if not self._ended():
                    self._robot.stop()
                    self._robot.advance(20 * self._robot.period)
        return told

    def _try(self, deed: Deed, number: int, told: Told) -> None:
        look = self._body.observe(self._robot.info.cameras)
        scene = self._reader.named(deed, pieces_of(look, self._info))
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
    yield from hand.open()
    up = hand.q
    up[2] = max(up[2], BACK + TIP)
    yield from hand.go(up)


def _in_words(meant: Meant) -> str:
    thing = "/".join(meant.thing[0].path) if meant.thing else "the hand"
    where = "nowhere" if meant.place is None else str(np.round(meant.place, 3).tolist())
    return f"{meant.deed.kind} {thing} to {where}"
