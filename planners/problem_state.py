"""What is where in a problem file, stage after stage: the tool, what it holds, keypoints and solids."""

from dataclasses import dataclass, replace

import numpy as np
from pydrake.math import RigidTransform

from ..core.arrays import Float64
from ..robots.models import GripperModel
from .problem_file import ProblemFile
from .program import Stage
from .solids import Solid, rows_of, solid_distance

Places = dict[tuple[str | None, str], Float64]
"""Keypoints by thing and part, p_W, [m]."""
SURFACE_STEP = 0.02
"""Largest distance between the points that stand for a held solid's surface, [m]."""

TOUCH = 1e-4
"""Distance at which a closing finger touches, [m]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ProblemState:
    """Where everything is when a stage begins.

    Attributes:
        file: The problem.
        X_WG: Tool pose.
        held: Thing in the hand.
        places: Keypoints.
        solids: All solids, those of the held thing too, where they are now.
    """

    file: ProblemFile
    X_WG: RigidTransform
    held: str | None
    places: Places
    solids: tuple[Solid, ...]

    @classmethod
    def first(cls, file: ProblemFile) -> "ProblemState":
        """Take what the file says."""
        places: Places = {(one.thing, one.part): one.p_W for one in file.keypoints}
        return cls(file=file, X_WG=file.X_WG, held=file.held, places=places, solids=file.obstacles)

    @property
    def standing(self) -> tuple[Solid, ...]:
        """The solids that stand still."""
        return tuple(one for one in self.solids if one.name is None or one.name != self.held)

    @property
    def carried(self) -> tuple[Solid, ...]:
        """The solids of the held thing, posed in the tool frame."""
        X_GW = self.X_WG.inverse()
        mine = (one for one in self.solids if self.held is not None and one.name == self.held)
        return tuple(replace(one, X_WS=X_GW @ one.X_WS) for one in mine)

    def points(self) -> Float64:
        """Give the points that keep clear: the file's, and a held solid's surface; (N, 3) in G, [m]."""
        return np.concatenate([self.file.p_Glist, *map(surface, self.carried)])

    def moved(self, X_WK: RigidTransform) -> "ProblemState":
        """Bring the hand to a pose, with what it holds."""
        X_KG = X_WK @ self.X_WG.inverse()
        return replace(
            self,
            X_WG=X_WK,
            places={key: X_KG @ p_W if key[0] == self.held else p_W for key, p_W in self.places.items()},
            solids=tuple(
                replace(one, X_WS=X_KG @ one.X_WS) if one.name is not None and one.name == self.held else one
                for one in self.solids
            ),
        )

    def closed(self, X_WG: RigidTransform, widest: float, gripper: GripperModel | None) -> float:
        """Give the opening at which the fingers touch what they hold, [m]; open where that is not known.

        The held thing is looked for on the line along which the tool point's fingers close; a thing of
        which the file has no solid there is one whose width nobody knows.

        Args:
            X_WG: Tool pose.
            widest: Opening of the open fingers, [m].
            gripper: The fingers.
        """
        mine = [one for one in self.solids if self.held is not None and one.name == self.held]
        if not mine or gripper is None:
            return widest
        rows, y_W = rows_of(mine), X_WG.rotation().matrix()[:, 1]
        low = -gripper.standing if gripper.jaw else -widest / 2.0
        reaches = (low + widest, -low)
        sides = [
            _met(rows, X_WG.translation(), s * y_W, far) for s, far in zip((1.0, -1.0), reaches, strict=True)
        ]
        if None in sides:
            return widest
        first, second = (float(side or 0.0) for side in sides)
        # A standing finger stays where it is; two that move meet the thing both, the farther side first.
        width = gripper.standing + first if gripper.jaw else 2.0 * max(first, second)
        return float(np.clip(width, gripper.min_width, widest))

    def after(self, stage: Stage, X_WK: RigidTransform) -> "ProblemState":
        """Bring the hand to a stage's end and do its acts."""
        held = stage.grasps[0].thing if stage.grasps else None if stage.releases else self.held
        return replace(self.moved(X_WK), held=held)


def _met(rows: Float64, p_W: Float64, way_W: Float64, far: float) -> float | None:
    """Give how far from a point a finger that comes from ``far`` meets solids, [m]; None where none."""
    while far > 0.0:
        gap = solid_distance(rows, *(p_W + far * way_W))
        if gap < TOUCH:
            return far
        far -= gap
    return None


def surface(solid: Solid) -> Float64:
    """Spread points over a solid's surface, ``SURFACE_STEP`` apart along each axis or less; (N, 3), [m]."""
    size = solid.size
    if solid.kind == "box":
        axes = [np.linspace(-h, h, max(2, int(np.ceil(2.0 * h / SURFACE_STEP)) + 1)) for h in size]
        grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
        points = grid[(np.abs(grid) >= size - 1e-12).any(axis=1)]
    else:
        points = _turned(_profile(solid))
    return points @ solid.X_WS.rotation().matrix().T + solid.X_WS.translation()


def _profile(solid: Solid) -> Float64:
    """Give the half outline of a round solid, (radius, z) rows."""
    radius, half = float(solid.size[0]), float(solid.size[1]) if len(solid.size) > 1 else 0.0
    if solid.kind == "cylinder":
        across = np.linspace(0.0, radius, max(2, int(np.ceil(radius / SURFACE_STEP)) + 1))
        up = np.linspace(-half, half, max(2, int(np.ceil(2.0 * half / SURFACE_STEP)) + 1))
        caps = [np.column_stack([across, np.full(len(across), z)]) for z in (-half, half)]
        return np.concatenate([*caps, np.column_stack([np.full(len(up), radius), up])[1:-1]])
    angle = np.linspace(0.0, np.pi / 2.0, max(2, int(np.ceil(radius * np.pi / 2.0 / SURFACE_STEP)) + 1))
    cap = radius * np.column_stack([np.sin(angle), np.cos(angle)])
    wall = np.linspace(-half, half, max(1, int(np.ceil(2.0 * half / SURFACE_STEP)) + 1))
    straight = np.column_stack([np.full(len(wall), radius), wall])
    up = np.array([0.0, half])
    return np.concatenate([cap + up, straight, cap * [1.0, -1.0] - up])


def _turned(profile: Float64) -> Float64:
    """Turn an outline about z."""
    rings: list[Float64] = []
    for radius, z in np.unique(np.round(profile, 9), axis=0):
        count = 1 if radius < 1e-9 else max(6, int(np.ceil(2.0 * np.pi * radius / SURFACE_STEP)))
        angle = np.linspace(0.0, 2.0 * np.pi, count, endpoint=False)
        rings.append(np.column_stack([radius * np.cos(angle), radius * np.sin(angle), np.full(count, z)]))
    return np.concatenate(rings)
