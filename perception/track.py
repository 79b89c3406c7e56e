"""One thing as a tracker remembers it: its solids, points of its surface, its colour, and where it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..robots.shapes import Shape
from .colors import hue_angle, to_linear
from .registration import Prior, solids_of, surface_distance
from .scene import Thing
from .sight import Sight
from .tracked import State

ROUND = ("can", "bottle", "bowl", "plate")
"""Kinds that look the same from all sides: their turn about the upright axis cannot be seen."""
FURNITURE = ("shelf", "drawer")
"""Kinds that stay where they stand; a drawer's slide is no rigid motion of the cabinet."""
FACE = 0.003
"""Points of a cabinet no deeper than this behind its face are its drawer's front, [m]."""
SURFACE_POINTS = 80
"""Points of its surface that a thing is looked for by."""
WINDOW_POINTS = 300
"""Pixels around a thing that are looked at in one picture, about."""
ABOVE = 0.004
"""Points nearer than this to what carries a thing are not told from it, [m]."""
OTHER_HUE = 0.45
"""Sine of the angle between colours beyond which a point is not the thing's; other light makes 0.3."""
OWN_BODY = 0.006
"""Added to the radius of the robot's balls, [m]."""


@dataclass(slots=True, kw_only=True)
class Track:
    """What is remembered of one thing; the only part of tracking that changes.

    Attributes:
        thing: The thing as it was perceived last.
        X_WO: Where it is believed to be.
        anchor: Where it was perceived, or let go, last.
        shapes_O: Its solids in O.
        surface_O: Points of its surface that were seen, shape (N, 3), in O, [m].
        rgb: Its linear colour, shape (3,).
        radius: Radius of a ball around O that holds the thing, [m].
        beyond: How far a handle reaches out of the thing's box, [m].
        bias: What fitting its solids to the very pictures it was perceived in gives instead of X_WO:
            X_OF, so that the fit's own habit does not count as motion.
        state: What is known of it now.
        health: Share of the evidence that agrees, 0 to 1.
        hand: The hand whose fingers closed on it or on what carries it, or None.
        X_GO: Its pose in that hand since then, else None.
        carried: Whether its motion has been seen to be the hand's.
        doubted: How many pictures in a row did not show it where it should be.
        pending: A new place that one picture has shown and the next has to confirm.
        settling: How many more sights of it refine its place after it has moved.
        landing: How many more sights of it measure its height after it was let go.
        front: Where its drawer's front was measured in the pictures it was perceived in, along O's x, [m].
        opening: How much farther out its drawer is since then, [m].
    """

    thing: Thing
    X_WO: RigidTransform
    anchor: RigidTransform
    shapes_O: tuple[Shape, ...]
    surface_O: Float64
    rgb: Float64
    radius: float
    beyond: float
    bias: RigidTransform = field(default_factory=RigidTransform)
    state: State = "seen"
    health: float = 1.0
    hand: str | None = None
    X_GO: RigidTransform | None = None
    carried: bool = False
    doubted: int = 0
    pending: RigidTransform | None = None
    settling: int = 0
    landing: int = 0
    front: float | None = None
    opening: float = 0.0

    @classmethod
    def of(cls, thing: Thing, rgb: Float64) -> "Track":
        """Begin to track a thing.

        Args:
            thing: The thing as it was perceived.
            rgb: Its linear colour, shape (3,).
        """
        X_OW, half = thing.X_WO.inverse(), thing.size / 2.0
        solids = solids_of(thing.shapes, thing.X_WO)
        # A handle's middle may lie outside of the box.
        out = max((float(np.abs(shape.X_WS.translation()).max()) for shape in solids), default=0.0)
        beyond = 2.0 * max(0.0, out - float(half[:2].max()))
        chosen = thing.cloud[spread(len(thing.cloud), SURFACE_POINTS)]
        return cls(
            thing=thing,
            X_WO=thing.X_WO,
            anchor=thing.X_WO,
            shapes_O=solids,
            surface_O=chosen @ X_OW.rotation().matrix().T + X_OW.translation(),
            rgb=rgb,
            radius=float(np.linalg.norm(half)) + beyond,
            beyond=beyond,
            health=thing.confidence,
        )

    @property
    def name(self) -> str:
        """The thing's name."""
        return self.thing.name

    def surface(self, X_WO: RigidTransform) -> Float64:
        """Give the points of its surface where it would stand at a pose, shape (N, 3), [m]."""
        points = self.surface_O
        if self.opening:
            # What stands before the cabinet's face is its drawer.
            out = points[:, :1] > self.thing.size[0] / 2.0 - FACE
            points = points + out * [self.opening, 0.0, 0.0]
        return points @ X_WO.rotation().matrix().T + X_WO.translation()

    def bottom(self, X_WO: RigidTransform) -> float:
        """Give the height of its lowest point at a pose, [m]."""
        return float(X_WO.translation()[2] - np.abs(X_WO.rotation().matrix()[2]) @ self.thing.size / 2.0)

    def prior(self) -> Prior:
        """Say how far it may lie from where it is predicted: what stands slides and turns on its carrier.

        What has tipped over is no longer found where it stood; a fresh scene shows it.
        """
        turn = 0.0 if self.thing.kind in (*ROUND, "ball") else np.radians(20.0)
        tilt = 0.0 if self.thing.kind == "ball" else np.radians(0.5)
        return Prior(shift=0.03, lift=0.004, tilt=tilt, turn=turn)


def median_color(cloud: Float64, frames: Sequence[CameraFrame]) -> Float64:
    """Give the median linear colour of the pixels that show a thing, shape (3,)."""
    points = cloud[spread(len(cloud), 100)]
    seen = [np.zeros((0, 3))]
    for frame in frames:
        pixels = frame.model.project((points - frame.X_WC.translation()) @ frame.X_WC.rotation().matrix())
        size = np.array([frame.model.width, frame.model.height])
        with np.errstate(invalid="ignore"):
            fits = ((pixels > -0.5) & (pixels < size - 0.5)).all(axis=1)
        u, v = np.rint(pixels[fits]).astype(int).T
        seen.append(to_linear(frame.rgb[v, u]))
    pixels = np.concatenate(seen)
    return np.median(pixels, axis=0) if len(pixels) else np.full(3, 0.5)


def spread(count: int, most: int) -> NDArray[np.intp]:
    """Choose up to so many indices, evenly over all of them."""
    if not count:
        return np.zeros(0, np.intp)
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.intp))


def measured_points(
    track: Track,
    X_WO: RigidTransform,
    sights: Sequence[Sight],
    balls_W: Float64,
    others: Sequence[tuple[Track, RigidTransform]],
    *,
    margin: float,
    floor: float | None,
) -> Float64:
    """Collect what is measured on a thing and close to it.

    Left out is what carries it, the robot's own body, what has another colour, and
    what lies nearer to another thing.

    Args:
        track: The thing.
        X_WO: Where it is predicted.
        sights: The pictures.
        balls_W: The robot's body, (x, y, z, radius), shape (S, 4), [m].
        others: Other things near by and where they are.
        margin: How far around it, [m].
        floor: Height of what carries it; None where it hangs in the air, [m].

    Returns:
        p_W, shape (N, 3), [m].
    """
    center, radius = X_WO.translation(), track.radius + margin
    half = track.thing.size / 2.0 + margin + track.beyond
    found = [sight.inside(X_WO, half, WINDOW_POINTS) for sight in sights]
    p_W = np.concatenate([p for p, _ in found])
    keep = hue_angle(np.concatenate([rgb for _, rgb in found]), track.rgb) < OTHER_HUE
    if floor is not None:
        keep &= p_W[:, 2] > floor + ABOVE
    p_W = p_W[keep]
    balls = balls_W[((balls_W[:, :3] - center) ** 2).sum(axis=1) < (radius + balls_W[:, 3] + OWN_BODY) ** 2]
    if len(balls) and len(p_W):
        square = (p_W**2).sum(axis=1)[:, None] - 2.0 * p_W @ balls[:, :3].T + (balls[:, :3] ** 2).sum(axis=1)
        p_W = p_W[(square > (balls[:, 3] + OWN_BODY) ** 2).all(axis=1)]
    return _own(track, X_WO, p_W, others, radius)


def _own(
    track: Track,
    X_WO: RigidTransform,
    p_W: Float64,
    others: Sequence[tuple[Track, RigidTransform]],
    radius: float,
) -> Float64:
    """Leave out points that lie nearer to another thing's solids."""
    center = X_WO.translation()
    if not others or not len(p_W):
        return p_W
    away = np.array([X.translation() for _, X in others]) - center
    reach = radius + np.array([other.radius for other, _ in others])
    close = [others[int(i)] for i in np.flatnonzero((away**2).sum(axis=1) < reach**2)]
    if not close:
        return p_W
    own = np.abs(surface_distance(track.shapes_O, (p_W - center) @ X_WO.rotation().matrix()))
    keep = np.ones(len(p_W), bool)
    for other, X in close:
        away = np.abs(surface_distance(other.shapes_O, (p_W - X.translation()) @ X.rotation().matrix()))
        keep &= (away > own) | (away > ABOVE + 0.004)
    return p_W[keep]
