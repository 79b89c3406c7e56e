"""Doing nothing, where a step's end is so already; that is measured like any other end."""

from collections.abc import Mapping

from ..perception.scene import Scene
from ..perception.tracking import Tracked
from ..planners.program import Program
from ..planners.situation import Held
from ..robots.robot import Observation, RobotInfo
from ..skills.skill import Action, Activity, Arguments, Context, Done, Failed, Feasibility, Skill, SkillSpec


class Already:
    """Stands for a skill whose work is believed to be done; the judge measures whether it is."""

    spec = SkillSpec(name="done", purpose="Do nothing: it is so already.")

    def __init__(self, skill: Skill, arguments: Arguments):
        """Take what is believed to be done.

        Args:
            skill: The skill that would have done it.
            arguments: With which arguments.
        """
        self._skill, self._arguments = skill, arguments

    def candidates(self, scene: Scene) -> tuple[Arguments, ...]:
        """There is one way to do nothing."""
        return ({},)

    def can(self, scene: Scene, arguments: Arguments, robot: RobotInfo) -> Feasibility:
        """Say how far it is so."""
        return self._skill.done(scene, scene, self._arguments)

    def start(self, arguments: Arguments, context: Context, observation: Observation) -> Activity:
        """Begin to do nothing."""
        return _Nothing(context.held)

    def done(self, before: Scene, after: Scene, arguments: Arguments) -> Feasibility:
        """Measure what the skill would have been measured by."""
        return self._skill.done(before, after, self._arguments)


class _Nothing:
    """Ends at once."""

    attends: tuple[str, ...] = ()
    program: Program | None = None

    def __init__(self, held: Mapping[str, Held]):
        self.held = held

    def notice(self, tracked: Tracked | None, trouble: Failed | None) -> bool:
        return False

    def step(self, observation: Observation, scene: Scene | None) -> Action:
        return Done()
