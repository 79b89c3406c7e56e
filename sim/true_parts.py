"""Where the parts of a true thing are: what a perceiver's parts are held against.

A handle is a place to grasp, so it is a point: the outermost point of the
middle line of a mug's handle, the middle of a drawer's bar. An opening is the
middle of the mouth. A rim is a curve: a hand or a spoon may go to any point of
it, so a perceived rim point is right if it is near the curve, wherever on it.
"""

from dataclasses import dataclass

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .catalogue import DRAWER_HANDLE_REACH, TRAY_WALL, WALL, extents, mug_handle_reach, plate_thickness
from .objects import HANDLE_RADIUS, handle_path
from .scenes import ThingSpec

BAR = 0.006  # Half the thickness of a drawer's bar, [m].
OPEN_TOPPED = ("mug", "bowl", "tray")
RIMMED = (*OPEN_TOPPED, "plate")
IN_SIGHT = 0.012  # Measured depth may differ so much where a part is what one sees, [m].
SEEN_SHARE = 0.15  # A part of which fewer of its points are in sight is hidden.
STEPS = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePart:
    """A part of a true thing.

    Attributes:
        name: ``handle``, ``drawer handle``, ``opening`` or ``rim``.
        key: Under which name of ``Thing.parts`` a perceiver gives it.
        points: Points of it, any of which is right, shape (N, 3), in the world, [m].
        surface: Points of its surface, to tell whether it is in sight, shape (M, 3), [m].
    """

    name: str
    key: str
    points: Float64
    surface: Float64

    def error(self, p_W: Float64) -> float:
        """Distance of a perceived point from the part, [m]."""
        return float(np.linalg.norm(self.points - p_W, axis=1).min())

    def in_sight(self, frames: tuple[CameraFrame, ...]) -> bool:
        """Tell whether any of the cameras sees the part: its share of points that are not hidden.

        Args:
            frames: Frames with their true poses.
        """
        return max((_share_seen(self.surface, frame) for frame in frames), default=0.0) > SEEN_SHARE


def true_parts(thing: ThingSpec, X_WB: RigidTransform, opening: float) -> tuple[TruePart, ...]:
    """List the parts of a thing that are judged.

    Args:
        thing: The thing as it was built.
        X_WB: Its pose.
        opening: How far it is open, for a drawer, [m].
    """
    parts = []
    size = extents(thing.kind, thing.size)
    if thing.kind == "mug":
        grip = np.array([[size[0] / 2.0 + mug_handle_reach(thing.size) - HANDLE_RADIUS, 0.0, 0.0]])
        loop = handle_path(thing.size, 13)[2:-2] + np.array([[0.6 * HANDLE_RADIUS, 0.0, 0.0]])
        parts.append(_part("handle", "handle", grip, _about(loop, HANDLE_RADIUS), X_WB))
    if thing.kind == "drawer":
        x = size[0] / 2.0 + DRAWER_HANDLE_REACH - BAR + opening
        bar = np.array([[x, y, 0.0] for y in np.linspace(-0.035, 0.035, 8)])
        middle = np.array([[x, 0.0, 0.0]])
        parts.append(_part("drawer handle", "handle", middle, _about(bar, BAR), X_WB))
    if thing.kind in RIMMED:
        rim = _rim(thing, size)
        parts.append(_part("rim", "rim", rim, rim, X_WB))
    if thing.kind in OPEN_TOPPED:
        middle = np.array([[0.0, 0.0, size[2] / 2.0]])
        parts.append(_part("opening", "opening", middle, _rim(thing, size), X_WB))
    return tuple(parts)


def _part(name: str, key: str, points_B: Float64, surface_B: Float64, X_WB: RigidTransform) -> TruePart:
    R, p = X_WB.rotation().matrix(), X_WB.translation()
    return TruePart(name=name, key=key, points=points_B @ R.T + p, surface=surface_B @ R.T + p)


def _rim(thing: ThingSpec, size: Float64) -> Float64:
    """Give points of the middle line of a rim in B, shape (N, 3), [m]."""
    top = size[2] / 2.0
    if thing.kind == "tray":
        x, y = size[:2] / 2.0 - TRAY_WALL / 2.0
        along = np.linspace(-1.0, 1.0, STEPS // 2)
        sides = [(s * x, t * y, top) for s in (-1, 1) for t in along]
        return np.array(sides + [(t * x, s * y, top) for s in (-1, 1) for t in along])
    wall = 0.5 * plate_thickness(thing.size) if thing.kind == "plate" else WALL
    radius = size[0] / 2.0 - wall / 2.0
    angles = np.linspace(0.0, 2.0 * np.pi, STEPS, endpoint=False)
    return np.stack([radius * np.cos(angles), radius * np.sin(angles), np.full(STEPS, top)], axis=1)


def _about(line: Float64, radius: float) -> Float64:
    """Give points on a rod's surface: above, below and to the sides of its middle line."""
    steps = radius * np.array([[0, 0, 1], [0, 0, -1], [1, 0, 0], [0, 1, 0], [0, -1, 0]], float)
    return (line[:, None] + steps[None]).reshape(-1, 3)


def _share_seen(p_W: Float64, frame: CameraFrame) -> float:
    """Share of points of which the frame's depth says that nothing lies before them."""
    p_C = (p_W - frame.X_WC.translation()) @ frame.X_WC.rotation().matrix()
    pixel = frame.model.project(p_C)
    inside = np.isfinite(pixel).all(axis=1)
    inside &= (pixel > -0.5).all(axis=1) & (pixel < [frame.model.width - 0.5, frame.model.height - 0.5]).all(
        1
    )
    u, v = np.rint(pixel[inside]).astype(int).T
    measured = frame.depth[v, u]
    return float((np.abs(measured - p_C[inside, 2]) < IN_SIGHT).sum()) / len(p_W)
