"""Templates with slots, and what fills them: words drawn by seed, some of them seen, others not.

The file is other people's and does not come along; ``docs/planning_only.md`` tells where the templates
are published and how it is laid out.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...core.errors import InputError

MEANINGS: Mapping[str, tuple[tuple[str, frozenset[str]], ...]] = {
    "seen": (
        ("one on another", frozenset(["block1", "block2", "bowl"])),
        ("stack", frozenset()),
        ("gather", frozenset(["corner/side"])),
        ("into one bowl", frozenset(["bowl"])),
        ("matching bowls", frozenset()),
        ("the one in a direction", frozenset(["direction", "bowl", "corner/side"])),
        ("the one by distance", frozenset(["distance", "bowl", "corner/side"])),
        ("the one by number", frozenset(["nth", "direction", "corner/side"])),
    ),
    "unseen": (
        ("different corners", frozenset()),
        ("mismatched bowls", frozenset()),
        ("stack at", frozenset(["corner/side"])),
        ("beside by magnitude", frozenset(["block", "magnitude", "direction", "bowl"])),
        ("corner by distance", frozenset(["block", "distance", "bowl"])),
        ("row", frozenset(["line"])),
    ),
}
"""What the templates mean, in the order of the file, with the slots that each has to have."""
_SLOT = re.compile(r"<([^<>]+)>")
_EITHER = re.compile(r"\(([^()]*\bor\b[^()]*)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One template.

    Attributes:
        text: Words with slots, such as ``pick up the <block>``.
        meaning: What it means, one of ``MEANINGS``.
        seen: Whether it is among the seen ones.
    """

    text: str
    meaning: str
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """An instruction.

    Attributes:
        template: What it was made of.
        text: What the person says.
        words: What fills each slot that was left.
        seen: Whether the words are among the seen ones.
    """

    template: Template
    text: str
    words: Mapping[str, str]
    seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """A file of templates.

    Attributes:
        templates: All templates.
        words: What may fill each slot, seen words first, then others.
    """

    templates: tuple[Template, ...]
    words: tuple[Mapping[str, Sequence[str]], Mapping[str, Sequence[str]]]


def read_templates(path: Path) -> Templates:
    """Read a file of templates.

    Args:
        path: JSON as ``docs/planning_only.md`` tells.

    Raises:
        InputError: If the file is missing or is something else.
    """
    if not path.is_file():
        raise InputError(
            f"there is no file {str(path)!r}; the templates are another's and do not come along: "
            "docs/planning_only.md says how to make the file from the published ones"
        )
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        words = tuple(
            {str(slot): tuple(map(str, values)) for slot, values in told[f"{which}_attributes"].items()}
            for which in ("seen", "unseen")
        )
        templates = [
            _template(told, which, index) for which in MEANINGS for index in range(len(MEANINGS[which]))
        ]
        filled = {kind for one in templates for kind in map(_kind, _SLOT.findall(one.text))}
        missing = sorted(kind for kind in filled for row in words if not row.get(kind))
        if missing:
            raise ValueError(f"no words for {', '.join(missing)}")
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise InputError(f"{str(path)!r} is no file of templates: {error!r}") from error
    return Templates(templates=tuple(templates), words=(words[0], words[1]))


def _template(told: Mapping[str, Sequence[str]], which: str, index: int) -> Template:
    texts = told[f"{which}_instructions"]
    if len(texts) != len(MEANINGS[which]):
        raise ValueError(f"{len(texts)} {which} templates where {len(MEANINGS[which])} are known")
    meaning, slots = MEANINGS[which][index]
    text = str(texts[index])
    if set(_SLOT.findall(text)) != slots:
        raise ValueError(f"{text!r} has other slots than {', '.join(sorted(slots)) or 'none'}")
    return Template(text=text, meaning=meaning, seen=which == "seen")


def _kind(slot: str) -> str:
    """Give what a slot takes: ``block1`` takes a block."""
    return slot.rstrip("0123456789")


def fill(template: Template, templates: Templates, seen: bool, rng: np.random.Generator) -> Filled:
    """Fill a template's slots, each with another word.

    Args:
        template: The template.
        templates: Where it is from.
        seen: Whether with seen words.
        rng: Draws them.
    """
    words = templates.words[0 if seen else 1]
    text = _EITHER.sub(lambda match: str(rng.choice(re.split(r"\s+or\s+", match[1]))), template.text)
    chosen: dict[str, str] = {}
    for slot in _SLOT.findall(text):
        free = [word for word in words[_kind(slot)] if word not in chosen.values()]
        chosen[slot] = str(rng.choice(free))
    return Filled(
        template=template, text=_SLOT.sub(lambda match: chosen[match[1]], text), words=chosen, seen=seen
    )
