"""What the robot of the home can do, with what has to be so before: the ``can`` of say × can."""

from ...core.errors import CannotDo
from ...perception.scene import Scene
from ...robots.robot import Observation, RobotInfo
from ...skills.skill import Activity, Arguments, Context, Feasibility, Parameter, SkillSpec
from .home import Home
from .world import House

ROBOT = RobotInfo(name="told", arms=(), cameras=(), simulated=True, lockstep=True)
THING = Parameter(name="thing", kind="thing", purpose="which thing")


def specs(home: Home) -> tuple[SkillSpec, ...]:
    """List the skills of a home."""
    place = Parameter(name="place", kind="relation", purpose="which place", choices=home.places)
    return (
        SkillSpec(name="find", purpose="Look for a thing and drive up to it.", parameters=(THING,)),
        SkillSpec(name="go_to", purpose="Drive to a place.", parameters=(place,)),
        SkillSpec(
            name="pick_up",
            purpose="Take a thing that the robot stands before, with an empty hand.",
            parameters=(THING,),
        ),
        SkillSpec(
            name="put_down", purpose="Put what is in the hand down where the robot is.", parameters=(THING,)
        ),
        SkillSpec(name="bring_to_you", purpose="Drive to the person with what is in the hand."),
        SkillSpec(name="open_drawer", purpose="Open the drawer, with an empty hand, standing before it."),
        SkillSpec(name="close_drawer", purpose="Close the drawer, standing before it."),
    )


class Told:
    """One skill in a house of symbols; it is done at once, and by the house."""

    def __init__(self, spec: SkillSpec, house: House):
        """Take a skill.

        Args:
            spec: What it is.
            house: Where it is done.
        """
        self.spec, self._house = spec, house

    def candidates(self, scene: Scene) -> tuple[Arguments, ...]:
        """List every thing, or every place."""
        if not self.spec.parameters:
            return ({},)
        (parameter,) = self.spec.parameters
        values = parameter.choices or tuple(thing.name for thing in scene.things)
        return tuple({parameter.name: value} for value in values)

    def can(self, scene: Scene, arguments: Arguments, robot: RobotInfo) -> Feasibility:
        """Say whether what has to be so before is so."""
        trouble = self._house.trouble(self.spec.name, arguments)
        return Feasibility(probability=0.0 if trouble else 1.0, reason=trouble or "it can be done")

    def done(self, before: Scene, after: Scene, arguments: Arguments) -> Feasibility:
        """Say whether its end is so."""
        so = self._house.is_so(self.spec.name, arguments)
        return Feasibility(probability=float(so), reason="it is so" if so else "it is not so")

    def start(self, arguments: Arguments, context: Context, observation: Observation) -> Activity:
        """Nothing moves here.

        Raises:
            CannotDo: Always.
        """
        raise CannotDo(f"{self.spec.name} is done in words only")
