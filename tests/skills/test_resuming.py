"""A program that grasps what is held already goes on after the grasp."""

from handsel.planners.read import Vocabulary, read
from handsel.planners.situation import Held
from handsel.robots.fake import FakeRobot
from handsel.skills.arm import kinematics_of
from handsel.skills.foresight import begin
from handsel.skills.resuming import READY, after_grasp, made_ready

from ..agent.scenes import make_scene, make_thing

SCENE = make_scene(make_thing("red_block", 0.50, -0.10), make_thing("blue_bowl", 0.50, 0.15))
TEXT = """
def stage_1():
    grasp(red_block)

def stage_2():
    along(height(red_block.bottom) >= {least})
    goal(xy(red_block) == xy(blue_bowl))

def stage_3():
    goal(red_block.bottom == origin(red_block.bottom))
    release(red_block)
"""


def program(least: str = "0"):
    return read(TEXT.format(least=least), Vocabulary.of(SCENE, ("arm",), {}))


def test_what_follows_the_grasp_is_left() -> None:
    rest = after_grasp(program(), {"arm": "red_block"})
    assert rest is not None
    assert [stage.name for stage in rest.stages] == ["stage_2", "stage_3"]


def test_a_program_for_another_thing_is_not_gone_on_with() -> None:
    assert after_grasp(program(), {"arm": "blue_bowl"}) is None


def test_what_the_rest_needs_from_its_start_is_brought_about_first() -> None:
    """The first stage's path constraint does not hold where the hand is: it becomes a goal before it."""
    arm = FakeRobot().info.arms[0]
    kinematics = kinematics_of(arm)
    q = kinematics.model.q_look
    held = Held.at(SCENE.thing("red_block"), kinematics.tool_pose(q), 0.04)
    now = begin(SCENE, "arm", q, 0.04, held, kinematics)
    low, high = (after_grasp(program(least), {"arm": "red_block"}) for least in ("-1", "2"))
    assert low is not None and high is not None
    assert made_ready(low, now, kinematics) is low
    ready = made_ready(high, now, kinematics)
    assert ready.stages[0].name == READY
    assert ready.stages[0].goals == high.stages[0].along
    assert ready.stages[1:] == high.stages
