"""Tracking on analytic pictures: what stands, is pushed, hidden, carried, set down, dropped, taken away."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from handsel.core.camera import CameraFrame
from handsel.perception.keypoints import number_keypoints
from handsel.perception.registration import Prior, fit_pose, solids_of
from handsel.perception.scene import Directions, Scene, Table, Thing
from handsel.perception.tracking import Tracked, Tracker
from handsel.robots.shapes import Box, Cylinder, Shape, Sphere, distance, moved
from pydrake.math import RigidTransform, RotationMatrix
from render import FRONT, WRIST, Solid, camera_model, noisy, render

NO_ROBOT = np.zeros((0, 4))
MODEL = camera_model(160, 120)
BLOCK, CAN, BALL = "red_block", "green_can", "blue_ball"
STARTS = {BLOCK: (0.45, -0.12), CAN: (0.55, 0.10), BALL: (0.42, 0.12)}
HALF = {BLOCK: [0.022, 0.022, 0.022], CAN: [0.030, 0.030, 0.048], BALL: [0.026, 0.026, 0.026]}
RGB = {BLOCK: (0.8, 0.1, 0.1), CAN: (0.1, 0.5, 0.15), BALL: (0.1, 0.2, 0.75)}
HAND = RigidTransform(RotationMatrix.MakeXRotation(np.pi), [0.45, -0.12, 0.03])


def shape(name: str, X_WO: RigidTransform) -> Shape:
    half = np.array(HALF[name])
    if name == BLOCK:
        return Box(X_WS=X_WO, half=half)
    if name == CAN:
        return Cylinder(X_WS=X_WO, radius=float(half[0]), half_length=float(half[2]))
    return Sphere(X_WS=X_WO, radius=float(half[0]))


def places(**changed: RigidTransform | None) -> dict[str, RigidTransform]:
    """Give where everything stands, some of it elsewhere or away."""
    stand = {name: RigidTransform([*STARTS[name], HALF[name][2]]) for name in STARTS}
    return {name: X for name, X in (stand | changed).items() if X is not None}


def pictures(
    where: Mapping[str, RigidTransform],
    seed: int,
    *more: Solid,
    views: tuple[RigidTransform, ...] = (FRONT, WRIST),
) -> tuple[CameraFrame, ...]:
    rng = np.random.default_rng(seed)
    solids = [Solid((shape(name, X),), RGB[name]) for name, X in where.items()] + list(more)
    return tuple(
        noisy(render(solids, X_WC, name, MODEL), rng)
        for X_WC, name in zip(views, ("front", "wrist"), strict=False)
    )


def make_scene() -> Scene:
    where = places()
    frames = pictures(where, 1)
    things = tuple(_thing(name, X, frames) for name, X in where.items())
    return Scene(
        time=0.0,
        things=things,
        table=Table(height=0.0, lower=np.array([0.2, -0.5]), upper=np.array([0.9, 0.5])),
        directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
        keypoints=number_keypoints(things),
        field=None,
        frames=frames,
        perceiver="by hand",
    )


def _thing(name: str, X_WO: RigidTransform, frames: tuple[CameraFrame, ...]) -> Thing:
    own = shape(name, X_WO)
    p_W = np.concatenate([frame.points().reshape(-1, 3) for frame in frames])
    with np.errstate(invalid="ignore"):
        cloud = p_W[(np.abs(distance(own, p_W)) < 0.005) & (p_W[:, 2] > 0.004)]
    up = [0.0, 0.0, HALF[name][2]]
    center = X_WO.translation()
    color, kind = name.split("_")
    return Thing(
        name=name,
        kind=kind,
        color=color,
        X_WO=X_WO,
        size=2.0 * np.array(HALF[name]),
        cloud=cloud,
        parts={"center": center, "top": center + up, "bottom": center - up},
        shapes=(own,),
    )


@pytest.fixture(scope="module")
def scene() -> Scene:
    return make_scene()


def follow(
    tracker: Tracker,
    *moments: Mapping[str, RigidTransform],
    X_WG: RigidTransform | None = None,
    held: str | None = None,
    robot: np.ndarray = NO_ROBOT,
    more: tuple[Solid, ...] = (),
) -> Tracked:
    tracked = None
    for number, where in enumerate(moments):
        frames = pictures(where, 10 + number, *more)
        tracked = tracker.update(frames, robot_spheres_W=robot, **hand(X_WG, held))
    assert tracked is not None, "there is at least one moment"
    return tracked


def hand(X_WG: RigidTransform | None = None, held: str | None = None, name: str = "arm") -> dict[str, Any]:
    """Say where the one hand is and what it holds."""
    return {
        "X_WG": {} if X_WG is None else {name: X_WG},
        "held": {} if held is None else {name: held},
    }


def test_fit_finds_a_known_motion() -> None:
    X_WO = RigidTransform([0.5, 0.1, 0.05])
    box = Box(X_WS=X_WO, half=np.array([0.03, 0.02, 0.05]))
    rng = np.random.default_rng(4)
    faces = rng.uniform(-1, 1, (400, 3)) * box.half
    axis = rng.integers(3, size=400)
    faces[np.arange(400), axis] = np.sign(faces[np.arange(400), axis]) * box.half[axis]
    X_true = RigidTransform(RotationMatrix.MakeZRotation(0.2), [0.508, 0.093, 0.052])
    points = X_true.multiply(faces.T).T + rng.normal(0.0, 0.001, faces.shape)
    points[:40] += rng.uniform(-0.1, 0.1, (40, 3))
    fit = fit_pose(solids_of([box], X_WO), points, X_WO, Prior(shift=0.05, lift=0.05, tilt=0.5, turn=0.5))
    off = X_true.inverse() @ fit.X_WO
    assert np.linalg.norm(off.translation()) < 0.001
    assert off.rotation().ToAngleAxis().angle() < np.radians(1.5)
    assert fit.share > 0.85 and fit.rms < 0.002


def test_what_cannot_be_seen_stays_where_it_was_predicted() -> None:
    ball = Sphere(X_WS=RigidTransform(), radius=0.03)
    rng = np.random.default_rng(5)
    points = rng.normal(size=(200, 3))
    points *= 0.03 / np.linalg.norm(points, axis=1)[:, None]
    fit = fit_pose(
        [ball],
        points + np.array([0.004, 0.0, 0.0]),
        RigidTransform(),
        Prior(shift=0.05, lift=0.05, tilt=0.5, turn=0.5),
    )
    assert fit.X_WO.translation() == pytest.approx([0.004, 0.0, 0.0], abs=3e-4)
    assert fit.X_WO.rotation().ToAngleAxis().angle() < 1e-6


def test_what_stands_stays_exactly(scene: Scene) -> None:
    tracked = follow(Tracker(scene), *[places()] * 6)
    for name, thing in tracked.things.items():
        assert thing.state == "seen" and thing.health > 0.9 and thing.shift == 0.0, name
    for point in scene.keypoints:
        assert tracked.keypoints[point.number].p_W == pytest.approx(point.p_W, abs=1e-9)
    assert not any(point.moves_with_hand for point in tracked.keypoints.values())


@pytest.mark.parametrize("by", [0.015, 0.03, 0.05])
def test_what_is_pushed_is_followed(scene: Scene, by: float) -> None:
    to = RigidTransform([STARTS[BLOCK][0], STARTS[BLOCK][1] - by, HALF[BLOCK][2]])
    tracked = follow(Tracker(scene), *[places(red_block=to)] * 5)
    moved_block = tracked.things[BLOCK]
    assert moved_block.state == "seen"
    assert moved_block.X_WO.translation() == pytest.approx(to.translation(), abs=0.004)
    assert moved_block.shift == pytest.approx(by, abs=0.004)
    assert tracked.things[CAN].shift == tracked.things[BALL].shift == 0.0


@pytest.mark.parametrize("by", [(0.0, -0.08), (-0.08, 0.0), (0.057, -0.057), (0.0, -0.10)])
def test_what_is_moved_by_a_hands_breadth_is_found_and_never_called_lost(
    scene: Scene, by: tuple[float, float]
) -> None:
    """It was looked for 6 cm around, and people move things by 8: called lost first, then found."""
    to = RigidTransform([STARTS[BLOCK][0] + by[0], STARTS[BLOCK][1] + by[1], HALF[BLOCK][2]])
    tracker = Tracker(scene)
    seen = [
        tracker.update(pictures(places(red_block=to), 30 + number), robot_spheres_W=NO_ROBOT, **hand())
        for number in range(5)
    ]
    tracked, states = seen[-1], [one.things[BLOCK].state for one in seen]
    assert "lost" not in states and states[-1] == "seen"
    assert tracked.things[BLOCK].X_WO.translation() == pytest.approx(to.translation(), abs=0.004)
    assert tracked.things[CAN].shift == tracked.things[BALL].shift == 0.0


@pytest.mark.parametrize("degrees", [20.0, 35.0, 45.0])
@pytest.mark.parametrize("by", [0.0, 0.08])
def test_what_is_turned_about_its_own_axis_is_followed(scene: Scene, degrees: float, by: float) -> None:
    turn = RotationMatrix.MakeZRotation(np.radians(degrees))
    to = RigidTransform(turn, [STARTS[BLOCK][0], STARTS[BLOCK][1] - by, HALF[BLOCK][2]])
    tracked = follow(Tracker(scene), *[places(red_block=to)] * 9)
    block = tracked.things[BLOCK]
    assert block.state == "seen"
    assert block.X_WO.translation() == pytest.approx(to.translation(), abs=0.005)
    # A square looks the same after a quarter turn.
    yaw = np.degrees(np.arctan2(block.X_WO.rotation().matrix()[1, 0], block.X_WO.rotation().matrix()[0, 0]))
    off = (yaw - degrees + 45.0) % 90.0 - 45.0
    assert abs(off) < 6.0


def test_one_picture_of_it_is_not_enough_to_be_lost(scene: Scene) -> None:
    tracker = Tracker(scene)
    assert follow(tracker, places(red_block=None)).things[BLOCK].state != "lost"
    gone = follow(tracker, places(red_block=None))
    assert gone.things[BLOCK].state == "lost" and gone.things[BLOCK].health < 0.5
    assert gone.things[CAN].state == gone.things[BALL].state == "seen"
    assert follow(tracker, places()).things[BLOCK].state == "seen"


def test_what_the_arm_hides_is_occluded_with_its_health_kept(scene: Scene) -> None:
    eyes = np.array([FRONT.translation(), WRIST.translation()])
    block = np.array([*STARTS[BLOCK], HALF[BLOCK][2]])
    balls = np.array([[*(block + 0.25 * (eye - block)), 0.06] for eye in eyes])
    arm = Solid(tuple(Sphere(X_WS=RigidTransform(ball[:3]), radius=0.06) for ball in balls), (0.9, 0.9, 0.9))
    tracker = Tracker(scene)
    before = follow(tracker, places()).things[BLOCK].health
    foreseen = follow(tracker, *[places()] * 4, robot=balls, more=(arm,))
    assert foreseen.things[BLOCK].state == "occluded" and foreseen.things[BLOCK].health == before
    unforeseen = follow(tracker, *[places()] * 4, more=(arm,))
    assert unforeseen.things[BLOCK].state == "occluded" and unforeseen.things[BLOCK].health < 0.8 * before


def lifted(height: float) -> tuple[RigidTransform, RigidTransform]:
    """Give the hand, and the block in it, turned a little."""
    X_NW = RigidTransform(RotationMatrix.MakeZRotation(3.0 * height), [0.0, 0.0, height])
    X_WG = RigidTransform(
        (X_NW.rotation() @ HAND.rotation()), HAND.translation() + np.array([0.0, 0.0, height])
    )
    X_GO = HAND.inverse() @ places()[BLOCK]
    return X_WG, X_WG @ X_GO


def test_held_is_decided_by_motion_and_not_by_the_command(scene: Scene) -> None:
    tracker = Tracker(scene)
    closed = follow(tracker, places(), X_WG=HAND, held=BLOCK)
    assert closed.things[BLOCK].state == "seen", "a hand that stands proves nothing"
    for height in (0.02, 0.05, 0.10):
        X_WG, X_WO = lifted(height)
        tracked = follow(tracker, places(red_block=X_WO), X_WG=X_WG, held=BLOCK)
        assert tracked.things[BLOCK].state == "held"
        assert tracked.things[BLOCK].X_WO.IsNearlyEqualTo(X_WO, 1e-9)
        for number, point in tracked.keypoints.items():
            assert point.moves_with_hand == (point.thing == BLOCK), number
    down = follow(tracker, *[places(red_block=X_WO)] * 3, X_WG=X_WG, held=None)
    assert down.things[BLOCK].X_WO.translation() == pytest.approx(X_WO.translation(), abs=0.004)
    assert not any(point.moves_with_hand for point in down.keypoints.values())


def test_an_empty_hand_that_claims_to_hold_carries_nothing(scene: Scene) -> None:
    tracker = Tracker(scene)
    follow(tracker, places(), X_WG=HAND, held=BLOCK)
    for height in (0.05, 0.10):
        tracked = follow(tracker, places(), X_WG=lifted(height)[0], held=BLOCK)
    assert tracked.things[BLOCK].state == "seen" and not any(
        point.moves_with_hand for point in tracked.keypoints.values()
    )
    assert tracked.things[BLOCK].X_WO.IsExactlyEqualTo(places()[BLOCK])


def test_what_falls_out_of_the_hand_is_lost(scene: Scene) -> None:
    tracker = Tracker(scene)
    follow(tracker, places(), X_WG=HAND, held=BLOCK)
    X_WG, X_WO = lifted(0.1)
    assert follow(tracker, places(red_block=X_WO), X_WG=X_WG, held=BLOCK).things[BLOCK].state == "held"
    tracked = follow(tracker, *[places(red_block=None)] * 2, X_WG=X_WG, held=BLOCK)
    assert tracked.things[BLOCK].state == "lost"


def test_what_one_hand_takes_over_from_another_moves_with_it(scene: Scene) -> None:
    tracker = Tracker(scene)
    tools = {"left": HAND, "right": RigidTransform(HAND.rotation(), [0.4, -0.4, 0.4])}
    tracker.update((), robot_spheres_W=NO_ROBOT, X_WG=tools, held={"left": BLOCK})
    up, X_WO = lifted(0.1)
    for held in ({"left": BLOCK}, {"right": BLOCK}):
        tracked = tracker.update(
            pictures(places(red_block=X_WO), 11),
            robot_spheres_W=NO_ROBOT,
            X_WG=tools | {"left": up},
            held=held,
        )
    # The left hand goes away; the right one, wherever its tool is, takes the block along.
    by = RigidTransform([0.0, -0.08, 0.05])
    gone = {"left": RigidTransform(up.rotation(), [0.4, 0.4, 0.5]), "right": by @ tools["right"]}
    for _ in range(2):
        frames = pictures(places(red_block=by @ X_WO), 12)
        tracked = tracker.update(frames, robot_spheres_W=NO_ROBOT, X_WG=gone, held={"right": BLOCK})
    assert tracked.things[BLOCK].state == "held"
    assert tracked.things[BLOCK].X_WO.IsNearlyEqualTo(by @ X_WO, 0.004)


def test_the_hand_may_close_and_open_between_pictures(scene: Scene) -> None:
    tracker = Tracker(scene)
    tracker.update((), robot_spheres_W=NO_ROBOT, **hand(HAND, BLOCK))
    X_WG, X_WO = lifted(0.1)
    follow(tracker, places(red_block=X_WO), X_WG=X_WG, held=BLOCK)
    tracker.update((), robot_spheres_W=NO_ROBOT, **hand(X_WG))
    away = RigidTransform(X_WG.rotation(), X_WG.translation() + np.array([0.0, 0.0, 0.1]))
    tracked = follow(tracker, places(red_block=X_WO), X_WG=away, held=None)
    assert tracked.things[BLOCK].X_WO.translation() == pytest.approx(X_WO.translation(), abs=0.004)


def test_what_the_held_thing_carries_moves_with_the_hand(scene: Scene) -> None:
    riding = tuple(replace(thing, on=BLOCK) if thing.name == BALL else thing for thing in scene.things)
    tracker = Tracker(replace(scene, things=riding))
    follow(tracker, places(), X_WG=HAND, held=BLOCK)
    up = RigidTransform([0.0, 0.0, 0.08])
    where = {name: X if name == CAN else up @ X for name, X in places().items()}
    tracked = follow(tracker, where, X_WG=up @ HAND, held=BLOCK)
    assert {point.thing for point in tracked.keypoints.values() if point.moves_with_hand} == {BLOCK, BALL}


def test_a_fresh_scene_is_taken_over_and_the_hand_keeps_what_it_has(scene: Scene) -> None:
    tracker = Tracker(scene)
    follow(tracker, places(), X_WG=HAND, held=BLOCK)
    X_WG, X_WO = lifted(0.1)
    follow(tracker, places(red_block=X_WO), X_WG=X_WG, held=BLOCK)
    things = tuple(thing for thing in scene.things if thing.name != CAN)
    tracker.refresh(replace(scene, things=things, time=3.0))
    tracked = follow(tracker, places(red_block=X_WO, green_can=None), X_WG=X_WG, held=BLOCK)
    assert set(tracked.things) == {BLOCK, BALL} and tracked.things[BLOCK].state == "held"
    assert all(point.thing != CAN for point in tracked.keypoints.values())


def test_pictures_are_mended_as_the_perceiver_mended_them(scene: Scene) -> None:
    off = RigidTransform(RotationMatrix.MakeZRotation(np.radians(0.6)), [0.006, -0.005, 0.004])
    raw = tuple(replace(frame, X_WC=frame.X_WC @ off) for frame in scene.frames)
    tracker = Tracker(scene, raw)
    tracked = None
    for seed in range(5):
        frames = tuple(replace(frame, X_WC=frame.X_WC @ off) for frame in pictures(places(), seed))
        tracked = tracker.update(frames, robot_spheres_W=NO_ROBOT, **hand())
    assert tracked is not None
    for name, thing in tracked.things.items():
        assert thing.state == "seen" and thing.health > 0.9 and thing.shift == 0.0, name


def test_blind_pictures_lose_nothing(scene: Scene) -> None:
    tracker = Tracker(scene)
    dark = tuple(replace(frame, depth=np.full_like(frame.depth, np.nan)) for frame in pictures(places(), 3))
    tracked = None
    for _ in range(6):
        tracked = tracker.update(dark, robot_spheres_W=NO_ROBOT, **hand())
    assert tracked is not None
    assert {thing.state for thing in tracked.things.values()} == {"occluded"}
    assert all(thing.health < 0.6 for thing in tracked.things.values())


def test_things_without_a_cloud_do_no_harm(scene: Scene) -> None:
    bare = tuple(replace(thing, cloud=np.zeros((0, 3))) for thing in scene.things)
    tracked = follow(Tracker(replace(scene, things=bare)), *[places(red_block=None)] * 3)
    assert all(thing.state == "occluded" for thing in tracked.things.values())


def test_moved_solids_keep_their_form() -> None:
    X = RigidTransform(RotationMatrix.MakeZRotation(0.3), [0.1, 0.2, 0.3])
    can = shape(CAN, X)
    assert solids_of([can], X)[0].X_WS.IsNearlyEqualTo(RigidTransform(), 1e-12)
    assert moved(solids_of([can], X)[0], X).X_WS.IsNearlyEqualTo(X, 1e-12)


def test_what_has_no_drawer_has_no_opening(scene: Scene) -> None:
    tracked = follow(Tracker(scene), places())
    assert {thing.opening for thing in tracked.things.values()} == {None}
