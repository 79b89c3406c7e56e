"""The compiled descent against finite differences, limits of the executed curve, what refusals name."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.perception.scene import Scene
from handsel.planners.bends import bends
from handsel.planners.legs import Ends
from handsel.planners.lift import lift, points_in
from handsel.planners.moving import move_stage
from handsel.planners.problem import Problem, build
from handsel.planners.program import Program
from handsel.planners.read import Vocabulary, read
from handsel.planners.rows import Evaluator
from handsel.planners.settings import Settings
from handsel.planners.situation import Held, Situation, places
from handsel.planners.solution import Infeasible, PathSolution
from handsel.planners.stage_plan import Clock
from handsel.planners.subgoal import measure, solve
from handsel.planners.timing import strains
from handsel.planners.way import find_way
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from pydrake.math import RigidTransform, RollPitchYaw

from .tabletop import can, scene, wall

SETTINGS = Settings()
HERE = Ends(out_W=(), into_W=())
UPRIGHT = "along(tilt(red_can.bottom, red_can.top) <= degrees(10))"


@pytest.fixture(scope="module")
def kinematics() -> Kinematics:
    return Kinematics(load_model("panda"))


def table(*walls: tuple[str, float, float, tuple[float, float, float]]) -> Scene:
    return scene(can("red_can", 0.5, 0.0), *(wall(*one) for one in walls))


def stage_text(*lines: str) -> Program:
    body = "".join(f"    {line}\n" for line in lines)
    text = f"def stage_1():\n    grasp(red_can)\n\ndef stage_2():\n{body}    hold(red_can)\n"
    parts = ("top", "bottom", "center")
    return read(text, Vocabulary(things={"red_can": parts, "gray_wall": parts}))


def posed(kinematics: Kinematics, world: Scene, *lines: str, side: float = 0.0) -> Problem:
    """Carry the can, held from above, from a place to the left."""
    thing = world.thing("red_can")
    X_WG = RigidTransform(RollPitchYaw(np.pi, 0.0, 0.0), thing.center + np.array([0.0, 0.0, 0.03]))
    held = Held.at(thing, X_WG, 0.06)
    q = np.array(kinematics.model.q_look)
    q[0] += side
    start = places(world, "arm", kinematics.tool_pose(q), held)
    situation = Situation(scene=world, q=q, hand="arm", width=0.06, held=held, start=start, origin=start)
    return build(stage_text(*lines).stages[1], situation, kinematics, SETTINGS)


def test_the_kernel_has_the_rows_of_the_problem_and_their_slopes(kinematics: Kinematics) -> None:
    world = table(("gray_wall", 0.55, 0.1, (0.3, 0.02, 0.2)))
    problem = posed(
        kinematics, world, UPRIGHT, "goal(norm(red_can.bottom - vec(0.5, -0.2, 0.1)) <= mm(3))",
        "goal(angle(red_can.top - red_can.bottom, vec(0, 0.1, 1)) <= degrees(4))",
    )  # fmt: skip
    numbers, rng = Evaluator(problem, 0.004), np.random.default_rng(0)
    for _ in range(5):
        q = problem.situation.q + rng.normal(scale=0.3, size=7)
        R, p = kinematics.tool_poses(q[None])
        said = [one.residuals.evaluate(one.points.at(R[0], p[0])) for one in problem.rules]
        said.append(problem.room.rows(q, problem.touching)[0])
        r, J = numbers.rows(q)
        np.testing.assert_allclose(r, np.concatenate(said), atol=1e-12)
        _, slope = numbers.wishes(q)
        for j, step in enumerate(1e-6 * np.eye(7)):
            np.testing.assert_allclose(
                (numbers.rows(q + step)[0] - numbers.rows(q - step)[0])[:3] / 2e-6, J[:3, j], atol=1e-6
            )
            by = (numbers.wishes(q + step)[0] - numbers.wishes(q - step)[0]) / 2e-6
            assert by == pytest.approx(slope[j], abs=1e-5)


def test_what_bends_a_row_is_the_vector_that_it_bounds() -> None:
    goals = (
        stage_text(
            "goal(norm(red_can.center - vec(0.5, 0, 0.2)) <= mm(5))",
            "goal(height(red_can.center) >= 0.1)",
            "goal(tilt(red_can.bottom, red_can.top) <= degrees(20))",
        )
        .stages[1]
        .goals
    )
    refs = points_in(goals)
    tape, rows = bends(goals, refs)
    assert len(lift(goals, refs).rows) == 3
    assert set(rows) == {0, 2}
    place = {"center": [0.53, 0.04, 0.2], "bottom": [0.0, 0.0, 0.0], "top": [0.03, 0.0, 0.04]}
    vectors = tape.evaluate(np.array([place[ref.part] for ref in refs]))
    assert np.linalg.norm(vectors[rows == 0]) == pytest.approx(0.05)
    assert np.linalg.norm(vectors[rows == 2]) == pytest.approx(0.6)


@pytest.mark.parametrize("seed", range(4))
def test_two_lengths_at_once_are_met_from_anywhere(kinematics: Kinematics, seed: int) -> None:
    """Steps along one bounded length used to undo what was won along the other."""
    problem = posed(
        kinematics, table(), "goal(norm(red_can.bottom - vec(0.5, -0.25, 0.2)) <= mm(4))",
        "goal(norm(red_can.top - vec(0.56, -0.25, 0.28)) <= mm(4))",
    )  # fmt: skip
    numbers, rng = Evaluator(problem, 0.0045), np.random.default_rng(seed)
    starts = [problem.situation.q + rng.normal(scale=0.5, size=7) for _ in range(6)]
    found = [measure(problem, numbers.descend(q, 0.008)) for q in starts]
    assert sum(one.proves() for one in found) >= 5


def test_the_executed_curve_keeps_acceleration_and_jerk(kinematics: Kinematics) -> None:
    world = table(("gray_wall", 0.5, 0.0, (0.4, 0.02, 0.3)))
    problem = posed(
        kinematics, world, UPRIGHT, "goal(norm(red_can.bottom - vec(0.5, -0.25, 0.05)) <= mm(5))", side=0.5
    )
    rng = np.random.default_rng(0)
    path = find_way(problem, solve(problem, rng).q, HERE, rng)
    assert isinstance(path, PathSolution)
    curve, model = path.trajectory, kinematics.model
    t = np.linspace(0.0, curve.duration, 20001)
    acceleration = np.diff(curve.at(t)[1], axis=0)[:-1] / t[1]
    assert path.acceleration_share <= 0.5
    assert np.abs(acceleration / model.acceleration).max() <= path.acceleration_share + 0.01
    # The jerk as a servo would see it: the change of acceleration over a knot's time.
    span = round(SETTINGS.knot_step / t[1])
    jerk = (acceleration[span:] - acceleration[:-span]) / SETTINGS.knot_step
    assert np.abs(jerk / model.jerk).max() <= 2.0 * path.jerk_share
    assert 0.0 < path.jerk_share <= SETTINGS.jerk

    gentle = replace(model, jerk=np.full(7, 60.0))
    slow = replace(problem, kinematics=Kinematics(gentle))
    path = find_way(slow, curve.q[-1], HERE, np.random.default_rng(0))
    assert isinstance(path, PathSolution)
    assert (strains(path.trajectory)[1] <= 60.0).all()


def test_a_joint_at_its_limit_may_leave_it(kinematics: Kinematics) -> None:
    """Rounding of 1e-16 rad beyond a limit used to make every way impossible."""
    problem = posed(kinematics, table(), "goal(norm(red_can.bottom - vec(0.5, -0.2, 0.2)) <= mm(5))")
    q = np.array(problem.situation.q)
    q[6] = kinematics.model.upper[6]
    situation = replace(problem.situation, q=q)
    problem = build(problem.stage, situation, kinematics, SETTINGS)
    rng = np.random.default_rng(0)
    assert isinstance(find_way(problem, solve(problem, rng).q, HERE, rng), PathSolution)


def test_a_refusal_names_what_is_in_the_way_and_what_could_give(kinematics: Kinematics) -> None:
    world = table(("gray_wall", 0.5, 0.2, (0.3, 0.3, 0.3)))
    problem = posed(
        kinematics, world, "goal(norm(red_can.center - vec(0.5, 0.2, 0.15)) <= cm(1))",
        "goal(height(red_can.bottom) <= 0.2)",
    )  # fmt: skip
    with pytest.raises(Infeasible) as refusal:
        solve(problem, np.random.default_rng(0))
    report = refusal.value.report
    assert report.by > 0.001
    told = " ".join((report.text, *report.others))
    assert "gray_wall" in told
    assert any("norm" in one or "lack" in one for one in (report.text, *report.others))
    assert "instead could give" in str(refusal.value)


def test_a_relation_along_the_way_is_named_when_it_leaves_no_way(kinematics: Kinematics) -> None:
    world = table(("gray_wall", 0.57, 0.0, (0.7, 0.02, 0.42)))
    low = "along(height(red_can.bottom) <= 0.4)"
    problem = posed(
        kinematics, world, low, "goal(norm(red_can.bottom - vec(0.5, -0.25, 0.1)) <= mm(5))", side=0.6
    )
    quick = replace(SETTINGS, tree_nodes=400, goals_tried=1)
    with pytest.raises(Infeasible) as refusal:
        move_stage(problem.stage, problem.situation, kinematics, np.random.default_rng(0), quick, Clock())
    assert refusal.value.report.constraint == "height(red_can.bottom) <= 0.4"
    assert refusal.value.report.by > 0.02
