"""Perception from depth and colour alone: no learned weights, no knowledge of the world."""

import numpy as np

from ..core.arrays import Float64
from ..core.camera import CameraFrame
from ..core.errors import InputError
from .bodies import Body
from .cloud import Cloud, fuse, without_spheres
from .colors import name_color
from .keypoints import number_keypoints
from .naming import name_things
from .plane import find_table
from .recognize import recognize
from .scene import Directions, Scene, Thing
from .segments import segment
from .space import measure_space
from .support import Support, find_support

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
        seen = fuse(frames, self._lower, self._upper)
        table, spread = find_table(seen)
        above = seen.take(seen.p_W[:, 2] > table.height + max(0.0025, 3.0 * spread))
        above = without_spheres(above, robot_spheres_W)
        segments = segment(above, frames)
        bodies, supports, clouds = _recognize_all(segments.clouds, table.height, frames)
        front = next((frame for frame in frames if frame.camera == "front"), frames[0])
        directions = Directions.seen_from(front.X_WC)
        things = _things(bodies, supports, clouds, directions, previous)
        warnings = ()
        if segments.dropped:
            warnings = (f"{segments.dropped} clusters were too small to be a thing and were left out",)
        return Scene(
            time=max(frame.time for frame in frames),
            things=things,
            table=table,
            directions=directions,
            keypoints=number_keypoints(things),
            field=measure_space(
                above.p_W,
                [shape for body in bodies for shape in body.shapes],
                frames,
                table.height,
                np.array([*self._lower[:2], table.height]),
                self._upper,
            ),
            frames=frames,
            perceiver=self.name,
            warnings=warnings,
        )


def _recognize_all(
    clouds: tuple[Cloud, ...], table: float, frames: tuple[CameraFrame, ...]
) -> tuple[list[Body], list[Support], list[Cloud]]:
    """Recognise things from the bottom up, so that each knows what it stands on."""
    ordered = sorted(clouds, key=lambda cloud: float(np.percentile(cloud.p_W[:, 2], 3)))
    bodies: list[Body] = []
    supports: list[Support] = []
    for cloud in ordered:
        support = find_support(cloud.p_W, bodies, table, frames)
        supports.append(support)
        bodies.append(recognize(cloud.p_W, cloud.pitch, support.height))
    return bodies, supports, ordered


def _things(
    bodies: list[Body],
    supports: list[Support],
    clouds: list[Cloud],
    directions: Directions,
    previous: Scene | None,
) -> tuple[Thing, ...]:
    """Name everything and put it in the person's order."""
    order = sorted(range(len(bodies)), key=lambda i: float(bodies[i].X_WO.translation() @ directions.right))
    colors = {i: name_color(clouds[i].rgb) for i in order}
    names = dict(
        zip(
            order,
            name_things(
                [(colors[i][0], bodies[i].kind) for i in order],
                np.array([bodies[i].X_WO.translation() for i in order]).reshape(-1, 3),
                previous,
            ),
            strict=True,
        )
    )
    things = []
    for i in order:
        body, support = bodies[i], supports[i]
        color, other = colors[i]
        doubts = body.doubts + ((f"its colour could also be {other}",) if other else ())
        things.append(
            Thing(
                name=names[i],
                kind=body.kind,
                color=color,
                X_WO=body.X_WO,
                size=body.size,
                cloud=clouds[i].p_W,
                parts=body.parts,
                shapes=body.shapes,
                on={-1: "table", -2: "hand"}.get(support.on) or names[support.on],
                inside=names.get(support.inside),
                cavity_radius=body.cavity_radius,
                confidence=float(np.mean(body.residual(clouds[i].p_W) < 0.005)),
                doubts=doubts,
            )
        )
    return tuple(things)
