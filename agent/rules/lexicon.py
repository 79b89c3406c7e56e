"""The words of controlled English: what each stands for in the grammar.

A phrase maps to a terminal of ``grammar.lark`` and a value. The longest phrase
that fits is taken. Words that no entry has are mended where exactly one known
word is a slip of the finger away, and are unknown otherwise.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA

from ...core.errors import InputError
from .vocabulary import COLORS, KINDS, NOISE, NOT_SLIPS, NUMBERS, ORDINALS, PHRASES, PLURALS, TENS, UNITS

LIMIT = 2000
_NOT_SLIPS = frozenset(NOT_SLIPS.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A phrase of the instruction as the grammar sees it.

    Attributes:
        type: Terminal of the grammar.
        value: What it stands for.
        text: What was written.
        start: Index of its first character in the cleaned instruction.
    """

    type: str
    value: str
    text: str
    start: int = 0


Entry = tuple[str, str]
Entries = dict[tuple[str, ...], Entry]


@cache
def _fixed() -> Entries:
    """Make the table of phrases that do not depend on a scene."""
    entries: Entries = {}

    def add(phrase: str, kind: str, value: str) -> None:
        entries[tuple(phrase.split())] = (kind, value)

    for key, phrases in PHRASES.items():
        terminal, _, value = key.partition(" ")
        for phrase in phrases.split(","):
            entries.setdefault(tuple(phrase.split()), (terminal, value or phrase.strip()))
    for phrase in NOISE.split(","):
        entries.setdefault(tuple(phrase.split()), ("NOISE", ""))
    for kind, nouns in KINDS.items():
        for noun in nouns.split():
            add(noun, "KIND", kind)
            add(PLURALS.get(noun, noun + "s"), "KINDS", kind)
    for color in COLORS.split():
        add(color, "COLOR", color)
    add("grey", "COLOR", "gray")
    for number, word in enumerate(NUMBERS.split()):
        if number > 1:
            add(word, "NUMBER", str(number))
    for word, number in TENS.items():
        add(word, "NUMBER", str(number))
    for number, word in enumerate(ORDINALS.split(), 1):
        add(word, "ORDINAL", str(number))
    for unit, names in UNITS.items():
        for name in names.split():
            add(name, "UNIT", str(unit))
    return entries


_TOKEN = re.compile(
    r"[a-z]+_[a-z0-9_]+|[a-z]+(?:['’-][a-z]+)*\.?(?<=no\.)|[a-z]+(?:['’-][a-z]+)*|\d+(?:[.,]\d+)?|[,;.!?:&]|\S"
)


def clean(text: str) -> str:
    """Check an instruction and give it in one case with single blanks.

    Args:
        text: What the person said.

    Raises:
        InputError: If it is empty, too long or has control characters.
    """
    if len(text) > LIMIT:
        raise InputError(f"the instruction has {len(text)} characters; say it in at most {LIMIT}")
    strange = sorted(
        {character for character in text if not character.isprintable() and character not in "\t\n\r"}
    )
    if strange:
        raise InputError(
            f"the instruction has control characters ({', '.join(map(ascii, strange[:5]))}); write plain text"
        )
    words = " ".join(text.replace("’", "'").replace("\u2018", "'").lower().split())
    if not words.strip(" .,;:!?\"'"):
        raise InputError("the instruction is empty; say what to do, such as 'put the red block in the bowl'")
    return words


def words(text: str, names: Iterable[str], kinds: Iterable[str]) -> tuple[Word, ...]:
    """Cut a cleaned instruction into the grammar's words.

    Args:
        text: What ``clean`` gave.
        names: Identifiers of the scene.
        kinds: Kinds of things in the scene; those that the lexicon lacks become nouns.
    """
    entries = dict(_fixed())
    for kind in kinds:
        entries.setdefault((kind,), ("KIND", kind))
        entries.setdefault((kind + "s",), ("KINDS", kind))
    for name in names:
        entries[(name,)] = ("NAME", name)
    vocabulary = {word for phrase in entries for word in phrase}
    longest = max(map(len, entries))
    pieces = [(match.group(), match.start()) for match in _TOKEN.finditer(text.replace('"', " "))]
    spelled = [_mended(piece, vocabulary, entries) for piece, _ in pieces]
    found: list[Word] = []
    index = 0
    while index < len(pieces):
        for length in range(min(longest, len(pieces) - index), 0, -1):
            entry = entries.get(tuple(spelled[index : index + length]))
            if entry is not None:
                break
        else:
            length, entry = 1, _other(spelled[index])
        written = " ".join(piece for piece, _ in pieces[index : index + length])
        if entry[0] == "ING":
            found.append(Word(type="ING", value="", text=written, start=pieces[index][1]))
            found.append(Word(type=entry[1].upper(), value="", text=written, start=pieces[index][1]))
        elif entry[0] != "NOISE":
            found.append(Word(type=entry[0], value=entry[1], text=written, start=pieces[index][1]))
        index += length
    return _distances(found)


def _other(piece: str) -> Entry:
    """Classify what no entry has: numbers, punctuation, unknown words."""
    if piece[0].isdigit():
        return "NUMBER", piece.replace(",", ".")
    if piece == ",":
        return "COMMA", piece
    if piece in ".;!:":
        return "STOP", piece
    if piece == "?":
        return "NOISE", ""
    return "UNKNOWN", piece


def _distances(found: list[Word]) -> tuple[Word, ...]:
    """Join a number and its unit into one distance in metres."""
    joined: list[Word] = []
    for word in found:
        if word.type == "UNIT" and joined and joined[-1].type in ("NUMBER", "A", "ONE"):
            number = joined.pop()
            metres = (float(number.value) if number.type == "NUMBER" else 1.0) * float(word.value)
            joined.append(
                Word(
                    type="DISTANCE",
                    value=f"{metres:.6g}",
                    text=f"{number.text} {word.text}",
                    start=number.start,
                )
            )
        else:
            joined.append(word)
    return tuple(joined)


def _mended(piece: str, vocabulary: set[str], entries: Entries) -> str:
    """Give the known word that a written one is a slip of, or the word itself.

    A slip keeps the first letter (or swaps it with the second) and is one edit
    away, two in long words. Where several known words of different meaning are
    as near, nothing is guessed.
    """
    if piece in vocabulary or len(piece) < 4 or not piece[0].isalpha() or piece in _NOT_SLIPS:
        return piece
    reach = 1 if len(piece) < 8 else 2
    near: dict[str, int] = {}
    for known in vocabulary:
        if len(known) < 3 or abs(len(known) - len(piece)) > reach:
            continue
        same_start = known[0] == piece[0] or known[:2] == piece[1::-1]
        steps = OSA.distance(piece, known, score_cutoff=reach)
        if same_start and steps <= reach:
            near[known] = steps
    if not near:
        return piece
    least = min(near.values())
    best = sorted(known for known, steps in near.items() if steps == least)
    meanings = {entries.get((known,), (known, "")) for known in best}
    return best[0] if len(meanings) == 1 else piece


def suggestions(piece: str) -> tuple[str, ...]:
    """List known words near an unknown one, for messages; none for short or known words."""
    known = {word for phrase in _fixed() for word in phrase if len(word) > 2}
    if len(piece) < 4 or piece in known:
        return ()
    return tuple(sorted(word for word in known if OSA.distance(piece, word, score_cutoff=1) <= 1)[:4])
