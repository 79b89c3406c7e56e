"""What an instruction means: every reading tied to the scene; one meaning, a question or a refusal."""

from collections.abc import Sequence

from ...core.errors import CannotDo, HandselError, InputError, NeedsAnswer
from ...perception.scene import Scene
from . import lexicon, parse
from .asides import without_asides
from .deeds import Deed, Meaning, Turn
from .ground import already, ground
from .meaning import NotHere, NotUnderstood
from .naming import names_of
from .nouns import alike

IDLE = ("TURNON", "TURNOFF", "TURN")
"""Verbs that no skill does: named as trouble where other words are, too."""


def understand(instruction: str, scene: Scene, turns: Sequence[Turn] = ()) -> Meaning:
    """Tell what an instruction means in a scene.

    Every reading of the grammar is tied to the scene. One meaning is taken, several are asked about,
    and where none is possible the first one's reason is told.

    Args:
        instruction: What the person said.
        scene: What is there.
        turns: Earlier turns of the dialogue, oldest first.

    Returns:
        The meaning; what is not understood is one too.

    Raises:
        InputError: If the text is empty, too long or no text.
        CannotDo: If it is understood and makes no sense.
    """
    text = lexicon.clean(instruction)
    meaning = _meant(text, scene, tuple(turns))
    shorter = without_asides(text) if meaning.kind == "not understood" and not meaning.absent else None
    if shorter is None:
        return meaning
    again = _meant(shorter, scene, tuple(turns))
    return again


def _meant(text: str, scene: Scene, turns: tuple[Turn, ...]) -> Meaning:
    things = scene.things
    sentence = lexicon.read(
        text,
        parse.grammar().words,
        (thing.name for thing in things),
        (thing.kind for thing in things),
        (thing.color for thing in things),
    )
    meanings: dict[Meaning, int] = {}
    refusals: list[HandselError] = []
    try:
        readings = parse.readings(sentence)
    except NotUnderstood as refusal:
        known = {name for thing in things for name in (thing.kind, *names_of(thing))}
        missing = tuple(word for word in sentence.nouns() if word not in known and not alike(word) & known)
        idle = tuple(word.text for row in sentence.readings for kind in IDLE for word in row.get(kind, ()))
        words = tuple(dict.fromkeys((*refusal.words, *missing, *idle))) if sentence.unknown else refusal.words
        return Meaning(kind="not understood", text=str(refusal), words=words)
    for reading in readings:
        try:
            meaning, redundant = ground(reading, scene, turns)
            meanings[meaning] = min(redundant, meanings.get(meaning, redundant))
        except (InputError, NeedsAnswer, CannotDo) as refusal:
            refusals.append(refusal)
    # "the things on the tray on the table" with one tray: who says a relation means it to tell things apart.
    if 0 in meanings.values():
        meanings = {meaning: 0 for meaning, redundant in meanings.items() if not redundant}
    if len(meanings) == 1:
        return _checked(next(iter(meanings)), scene)
    if meanings:
        about = tuple(dict.fromkeys("; then ".join(map(told, one.deeds)) or one.text for one in meanings))
        return Meaning(
            kind="ask", text="this can be taken in more than one way; which is meant?", about=about
        )
    return _refused(refusals)


def _checked(meaning: Meaning, scene: Scene) -> Meaning:
    done = already(meaning, scene) if meaning.kind == "do" else ""
    if not done:
        return meaning
    return Meaning(kind="nothing", deeds=meaning.deeds, text=f"{done}; nothing is to be done")


def _refused(refusals: list[HandselError]) -> Meaning:
    """Choose what to tell: a kind that is not there at all, a question, what is not there, a reason."""
    for refusal in refusals:
        if isinstance(refusal, NotHere) and refusal.utterly:
            return Meaning(kind="not understood", text=str(refusal), words=refusal.words, absent=True)
    for refusal in refusals:
        if isinstance(refusal, NeedsAnswer):
            return Meaning(kind="ask", text=refusal.question, about=refusal.options)
    for refusal in refusals:
        if isinstance(refusal, NotHere | NotUnderstood):
            absent = isinstance(refusal, NotHere)
            return Meaning(kind="not understood", text=str(refusal), words=refusal.words, absent=absent)
    for refusal in refusals:
        if isinstance(refusal, CannotDo):
            raise refusal
    raise refusals[0]


def told(deed: Deed) -> str:
    """Put a deed into words, for questions."""
    what = " and ".join(deed.what) if not deed.options else f"{deed.count} of {', '.join(deed.options)}"
    parts = [deed.do.replace("_", " "), what, deed.direction, deed.relation, " and ".join(deed.to)]
    parts += [f"by {deed.distance * 100:g} cm"] if deed.distance is not None else []
    return " ".join(filter(None, parts))
