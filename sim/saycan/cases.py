"""Instructions with accepted plans, and the house that each one speaks of.

The house has all things that the file's plans and ``household.toml`` name. Where the accepted
plan goes to a place and takes something there, it is there and nothing else is; what
it takes without going anywhere is where the robot begins; everything else is at home.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...core.errors import InputError
from .home import YOU, Home
from .world import DRAWER, HAND, House, identifiers

Action = tuple[str, str]
"""A skill and what it is done to, by name."""
SPOKEN = (
    ("find", r"find (.+)"),
    ("go_to", r"(?:go|navigate|drive) to (.+)"),
    ("pick_up", r"(?:pick up|grasp|grab) (.+)"),
    ("put_down", r"(?:put down|place|drop) (.+)"),
    ("bring_to_you", r"bring it to (?:you|the user)()"),
    ("open_drawer", r"open (?:the )?(?:\w+ )?drawer()"),
    ("close_drawer", r"close (?:the )?(?:\w+ )?drawer()"),
)
SOURCE = re.compile(r"\b(?:off|from) the (\w+ counter|counter|table|drawer)")
STARTS = ("counter", "table", "close counter", "far counter")
"""Where the robot may begin, the first that no accepted plan leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One instruction.

    Attributes:
        number: Its line in the file, from 1.
        text: What the person says.
        plans: Accepted plans: that of its line, and those of other lines with the same words.
        counts: How many of each thing there are.
    """

    number: int
    text: str
    plans: tuple[tuple[Action, ...], ...]
    counts: dict[str, int]


def read_cases(path: Path, home: Home) -> tuple[Case, ...]:
    """Read a file with the columns INPUT and OUTPUT, parted by tabs.

    Raises:
        InputError: If it is no such file, or a plan cannot be read.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter="\t"))
        told = [(" ".join(row["INPUT"].split()), row["OUTPUT"]) for row in rows]
    except (OSError, UnicodeDecodeError, KeyError, AttributeError) as error:
        raise InputError(
            f"{str(path)!r} has no household instructions: {error!r}; expected columns INPUT and OUTPUT, "
            "parted by tabs"
        ) from error
    plans = [read_plan(output, home, f"line {i} of {path.name}") for i, (_, output) in enumerate(told, 1)]
    counts = {name: one.count for name, one in home.things.items()}
    for plan in plans:
        for name in {thing for skill, thing in plan if skill in ("find", "pick_up", "put_down")} - set(
            home.places
        ):
            counts[name] = max(counts.get(name, 1), len(_moves(plan, name)))
    return tuple(
        Case(
            number=i,
            text=text,
            plans=(
                plans[i - 1],
                *(plan for plan, (same, _) in zip(plans, told, strict=True) if same == text),
            ),
            counts=counts,
        )
        for i, (text, _) in enumerate(told, 1)
    )


def read_plan(text: str, home: Home, where: str) -> tuple[Action, ...]:
    """Read an accepted plan: ``1. find an apple, 2. pick up the apple, 3. done``.

    Raises:
        InputError: If a step is none that is known.
    """
    actions: list[Action] = []
    for step in re.split(r"(?:^|,\s*)\d+\.\s*", " ".join(text.split())):
        said = step.strip(" .,").lower()
        if not said or said.startswith("done"):
            continue
        actions.append(_action(said, home, where))
    return tuple(actions)


def _action(said: str, home: Home, where: str) -> Action:
    """Read a step.

    Raises:
        InputError: If it is none that is known.
    """
    for skill, pattern in SPOKEN:
        match = re.fullmatch(pattern, said)
        if match:
            name = home.name_of(match[1]) if match[1] else ""
            return ("go_to", name) if skill == "find" and name in home.places else (skill, name)
    raise InputError(f"{where}: {said!r} is no step that is known")


def house_of(case: Case, home: Home) -> House:
    """Make the house that a case speaks of."""
    plan, given = case.plans[0], identifiers(case.counts)
    aims = {place for _, place in _ends(plan)}
    start = next((place for place in STARTS if place not in aims), STARTS[-1])
    sources = dict(_sources(plan, case.text, start, home))
    emptied = {place for place in sources.values() if place in home.places}
    at: dict[str, str] = {}
    for name, ids in given.items():
        own = home.stuff(name).home
        elsewhere = next(place for place in STARTS[::-1] if place not in emptied | aims)
        place = sources.get(name) or (elsewhere if own in emptied else own)
        if name in sources and place in aims and dict(_ends(plan)).get(name) == place:
            place = elsewhere
        at |= dict.fromkeys(ids, place)
    return House(home=home, at=at, robot=start)


def _sources(plan: Sequence[Action], text: str, start: str, home: Home) -> Iterator[tuple[str, str]]:
    """Tell where the accepted plan takes each thing from."""
    here, seen = start, set[str]()
    said = SOURCE.search(text.lower())
    for skill, name in plan:
        if skill == "go_to":
            here = name
        elif skill == "find":
            own = home.stuff(name).home
            here = said[1] if said and said[1] in home.places else own
        elif skill == "bring_to_you":
            here = YOU
        elif skill == "pick_up" and name not in seen:
            seen.add(name)
            yield name, here if here in home.places else home.stuff(name).home


def _ends(plan: Sequence[Action]) -> list[tuple[str, str]]:
    """Tell where the accepted plan leaves each thing: a place, the person, or the hand."""
    here, ends, held = "", list[tuple[str, str]](), ""
    for skill, name in plan:
        if skill == "go_to":
            here = name
        elif skill == "bring_to_you":
            here = YOU
        elif skill == "pick_up":
            held = name
            if ends and ends[-1][0] == name and here == DRAWER:
                ends.pop()  # It was only laid down while the drawer was opened.
        elif skill == "put_down" and held:
            ends.append((held, here))
            held = ""
    return ends + ([(held, YOU if here == YOU else HAND)] if held else [])


def ends_of(plan: Sequence[Action]) -> tuple[tuple[str, str], ...]:
    """Tell what an accepted plan moves, and where to."""
    return tuple(_ends(plan))


def _moves(plan: Sequence[Action], name: str) -> list[Action]:
    """List how often a plan leaves a thing of a name somewhere."""
    return [one for one in _ends(plan) if one[0] == name]
