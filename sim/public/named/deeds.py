"""What an instruction asks for: a verb of a closed list, the nouns, and how it is to be done."""

import re
from dataclasses import dataclass

from ....core.errors import InputError

VERBS = {
    "press": "press",
    "push": "push",
    "pull": "pull",
    "open": "open",
    "close": "close",
    "shut": "close",
    "turn": "turn",
    "rotate": "turn",
    "twist": "turn",
    "lock": "turn",
    "unlock": "turn",
    "slide": "push",
    "sweep": "push",
    "kick": "push",
    "reach": "reach",
    "touch": "reach",
    "pick": "carry",
    "grasp": "carry",
    "grab": "carry",
    "take": "carry",
    "lift": "carry",
    "place": "carry",
    "put": "carry",
    "dunk": "carry",
    "drop": "carry",
    "get": "pull",
    "insert": "insert",
    "plug": "insert",
    "unplug": "unplug",
    "remove": "unplug",
    "hammer": "hammer",
}
"""A verb and the kind of motion that it asks for."""
GERUNDS = {f"{verb.removesuffix('e')}ing": verb for verb in VERBS}
INTO = ("into", "in", "onto", "on", "to", "under", "inside", "at")
FROM = ("from", "out", "off", "of")
MANNERS = ("sideways", "down", "up", "clockwise", "counter", "top", "revolving")
STOP = ("a", "an", "the", "one", "another", "position", "it", "and", "then", "back", "by", "degrees")
_WORD = re.compile(r"[a-z]+|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What is to be done.

    Attributes:
        kind: The kind of motion.
        verb: The verb that was said.
        thing: What it is done to; empty where nothing is named.
        place: Where it goes; empty where nothing is named.
        source: Where it comes from; empty where nothing is named.
        tool: What it is done with; empty where nothing is named.
        around: What is to be gone round; empty where nothing is named.
        manners: Words that say how.
    """

    kind: str
    verb: str
    thing: str = ""
    place: str = ""
    source: str = ""
    tool: str = ""
    around: str = ""
    manners: frozenset[str] = frozenset()


def deed_of(instruction: str) -> Deed:
    """Read an instruction.

    Raises:
        InputError: If no verb of it is known.
    """
    words: list[str] = [GERUNDS.get(word) or word for word in _WORD.findall(instruction.lower())]
    said = frozenset(words)
    if "by" in words:  # "Lock the door by rotating the lock": the second says what is done.
        words = words[words.index("by") + 1 :]
    around, words = _around(words)
    tool, words = _tool(words)
    spans = [index for index, word in enumerate(words) if word in VERBS and not _is_noun(words, index)]
    if not spans:
        raise InputError(f"{instruction!r} has no verb that is known; known: {', '.join(sorted(VERBS))}")
    # Of "push and close" and "pick and place" the later verb says more of the end, the earlier of the way.
    kinds = [VERBS[words[index]] for index in spans]
    kind = next((one for one in ("open", "close", "turn") if one in kinds), kinds[0])
    if tool and kinds[0] == "carry" and len(kinds) > 1:
        kind = "close" if "close" in kinds else kinds[-1]
    first = _phrases(words, spans[-1:] if tool else spans)
    thing = first.get("thing", "")
    if kind == "carry" and "thing" not in first:
        thing = first.get("source", "")
    return Deed(
        kind=kind,
        verb=words[spans[0]],
        thing=thing,
        place=first.get("place", ""),
        source=first.get("source", ""),
        tool=tool,
        around=around,
        manners=said & frozenset(MANNERS),
    )


def _is_noun(words: list[str], index: int) -> bool:
    """Tell whether a word that could be a verb stands where a noun does, as in "the lock"."""
    return index > 0 and words[index - 1] in ("a", "an", "the")


def _around(words: list[str]) -> tuple[str, list[str]]:
    """Take "bypass a wall" out."""
    if "bypass" not in words:
        return "", words
    start = words.index("bypass")
    end = words.index("and", start) if "and" in words[start:] else len(words)
    return _noun(words[start + 1 : end]), words[:start] + words[end:]


def _tool(words: list[str]) -> tuple[str, list[str]]:
    """Take what follows "using" or "with" out; "it" is what was grasped first."""
    for sign in ("using", "with"):
        if sign in words:
            at = words.index(sign)
            after = words[at + 1 :]
            if "joint" in after:
                return "", words[:at]
            if "it" in after:
                return _noun(words[1 : words.index("and")]), words[:at]
            return _noun(after), words[:at]
    return "", words


def _phrases(words: list[str], verbs: list[int]) -> dict[str, str]:
    """Sort what follows the verbs by the prepositions before it; the first of a kind counts."""
    found: dict[str, str] = {}
    slot, taken = "thing", []
    words, verbs = words[verbs[0] :], [index - verbs[0] for index in verbs]

    def settle() -> None:
        if (noun := _noun(taken)) and slot not in found:
            found[slot] = noun

    for index, word in enumerate(words):
        if index in verbs or word == "and":
            settle()
            slot, taken = "thing", []
        elif word in INTO:
            settle()
            slot, taken = "place", []
        elif word in FROM:
            settle()
            slot, taken = "source", []
        else:
            taken.append(word)
    settle()
    return found


def _noun(words: list[str]) -> str:
    return " ".join(word for word in words if word not in (*STOP, *MANNERS, *INTO) and not word.isdigit())
