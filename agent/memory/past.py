"""Questions about what was done, which the memory answers in the mind's place."""

import re

from ...perception.scene import Scene
from .memory import Memory
from .records import Act

_SINCE = r"(?: (?:so far|already|before|until now|just now|today))?"
MOVED = re.compile(
    r"(?:which|what)(?: ones?| things?)?(?: of (?:them|these))? "
    r"(?:have you(?: already)? moved|did you move|(?:was|were|have been|has been)(?: already)? moved)"
    + _SINCE
)
DONE = re.compile(r"what (?:have you done|did you do)" + _SINCE)
LAST = re.compile(
    r"what (?:did you (?:move|do)|was moved|have you moved) last|what was the last thing you moved"
)
WHERE = re.compile(
    r"where (?:was|were) (?:the )?(?P<thing>[\w ]+?) "
    r"(?:before(?: you moved it)?|originally|at first|to begin with)"
)
MOST = 12
"""Things of which an answer tells."""


def answer(instruction: str, memory: Memory, scene: Scene, *, dialogue: int = 0) -> str:
    """Answer a question about the past.

    Args:
        instruction: What the person said.
        memory: What was done.
        scene: What is there, for the names of things.
        dialogue: Number of the first episode of the dialogue: where something was moved in it, only that
            is told.

    Returns:
        The answer; nothing where it is no such question.
    """
    said = " ".join(instruction.lower().replace(",", " ").split()).rstrip("?!. ")
    if any(question.fullmatch(said) for question in (LAST, MOVED, DONE)):
        acts = memory.moved(after=dialogue - 1, failed=True) or memory.moved(failed=True)
        if not acts:
            return "nothing was moved"
        if LAST.fullmatch(said):
            return told_of(acts[-1])
        if DONE.fullmatch(said):
            return "; ".join(map(told_of, acts[-MOST:]))
        names = list(dict.fromkeys(act.thing for act in acts))
        return f"moved, in this order: {', '.join(names[-MOST:])}"
    where = WHERE.fullmatch(said)
    if where is None:
        return ""
    name = _named(where["thing"], memory, scene)
    place = memory.place_before(name) if name else None
    return f"{name} was {place.words()}, before it was moved" if place else ""


def told_of(act: Act) -> str:
    """Say what was moved from where to where."""
    after = "out of sight" if act.after is None else act.after.place.words()
    failed = "" if act.success else f" ({act.skill} did not succeed)"
    return f"{act.thing} from {act.before.place.words()} to {after}{failed}"


def _named(words: str, memory: Memory, scene: Scene) -> str:
    """Find the name that a person's words mean: as it is written, or by its colour and kind."""
    name = words.strip().replace(" ", "_")
    things = [one for one in scene.things if name in (one.name, one.kind, f"{one.color}_{one.kind}")]
    if len(things) == 1:
        return things[0].name
    return name if any(act.thing == name for act in memory.moved(failed=True)) else ""
