"""Two arms in one sub-goal and one path: gradients, proofs by other means, dense checks, refusals."""

import numpy as np
import pytest
from handsel.core.errors import Retryable
from handsel.planners.joint_arms.problem import ArmsProblem, build_arms, concerned, touched
from handsel.planners.joint_arms.situation import ArmsSituation
from handsel.planners.joint_arms.subgoal import ArmsEvaluator, measure_arms, solve_arms
from handsel.planners.program import Stage
from handsel.planners.settings import Settings
from handsel.planners.solution import Infeasible
from handsel.robots.arm_group import ArmGroup

from .tabletop import scene, wall
from .two_arms import bar, down, holding, program, resting, tray, two_pandas

SETTINGS = Settings()
MEET = """
def stage_1():
    '''take it to the middle, hand the right one its tail'''
    goal(norm(stick.center - vec(0.5, 0, cm(35))) <= cm(4))
    goal(tilt(stick.tail, stick.head) == degrees(90))
    goal(norm(right.ee - stick.tail) <= cm(12))
    goal(norm(right.ee - stick.tail) >= cm(9))
    hold(stick)
"""
LEVEL = """
def stage_1():
    '''both carry the tray level'''
    goal(norm(board.center - vec(0.52, 0.05, cm(25))) <= cm(1))
    along(tilt(board.bottom, board.top) <= degrees(3))
    hold(board)
"""


@pytest.fixture(scope="module")
def group() -> ArmGroup:
    return two_pandas()


def stick_in_left(group: ArmGroup) -> ArmsSituation:
    table = scene(bar("stick", 0.45, 0.20), wall("post", 0.6, -0.35, (0.05, 0.05, 0.2)))
    return holding(group, table, "stick", {"left": down(0.49, 0.20, 0.015)}, 0.03)


def board_in_both(group: ArmGroup) -> ArmsSituation:
    table = scene(tray("board", 0.45, 0.0, z=0.05))
    tools = {"left": down(0.45, 0.22, 0.10), "right": down(0.45, -0.22, 0.10)}
    return holding(group, table, "board", tools, 0.02)


def posed(text: str, situation: ArmsSituation, group: ArmGroup, held: dict[str, str]) -> ArmsProblem:
    stage = program(situation.scene, text, held).stages[0]
    return build_arms(stage, situation, group, SETTINGS)


def test_programs_name_both_hands() -> None:
    table = scene(bar("stick", 0.45, 0.2))
    text = "def stage_1():\n    grasp(stick, hand=left)\n    goal(height(right.ee) >= cm(20))\n\n"
    text += "def stage_2():\n    grasp(stick.tail, hand='right')\n\n"
    text += "def stage_3():\n    release(stick, hand=left)\n    hold(stick)\n"
    read = program(table, text)
    assert [(act.hand, act.part) for stage in read.stages for act in stage.grasps] == [
        ("left", None),
        ("right", "tail"),
    ]
    assert read.stages[2].releases[0].hand == "left" and read.holds == ("stick",)
    for bad, word in (
        ("grasp(stick)", "more than one hand"),
        ("goal(height(ee) >= 0.1)", "more than one hand"),
        ("grasp(stick, hand=middle)", "middle"),
    ):
        with pytest.raises(Retryable, match=word):
            program(table, f"def stage_1():\n    {bad}\n    hold(stick)\n")


def test_slopes_of_rows_and_wishes_are_those_of_differences(group: ArmGroup) -> None:
    for problem in (
        posed(MEET, stick_in_left(group), group, {"left": "stick"}),
        posed(LEVEL, board_in_both(group), group, {"left": "board", "right": "board"}),
    ):
        rng = np.random.default_rng(0)
        q = problem.q + rng.normal(scale=0.1, size=group.n)
        numbers = ArmsEvaluator(problem)
        J, slope = numbers.rows(q)[1], numbers.wishes(q)[1]
        step = 1e-6
        for j, axis in enumerate(np.eye(group.n)):
            up, low = q + step * axis, q - step * axis
            assert np.allclose((numbers.rows(up)[0] - numbers.rows(low)[0]) / (2 * step), J[:, j], atol=1e-6)
            assert np.isclose(
                (numbers.wishes(up)[0] - numbers.wishes(low)[0]) / (2 * step), slope[j], atol=1e-4
            )


def test_a_hand_over_is_one_sub_goal(group: ArmGroup) -> None:
    situation = stick_in_left(group)
    problem = posed(MEET, situation, group, {"left": "stick"})
    solution = solve_arms(problem, np.random.default_rng(0))
    assert solution.proves()
    share = group.split(solution.q)
    held = situation.hands["left"].held
    assert held is not None
    X_WL, X_WR = group.arms["left"].tool_pose(share["left"]), group.arms["right"].tool_pose(share["right"])
    tail, head = X_WL @ held.points["tail"], X_WL @ held.points["head"]
    assert np.linalg.norm((tail + head) / 2 - [0.5, 0.0, 0.35]) <= 0.04 + 1e-5
    assert abs(head[2] - tail[2]) < 1e-4
    assert 0.09 - 1e-5 <= np.linalg.norm(X_WR.translation() - tail) <= 0.12 + 1e-5


def test_a_tray_in_both_hands_stays_joined_and_level(group: ArmGroup) -> None:
    situation = board_in_both(group)
    problem = posed(LEVEL, situation, group, {"left": "board", "right": "board"})
    solution = solve_arms(problem, np.random.default_rng(0))
    assert solution.proves()
    before = [situation.tool_pose(name, group) for name in group.names]
    after = [group.arms[name].tool_pose(q) for name, q in group.split(solution.q).items()]
    one, two = before[0].inverse() @ before[1], after[0].inverse() @ after[1]
    assert one.IsNearlyEqualTo(two, 2e-5)
    held = situation.hands["right"].held
    assert held is not None
    # Measured in the other hand than the one whose points the relations speak of.
    middle = after[1] @ held.points["center"]
    assert np.linalg.norm(middle - [0.52, 0.05, 0.25]) <= 0.01 + 1e-4
    up = (after[1] @ held.points["top"]) - (after[1] @ held.points["bottom"])
    assert np.arctan2(np.hypot(*up[:2]), up[2]) <= np.radians(3) + 1e-3


def test_a_solution_that_drops_the_other_hand_does_not_prove(group: ArmGroup) -> None:
    situation = board_in_both(group)
    problem = posed(LEVEL, situation, group, {"left": "board", "right": "board"})
    q = solve_arms(problem, np.random.default_rng(0)).q.copy()
    q[group.joints["right"].start] += 0.002
    assert not measure_arms(problem, q).proves()


def test_what_cannot_hold_is_named(group: ArmGroup) -> None:
    situation = stick_in_left(group)
    text = "def stage_1():\n    goal(norm(right.ee - left.ee) >= 2.95)\n    hold(stick)\n"
    problem = posed(text, situation, group, {"left": "stick"})
    with pytest.raises(Infeasible, match=r"right\.ee - left\.ee") as refused:
        solve_arms(problem, np.random.default_rng(0))
    assert refused.value.report.by > 0.1


def test_arms_that_a_stage_does_not_speak_of_are_left_alone(group: ArmGroup) -> None:
    situation = stick_in_left(group)
    text = "def stage_1():\n    goal(height(stick.center) >= cm(20))\n    hold(stick)\n"
    stage = program(situation.scene, text, {"left": "stick"}).stages[0]
    assert concerned(stage, situation, group) == {"left"}
    problem = build_arms(stage, situation, group, SETTINGS, moving=frozenset({"left"}))
    q = solve_arms(problem, np.random.default_rng(0)).q
    assert np.array_equal(group.split(q)["right"], situation.hands["right"].q)
    joined = board_in_both(group)
    one = program(joined.scene, text.replace("stick", "board"), {"left": "board", "right": "board"}).stages[0]
    assert concerned(one, joined, group) == {"left", "right"}
    assert concerned(Stage(name="s", purpose=""), joined, group) == frozenset()


def test_what_may_touch_is_what_is_meant(group: ArmGroup) -> None:
    situation = stick_in_left(group)
    text = "def stage_1():\n    grasp(stick.tail, hand=right)\n    hold(stick)\n"
    stage = program(situation.scene, text, {"left": "stick"}).stages[0]
    assert touched(stage, situation, group) == {("right/hand", "left/held")}
    free = resting(group, situation.scene)
    assert touched(program(situation.scene, text).stages[0], free, group) == {("right/hand", "stick")}
