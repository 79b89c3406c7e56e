"""Several arms as one: their joints in one vector, their links in one tree, their tools side by side."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from ..core.arrays import Float64, frozen
from ..core.errors import InputError
from .kinematics import Kinematics
from .posing import FIXED, LinkTree


class ArmGroup:
    """Arms that move together.

    Attributes:
        arms: The arms by name, in the order of the joint vector.
        joints: Where each arm's joints are in that vector, by name.
        tree: All links of all arms, for kernels; columns are all arms' joints, then all fingers.
        moves: Whether a joint moves a link, shape (L, n), bool.
        joint_link: Index of the link that each joint carries, shape (n,).
        first_link: Index of each arm's first link in the tree, by name.
        lower: Lower position limits, shape (n,), [rad].
        upper: Upper position limits, shape (n,), [rad].
        velocity: Velocity limits, shape (n,), [rad/s].
        acceleration: Acceleration limits, shape (n,), [rad/s²].
        jerk: Jerk limits, shape (n,), [rad/s³].
        q_home: Postures of rest, shape (n,), [rad].
    """

    def __init__(self, arms: Mapping[str, Kinematics]):
        """Put arms together.

        Args:
            arms: Each arm where it stands, by name.

        Raises:
            InputError: If there are none.
        """
        if not arms:
            raise InputError("a group of arms needs one arm or more")
        self.arms = MappingProxyType(dict(arms))
        ends = np.cumsum([kinematics.n for kinematics in self.arms.values()])
        self.joints = {
            name: slice(int(end) - kinematics.n, int(end))
            for (name, kinematics), end in zip(self.arms.items(), ends, strict=True)
        }
        models = [kinematics.model for kinematics in self.arms.values()]
        self.lower = frozen(np.concatenate([model.lower for model in models]), (None,))
        self.upper = frozen(np.concatenate([model.upper for model in models]), (None,))
        self.velocity = frozen(np.concatenate([model.velocity for model in models]), (None,))
        self.acceleration = frozen(np.concatenate([model.acceleration for model in models]), (None,))
        self.jerk = frozen(np.concatenate([model.jerk for model in models]), (None,))
        self.q_home = frozen(np.concatenate([model.q_home for model in models]), (None,))
        self.tree, self.moves, self.joint_link, self.first_link = self._joined()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the arms, in the order of the joint vector."""
        return tuple(self.arms)

    @property
    def n(self) -> int:
        """Number of joints of all arms."""
        return len(self.lower)

    def split(self, q: Float64) -> dict[str, Float64]:
        """Give each arm's share of joint positions (..., n), by name."""
        return {name: q[..., columns] for name, columns in self.joints.items()}

    def join(self, q: Mapping[str, Float64]) -> Float64:
        """Put the arms' joint positions, by name, into one vector (..., n)."""
        return np.concatenate([q[name] for name in self.arms], axis=-1)

    def tool_poses(self, Q: Float64) -> tuple[Float64, Float64]:
        """Give the arms' tool frames at many configurations.

        Args:
            Q: Joint positions of all arms, shape (B, n), [rad].

        Returns:
            R_WG (B, A, 3, 3) and p_WG (B, A, 3), [m], arms in order.
        """
        poses = [kin.tool_poses(Q[:, self.joints[name]]) for name, kin in self.arms.items()]
        return np.stack([R for R, _ in poses], axis=1), np.stack([p for _, p in poses], axis=1)

    def jacobians(self, q: Float64) -> Float64:
        """Give the Jacobians of the tool frames' velocities, angular rows first.

        Args:
            q: Joint positions of all arms, shape (n,), [rad].

        Returns:
            Shape (A, 6, n): zero in the columns of other arms.
        """
        J = np.zeros((len(self.arms), 6, self.n))
        for number, (name, kinematics) in enumerate(self.arms.items()):
            J[number][:, self.joints[name]] = kinematics.jacobian(q[self.joints[name]])
        return J

    def finger_positions(self, widths: Mapping[str, float]) -> Float64:
        """Give all fingers' joint positions at the arms' openings, [m]; what is not named opens fully."""
        return np.concatenate(
            [kinematics.finger_positions(widths.get(name)) for name, kinematics in self.arms.items()]
        )

    def _joined(self) -> tuple[LinkTree, np.ndarray, np.ndarray, dict[str, int]]:
        """Put the trees one after the other; joints are numbered anew."""
        links = sum(len(kinematics.link_names) for kinematics in self.arms.values())
        moves = np.zeros((links, self.n), bool)
        parts: list[LinkTree] = []
        joint_link: list[np.ndarray] = []
        first_link: dict[str, int] = {}
        first, fingers = 0, self.n
        for name, kinematics in self.arms.items():
            tree, count = kinematics.tree, len(kinematics.link_names)
            own = self.joints[name]
            # Within an arm, columns are its joints, then its fingers; here all fingers come last.
            of_arm = tree.column < kinematics.n
            column = np.where(of_arm, tree.column + own.start, tree.column - kinematics.n + fingers)
            parts.append(
                tree._replace(
                    parent=np.where(tree.parent >= 0, tree.parent + first, -1),
                    column=np.where(tree.kind == FIXED, -1, column),
                )
            )
            moves[first : first + count, own] = kinematics.moves
            joint_link.append(kinematics.joint_link + first)
            first_link[name] = first
            first += count
            fingers += len(kinematics.finger_positions())
        joined = LinkTree(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))
        return joined, moves, np.concatenate(joint_link), first_link
