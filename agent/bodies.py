"""The arms of a robot, as geometry: where their tools are, what space they take, how they leave the view."""

from collections.abc import Mapping

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..perception.scene import Scene
from ..planners.program import Stage
from ..planners.situation import Held
from ..robots.arm_group import ArmGroup
from ..robots.robot import ArmState, RobotInfo
from ..skills.looking import HOME, LookWays, ways_to_look
from .body import Body

States = Mapping[str, ArmState]
"""Joints and fingers by arm."""
Holding = Mapping[str, Held]
"""What is held, by hand; empty hands are left out."""


class Bodies:
    """All arms of a robot."""

    def __init__(self, robot: RobotInfo):
        """Take a robot's arms.

        Args:
            robot: What the robot is made of.
        """
        self.arms = {arm.name: Body(robot, arm.name) for arm in robot.arms}
        self._group = ArmGroup({name: body.kinematics for name, body in self.arms.items()})

    def tool_poses(self, states: States) -> dict[str, RigidTransform]:
        """Give X_WG of every tool, by arm."""
        return {name: body.tool_pose(states[name]) for name, body in self.arms.items()}

    def spheres(self, states: States, held: Holding) -> Float64:
        """Give balls that cover the arms and what they hold: (x, y, z, radius) in W, shape (S, 4), [m]."""
        carried = carried_once(held)
        return np.concatenate(
            [body.spheres(states[name], carried.get(name)) for name, body in self.arms.items()]
        )

    def looks(self, states: States) -> bool:
        """Whether every arm stands where it looks from, or where it is out of the cameras' way."""
        return all(body.looks(states[name]) for name, body in self.arms.items())

    def ways_to_look(
        self,
        scene: Scene,
        states: States,
        held: Holding,
        rng: np.random.Generator,
        keeping: Stage = HOME,
    ) -> LookWays | str:
        """Plan the way back to where the arms look from; several go together.

        Args:
            scene: What is there.
            states: Where the arms stand.
            held: What they hold.
            rng: The only source of chance.
            keeping: What they keep away from on their way.

        Returns:
            The motions, none where they stand there already; or what is in the way.
        """
        if self.looks(states):
            return LookWays(motions=())
        if len(self.arms) > 1:
            return ways_to_look(scene, self._group, states, held, rng, keeping)
        ((name, body),) = self.arms.items()
        return body.way_to_look(scene, states[name], held.get(name), rng, keeping)


def carried_once(held: Holding) -> dict[str, Held]:
    """Give what is held, each thing once: by the first hand that holds it."""
    first: dict[str, str] = {}
    for name, one in held.items():
        first.setdefault(one.thing, name)
    return {name: held[name] for name in first.values()}
