"""What the grammar's rules about places mean, built from what their parts mean."""

from dataclasses import replace

from .chart import Maker, Value
from .lexicon import Word
from .meaning import Phrases, Where
from .nodes import distance, flat, words
from .nouns import alike

_RELATIONS = {
    "IN": "in", "ON": "on", "NEXT": "next to", "LEFTOF": "left of", "RIGHTOF": "right of",
    "FRONTOF": "in front of", "BEHIND": "behind", "BETWEEN": "between", "UNDER": "under", "FROM": "from",
    "TO": "to", "TOPOF": "behind", "BOTTOMOF": "in front of", "NEAREST": "nearest", "FARTHEST": "farthest",
}  # fmt: skip

MUCH = 0.15
"""The room that *a lot* is, between the two things' edges, [m]."""
_DIRECT = ("directly", "right", "immediately", "straight")


def _loc(children: list[Value]) -> Value:
    word = next(child for child in children if isinstance(child, Word) and child.type in _RELATIONS)
    references = flat(children)
    if any(item.kind == "table" for item in references) and word.type not in ("IN", "ON", "FROM", "TO"):
        return (
            None if word.type in ("LEFTOF", "RIGHTOF", "FRONTOF", "BEHIND") else _relation(word, references)
        )
    return _relation(word, references)


def _relation(word: Word, references: Phrases) -> Where:
    direct = word.text.startswith(_DIRECT)
    place = "top" if word.type == "ON" and "top" in word.text.split() else None
    if word.type == "ON" and word.text == "to the top of":
        place = "to the top"  # Which may mean behind as well, where nothing can stand on it.
    return Where(relation=_RELATIONS[word.type], references=references, direct=direct, place=place)


def _far_off(children: list[Value]) -> Value:
    """A lot to the left: as far as that, where no number is said."""
    (where,) = (child for child in children if isinstance(child, Where))
    if where.relation not in ("left of", "right of", "in front of", "behind"):
        return None
    return replace(where, distance=MUCH)


def _corner_by(children: list[Value]) -> Value:
    """The corner nearest to a thing, or farthest from it."""
    far = bool(words(children, "FARTHEST"))
    return Where(
        relation="at", place="farthest corner" if far else "nearest corner", references=flat(children)
    )


def _table_middle(children: list[Value]) -> Value:
    return Where(relation="at", place="middle")


def _corners(children: list[Value]) -> Value:
    return Where(relation="at", place="different corners")


def _spaced(children: list[Value]) -> Value:
    (where,) = (child for child in children if isinstance(child, Where))
    if where.relation in ("in", "on", "between", "under"):
        return None
    return replace(where, distance=distance(children))


def _beside(children: list[Value]) -> Value:
    return Where(relation="next to", references=flat(children), distance=distance(children))


def _from_to(children: list[Value]) -> Value:
    """From one thing to another: where it goes; where it comes from is checked by ``from_``."""
    where = next(child for child in children if isinstance(child, Where))
    return None if where.relation in ("move", "there", "inside") else (where, flat(children))


def _part(children: list[Value]) -> Value:
    side = words(children, "SIDEWORD")[0].value
    if all(phrase.kind in alike("table") for phrase in flat(children)):
        return Where(relation="at", place=f"{side} side")
    return Where(relation="part", references=flat(children), place=f"{side} half")


def _move(children: list[Value]) -> Value:
    (way,) = words(children, "DIR")
    if way.text in ("back", "away") and distance(children) is None:
        return None  # "put it back", "put it away"
    return Where(relation="move", direction=way.value, distance=distance(children))


def _spot(children: list[Value]) -> Value:
    depth, side = words(children, "DEPTH"), words(children, "SIDEWORD")
    if words(children, "MIDDLE"):
        return ("spot", "middle")
    parts = [word.value for word in (*depth[:1], *side[:1])]
    return ("spot", " ".join([*parts, "corner" if depth and side else "side"]))


def _region(children: list[Value]) -> Value:
    kind, place = next(child for child in children if isinstance(child, tuple))
    at, of_table = words(children, "AT"), words(children, "OF_TABLE")
    if not at and not words(children, "THE") and not of_table and "corner" not in place:
        return None
    if kind == "lone" and not of_table and (not at or at[0].text not in ("on", "at", "in")):
        return None  # "to the left" is a direction
    return Where(relation="at", place=place)


def _lone_spot(children: list[Value]) -> Value:
    return ("lone", f"{children[0].value} side")


def _there(children: list[Value]) -> Value:
    relation = (
        "on" if children[0].text.startswith("on") else "in" if children[0].text.startswith("in") else "there"
    )
    return Where(relation="there", place=relation)


def _inside(children: list[Value]) -> Value:
    return Where(relation="there", place="in") if children[0].text in ("in", "inside") else None


MAKERS: dict[str, Maker] = {
    "relation": _loc,
    "spaced": _spaced,
    "far_off": _far_off,
    "corner_by": _corner_by,
    "corners": _corners,
    "table_middle": _table_middle,
    "beside": _beside,
    "to": _loc,
    "from_to": _from_to,
    "part": _part,
    "move": _move,
    "spot": _spot,
    "lone_spot": _lone_spot,
    "region": _region,
    "inside": _inside,
    "there": _there,
}
