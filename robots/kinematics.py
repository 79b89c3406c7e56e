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
        return _tool_poses(*self._chain, _rows(Q, self.n))

    def jacobian(self, q: Float64) -> Float64:
        """Give the Jacobian of the tool frame's velocity.

        Args:
            q: Joint positions, shape (n,), [rad].

        Returns:
            J_V_WG, shape (6, n): angular velocity first, then that of G's origin, in the world.
        """
        return _tool_jacobian(*self._chain, _row(q, self.n))

    def points_jacobian(self, q: Float64, p_GQ: Float64) -> tuple[Float64, Float64]:
        """Give points that move with the tool, and how.

        Args:
            q: Joint positions, shape (n,), [rad].
            p_GQ: Points in the tool frame, shape (K, 3), [m].

        Returns:
            p_WQ (K, 3), [m], and Jv_WQ (K, 3, n).
        """
        return _points_jacobian(*self._chain, _row(q, self.n), _rows(p_GQ, 3))

    def link_poses(self, Q: Float64, width: float | None = None) -> tuple[Float64, Float64]:
        """Give every link at many configurations.

        Args:
            Q: Joint positions, shape (B, n), [rad].
            width: Opening between the pads, [m]; None opens fully.

        Returns:
            R_WL (B, L, 3, 3) and p_WL (B, L, 3), [m], links in the order of ``link_names``.
        """
        R, p = _links_batch(self.tree, _rows(Q, self.n), self.finger_positions(width))
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


# The kernels index whole arrays: each slice would cost numba about 0.1 s of compiling.


@compiled
def _reset(R, p, b):
    """Write the identity as pose b."""
    for i in range(3):
        p[b, i] = 0.0
        for j in range(3):
            R[b, i, j] = 1.0 if i == j else 0.0


@compiled
def _follow(R, p, b, R_step, p_step, s):
    """Go on from pose b by the fixed step s, in place."""
    x, y, z = p_step[s, 0], p_step[s, 1], p_step[s, 2]
    for i in range(3):
        p[b, i] += R[b, i, 0] * x + R[b, i, 1] * y + R[b, i, 2] * z
    for i in range(3):
        u, v, w = R[b, i, 0], R[b, i, 1], R[b, i, 2]
        for j in range(3):
            R[b, i, j] = u * R_step[s, 0, j] + v * R_step[s, 1, j] + w * R_step[s, 2, j]


@compiled
def _move(R, p, b, kind, axis, s, value):
    """Move pose b by the joint s, in place: turn about the axis (Rodrigues) or slide along it."""
    x, y, z = axis[s, 0], axis[s, 1], axis[s, 2]
    if kind[s] == 2:
        for i in range(3):
            p[b, i] += value * (R[b, i, 0] * x + R[b, i, 1] * y + R[b, i, 2] * z)
        return
    c = np.cos(value)
    t = np.sin(value)
    d = 1.0 - c
    for i in range(3):
        u, v, w = R[b, i, 0], R[b, i, 1], R[b, i, 2]
        along = d * (u * x + v * y + w * z)
        R[b, i, 0] = c * u + along * x + t * (v * z - w * y)
        R[b, i, 1] = c * v + along * y + t * (w * x - u * z)
        R[b, i, 2] = c * w + along * z + t * (u * y - v * x)


@compiled
def _tool_poses(chain_R, chain_p, kind, axis, Q):
    """Tool frame at each row of Q."""
    count, n = Q.shape
    R, p = np.empty((count, 3, 3)), np.empty((count, 3))
    for b in range(count):
        _reset(R, p, b)
        for j in range(n):
            _follow(R, p, b, chain_R, chain_p, j)
            _move(R, p, b, kind, axis, j, Q[b, j])
        _follow(R, p, b, chain_R, chain_p, n)
    return R, p


@compiled
def _joint_axes(chain_R, chain_p, kind, axis, q):
    """Tool frame (one row each), and every joint's axis and a point on it, in the world."""
    n = len(q)
    R, p = np.empty((1, 3, 3)), np.empty((1, 3))
    axes, origins = np.empty((n, 3)), np.empty((n, 3))
    _reset(R, p, 0)
    for j in range(n):
        _follow(R, p, 0, chain_R, chain_p, j)
        for i in range(3):
            axes[j, i] = R[0, i, 0] * axis[j, 0] + R[0, i, 1] * axis[j, 1] + R[0, i, 2] * axis[j, 2]
            origins[j, i] = p[0, i]
        _move(R, p, 0, kind, axis, j, q[j])
    _follow(R, p, 0, chain_R, chain_p, n)
    return R, p, axes, origins


@compiled
def _tool_jacobian(chain_R, chain_p, kind, axis, q):
    """Jacobian of the tool frame's spatial velocity, angular first."""
    _, p, axes, origins = _joint_axes(chain_R, chain_p, kind, axis, q)
    J = np.zeros((6, len(q)))
    for j in range(len(q)):
        a, b, c = axes[j, 0], axes[j, 1], axes[j, 2]
        if kind[j] == 2:
            J[3, j], J[4, j], J[5, j] = a, b, c
            continue
        x, y, z = p[0, 0] - origins[j, 0], p[0, 1] - origins[j, 1], p[0, 2] - origins[j, 2]
        J[0, j], J[1, j], J[2, j] = a, b, c
        J[3, j], J[4, j], J[5, j] = b * z - c * y, c * x - a * z, a * y - b * x
    return J


@compiled
def _points_jacobian(chain_R, chain_p, kind, axis, q, p_GQ):
    """Points fixed in the tool frame, in the world, and their Jacobians."""
    R, p, axes, origins = _joint_axes(chain_R, chain_p, kind, axis, q)
    count, n = len(p_GQ), len(q)
    p_WQ, J = np.empty((count, 3)), np.empty((count, 3, n))
    for k in range(count):
        for i in range(3):
            p_WQ[k, i] = p[0, i] + R[0, i, 0] * p_GQ[k, 0] + R[0, i, 1] * p_GQ[k, 1] + R[0, i, 2] * p_GQ[k, 2]
        for j in range(n):
            a, b, c = axes[j, 0], axes[j, 1], axes[j, 2]
            x, y, z = p_WQ[k, 0] - origins[j, 0], p_WQ[k, 1] - origins[j, 1], p_WQ[k, 2] - origins[j, 2]
            slide = kind[j] == 2
            J[k, 0, j] = a if slide else b * z - c * y
            J[k, 1, j] = b if slide else c * x - a * z
            J[k, 2, j] = c if slide else a * y - b * x
    return p_WQ, J


@compiled
def place_links(tree, Q, row, fingers, R, p, first):
    """Write every link's pose at a row of Q into the rows of R (.., 3, 3) and p (.., 3) from ``first`` on."""
    n = Q.shape[1]
    for i in range(len(tree.parent)):
        b = first + i
        parent = tree.parent[i]
        if parent < 0:
            _reset(R, p, b)
        else:
            for k in range(3):
                p[b, k] = p[first + parent, k]
                for j in range(3):
                    R[b, k, j] = R[first + parent, k, j]
        _follow(R, p, b, tree.R, tree.p, i)
        if tree.kind[i] != 0:
            column = tree.column[i]
            value = Q[row, column] if column < n else fingers[column - n]
            _move(R, p, b, tree.kind, tree.axis, i, value)


@compiled
def _links_batch(tree, Q, fingers):
    """Every link at each row of Q, one row of the result a link."""
    count, links = len(Q), len(tree.parent)
    R, p = np.empty((count * links, 3, 3)), np.empty((count * links, 3))
    for b in range(count):
        place_links(tree, Q, b, fingers, R, p, b * links)
    return R, p
