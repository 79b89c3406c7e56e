"""Scripted moves for tests: inverse kinematics by Drake and slow straight joint motions."""

import numpy as np
from handsel.core.arrays import Float64
from handsel.core.trajectory import JointTrajectory
from handsel.robots.models import load_model
from handsel.robots.robot import MotionState, Robot
from pydrake.math import RigidTransform, RotationMatrix
from pydrake.multibody.inverse_kinematics import InverseKinematics
from pydrake.multibody.parsing import Parser
from pydrake.multibody.plant import MultibodyPlant
from pydrake.solvers import Solve


class Kinematics:
    """Tool poses of the panda to joint positions."""

    def __init__(self) -> None:
        self.model = load_model("panda")
        self.plant = MultibodyPlant(0.0)
        Parser(self.plant).AddModels(str(self.model.urdf))
        self.plant.WeldFrames(self.plant.world_frame(), self.plant.GetFrameByName(self.model.base_link))
        self.plant.Finalize()

    def solve(self, p_WG: list[float], yaw: float = 0.0) -> Float64:
        """Reach a point with the hand pointing down, closing direction turned by yaw from y."""
        X_WG = RigidTransform(
            RotationMatrix.MakeZRotation(yaw) @ RotationMatrix(np.diag([1.0, -1.0, -1.0])), p_WG
        )
        ik = InverseKinematics(self.plant)
        frame = self.plant.GetFrameByName(self.model.tool_link)
        world = self.plant.world_frame()
        p_LG = self.model.X_LG.translation()
        low, high = X_WG.translation() - 1e-4, X_WG.translation() + 1e-4
        ik.AddPositionConstraint(frame, p_LG, world, low, high)
        ik.AddOrientationConstraint(world, X_WG.rotation(), frame, self.model.X_LG.rotation(), 1e-3)
        guess = np.concatenate([self.model.q_look, [0.04, 0.04]])
        ik.prog().AddQuadraticErrorCost(np.eye(9), guess, ik.q())
        result = Solve(ik.prog(), guess)
        assert result.is_success(), f"no way to {p_WG}"
        return result.GetSolution(ik.q())[:7]


def straight(robot: Robot, q: Float64, duration: float) -> JointTrajectory:
    """From where the arm is, in one smooth stroke."""
    now = robot.observe().arms["arm"].q
    names = robot.info.arms[0].joint_names
    return JointTrajectory(
        arm="arm", joint_names=names, times=[0.0, duration], q=np.stack([now, q]), v=np.zeros((2, len(q)))
    )


def finish(robot: Robot, number: int, step: float = 0.05, most: float = 10.0) -> MotionState:
    """Let time pass until a motion has ended."""
    passed = 0.0
    while passed < most:
        robot.advance(step)
        passed += step
        state = robot.observe().motions.get(number)
        if state is not MotionState.RUNNING:
            assert state is not None
            return state
    raise AssertionError(f"motion {number} still runs after {most} s")


def go(robot: Robot, q: Float64, duration: float = 1.2) -> None:
    """Move and check that the arm arrives."""
    assert finish(robot, robot.execute(straight(robot, q, duration)).number) is MotionState.DONE


def grip(robot: Robot, width: float, force: float = 30.0) -> None:
    """Move the fingers until they are done."""
    assert finish(robot, robot.grip("arm", width, force).number) is MotionState.DONE
