"""Programs for several hands: whose hand is meant, where to go on, what begins together, what ends a run."""

from collections.abc import Mapping

import pytest
from handsel.core.errors import Retryable
from handsel.perception.scene import Scene
from handsel.planners.situation import Held
from handsel.robots.arm_group import ArmGroup
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.skills.hands_program import holdings, readings
from pydrake.math import RigidTransform

from ..agent.scenes import make_scene, make_thing

HAND_OVER = """
def stage_1():
    grasp(blue_bottle, hand=left)
def stage_2():
    goal(height(blue_bottle.center) >= cm(25))
def stage_3():
    grasp(blue_bottle, hand=right)
def stage_4():
    release(blue_bottle, hand=left)
def stage_5():
    goal(height(blue_bottle.bottom) <= mm(5))
    release(blue_bottle)
"""
PICK = """
def stage_1():
    grasp(red_block)
def stage_2():
    goal(height(ee) >= cm(20))
    hold(red_block)
"""


@pytest.fixture(scope="module")
def group() -> ArmGroup:
    model = load_model("panda")
    return ArmGroup(
        {
            name: Kinematics(model, RigidTransform([0.0, y, 0.0]))
            for name, y in (("left", 0.35), ("right", -0.35))
        }
    )


def table() -> Scene:
    return make_scene(make_thing("blue_bottle", 0.5, 0.2), make_thing("red_block", 0.5, -0.2))


def in_hand(scene: Scene, thing: str) -> Held:
    return Held.at(scene.thing(thing), RigidTransform([0.5, 0.0, 0.3]), 0.04)


def read_all(text: str, group: ArmGroup, held: Mapping[str, str] | None = None) -> list[tuple[int, set[str]]]:
    scene = table()
    holding = {hand: in_hand(scene, thing) for hand, thing in (held or {}).items()}
    return [
        (one.first, {act.hand for stage in one.program.stages for act in stage.grasps})
        for one in readings(text, scene, group, holding)
    ]


def test_a_text_that_names_hands_has_one_reading(group: ArmGroup) -> None:
    assert read_all(HAND_OVER, group) == [(0, {"left", "right"})]


@pytest.mark.parametrize(("thing", "first"), [("red_block", "right"), ("blue_bottle", "left")])
def test_a_text_that_names_none_is_for_the_nearer_hand_first(group: ArmGroup, thing: str, first: str) -> None:
    hands = [hand for _, (hand,) in read_all(PICK.replace("red_block", thing), group)]
    assert hands[0] == first and set(hands) == {"left", "right"}


def test_what_a_hand_holds_is_put_down_by_that_hand(group: ArmGroup) -> None:
    text = "def stage_1():\n    goal(height(red_block.bottom) <= mm(5))\n    release(red_block)\n"
    scene = table()
    (one,) = readings(text, scene, group, {"left": in_hand(scene, "red_block")})
    assert one.program.stages[0].releases[0].hand == "left"


@pytest.mark.parametrize(
    ("held", "first"),
    [
        ({"left": "blue_bottle"}, 2),
        ({"left": "blue_bottle", "right": "blue_bottle"}, 3),
        ({"right": "blue_bottle"}, 4),
    ],
)
def test_it_goes_on_with_the_latest_stage_that_begins_with_what_the_hands_hold(
    group: ArmGroup, held: Mapping[str, str], first: int
) -> None:
    ((index, _),) = read_all(HAND_OVER, group, held)
    assert index == first


def test_hands_that_hold_something_else_cannot_begin(group: ArmGroup) -> None:
    with pytest.raises(Retryable, match="left already holds red_block"):
        read_all(HAND_OVER, group, {"left": "red_block"})


def test_what_each_hand_holds_is_followed(group: ArmGroup) -> None:
    (one,) = readings(HAND_OVER, table(), group, {})
    b = "blue_bottle"
    assert holdings(one.program) == [{}, {"left": b}, {"left": b}, {"left": b, "right": b}, {"right": b}]


def test_what_cannot_be_read_for_any_hand_is_refused(group: ArmGroup) -> None:
    with pytest.raises(Retryable, match="unicorn"):
        read_all("def stage_1():\n    grasp(unicorn)\n    hold(unicorn)\n", group)
