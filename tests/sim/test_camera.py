"""Pictures agree, to the pixel and the millimetre, with the geometry that they show."""

import numpy as np
import pytest
from handsel.core.camera import CameraFrame
from handsel.core.errors import RobotError
from handsel.sim.camera import FAR, camera_model, look_at
from handsel.sim.noise import DepthNoise
from handsel.sim.scenes import SceneSpec, TableSpec, ThingSpec
from handsel.sim.world import World

SCENE = SceneSpec(
    name="seen",
    table=TableSpec(color=(0.9, 0.9, 0.9)),
    things=(
        ThingSpec(id="ball", kind="ball", color="red", x=0.52, y=-0.16, size={"radius": 0.028}),
        ThingSpec(id="can", kind="can", color="blue", x=0.60, y=0.20),
        ThingSpec(id="block", kind="block", color="green", x=0.44, y=0.05),
    ),
)


@pytest.fixture(scope="module", params=[(320, 240), (640, 480)])
def world(request: pytest.FixtureRequest) -> World:
    return World(SCENE, image_size=request.param)


@pytest.fixture(scope="module", params=["front", "wrist"])
def frame(request: pytest.FixtureRequest, world: World) -> CameraFrame:
    return world.frame(request.param)


def saturated(frame: CameraFrame, channel: int) -> np.ndarray:
    """Pixels in which one colour stands far above the others."""
    rgb = frame.rgb.astype(int)
    others = np.delete(rgb, channel, axis=2).max(axis=2)
    return rgb[..., channel] > others + 40


def test_points_lie_on_the_ball(world: World, frame: CameraFrame) -> None:
    """Every pixel's point lies on the true sphere: a slip of half a pixel puts some 0.8 mm off and more."""
    distance = np.linalg.norm(frame.points() - world.truth()["ball"].translation(), axis=-1)
    seen = (distance < 0.032) & (frame.points()[..., 2] > 0.01)
    assert seen.sum() > 100
    np.testing.assert_allclose(distance[seen], 0.028, atol=2.5e-4)


def test_the_picture_shows_what_the_depth_measures(world: World, frame: CameraFrame) -> None:
    distance = np.linalg.norm(frame.points() - world.truth()["ball"].translation(), axis=-1)
    measured, seen = distance < 0.029, saturated(frame, 0)
    assert (measured & seen).sum() > 0.8 * (measured | seen).sum()


def test_points_lie_on_the_table_and_on_the_things(world: World, frame: CameraFrame) -> None:
    points = frame.points()
    inside = (points[..., 0] > -0.2) & (points[..., 0] < 0.9) & (np.abs(points[..., 1]) < 0.55)
    table = points[inside & (points[..., 2] < 0.002)]
    assert len(table) > 0.3 * frame.depth.size
    assert (np.abs(table[:, 2]) < 1e-4).mean() > 0.995  # The rest are feet of things.
    block = world.truth()["block"].translation()[2]
    assert points[saturated(frame, 1)][:, 2].max() == pytest.approx(2.0 * block, abs=0.002)


def test_everything_is_in_view_and_depth_is_metric(frame: CameraFrame) -> None:
    for channel in range(3):
        blob = saturated(frame, channel)
        assert blob.sum() > 40
        edge = np.concatenate([blob[0], blob[-1], blob[:, 0], blob[:, -1]])
        assert not edge.any(), "a thing is cut off by the picture's edge"
    known = frame.depth[np.isfinite(frame.depth)]
    assert known.min() > 0.2 and known.max() <= FAR


def test_the_front_camera_is_the_persons_eye(world: World) -> None:
    X_WC = world.frame("front").X_WC
    assert X_WC.translation()[0] > 1.0
    np.testing.assert_allclose(X_WC.rotation().col(0), [0.0, 1.0, 0.0], atol=1e-12)


def test_corners_of_the_workspace_are_in_the_front_picture(world: World) -> None:
    frame = world.frame("front")
    for x in (0.32, 0.73):
        for y in (-0.36, 0.36):
            for z in (0.0, 0.1):
                u, v = frame.model.project(frame.X_WC.inverse() @ np.array([x, y, z]))
                assert 0 <= u <= frame.model.width - 1 and 0 <= v <= frame.model.height - 1, (x, y, z)


def test_look_at_puts_the_target_in_the_middle_and_stands_level() -> None:
    model = camera_model((320, 240), 0.8)
    X_WC = look_at([1.0, 0.3, 0.6], [0.4, -0.1, 0.0])
    np.testing.assert_allclose(model.project(X_WC.inverse() @ np.array([0.4, -0.1, 0.0])), [159.5, 119.5])
    assert abs(X_WC.rotation().col(0)[2]) < 1e-12 and X_WC.rotation().col(1)[2] < 0.0


def test_noise_is_drawn_from_the_seed() -> None:
    def depth(seed: int) -> np.ndarray:
        return World(SCENE, seed=seed, noise=DepthNoise()).frame("front").depth

    first, again, other = depth(1), depth(1), depth(2)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other, equal_nan=True)


def test_an_unknown_camera_is_refused(world: World) -> None:
    with pytest.raises(RobotError, match="front"):
        world.frame("view")
