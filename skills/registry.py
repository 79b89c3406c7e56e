"""The skills that exist, by name, and what carries a skill's program out, by what the robot has."""

from collections.abc import Callable, Iterable

from ..core.registry import Registry
from ..robots.robot import Observation
from .skill import Activity, Context, Skill

SKILLS: Registry[Callable[[], Skill]] = Registry(
    "skill",
    "handsel.skills",
    {
        "pick": "handsel.skills.pick:Pick",
        "place": "handsel.skills.place:Place",
        "push": "handsel.skills.push:Push",
        "manipulate": "handsel.skills.manipulate:Manipulate",
    },
)

ACTIVITIES: Registry[Callable[[Context, Observation], Activity]] = Registry(
    "activity",
    "handsel.activities",
    {
        "one_arm": "handsel.skills.programmed:ProgramActivity",
        "several_arms": "handsel.skills.two_hands:TwoHands",
    },
)


def start_program(context: Context, observation: Observation) -> Activity:
    """Begin to carry a step's program out; nothing moves until the activity is stepped.

    A robot with several arms plans for all of them at once, also where a program speaks of one
    hand only: the other arm is in its way, or makes way.

    Args:
        context: What to work with.
        observation: What the robot senses now.
    """
    name = "one_arm" if len(context.robot.arms) == 1 else "several_arms"
    return ACTIVITIES.load(name)(context, observation)


def make_skills(names: Iterable[str] | None = None) -> tuple[Skill, ...]:
    """Make skills by name, in the order given; where none is, those that come along, then third parties'.

    Raises:
        InputError: If a third party's skill cannot be imported.
        UnknownName: If there is no skill of a name.
    """
    if names is None:
        names = (entry.name for entry in SKILLS.entries())
    return tuple(SKILLS.load(name)() for name in names)
