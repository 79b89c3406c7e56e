"""Articulation: how parts move, against motions that are known."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.agent.body import Body as Arm
from handsel.core.errors import InputError
from handsel.perception.articulation import Articulation, from_handle, hinged_from_handle, turn
from handsel.perception.bodies import cuboid, drawer
from handsel.perception.drawers import with_handle
from handsel.perception.geometric import GeometricPerceiver
from handsel.perception.scene import Scene
from handsel.perception.screw import from_two_states
from handsel.perception.states import State
from handsel.sim.local import LocalRobot
from handsel.sim.noise import DepthNoise
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.world import World
from pydrake.common.eigen_geometry import AngleAxis
from pydrake.math import RigidTransform, RollPitchYaw, RotationMatrix

EYE = np.array([1.25, 0.1, 0.75])


def faces(X_WB: RigidTransform, size: np.ndarray, step: float = 0.004) -> tuple[np.ndarray, np.ndarray]:
    """Sample a box's surface: points and outward normals in the world."""
    points, normals = [], []
    for axis in range(3):
        u, v = (other for other in range(3) if other != axis)
        grid = [np.arange(-size[k] / 2 + step / 2, size[k] / 2, step) for k in (u, v)]
        a, b = (part.ravel() for part in np.meshgrid(*grid))
        for side in (-1, 1):
            p, n = np.zeros((len(a), 3)), np.zeros((len(a), 3))
            p[:, u], p[:, v], p[:, axis], n[:, axis] = a, b, side * size[axis] / 2, side
            points.append(p)
            normals.append(n)
    R = X_WB.rotation().matrix()
    return X_WB.multiply(np.concatenate(points).T).T, np.concatenate(normals) @ R.T


Boxes = list[tuple[RigidTransform, tuple[float, float, float]]]


def hidden(p_W: np.ndarray, X_WB: RigidTransform, size: tuple[float, float, float]) -> np.ndarray:
    """Tell for which points a box stands between them and the eye (slabs)."""
    p, eye = X_WB.inverse().multiply(p_W.T).T, X_WB.inverse() @ EYE
    way = np.where(np.abs(eye - p) < 1e-12, 1e-12, eye - p)
    ends = np.stack([(side * np.array(size) / 2.0 - p) / way for side in (-1, 1)])
    enter, leave = ends.min(axis=0).max(axis=1), ends.max(axis=0).min(axis=1)
    return (leave > np.maximum(enter, 0.0)) & (leave > 1e-6) & (enter < 1.0)


def seen(boxes: Boxes, rng: np.random.Generator) -> State:
    """See what faces the eye and nothing hides, with 1 mm of noise and gaps."""
    kept = []
    for index, (X_WB, size) in enumerate(boxes):
        p, n = faces(X_WB, np.array(size))
        facing = ((EYE - p) * n).sum(axis=1) > 0.15 * np.linalg.norm(EYE - p, axis=1)
        for other in (*boxes[:index], *boxes[index + 1 :]):
            facing &= ~hidden(p, *other)
        kept.append(p[facing & (rng.random(len(p)) < 0.8)])
    p_W = np.concatenate(kept)
    return State.of_points(p_W + rng.normal(0.0, 0.001, p_W.shape), EYE)


PANEL, GRIP = np.array([0.109, 0.0, 0.0]), np.array([0.145, 0.06, 0.0])


def cabinet(motion: RigidTransform, X_WO: RigidTransform, rng: np.random.Generator) -> State:
    """See a hollow cabinet whose panel, on its x side, has been moved, with a bar for a handle."""
    boards = [([0.0, 0.0, z], (0.2, 0.2, 0.012)) for z in (-0.054, 0.054)]
    boards += [([0.0, y, 0.0], (0.2, 0.012, 0.096)) for y in (-0.094, 0.094)]
    boards += [([-0.094, 0.0, 0.0], (0.012, 0.176, 0.096))]
    panel = [(PANEL, (0.018, 0.19, 0.11)), (GRIP, (0.012, 0.012, 0.06))]
    panel += [(GRIP + np.array([-0.013, 0.0, z]), (0.03, 0.01, 0.01)) for z in (-0.025, 0.025)]
    fixed = [(X_WO @ RigidTransform(place), size) for place, size in boards]
    return seen([*fixed, *((motion @ X_WO @ RigidTransform(p), size) for p, size in panel)], rng)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """Angle between two directions, [degrees]."""
    return float(np.degrees(np.arccos(np.clip(one @ other, -1.0, 1.0))))


def test_turn_is_drakes() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        axis, angle = rng.normal(size=3), rng.uniform(-3.0, 3.0)
        axis /= np.linalg.norm(axis)
        want = RotationMatrix(AngleAxis(angle=angle, axis=axis)).matrix()
        np.testing.assert_allclose(turn(axis, angle).matrix(), want, atol=1e-12)


@pytest.mark.parametrize("travel", [0.03, pytest.param(0.13, marks=pytest.mark.slow)])
def test_a_slide_is_found(travel: float) -> None:
    rng = np.random.default_rng(round(1000 * travel))
    X_WO = RigidTransform(RollPitchYaw(0.0, 0.0, rng.uniform(-0.6, 0.6)), [0.5, -0.1, 0.06])
    axis = X_WO.rotation().matrix()[:, 0]
    found = from_two_states(
        cabinet(RigidTransform(), X_WO, rng), cabinet(RigidTransform(travel * axis), X_WO, rng)
    )
    assert found.kind == "prismatic" and found.radius is None and found.source == "two_states"
    assert apart(found.axis_W, axis) <= 3.0
    assert (found.upper, found.lower) == (0.0, pytest.approx(-travel, abs=0.005))
    assert found.residual is not None and found.residual < 0.004
    assert found.doubts == ()


@pytest.mark.parametrize(
    ("hinge", "axis_O", "angle"),
    [
        ([0.1, -0.095, 0.0], [0.0, 0.0, 1.0], 0.35),
        pytest.param([0.1, -0.095, 0.0], [0.0, 0.0, 1.0], 0.7, marks=pytest.mark.slow),
        ([0.1, 0.0, -0.055], [0.0, 1.0, 0.0], 0.5),
    ],
)
def test_a_turn_is_found(hinge: list[float], axis_O: list[float], angle: float) -> None:
    rng = np.random.default_rng(round(100 * angle))
    X_WO = RigidTransform(RollPitchYaw(0.0, 0.0, 0.2), [0.5, -0.05, 0.06])
    sign = 1.0 if axis_O[1] else -1.0
    axis, point = X_WO.rotation() @ (sign * np.array(axis_O)), X_WO @ np.array(hinge)
    R = turn(axis, angle)
    opened = cabinet(RigidTransform(R, point - R @ point), X_WO, rng)
    closed = cabinet(RigidTransform(), X_WO, rng)
    p_WH = RigidTransform(R, point - R @ point) @ X_WO @ GRIP
    found = from_two_states(closed, opened, p_WH)
    assert found.kind == "revolute"
    assert apart(found.axis_W, axis) <= 3.0
    assert -found.lower == pytest.approx(angle, abs=np.radians(3.0))
    off = found.point_W - point
    assert np.linalg.norm(off - (off @ axis) * axis) < 0.012
    arm = p_WH - point
    assert found.radius == pytest.approx(np.linalg.norm(arm - (arm @ axis) * axis), abs=0.012)
    # Turned back, the handle is where it was.
    assert np.linalg.norm(found.motion(found.lower) @ p_WH - X_WO @ GRIP) < 0.008


def test_a_small_motion_is_doubted_and_none_is_refused() -> None:
    rng = np.random.default_rng(5)
    X_WO = RigidTransform([0.5, 0.0, 0.06])
    closed = cabinet(RigidTransform(), X_WO, rng)
    little = from_two_states(closed, cabinet(RigidTransform([0.013, 0.0, 0.0]), X_WO, rng))
    assert any("uncertain" in doubt for doubt in little.doubts)
    with pytest.raises(InputError, match="has to move"):
        from_two_states(closed, cabinet(RigidTransform(), X_WO, rng))


def test_a_bias_between_the_states_is_no_motion() -> None:
    rng = np.random.default_rng(6)
    X_WO = RigidTransform([0.5, 0.0, 0.06])
    closed = cabinet(RigidTransform(), X_WO, rng)
    biased = cabinet(RigidTransform([0.06, 0.0, 0.0]), X_WO, rng).shifted(np.array([0.002, -0.002, 0.003]))
    found = from_two_states(closed, biased)
    assert apart(found.axis_W, np.array([1.0, 0.0, 0.0])) < 2.0


# From the handle alone.


def drawer_seen(yaw: float, opening: float) -> Articulation | None:
    body = drawer(np.array([0.5, -0.2, 0.0]), yaw, 0.24, 0.2, (0.0, 0.12))
    X_WF = body.X_WO @ RigidTransform([0.12 + opening, 0.0, 0.0])
    bar, _ = faces(X_WF @ RigidTransform([0.03, 0.0, 0.0]), np.array([0.012, 0.09, 0.012]), 0.003)
    front, _ = faces(X_WF @ RigidTransform([-0.003, 0.0, 0.0]), np.array([0.006, 0.17, 0.09]), 0.003)
    return from_handle(with_handle(body, np.concatenate([bar, front])))


@pytest.mark.parametrize("opening", [0.0, 0.06])
def test_a_drawer_slides_along_its_fronts_normal(opening: float) -> None:
    found = drawer_seen(0.4, opening)
    assert found is not None and (found.kind, found.source, found.residual) == ("prismatic", "handle", None)
    assert apart(found.axis_W, np.array([np.cos(0.4), np.sin(0.4), 0.0])) < 1e-3
    assert found.lower == pytest.approx(-opening, abs=0.003)
    assert 0.1 < found.upper - found.lower < 0.24
    assert found.doubts


def test_a_doubtful_cabinet_has_a_doubtful_opening() -> None:
    body = drawer(np.array([0.5, -0.2, 0.0]), 0.0, 0.24, 0.2, (0.0, 0.12))
    bar, _ = faces(body.X_WO @ RigidTransform([0.15, 0.0, 0.0]), np.array([0.012, 0.09, 0.012]), 0.003)
    sure = from_handle(with_handle(body, bar))
    unsure = from_handle(with_handle(replace(body, doubts=("its shape fits poorly",)), bar))
    assert sure is not None and unsure is not None
    assert set(unsure.doubts) - set(sure.doubts)


def test_what_is_no_drawer_or_shows_no_handle_has_none() -> None:
    assert from_handle(cuboid("box", np.zeros(3), 0.0, 0.07, 0.06, (0.0, 0.08))) is None
    assert from_handle(drawer(np.zeros(3), 0.0, 0.24, 0.2, (0.0, 0.12))) is None


def test_a_door_turns_about_the_edge_far_from_its_handle() -> None:
    X_WO = RigidTransform(RollPitchYaw(0.0, 0.0, 0.5), [0.5, 0.1, 0.2])
    size = np.array([0.02, 0.30, 0.40])
    p_OH = np.array([0.03, 0.13, 0.0])
    found = hinged_from_handle(X_WO, size, X_WO @ p_OH)
    edge = X_WO @ np.array([0.01, -0.15, 0.0])
    assert found.kind == "revolute"
    assert abs(apart(found.axis_W, np.array([0.0, 0.0, 1.0])) - 180.0) < 1e-3
    off = found.point_W - edge
    assert np.linalg.norm(off[:2]) < 1e-9
    assert found.radius == pytest.approx(np.hypot(0.28, 0.02))
    # Opening moves the handle out of the front, not into the cabinet.
    moved = X_WO.inverse() @ (found.motion(0.3) @ (X_WO @ p_OH))
    assert moved[0] > p_OH[0] + 0.05 and moved[1] < p_OH[1]


def test_a_lid_turns_about_its_back_edge() -> None:
    found = hinged_from_handle(RigidTransform(), np.array([0.3, 0.2, 0.01]), np.array([0.14, 0.0, 0.02]))
    assert apart(found.axis_W, np.array([0.0, -1.0, 0.0])) < 1e-3
    assert (found.motion(0.5) @ np.array([0.14, 0.0, 0.02]))[2] > 0.1
    unclear = hinged_from_handle(RigidTransform(), np.array([0.3, 0.2, 0.01]), np.array([0.0, 0.0, 0.02]))
    assert len(unclear.doubts) > len(found.doubts)


# A rendered drawer, closed and half open, each with noise and a bias of its own.


def rendered(spot: tuple[float, float, float], opening: float, seed: int) -> tuple[Scene, np.ndarray, float]:
    x, y, yaw = spot
    thing = ThingSpec(id="d", kind="drawer", color="gray", x=x, y=y, yaw=yaw, opening=opening)
    world = World(SceneSpec(name="d", things=(thing,)), noise=DepthNoise(), seed=seed)
    robot = LocalRobot(world)
    observation, arm = robot.observe(robot.info.cameras), Arm(robot.info)
    spheres = arm.spheres(observation.arms[arm.arm.name], None)
    scene = GeometricPerceiver().perceive(observation.frames, robot_spheres_W=spheres)
    return scene, spheres, world.opening("d")


@pytest.mark.parametrize("seed", [11, *(pytest.param(n, marks=pytest.mark.slow) for n in range(12, 17))])
def test_a_rendered_drawer_closed_and_half_open(seed: int) -> None:
    rng = np.random.default_rng(seed)
    spot = rng.uniform(0.45, 0.6), rng.uniform(-0.2, 0.2), rng.uniform(-0.9, 0.9)
    closed, robot, shut = rendered(spot, 0.0, seed)
    opened, robot_then, pulled = rendered(spot, 0.07, seed + 100)
    # The cabinet stands where it stands: its box as first seen serves for both states.
    (thing,) = (thing for thing in closed.things if thing.kind == "drawer")
    before = State.seen(closed.frames, thing.X_WO, thing.size, robot)
    after = State.seen(opened.frames, thing.X_WO, thing.size, robot_then)
    found = from_two_states(before, after)
    assert found.kind == "prismatic"
    assert apart(found.axis_W, np.array([np.cos(spot[2]), np.sin(spot[2]), 0.0])) <= 3.0
    assert -found.lower == pytest.approx(pulled - shut, abs=0.005)
