"""Perception from depth and colour alone: no learned weights, no knowledge of the world."""

import numpy as np

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..core.errors import InputError
from .alignment import align
from .articulation import from_handle
from .assembly import Piece, assemble
from .cloud import fuse, without_spheres
from .colors import exposure, name_color
from .doubts import doubts_about
from .keypoints import number_keypoints, with_points
from .naming import name_things
from .plane import above_table, find_table
from .scene import Directions, Scene, Thing
from .segments import segment
from .space import measure_space

LOWER = np.array([0.15, -0.55, -0.06])
UPPER = np.array([0.92, 0.55, 0.60])


class GeometricPerceiver:
    """Table, clusters, solids, colour names: what RGB-D shows by itself."""

    name = "geometric"

    def __init__(self, lower: Float64 = LOWER, upper: Float64 = UPPER):
        """Set the region that is looked at.

        Args:
            lower: Least corner in the world, shape (3,), [m].
            upper: Largest corner, shape (3,), [m].
        """
        self._lower = np.asarray(lower, np.float64)
        self._upper = np.asarray(upper, np.float64)

    def perceive(
        self, frames: tuple[CameraFrame, ...], *, robot_spheres_W: Float64, previous: Scene | None = None
    ) -> Scene:
        """Find what is on the table; see ``Perceiver.perceive``."""
        if not frames:
            raise InputError("no camera frame was given; at least one RGB-D frame is needed to see anything")
        aligned = align(frames, self._lower, self._upper)
        frames = aligned.frames
        seen = fuse(frames, self._lower, self._upper)
        table = find_table(seen)
        high, table_rgb = above_table(seen, table)
        above = without_spheres(seen.take(high), robot_spheres_W)
        segments = segment(above, ground=(table.height, table_rgb))
        pieces = assemble(segments.clouds, table.height, frames)
        front = next((frame for frame in frames if frame.camera == "front"), frames[0])
        directions = Directions.seen_from(front.X_WC)
        things = with_points(_things(pieces, frames, directions, previous), previous)
        warnings = aligned.warnings
        if segments.dropped:
            warnings += (f"{segments.dropped} clusters were too small to be a thing and were left out",)
        return Scene(
            time=max(frame.time for frame in frames),
            things=things,
            table=table,
            directions=directions,
            keypoints=number_keypoints(things, previous),
            field=measure_space(
                above.p_W,
                [shape for piece in pieces for shape in piece.body.shapes],
                frames,
                table.height,
                np.array([*self._lower[:2], table.height]),
                self._upper,
            ),
            frames=frames,
            perceiver=self.name,
            warnings=warnings,
        )


def _things(
    pieces: list[Piece], frames: tuple[CameraFrame, ...], directions: Directions, previous: Scene | None
) -> tuple[Thing, ...]:
    """Name everything and put it in the person's order."""
    order = sorted(
        range(len(pieces)), key=lambda i: float(pieces[i].body.X_WO.translation() @ directions.right)
    )
    gain = exposure(frames)
    colors = {i: name_color(gain * pieces[i].cloud.rgb) for i in order}
    stems = [(colors[i][0], pieces[i].body.kind) for i in order]
    p_WO = np.array([pieces[i].body.X_WO.translation() for i in order]).reshape(-1, 3)
    names = dict(zip(order, name_things(stems, p_WO, previous), strict=True))
    return tuple(_thing(pieces[i], names[i], colors[i], names, frames) for i in order)


def _thing(
    piece: Piece,
    name: str,
    color: tuple[str, str | None],
    names: dict[int, str],
    frames: tuple[CameraFrame, ...],
) -> Thing:
    body, support = piece.body, piece.support
    doubts = (*body.doubts, *doubts_about(piece.cloud, frames))
    if color[1]:
        doubts += (f"its colour could also be {color[1]}",)
    return Thing(
        name=name,
        kind=body.kind,
        color=color[0],
        X_WO=body.X_WO,
        size=body.size,
        cloud=piece.cloud.p_W,
        parts=body.parts,
        shapes=body.shapes,
        on={-1: "table", -2: "hand"}.get(support.on) or names[support.on],
        inside=names.get(support.inside),
        cavity_radius=body.cavity_radius,
        confidence=piece.agreement,
        doubts=doubts,
        articulation=from_handle(body),
    )
