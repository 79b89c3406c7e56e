"""How a part of a thing moves: along a line or about an axis, and between which limits.

Told from one state by the handle's geometry (an assumption, and it says so). What
two states of the same thing show is fitted in ``screw.py``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydrake.math import RigidTransform, RotationMatrix

from ..core.arrays import Float64, frozen
from .bodies import Body

EXTENSION = 0.6
"""Share of a cabinet's depth that its drawer is assumed to come out: slides of three quarters'
extension, themselves somewhat shorter than the cabinet."""
SWING = np.pi / 2.0  # How far a door or a lid is assumed to turn, [rad].


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Articulation:
    """One degree of freedom of a part.

    Attributes:
        kind: ``prismatic``: slides along the axis; ``revolute``: turns about it.
        axis_W: Direction in which, or (right-handed) about which, it moves toward ``upper``,
            unit vector in the world, shape (3,).
        point_W: A point of the axis in the world, shape (3,), [m]; of a sliding part, where it is pulled.
        radius: Distance from the axis to where it is pulled, [m]; None for a sliding part.
        lower: Least value against the state seen last, which is 0, [m] or [rad].
        upper: Largest value against that state, [m] or [rad].
        residual: RMS distance of the moved points from the surface where they arrive, [m];
            None where no motion was seen.
        source: What it was told from.
        doubts: What is uncertain, one short sentence each.
    """

    kind: Literal["prismatic", "revolute"]
    axis_W: Float64
    point_W: Float64
    radius: float | None
    lower: float
    upper: float
    residual: float | None
    source: Literal["two_states", "handle"]
    doubts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "axis_W", frozen(self.axis_W, (3,)))
        object.__setattr__(self, "point_W", frozen(self.point_W, (3,)))

    def motion(self, value: float) -> RigidTransform:
        """Give the motion from the state seen to another one.

        Args:
            value: How far, [m] or [rad].

        Returns:
            What the part's points and poses in the world are multiplied with, from the left.
        """
        return screw_motion(self.kind, self.axis_W, self.point_W, value)


def screw_motion(kind: str, axis_W: Float64, point_W: Float64, value: float) -> RigidTransform:
    """Give the motion along or about an axis; see ``Articulation.motion``."""
    if kind == "prismatic":
        return RigidTransform(value * axis_W)
    R = turn(axis_W, value)
    return RigidTransform(R, point_W - R @ point_W)


def turn(axis: Float64, angle: float) -> RotationMatrix:
    """Give the rotation about a unit vector (Rodrigues' formula)."""
    K = np.cross(np.eye(3), axis)
    return RotationMatrix.ProjectToRotationMatrix(
        np.eye(3) + np.sin(angle) * K + (1.0 - np.cos(angle)) * K @ K
    )


def from_handle(body: Body) -> Articulation | None:
    """Tell how a drawer slides from where its handle is.

    Args:
        body: What was recognised; O's x points from the cabinet to the handle (``drawers.with_handle``).

    Returns:
        The axis along the front's normal; None for what is no drawer or shows no handle.
    """
    if body.kind != "drawer" or "handle" not in body.parts:
        return None
    depth = float(body.size[0])
    opened = min(_opened(body), EXTENSION * depth)
    doubts = ["how far it opens is assumed from its depth"]
    if body.doubts:
        # A box about cabinet and drawer together looks like a deep cabinet that is closed.
        doubts.append("the cabinet's shape is doubtful, and so is how far it is open")
    return Articulation(
        kind="prismatic",
        axis_W=body.X_WO.rotation().matrix()[:, 0],
        point_W=body.parts["handle"],
        radius=None,
        lower=-opened,
        upper=EXTENSION * depth - opened,
        residual=None,
        source="handle",
        doubts=tuple(doubts),
    )


def _opened(body: Body) -> float:
    """Tell how far a drawer is pulled out: how far its front stands before the cabinet, [m]."""
    if "front" not in body.parts:
        return 0.0
    p_OF = body.X_WO.inverse() @ body.parts["front"]
    return max(0.0, float(p_OF[0]) - float(body.size[0]) / 2.0)


def hinged_from_handle(X_WO: RigidTransform, size: Float64, p_WH: Float64) -> Articulation:
    """Tell how a closed door, flap or lid turns: about the edge that is farthest from its handle.

    Args:
        X_WO: Pose of the panel's box.
        size: Its full extents along O's axes, shape (3,), [m]; the least is its thickness.
        p_WH: Where its handle is, shape (3,), [m].

    Returns:
        The axis along that edge, on the side of the handle, turning toward it.
    """
    p_OH = X_WO.inverse() @ p_WH
    thin = int(np.argmin(size))
    wide = [axis for axis in range(3) if axis != thin]
    # Handles sit near the edge that opens: the axis of O along which this one is most off the middle.
    shares = [abs(p_OH[axis]) / (size[axis] / 2.0) for axis in wide]
    across = wide[int(np.argmax(shares))]
    along = wide[1 - int(np.argmax(shares))]
    outward, toward = np.zeros(3), np.zeros(3)
    outward[thin] = 1.0 if p_OH[thin] >= 0.0 else -1.0
    toward[across] = 1.0 if p_OH[across] >= 0.0 else -1.0
    edge_O = outward * size / 2.0 - toward * size / 2.0
    axis_O = np.cross(toward, outward)
    edge_O[along] = p_OH[along]
    arm_O = p_OH - edge_O
    doubts = ["which edge it turns about and how far is assumed from the handle's place"]
    if max(shares) < 0.3 or abs(shares[0] - shares[1]) < 0.2:
        doubts.append("the handle is not clearly nearer to one edge")
    return Articulation(
        kind="revolute",
        axis_W=X_WO.rotation() @ axis_O,
        point_W=X_WO @ edge_O,
        radius=float(np.linalg.norm(arm_O - (arm_O @ axis_O) * axis_O)),
        lower=0.0,
        upper=SWING,
        residual=None,
        source="handle",
        doubts=tuple(doubts),
    )
