"""One state of a thing that can move: its surface, which way it faces, and the frames that show it."""

from dataclasses import dataclass, replace

import numpy as np
from pydrake.math import RigidTransform
from scipy.spatial import KDTree

from ..core.arrays import Float64, frozen
from ..core.camera import CameraFrame
from .cloud import fuse, without_spheres

NEIGHBOURS = 16  # That a normal is told from: 2 to 3 rings of pixels.
ABOVE = 0.010  # Of what it stands on the first so much is left out, so that the table is, [m].


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is seen of a thing in one state.

    Attributes:
        p_W: Surface points in the world, shape (N, 3), [m].
        normals: Unit normals toward what saw the points, shape (N, 3).
        frames: The frames, if any: what no camera sees through is then known to be hidden, not gone.
    """

    p_W: Float64
    normals: Float64
    frames: tuple[CameraFrame, ...] = ()

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "p_W", frozen(self.p_W, (None, 3)))
        object.__setattr__(self, "normals", frozen(self.normals, (len(self.p_W), 3)))

    def shifted(self, shift_W: Float64) -> "State":
        """Give the state with all points moved, shape (3,), [m]."""
        return replace(self, p_W=self.p_W + shift_W)

    @classmethod
    def of_points(cls, p_W: Float64, eye_W: Float64) -> "State":
        """Make a state of bare points.

        Args:
            p_W: Surface points, shape (N, 3), [m].
            eye_W: From where they were seen, shape (3,) or (N, 3), [m].
        """
        return cls(p_W=p_W, normals=_normals(p_W, np.broadcast_to(eye_W, np.shape(p_W))))

    @classmethod
    def seen(
        cls, frames: tuple[CameraFrame, ...], X_WO: RigidTransform, size: Float64, robot_spheres_W: Float64
    ) -> "State":
        """Collect a thing and what may come out of it.

        Args:
            frames: What was seen.
            X_WO: Pose of the thing's box.
            size: Full extents of the box, shape (3,), [m]; it is widened by its longer side.
            robot_spheres_W: The robot's own body as spheres, shape (S, 4), [m].
        """
        half = size / 2.0 + [max(size[:2]), max(size[:2]), 0.05]
        reach = np.abs(X_WO.rotation().matrix()) @ half
        cloud = fuse(frames, X_WO.translation() - reach, X_WO.translation() + reach)
        cloud = without_spheres(cloud, robot_spheres_W)
        p_O = (cloud.p_W - X_WO.translation()) @ X_WO.rotation().matrix()
        cloud = cloud.take((np.abs(p_O) <= half).all(axis=1) & (p_O[:, 2] > ABOVE - size[2] / 2.0))
        eyes = np.array([frame.X_WC.translation() for frame in frames])
        return cls(p_W=cloud.p_W, normals=_normals(cloud.p_W, eyes[cloud.frame]), frames=frames)


def _normals(p_W: Float64, eye_W: Float64) -> Float64:
    """Tell normals from the spread of each point's neighbours, toward the eye that saw it."""
    if len(p_W) < 3:
        return np.tile([0.0, 0.0, 1.0], (len(p_W), 1))
    around = p_W[KDTree(p_W).query(p_W, k=min(NEIGHBOURS, len(p_W)))[1]]
    around = around - around.mean(axis=1, keepdims=True)
    normals = np.linalg.eigh(np.einsum("nki,nkj->nij", around, around))[1][..., 0]
    toward = ((eye_W - p_W) * normals).sum(axis=1, keepdims=True)
    return normals * np.where(toward < 0.0, -1.0, 1.0)
