"""The loop at a table: look, understand once, and for each deed act, look again, try anew."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ....agent.rules.deeds import Deed
from ....agent.rules.mind import RulesMind
from ....core.errors import CannotDo, HandselError
from ..env import Body
from ..named.agent import Told
from ..plans import Plan, follow
from ..robot import BenchRobot
from . import opening
from .carrying import carry, lift
from .hand import UP, Hand
from .places import BESIDE, place_of
from .seeing import Seen, bounds, see
from .sliding import slide

TRIES, ROUNDS = 3, 3
"""Of each deed, and of all of them."""
OPENED, SHUT = 0.1, 0.02
"""How far a drawer is out when it counts as open, and as shut, [m]."""
SETTLE = 0.1
"""Time for what was just put there to come to rest, [s]."""
THERE = 0.02
"""How far from its place a thing may have come to rest, [m]."""
BY = 0.05
"""The same for a place beside another thing, [m]."""
LIFT = 0.12
"""How far what is to be picked up is lifted, [m]."""


class TableAgent:
    """Does what is said with a hand that turns, by the house's language and the names behind the pixels."""

    def __init__(self, robot: BenchRobot, body: Body, over: Callable[[], bool]):
        """Take over a robot.

        Args:
            robot: What moves.
            body: Where its named pixels come from.
            over: Asked after every step whether the evaluation has ended the episode; nothing is
                concluded from it but that.
        """
        self._robot, self._body, self._over = robot, body, over

    def run(self, instruction: str) -> Told:
        """Do it, until the episode is over or nothing is left to try."""
        told = Told()
        self._robot.advance(SETTLE)
        try:
            meaning = RulesMind().understand(instruction, self._look().scene)
        except HandselError as error:
            told.cause = f"not understood: {error}"
            return told
        if meaning.kind != "do":
            told.cause = f"{meaning.kind}: {meaning.text}"
            return told
        # What cannot be told from pictures is taken for done, and done again in the next round.
        for round_ in range(ROUNDS):
            for deed in meaning.deeds:
                for name in deed.what or ("",):
                    self._do(deed, name, round_, told)
                    if self._ended():
                        return told
        return told

    def _do(self, deed: Deed, name: str, round_: int, told: Told) -> None:
        """Do one deed to one thing, a few times where it is seen not to have come out as it should."""
        for number in range(TRIES):
            seen = self._look()
            done = self._done(deed, name, seen)
            if self._ended() or done or (number and done is None):
                return
            said = f"{deed.do} {name} {deed.relation} {' '.join(deed.to)}".strip()
            try:
                if name not in seen.pieces:
                    raise CannotDo(f"{name} is no longer seen")
                told.tries.append(said)
                hand = Hand(self._robot.observe(), self._robot.limits)
                plan = self._plan(deed, name, seen, hand, number + round_)
                follow(self._robot, plan, self._ended)
            except HandselError as error:
                told.tries.append(f"{said}: {error}")
                told.cause = str(error)
                if not self._ended():
                    self._robot.stop()
                    self._robot.advance(SETTLE)
                    self._back()
            if not self._ended():
                self._robot.advance(SETTLE)

    def _plan(self, deed: Deed, name: str, seen: Seen, hand: Hand, number: int) -> Plan:
        """Choose the plan by what is to be done."""
        if deed.do == "pick":
            return lift(hand, seen, name, number, LIFT)
        if deed.do == "push":
            return slide(hand, seen, name, place_of(deed, name, seen))
        if deed.do in ("put", "move", "pull", "stack"):
            return carry(hand, seen, name, partial(place_of, deed, name), self._look, number)
        if deed.do in ("open", "close"):
            return opening.plan(hand, seen, name, deed.do == "open", number)
        if deed.do in ("turn_on", "turn_off"):
            return opening.turn(hand, seen, name, number)
        raise CannotDo(f"nobody here knows how to {deed.do.replace('_', ' ')} {name}")

    def _done(self, deed: Deed, name: str, seen: Seen) -> bool | None:
        """Tell by what is seen whether a deed is done; None where that cannot be told."""
        if name not in seen.pieces:
            return None
        if deed.do in ("put", "move", "push", "stack") and deed.to:
            low, high = bounds(seen.pieces[name])
            middle = (low + high) / 2.0
            if deed.relation == "in" and deed.to[0] in seen.pieces:
                inner, outer = bounds(seen.pieces[deed.to[0]])
                return bool(((middle > inner) & (middle < outer))[:2].all() and low[2] < outer[2])
            off = float(np.linalg.norm(place_of(deed, name, seen) - middle[:2]))
            return off < (BY if deed.relation in BESIDE else THERE)
        if deed.do in ("open", "close") and (joint := seen.scene.thing(name).articulation) is not None:
            return -joint.lower > OPENED if deed.do == "open" else -joint.lower < SHUT
        return None

    def _look(self) -> Seen:
        look = self._body.observe(self._robot.info.cameras, names=True)
        return see(look, self._body.info())

    def _ended(self) -> bool:
        return self._robot.over or self._over()

    def _back(self) -> None:
        """Open and rise."""
        hand = Hand(self._robot.observe(), self._robot.limits)

        def plan() -> Plan:
            yield from hand.open()
            yield from hand.go(hand.p_W + 0.12 * UP)

        follow(self._robot, plan(), self._ended)
