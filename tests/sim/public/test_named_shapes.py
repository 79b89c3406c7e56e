"""Keypoints from clouds with a known answer."""

import numpy as np
import pytest
from handsel.sim.public.named.contact import arc, hinge_of
from handsel.sim.public.named.deeds import deed_of
from handsel.sim.public.named.grounding import find, ground
from handsel.sim.public.named.scene import NamedScene, Piece, box_of
from handsel.sim.public.named.shapes import end_of, grasp_piece, handle_of, hole_in, rotated, way_out


def solid(path, low, high, count=4000, mark=False):
    """Points on the surface of a box."""
    rng = np.random.default_rng(0)
    p = rng.uniform(low, high, (count, 3))
    side, at = rng.integers(0, 3, count), rng.integers(0, 2, count)
    p[np.arange(count), side] = np.where(at == 0, np.array(low)[side], np.array(high)[side])
    return Piece(path=tuple(path.split("/")), cloud=p, mark=mark)


CASE = solid("chest/case/shell", (-0.1, 0.8, 0.0), (0.1, 1.0, 0.2))
FRONT = solid("chest/case/tray/face", (-0.08, 0.78, 0.05), (0.08, 0.8, 0.15))
GRIP = solid("chest/case/tray/grip", (-0.04, 0.73, 0.09), (0.04, 0.78, 0.11))
CUBE = solid("thing/lump", (0.2, 0.6, 0.0), (0.24, 0.64, 0.04))
GOAL = solid("goal", (0.3, 0.8, 0.1), (0.32, 0.82, 0.12), 60, mark=True)
SCENE = NamedScene(time=0.0, pieces=(CASE, FRONT, GRIP, CUBE, GOAL))
HAND = np.array([0.0, 0.6, 0.2])


def test_a_noun_means_the_deepest_body_of_its_name():
    (group,) = find(SCENE, "tray")
    assert {piece.path[-1] for piece in group} == {"face", "grip"}
    (whole,) = find(SCENE, "chest")
    assert len(whole) == 3 and find(SCENE, "kettle") == []


def test_what_no_name_says_is_the_smallest_that_is_left():
    meant = ground(deed_of("Pick the dumpling and put it to a goal"), SCENE, HAND)
    assert meant.thing == (CUBE,)
    assert meant.place == pytest.approx([0.31, 0.81, 0.11], abs=2e-3)


def test_a_handle_is_what_stands_out_most():
    meant = ground(deed_of("Open the tray"), SCENE, HAND)
    handle, out = handle_of(meant)
    assert handle == [GRIP] and out == pytest.approx([0.0, -1.0, 0.0])
    side, gain = way_out(list(meant.thing), meant.mount)
    assert side == pytest.approx([0.0, -1.0, 0.0]) and gain == pytest.approx(0.07, abs=5e-3)
    assert end_of(GRIP.cloud, out) == pytest.approx([0.0, 0.736, 0.1], abs=8e-3)


def test_fingers_go_round_what_is_narrow():
    found = grasp_piece((FRONT, GRIP))
    assert found is not None and found[1].size[1] < 0.08
    wide = solid("thing/slab", (0.0, 0.5, 0.0), (0.3, 0.8, 0.04))
    assert grasp_piece((wide,)) is None


def test_a_point_is_turned_as_drake_turns_it():
    from pydrake.math import RotationMatrix
    from scipy.spatial.transform import Rotation

    axis, p, pivot = np.array([0.0, 0.6, 0.8]), np.array([0.3, -0.2, 0.5]), np.array([0.1, 0.1, 0.1])
    R = RotationMatrix(Rotation.from_rotvec(0.7 * axis).as_matrix())
    assert rotated(p, pivot, axis, 0.7) == pytest.approx(pivot + R.matrix() @ (p - pivot))
    points = arc(p, pivot, axis, 0.7)
    assert points[-1] == pytest.approx(rotated(p, pivot, axis, 0.7))
    radii = [np.linalg.norm(np.cross(axis, one - pivot)) for one in points]
    assert np.ptp(radii) < 1e-12


def test_a_part_on_a_post_turns_about_the_upright_through_the_post():
    post = solid("tap/post/pipe", (-0.02, 0.78, 0.0), (0.02, 0.82, 0.1))
    part = solid("tap/post/spout/bar", (-0.015, 0.62, 0.1), (0.015, 0.82, 0.13))
    scene = NamedScene(time=0.0, pieces=(post, part))
    pivot, axis, free = hinge_of(ground(deed_of("Turn the spout"), scene, HAND))
    assert axis == pytest.approx([0.0, 0.0, 1.0])
    assert pivot[:2] == pytest.approx([0.0, 0.8], abs=0.02) and free[1] < 0.65


def test_a_hole_is_a_gap_in_a_face():
    y, z = np.meshgrid(np.linspace(0.5, 0.7, 80), np.linspace(0.0, 0.2, 80))
    keep = (np.abs(y - 0.63) > 0.02) | (np.abs(z - 0.12) > 0.02)
    face = np.column_stack([np.full(keep.sum(), 0.1), y[keep], z[keep]])
    block = Piece(path=("block", "wood"), cloud=face)
    found = hole_in([block], np.array([1.0, 0.0, 0.0]))
    assert found == pytest.approx([0.1, 0.63, 0.12], abs=0.008)
    whole = Piece(path=("block", "wood"), cloud=np.column_stack([np.full(6400, 0.1), y.ravel(), z.ravel()]))
    assert hole_in([whole], np.array([1.0, 0.0, 0.0])) is None


def test_stray_points_do_not_move_bounds():
    stray = np.concatenate([CUBE.cloud, [[5.0, 5.0, 5.0]]])
    box = box_of([Piece(path=CUBE.path, cloud=stray)])
    assert box.center == pytest.approx([0.22, 0.62, 0.02], abs=2e-3)
