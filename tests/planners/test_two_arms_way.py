"""Two arms on one path: what is executed keeps what holds, starts and stops together; a whole hand-over."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.planners.joint_arms.contacts import ends_of
from handsel.planners.joint_arms.passage import ArmsPassage, sweep
from handsel.planners.joint_arms.plan import ArmsPlan, plan_arms_stage
from handsel.planners.joint_arms.problem import build_arms
from handsel.planners.joint_arms.situation import ArmsSituation
from handsel.planners.joint_arms.subgoal import solve_arms
from handsel.planners.joint_arms.way import dealt, dense_arms, find_arms_way
from handsel.planners.settings import Settings
from handsel.planners.solution import Infeasible
from handsel.robots.arm_group import ArmGroup
from handsel.robots.spheres import sphere_cover

from .tabletop import can, scene, wall
from .two_arms import down, holding, program, resting, tray, two_pandas

SETTINGS = Settings()
CARRY = """
def stage_1():
    '''both carry the tray level and turn it a little'''
    goal(norm(board.center - vec(0.52, 0.05, cm(25))) <= cm(1))
    goal(board.handle_left[0] - board.center[0] >= cm(4))
    along(tilt(board.bottom, board.top) <= degrees(3))
    hold(board)
"""
HAND_OVER = """
def stage_1():
    '''the left hand takes the can'''
    grasp(red_can, hand=left)

def stage_2():
    '''between the hands, high above the table'''
    goal(norm(xy(red_can.center) - vec(0.5, 0)) <= cm(6))
    goal(height(red_can.center) >= cm(25))
    goal(height(red_can.center) <= cm(40))

def stage_3():
    '''the right hand takes it too'''
    grasp(red_can, hand=right)

def stage_4():
    '''the left hand lets go'''
    release(red_can, hand=left)

def stage_5():
    '''set down on the right'''
    goal(norm(xy(red_can.bottom) - vec(0.5, -0.2)) <= cm(3))
    goal(height(red_can.bottom) <= height(table) + mm(8))
    goal(tilt(red_can.bottom, red_can.top) <= degrees(5))
    release(red_can)
"""


@pytest.fixture(scope="module")
def group() -> ArmGroup:
    return two_pandas()


def test_a_tray_stays_joined_and_level_on_the_executed_curve(group: ArmGroup) -> None:
    table = scene(tray("board", 0.45, 0.0, z=0.004))
    tools = {"left": down(0.45, 0.22, 0.085), "right": down(0.45, -0.22, 0.085)}
    situation = holding(group, table, "board", tools, 0.02)
    stage = program(table, CARRY, {"left": "board", "right": "board"}).stages[0]
    problem = build_arms(stage, situation, group, SETTINGS)
    rng = np.random.default_rng(0)
    solution = solve_arms(problem, rng)
    path = find_arms_way(problem, solution.q, ends_of(problem, solution), rng)
    assert not isinstance(path, str), path
    motions = dealt(path.whole, problem)
    assert set(motions) == {"left", "right"}
    assert np.array_equal(motions["left"].times, motions["right"].times)
    held = [situation.hands[name].held for name in group.names]
    X_start = situation.tool_pose("left", group).inverse() @ situation.tool_pose("right", group)
    for t in np.arange(0.0, path.whole.duration, 0.004):
        X = {name: group.arms[name].tool_pose(motion.at(t)[0]) for name, motion in motions.items()}
        X_LR = X["left"].inverse() @ X["right"]
        assert np.linalg.norm(X_LR.translation() - X_start.translation()) < 1.5e-3
        for name, one in zip(group.names, held, strict=True):
            assert one is not None
            up = X[name] @ one.points["top"] - X[name] @ one.points["bottom"]
            assert np.arctan2(np.hypot(*up[:2]), up[2]) <= np.radians(3) + 2e-3
    for motion in motions.values():
        model = group.arms[motion.arm].model
        v = motion.at(np.arange(0.0, motion.duration, 0.005))[1]
        assert (np.abs(v) <= model.velocity).all()


def test_a_sweep_keeps_two_hands_together(group: ArmGroup) -> None:
    table = scene(tray("board", 0.45, 0.0, z=0.05))
    tools = {"left": down(0.45, 0.22, 0.13), "right": down(0.45, -0.22, 0.13)}
    situation = holding(group, table, "board", tools, 0.02)
    stage = program(table, CARRY, {"left": "board", "right": "board"}).stages[0]
    problem = build_arms(stage, situation, group, SETTINGS)
    q = solve_arms(problem, np.random.default_rng(0)).q
    swept = sweep(problem, problem.q, q)
    assert swept is not None
    assert np.array_equal(swept[0], problem.q) and np.array_equal(swept[-1], q)
    assert problem.broken_along(swept).max() < 1e-4
    # The straight edge in joint space does not: that is why there is a sweep.
    edge = problem.q + np.linspace(0.0, 1.0, 20)[:, None] * (q - problem.q)
    assert problem.broken_along(edge).max() > 1e-3
    passage = ArmsPassage(problem=problem, required=0.004, broken=5e-4)
    back = passage.project(edge[10])
    assert back is not None and problem.broken_along(back[None])[0] < 5e-4


def test_a_tray_is_set_down_by_both_hands_at_once(group: ArmGroup) -> None:
    """Only the hand that counted as its carrier went straight down; the other was left behind by 7 cm."""
    table = scene(tray("board", 0.45, 0.0, z=0.10))
    tools = {"left": down(0.45, 0.22, 0.18), "right": down(0.45, -0.22, 0.18)}
    situation = holding(group, table, "board", tools, 0.02)
    text = """
def stage_1():
    goal(norm(xy(board.center) - vec(0.45, 0.02)) <= cm(1))
    goal(height(board.bottom) <= height(table) + mm(14))
    along(tilt(board.bottom, board.top) <= degrees(3))
    release(board, hand=left)
    release(board, hand=right)
"""
    stage = program(table, text, {"left": "board", "right": "board"}).stages[0]
    problem = build_arms(stage, situation, group, SETTINGS)
    rng = np.random.default_rng(0)
    solution = solve_arms(problem, rng)
    ends = ends_of(problem, solution)
    assert ends.into and all(set(way) == {"left", "right"} for way in ends.into)
    path = find_arms_way(problem, solution.q, ends, rng)
    assert not isinstance(path, str), path
    assert path.violation < 1e-3
    # A straight way of one hand alone is no way: what joins the hands counts there, too.
    alone = replace(ends, into=tuple({"left": way["left"]} for way in ends.into))
    path = find_arms_way(problem, solution.q, alone, rng)
    assert isinstance(path, str) and "has to hold" in path


def plans_of(table_text: str, situation: ArmsSituation, group: ArmGroup) -> list[ArmsPlan]:
    whole = program(situation.scene, table_text)
    rng = np.random.default_rng(0)
    plans: list[ArmsPlan] = []
    for index in range(len(whole.stages)):
        plans.append(plan_arms_stage(whole, index, situation, group, rng, SETTINGS))
        situation = plans[-1].after
    return plans


@pytest.mark.slow
def test_a_hand_over_is_planned_as_a_whole(group: ArmGroup) -> None:
    table = scene(can("red_can", 0.45, 0.25, 0.03, 0.18), wall("post", 0.6, -0.35, (0.05, 0.05, 0.2)))
    plans = plans_of(HAND_OVER, resting(group, table), group)
    assert [tuple(plan.grips) for plan in plans] == [("left",), (), ("right",), ("left",), ("right",)]
    assert set(plans[0].motions) == {"left"} and set(plans[2].motions) == {"right"}
    assert not plans[3].motions and set(plans[3].retreats) == {"left"}
    holders = [plan.after.holders("red_can") for plan in plans]
    assert holders == [("left",), ("left",), ("left", "right"), ("right",), ()]
    for plan in plans:
        if plan.path is not None:
            problem = plan.subgoal.problem
            _, Q = dense_arms(plan.path.whole, problem)
            assert apart(group, Q, plan) > 0.0
    final = plans[-1].after.scene.thing("red_can")
    assert np.linalg.norm(final.parts["bottom"][:2] - [0.5, -0.2]) < 0.031


def apart(group: ArmGroup, Q: np.ndarray, plan: ArmsPlan) -> float:
    """Least distance of the two arms, ball by ball, by each arm's own kinematics."""
    least = np.inf
    for q in Q[::3]:
        balls = []
        for name, share in group.split(q).items():
            kinematics = group.arms[name]
            cover = sphere_cover(kinematics.model)
            R, p = kinematics.link_poses(share[None], plan.subgoal.problem.situation.hands[name].width)
            links = np.array([kinematics.link_index(link) for link in cover.links])[cover.link]
            centers = np.einsum("sij,sj->si", R[0][links], cover.centers) + p[0][links]
            balls.append((centers, cover.radii))
        (a, r), (b, s) = balls
        gap = np.linalg.norm(a[:, None] - b[None], axis=2) - r[:, None] - s[None]
        least = min(least, float(gap.min()))
    return least


def test_a_grasp_that_no_hand_reaches_is_refused(group: ArmGroup) -> None:
    text = "def stage_1():\n    grasp(red_can, hand=right)\n    hold(red_can)\n"
    far = scene(can("red_can", 0.80, 0.60, 0.03, 0.12))
    with pytest.raises(Infeasible, match="right cannot grasp red_can"):
        plans_of(text, resting(group, far), group)


def test_what_cannot_be_kept_away_from_gives_and_that_is_said(group: ArmGroup) -> None:
    table = scene(can("red_can", 0.50, 0.0, 0.03, 0.12))
    text = """
def stage_1():
    goal(norm(left.ee - red_can.top - vec(0, 0, cm(10))) <= cm(1))
    avoid(red_can, AWAY)
"""
    (kept,) = plans_of(text.replace("AWAY", "cm(4)"), resting(group, table), group)
    assert kept.notes == ()
    (plan,) = plans_of(text.replace("AWAY", "cm(30)"), resting(group, table), group)
    (note,) = plan.notes
    assert note.startswith("avoid(red_can, 0.3) cannot be kept:")
    assert plan.subgoal.proves()
