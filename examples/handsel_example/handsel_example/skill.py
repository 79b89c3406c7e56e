"""A skill: set a thing aside, 12 cm to the robot's left."""

from dataclasses import replace

import numpy as np
from handsel.perception.scene import TABLE, Scene
from handsel.robots.robot import Observation, RobotInfo
from handsel.skills.pick import Pick
from handsel.skills.registry import start_program
from handsel.skills.skill import Activity, Arguments, Context, Feasibility, Parameter, SkillSpec

FAR = 0.12
"""How far a thing is set aside, [m]."""
ROOM = 0.03
"""How far off that it may end, [m]."""
PROGRAM = """
def stage_1():
    grasp({thing})

def stage_2():
    goal(norm(xy({thing}.center) - xy(origin({thing}.center)) - vec(0, cm(12))) <= cm(1))
    goal(height({thing}.bottom) - height(origin({thing}.bottom)) <= mm(5))
    goal(height({thing}.bottom) - height(origin({thing}.bottom)) >= 0)
    release({thing})
"""


class SetAside:
    """Take a thing and put it down a hand's breadth to the left."""

    spec = SkillSpec(
        name="set_aside",
        purpose="Set a thing aside, a little to the robot's left.",
        parameters=(Parameter(name="thing", kind="thing", purpose="what to set aside"),),
    )

    def candidates(self, scene: Scene) -> tuple[Arguments, ...]:
        """Every thing but a table can be meant."""
        return tuple({"thing": thing.name} for thing in scene.things if thing.kind != TABLE)

    def can(self, scene: Scene, arguments: Arguments, robot: RobotInfo) -> Feasibility:
        """Say whether it can be taken, and whether anything stands where it would go."""
        thing = scene.thing(arguments["thing"])
        there = thing.center[:2] + np.array([0.0, FAR])
        for other in scene.things:
            near = np.linalg.norm(other.center[:2] - there) < np.max(other.size[:2] + thing.size[:2]) / 2
            if other.kind != TABLE and other.name != thing.name and near:
                return Feasibility(probability=0.0, reason=f"{other.name} stands where {thing.name} would go")
        return Pick().can(scene, arguments, robot)

    def start(self, arguments: Arguments, context: Context, observation: Observation) -> Activity:
        """Carry out this skill's own program in place of one that the mind writes."""
        own = replace(context, program_source=OwnProgram(arguments["thing"]))
        return start_program(own, observation)

    def done(self, before: Scene, after: Scene, arguments: Arguments) -> Feasibility:
        """Measure how far it came."""
        name = arguments["thing"]
        now = next((thing for thing in after.things if thing.name == name and thing.on != "hand"), None)
        if now is None:
            return Feasibility(probability=0.0, reason=f"{name} is not seen on the table")
        moved = now.center[:2] - before.thing(name).center[:2]
        off = float(np.linalg.norm(moved - [0.0, FAR]))
        words = f"{name} came {100 * moved[1]:.1f} cm to the left"
        return Feasibility(probability=0.95 if off <= ROOM else 0.05, reason=words)


class OwnProgram:
    """Writes the same program each time."""

    def __init__(self, thing: str) -> None:
        """Write it for a thing."""
        self._thing = thing

    def write(self, subtask: str, scene: Scene, feedback: tuple[str, ...]) -> str:
        """Give the program's text; it is read, never executed."""
        return PROGRAM.format(thing=self._thing)
