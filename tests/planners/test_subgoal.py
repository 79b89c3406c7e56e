"""The sub-goal solver: gradients, exactness, refusals."""

import numpy as np
import pytest
from handsel.core.arrays import Float64
from handsel.perception.scene import Scene
from handsel.planners.problem import build
from handsel.planners.program import Program
from handsel.planners.reach import level, reach, rotation_error, straight
from handsel.planners.read import Vocabulary, read
from handsel.planners.rows import Evaluator
from handsel.planners.settings import Settings
from handsel.planners.situation import Held, Situation, places
from handsel.planners.solution import Infeasible
from handsel.planners.subgoal import solve
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from pydrake.math import RigidTransform, RollPitchYaw, RotationMatrix

from .tabletop import block, scene

SETTINGS = Settings()
DOWN = RollPitchYaw(np.pi, 0.0, 0.3)


@pytest.fixture(scope="module")
def kinematics() -> Kinematics:
    return Kinematics(load_model("panda"))


def program(*lines: str) -> Program:
    text = "def stage_1():\n" + "".join(f"    {line}\n" for line in lines)
    return read(
        text, Vocabulary(things={"red_block": ("top", "bottom", "center"), "b": ("top", "bottom", "center")})
    )


def holding(kinematics: Kinematics, table: Scene, q: Float64) -> Situation:
    """Hold the red block, as if it had been grasped where it stands and carried to q."""
    thing = table.thing("red_block")
    held = Held.at(thing, RigidTransform(DOWN, thing.center), 0.04)
    start = places(table, "arm", kinematics.tool_pose(q), held)
    return Situation(scene=table, q=q, hand="arm", width=0.04, held=held, start=start, origin=start)


def empty(kinematics: Kinematics, table: Scene, width: float = 0.08) -> Situation:
    q = kinematics.model.q_look
    start = places(table, "arm", kinematics.tool_pose(q))
    return Situation(scene=table, q=q, hand="arm", width=width, held=None, start=start, origin=start)


@pytest.fixture(scope="module")
def table() -> Scene:
    return scene(block("red_block", 0.5, 0.1, yaw=0.3), block("b", 0.6, -0.1))


def held_text(*goals: str) -> Program:
    """A stage in which the block is held: the reader wants the grasp before, the solver does not."""
    grasp = "def stage_1():\n    grasp(red_block)\n\n"
    body = "def stage_2():\n" + "".join(f"    {goal}\n" for goal in goals) + "    hold(red_block)\n"
    names = ("top", "bottom", "center")
    return read(grasp + body, Vocabulary(things={"red_block": names, "b": names}))


def test_rows_and_wishes_agree_with_finite_differences(kinematics: Kinematics, table: Scene) -> None:
    stage = held_text(
        "goal(norm(xy(red_block.center - b.center)) <= cm(3))",
        "goal(height(red_block.bottom) >= height(b.top) + cm(1))",
        "goal(tilt(red_block.bottom, red_block.top) <= degrees(5))",
        "goal(ee == vec(0.6, -0.1, 0.2))",
    ).stages[1]
    rng = np.random.default_rng(0)
    problem = build(stage, holding(kinematics, table, kinematics.model.q_look), kinematics, SETTINGS)
    numbers = Evaluator(problem, 0.005)
    for _ in range(5):
        q = kinematics.model.q_look + rng.normal(scale=0.2, size=7)
        r, J = numbers.rows(q)
        slope = numbers.wishes(q)[1]
        for j in range(7):
            step = np.zeros(7)
            step[j] = 1e-6
            up, down = numbers.rows(q + step)[0], numbers.rows(q - step)[0]
            near_kink = np.abs(up + down - 2.0 * r) > 1e-9
            np.testing.assert_allclose(J[~near_kink, j], ((up - down) / 2e-6)[~near_kink], atol=2e-6)
            assert near_kink.mean() < 0.3
            numeric = (numbers.wishes(q + step)[0] - numbers.wishes(q - step)[0]) / 2e-6
            assert slope[j] == pytest.approx(numeric, abs=1e-4, rel=1e-4)


def test_equalities_are_met_exactly(kinematics: Kinematics, table: Scene) -> None:
    stage = held_text(
        "goal(red_block.bottom == b.top + vec(0, 0, mm(4)))",
        "goal(tilt(red_block.bottom, red_block.top) == 0)",
    ).stages[1]
    problem = build(stage, holding(kinematics, table, kinematics.model.q_look), kinematics, SETTINGS)
    solution = solve(problem, np.random.default_rng(0))
    assert solution.proves()
    held = problem.situation.held
    assert held is not None
    X_WG = kinematics.tool_pose(solution.q)
    np.testing.assert_allclose(
        X_WG @ held.points["bottom"], table.thing("b").parts["top"] + [0, 0, 0.004], atol=1e-5
    )
    up = X_WG @ held.points["top"] - X_WG @ held.points["bottom"]
    assert np.linalg.norm(up[:2]) / up[2] < 2e-5


def test_things_that_stand_still_are_where_they_were_told(kinematics: Kinematics, table: Scene) -> None:
    stage = held_text("goal(red_block.center == start(red_block.center) + vec(0, 0, cm(10)))").stages[1]
    situation = holding(kinematics, table, kinematics.model.q_look)
    solution = solve(build(stage, situation, kinematics, SETTINGS), np.random.default_rng(0))
    assert situation.held is not None
    moved = kinematics.tool_pose(solution.q) @ situation.held.points["center"]
    np.testing.assert_allclose(moved, situation.start["red_block", "center"] + [0, 0, 0.1], atol=1e-5)


def test_same_seed_same_answer(kinematics: Kinematics, table: Scene) -> None:
    stage = program("goal(ee == vec(0.45, 0.3, 0.25))").stages[0]
    q = [
        solve(build(stage, empty(kinematics, table), kinematics, SETTINGS), np.random.default_rng(5)).q
        for _ in range(2)
    ]
    np.testing.assert_array_equal(q[0], q[1])


def test_out_of_reach_says_how_far(kinematics: Kinematics, table: Scene) -> None:
    stage = program("goal(ee == vec(1.3, 0, 0.3))").stages[0]
    with pytest.raises(Infeasible) as refusal:
        solve(build(stage, empty(kinematics, table), kinematics, SETTINGS), np.random.default_rng(0))
    report = refusal.value.report
    assert report.constraint == "ee == vec(1.3, 0, 0.3)" or "1.3" in report.constraint
    # The arm reaches 0.855 m from its shoulder at (0, 0, 0.333), and its hand as far as the flange allows.
    assert 0.2 < report.by < 0.6
    assert "cm" in report.text


def test_contradictions_name_one_side(kinematics: Kinematics, table: Scene) -> None:
    stage = program("goal(height(ee) >= 0.5)", "goal(height(ee) <= 0.3)", "goal(norm(xy(ee)) <= 0.6)").stages[
        0
    ]
    with pytest.raises(Infeasible) as refusal:
        solve(build(stage, empty(kinematics, table), kinematics, SETTINGS), np.random.default_rng(0))
    assert "height(ee)" in refusal.value.report.constraint
    assert 0.09 < refusal.value.report.by < 0.21


def test_a_place_inside_a_thing_is_refused_by_clearance(kinematics: Kinematics, table: Scene) -> None:
    stage = program("goal(ee == b.center)").stages[0]
    with pytest.raises(Infeasible) as refusal:
        solve(
            build(stage, empty(kinematics, table, width=0.01), kinematics, SETTINGS), np.random.default_rng(0)
        )
    report = refusal.value.report
    assert report.constraint in ("clearance", "ee == b.center")
    assert report.by > 0.001


def test_rotation_error_is_the_turn_between() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        axis = rng.normal(size=3)
        axis /= np.linalg.norm(axis)
        angle = rng.uniform(0.0, np.pi - 1e-3)
        R = RotationMatrix(RollPitchYaw(rng.uniform(-1, 1, 3))).matrix()
        K = np.cross(np.eye(3), axis)
        turn = np.eye(3) + np.sin(angle) * K + (1 - np.cos(angle)) * K @ K
        np.testing.assert_allclose(rotation_error(R, turn @ R), angle * axis, atol=1e-7)
    assert np.linalg.norm(rotation_error(np.eye(3), np.diag([1.0, -1.0, -1.0]))) == pytest.approx(np.pi)


def test_reach_arrives_within_limits(kinematics: Kinematics) -> None:
    model, rng = kinematics.model, np.random.default_rng(1)
    arrived = 0
    for _ in range(40):
        q = rng.uniform(0.7 * model.lower + 0.3 * model.upper, 0.3 * model.lower + 0.7 * model.upper)
        target = kinematics.tool_pose(q)
        found = reach(kinematics, target, model.q_home, model.lower, model.upper)
        if found is None:
            continue
        arrived += 1
        assert ((found >= model.lower) & (found <= model.upper)).all()
        assert kinematics.tool_pose(found).IsNearlyEqualTo(target, 1e-6)
    assert arrived >= 24


def test_lines_are_straight_and_sweeps_level(kinematics: Kinematics) -> None:
    model = kinematics.model
    line = straight(kinematics, model.q_look, np.array([0.05, 0.0, -0.15]), model.lower, model.upper)
    assert line is not None
    R, p = kinematics.tool_poses(line)
    np.testing.assert_allclose(np.cross(p - p[0], [0.05, 0.0, -0.15]), 0.0, atol=1e-6)
    np.testing.assert_allclose(R, np.broadcast_to(R[0], R.shape), atol=1e-5)
    X_WB = RigidTransform(RotationMatrix.MakeZRotation(0.5) @ RotationMatrix(R[0]), p[0] + [0.0, 0.2, -0.1])
    end = reach(kinematics, X_WB, model.q_look, model.lower, model.upper)
    assert end is not None
    swept = level(kinematics, model.q_look, end, model.lower, model.upper)
    assert swept is not None
    down = kinematics.tool_poses(swept)[0][:, :, 2]
    np.testing.assert_allclose(down, np.broadcast_to(down[0], down.shape), atol=1e-5)
