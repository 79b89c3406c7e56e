"""Keypoints: groups by density, points on unknown shapes, numbers that stay, forty at most."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.perception.clusters import NOISE, dbscan
from handsel.perception.keypoints import MOST, number_keypoints, surface_points, with_points
from handsel.perception.scene import Directions, Keypoint, Scene, Table, Thing
from hypothesis import given, settings
from hypothesis import strategies as st
from pydrake.math import RigidTransform, RotationMatrix


def make_thing(name: str, kind: str, X_WO: RigidTransform, cloud: np.ndarray, **parts: np.ndarray) -> Thing:
    center = np.array(X_WO.translation())
    up = np.array([0.0, 0.0, 0.03])
    basic = {"center": center, "top": center + up, "bottom": center - up}
    return Thing(
        name=name,
        kind=kind,
        color="red",
        X_WO=X_WO,
        size=np.array([0.08, 0.05, 0.06]),
        cloud=cloud,
        parts=basic | parts,
        shapes=(),
    )


def make_scene(things: tuple[Thing, ...], keypoints: tuple[Keypoint, ...]) -> Scene:
    return Scene(
        time=0.0,
        things=things,
        table=Table(height=0.0, lower=np.zeros(2), upper=np.ones(2)),
        directions=Directions(right=np.array([0.0, 1.0, 0.0]), behind=np.array([-1.0, 0.0, 0.0])),
        keypoints=keypoints,
        field=None,
        frames=(),
        perceiver="by hand",
    )


def perceived(things: tuple[Thing, ...], previous: Scene | None = None) -> Scene:
    things = with_points(things, previous)
    return make_scene(things, number_keypoints(things, previous))


def tee(X_WO: RigidTransform, seed: int) -> np.ndarray:
    """Give noisy points on a flat T with three tips and a few stray pixels; its surface is unknown to all."""
    rng = np.random.default_rng(seed)
    bar = rng.uniform([-0.06, 0.03, 0.0], [0.06, 0.045, 0.012], (700, 3))
    stem = rng.uniform([-0.008, -0.06, 0.0], [0.008, 0.03, 0.012], (500, 3))
    stray = np.array([[0.11, 0.10, 0.05], [-0.10, -0.10, 0.04]])
    p_O = np.concatenate([bar, stem, stray]) + rng.normal(0.0, 0.0005, (1202, 3))
    return X_WO.multiply(p_O[rng.permutation(len(p_O))].T).T


def by_hand(points: np.ndarray, radius: float, least: int) -> tuple[np.ndarray, list[set[int]]]:
    """Find cores and groups of cores the slow way: the definition, word by word."""
    away = np.linalg.norm(points[:, None] - points[None], axis=2)
    core = (away <= radius).sum(axis=1) >= least
    groups: list[set[int]] = []
    left = set(np.flatnonzero(core).tolist())
    while left:
        group = frontier = {left.pop()}
        while frontier:
            reached = {j for i in frontier for j in np.flatnonzero(core & (away[i] <= radius)).tolist()}
            frontier = reached - group
            group = group | reached
        left -= group
        groups.append(group)
    return core, groups


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 60), st.integers(1, 6))
def test_dbscan_is_its_definition(seed: int, count: int, least: int) -> None:
    points = np.random.default_rng(seed).uniform(0.0, 1.0, (count, 3))
    labels = dbscan(points, 0.25, least)
    core, groups = by_hand(points, 0.25, least)
    assert {frozenset(np.flatnonzero(core & (labels == label))) for label in set(labels) - {NOISE}} == {
        frozenset(group) for group in groups
    }
    away = np.linalg.norm(points[:, None] - points[None], axis=2)
    for index in np.flatnonzero(~core):
        near = np.flatnonzero(core & (away[index] <= 0.25))
        assert (labels[index] == NOISE) == (len(near) == 0)
        assert len(near) == 0 or labels[index] in labels[near]


def test_dbscan_of_nothing() -> None:
    assert len(dbscan(np.zeros((0, 3)), 0.1, 3)) == 0


def test_points_lie_on_the_seen_surface_at_its_ends_and_not_on_stray_pixels() -> None:
    X_WO = RigidTransform(RotationMatrix.MakeZRotation(0.4), [0.5, 0.1, 0.0])
    cloud = tee(X_WO, 3)
    points = surface_points(cloud, X_WO)
    assert 3 <= len(points) <= 6
    assert all((np.abs(cloud - point).max(axis=1) == 0.0).any() for point in points)
    p_O = (points - X_WO.translation()) @ X_WO.rotation().matrix()
    for tip in ([-0.055, 0.04], [0.055, 0.04], [0.0, -0.055]):
        assert np.linalg.norm(p_O[:, :2] - tip, axis=1).min() < 0.012, tip
    assert np.abs(p_O[:, :2]).max() < 0.07


def test_too_few_points_make_none() -> None:
    assert len(surface_points(np.zeros((3, 3)), RigidTransform())) == 0


@pytest.mark.parametrize("turned", [0.0, 0.3, np.pi / 2.0])
def test_points_of_an_unknown_thing_keep_names_and_numbers(turned: float) -> None:
    X_WA = RigidTransform(RotationMatrix.MakeZRotation(0.4), [0.5, 0.1, 0.0])
    before = perceived((make_thing("red_thing", "thing", X_WA, tee(X_WA, 1)),))
    X_WB = RigidTransform(RotationMatrix.MakeZRotation(0.3), [0.03, -0.05, 0.0]) @ X_WA
    # The axes of the box around it may come out swapped: its frame is turned, the thing is not.
    X_WO = X_WB if turned != np.pi / 2.0 else RigidTransform(X_WA.rotation(), X_WB.translation())
    cloud = (
        tee(X_WB, 2) if turned != np.pi / 2.0 else tee(RigidTransform(X_WA.rotation(), X_WB.translation()), 2)
    )
    frame = X_WO @ RigidTransform(RotationMatrix.MakeZRotation(turned if turned > 1.0 else 0.0), np.zeros(3))
    after = perceived((make_thing("red_thing", "thing", frame, cloud),), before)
    old = {point.number: point for point in before.keypoints if point.part.startswith("point_")}
    new = {point.number: point for point in after.keypoints if point.part.startswith("point_")}
    same = old.keys() & new.keys()
    assert len(same) >= len(old) - 1
    for number in same:
        p_O = X_WA.inverse() @ old[number].p_W
        where = X_WO @ p_O
        assert old[number].part == new[number].part
        assert np.linalg.norm(new[number].p_W - where) < 0.025


def test_known_shapes_get_no_points() -> None:
    thing = make_thing("red_block", "block", RigidTransform(), tee(RigidTransform(), 1))
    assert with_points((thing,)) == (thing,)


def crowd(count: int) -> tuple[Thing, ...]:
    return tuple(
        make_thing(
            f"red_mug_{index}",
            "mug",
            RigidTransform([0.1 * index, 0.0, 0.03]),
            np.zeros((0, 3)),
            handle=np.array([0.1 * index, 0.05, 0.03]),
            opening=np.array([0.1 * index, 0.0, 0.061]),
            rim=np.array([0.1 * index - 0.03, 0.0, 0.06]),
        )
        for index in range(count)
    )


def test_at_most_forty_and_everything_has_its_centre() -> None:
    keypoints = number_keypoints(crowd(12))
    assert len(keypoints) == MOST and len({point.number for point in keypoints}) == MOST
    assert {point.thing for point in keypoints if point.part == "center"} == {
        f"red_mug_{i}" for i in range(12)
    }
    assert [point.number for point in keypoints] == list(range(1, MOST + 1))


def test_numbers_stay_when_things_come_and_go() -> None:
    things = crowd(4)
    before = make_scene(things, number_keypoints(things))
    newcomer = replace(crowd(6)[5], name="blue_mug")
    keypoints = number_keypoints((newcomer, *things[1:]), before)
    old = {(point.thing, point.part): point.number for point in before.keypoints}
    for point in keypoints:
        if point.thing == "blue_mug":
            assert point.number not in old.values(), "a number just used for another point"
        else:
            assert point.number == old[point.thing, point.part]
    back = number_keypoints(things, make_scene((newcomer, *things[1:]), keypoints))
    assert len({point.number for point in back}) == len(back)


def test_in_a_crowd_the_points_of_before_stay() -> None:
    things = crowd(12)
    before = make_scene(things, number_keypoints(things))
    again = number_keypoints(things[::-1], before)
    assert {(p.number, p.thing, p.part) for p in again} == {
        (p.number, p.thing, p.part) for p in before.keypoints
    }


def test_points_on_one_another_count_once() -> None:
    thing = crowd(1)[0]
    thing = replace(thing, parts={**thing.parts, "spout": thing.parts["top"]})
    assert sum(point.part in ("spout", "top") for point in number_keypoints((thing,))) == 1
