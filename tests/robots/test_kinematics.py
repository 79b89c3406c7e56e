"""Kinematics against Drake itself and against finite differences."""

import numpy as np
import pytest
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import RobotModel, load_model
from pydrake.math import RigidTransform, RollPitchYaw
from pydrake.multibody.parsing import Parser
from pydrake.multibody.plant import MultibodyPlant
from pydrake.multibody.tree import JacobianWrtVariable

X_WR = RigidTransform(RollPitchYaw(0.1, -0.2, 0.7), [0.2, -0.3, 0.15])


class Reference:
    """The same arm in a Drake plant."""

    def __init__(self, model: RobotModel):
        self.model = model
        self.plant = MultibodyPlant(0.0)
        Parser(self.plant).AddModels(str(model.urdf))
        self.plant.WeldFrames(self.plant.world_frame(), self.plant.GetFrameByName(model.base_link), X_WR)
        self.plant.Finalize()
        self.context = self.plant.CreateDefaultContext()

    def set(self, q: np.ndarray, width: float) -> None:
        gripper = self.model.gripper
        assert gripper is not None
        names = (*self.model.joint_names, *gripper.joint_names)
        positions = np.zeros(self.plant.num_positions())
        for name, value in zip(names, (*q, *gripper.joint_positions(width)), strict=True):
            positions[self.plant.GetJointByName(name).position_start()] = value
        self.plant.SetPositions(self.context, positions)

    def pose(self, link: str) -> RigidTransform:
        return self.plant.GetFrameByName(link).CalcPoseInWorld(self.context)

    def jacobian(self) -> np.ndarray:
        frame = self.plant.GetFrameByName(self.model.tool_link)
        world = self.plant.world_frame()
        J = self.plant.CalcJacobianSpatialVelocity(
            self.context, JacobianWrtVariable.kV, frame, self.model.X_LG.translation(), world, world
        )
        return J[:, [self.plant.GetJointByName(name).velocity_start() for name in self.model.joint_names]]


@pytest.fixture(scope="module", params=["panda", "so101"])
def arm(request: pytest.FixtureRequest) -> tuple[Kinematics, Reference]:
    model = load_model(request.param)
    return Kinematics(model, X_WR), Reference(model)


def random_q(model: RobotModel, count: int) -> np.ndarray:
    return np.random.default_rng(4).uniform(model.lower, model.upper, (count, model.n))


def test_tool_and_links_agree_with_drake(arm: tuple[Kinematics, Reference]) -> None:
    kinematics, reference = arm
    assert kinematics.model.gripper is not None
    Q = random_q(kinematics.model, 20)
    width = 0.6 * kinematics.model.gripper.max_width
    R_tool, p_tool = kinematics.tool_poses(Q)
    R, p = kinematics.link_poses(Q, width)
    assert set(kinematics.link_names) == set(kinematics.model.links)
    for b, q in enumerate(Q):
        reference.set(q, width)
        X_WG = reference.pose(kinematics.model.tool_link) @ kinematics.model.X_LG
        assert np.allclose(R_tool[b], X_WG.rotation().matrix(), atol=1e-9)
        assert np.allclose(p_tool[b], X_WG.translation(), atol=1e-9)
        assert kinematics.tool_pose(q).IsNearlyEqualTo(X_WG, 1e-9)
        for i, name in enumerate(kinematics.link_names):
            X_WL = reference.pose(name)
            assert np.allclose(R[b, i], X_WL.rotation().matrix(), atol=1e-9), name
            assert np.allclose(p[b, i], X_WL.translation(), atol=1e-9), name


def test_jacobian_agrees_with_drake(arm: tuple[Kinematics, Reference]) -> None:
    kinematics, reference = arm
    for q in random_q(kinematics.model, 20):
        reference.set(q, 0.02)
        assert np.allclose(kinematics.jacobian(q), reference.jacobian(), atol=1e-9)


def test_point_jacobian_is_the_derivative(arm: tuple[Kinematics, Reference]) -> None:
    kinematics, _ = arm
    points = np.random.default_rng(2).normal(size=(5, 3)) * 0.1
    for q in random_q(kinematics.model, 3):
        p_WQ, J = kinematics.points_jacobian(q, points)
        X_WG = kinematics.tool_pose(q)
        assert np.allclose(p_WQ, (X_WG @ points.T).T, atol=1e-12)
        for j in range(kinematics.n):
            step = np.zeros(kinematics.n)
            step[j] = 1e-6
            ahead, _ = kinematics.points_jacobian(q + step, points)
            behind, _ = kinematics.points_jacobian(q - step, points)
            assert np.allclose(J[:, :, j], (ahead - behind) / 2e-6, atol=1e-8)


def test_which_joints_move_which_links() -> None:
    kinematics = Kinematics(load_model("panda"))
    assert not kinematics.moves[kinematics.link_index("panda_link0")].any()
    assert kinematics.moves[kinematics.link_index("panda_link3")].tolist() == [True] * 3 + [False] * 4
    assert kinematics.moves[kinematics.link_index("panda_leftfinger")].all()


def test_a_wrong_shape_is_refused() -> None:
    kinematics = Kinematics(load_model("panda"))
    with pytest.raises(ValueError, match=r"expected shape \(any, 7\)"):
        kinematics.tool_poses(np.zeros((2, 6)))
    with pytest.raises(ValueError, match=r"expected shape \(7,\)"):
        kinematics.jacobian(np.zeros((1, 7)))
