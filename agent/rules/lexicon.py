"""The words of controlled English: what each stands for in the grammar.

A phrase maps to a terminal of ``grammar.lark`` and a value. The longest phrase
that fits is taken. Words that no entry has are mended where exactly one known
word is a slip of the finger away, and are unknown otherwise.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA

from ...core.errors import InputError

LIMIT = 2000
COLORS = "red green blue yellow orange purple pink cyan brown gray white black".split()
MOVABLE = ("block", "ball", "can", "bottle", "mug", "bowl", "plate", "box")
KINDS: Mapping[str, str] = {
    "block": "block cube brick",
    "ball": "ball sphere",
    "can": "can tin cylinder",
    "bottle": "bottle flask",
    "mug": "mug cup glass teacup beaker tumbler",
    "bowl": "bowl basin",
    "plate": "plate dish saucer",
    "tray": "tray platter",
    "shelf": "shelf rack",
    "drawer": "drawer",
    "box": "box carton bin crate",
    "container": "container vessel",
    "table": "table desk tabletop counter",
    "thing": "thing object item",
}
IRREGULAR = {"glass": "glasses", "box": "boxes", "dish": "dishes", "shelf": "shelves"}
NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve".split()
TENS = {"fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30, "forty": 40, "fifty": 50}
ORDINALS = "first second third fourth fifth sixth seventh eighth".split()

# Terminal and value on the left, the phrases that stand for them on the right, one comma apart.
PHRASES: Mapping[str, str] = {
    "PICK": "pick, grab, grasp, take, get, fetch, lift, raise, seize, collect, hold, pick out, get hold of",
    "PUT": "put, place, set, lay, drop, move, bring, position, deposit, transfer, insert, stick, carry, shift",
    "STACK": "stack, pile",
    "BUILD": "build, make",
    "TOWER": "tower",
    "WITH": "with, using, out of",
    "REMOVE": "remove",
    "ING pick": "picking, grabbing, grasping, taking, getting, fetching, lifting, holding",
    "ING put": "putting, placing, setting, laying, dropping, moving, bringing",
    "ING stack": "stacking, piling",
    "OTHERVERB push": "push, shove, slide, nudge, pushing",
    "OTHERVERB pull": "pull, drag, pulling",
    "OTHERVERB open": "open, opening",
    "OTHERVERB close": "close, shut, closing",
    "OTHERVERB pour": "pour, pouring",
    "OTHERVERB wipe": "wipe, clean, wiping, cleaning",
    "OTHERVERB hand": "hand, give, pass",
    "OTHERVERB throw": "throw, toss",
    "OTHERVERB turn": "turn, rotate, flip, tilt over",
    "OTHERVERB swap": "swap, exchange, switch",
    "OTHERVERB sort": "sort, arrange, order, line",
    "OTHERVERB shake": "shake, stir, cut, squeeze, roll, spin",
    "OTHERVERB point": "point at, point to, show",
    "QUESTION": "what, what's, where, where's, which, who, how many, how much, how, why, when, is there, are there, "
    "is the, are the, do you, does, did you, are you",
    "CONDITION": "if, unless, until, whenever, as long as, once, or, either",
    "WHILE": "while, whilst",
    "UP": "up",
    "DOWN": "down",
    "BACK": "back, back where it was, back in its place, back to its place, back where it stood",
    "IN": "in, into, inside, within, inside of, in to",
    "ON": "on, onto, upon, on top of, atop, on to, on top, over onto",
    "EACHOTHER": "on top of each other, on top of one another, on each other, onto each other, into a tower, "
    "in a tower, into a stack, in a stack, into a pile, in a pile, one on top of the other, on one another",
    "BY": "by",
    "NEXT": "next to, beside, alongside, adjacent to, near, near to, close to, nearby, to the side of, "
    "at the side of, by the side of, right next to, just next to",
    "LEFTOF": "left of, to the left of, on the left of, at the left of, to the left side of, on the left side of, "
    "left from, to the left from, just left of",
    "RIGHTOF": "right of, to the right of, on the right of, at the right of, to the right side of, "
    "on the right side of, right from, to the right from, just right of",
    "FRONTOF": "in front of, to the front of, ahead of, just in front of",
    "BEHIND": "behind, in back of, at the back of, right behind, just behind",
    "BETWEEN": "between, in between, in the middle between",
    "UNDER": "under, below, beneath, underneath",
    "FROM": "from, off, off of, out of, from the top of, from on top of, from inside",
    "TO": "to, toward, towards, over to",
    "NEAREST": "nearest, closest",
    "FARTHEST": "farthest, furthest, remotest",
    "SUPER biggest": "biggest, largest, bigger, larger",
    "SUPER smallest": "smallest, littlest, tiniest, smaller",
    "SUPER tallest": "tallest, highest, taller",
    "SUPER shortest": "shortest, lowest, shorter",
    "SUPER left": "leftmost, left-most, left, left-hand, lefthand",
    "SUPER right": "rightmost, right-most, right, right-hand, righthand",
    "SUPER front": "frontmost, front, foremost",
    "SUPER behind": "rearmost, backmost, hindmost, rear",
    "SUPER middle": "middle, central",
    "SIZE big": "big, large, huge, bigger one of",
    "SIZE small": "small, little, tiny",
    "SIZE tall": "tall, high",
    "SIZE short": "short, low",
    "SIDE left": "on the left, to the left, on the left side, on the left-hand side, to the left side, leftward, "
    "leftwards, at the left, on your left, on the far left",
    "SIDE right": "on the right, to the right, on the right side, on the right-hand side, to the right side, "
    "rightward, rightwards, at the right, on the far right",
    "SIDE front": "in front, at the front, to the front, forward, forwards, in the front",
    "SIDE behind": "at the back, in the back, to the back, backward, backwards, at the rear",
    "SIDE middle": "in the middle, in the center, in the centre",
    "FROMSIDE left": "from the left, from left, counting from the left",
    "FROMSIDE right": "from the right, from right, counting from the right",
    "FROMSIDE front": "from the front",
    "FROMSIDE behind": "from the back, from behind",
    "THE": "the, this, that, these, those, my, your, its, their",
    "A": "a, an, any, some, any one of, any of, one of, either of",
    "ALL": "all, all of, every, each, every one of, each of, all of the",
    "BOTH": "both, both of",
    "OTHER": "other",
    "ANOTHER": "another",
    "REST": "rest, remaining, remainder, others, remaining ones",
    "OF": "of",
    "EVERYTHING": "everything, all things, all the things",
    "EXCEPT": "except, except for, apart from, other than, excluding, save for, but not",
    "BUT": "but",
    "ONE": "one",
    "ONES": "ones",
    "IT": "it, that one, the same one, the same",
    "THEM": "them, these, those, they",
    "THERE": "there, here, somewhere, anywhere, away, aside",
    "YOU": "you",
    "THATIS": "that is, which is, that are, which are, that's, that stands, that lies, that sits, standing, lying, "
    "sitting, placed, located, which stands, that stand, being",
    "CALLED": "called, named, number, no.",
    "KEEP": "keep, stay, remain, keeping, staying, be sure to keep, make sure to keep, make sure to stay",
    "APART": "distance, space, gap",
    "AWAY": "away from, clear of, distance from, distance to, far from, at a distance from, off from, "
    "far away from, well away from, well clear of, of distance from",
    "AVOID": "avoid, avoiding, watch out for, mind, steer clear of, look out for",
    "WITHOUT": "without",
    "NOT": "don't, do not, never, dont, must not, do n't",
    "TOUCHING": "touching, hitting, bumping into, bumping, knocking over, knocking, disturbing, "
    "colliding with, brushing, tipping over",
    "TOUCH": "touch, hit, bump into, bump, knock over, knock, disturb, collide with, brush",
    "TILT": "tilt, spill, tip, spilling, tilting, tipping, tip over, spill anything",
    "UPRIGHT": "upright, level, vertical, straight up, right side up, horizontal",
    "SLOW": "slowly, carefully, gently, softly, cautiously, with care, slow, careful, delicately, be careful, "
    "take care, take your time, very slowly, very carefully, very gently",
    "AND": "and, &, plus, as well as, and also, along with, together with",
    "THEN": "then, after that, afterwards, afterward, and then, finally, lastly, next, after which, subsequently, "
    "thereafter, when done, when that is done, later, also",
    "FIRSTLY": "first of all, firstly, to begin with, to start with",
    "BEFORE": "before",
    "AFTER": "after, once you have, after you have",
    "LAST": "last",
}
NOISE = (
    "please, now, just, kindly, robot, hey, hi, hello, ok, okay, for me, can you, could you, would you, will you, "
    "can you please, could you please, i want you to, i would like you to, i'd like you to, i need you to, "
    "you should, let us, let's, go ahead and, try to, about, roughly, approximately, at least, more than, quickly, "
    "fast, right away, immediately, straight, carefully now, again please, thanks, thank you, simply, directly, "
    "of them, be sure to, make sure to, make sure you"
)
# Quickness is noise because every motion is as quick as its limits allow.

# Everyday words one slip away from a word above; they are never taken for it.
NOT_SLIPS = frozenset(
    "bell bill bull bold bolt boil boll bulk bald balm bale bowel blow plane place planet plant plain plan plank "
    "cane cape care cart cave case cast cash calm call camp cans cope cute curb club crop mash mouse mask buck back "
    "clock block lock flock black bleak break brick tree true tram trap trip play plates late pate gate tin tan ten "
    "read reed rod rid rude rad breed bread brad greed great grain groan grab while whole whale where wheel shell "
    "self shelve sheet draw draws drawn boxer fox bow bows boy bat bath bark hall fall mall wall tall tell till "
    "table stable cable cuff cub cube cub mud bug hug jug rug tug pug must mist pine pint pick pack peck puck pock "
    "lamp lame lace lane lift left lit light night might sight tight thing think thin that thank pot pit pat pet "
    "pushed pulled sock sack stuck stick stock stuff snack shack bring being string spring bride bridge plug pin "
    "pen pan pans dash fish wish disk dust desk dirt grass grasp brass class close closet cloth clean clear seat "
    "sea sat sit bear beer bean beam beak book boot boat bone bore born both bottom button butter battle cattle "
    "kettle little title tablet tall trail train stray gray grey pray blade blame blank blond blood blew glue clue "
    "brow brown crown drown frown rest nest vest west test best rent move mover love dove live life knife fork "
    "spoon apple banana candle handle cancel canal candy phone remote paper pencil cloth towel sponge robot arm "
    "some same home come dome hole hold holy mold told gold cold".split()
)


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
            add(IRREGULAR.get(noun, noun + "s"), "KINDS", kind)
    for color in COLORS:
        add(color, "COLOR", color)
    add("grey", "COLOR", "gray")
    for number, word in enumerate(NUMBERS):
        if number > 1:
            add(word, "NUMBER", str(number))
    for word, number in TENS.items():
        add(word, "NUMBER", str(number))
    for number, word in enumerate(ORDINALS, 1):
        add(word, "ORDINAL", str(number))
    for unit, names in _UNITS.items():
        for name in names.split():
            add(name, "UNIT", str(unit))
    return entries


_UNITS = {
    1.0: "m meter meters metre metres",
    0.01: "cm centimeter centimeters centimetre centimetres cms",
    0.001: "mm millimeter millimeters millimetre millimetres",
    0.0254: "inch inches",
}
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
            f"the instruction has control characters ({', '.join(map(ascii, strange[:5]))}); write it as plain text"
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
    if piece in vocabulary or len(piece) < 4 or not piece[0].isalpha() or piece in NOT_SLIPS:
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
    """List known words near an unknown one, for messages."""
    known = {word for phrase in _fixed() for word in phrase if len(word) > 2}
    return tuple(sorted(word for word in known if OSA.distance(piece, word, score_cutoff=1) <= 1)[:4])
