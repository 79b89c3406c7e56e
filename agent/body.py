"""What the agent knows of one of its arms: where the tool is, what space it takes, how it leaves the view."""

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..perception.scene import Scene
from ..planners.program import Stage
from ..planners.situation import Held
from ..robots.robot import ArmState, RobotInfo
from ..robots.shapes import distance
from ..robots.spheres import sphere_cover
from ..skills.arm import kinematics_of
from ..skills.foresight import moved_thing, with_thing
from ..skills.looking import HOME, LookWays, way_to_look

AT_POSE = 0.05
"""How near joint positions count as the same pose, [rad]."""
HELD_BALL = 0.014
"""Radius of the balls that a held thing is blotted out with, [m]."""
STILL_THERE = 0.03
"""A thing of the same looks this near to the old place has not been taken, [m]."""


class Body:
    """One arm, as geometry."""

    def __init__(self, robot: RobotInfo, arm: str | None = None):
        """Take an arm of a robot.

        Args:
            robot: What the robot is made of.
            arm: The arm's name; the first one where None.
        """
        self.arm = next(one for one in robot.arms if arm in (None, one.name))
        self.kinematics = kinematics_of(self.arm)
        self._cover = sphere_cover(self.kinematics.model)
        self._links = np.array([self.kinematics.link_index(name) for name in self._cover.links])[
            self._cover.link
        ]

    def tool_pose(self, state: ArmState) -> RigidTransform:
        """Give X_WG."""
        return self.kinematics.tool_pose(state.q)

    def looks(self, state: ArmState) -> bool:
        """Whether the arm stands where it looks from."""
        return bool(np.abs(state.q - self.kinematics.model.q_look).max() < AT_POSE)

    def spheres(self, state: ArmState, held: Held | None) -> Float64:
        """Give balls that cover the arm and what it holds: (x, y, z, radius) in W, shape (S, 4), [m]."""
        R_WL, p_WL = self.kinematics.link_poses(state.q[None], state.width)
        R_WL, p_WL = R_WL[0][self._links], p_WL[0][self._links]
        centers = np.einsum("sij,sj->si", R_WL, self._cover.centers) + p_WL
        balls = np.column_stack([centers, self._cover.radii])
        if held is None:
            return balls
        inside = _inside(held)
        p_W = self.tool_pose(state).multiply(inside.T).T
        return np.vstack([balls, np.column_stack([p_W, np.full(len(p_W), HELD_BALL)])])

    def way_to_look(
        self,
        scene: Scene,
        state: ArmState,
        held: Held | None,
        rng: np.random.Generator,
        keeping: Stage = HOME,
    ) -> LookWays | str:
        """Plan the way back to where the arm looks from.

        Args:
            scene: What is there.
            state: Where the arm stands.
            held: What it holds.
            rng: The only source of chance.
            keeping: What it keeps away from on its way.

        Returns:
            The motion, or what is in its way.
        """
        return way_to_look(scene, self.arm.name, state, held, self.kinematics, rng, keeping)


def _inside(held: Held) -> Float64:
    """Give points on a grid inside a held thing, p_G, shape (N, 3), [m]."""
    points = np.array(list(held.points.values()))
    low, high = points.min(axis=0) - 0.08, points.max(axis=0) + 0.08
    axes = [np.arange(a, b, HELD_BALL) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    near = np.min([distance(shape, grid) for shape in held.shapes], axis=0)
    return np.vstack([grid[near < HELD_BALL / 2.0], points])


def in_hand(scene: Scene, held: Held, before: Scene, X_WG: RigidTransform) -> Scene | None:
    """Put the held thing where the hand has it.

    Args:
        scene: What the cameras see, the held thing blotted out.
        held: What the fingers say they hold.
        before: What was seen when it was taken.
        X_WG: Pose of the tool.

    Returns:
        The scene with the thing ``on`` the hand, or None where it is still seen at its old place.
    """
    was = before.thing(held.thing)
    X_WO = X_WG @ held.X_GO
    taken_away = float(np.linalg.norm(X_WO.translation() - was.X_WO.translation())) > 2.0 * STILL_THERE
    looks = [thing for thing in scene.things if (thing.color, thing.kind) == (was.color, was.kind)]
    if taken_away and any(np.linalg.norm(thing.center - was.center) < STILL_THERE for thing in looks):
        return None
    return with_thing(scene, moved_thing(was, X_WO, "hand"))
