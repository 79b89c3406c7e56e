"""The words of controlled English: cut, mended where they are slips, and looked up.

A phrase maps to one or more classes of the grammar with a value. All phrases that fit at a place are
offered, long and short: the grammar decides. Words that nothing has are mended where known words are
a slip of the finger away, and are unknown otherwise.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA

from ...core.errors import InputError
from . import nouns, vocabulary
from .plain_words import PLAIN

LIMIT = 2000
DIGITS = frozenset("0123456789")  # Not every sign that counts as a digit is one that a number can be read of.
_CUT = re.compile(
    r"[a-z]+_[a-z0-9_]+|[0-9]+(?:[.,][0-9]+)?|[a-z]+(?:-[a-z]+)*|n't|'(?:s|d|ll|re|ve|m)\b|[,;.!?:&]|[^\s\"'()]"
)
_JOINED = re.compile(r"(?<=[a-z])(n't)\b")
_LOOSE = {
    "whats": "what's", "dont": "don't", "isnt": "isn't", "theres": "there's", "thats": "that's",
    "wheres": "where's", "doesnt": "doesn't", "arent": "aren't", "cant": "can't", "cannot": "can not",
    "infrontof": "in front of", "nextto": "next to", "wont": "won't", "lets": "let's", "pickup": "pick up",
    "infront": "in front", "u": "you", "em": "them", "al": "all", "ontop": "on top", "plees": "please",
    "plese": "please", "pleese": "please", "r": "are", "ur": "your", "thx": "thanks", "nxt": "next",
    "inbetween": "between", "wanna": "want to", "gonna": "going to", "gimme": "give me", "lemme": "let me",
}  # fmt: skip
MENDED = 4
"""At most so many known words are tried for one that is a slip of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A phrase of the instruction as the grammar sees it.

    Attributes:
        type: Class of the grammar.
        value: What it stands for.
        text: What was written.
        length: Number of pieces that it takes up.
    """

    type: str
    value: str
    text: str
    length: int = 1


Readings = Mapping[str, tuple[Word, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """An instruction, cut into pieces, with all that may stand at each.

    Attributes:
        pieces: What was written, piece by piece.
        readings: For each piece the words that may begin there, by class or by what they are.
        skips: For each place, and the end, those places that can be reached from it over mere noise,
            itself first.
        unknown: Pieces that nothing has.
    """

    pieces: tuple[str, ...]
    readings: tuple[Readings, ...]
    skips: tuple[tuple[int, ...], ...]
    unknown: tuple[str, ...]

    def at(self, place: int) -> Readings:
        """Give the words that may begin at a place."""
        return self.readings[place] if place < len(self.readings) else {}

    def after(self, place: int) -> tuple[int, ...]:
        """Give the places reached from one over noise."""
        return self.skips[place]

    def nouns(self) -> tuple[str, ...]:
        """Give the nouns that may stand in it."""
        return tuple(word.value for words in self.readings for word in words.get("NOUN", ()))

    def ends(self, place: int) -> bool:
        """Whether only noise follows."""
        return self.skips[place][-1] == len(self.pieces)


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
    if not words.strip(" .,;:!?\"'-"):
        raise InputError("the instruction is empty; say what to do, such as 'put the red block in the bowl'")
    return words


def cut(text: str) -> tuple[str, ...]:
    """Cut a cleaned instruction into pieces; endings such as ``'s`` and ``n't`` stand for themselves."""
    loose = re.sub(r"[a-z]+", lambda match: _LOOSE.get(match.group(), match.group()), text)
    loose = loose.replace("won't", "will not").replace("can't", "can not")
    return tuple(match.group() for match in _CUT.finditer(_JOINED.sub(r" \1", loose)))


Entry = tuple[str, str]
Entries = dict[tuple[str, ...], set[Entry]]


@cache
def _fixed() -> Mapping[tuple[str, ...], frozenset[Entry]]:
    """Make the table of phrases that do not depend on a scene."""
    entries: Entries = {}

    def add(phrase: str, kind: str, value: str) -> None:
        entries.setdefault(cut(phrase), set()).add((kind, value))

    for key, phrases in vocabulary.PHRASES.items():
        terminal, _, value = key.partition(" ")
        for phrase in map(str.strip, phrases.split(",")):
            add(phrase, terminal, value or phrase)
    for phrase in vocabulary.NOISE.split(","):
        add(phrase.strip(), "NOISE", "")
    for noun in nouns.NOUNS:
        add(noun, "NOUN", noun)
        add(nouns.plural(noun), "NOUNS", noun)
    for color, names in nouns.COLORS.items():
        for name in names.split():
            add(name, "COLOR", color)
            add(name + "s", "COLORS", color)
    for number, word in enumerate(vocabulary.NUMBERS.split()):
        if number > 1:
            add(word, "NUMBER", str(number))
    for word, number in vocabulary.TENS.items():
        add(word, "NUMBER", str(number))
    for number, word in enumerate(vocabulary.ORDINALS.split(), 1):
        add(word, "ORDINAL", str(number))
    for number in range(1, 10):
        add(f"{number}th", "ORDINAL", str(number))
    for unit, names in vocabulary.UNITS.items():
        for name in names.split():
            add(name, "UNIT", str(unit))
    return {phrase: frozenset(values) for phrase, values in entries.items()}


@cache
def _gerunds() -> Mapping[tuple[str, ...], frozenset[Entry]]:
    """Make the table of gerunds, which are verbs only after *mind*, *before* and the like."""
    entries: Entries = {}
    for key, phrases in vocabulary.VERBS.items():
        for phrase in map(str.strip, phrases.split(",")):
            first, _, rest = phrase.partition(" ")
            for form in gerunds(first):
                entries.setdefault(cut(f"{form} {rest}".strip()), set()).add((key, phrase))
    return {phrase: frozenset(values) for phrase, values in entries.items()}


_BEFORE_GERUNDS = frozenset(
    ["mind", "before", "after", "by", "start", "begin", "and", "then", "without", "while", "first"]
)


def gerunds(verb: str) -> tuple[str, ...]:
    """Give the forms that a verb's gerund may have."""
    if verb.endswith("e"):
        return (verb[:-1] + "ing",)
    short = verb[-1] not in "aeiouwxy" and verb[-2:-1] in tuple("aeiou") and verb[-3:-2] not in tuple("aeiou")
    return (verb + verb[-1] + "ing",) if short and verb != "open" else (verb + "ing",)


def _of_scene(names: Iterable[str], kinds: Iterable[str], colors: Iterable[str]) -> Entries:
    """Make the entries of a scene: its identifiers, and the kinds and colours that the lexicon lacks."""
    entries: Entries = {}
    for name in names:
        if not name.isalpha():  # Else it is a noun, which means the thing of that very name first.
            entries.setdefault((name,), set()).add(("NAME", name))
        words = tuple(filter(str.isalpha, name.split("_")))
        for word in words:
            if (word,) not in _fixed():
                entries.setdefault((word,), set()).add(("NOUN", word))
                entries.setdefault((word + "s",), set()).add(("NOUNS", word))
        if len(words) > 1 and _names_more(words[-2]):  # "moka_pot_1"
            noun = " ".join(words[-2:])
            entries.setdefault(words[-2:], set()).add(("NOUN", noun))
            entries.setdefault(cut(nouns.plural(noun)), set()).add(("NOUNS", noun))
        if len(words) > 2 and _names_more(words[0]):  # "old_red_bowl_1", all of it
            entries.setdefault(words, set()).add(("NOUN", " ".join(words)))
    for kind in kinds:
        entries.setdefault(cut(kind), set()).add(("NOUN", kind))
        entries.setdefault(cut(nouns.plural(kind)), set()).add(("NOUNS", kind))
        for phrase in nouns.packed(kind):
            entries.setdefault(cut(phrase), set()).add(("NOUN", kind))
    for color in colors:
        entries.setdefault(cut(color), set()).add(("COLOR", color))
        one, _, other = color.partition(" and ")  # Of two colours either may be said first.
        if other:
            entries.setdefault((other, "and", one), set()).add(("COLOR", color))
    return entries


def _names_more(word: str) -> bool:
    """Whether a word before a noun makes another noun of it, as in *moka pot*, and is no mere trait."""
    return not {kind for kind, _ in _fixed().get((word,), ())} & {"COLOR", "SIZE", "SUPER", "SIDEWORD"}


def read(
    text: str,
    literals: frozenset[str],
    names: Iterable[str] = (),
    kinds: Iterable[str] = (),
    colors: Iterable[str] = (),
) -> Sentence:
    """Look every piece of a cleaned instruction up.

    Args:
        text: What ``clean`` gave.
        literals: Words that stand for themselves in the grammar.
        names: Identifiers of the scene.
        kinds: Kinds of things in the scene.
        colors: Colours in the scene.
    """
    pieces = cut(text)
    scene = _of_scene(names, kinds, colors)
    known = _known() | literals | {word for phrase in scene for word in phrase}
    here = {word for phrase in scene for word in phrase}
    spelled = [_mended(piece, known, here) for piece in pieces]
    for place in range(2, len(pieces)):
        if pieces[place - 2 : place] == ("if", "you"):  # "I'd be obliged if you stacked them"
            stems = (pieces[place].removesuffix("ed"), pieces[place].removesuffix("d"))
            spelled[place] = tuple(stem for stem in stems if stem in known) or spelled[place]
    readings: list[dict[str, tuple[Word, ...]]] = []
    skips: list[tuple[int, ...]] = []
    for place in range(len(pieces)):
        found = dict.fromkeys(_phrases(place, pieces, spelled, literals, scene))
        by_type: dict[str, tuple[Word, ...]] = {}
        for word in found:
            by_type[word.type] = (*by_type.get(word.type, ()), word)
        readings.append(by_type)
    for place in range(len(pieces) + 1):
        skips.append(_over_noise(place, readings))
    covered = {place + offset for place, words in enumerate(readings) for kind, row in words.items()
               if kind != "UNKNOWN" for word in row for offset in range(word.length)}  # fmt: skip
    for place, piece in enumerate(pieces):
        if place not in covered and "UNKNOWN" not in readings[place]:
            readings[place]["UNKNOWN"] = (Word(type="UNKNOWN", value=piece, text=piece),)
    unknown = [piece for place, piece in enumerate(pieces) if place not in covered]
    return Sentence(
        pieces=pieces, readings=tuple(readings), skips=tuple(skips), unknown=tuple(dict.fromkeys(unknown))
    )


@cache
def _known() -> frozenset[str]:
    words = {word for table in (_fixed(), _gerunds()) for phrase in table for word in phrase}
    return frozenset(words) | frozenset(["'s", "'d", "'ll", "'re", "'ve", "'m", "n't"])


@cache
def _longest() -> int:
    return max(map(len, _fixed()))


def _phrases(
    place: int,
    pieces: tuple[str, ...],
    spelled: list[tuple[str, ...]],
    literals: frozenset[str],
    scene: Entries,
) -> Iterable[Word]:
    """Give all words that may begin at a piece."""
    rows: list[tuple[str, ...]] = [()]
    for length in range(1, min(_longest(), len(pieces) - place) + 1):
        rows = [(*row, word) for row in rows for word in spelled[place + length - 1]][:16]
        written = " ".join(pieces[place : place + length])
        for row in rows:
            verbs = _gerunds().get(row, ()) if pieces[place - 1] in _BEFORE_GERUNDS and place else ()
            for kind, value in (*_fixed().get(row, ()), *scene.get(row, ()), *verbs):
                yield Word(type=kind, value=value, text=written, length=length)
                if kind in ("NUMBER", "A"):
                    yield from _distance(place + length, pieces, spelled, kind, value, written, length)
            if length == 1 and row[0] in literals:
                yield Word(type=row[0], value=row[0], text=written)
    piece = pieces[place]
    if piece[0] in DIGITS:
        number = piece.replace(",", ".")
        yield Word(type="NUMBER", value=number, text=piece)
        yield from _distance(place + 1, pieces, spelled, "NUMBER", number, piece, 1)
    elif piece in ",-":
        yield Word(type="COMMA", value=piece, text=piece)
        yield Word(type="NOISE", value="", text=piece)
    elif piece == ":":
        yield Word(type="COLON", value=piece, text=piece)
        yield Word(type="NOISE", value="", text=piece)
    elif piece in ".;!?":
        yield Word(type="STOP", value=piece, text=piece)
    elif not spelled[place]:
        yield Word(type="UNKNOWN", value=piece, text=piece)


def _distance(
    place: int,
    pieces: tuple[str, ...],
    spelled: list[tuple[str, ...]],
    kind: str,
    value: str,
    written: str,
    length: int,
) -> Iterable[Word]:
    """Join a number and the unit that follows into one distance in metres."""
    if place >= len(pieces):
        return
    for word in spelled[place]:
        for unit, metres in _fixed().get((word,), ()):
            if unit == "UNIT":
                amount = (1.0 if kind == "A" else float(value)) * float(metres)
                yield Word(
                    type="DISTANCE",
                    value=f"{amount:.6g}",
                    text=f"{written} {pieces[place]}",
                    length=length + 1,
                )


def _over_noise(place: int, readings: list[dict[str, tuple[Word, ...]]]) -> tuple[int, ...]:
    """Give the places that noise leads to from a place, in order."""
    reached, waiting = {place}, [place]
    while waiting:
        start = waiting.pop()
        if start >= len(readings):
            continue
        # A stop is skipped at the very end only: elsewhere it parts sentences.
        words = [*readings[start].get("NOISE", ())]
        if all("STOP" in later or "NOISE" in later for later in readings[start:]):
            words += readings[start].get("STOP", ())
        longest = max((word.length for word in words), default=0)
        if longest and start + longest not in reached:
            reached.add(start + longest)
            waiting.append(start + longest)
    return tuple(sorted(reached))


def _mended(piece: str, known: frozenset[str] | set[str], here: set[str]) -> tuple[str, ...]:
    """Give the known words that a written one may be: itself, those it is a slip of, or none.

    A slip keeps the first letter (or swaps it with the second) and is one edit away, two in long
    words; in words of three letters only neighbours change places. Words of the scene come first.
    """
    if piece in known or not piece[0].isalpha():
        return (piece,) if piece in known or piece[0] in DIGITS or piece in ",-.;!:?" else ()
    if len(piece) < 3 or piece in PLAIN:
        return ()
    reach = 1 if len(piece) < 8 else 2
    near: dict[str, int] = {}
    for word in known:
        if len(word) < 3 or abs(len(word) - len(piece)) > reach or not word.isalpha():
            continue
        if word[0] != piece[0] and word[:2] != piece[1::-1]:
            continue
        swapped = sorted(piece) == sorted(word)
        if len(piece) == 3 and not swapped and not (len(word) == 4 and word[0] == piece[0]):
            continue
        steps = OSA.distance(piece, word, score_cutoff=2)
        if steps <= reach or (swapped and steps <= 2 and word[0] == piece[0]):
            near[word] = steps
    least = min(near.values(), default=0)
    best = sorted(word for word, steps in near.items() if steps == least)
    return tuple([word for word in best if word in here] or best)[:MENDED]


def suggestions(piece: str) -> tuple[str, ...]:
    """List known words near an unknown one, for messages; none for short or known words."""
    if len(piece) < 4 or piece in _known():
        return ()
    near = (word for word in _known() if len(word) > 2 and OSA.distance(piece, word, score_cutoff=1) <= 1)
    return tuple(sorted(near)[:4])
