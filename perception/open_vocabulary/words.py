"""What is looked for: words, what household kind and colour they mean, and the words of an instruction."""

import re

from ..colors import NAMES

HOUSEHOLD: tuple[str, ...] = (
    "block",
    "ball",
    "can",
    "bottle",
    "mug",
    "bowl",
    "plate",
    "tray",
    "shelf",
    "drawer",
    "box",
)
"""The kinds whose shape the geometry knows too."""

_SAME_KIND = {
    "cup": "mug",
    "coffee cup": "mug",
    "coffee mug": "mug",
    "teacup": "mug",
    "cube": "block",
    "brick": "block",
    "tin": "can",
    "soda can": "can",
    "dish": "plate",
    "saucer": "plate",
    "cabinet": "drawer",
    "chest of drawers": "drawer",
    "bookshelf": "shelf",
    "carton": "box",
    "package": "box",
    "sphere": "ball",
}

_LITTLE = """
a an the this that these those it its them they one ones both all every each some any other another
and or but then so if while until after before first second third next last finally now again once twice
please can could would will should must may might do does did don be is are was were been have has had
i you he she we me my your our his her us
in into inside on onto over above under below beneath beside behind near next to from of off out up down
at by with without between through around along across against toward towards away for as than not no
left right front back middle center centre top bottom side corner edge end here there where far close
closer upright upside straight slowly carefully gently quickly
put place set move take pick bring give get grab grasp hold lift lower raise drop release let go carry
push pull slide turn rotate tilt pour open shut stack unstack empty fill clear clean wipe tidy sort
keep leave stay return hand pass insert hang lay stand swap exchange arrange align point touch press
make sure find look show tell wait stop start begin cm mm centimeter centimeters meter meters degrees
two three four five six seven eight nine ten many much more less most least same different table
"""
_NOT_THINGS = frozenset(_LITTLE.split())
"""Words of an instruction that name no thing: little words, verbs of manipulation, places and measures."""


def kind_of(word: str) -> tuple[str | None, str]:
    """Part a word into colour and kind.

    Args:
        word: Such as ``"red cup"`` or ``"tape measure"``.

    Returns:
        The colour or None, and the kind: a household one where the word means one, else the word
        itself as an identifier, such as ``mug`` and ``tape_measure``.
    """
    parts = re.findall(r"[a-z0-9]+", word.lower().replace("grey", "gray"))
    color = next((part for part in parts if part in NAMES), None)
    rest = " ".join(part for part in parts if part != color) or "thing"
    for known in (rest, rest.removesuffix("s"), rest.split()[-1]):
        if known in _SAME_KIND or known in HOUSEHOLD:
            return color, _SAME_KIND.get(known, known)
    kind = rest.replace(" ", "_")
    return color, kind if kind[0].isalpha() else f"thing_{kind}"


def words_of(instruction: str) -> tuple[str, ...]:
    """Take out of an instruction what may name a thing: runs of words between the little ones.

    No grammar: a verb that is not in the list comes along and finds nothing.

    Args:
        instruction: Such as ``"put the red mug next to the tape measure"``.

    Returns:
        Such as ``("red mug", "tape measure")``, each once.
    """
    found: list[str] = []
    for clause in re.split(r"[^A-Za-z0-9' -]+", instruction):
        run: list[str] = []
        for word in [*re.findall(r"[A-Za-z][A-Za-z'-]*", clause.lower()), "the"]:
            if word in _NOT_THINGS:
                if run and (len(run) > 1 or run[0] not in NAMES):
                    found.append(" ".join(run))
                run = []
            else:
                run.append(word)
    return tuple(dict.fromkeys(found))
