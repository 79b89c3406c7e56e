"""What has to hold when a wish told in a few words is fulfilled: by verbs, and by what things are called.

A verb says what holds afterwards of its thing, or that it has to be done at all. It is looked for in the
wish's name first and in its description where the name has none. A thing that is not said is the one of its
class that is there: who listens does so to a player, who drinks holds a vessel.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .situation import SELF
from .wishes import Wish

CLASSES = {
    "light": r"light|lamp",
    "player": r"stereo|radio|player",
    "screen": r"television|tv",
    "computer": r"computer|laptop",
    "phone": r"phone",
    "remote": r"remote(?:_control)?",
    "cold": r"freezer|fridge|refrigerator",
    "washer": r"washing_machine",
    "dishes_washer": r"dishwasher",
    "brewer": r"coffe_?e?_?maker|kettle",
    "stove": r"oven|stove",
    "bed": r"bed",
    "sofa": r"couch|sofa|armchair",
    "toilet": r"toilet",
    "shower": r"shower|bathtub",
    "animal": r"cat|dog|pet",
    "book": r"novel|\w*book|magazine|newspaper",
    "vessel": r"cup|mug|\w*glass",
    "pan": r"pot|pan|frying_pan",
    "clothes": r"clothes_\w+",
    "soap": r"soap|\w*_soap|\w*detergent",
    "dish": r"plate|bowl|dish|cup|fork|spoon|knife|pot|pan|\w*glass",
    "cutlery": r"plate|bowl|cup|fork|spoon|knife|\w*napkin|\w*glass",
    "table": r"table|dining_table",
    "food": r"food_\w+|milk|groceries",
    "brush": r"toothbrush",
    "paste": r"tooth_?paste",
    "coffee": r"ground_coffee|coffee_filter",
}
"""Things of one use, by the names they go by."""
SPOKEN = {
    "television": r"tv|television",
    "couch": r"sofa|couch",
    "phone": r"(?:tele|cell)?phone",
    "freezer": r"fridge|freezer|refrigerator",
    "coffe_maker": r"coffee maker|coffee machine",
}
"""Words for a thing other than its own."""


@dataclass(slots=True, kw_only=True)
class Goals:
    """What is to hold, and what is to be done.

    Attributes:
        nodes: A thing's name and a state each.
        edges: A thing's name, a relation and another one's name each.
        actions: Names.
    """

    nodes: list[tuple[str, str]] = field(default_factory=list)
    edges: list[tuple[str, str, str]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)


class Reader:
    """Reads one wish."""

    def __init__(self, wish: Wish):
        """Begin with nothing wanted.

        Args:
            wish: What the prompt says.
        """
        self.wish, self.goals = wish, Goals()
        self.said = f"{wish.name}. {wish.text}".lower()

    def every(self, *classes: str) -> list[str]:
        """Give the things there are of some classes."""
        names = [
            name
            for one in classes
            for name in self.wish.possible
            if re.fullmatch(CLASSES[one], name) or re.fullmatch(rf"\w+_(?:{CLASSES[one]})", name)
        ]
        return list(dict.fromkeys(names))

    def of(self, *classes: str) -> list[str]:
        """Give the things there are of some classes; those that are said, where some are."""
        names = self.every(*classes)
        return [name for name in names if self.is_said(name)] or names

    def is_said(self, name: str) -> bool:
        """Say whether a thing's name, or another word for it, is in the wish."""
        own = SPOKEN.get(name, re.escape(name).replace("_", "[ _-]?"))
        return re.search(rf"\b(?:{own})s?\b", self.said) is not None

    def runs(self, names: list[str]) -> None:
        """Want things to work: on, and plugged in and closed where they have a plug and a door."""
        for name in names:
            if "ON" in self.wish.possible[name]:
                self.state(name, "ON")
                told = self.wish.states.get(name, frozenset())
                for state, other in (("PLUGGED_IN", "PLUGGED_OUT"), ("CLOSED", "OPEN")):
                    if told & {state, other}:
                        self.state(name, state)

    def state(self, name: str, state: str) -> None:
        """Want a thing to be in a state."""
        if (name, state) not in self.goals.nodes:
            self.goals.nodes.append((name, state))

    def relate(self, names: list[str], relation: str, others: list[str]) -> None:
        """Want things in a relation to the first of others that the relation may lead to."""
        other = next((one for one in others if one in self.wish.targets.get(relation, ())), None)
        for name in names:
            if other is not None and (name, relation, other) not in self.goals.edges and name != other:
                self.goals.edges.append((name, relation, other))

    def do(self, *actions: str) -> None:
        """Want something to be done."""
        self.goals.actions += [action for action in actions if action not in self.goals.actions]

    def hold(self, names: list[str]) -> None:
        """Want the first thing that a hand may hold to be in the right one, or in the left one."""
        for relation in ("HOLDS_RH", "HOLDS_LH"):
            fit = [name for name in names if name in self.wish.targets.get(relation, ())]
            if fit:
                self.relate([SELF], relation, fit[:1])
                return


def _load(reader: Reader, machine: list[str], load: list[str]) -> None:
    """Things in or on a machine that works."""
    reader.runs(machine)
    for relation in ("INSIDE", "ON"):
        reader.relate(load, relation, machine)


def _wash(reader: Reader) -> None:
    clothes = re.search(r"cloth|laundry|pants|shirt", reader.said)
    washer, dishes = reader.of("washer"), reader.of("dishes_washer")
    if clothes and washer:
        _load(reader, washer, reader.every("clothes", "soap"))
    elif dishes:
        _load(reader, dishes, reader.every("dish", "soap"))
    elif re.search(r"\bteeth\b", reader.said):
        _brush(reader)
    else:
        by_hand = re.search(r"\bdish|\bplate", reader.said)
        reader.do(*(("GRAB", "WASH") if by_hand else ("WASH",)))


def _brush(reader: Reader) -> None:
    reader.relate([SELF], "HOLDS_RH", reader.of("paste"))
    reader.relate([SELF], "HOLDS_LH", reader.of("brush"))


def _rest(reader: Reader) -> None:
    lies = re.search(r"\blie|\blay|\blying", reader.said)
    reader.state(SELF, "LYING" if lies else "SITTING")
    reader.relate([SELF], "ON", reader.of("sofa"))


def _sleep(reader: Reader) -> None:
    reader.state(SELF, "LYING")
    reader.relate([SELF], "ON", reader.of("bed", "sofa"))
    reader.do("SLEEP")


def _watch(reader: Reader) -> None:
    reader.runs(reader.of("screen"))
    reader.relate([SELF], "FACING", reader.of("screen"))
    reader.do("WATCH")


def _listen(reader: Reader) -> None:
    reader.runs(reader.of("player"))


def _read(reader: Reader) -> None:
    reader.hold(reader.of("book"))
    reader.do("READ")


def _drink(reader: Reader) -> None:
    reader.hold(reader.of("vessel"))
    reader.do("DRINK")


def _switch(reader: Reader) -> None:
    """Turn on what is said; where that is not said, a light."""
    able = [name for name, states in reader.wish.possible.items() if "ON" in states and reader.is_said(name)]
    lights = reader.of("light")
    reader.runs(
        lights if lights and (not able or re.search(r"light|lamp", reader.wish.name.lower())) else able
    )


def _write(reader: Reader) -> None:
    reader.runs(reader.of("computer"))
    reader.do("TYPE")


def _use_computer(reader: Reader) -> None:
    machines = reader.of("computer")
    reader.runs(machines)
    if not machines:
        reader.hold(reader.of("phone"))


def _store(reader: Reader) -> None:
    places = reader.of("cold")
    reader.relate(reader.of("food"), "INSIDE", places)
    for place in places:
        reader.state(place, "OPEN")
        if reader.wish.states.get(place, frozenset()) & {"PLUGGED_IN", "PLUGGED_OUT"}:
            reader.state(place, "PLUGGED_IN")


def _brew(reader: Reader) -> None:
    machine = reader.of("brewer")
    _load(reader, machine, reader.every("coffee"))
    reader.do("POUR")


def _cook(reader: Reader) -> None:
    stove = reader.of("stove")
    _load(reader, stove, reader.of("pan"))


def _lay(reader: Reader) -> None:
    reader.relate(reader.every("cutlery"), "ON", reader.of("table"))


def _pet(reader: Reader) -> None:
    reader.relate([SELF], "CLOSE", reader.of("animal"))
    reader.do("TOUCH")


def _pick(reader: Reader) -> None:
    reader.hold([name for name in reader.wish.possible if reader.is_said(name)])


def _zap(reader: Reader) -> None:
    reader.runs(reader.of("screen"))
    reader.hold(reader.of("remote"))
    reader.relate([SELF], "FACING", reader.of("remote"))
    reader.do("PUSH")


def _go(reader: Reader) -> None:
    """Go to what is said: onto it where one can be on it, else near it."""
    said = [name for name in reader.of("toilet", "shower", "bed", "sofa") if reader.is_said(name)]
    for relation in ("ON", "CLOSE"):
        reader.relate([SELF], relation, said)


def _settle(reader: Reader) -> None:
    """Sit or lie where it is said."""
    if reader.is_said("toilet"):
        _go(reader)
    else:
        _rest(reader)


VERBS: tuple[tuple[str, Callable[[Reader], None]], ...] = (
    (r"sleep|\bnap\b", _sleep),
    (r"relax|\brest\b", _rest),
    (r"change \w+ ?channel|switch channel|flip channel", _zap),
    (r"watch", _watch),
    (r"listen|play music", _listen),
    (r"\bread", _read),
    (r"drink", _drink),
    (r"brush (?:\w+ )?teeth", _brush),
    (r"wash|rinse|scrub|clean the dishes", _wash),
    (r"(?:make|brew) coffee", _brew),
    (r"\bcook", _cook),
    (r"groceries|in(?:to)? (?:the )?fridge", _store),
    (r"set (?:up )?(?:the )?table|lay the table", _lay),
    (r"e-?mail|\btyp(?:e|ing)\b|\bwrite", _write),
    (r"\bpet(?:ting)?\b|\bstroke\b|\btouch (?:the |my )?(?:cat|dog)\b", _pet),
    (r"(?:turn|switch|power|flick)(?:ed|ing)? (?:\w+ ){0,3}on\b|flip (?:the|a) switch", _switch),
    (r"browse|internet|\bwork\b|computer", _use_computer),
    (r"pick (?:\w+ ){0,3}up\b|\bgrab\b|\btake the\b", _pick),
    (r"\bsit\b|\bsat\b|\blie\b|\blay\b", _settle),
    (r"\bgo to|shower|\bbath\b", _go),
)
"""What a verb wants, by its pattern; the first that is found counts. What is done on the way comes last."""


def interpret(wish: Wish) -> Goals:
    """Say what has to hold when a wish is fulfilled."""
    for text in (wish.name.lower(), wish.text.lower()):
        for pattern, meaning in VERBS:
            if re.search(pattern, text):
                reader = Reader(wish)
                meaning(reader)
                if reader.goals.nodes or reader.goals.edges or reader.goals.actions:
                    return reader.goals
    return Goals()


def lines_of(goals: Goals) -> Iterator[str]:
    """Write goals in words, one each."""
    yield from (f"{name} is {state}" for name, state in goals.nodes)
    yield from (f"{one} is {relation} to {other}" for one, relation, other in goals.edges)
    yield from goals.actions
