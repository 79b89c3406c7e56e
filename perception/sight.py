"""One picture as a tracker uses it: points looked up where they should be, and points around a place."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..core.camera import CameraFrame, CameraModel
from .colors import to_linear

NEARER = 0.015
"""A picture that shows this much less depth than expected is blocked by something, [m]."""
FARTHER = 0.030
"""A picture that shows this much more depth shows what lies behind, [m]; thin things ask for less."""
LEAST_BEHIND = 0.012
"""Where what carries a thing lies nearer than this behind its surface, depth tells nothing, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What one picture says about expected points, shape (N,) each.

    Attributes:
        present: Something is measured where the point is expected.
        missing: What lies behind it is measured.
        hidden: Something nearer, or nothing at all, is measured.
    """

    present: NDArray[np.bool_]
    missing: NDArray[np.bool_]
    hidden: NDArray[np.bool_]


_CORNERS = np.stack(np.meshgrid(*[(-1.0, 1.0)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)


class Sight:
    """One RGB-D frame, prepared for look-ups."""

    def __init__(self, frame: CameraFrame):
        """Take a frame."""
        self.frame = frame
        self._R_WC = frame.X_WC.rotation().matrix()
        self.eye = np.array(frame.X_WC.translation())

    def glance(self, p_W: Float64, behind: float) -> Glance:
        """Look where points of a surface are expected.

        Args:
            p_W: The points, shape (N, 3), [m].
            behind: Height of what carries the thing, in the world, [m].
        """
        p_C = (p_W - self.eye) @ self._R_WC
        model = self.frame.model
        z = p_C[:, 2]
        ahead = z > 0.02
        safe = np.where(ahead, z, 1.0)
        u = np.rint(model.fx * p_C[:, 0] / safe + model.cx)
        v = np.rint(model.fy * p_C[:, 1] / safe + model.cy)
        fits = ahead & (u >= 0) & (v >= 0) & (u < model.width) & (v < model.height)
        columns, rows = np.where(fits, u, 0).astype(np.intp), np.where(fits, v, 0).astype(np.intp)
        more = self.frame.depth[rows, columns] - z
        # Along the ray the carrier lies this much deeper: the share that the ray still has to fall.
        fall = np.maximum(self.eye[2] - p_W[:, 2], 1e-3)
        gap = np.maximum(p_W[:, 2] - behind, 0.0) / fall * z
        telling = fits & (gap >= LEAST_BEHIND)
        with np.errstate(invalid="ignore"):
            present = telling & (np.abs(more) <= np.minimum(NEARER, 0.5 * gap))
            missing = telling & (more > np.minimum(FARTHER, 0.6 * gap))
            hidden = telling & ((more < -NEARER) | np.isnan(more))
        return Glance(present=present, missing=missing, hidden=hidden)

    def inside(self, X_WO: RigidTransform, half: Float64, most: int) -> tuple[Float64, Float64]:
        """Collect measured points in a box.

        Args:
            X_WO: Pose of the box.
            half: Half its extents, shape (3,), [m].
            most: How many pixels are looked at, about; they are skipped evenly to keep to it.

        Returns:
            p_W (N, 3) [m] and their linear colours (N, 3).
        """
        R_WO, model = X_WO.rotation().matrix(), self.frame.model
        corners = (_CORNERS * half) @ R_WO.T + X_WO.translation()
        p_C = (corners - self.eye) @ self._R_WC
        if p_C[:, 2].max() < 0.05:
            return np.zeros((0, 3)), np.zeros((0, 3))
        z = np.maximum(p_C[:, 2], 0.05)
        u, v = model.fx * p_C[:, 0] / z + model.cx, model.fy * p_C[:, 1] / z + model.cy
        u0, u1 = int(max(u.min(), 0)), int(min(u.max() + 1, model.width))
        v0, v1 = int(max(v.min(), 0)), int(min(v.max() + 1, model.height))
        if u1 <= u0 or v1 <= v0:
            return np.zeros((0, 3)), np.zeros((0, 3))
        skip = max(1, int(np.sqrt((u1 - u0) * (v1 - v0) / most)))
        window = np.s_[v0:v1:skip, u0:u1:skip]
        depth = self.frame.depth[window].astype(np.float64)
        p_W = (_rays(model)[window] * depth[..., None]).reshape(-1, 3) @ self._R_WC.T + self.eye
        with np.errstate(invalid="ignore"):
            near = (np.abs((p_W - X_WO.translation()) @ R_WO) <= half).all(axis=1)
        return p_W[near], to_linear(self.frame.rgb[window].reshape(-1, 3)[near])

    def blocked(self, p_W: Float64, balls_W: Float64) -> NDArray[np.bool_]:
        """Tell which points balls hide from this camera.

        Args:
            p_W: The points, shape (N, 3), [m].
            balls_W: (x, y, z, radius), shape (S, 4), [m].

        Returns:
            Shape (N,).
        """
        if not len(balls_W) or not len(p_W):
            return np.zeros(len(p_W), bool)
        rays = p_W - self.eye
        length = np.linalg.norm(rays, axis=1)
        rays = rays / length[:, None]
        balls = balls_W[:, :3] - self.eye
        along = np.clip(rays @ balls.T, 0.0, length[:, None])
        gap = (balls**2).sum(axis=1) - 2.0 * along * (rays @ balls.T) + along**2
        return (gap < balls_W[:, 3] ** 2).any(axis=1)


@cache
def _rays(model: CameraModel) -> Float64:
    rays = model.rays()
    rays.setflags(write=False)
    return rays
