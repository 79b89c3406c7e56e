"""Perception from depth and colour alone: no learned weights, no knowledge of the world."""

from dataclasses import dataclass

import numpy as np

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from .alignment import align
from .articulation import from_handle
from .assembly import Piece, assemble
from .cloud import Cloud, fuse, without_spheres
from .colors import exposure
from .composing import (
    LOWER,
    UPPER,
    carrier,
    doubts_of_views,
    furniture_surfaces,
    joined,
    step,
    with_mended_poses,
)
from .doubts import doubts_about, perhaps_one
from .hanging import hung
from .keypoints import number_keypoints, with_points
from .naming import name_things, steady_colors
from .paint import color_of
from .plane import find_table
from .quality import check, second_color, usable
from .scene import Directions, Scene, Thing
from .segments import segment
from .space import measure_space
from .standing import stood
from .surfaces import Ground, find_grounds, is_sheet


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
        check(frames)
        good, warnings = usable(frames, self._lower, self._upper, previous)
        aligned = align(good, self._lower, self._upper)
        seen = fuse(aligned.frames, self._lower, self._upper)
        table = find_table(seen)
        grounds = find_grounds(seen, table, self._lower, self._upper)
        found = [_on_ground(ground, seen, robot_spheres_W, aligned.frames, previous) for ground in grounds]
        # The person's eye is the front camera, even where it shows nothing just now.
        front = next((frame for frame in frames if frame.camera == "front"), frames[0])
        directions = Directions.seen_from(front.X_WC)
        pieces = joined([one.pieces for one in found])
        things = _things(pieces, aligned.frames, directions, previous)
        things = (*with_points(things, previous), *(step(ground, table, seen) for ground in grounds[1:]))
        planes = (*(ground.plane for ground in grounds), *furniture_surfaces(things, seen))
        warnings += aligned.warnings + doubts_of_views(aligned, len(frames), things)
        warnings += second_color(seen, table.height, things)
        return Scene(
            time=max(frame.time for frame in frames),
            things=things,
            table=table,
            directions=directions,
            keypoints=number_keypoints(things, previous),
            field=measure_space(
                np.concatenate([one.above.p_W for one in found]),
                [shape for thing in things for shape in thing.shapes],
                aligned.frames,
                table.height,
                np.array([*self._lower[:2], table.height]),
                self._upper,
            ),
            frames=with_mended_poses(frames, aligned.frames),
            perceiver=self.name,
            warnings=warnings,
            planes=planes,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What stands on one table."""

    ground: Ground
    above: Cloud
    pieces: list[Piece]


def _on_ground(
    ground: Ground,
    seen: Cloud,
    robot_spheres_W: Float64,
    frames: tuple[CameraFrame, ...],
    previous: Scene | None,
) -> _Found:
    """Recognise what stands on one table."""
    above = without_spheres(seen.take(ground.above), robot_spheres_W)
    segments = segment(above, ground=(ground.plane.height, ground.rgb))
    clouds = tuple(cloud for cloud in segments.clouds if not is_sheet(cloud, ground.plane.height))
    pieces = assemble(clouds, ground.plane.height, frames, stood(previous), hung(previous))
    return _Found(ground=ground, above=above, pieces=pieces)


def _things(
    placed: list[tuple[Piece, int]],
    frames: tuple[CameraFrame, ...],
    directions: Directions,
    previous: Scene | None,
) -> tuple[Thing, ...]:
    """Name everything and put it in the person's order."""
    pieces = [piece for piece, _ in placed]
    order = sorted(
        range(len(pieces)), key=lambda i: float(pieces[i].body.X_WO.translation() @ directions.right)
    )
    gain = exposure(frames)
    p_WO = np.array([pieces[i].body.X_WO.translation() for i in order]).reshape(-1, 3)
    kinds = [pieces[i].body.kind for i in order]
    seen = [color_of(pieces[i].body, pieces[i].cloud, gain) for i in order]
    colors = dict(zip(order, steady_colors(seen, kinds, p_WO, previous), strict=True))
    stems = [(colors[i][0], pieces[i].body.kind) for i in order]
    names = dict(zip(order, name_things(stems, p_WO, previous), strict=True))
    one_with: dict[int, list[str]] = {i: [] for i in order}
    for one, other in perhaps_one([piece.cloud for piece in pieces], frames):
        one_with[one].append(f"it could be one thing with {names[other]}")
        one_with[other].append(f"it could be one thing with {names[one]}")
    return tuple(
        _thing(*placed[i], names[i], colors[i], names, (*_doubts_of(pieces[i], frames), *one_with[i]))
        for i in order
    )


def _doubts_of(piece: Piece, frames: tuple[CameraFrame, ...]) -> tuple[str, ...]:
    """Collect the doubts about one piece by itself."""
    doubts = (*piece.body.doubts, *doubts_about(piece.cloud, frames, piece.support.height))
    return doubts if piece.body.kind != "thing" else (*doubts, "its shape is of no known kind")


def _thing(
    piece: Piece,
    ground: int,
    name: str,
    color: tuple[str, str | None],
    names: dict[int, str],
    doubts: tuple[str, ...],
) -> Thing:
    body = piece.body
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
        on=carrier(piece, ground, names),
        inside=names.get(piece.support.inside),
        cavity_radius=body.cavity_radius,
        confidence=piece.agreement,
        doubts=doubts,
        articulation=from_handle(body),
    )
