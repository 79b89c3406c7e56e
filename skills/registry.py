"""The skills that exist, by name."""

from collections.abc import Callable, Iterable

from ..core.registry import Registry
from .skill import Skill

SKILLS: Registry[Callable[[], Skill]] = Registry(
    "skill",
    "handsel.skills",
    {
        "pick": "handsel.skills.pick:Pick",
        "place": "handsel.skills.place:Place",
        "manipulate": "handsel.skills.manipulate:Manipulate",
    },
)


def make_skills(names: Iterable[str] = ("pick", "place", "manipulate")) -> tuple[Skill, ...]:
    """Make skills by name, in the order given.

    Raises:
        UnknownName: If there is no skill of a name.
    """
    return tuple(SKILLS.load(name)() for name in names)
