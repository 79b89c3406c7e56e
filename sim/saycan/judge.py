"""Whether what was done is what was asked for: the set of things moved and where to, not the wording.

A thing may stand for another where the instruction's own words do not choose between them: "bring
me a soda that is not a coke" is done with any soda that is no coke. Where the accepted plan takes a
thing at a place that it goes to, the other one has to have been there, too.
"""

import re
from collections.abc import Mapping, Sequence

from .cases import Action, Case, ends_of
from .home import YOU, Home, asked_words
from .world import HAND, House


def kind_of(plan: Sequence[Action]) -> str:
    """Name the kind of an accepted plan, for counting."""
    ends = ends_of(plan)
    if not ends:
        return "go"
    aims = {place for _, place in ends}
    if aims == {HAND}:
        return "pick up"
    if aims == {"trash"}:
        return "throw away"
    if aims == {YOU}:
        return "bring" if len(ends) == 1 else "bring several"
    return "put"


def judge(case: Case, before: Mapping[str, str], house: House) -> tuple[bool, str]:
    """Judge one instruction.

    Args:
        case: What was asked.
        before: Where everything was, by identifier.
        house: The world when it was over.

    Returns:
        Whether it is done, and what was done.
    """
    got = [
        (name, YOU if place == HAND and house.robot == YOU else place)
        for name, place in house.at.items()
        if name in house.moved and place != before[name]
    ]
    words = "; ".join(f"{name} to {place}" for name, place in got) or "nothing was moved"
    for plan in case.plans:
        ends = ends_of(plan)
        if not ends:
            wanted = [place for skill, place in plan if skill == "go_to"]
            right = not got and sorted(set(house.visited)) == sorted(set(wanted))
            words = f"{words}; went to {', '.join(house.visited) or 'nowhere'}"
        else:
            right = _matched(list(ends), got, case, plan, before, house.home)
        if right:
            return True, words
    return False, words


def _matched(
    ends: list[tuple[str, str]],
    got: list[tuple[str, str]],
    case: Case,
    plan: Sequence[Action],
    before: Mapping[str, str],
    home: Home,
) -> bool:
    """Say whether what was moved can be paired with what should have been."""
    if len(ends) != len(got):
        return False
    if not ends:
        return True
    name, aim = ends[0]
    for i, (other, place) in enumerate(got):
        fits = place == aim and _may_stand_for(other, name, case, plan, before, home)
        if fits and _matched(ends[1:], got[:i] + got[i + 1 :], case, plan, before, home):
            return True
    return False


def _may_stand_for(
    other: str, name: str, case: Case, plan: Sequence[Action], before: Mapping[str, str], home: Home
) -> bool:
    own = named(other, case)
    if own == name:
        return True
    asked = asked_words(case.text, home)
    one, two = home.stuff(own).called & asked, home.stuff(name).called & asked
    if not asked or one != two or not two:
        return False
    taken_there = plan[0][0] == "go_to"
    return not taken_there or before[other] in {place for skill, place in plan if skill == "go_to"}


def named(identifier: str, case: Case) -> str:
    """Give the name of a thing by its identifier."""
    stem = re.sub(r"_\d+$", "", identifier).strip("_").replace("_", " ")
    return next((name for name in case.counts if re.sub(r"[^a-z0-9]+", " ", name) == stem), stem)
