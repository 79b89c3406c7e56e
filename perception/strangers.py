"""What comes into the picture and is no thing of the scene: a hand that reaches in, something carried past.

A camera that stands still keeps every pixel's farthest depth so far. What is measured nearer than that, is
not the robot's own body and lies on no thing that is followed, has come in. Two pictures have to agree.
Nothing is said of what it is: balls about what is seen of it, and how fast it comes.

Not covered: what stands still and was there from the beginning, which is the perceiver's business; what is
hidden from the camera; what comes nearer than ``OWN`` to the robot before it is seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import label

from ..core.arrays import Float64, frozen
from ..core.camera import CameraFrame
from ..robots.shapes import Shape, distance

NEARER = 0.05
"""How much nearer than the farthest that was seen a pixel has to be, [m]: five times the depth's noise."""
OWN = 0.05
"""How near to the robot's balls a point counts as the robot's, [m]: edges of its picture are blurred."""
KNOWN = 0.03
"""How near to a followed thing a point counts as the thing's, [m]."""
ABOVE = 0.04
"""How far above the table a point has to be, [m]."""
CELL = 0.04
"""Size of the cells that points are gathered in, [m]."""
FEWEST = 3
"""Fewest points of a cell, of every second pixel in either direction."""
LEAST = 40
"""Fewest points of all that comes in: about 2 by 5 cm in the front camera's picture."""
RADIUS = 0.04
"""Radius of a ball about what is seen in a cell, [m]."""
BEHIND = 0.05
"""How far behind what is seen a second ball lies, [m]: an arm has a back."""
AGREE = 0.15
"""How far from where it was in the picture before it may be seen, [m]."""
FASTEST = 1.0
"""No more than this is believed of its speed, [m/s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """What has come in.

    Attributes:
        balls_W: Balls about it, x, y, z and radius, shape (K, 4), [m].
        v_W: How fast it moves, shape (3,), [m/s].
    """

    balls_W: Float64
    v_W: Float64

    def __post_init__(self) -> None:
        """Hold read-only copies."""
        object.__setattr__(self, "balls_W", frozen(self.balls_W, (None, 4)))
        object.__setattr__(self, "v_W", frozen(self.v_W, (3,)))


class Strangers:
    """Looks for what comes in, picture by picture.

    Attributes:
        known: What has come in, by the last pictures.
    """

    def __init__(self) -> None:
        """Begin without a picture."""
        self._far: dict[str, NDArray[np.float32]] = {}
        self._before: tuple[float, Float64] | None = None
        self.known: Stranger | None = None

    def look(
        self, frames: Sequence[CameraFrame], robot_spheres_W: Float64, shapes_W: Iterable[Shape], table: float
    ) -> None:
        """Look for what has come in.

        Args:
            frames: What cameras that stand still see now.
            robot_spheres_W: The robot's own body as balls, shape (S, 4), [m].
            shapes_W: Solids of all that is followed, where it is now.
            table: Height of the table, [m].
        """
        if not frames:
            return
        shapes = tuple(shapes_W)
        found = [self._new(frame, robot_spheres_W, shapes, table) for frame in frames]
        points = np.concatenate([p_W for p_W, _ in found])
        eyes = np.concatenate([ways for _, ways in found])
        time = max(frame.time for frame in frames)
        before, self._before, self.known = self._before, None, None
        if len(points) < LEAST:
            return
        centre = points.mean(axis=0)
        self._before = (time, centre)
        if before is None or np.linalg.norm(centre - before[1]) > AGREE or time <= before[0]:
            return
        v_W = (centre - before[1]) / (time - before[0])
        v_W *= min(1.0, FASTEST / max(float(np.linalg.norm(v_W)), 1e-9))
        self.known = Stranger(balls_W=_balls(points, eyes), v_W=v_W)

    def _new(
        self, frame: CameraFrame, robot_spheres_W: Float64, shapes: tuple[Shape, ...], table: float
    ) -> tuple[Float64, Float64]:
        """Give the points of a picture that are new, and their directions from the camera, each (N, 3)."""
        depth = frame.depth
        far = self._far.get(frame.camera)
        if far is None or far.shape != depth.shape:
            self._far[frame.camera] = np.nan_to_num(depth, nan=0.0).astype(np.float32)
            return np.zeros((0, 3)), np.zeros((0, 3))
        self._far[frame.camera] = np.fmax(far, depth)
        with np.errstate(invalid="ignore"):
            rows, columns = np.nonzero((depth < far - NEARER)[::2, ::2])
        z = depth[::2, ::2][rows, columns].astype(np.float64)
        model = frame.model
        p_C = np.stack(
            [(2 * columns - model.cx) * z / model.fx, (2 * rows - model.cy) * z / model.fy, z], axis=-1
        )
        p_W = frame.X_WC.multiply(p_C.T).T if len(p_C) else p_C
        p_W = p_W[p_W[:, 2] > table + ABOVE]
        if len(p_W) and len(robot_spheres_W):
            away = np.full(len(p_W), np.inf)
            for ball in robot_spheres_W:
                np.minimum(away, np.linalg.norm(p_W - ball[:3], axis=1) - ball[3], out=away)
            p_W = p_W[away > OWN]
        for shape in shapes:
            if len(p_W):
                p_W = p_W[distance(shape, p_W) > KNOWN]
        p_W = _gathered(p_W)
        ways = p_W - frame.X_WC.translation()
        return p_W, ways / np.maximum(np.linalg.norm(ways, axis=1, keepdims=True), 1e-9)


def _gathered(p_W: Float64) -> Float64:
    """Keep the points of the largest lump of cells that hold enough points; specks of noise are dropped."""
    if len(p_W) < LEAST:
        return p_W[:0]
    cells = np.floor((p_W - p_W.min(axis=0)) / CELL).astype(int)
    counts = np.zeros(cells.max(axis=0) + 1, int)
    np.add.at(counts, tuple(cells.T), 1)
    lumps = np.zeros(counts.shape, np.int32)
    label(counts >= FEWEST, structure=np.ones((3, 3, 3)), output=lumps)
    lump = lumps[tuple(cells.T)]
    sizes = np.bincount(lump)
    sizes[0] = 0
    return p_W[lump == int(sizes.argmax())] if sizes.max() >= LEAST else p_W[:0]


def _balls(points: Float64, ways: Float64) -> Float64:
    """Put a ball about the points of each cell, and one behind it as the camera sees it, shape (K, 4)."""
    _, number = np.unique(np.floor(points / CELL).astype(int), axis=0, return_inverse=True)
    number = number.reshape(-1)
    count = np.bincount(number)[:, None]
    centres, backs = (
        np.stack([np.bincount(number, weights=column) for column in array.T], axis=-1) / count
        for array in (points, points + BEHIND * ways)
    )
    both = np.concatenate([centres, backs])
    return np.column_stack([both, np.full(len(both), RADIUS)])
