"""The way to where the cameras see the table."""

import numpy as np

from ..core.trajectory import JointTrajectory
from ..perception.scene import Scene
from ..planners.problem import UP, build
from ..planners.program import Stage
from ..planners.settings import Settings
from ..planners.situation import Held
from ..planners.way import Ends, find_way
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
