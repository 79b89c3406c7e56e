"""Pushing: what a stage wants pushed and how far, which side is touched, and when it counts as done."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.perception.articulation import Articulation
from handsel.perception.scene import Scene, Thing
from handsel.planners.program import Program
from handsel.planners.read import Vocabulary, read
from handsel.planners.settings import Settings
from handsel.planners.situation import Situation
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.robots.robot import ArmInfo, RobotInfo
from handsel.skills.foresight import begin
from handsel.skills.push import Push, program
from handsel.skills.push_goals import INSIDE, only_pushes, pushed, reached, wanted
from handsel.skills.push_plan import BEFORE, PushPlan, blocked, options, plan_push
from handsel.skills.pushing import DETOUR, turned, with_names
from pydrake.math import RigidTransform

from ..agent.players import q_look
from ..agent.scenes import make_scene, make_thing

KINEMATICS = Kinematics(load_model("panda"))
ROBOT = RobotInfo(
    name="test",
    arms=(
        ArmInfo(
            name="arm",
            model="panda",
            X_WR=RigidTransform(),
            joint_names=KINEMATICS.model.joint_names,
            has_gripper=True,
        ),
    ),
    cameras=(),
    simulated=True,
    lockstep=True,
)
NEAR_BOWL = "def stage_1():\n    goal(norm(xy(red_block.center) - xy(blue_bowl.center)) <= cm(10))\n"


def drawer(opened: float = 0.06) -> Thing:
    """Make a cabinet at x 0.3 whose drawer looks along x."""
    thing = make_thing("brown_drawer", 0.30, 0.1, size=(0.2, 0.2, 0.12))
    shut, out = np.array([0.40, 0.1, 0.06]), np.array([opened, 0.0, 0.0])
    parts = {"front": shut + out, "handle": shut + out + np.array([0.04, 0.0, 0.0]), "shut": shut}
    slide = Articulation(
        kind="prismatic",
        axis_W=np.array([1.0, 0.0, 0.0]),
        point_W=parts["handle"],
        radius=None,
        lower=-opened,
        upper=0.12 - opened,
        residual=None,
        source="handle",
    )
    return replace(thing, parts={**thing.parts, **parts}, articulation=slide)


def table(*more: Thing) -> Scene:
    return make_scene(make_thing("red_block", 0.50, -0.15), make_thing("blue_bowl", 0.50, 0.15), *more)


def situation(scene: Scene) -> Situation:
    return begin(scene, "arm", np.array(q_look()), 0.0, None, KINEMATICS)


def written(text: str, scene: Scene) -> Program:
    return read(text, Vocabulary.of(scene, ("arm",), {}))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (NEAR_BOWL, ("red_block",)),
        ("def stage_1():\n    grasp(red_block)\n    hold(red_block)\n", ()),
        ("def stage_1():\n    goal(norm(ee - red_block.center) <= cm(10))\n", ()),
    ],
)
def test_what_nothing_holds_and_a_goal_wants_elsewhere_is_pushed(text: str, names: tuple[str, ...]) -> None:
    found = written(text, table())
    assert pushed(found.stages[0]) == names
    assert only_pushes(found) == bool(names)
    assert not names or pushed(found.stages[0], held=names[0]) == ()


def test_the_least_shift_that_does_is_straight_and_ends_a_little_inside() -> None:
    scene = table()
    (stage,) = written(NEAR_BOWL, scene).stages
    now = situation(scene)
    shift = wanted(stage, scene.thing("red_block"), now)
    np.testing.assert_allclose(shift, [0.0, 0.30 - 0.10 + INSIDE, 0.0], atol=1e-3)
    assert not reached(stage, "red_block", now)
    there = make_scene(make_thing("red_block", 0.50, 0.06), scene.thing("blue_bowl"))
    assert reached(stage, "red_block", situation(there))


def test_a_drawer_goes_along_its_slide_only_as_far_as_it_is_open() -> None:
    scene = table(drawer(0.06))
    text = program(scene, {"thing": "brown_drawer", "relation": "shut", "reference": "brown_drawer"})
    (stage,) = written(text, scene).stages
    shift = wanted(stage, scene.thing("brown_drawer"), situation(scene))
    assert shift[1] == 0.0 and shift[2] == 0.0
    assert -0.066 <= shift[0] <= -0.05


def test_a_straight_face_is_pushed_on_and_an_oblique_way_is_gone_in_two() -> None:
    block = make_thing("red_block", 0.5, 0.0)
    (first, *_) = options(block, np.array([0.1, 0.0, 0.0]))
    np.testing.assert_allclose(first.touch_W, [0.48, 0.0, 0.02], atol=1e-9)
    np.testing.assert_allclose(first.way_W, [1.0, 0.0, 0.0], atol=1e-9)
    across = list(options(block, np.array([0.06, 0.08, 0.0])))
    assert [round(one.length, 6) for one in across] == [0.08, 0.06]
    assert all(np.allclose(one.face_W, one.way_W) for one in across)
    assert list(options(block, np.zeros(3))) == []


def test_what_is_round_is_pushed_the_way_that_it_has_to_go() -> None:
    can = make_thing("red_can", 0.5, 0.0)
    (only,) = options(can, np.array([0.06, 0.08, 0.0]))
    np.testing.assert_allclose(only.way_W, [0.6, 0.8, 0.0], atol=1e-9)
    np.testing.assert_allclose(only.touch_W[:2], [0.5 - 0.03 * 0.6, -0.03 * 0.8], atol=1e-9)


def test_nothing_is_pushed_into_something_else_but_into_its_fellows() -> None:
    scene = table(make_thing("green_box", 0.50, -0.04))
    (push, *_) = options(scene.thing("red_block"), np.array([0.0, 0.12, 0.0]))
    assert blocked(push, scene) == "green_box"
    assert blocked(push, scene, frozenset({"green_box"})) == ""
    assert blocked(replace(push, way_W=-push.way_W), scene) == ""


def test_a_planned_push_goes_straight_as_far_as_it_says_with_the_hand_low() -> None:
    scene = table()
    (push, *_) = options(scene.thing("red_block"), np.array([0.0, 0.08, 0.0]))
    plan = plan_push(push, situation(scene), KINEMATICS, np.random.default_rng(0), Settings())
    assert isinstance(plan, PushPlan), plan
    p = KINEMATICS.tool_poses(plan.forward.at(np.linspace(0.0, plan.forward.duration, 30))[0])[1]
    np.testing.assert_allclose(p[-1] - p[0], (BEFORE + 0.08) * push.way_W, atol=1e-3)
    assert np.abs(p[:, 0] - p[0, 0]).max() < 1.5e-3 and p[:, 2].max() < 0.04
    assert p[0, 1] < push.touch_W[1] - BEFORE
    np.testing.assert_allclose(plan.approach.q[-1], plan.forward.q[0], atol=1e-6)
    np.testing.assert_allclose(plan.forward.q[-1], plan.back.q[0], atol=1e-6)


def test_a_thing_taken_for_another_kind_keeps_its_name() -> None:
    before = make_scene(make_thing("red_ball", 0.5, 0.0), make_thing("blue_block", 0.5, 0.2))
    seen = make_scene(make_thing("red_block", 0.53, 0.0), make_thing("blue_block", 0.5, 0.2))
    assert {thing.name for thing in with_names(seen, before).things} == {"red_ball", "blue_block"}
    far = make_scene(make_thing("red_block", 0.5, -0.4), make_thing("blue_block", 0.5, 0.2))
    assert "red_ball" not in {thing.name for thing in with_names(far, before).things}


def test_a_detour_is_turned_and_short() -> None:
    shift = np.array([0.2, 0.0, 0.0])
    assert turned(shift, 0.0) is shift
    aside = turned(shift, np.pi / 2.0)
    np.testing.assert_allclose(aside, [0.0, DETOUR, 0.0], atol=1e-12)


@pytest.mark.parametrize(
    ("thing", "relation", "reference", "words"),
    [
        ("red_block", "to", "blue_bowl", "way is free"),
        ("red_block", "at", "0.5,0.9", "reach"),
        ("brown_drawer", "to", "blue_bowl", "only its drawer"),
        ("red_block", "shut", "red_block", "pushed shut"),
        ("brown_drawer", "shut", "brown_drawer", "way is free"),
    ],
)
def test_what_can_be_pushed(thing: str, relation: str, reference: str, words: str) -> None:
    scene = table(drawer())
    found = Push().can(scene, {"thing": thing, "relation": relation, "reference": reference}, ROBOT)
    assert words in found.reason
    assert (found.probability > 0.0) == ("free" in words)


def test_done_is_measured() -> None:
    to_bowl = {"thing": "red_block", "relation": "to", "reference": "blue_bowl"}
    scene = table()
    assert Push().done(scene, scene, to_bowl).probability < 0.5
    there = make_scene(make_thing("red_block", 0.50, 0.045), scene.thing("blue_bowl"))
    assert Push().done(scene, there, to_bowl).probability > 0.5
    shut = {"thing": "brown_drawer", "relation": "shut", "reference": "brown_drawer"}
    opened, closed = table(drawer(0.05)), table(drawer(0.0))
    assert Push().done(opened, opened, shut).probability < 0.5
    assert Push().done(opened, closed, shut).probability > 0.5
    gone = Push().done(scene, make_scene(scene.thing("blue_bowl")), to_bowl)
    assert gone.probability == 0.0 and "seen" in gone.reason


def test_every_candidate_has_a_program_that_only_pushes() -> None:
    scene = table(drawer())
    for arguments in Push().candidates(scene):
        assert only_pushes(written(program(scene, arguments), scene)), arguments
