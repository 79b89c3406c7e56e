"""Whatever no named skill covers: the mind writes a program, and its goals are what counts as done."""

from ..perception.scene import Scene
from ..robots.robot import Observation, RobotInfo
from .registry import start_program
from .skill import Activity, Arguments, Context, Feasibility, SkillSpec


class Manipulate:
    """Carry out the step's words through a program."""

    spec = SkillSpec(
        name="manipulate",
        purpose="Do what the step says through a program of relations, where no other skill covers it.",
    )

    def candidates(self, scene: Scene) -> tuple[Arguments, ...]:
        """There is one way to start it: with the step's own words."""
        return ({},)

    def can(self, scene: Scene, arguments: Arguments, robot: RobotInfo) -> Feasibility:
        """Only the planner knows; something has to be there."""
        if not scene.things:
            return Feasibility(probability=0.0, reason="nothing is seen on the table")
        return Feasibility(probability=0.5, reason="the planner has to find out")

    def start(self, arguments: Arguments, context: Context, observation: Observation) -> Activity:
        """Begin; nothing moves until the activity is stepped."""
        return start_program(context, observation)

    def done(self, before: Scene, after: Scene, arguments: Arguments) -> Feasibility:
        """Geometry alone cannot tell; the program's goals can."""
        return Feasibility(probability=0.5, reason="only the program's goals can tell")
