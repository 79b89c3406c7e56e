"""Problem files: what is written and read again is the same, and what is wrong is told."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.core.errors import InputError
from handsel.planners.problem_file import dumps, loads
from handsel.planners.solids import KINDS, SIZES, Solid, distance_grid, rows_of, solid_distance
from hypothesis import given, settings
from hypothesis import strategies as st
from pydrake.math import RigidTransform, RollPitchYaw

from . import peers

ALL = (*peers.NAMES, "two_stages")


@pytest.mark.parametrize("name", ALL)
def test_a_file_round_trips(name: str) -> None:
    written = dumps(peers.file(name))
    again = loads(written)
    assert dumps(again) == written
    assert again.text == peers.file(name).text
    assert again.X_WG.IsNearlyEqualTo(peers.file(name).X_WG, 1e-11)


@settings(max_examples=40, deadline=None)
@given(
    text=st.text(max_size=60),
    angles=st.tuples(*[st.floats(-3.2, 3.2)] * 3),
    position=st.tuples(*[st.floats(-5, 5)] * 3),
)
def test_any_text_and_pose_round_trips(text: str, angles: tuple, position: tuple) -> None:
    base = peers.file("two_stages")
    X_WG = RigidTransform(RollPitchYaw(*angles), position)
    made = replace(base, text=text.replace("\r", ""), X_WG=X_WG)
    again = loads(dumps(made))
    assert again.text == made.text
    assert again.X_WG.IsNearlyEqualTo(made.X_WG, 1e-10)
    assert dumps(again) == dumps(made)


@pytest.mark.parametrize("name", peers.NAMES)
def test_the_files_are_the_problems(name: str) -> None:
    problem, file = peers.evaluator().load(name), peers.file(name)
    assert (file.movable == problem.movable[1:]).all()
    np.testing.assert_allclose([one.p_W for one in file.keypoints], problem.keypoints[1:])
    np.testing.assert_allclose(peers.pose7(file.X_WG)[:3], problem.start[:3])
    p_WQ = file.p_Glist @ file.X_WG.rotation().matrix().T + file.X_WG.translation()
    np.testing.assert_allclose(p_WQ, problem.collision_world, atol=1e-9)


@pytest.mark.parametrize("name", ["pen_grasp", "stack"])
def test_distances_are_those_of_the_evaluator(name: str) -> None:
    problem, file = peers.evaluator().load(name), peers.file(name)
    grid = distance_grid(rows_of(file.obstacles), file.lower, file.upper, file.cells)
    np.testing.assert_allclose(grid, problem.sdf, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_turned_solids_measure_what_unturned_ones_do(kind: str) -> None:
    rng = np.random.default_rng(1)
    size = 0.05 + 0.1 * rng.random(len(SIZES[kind]))  # type: ignore[index]
    X = RigidTransform(RollPitchYaw(0.3, -0.7, 1.1), [0.1, 0.2, 0.3])
    plain, turned = (
        rows_of([Solid(kind=kind, X_WS=pose, size=size)])  # type: ignore[arg-type]
        for pose in (RigidTransform(), X)
    )
    for p in rng.normal(scale=0.2, size=(50, 3)):
        assert solid_distance(turned, *(X @ p)) == pytest.approx(solid_distance(plain, *p), abs=1e-12)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("format = 1", "format = 2", "format 2"),
        ('form = "native"', 'form = "c"', "form 'c'"),
        ('name = "two_stages"', "name = 3", "name is 3"),
        ("[start]", "[begin]", "lacks 'start'"),
        ("position = [-0.25, -0.32, 0.98]", "position = [1, 2]", "3 finite numbers"),
        ("position = [-0.25, -0.32, 0.98]", "position = [1, 2, nan]", "3 finite numbers"),
        ("quaternion = [0.0, 1.0, 0.0, 0.0]", "quaternion = [0.0, 2.0, 0.0, 0.0]", "length 1"),
        ("cells = [28, 68, 26]", "cells = [28, 1, 26]", "whole numbers"),
        ("cells = [28, 68, 26]", "cells = [2800, 680, 2600]", "20 million"),
        ("upper = [0.10", "upper = [-0.90", "below upper"),
        ('kind = "box"', 'kind = "cube"', "kind 'cube'"),
        ("size = [0.055, 0.055]", "size = [0.055, 0.0]", "above 0"),
        ("size = [0.055, 0.055]", "size = [0.055]", "2 finite numbers"),
        ('part = "tip"', 'part = "grip"', "twice"),
        ('hand = "hand"', 'hand = "hand"\nheld = "mug"', "held = 'mug'"),
        ('hand = "hand"', 'hands = "hand"', "'hands' is not known"),
        ("points = [", "points = [[1, 2],", "3 finite numbers"),
        ("format = 1", "format = ", "no TOML"),
        ("format = 1", "format = 1" + "0" * 5000, "no TOML"),
        ("format = 1", "format = 0x" + "f" * 9000, "format a int"),
        ("size = [0.055, 0.055]", "size = [0x" + "f" * 400 + ", 1]", "none beyond 1000"),
        ("points = [", "points = [" + "[" * 5000 + "]" * 5000 + ",", "nested too deep"),
        ('thing = "holder"', 'thing = "goal"', "word of the language"),
        ('thing = "holder"', 'thing = "a b"', "is no name"),
        ('thing = "holder"', 'thing = "hand"', "both the hand and a thing"),
        ('kind = "cylinder"', 'kind = "cylinder"\nname = "__class__"', "is no name"),
        ("[space]", "[start.more]\nx = 1\n[space]", "'more' is not known"),
        ("position = [-0.8, 0.0, 0.69]", "position = [-0.8, 0.0]", "3 finite numbers"),
    ],
)
def test_what_is_wrong_is_told(old: str, new: str, said: str) -> None:
    whole = peers.text("two_stages")
    assert old in whole
    with pytest.raises(InputError, match=said.replace("[", r"\[")):
        loads(whole.replace(old, new, 1))
