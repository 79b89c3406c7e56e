"""Forward kinematics and Jacobians of one arm, read once from Drake, computed in microseconds.

Drake's ``MultibodyPlant`` parses the URDF and says where each joint sits; the
kernels of ``posing`` only multiply those fixed poses with the joints' motions.
"""

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix
from pydrake.multibody.parsing import Parser
from pydrake.multibody.plant import MultibodyPlant
from pydrake.multibody.tree import Joint, PrismaticJoint, RevoluteJoint, WeldJoint

from ..core.arrays import Float64
from ..core.errors import InputError
from .models import RobotModel
from .posing import (
    FIXED,
    PRISMATIC,
    REVOLUTE,
    Chain,
    LinkTree,
    links_batch,
    points_jacobian,
    tool_jacobian,
    tool_poses,
)


class Kinematics:
    """Poses and Jacobians of one arm that stands at a place.

    Attributes:
        model: The arm.
        X_WR: Pose of its base link in the world.
        link_names: Links in the order of every link array.
        tree: All links, for kernels.
        moves: Whether an arm joint moves a link, shape (L, n), bool.
        joint_link: Index of the link that each arm joint carries, shape (n,).
    """

    def __init__(self, model: RobotModel, X_WR: RigidTransform | None = None):
        """Read the fixed poses from Drake.

        Args:
            model: The arm.
            X_WR: Pose of the base link in the world; None puts it at the origin.

        Raises:
            InputError: If the joints named do not lead from base to tool, in that order.
        """
        self.model = model
        self.X_WR = X_WR if X_WR is not None else RigidTransform()
        self.link_names, self.tree = _link_tree(model, self.X_WR)
        self._index = {name: i for i, name in enumerate(self.link_names)}
        path = _path(self.tree, self._index[model.tool_link])
        on_path = [int(self.tree.column[i]) for i in path if self.tree.kind[i] != FIXED]
        if on_path != list(range(model.n)):
            raise InputError(
                f"the joints {', '.join(model.joint_names)} of {model.name} do not lead from"
                f" {model.base_link!r} to {model.tool_link!r} in that order"
            )
        self._chain = _chain(self.tree, path, model.X_LG)
        self.joint_link = np.array([i for i in path if self.tree.kind[i] != FIXED])
        self.moves = np.zeros((len(self.link_names), model.n), bool)
        for link in range(len(self.link_names)):
            for i in _path(self.tree, link):
                if self.tree.kind[i] != FIXED and self.tree.column[i] < model.n:
                    self.moves[link, self.tree.column[i]] = True

    @property
    def n(self) -> int:
        """Number of arm joints."""
        return self.model.n

    @property
    def chain(self) -> Chain:
        """The arm's joints alone, for kernels."""
        return self._chain

    def link_index(self, name: str) -> int:
        """Give the place of a link in the link arrays."""
        return self._index[name]

    def finger_positions(self, width: float | None = None) -> Float64:
        """Give the finger joints' positions at an opening; None opens fully; empty without a gripper."""
        gripper = self.model.gripper
        if gripper is None:
            return np.zeros(0)
        return gripper.joint_positions(gripper.max_width if width is None else width)

    def tool_pose(self, q: Float64) -> RigidTransform:
        """Give the pose of the tool frame.

        Args:
            q: Joint positions, shape (n,), [rad].

        Returns:
            X_WG.
        """
        R, p = self.tool_poses(np.asarray(q, float)[None])
        return RigidTransform(RotationMatrix(R[0]), p[0])

    def tool_poses(self, Q: Float64) -> tuple[Float64, Float64]:
        """Give the tool frame at many configurations.

        Args:
            Q: Joint positions, shape (B, n), [rad].

        Returns:
            R_WG (B, 3, 3) and p_WG (B, 3), [m].
        """
        return tool_poses(*self._chain, _rows(Q, self.n))

    def jacobian(self, q: Float64) -> Float64:
        """Give the Jacobian of the tool frame's velocity.

        Args:
            q: Joint positions, shape (n,), [rad].

        Returns:
            J_V_WG, shape (6, n): angular velocity first, then that of G's origin, in the world.
        """
        return tool_jacobian(*self._chain, _row(q, self.n))

    def points_jacobian(self, q: Float64, p_GQ: Float64) -> tuple[Float64, Float64]:
        """Give points that move with the tool, and how.

        Args:
            q: Joint positions, shape (n,), [rad].
            p_GQ: Points in the tool frame, shape (K, 3), [m].

        Returns:
            p_WQ (K, 3), [m], and Jv_WQ (K, 3, n).
        """
        return points_jacobian(*self._chain, _row(q, self.n), _rows(p_GQ, 3))

    def link_poses(self, Q: Float64, width: float | None = None) -> tuple[Float64, Float64]:
        """Give every link at many configurations.

        Args:
            Q: Joint positions, shape (B, n), [rad].
            width: Opening between the pads, [m]; None opens fully.

        Returns:
            R_WL (B, L, 3, 3) and p_WL (B, L, 3), [m], links in the order of ``link_names``.
        """
        R, p = links_batch(self.tree, _rows(Q, self.n), self.finger_positions(width))
        links = len(self.link_names)
        return R.reshape(-1, links, 3, 3), p.reshape(-1, links, 3)


def _row(values: Float64, size: int) -> Float64:
    """Check one vector where it enters; the copy is writable, else numba compiles for read-only ones too."""
    array = np.array(values, dtype=np.float64, order="C")
    if array.shape != (size,):
        raise ValueError(f"expected shape ({size},), got {array.shape}")
    return array


def _rows(values: Float64, size: int) -> Float64:
    """Check rows of vectors where they enter; the copy is writable, see ``_row``."""
    array = np.array(values, dtype=np.float64, order="C")
    if array.ndim != 2 or array.shape[1] != size:
        raise ValueError(f"expected shape (any, {size}), got {array.shape}")
    return array


def _link_tree(model: RobotModel, X_WR: RigidTransform) -> tuple[tuple[str, ...], LinkTree]:
    """Parse the URDF with Drake and list its links, parents first."""
    plant = MultibodyPlant(0.0)
    (instance,) = Parser(plant).AddModels(model.urdf)
    plant.WeldFrames(plant.world_frame(), plant.GetFrameByName(model.base_link), X_WR)
    plant.Finalize()
    inbound: dict[str, Joint] = {}
    for joint_index in plant.GetJointIndices():
        joint = plant.get_joint(joint_index)
        inbound[joint.child_body().name()] = joint
    names: list[str] = []
    bodies = [plant.get_body(index).name() for index in plant.GetBodyIndices(instance)]

    def add(name: str) -> None:
        parent = inbound[name].parent_body()
        if parent.index() != plant.world_body().index() and parent.name() not in names:
            add(parent.name())
        if name not in names:
            names.append(name)

    for name in bodies:
        add(name)
    fingers = model.gripper.joint_names if model.gripper else ()
    columns = {name: i for i, name in enumerate((*model.joint_names, *fingers))}
    size = len(names)
    tree = LinkTree(
        parent=np.full(size, -1),
        R=np.zeros((size, 3, 3)),
        p=np.zeros((size, 3)),
        kind=np.zeros(size, np.int64),
        axis=np.zeros((size, 3)),
        column=np.full(size, -1),
    )
    for i, name in enumerate(names):
        joint = inbound[name]
        if joint.parent_body().name() in names:
            tree.parent[i] = names.index(joint.parent_body().name())
        X_PF = joint.frame_on_parent().GetFixedPoseInBodyFrame()
        X_BM = joint.frame_on_child().GetFixedPoseInBodyFrame()
        X_FM = joint.X_FM() if isinstance(joint, WeldJoint) else RigidTransform()
        X_PB = X_PF @ X_FM @ X_BM.inverse()
        tree.R[i], tree.p[i] = X_PB.rotation().matrix(), X_PB.translation()
        if joint.num_positions():
            assert X_BM.IsNearlyIdentity(1e-12), "a URDF joint lies at its child's origin"
            tree.kind[i], tree.axis[i] = _motion(joint)
            tree.column[i] = columns[joint.name()]
    return tuple(names), tree


def _motion(joint: Joint) -> tuple[int, Float64]:
    """Say how a joint moves, and along which axis.

    Raises:
        InputError: If it is neither revolute nor prismatic.
    """
    if isinstance(joint, RevoluteJoint):
        return REVOLUTE, np.array(joint.revolute_axis())
    if isinstance(joint, PrismaticJoint):
        return PRISMATIC, np.array(joint.translation_axis())
    raise InputError(
        f"joint {joint.name()!r} is {joint.type_name()!r}; expected revolute, continuous or prismatic"
    )


def _path(tree: LinkTree, link: int) -> list[int]:
    """List the links from the world to a link, that one included."""
    path = [link]
    while tree.parent[path[-1]] >= 0:
        path.append(int(tree.parent[path[-1]]))
    return path[::-1]


def _chain(tree: LinkTree, path: list[int], X_LG: RigidTransform) -> Chain:
    """Fold the fixed links of a path into the moving ones."""
    joints = [i for i in path if tree.kind[i] != FIXED]
    chain = Chain(
        R=np.zeros((len(joints) + 1, 3, 3)),
        p=np.zeros((len(joints) + 1, 3)),
        kind=tree.kind[joints].copy(),
        axis=tree.axis[joints].copy(),
    )
    R, p, row = np.eye(3), np.zeros(3), 0
    for i in path:
        R, p = R @ tree.R[i], p + R @ tree.p[i]
        if tree.kind[i] != FIXED:
            chain.R[row], chain.p[row] = R, p
            R, p, row = np.eye(3), np.zeros(3), row + 1
    chain.R[row] = R @ X_LG.rotation().matrix()
    chain.p[row] = p + R @ X_LG.translation()
    return chain
