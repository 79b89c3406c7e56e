"""The way to where the cameras see the table."""

from collections.abc import Mapping

import numpy as np

from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene
from ..planners.joint_arms.contacts import leaving_ends
from ..planners.joint_arms.problem import build_arms
from ..planners.joint_arms.situation import HandState, begin_arms
from ..planners.joint_arms.way import dealt, find_arms_way
from ..planners.legs import Ends
from ..planners.problem import UP, build
from ..planners.program import Stage
from ..planners.settings import Settings
from ..planners.situation import Held
from ..planners.way import find_way
from ..robots.arm_group import ArmGroup
from ..robots.kinematics import Kinematics
from ..robots.robot import ArmState
from .foresight import begin


def way_to_look(
    scene: Scene,
    arm: str,
    state: ArmState,
    held: Held | None,
    kinematics: Kinematics,
    rng: np.random.Generator,
) -> JointTrajectory | str:
    """Plan the way back to where an arm looks from.

    Args:
        scene: What is there.
        arm: The arm's name.
        state: Where it stands.
        held: What it holds.
        kinematics: The arm.
        rng: The only source of chance.

    Returns:
        The motion, or what is in its way.
    """
    settings = Settings()
    situation = begin(scene, arm, state.q, state.width or 0.0, held, kinematics)
    stage = Stage(name="look", purpose="go where the cameras see the table")
    problem = build(stage, situation, kinematics, settings)
    near = float(problem.room.clearance(state.q[None])[0]) < settings.clearance
    back_W = -kinematics.tool_pose(state.q).rotation().matrix()[:, 2]
    ends = Ends(out_W=(back_W, UP) if near else (), into_W=())
    way = find_way(problem, kinematics.model.q_look, ends, rng)
    return way if isinstance(way, str) else way.trajectory


def ways_to_look(
    scene: Scene,
    group: ArmGroup,
    states: Mapping[str, ArmState],
    held: Mapping[str, Held],
    rng: np.random.Generator,
) -> tuple[JointTrajectory, ...] | str:
    """Plan the way of several arms, together, back to where they look from; one that holds something stays.

    Args:
        scene: What is there.
        group: The arms.
        states: Where they stand.
        held: What they hold, by hand.
        rng: The only source of chance.

    Returns:
        The motions of the arms that move, or what is in the way.
    """
    settings = Settings()
    hands = {
        name: HandState(q=states[name].q, width=states[name].width or 0.0, held=held.get(name))
        for name in group.names
    }
    situation = begin_arms(scene, hands, group)
    stage = Stage(name="look", purpose="go where the cameras see the table")
    problem = build_arms(stage, situation, group, settings, moving=frozenset(group.names) - set(held))
    q_look = {name: states[name].q if name in held else arm.model.q_look for name, arm in group.arms.items()}
    way = find_arms_way(problem, group.join(q_look), leaving_ends(problem), rng)
    return way if isinstance(way, str) else tuple(dealt(way.whole, problem).values())
