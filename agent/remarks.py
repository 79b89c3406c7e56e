"""The closed set of remarks that need no scene: cut out of a line clause by clause, the rest is given back.

"No wait, slower please, and put it in the bowl" is a remark, ``slower``, and a rest that
speaks of things. Phrases are data; a clause is a remark only as a whole.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .corrections import Kind

INTERJECTIONS = (
    "oh no, oh, ah, aha, hey, hi, hm, hmm, uh, um, er, well, whoa, woah, oops, sorry, i'm sorry, "
    "my mistake, "
    "hang on, hold on, wait a moment, wait a minute, wait a second, wait, one moment, no, nope, "
    "nah, not quite, "
    "actually, i mean, i meant, ok, okay, alright, all right, right, yes, yeah, yep, sure, please, "
    "then, now, so, "
    "but, and, just, also, rather, instead, maybe, perhaps, could you, can you, would you, "
    "will you, thank you, "
    "thanks, great, good, perfect, lovely, fine, nice, super, wonderful, excellent, well done, "
    "robot, you can, "
    "you may, it is, it's, always, really, a bit, a little"
)
"""What may stand before a clause without saying anything."""
TRAILERS = (
    "please, now, then, again, at once, right now, right away, immediately, instead, thanks, "
    "thank you, for now, "
    "robot, a bit, a little, a bit more, will you, would you, i mean, i meant, first, ok, okay, "
    "sorry, rather"
)
"""What may stand after one."""
PHRASES: Mapping[Kind, str] = {
    Kind.STOP: "stop, stop it, stop there, stop right there, stop moving, halt, freeze, hold it, "
    "hold it there, "
    "hold it right there, stay, stay there, stay where you are, don't move, do not move, pause, "
    "emergency stop, "
    "hold still, stand still, keep still, wait, wait there, hold on, hang on, hold, stop everything",
    Kind.GO_ON: "go on, carry on, continue, keep going, go ahead, resume, proceed, go, as you were, "
    "carry on with it, go on with it, continue with it, do it, do go on, move on, keep on, you can go on, "
    "finish it, finish the job, back to work, that's ok, that's right, that is right, it's ok, never stop",
    Kind.SLOWER: "slower, slow down, more slowly, slowly, not so fast, not that fast, too fast, "
    "that's too fast, "
    "you're too fast, go slower, move slower, move more slowly, go slowly, take it slow, take your time, "
    "take it easy, easy, slow, less speed, easy does it",
    Kind.FASTER: "faster, speed up, hurry, hurry up, quicker, go faster, move faster, too slow, "
    "that's too slow, "
    "speed it up, step on it, normal speed, usual speed, at normal speed, back to normal speed, "
    "full speed, "
    "more speed, as fast as before, quickly",
    Kind.GENTLY: "gently, gentle, be gentle, careful, carefully, be careful, softly, with care, "
    "more gently, "
    "more carefully, take care, mind how you go, watch out",
    Kind.LEAVE: "leave it, let it be, leave it alone, leave it there, leave it be, leave that, leave this, "
    "let it stand, leave it where it is, leave it as it is, leave them, leave them alone, don't take it, "
    "do not take it, don't touch it",
    Kind.PUT_BACK: "put it back, put that back, put this back, put this one back, put that one back, "
    "put it back where it was, put it back where it came from, put them back, back with it, undo, "
    "undo it, undo that, "
    "undo this, undo that last one, undo the last one, undo the last step, take that back, "
    "put it back there, put it where it was, return it, bring it back, set it back, "
    "put it back in its place",
    Kind.NEVER_MIND: "never mind, nevermind, forget it, forget about it, forget that, cancel, cancel it, "
    "cancel that, "
    "don't bother, drop the task, abort, don't do it, do not do it, don't, not any more, "
    "skip it, skip that, "
    "no need, leave off, scrap that, enough, that's enough",
    Kind.THANKS: "thanks, thank you, thank you very much, many thanks, great, good, perfect, "
    "well done, lovely, "
    "nice, super, wonderful, excellent, good job, that's it, that is it, that's all, "
    "that will be all, fine, "
    "it's fine, that's fine, nothing else, it's fine where it is, cheers",
}
"""A clause that is one of these as a whole is that remark."""
_ACTIVITY = re.compile(
    r"^(?:what|why|where|how|who)\b.*\b(?:you|your|yourself|that|this|it|hand|next)\b.*$"
    r"|^(?:are|did|do|have|is|was|were) (?:you|it|that|this)\b.*$"
)
_CUT = re.compile(r"\s*([.!?;:]+|,)\s*|\s+(?=(?:and|but) )")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A clause that is no remark.

    Attributes:
        text: Its words, without what says nothing before and after them.
        whole: Its words as they were said.
        added: Whether it began with *and*, *also* or *then*, or ended with *too* or *as well*.
        asked: Whether it ended with a question mark.
        stop: What ended it: a comma, a full stop and the like, or nothing.
    """

    text: str
    whole: str
    added: bool
    asked: bool
    stop: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remarks:
    """A line, taken apart.

    Attributes:
        kinds: The remarks, in order.
        rest: The clauses that are none.
    """

    kinds: tuple[Kind, ...]
    rest: tuple[Clause, ...]


def _table() -> dict[str, Kind]:
    return {phrase.strip(): kind for kind, listed in PHRASES.items() for phrase in listed.split(",")}


_TABLE = _table()
_BEFORE = sorted((one.strip() for one in INTERJECTIONS.split(",")), key=len, reverse=True)
_AFTER = sorted((one.strip() for one in TRAILERS.split(",")), key=len, reverse=True)
_ADDED = re.compile(
    r"^(?:(?:ok|okay|great|good|now|oh|ah|yes|please) )*(?:and|also|then|after that|afterwards)\b"
)
_ADDED_AFTER = re.compile(r"\b(?:too|as well|besides|afterwards|after that)(?: please)?$")
_THEN = re.compile(r"^(?:(?:and|also|then|after that|afterwards|now|please) )+")


def take_apart(text: str) -> Remarks:
    """Take a line apart.

    Args:
        text: What was said, in lower case with single blanks.
    """
    kinds: list[Kind] = []
    rest: list[Clause] = []
    for piece, ending in _pieces(text):
        found = remark(piece)
        if found is not None:
            kinds.append(found)
        elif stripped(piece):
            rest.append(
                Clause(
                    text=stripped(piece),
                    whole=piece,
                    added=bool(_ADDED.match(piece) or _ADDED_AFTER.search(piece)),
                    asked="?" in ending,
                    stop=ending[:1],
                )
            )
    return Remarks(kinds=_settled(kinds, bool(rest)), rest=tuple(rest))


def _settled(kinds: list[Kind], more: bool) -> tuple[Kind, ...]:
    """Drop what only leads up to something else: thanks before it, *wait* before it."""
    distinct = list(dict.fromkeys(kinds))
    manners = (Kind.THANKS, Kind.STOP, Kind.SLOWER, Kind.FASTER, Kind.GENTLY)
    weightier = [kind for kind in distinct if kind not in manners]
    if Kind.STOP in distinct and (weightier or more):
        distinct.remove(Kind.STOP)
    if Kind.THANKS in distinct and (len(distinct) > 1 or more):
        distinct.remove(Kind.THANKS)
    return tuple(distinct)


def _pieces(text: str) -> list[tuple[str, str]]:
    """Cut a line into clauses with the stops that end them."""
    pieces, start = [], 0
    for match in [*_CUT.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = text[start:end].strip(" \"'-")
        if piece:
            pieces.append((piece, (match.group(1) or "") if match else ""))
        start = match.end() if match else end
    return pieces


def remark(piece: str) -> Kind | None:
    """Say which remark a clause is; None where it is none."""
    for words in (piece, _without_after(piece), stripped(piece)):
        if words in _TABLE:
            return _TABLE[words]
    rest = piece
    while (shorter := _without_first(rest)) is not None:
        rest = shorter
        for words in (rest, _without_after(rest)):
            if words in _TABLE:
                return _TABLE[words]
    return None


def joined(clauses: tuple[Clause, ...]) -> str:
    """Give clauses as one text again."""
    parts = [
        (_without_after(one.whole) if number else one.text) + (one.stop or ("?" if one.asked else ""))
        for number, one in enumerate(clauses)
    ]
    return " ".join(parts).strip(" ,;:")


def is_about_doing(text: str) -> bool:
    """Whether a question is about what the robot does, rather than about the things."""
    return bool(_ACTIVITY.match(text))


def stripped(piece: str) -> str:
    """Give a clause without what says nothing before and after it; nothing may be left."""
    while (shorter := _without_first(piece)) is not None:
        piece = shorter
    return _without_after(_THEN.sub("", piece))


def _without_first(piece: str) -> str | None:
    for phrase in _BEFORE:
        if piece == phrase:
            return ""
        if piece.startswith(phrase + " "):
            return piece[len(phrase) + 1 :]
    return None


def _without_after(piece: str) -> str:
    changed = True
    while changed:
        changed = False
        for phrase in _AFTER:
            if piece.endswith(" " + phrase):
                piece, changed = piece[: -len(phrase) - 1].rstrip(), True
    return piece
