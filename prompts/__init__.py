"""Prompts as files with named slots, one concern each; what is static stands first, for caches.

A prompt file has two parts, parted by a line ``=== user ===``: what a model is
told once, and what it is asked now. A slot is ``{{ name }}``. A slot without a
value, and a value without a slot, are errors; values are never searched for slots.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SLOT = re.compile(r"\{\{ *([a-z_]+) *\}\}")
PART = "\n=== user ===\n"
NAMES = ("look", "decompose", "choose", "write", "judge", "explain")
"""The prompts, in the order in which one instruction meets them; worked programs lie in ``examples``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt, filled in.

    Attributes:
        system: What the model is told once.
        user: What it is asked now.
    """

    system: str
    user: str


def render(name: str, **slots: str) -> Prompt:
    """Fill in a prompt file.

    Args:
        name: The file's name without its ending.
        slots: A value for every slot.

    Raises:
        KeyError: If a slot has no value, or a value no slot; both are mistakes in the program.
    """
    text = _text(name)
    wanted = set(SLOT.findall(text))
    if wanted != slots.keys():
        missing, unknown = sorted(wanted - slots.keys()), sorted(slots.keys() - wanted)
        raise KeyError(f"prompt {name}: slots without a value: {missing}; values without a slot: {unknown}")
    system, user = (SLOT.sub(lambda found: slots[found[1]], part) for part in text.split(PART))
    return Prompt(system=system.strip(), user=user.strip())


def slots_of(name: str) -> tuple[str, ...]:
    """Name the slots of a prompt file."""
    return tuple(sorted(set(SLOT.findall(_text(name)))))


def shape_of(name: str) -> tuple[str, re.Pattern[str]]:
    """Give what a prompt file would render to, whatever is in its slots.

    Args:
        name: The file's name without its ending.

    Returns:
        The whole file, and a pattern that the rendered user part of this file matches.
    """
    text = _text(name)
    parts = SLOT.split(text.split(PART)[1].strip())
    # Slots are every other part; blanks at the ends are stripped when an empty slot leaves some.
    pattern = "".join(r"[\s\S]*?" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return text, re.compile(pattern.rstrip() + r"\s*")


@cache
def _text(name: str) -> str:
    text = files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    assert text.count(PART) == 1, f"prompt {name} needs one line '=== user ==='"
    return text
