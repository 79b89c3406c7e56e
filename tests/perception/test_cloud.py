import numpy as np
import pytest
from handsel.core.camera import CameraFrame
from handsel.core.errors import InputError
from handsel.perception.cloud import fuse, without_spheres
from handsel.perception.plane import above_table, find_table
from handsel.robots.shapes import Box
from pydrake.math import RigidTransform
from render import FRONT, WRIST, Solid, noisy, render

LOWER, UPPER = np.array([0.15, -0.55, -0.06]), np.array([0.92, 0.55, 0.6])
BLOCK = Solid(
    (Box(X_WS=RigidTransform([0.5, 0.0, 0.05]), half=np.array([0.05, 0.05, 0.05])),), (0.8, 0.1, 0.1)
)


def test_points_lie_on_what_was_rendered():
    cloud = fuse((render([BLOCK], FRONT), render([BLOCK], WRIST, "wrist")), LOWER, UPPER)
    inside = np.all(np.abs(cloud.p_W - [0.5, 0.0, 0.05]) < 0.049, axis=1)
    assert not inside.any()
    on_top = (cloud.p_W[:, 2] > 0.09).sum()
    assert on_top > 500


def test_flying_pixels_are_left_out():
    frame = render([BLOCK], FRONT)
    depth = frame.depth.copy()
    depth[100, 30:290:7] -= 0.25  # lone pixels in the air
    spoiled = CameraFrame(
        camera="front", time=0.0, rgb=frame.rgb, depth=depth, model=frame.model, X_WC=frame.X_WC
    )
    assert np.abs(fuse((spoiled,), LOWER, UPPER).p_W[:, 2]).max() < 0.101


def test_the_robots_body_is_cut_out():
    cloud = fuse((render([BLOCK], FRONT),), LOWER, UPPER)
    cut = without_spheres(cloud, np.array([[0.5, 0.0, 0.05, 0.09], [5.0, 5.0, 5.0, 0.1]]))
    assert (cloud.p_W[:, 2] > 0.01).any()
    assert not (cut.p_W[:, 2] > 0.01).any()
    assert len(cut) > 0.5 * len(cloud)


@pytest.mark.parametrize("sigma", [0.0, 0.003])
def test_table_height_and_what_stands_out(sigma):
    frames = (render([BLOCK], FRONT), render([BLOCK], WRIST, "wrist"))
    if sigma:
        rng = np.random.default_rng(0)
        frames = tuple(noisy(frame, rng, sigma) for frame in frames)
    cloud = fuse(frames, LOWER, UPPER)
    table = find_table(cloud)
    assert table.height == pytest.approx(0.0, abs=0.001)
    above, _ = above_table(cloud, table)
    on_block = (np.abs(cloud.p_W - [0.5, 0.0, 0.06]) < [0.06, 0.06, 0.05]).all(axis=1)
    assert above[on_block].mean() > 0.95
    assert above[~on_block].mean() < 0.01


def test_no_table_is_refused_with_the_remedy():
    frame = render([], FRONT)
    away = CameraFrame(
        camera="front",
        time=0.0,
        rgb=frame.rgb,
        depth=np.full_like(frame.depth, np.nan),
        model=frame.model,
        X_WC=frame.X_WC,
    )
    with pytest.raises(InputError, match="check that a camera sees the table"):
        find_table(fuse((away,), LOWER, UPPER))
