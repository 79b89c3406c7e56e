"""Whether an answer is one: something said, to its end, without loops, in a language somebody spoke."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from .errors import CutOff, EmptyAnswer, Looping, WrongLanguage
from .model import Message

LONGEST_ANSWER = 20_000
"""Most characters of an answer that are looked at."""
TAIL = 240
"""A loop is looked for in the last so many characters."""
REPEATS = 4
"""So often the tail has to say the same; a table of three like rows is none."""
THOUGHTS = re.compile(r"^\s*<think(?:ing)?>.*?</think(?:ing)?>\s*", re.S)
"""What models that reason aloud put before their answer."""
FEWEST_WORDS = 6
"""Of fewer words no language is guessed."""
FOREIGN_SHARE = 0.2
"""Such a share of a text's words has to be among a language's function words below. They are its commonest
words without those that are spelled like English ones. Of the 20,856 words of this project's own pages,
prompts and programs, which are English, at most 0.2 % are among those of any one other language."""
FUNCTION_WORDS = {
    "English": "the of and to in is that it on with you for are be this not from then will at or",
    "German": "der die das und ist ich nicht ein eine den dem auf mit sie wird für von zu im es oder dann",
    "French": "le la les des et est un une dans que qui sur pas avec il je vous du au ne ou puis",
    "Spanish": "el la los las de y es un una en que por con para se lo del al su luego está",
    "Italian": "il lo la gli di e è un una che non con sono del della nel si le poi sul",
    "Portuguese": "o os de e é um uma que não em para com da na se ou depois está sobre",
    "Dutch": "de het een en dat niet op te van ik je met voor zijn er aan wordt naar dan",
}
_WORDS = {language: frozenset(words.split()) for language, words in FUNCTION_WORDS.items()}


def checked(text: str, who: str, *, complete: bool, limit: int) -> str:
    """Give an answer as it may be used, thoughts taken off.

    Args:
        text: What the model said.
        who: The model's name, for messages.
        complete: Whether it came to an end by itself.
        limit: Longest answer, [tokens], for messages.

    Raises:
        BadAnswer: Of the kind that the fault is.
    """
    text = THOUGHTS.sub("", text[:LONGEST_ANSWER], count=1)
    loop = looping(text)
    if loop:
        raise Looping(f"{who} says the same again and again: {loop[:60]!r}")
    if not complete:
        raise CutOff(
            f"{who} did not come to an end within {limit} tokens; its answer begins {text.strip()[:60]!r}"
        )
    if not text.strip():
        raise EmptyAnswer(f"{who} gave an empty answer")
    return text


def looping(text: str) -> str:
    """Give what a text's end repeats, or nothing.

    The end is a loop where its last ``TAIL`` characters have one exact period that fits in them
    ``REPEATS`` times and has a letter or a digit.
    """
    tail = text[-TAIL:]
    if len(tail) < TAIL:
        return ""
    period = _period(tail)
    unit = tail[-period:]
    return unit if period * REPEATS <= TAIL and any(one.isalnum() for one in unit) else ""


def _period(text: str) -> int:
    """Give the least period of a text by Knuth, Morris and Pratt's prefix function."""
    border = [0] * len(text)
    for i in range(1, len(text)):
        k = border[i - 1]
        while k and text[i] != text[k]:
            k = border[k - 1]
        border[i] = k + (text[i] == text[k])
    return len(text) - border[-1]


def refuse_foreign(text: str, who: str, messages: Iterable[Message]) -> str:
    """Give an answer, unless its language is neither English nor among those of the conversation.

    Only what can be told by its letters or its function words is told; identifiers and code are of
    no language.

    Args:
        text: What the model said.
        who: The model's name, for messages.
        messages: What it was asked.

    Returns:
        The answer as it is.

    Raises:
        WrongLanguage: If it is in another one.
    """
    spoken = language_of(text)
    if spoken in ("English", ""):
        return text
    # Each is looked at by itself: a long English prompt would hide a short foreign instruction.
    lines = [line for one in messages if one.role == "user" for line in one.text.splitlines()]
    if spoken in {language_of(line) for line in lines}:
        return text
    raise WrongLanguage(f"{who} answers in {spoken}; expected English or the language of the instruction")


def language_of(text: str) -> str:
    """Guess a text's language: a script, one of ``FUNCTION_WORDS``, or nothing where it cannot be told."""
    letters = [one for one in text if one.isalpha()]
    if not letters:
        return ""
    scripts = Counter(_script(one) for one in letters)
    script, count = scripts.most_common(1)[0]
    foreign = sum(scripts.values()) - scripts["LATIN"]
    if script != "LATIN" or foreign > 0.3 * len(letters):
        others = Counter({name: n for name, n in scripts.items() if name != "LATIN"})
        return _named(others.most_common(1)[0][0] if script == "LATIN" else script)
    words = re.findall(r"[^\W\d_]+", text.lower())
    if count < len(letters) or len(words) >= FEWEST_WORDS:
        return _by_words(words)
    return ""


def _by_words(words: list[str]) -> str:
    if len(words) < FEWEST_WORDS:
        return ""
    shares = {name: sum(word in known for word in words) / len(words) for name, known in _WORDS.items()}
    best = max(shares, key=shares.__getitem__)
    if shares["English"] >= 0.5 * shares[best]:
        return "English" if shares["English"] > 0.0 else ""
    return best if shares[best] >= FOREIGN_SHARE else ""


def _script(letter: str) -> str:
    """Give the script of a letter by the first word of its Unicode name."""
    return unicodedata.name(letter, "LATIN").split(" ")[0]


def _named(script: str) -> str:
    return "Chinese or Japanese" if script in ("CJK", "HIRAGANA", "KATAKANA") else script.capitalize()
