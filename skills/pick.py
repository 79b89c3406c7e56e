"""Take a thing and lift it."""

import numpy as np

from ..perception.scene import TABLE, Scene
from ..robots.robot import Observation, RobotInfo
from .measure import bottom_of, grasp_trouble, reach_trouble
from .registry import start_program
from .skill import Activity, Arguments, Context, Feasibility, Parameter, SkillSpec

LEAST_LIFT = 0.05
"""How much higher a thing has to be to count as picked up, [m]."""


class Pick:
    """Grasp a thing and hold it up."""

    spec = SkillSpec(
        name="pick",
        purpose="Pick a thing up and hold it.",
        parameters=(Parameter(name="thing", kind="thing", purpose="what to pick up"),),
    )

    def candidates(self, scene: Scene) -> tuple[Arguments, ...]:
        """Every thing but a table can be meant."""
        return tuple({"thing": thing.name} for thing in scene.things if thing.kind != TABLE)

    def can(self, scene: Scene, arguments: Arguments, robot: RobotInfo) -> Feasibility:
        """Say whether the thing is within reach, free and narrow enough."""
        thing = scene.thing(arguments["thing"])
        if thing.on == "hand":
            return Feasibility(probability=0.0, reason=f"{thing.name} is held already")
        held = [other.name for other in scene.things if other.on == "hand"]
        if held:
            return Feasibility(probability=0.0, reason=f"the hand holds {held[0]} already")
        trouble = reach_trouble(thing, robot) or grasp_trouble(thing, scene)
        if trouble:
            return Feasibility(probability=0.0, reason=trouble)
        return Feasibility(
            probability=0.9 * thing.confidence,
            reason=f"{thing.name} is free, within reach, and fits between the fingers",
        )

    def start(self, arguments: Arguments, context: Context, observation: Observation) -> Activity:
        """Begin; nothing moves until the activity is stepped."""
        return start_program(context, observation)

    def done(self, before: Scene, after: Scene, arguments: Arguments) -> Feasibility:
        """Judge by where the thing is now."""
        name = arguments["thing"]
        was = before.thing(name)
        now = next((thing for thing in after.things if thing.name == name), None)
        if now is None:
            return Feasibility(probability=0.0, reason=f"{name} is neither in the hand nor in sight")
        if now.on != "hand":
            distance = float(np.linalg.norm(now.center - was.center))
            return Feasibility(
                probability=0.0,
                reason=f"{name} is not in the hand; it is seen {100 * distance:.1f} cm from where it was",
            )
        lift = bottom_of(now) - bottom_of(was)
        words = f"{name} is in the hand, {100 * lift:.1f} cm higher than before"
        if lift < LEAST_LIFT:
            return Feasibility(probability=0.1, reason=f"{words}; {100 * LEAST_LIFT:.0f} cm are expected")
        return Feasibility(probability=0.95, reason=words)
