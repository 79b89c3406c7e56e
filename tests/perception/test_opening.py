"""Drawers that are pulled and pushed while they are tracked, on analytic pictures."""

import numpy as np
import pytest
from handsel.perception.articulation import Articulation
from handsel.perception.keypoints import number_keypoints
from handsel.perception.scene import Directions, Scene, Table, Thing
from handsel.perception.tracking import Tracker
from handsel.robots.shapes import Box, distance
from pydrake.math import RigidTransform, RotationMatrix
from render import FRONT, WRIST, Solid, camera_model, noisy, render

MODEL = camera_model(160, 120)
CABINET = RigidTransform(RotationMatrix.MakeZRotation(np.pi), [0.70, 0.0, 0.09])
CABINET_HALF = np.array([0.10, 0.11, 0.09])


def cabinet(out: float) -> Solid:
    """A cabinet whose drawer's front, with a handle, is out by so much; O's x points to the robot."""
    face = CABINET_HALF[0]
    pieces = (
        ([0.0, 0.0, 0.0], CABINET_HALF),
        ([face + out - 0.003, 0.0, 0.0], [0.003, 0.095, 0.075]),
        ([face + out / 2.0, 0.0, -0.072], [max(out / 2.0, 1e-3), 0.09, 0.003]),
        ([face + out + 0.03, 0.0, 0.0], [0.006, 0.04, 0.006]),
    )
    shapes = tuple(
        Box(X_WS=CABINET @ RigidTransform(place), half=np.array(half, dtype=float)) for place, half in pieces
    )
    return Solid(shapes, (0.45, 0.3, 0.15))


def with_cabinet(out: float) -> tuple[Scene, Thing]:
    rng = np.random.default_rng(2)
    frames = tuple(
        noisy(render([cabinet(out)], X_WC, name, MODEL), rng)
        for X_WC, name in zip((FRONT, WRIST), ("front", "wrist"), strict=True)
    )
    face = CABINET_HALF[0]
    p_W = np.concatenate([frame.points().reshape(-1, 3) for frame in frames])
    near = np.min([distance(shape, p_W) for shape in cabinet(out).shapes], axis=0)
    with np.errstate(invalid="ignore"):
        cloud = p_W[(np.abs(near) < 0.005) & (p_W[:, 2] > 0.004)]
    parts = {
        "center": [0.0, 0.0, 0.0],
        "top": [0.0, 0.0, CABINET_HALF[2]],
        "bottom": [0.0, 0.0, -CABINET_HALF[2]],
        "front": [face + out, 0.0, 0.0],
        "handle": [face + out + 0.03, 0.0, 0.0],
    }
    thing = Thing(
        name="brown_drawer",
        kind="drawer",
        color="brown",
        X_WO=CABINET,
        size=2.0 * CABINET_HALF,
        cloud=cloud,
        parts={name: CABINET @ np.array(p_O) for name, p_O in parts.items()},
        shapes=cabinet(out).shapes,
        articulation=Articulation(
            kind="prismatic",
            axis_W=CABINET.rotation().matrix()[:, 0],
            point_W=CABINET @ np.array(parts["handle"]),
            radius=None,
            lower=-out,
            upper=0.12,
            residual=None,
            source="handle",
        ),
    )
    scene = Scene(
        time=0.0,
        things=(thing,),
        table=Table(height=0.0, lower=np.array([0.2, -0.5]), upper=np.array([0.9, 0.5])),
        directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
        keypoints=number_keypoints((thing,)),
        field=None,
        frames=frames,
        perceiver="by hand",
    )
    return scene, thing


@pytest.mark.parametrize("before", [0.0, 0.05])
@pytest.mark.parametrize("after", [0.0, 0.05, 0.10])
def test_a_drawer_is_followed_as_it_is_pulled_and_pushed(before: float, after: float) -> None:
    """A drawer was only looked at for whether it is there."""
    scene, thing = with_cabinet(before)
    tracker = Tracker(scene)
    tracked = None
    for seed in range(4):
        frames = tuple(
            noisy(render([cabinet(after)], X_WC, name, MODEL), np.random.default_rng([seed, len(name)]))
            for X_WC, name in zip((FRONT, WRIST), ("front", "wrist"), strict=True)
        )
        tracked = tracker.update(frames, robot_spheres_W=np.zeros((0, 4)), X_WG={}, held={})
    assert tracked is not None
    now = tracked.things[thing.name]
    assert now.opening == pytest.approx(after - before, abs=0.006)
    assert now.state == "seen" and now.health > 0.8 and now.shift == 0.0
    (handle,) = (point for point in tracked.keypoints.values() if point.part == "handle")
    want = CABINET @ np.array([CABINET_HALF[0] + after + 0.03, 0.0, 0.0])
    assert handle.p_W == pytest.approx(want, abs=0.006)
