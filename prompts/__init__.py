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
NAMES = ("look", "decompose", "choose", "write", "judge", "explain", "correct")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What stands in the static part of prompts for one sort of robot, in ``settings``.

    Attributes:
        robot: What the robot is, and how the person sees it.
        rules: How things are broken down for it.
        units: What the numbers of a scene mean.
    """

    robot: str
    rules: str
    units: str


@cache
def setting(name: str) -> Setting:
    """Read a setting: ``table`` for what is seen and measured, ``home`` for what is told in words."""
    text = files(__name__).joinpath("settings", f"{name}.md").read_text(encoding="utf-8")
    robot, rest = text.split("\n=== rules ===\n")
    rules, units = rest.split("\n=== units ===\n")
    return Setting(robot=robot.strip(), rules=rules.strip(), units=units.strip())


def slots_of(name: str) -> tuple[str, ...]:
    """Name the slots of a prompt file."""
    return tuple(sorted(set(SLOT.findall(_text(name)))))


def shape_of(name: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Give patterns of what a prompt file renders to, whatever is in its slots.

    Args:
        name: The file's name without its ending.

    Returns:
        A pattern that the system part matches, and one for the user part; ends without blanks.
    """
    system, user = (_shape(part.strip()) for part in _text(name).split(PART))
    return system, user


def _shape(text: str) -> re.Pattern[str]:
    # Slots are every other part; blanks before one are left out where it is empty and ends the text.
    parts = SLOT.split(text)
    if not parts[-1].strip():
        parts = [*parts[:-3], parts[-3].rstrip(), *parts[-2:]]
    pattern = "".join(r"[\s\S]*?" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return re.compile(pattern + r"\s*")


@cache
def _text(name: str) -> str:
    text = files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8")
    assert text.count(PART) == 1, f"prompt {name} needs one line '=== user ==='"
    return text
