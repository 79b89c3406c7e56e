"""Forward kinematics and Jacobians of one arm, read once from Drake, computed in microseconds.

Drake's ``MultibodyPlant`` parses the URDF and says where each joint sits; the
kernels here only multiply those fixed poses with the joints' motions.
"""

from typing import NamedTuple

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix
from pydrake.multibody.parsing import Parser
from pydrake.multibody.plant import MultibodyPlant
from pydrake.multibody.tree import Joint, PrismaticJoint, RevoluteJoint, WeldJoint

from ..core.arrays import Float64
from ..core.errors import InputError
from .compiled import compiled
from .models import RobotModel

FIXED, REVOLUTE, PRISMATIC = 0, 1, 2


class LinkTree(NamedTuple):
    """Where every link sits on its parent, as arrays that a kernel takes; parents come first.

    Attributes:
        parent: Index of the parent link, -1 for those that stand in the world, shape (L,).
        R: Rotation from the parent to the link at joint position 0, shape (L, 3, 3).
        p: Position of the link's origin in its parent at joint position 0, shape (L, 3), [m].
        kind: ``FIXED``, ``REVOLUTE`` or ``PRISMATIC``, shape (L,).
        axis: Joint axis in the link, shape (L, 3).
        column: Index of the joint's position among arm joints, then finger joints, shape (L,).
    """

    parent: np.ndarray
    R: Float64
    p: Float64
    kind: np.ndarray
    axis: Float64
    column: np.ndarray


class Chain(NamedTuple):
    """The arm's joints alone, fixed links folded in.

    Attributes:
        R: Rotation from the joint before (at first the world) to the joint, at last to G, (n + 1, 3, 3).
        p: Position likewise, shape (n + 1, 3), [m].
        kind: ``REVOLUTE`` or ``PRISMATIC``, shape (n,).
        axis: Joint axes, each in its joint's frame, shape (n, 3).
    """

    R: Float64
    p: Float64
    kind: np.ndarray
    axis: Float64


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
        return _tool_poses(self._chain, _rows(Q, self.n))

    def jacobian(self, q: Float64) -> Float64:
        """Give the Jacobian of the tool frame's velocity.

        Args:
            q: Joint positions, shape (n,), [rad].

        Returns:
            J_V_WG, shape (6, n): angular velocity first, then that of G's origin, in the world.
        """
        return _tool_jacobian(self._chain, _row(q, self.n))

    def points_jacobian(self, q: Float64, p_GQ: Float64) -> tuple[Float64, Float64]:
        """Give points that move with the tool, and how.

        Args:
            q: Joint positions, shape (n,), [rad].
            p_GQ: Points in the tool frame, shape (K, 3), [m].

        Returns:
            p_WQ (K, 3), [m], and Jv_WQ (K, 3, n).
        """
        return _points_jacobian(self._chain, _row(q, self.n), _rows(p_GQ, 3))

    def link_poses(self, Q: Float64, width: float | None = None) -> tuple[Float64, Float64]:
        """Give every link at many configurations.

        Args:
            Q: Joint positions, shape (B, n), [rad].
            width: Opening between the pads, [m]; None opens fully.

        Returns:
            R_WL (B, L, 3, 3) and p_WL (B, L, 3), [m], links in the order of ``link_names``.
        """
        return _links_batch(self.tree, _rows(Q, self.n), self.finger_positions(width))


def _row(values: Float64, size: int) -> Float64:
    """Check one vector where it enters."""
    array = np.ascontiguousarray(values, dtype=np.float64)
    if array.shape != (size,):
        raise ValueError(f"expected shape ({size},), got {array.shape}")
    return array


def _rows(values: Float64, size: int) -> Float64:
    """Check rows of vectors where they enter."""
    array = np.ascontiguousarray(values, dtype=np.float64)
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


@compiled
def _follow(R, p, R_step, p_step):
    """Go on from the pose (R, p) by a fixed step, in place."""
    a, b, c = p_step[0], p_step[1], p_step[2]
    for i in range(3):
        p[i] += R[i, 0] * a + R[i, 1] * b + R[i, 2] * c
    for i in range(3):
        x, y, z = R[i, 0], R[i, 1], R[i, 2]
        for j in range(3):
            R[i, j] = x * R_step[0, j] + y * R_step[1, j] + z * R_step[2, j]


@compiled
def _move(R, p, kind, axis, value):
    """Move the pose (R, p) by its joint, in place: turn about the axis (Rodrigues) or slide along it."""
    x, y, z = axis[0], axis[1], axis[2]
    if kind == 2:
        for i in range(3):
            p[i] += value * (R[i, 0] * x + R[i, 1] * y + R[i, 2] * z)
        return
    c, s = np.cos(value), np.sin(value)
    d = 1.0 - c
    m00, m01, m02 = c + d * x * x, d * x * y - s * z, d * x * z + s * y
    m10, m11, m12 = d * x * y + s * z, c + d * y * y, d * y * z - s * x
    m20, m21, m22 = d * x * z - s * y, d * y * z + s * x, c + d * z * z
    for i in range(3):
        a, b, e = R[i, 0], R[i, 1], R[i, 2]
        R[i, 0] = a * m00 + b * m10 + e * m20
        R[i, 1] = a * m01 + b * m11 + e * m21
        R[i, 2] = a * m02 + b * m12 + e * m22


@compiled
def _tool_poses(chain, Q):
    """Tool frame at each row of Q."""
    count, n = Q.shape
    R_WG, p_WG = np.empty((count, 3, 3)), np.zeros((count, 3))
    for b in range(count):
        R, p = R_WG[b], p_WG[b]
        R[:] = np.eye(3)
        for j in range(n):
            _follow(R, p, chain.R[j], chain.p[j])
            _move(R, p, chain.kind[j], chain.axis[j], Q[b, j])
        _follow(R, p, chain.R[n], chain.p[n])
    return R_WG, p_WG


@compiled
def _joint_axes(chain, q):
    """Tool frame, and each joint's axis and a point on it, in the world."""
    n = len(q)
    R, p = np.eye(3), np.zeros(3)
    axes, origins = np.empty((n, 3)), np.empty((n, 3))
    for j in range(n):
        _follow(R, p, chain.R[j], chain.p[j])
        for i in range(3):
            axes[j, i] = R[i, 0] * chain.axis[j, 0] + R[i, 1] * chain.axis[j, 1] + R[i, 2] * chain.axis[j, 2]
            origins[j, i] = p[i]
        _move(R, p, chain.kind[j], chain.axis[j], q[j])
    _follow(R, p, chain.R[n], chain.p[n])
    return R, p, axes, origins


@compiled
def point_column(J, j, kind, axis, origin, point):
    """Write column j of a point's Jacobian (3, n): axis x lever, or the axis of a slide."""
    if kind == 2:
        J[0, j], J[1, j], J[2, j] = axis[0], axis[1], axis[2]
        return
    x, y, z = point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]
    J[0, j] = axis[1] * z - axis[2] * y
    J[1, j] = axis[2] * x - axis[0] * z
    J[2, j] = axis[0] * y - axis[1] * x


@compiled
def _tool_jacobian(chain, q):
    """Jacobian of the tool frame's spatial velocity, angular first."""
    _, p, axes, origins = _joint_axes(chain, q)
    J = np.zeros((6, len(q)))
    for j in range(len(q)):
        if chain.kind[j] == 1:
            J[:3, j] = axes[j]
        point_column(J[3:], j, chain.kind[j], axes[j], origins[j], p)
    return J


@compiled
def _points_jacobian(chain, q, p_GQ):
    """Points fixed in the tool frame, in the world, and their Jacobians."""
    R, p, axes, origins = _joint_axes(chain, q)
    p_WQ, J = np.empty_like(p_GQ), np.empty((len(p_GQ), 3, len(q)))
    for k in range(len(p_GQ)):
        for i in range(3):
            p_WQ[k, i] = p[i] + R[i, 0] * p_GQ[k, 0] + R[i, 1] * p_GQ[k, 1] + R[i, 2] * p_GQ[k, 2]
        for j in range(len(q)):
            point_column(J[k], j, chain.kind[j], axes[j], origins[j], p_WQ[k])
    return p_WQ, J


@compiled
def place_links(tree, q, fingers, R, p):
    """Write every link's pose in the world into R (L, 3, 3) and p (L, 3)."""
    n = len(q)
    for i in range(len(tree.parent)):
        if tree.parent[i] >= 0:
            R[i] = R[tree.parent[i]]
            p[i] = p[tree.parent[i]]
        else:
            R[i] = np.eye(3)
            p[i] = 0.0
        _follow(R[i], p[i], tree.R[i], tree.p[i])
        if tree.kind[i] != 0:
            column = tree.column[i]
            value = q[column] if column < n else fingers[column - n]
            _move(R[i], p[i], tree.kind[i], tree.axis[i], value)


@compiled
def _links_batch(tree, Q, fingers):
    """Every link at each row of Q."""
    count, links = len(Q), len(tree.parent)
    R, p = np.empty((count, links, 3, 3)), np.empty((count, links, 3))
    for b in range(count):
        place_links(tree, Q[b], fingers, R[b], p[b])
    return R, p
