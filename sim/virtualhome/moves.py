"""What the actions that a prompt offers need and bring about, for the things that it lists.

The prompt says of each action what it is called, what it means in half a sentence, and which properties
its things should have. What follows from the meaning stands here, once for each action; nothing here
knows a task or a thing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from .search import Fact, Move, State
from .situation import Action, Situation

HANDS = {"HOLDS_RH": "right", "HOLDS_LH": "left"}
SAME = {"CLOSE": "NEAR"}
"""Relations that are told in two words; the state ``CLOSE`` there is none of."""
UPRIGHT: Fact = ("upright",)
POSTURES = {"SIT": "SITTING", "LIE": "LYING"}
CHANGES = {
    "OPEN": ("OPEN", "CLOSED"),
    "CLOSE": ("CLOSED", "OPEN"),
    "SWITCHON": ("ON", "OFF"),
    "SWITCHOFF": ("OFF", "ON"),
    "PLUGIN": ("PLUGGED_IN", "PLUGGED_OUT"),
    "PLUGOUT": ("PLUGGED_OUT", "PLUGGED_IN"),
    **dict.fromkeys(("WASH", "RINSE", "SCRUB", "WIPE"), ("CLEAN", "DIRTY")),
}
"""The state that an action brings about, and the one that it ends."""
LOOKS = ("LOOKAT", "WATCH", "POINTAT")
"""What is done to a thing that one has turned to."""
IN_HAND = ("DRINK", "READ", "EAT", "SQUEEZE")
"""What is done to a thing in the hand, where it can be taken into one; nobody drinks otherwise."""
MERELY = ("TOUCH", "PUSH", "PULL", "MOVE", "GREET", "TYPE", "CUT", *IN_HAND)
"""What changes nothing that is told."""


def told_as_one(fact: Fact) -> Fact:
    """Write a relation that has two names by the one."""
    return (SAME.get(fact[0], fact[0]), *fact[1:]) if len(fact) == 3 else fact


def start_of(situation: Situation) -> State:
    """Give what holds at the start, with what goes without saying where the prompt does not say otherwise.

    Hands are empty, the robot is upright, what has a plug is plugged in, and nothing runs.
    """
    me, told = situation.me, {told_as_one(fact) for fact in situation.told}
    facts = set(told) | {("loose", thing) for thing in situation.things}
    for relation, hand in HANDS.items():
        held = [fact[2] for fact in told if fact[:2] == (relation, me)]
        facts |= {("busy", hand), *(("held", thing) for thing in held)} if held else {("free", hand)}
        facts -= {("loose", thing) for thing in held}
    if not any((posture, me) in told for posture in POSTURES.values()):
        facts.add(UPRIGHT)
    facts |= {("powered", thing) for thing in situation.things if ("PLUGGED_OUT", thing) not in told}
    facts |= {("idle", thing) for thing in situation.things if ("ON", thing) not in told}
    return frozenset(facts)


class Moves:
    """Everything that can be done with some of the things."""

    def __init__(
        self, situation: Situation, things: Iterable[str], named: Iterable[str], *, strict: bool = True
    ):
        """Look at what there is.

        Args:
            situation: What the prompt says.
            things: Numbers of the things that count.
            named: Numbers of those that the goals name; others cost more.
            strict: Whether what is done to a thing has to fit its properties.
        """
        self._of, self._me, self._strict = situation, situation.me, strict
        self._things = [thing for thing in things if thing != situation.me]
        self._named = frozenset(named)
        self._start = frozenset(map(told_as_one, situation.told))

    def all(self) -> Iterator[Move]:
        """Give every move."""
        for action in self._of.actions.values():
            for move in self._of_action(action):
                yield replace(move, price=1 + sum(map(self._dearer, move.things)))

    def _dearer(self, thing: str) -> int:
        """Say how much dearer a thing is than one that the goals name: least so where it is of some use."""
        if thing in self._named:
            return 0
        return 1 if self._of.things[thing].properties else 3

    def _of_action(self, action: Action) -> Iterator[Move]:
        name = action.name
        if name == "STANDUP":
            ends = {(posture, self._me) for posture in POSTURES.values()}
            ends |= {("ON", self._me, thing) for thing in self._things}
            yield Move(name=name, adds=frozenset({UPRIGHT}), removes=frozenset(ends))
        elif name in ("PUTBACK", "PUTIN"):
            yield from self._puts(action)
        elif name == "POUR":
            yield from self._pours(action)
        elif len(action.wants) == 1:
            for thing in filter(lambda one: self._fits(action, 0, one), self._things):
                yield from self._of_one(name, thing)

    def _of_one(self, name: str, thing: str) -> Iterator[Move]:
        me, reach = self._me, self._reach(thing)
        if name in ("WALK", "RUN"):
            yield self._walk(name, thing)
        elif name in CHANGES:
            yield self._change(name, thing, reach)
        elif name in POSTURES:
            facts = frozenset({(POSTURES[name], me), ("ON", me, thing)})
            needs = reach | {UPRIGHT}
            yield Move(name=name, things=(thing,), needs=needs, adds=facts, removes=frozenset({UPRIGHT}))
        elif name == "TURNTO":
            yield Move(name=name, things=(thing,), needs=reach, adds=frozenset({("FACING", me, thing)}))
        elif name in LOOKS:
            yield Move(name=name, things=(thing,), needs=reach | {("FACING", me, thing)})
        elif name == "GRAB":
            yield from self._grabs(thing, reach)
        elif name == "PUTON":
            yield from self._lets_go(name, (thing,), frozenset(), {("ON", thing, me)})
        elif name in ("DROP", "RELEASE"):
            yield from self._lets_go(name, (thing,), frozenset(), set())
        elif name in MERELY:
            takes = name in IN_HAND and (name == "DRINK" or "GRABBABLE" in self._of.things[thing].properties)
            yield Move(name=name, things=(thing,), needs=frozenset({("held", thing)}) if takes else reach)

    def _walk(self, name: str, thing: str) -> Move:
        me = self._me
        away = {(relation, me, other) for relation in ("NEAR", "FACING") for other in self._things}
        adds = {("NEAR", me, thing)}
        adds |= {("NEAR", me, other) for other in self._things if ("NEAR", other, thing) in self._start}
        where = {fact[2] for fact in self._start if fact[:2] == ("INSIDE", thing)}
        rooms = {one for one in where | {thing} if not self._of.things[one].properties}
        if rooms:
            adds |= {("INSIDE", me, room) for room in rooms}
            away |= {("INSIDE", me, other) for other in self._of.things}
        return Move(
            name=name,
            things=(thing,),
            needs=frozenset({UPRIGHT}),
            adds=frozenset(adds),
            removes=frozenset(away) - adds,
        )

    def _change(self, name: str, thing: str, reach: State) -> Move:
        now, before = CHANGES[name]
        needs, adds, removes = set(reach), {(now, thing)}, {(before, thing)}
        match name:
            case "OPEN":
                needs.add(("idle", thing))
            case "SWITCHON":
                needs.add(("powered", thing))
                removes.add(("idle", thing))
            case "SWITCHOFF":
                needs.add(("ON", thing))
                adds.add(("idle", thing))
            case "PLUGIN":
                adds.add(("powered", thing))
            case "PLUGOUT":
                removes.add(("powered", thing))
        return Move(
            name=name,
            things=(thing,),
            needs=frozenset(needs),
            adds=frozenset(adds),
            removes=frozenset(removes),
        )

    def _grabs(self, thing: str, reach: State) -> Iterator[Move]:
        """The right hand takes what it can, the left one what is left."""
        off = {(relation, thing, other) for relation in ("ON", "INSIDE") for other in self._of.things}
        for relation, hand in HANDS.items():
            needs = (
                reach
                | {("free", hand), ("loose", thing)}
                | ({("busy", "right")} if hand == "left" else set())
            )
            adds = {(relation, self._me, thing), ("held", thing), ("busy", hand)}
            yield Move(
                name="GRAB",
                things=(thing,),
                needs=frozenset(needs),
                adds=frozenset(adds),
                removes=frozenset(off | {("free", hand), ("loose", thing)}),
            )

    def _lets_go(self, name: str, things: tuple[str, ...], needs: State, adds: set[Fact]) -> Iterator[Move]:
        held = things[0]
        for relation, hand in HANDS.items():
            grip = (relation, self._me, held)
            yield Move(
                name=name,
                things=things,
                needs=needs | {grip},
                adds=frozenset(adds | {("free", hand), ("loose", held)}),
                removes=frozenset({grip, ("held", held), ("busy", hand)}),
            )

    def _puts(self, action: Action) -> Iterator[Move]:
        """Where a thing is to be put the goals say; nothing is put elsewhere."""
        relation = "ON" if action.name == "PUTBACK" else "INSIDE"
        for of, held, place in (fact for fact in self._wanted() if fact[0] == relation):
            if not (self._fits(action, 0, held) and self._fits(action, 1, place)):
                continue
            needs = self._reach(place) | {("idle", place)}
            needs |= {("OPEN", place)} if relation == "INSIDE" else set()
            yield from self._lets_go(action.name, (held, place), frozenset(needs), {(of, held, place)})

    def _wanted(self) -> list[Fact]:
        own = set(self._things)
        return [told_as_one(goal) for goal in self._of.goals if len(goal) == 3 and own.issuperset(goal[1:])]

    def _pours(self, action: Action) -> Iterator[Move]:
        """What can be taken into the hand is poured out of it, anything else from where it is."""
        for one in filter(lambda one: self._fits(action, 0, one), self._things):
            takes = "GRABBABLE" in self._of.things[one].properties
            needs = frozenset({("held", one)}) if takes else frozenset[Fact]()
            for other in filter(lambda other: self._fits(action, 1, other), self._things):
                if one != other:
                    yield Move(
                        name=action.name,
                        things=(one, other),
                        needs=needs | self._reach(other),
                        adds=frozenset({("INSIDE", one, other)}),
                    )

    def _reach(self, thing: str) -> State:
        """Say what has to hold before a thing can be touched: one is at it, and what it is in is open."""
        shut = {
            ("OPEN", fact[2])
            for fact in self._start
            if fact[:2] == ("INSIDE", thing) and "CAN_OPEN" in self._of.things[fact[2]].properties
        }
        return frozenset({("NEAR", self._me, thing), *shut})

    def _fits(self, action: Action, place: int, thing: str) -> bool:
        """Say whether a thing has the properties: all of them, or any where no thing has all."""
        wants, own = action.wants[place], self._of.things[thing].properties
        if not self._strict:
            return bool(own)
        if any(wants <= one.properties for one in self._of.things.values()):
            return wants <= own
        return bool(wants & own)
