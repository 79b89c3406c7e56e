"""Problem files solved by the hand and by an arm: named solids, avoid, slow, and what cannot hold."""

import json
from dataclasses import replace

import numpy as np
import pytest
from handsel.core.errors import CannotDo, InputError
from handsel.planners.checking import dense
from handsel.planners.joint_solve import ArmAnswer, solve_joints
from handsel.planners.problem_file import ProblemFile, dumps, loads
from handsel.planners.problem_state import ProblemState, surface
from handsel.planners.room import nearest_to
from handsel.planners.settings import Settings
from handsel.planners.solids import KINDS, SIZES, Solid, rows_of, solid_distance
from handsel.planners.solve import solve
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from pydrake.math import RigidTransform

from . import peers

SCENE = '''
format = 1
name = "over_wall"
words = "carry the block upright over the wall and set it onto the plate"
form = "native"
hand = "arm"
program = """
def stage_1():
    grasp(block.middle)

def stage_2():
    goal(block.bottom == plate.top + vec(0, 0, mm(5)))
    along(tilt(block.bottom, block.middle) <= degrees(10))
    release(block)
"""
points = []
[start]
position = [0.43, 0.0, 0.40]
quaternion = [0.0, 1.0, 0.0, 0.0]
[space]
lower = [0.1, -0.6, 0.0]
upper = [0.9, 0.6, 0.8]
cells = [21, 31, 21]
'''
POINTS = (("block", "bottom", 0.0, -0.25), ("block", "middle", 0.03, -0.25), ("plate", "top", 0.01, 0.25))
SOLIDS = (
    ("block", "box", [0.5, -0.25, 0.03], [0.02, 0.02, 0.029]),
    ("wall", "box", [0.5, 0.0, 0.10], [0.20, 0.01, 0.10]),
    ("plate", "cylinder", [0.5, 0.25, 0.005], [0.08, 0.005]),
    ("board", "box", [0.5, 0.0, -0.026], [0.5, 0.8, 0.025]),
)


def scene(*more: str) -> ProblemFile:
    """Read the scene, with more lines in its second stage."""
    text = SCENE.replace("    release", "".join(f"    {line}\n" for line in more) + "    release")
    for thing, part, z, y in POINTS:
        text += f'[[keypoint]]\nthing = "{thing}"\npart = "{part}"\nposition = [0.5, {y}, {z}]\n'
    for name, kind, position, size in SOLIDS:
        text += f'[[obstacle]]\nname = "{name}"\nkind = "{kind}"\nposition = {position}\nsize = {size}\n'
    return loads(text)


@pytest.fixture(scope="module")
def panda() -> Kinematics:
    return Kinematics(load_model("panda"))


def armed(file: ProblemFile, panda: Kinematics) -> ArmAnswer:
    return solve_joints(file, panda, seed=0)


def test_new_keys_round_trip_and_old_files_lack_them() -> None:
    file = replace(scene("avoid(wall, cm(3))"), X_WB=RigidTransform([0.1, 0.0, 0.2]), joints=np.arange(7.0))
    written = dumps(file)
    again = loads(written)
    assert dumps(again) == written
    assert [one.name for one in again.obstacles] == ["block", "wall", "plate", "board"]
    np.testing.assert_array_equal(again.joints, np.arange(7.0))
    assert again.X_WB.translation()[2] == 0.2
    assert all(one.name is None for one in peers.file("two_stages").obstacles)


@pytest.mark.parametrize("kind", KINDS)
def test_surface_points_lie_on_the_surface_and_are_close(kind: str) -> None:
    size = np.array([0.03, 0.05, 0.02])[: len(SIZES[kind])]  # type: ignore[index]
    solid = Solid(kind=kind, X_WS=RigidTransform([0.1, 0.2, 0.3]), size=size)  # type: ignore[arg-type]
    points, rows = surface(solid), rows_of([solid])
    assert max(abs(solid_distance(rows, *p)) for p in points) < 1e-9
    gaps = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(gaps, np.inf)
    assert gaps.min(axis=1).max() <= 0.021


def test_what_is_held_takes_its_solid_along() -> None:
    file = scene()
    state = ProblemState.first(file)
    taken = state.after(file.program().stages[0], RigidTransform(file.X_WG.rotation(), [0.5, -0.25, 0.03]))
    assert len(state.standing) == 4 and len(taken.standing) == 3
    put = taken.after(file.program().stages[1], RigidTransform(file.X_WG.rotation(), [0.5, 0.25, 0.045]))
    assert len(put.standing) == 4
    np.testing.assert_allclose(put.solids[0].X_WS.translation(), [0.5, 0.25, 0.045], atol=1e-12)
    np.testing.assert_allclose(put.places["block", "bottom"], [0.5, 0.25, 0.015], atol=1e-12)


def test_a_hand_keeps_away_exactly_as_far_as_it_is_told_and_is_slow_there() -> None:
    file = scene("avoid(wall, cm(6))", "slow(plate, cm(12), 0.05)")
    answer = solve(file, seed=1)
    assert answer.proves()
    second = answer.stages[1]
    wall = rows_of([one for one in file.obstacles if one.name == "wall"])
    p_GQ = ProblemState.first(file).after(file.program().stages[0], answer.stages[0].solution.X_WG).points()
    near = min(solid_distance(wall, *(X @ p)) for X in second.poses for p in p_GQ)
    assert near >= 0.06
    plain = solve(scene("avoid(wall, cm(6))"), seed=1).stages[1]
    assert second.times[-1] > plain.times[-1] + 0.5
    plate = rows_of([one for one in file.obstacles if one.name == "plate"])
    tool = np.array([X.translation() for X in second.poses])
    speed = np.linalg.norm(np.diff(tool, axis=0), axis=1) / np.diff(second.times)
    inside = np.array([solid_distance(plate, *p) < 0.1 for p in tool[1:]])
    assert inside.any() and speed[inside].max() <= 0.05 + 1e-9


@pytest.mark.parametrize("line", ["avoid(cap, cm(5))", "slow(cap, cm(5), 0.1)"])
def test_what_has_no_solid_cannot_be_avoided(line: str, panda: Kinematics) -> None:
    text = dumps(scene(line)) + '[[keypoint]]\nthing = "cap"\npart = "top"\nposition = [0.4, 0.4, 0.1]\n'
    for run in (solve, lambda file: solve_joints(file, panda)):
        with pytest.raises(CannotDo, match=r"cap.*no solid"):
            run(loads(text))


def test_an_arm_carries_the_block_over_the_wall(panda: Kinematics) -> None:
    answer = armed(scene("avoid(wall, cm(3))", "slow(plate, cm(5), 0.1)"), panda)
    assert answer.proves() and answer.failed is None
    table = json.loads(json.dumps(answer.table()))
    second = table["stages"][1]
    np.testing.assert_allclose(second["keypoints"]["block.bottom"], [0.5, 0.25, 0.015], atol=1e-4)
    model = panda.model
    Q, v = np.array(second["way"]["joints"]), np.array(second["way"]["velocities"])
    assert (model.lower <= Q).all() and (model.upper >= Q).all() and (np.abs(v) <= model.velocity).all()
    assert table["start"]["joints"] == pytest.approx(table["stages"][0]["way"]["joints"][0])
    # The block's corners, carried along the way, measured by other code than the planner's.
    held = ProblemState.first(answer.file).after(answer.program.stages[0], answer.stages[0].state.X_WG)
    wall = rows_of([one for one in answer.file.obstacles if one.name == "wall"])
    corners = surface(held.carried[0])
    near = min(solid_distance(wall, *(panda.tool_pose(q) @ p)) for q in Q for p in corners)
    assert near >= 0.03
    up = [panda.tool_pose(q).rotation().matrix() @ held.carried[0].X_WS.rotation().matrix()[:, 2] for q in Q]
    assert min(one[2] for one in up) >= np.cos(np.radians(10.0)) - 1e-3


def test_contradictions_are_named_with_their_amount_for_both(panda: Kinematics) -> None:
    file = scene("goal(height(block.bottom) >= cm(30))")
    for answer in (solve(file, seed=0), armed(file, panda)):
        failed = answer.table()["failed"]
        assert failed["stage"] == "stage_2"
        assert failed["constraint"] == "height(block.bottom) >= cm(30)"
        assert failed["by"] == pytest.approx(0.285, abs=0.005)
        assert "block.bottom" in failed["keypoints"]
        assert any("block.bottom == plate.top" in other for other in failed["others"])
        rows = failed["nearest"]["relations"]
        assert [row["met"] for row in rows] == [True, False, True]


def test_an_obstacle_in_the_way_is_named_with_its_depth() -> None:
    wall = Solid(kind="sphere", X_WS=RigidTransform([0.5, 0.25, 0.03]), size=np.array([0.10]), name="lump")
    file = scene()
    failed = solve(replace(file, obstacles=(*file.obstacles, wall)), seed=0).table()["failed"]
    assert failed["constraint"] == "clearance" and failed["solids"] == ["lump"]
    assert 0.08 < failed["by"] <= 0.13


def test_what_cannot_be_kept_is_kept_as_far_as_it_can_and_told() -> None:
    """``avoid`` was hard: 40 cm from a wall beside which the block stands refused the whole program."""
    table = solve(scene("avoid(wall, cm(40))"), seed=0).table()
    assert table["failed"] is None and table["proved"]
    assert table["stages"][0]["yielded"] == []
    (one,) = table["stages"][1]["yielded"]
    # The block's near side stands 22 cm away, at the start and at the goal.
    assert (one["thing"], one["asked_m"]) == ("wall", 0.4)
    assert 0.10 < one["kept_m"] <= 0.221
    assert "avoid(wall, 0.4)" in one["text"] and f"{100 * one['kept_m']:.1f} cm are" in one["text"]


def test_an_arm_keeps_what_it_can_of_an_avoid(panda: Kinematics) -> None:
    answer = armed(scene("avoid(wall, cm(40))", "avoid(board, cm(1))"), panda)
    table = answer.table()
    assert table["failed"] is None and table["proved"]
    one = next(one for one in table["stages"][1]["yielded"] if one["thing"] == "wall")
    assert 0.03 < one["kept_m"] <= 0.221
    assert "avoid(wall, 0.4) cannot be kept" in one["text"]
    # What is told is measured on the motion, by other code than the planner's.
    held = ProblemState.first(answer.file).after(answer.program.stages[0], answer.stages[0].state.X_WG)
    wall = rows_of([one for one in answer.file.obstacles if one.name == "wall"])
    Q = np.array(table["stages"][1]["way"]["joints"])
    near = min(solid_distance(wall, *(panda.tool_pose(q) @ p)) for q in Q for p in surface(held.carried[0]))
    assert near >= one["kept_m"] - 0.001


def test_an_avoid_that_can_be_kept_does_not_give(panda: Kinematics) -> None:
    for answer in (solve(scene("avoid(wall, cm(6))"), seed=1), armed(scene("avoid(wall, cm(3))"), panda)):
        assert all(stage["yielded"] == [] for stage in answer.table()["stages"])


def test_an_arm_says_which_relation_could_give_instead(panda: Kinematics) -> None:
    (one,) = (one for stage in armed(scene("avoid(wall, cm(20))"), panda).stages for one in stage.yielded)
    assert one.kept < one.asked == 0.2
    assert sum("block.bottom == plate.top" in other for other in one.instead) == 1
    assert f"instead could give: {one.instead[0]}" in one.text


def test_where_the_avoid_is_not_to_blame_it_is_not_blamed(panda: Kinematics) -> None:
    file = scene("goal(height(block.bottom) >= cm(30))", "avoid(wall, cm(40))")
    for answer in (solve(file, seed=0), armed(file, panda)):
        failed = answer.table()["failed"]
        assert failed["constraint"] == "height(block.bottom) >= cm(30)"


SHELF = (
    ("floor", "box", [0.64, 0.0, 0.395], [0.12, 0.3, 0.005]),
    ("roof", "box", [0.64, 0.0, 0.72], [0.12, 0.3, 0.01]),
)


def shelf(approach: str = "", act: str = "hold(can)") -> ProblemFile:
    """A can that stands in a shelf under a roof: it can only be taken from the side."""
    text = SCENE[: SCENE.index("program")] + SCENE[SCENE.index("points") :]
    program = (
        f"def stage_1():\n    grasp(can.middle{approach})\n\n"
        f"def stage_2():\n    goal(can.middle == origin(can.middle) + vec(-cm(15), 0, cm(2)))\n    {act}\n"
    )
    text = text.replace("points = []", f"program = '''{program}'''\npoints = []")
    text = text.replace("position = [0.43, 0.0, 0.40]", "position = [0.32, 0.0, 0.60]")
    text += '[[keypoint]]\nthing = "can"\npart = "middle"\nposition = [0.55, 0.0, 0.51]\n'
    for name, kind, position, size in (("can", "cylinder", [0.55, 0.0, 0.48], [0.025, 0.079]), *SHELF):
        text += f'[[obstacle]]\nname = "{name}"\nkind = "{kind}"\nposition = {position}\nsize = {size}\n'
    return loads(text)


def test_an_arm_comes_from_the_side_where_it_is_told_to(panda: Kinematics) -> None:
    """Any approach but straight down was refused."""
    file = loads(dumps(shelf(", approach=vec(1, 0, 0)")))
    answer = armed(file, panda)
    assert answer.failed is None and answer.proves()
    first, second = answer.stages
    R = panda.tool_pose(first.path.trajectory.q[-1]).rotation().matrix()
    assert R[0, 2] >= np.cos(0.02)
    rows = answer.table()["stages"][0]["relations"]
    assert [row["met"] for row in rows] == [True, True]
    assert rows[1]["text"] == "grasp(can, approach=vec(1, 0, 0))"
    np.testing.assert_allclose(second.state.places["can", "middle"], [0.40, 0.0, 0.53], atol=0.005)
    for stage in (first, second):
        _, Q = dense(stage.path.trajectory, panda, Settings())
        assert nearest_to(stage.solution.problem.room.world, Q, "roof", 0.0) >= 0.004


def test_fingers_follow_what_they_grasp(panda: Kinematics) -> None:
    """The fingers stayed open, 8 cm wide, around whatever they held."""
    answer = armed(shelf(", approach=vec(1, 0, 0)"), panda)
    assert [stage.width for stage in answer.stages] == pytest.approx([0.05, 0.05], abs=1e-3)
    held = answer.stages[1].solution.problem.situation.held
    assert held is not None and held.width == pytest.approx(0.05, abs=1e-3)
    assert panda.model.gripper is not None
    let_go = armed(shelf(", approach=vec(1, 0, 0)", "release(can)"), panda)
    assert let_go.table()["stages"][1]["fingers_m"] == pytest.approx(panda.model.gripper.max_width)


def test_a_direction_that_cannot_be_is_blamed(panda: Kinematics) -> None:
    failed = armed(shelf(", approach=vec(0, 0, 1)"), panda).table()["failed"]
    assert failed["stage"] == "stage_1"
    said = " ".join([failed["constraint"], failed["text"], *failed["others"]])
    assert "grasp(can, approach=vec(0, 0, 1))" in said


@pytest.mark.parametrize(
    ("joints", "said"),
    [
        ([0.0] * 6, "7 joints"),
        ([9.0] + [0.0] * 6, "limits"),
        ([0.0, -0.4, 0.0, -2.1, 0.0, 1.7, 0.8], "agree"),
    ],
)
def test_joints_that_do_not_fit_are_told(joints: list[float], said: str, panda: Kinematics) -> None:
    with pytest.raises(InputError, match=said):
        armed(replace(scene(), joints=np.array(joints)), panda)


def test_given_joints_are_where_it_starts(panda: Kinematics) -> None:
    q = panda.model.q_home
    answer = armed(replace(scene(), joints=q, X_WG=panda.tool_pose(q)), panda)
    assert answer.proves()
    np.testing.assert_array_equal(answer.table()["start"]["joints"], q)


def test_an_arm_that_stands_too_far_says_so(panda: Kinematics) -> None:
    file = replace(scene(), X_WG=RigidTransform(scene().X_WG.rotation(), [1.6, 0.0, 0.4]))
    failed = armed(file, panda).table()["failed"]
    assert failed["constraint"] == "start" and "cannot reach" in failed["text"]
