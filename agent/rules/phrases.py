"""Clauses of a correction that speak of things: what each asks for, before it is tied to the scene."""

import re
from dataclasses import dataclass
from typing import Literal

from ..remarks import Clause

Role = Literal["not", "other", "forbid", "allow", "away", "leave", "back", "place", "said"]

_PLACE = (
    r"(?:in|into|inside|on|onto|on top of|to|next to|beside|by|near|left of|right of|to the left of|"
    r"to the right of|behind|in front of)\b"
)
_WHERE = (
    r"(?: (?:alone|be|there|out|out of it|in peace|standing|lying|where (?:it|he|she) is|"
    r"as (?:it|that) is|aside))?"
)
_FORMS: tuple[tuple[Role, re.Pattern[str]], ...] = (
    ("forbid", re.compile(
        r"^(?:(?:(?:do not|don't)(?: you)?(?: dare(?: to)?)?|never|you must not|you mustn't|must not|mustn't|"
        r"may not|you may not|better not) (?:ever )?"
        r"(?:touch|move|take|use|go near|pick up|handle)|hands off|(?:keep )?your hands off|stay off|"
        r"no touching) "
        r"(?P<np>.+?)(?: again| ever| at all| any more)?$")),
    ("allow", re.compile(
        r"^(?:you )?(?:may|can|are allowed to) (?:touch|move|take|use|handle) (?P<np>.+?)(?: again| now)+$")),
    ("away", re.compile(
        r"^(?:(?:always )?(?:stay|keep|remain|be)(?: well| far| right| always)*"
        r"(?: away| clear| at a distance)?"
        r"(?: (?P<far>\d+(?:[.,]\d+)?) ?(?P<unit>cm|centimet\w+|mm|millimet\w+|m|met\w+)(?: away)?)? "
        r"(?:from|of)|"
        r"avoid|mind|"
        r"do not go near|don't go near|don't get near|do not get near|don't come near) (?P<np>.+?)"
        r"(?: by (?P<by>\d+(?:[.,]\d+)?) ?(?P<byunit>cm|mm|m)\w*)?$")),
    ("leave", re.compile(rf"^(?:leave|let) (?P<np>.+?){_WHERE}$")),
    ("back", re.compile(
        r"^(?:put|bring|set|move|return|take) (?P<np>.+?) back(?: (?:to )?(?:where (?:it|that) .+|its place|"
        r"its old place|there|in its place|to its place|first))?$")),
    ("back", re.compile(r"^(?:put|bring|set|take) back (?P<np>.+?)$")),
    ("not", re.compile(r"^(?:not|don't take|do not take|not with|anything but) (?P<np>.+?)$")),
    ("other", re.compile(
        r"^(?:(?:take|use|try|get|the|i want|i'd like) )*(?:the )?(?:other|another|a different)"
        r"(?: (?P<np>.+?))?$")),
    ("place", re.compile(rf"^(?P<np>{_PLACE} .+)$")),
)  # fmt: skip
UNITS = {"c": 0.01, "mm": 0.001, "mi": 0.001, "m": 1.0, "me": 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """What a clause asks for.

    Attributes:
        role: The kind of thing that it says.
        np: What it speaks of, in words.
        far: Distance said, [m].
        clause: The clause itself.
    """

    role: Role
    np: str
    clause: Clause
    far: float | None = None


def phrase(clause: Clause) -> Phrase:
    """Say what a clause asks for; ``said`` where it is none of the forms of a correction."""
    for words in (clause.text, clause.whole):
        for role, form in _FORMS:
            match = form.match(words)
            if match is None or (role == "back" and match["np"] == "it"):
                continue
            return Phrase(role=role, np=match["np"] or "", clause=clause, far=_distance(role, match))
    return Phrase(role="said", np=clause.text, clause=clause)


def _distance(role: Role, match: re.Match[str]) -> float | None:
    if role != "away":
        return None
    number, unit = match["far"] or match["by"], match["unit"] or match["byunit"]
    if not number:
        return None
    scale = UNITS.get(unit[:2], UNITS.get(unit[:1], 0.01))
    return min(float(number.replace(",", ".")) * scale, 1.0)
