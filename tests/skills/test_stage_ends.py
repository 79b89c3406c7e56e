"""Where stages ended: the tool in its place or not, how it is turned, how far the fingers are open."""

import numpy as np
import pytest
from handsel.perception.scene import Scene
from handsel.planners.program import Stage
from handsel.planners.reach import reach
from handsel.planners.read import Vocabulary, read
from handsel.planners.situation import Situation, places
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.skills.stage_ends import FINGERS, WITHIN, measured_ends, measured_fingers
from pydrake.math import RigidTransform, RotationMatrix

from ..agent.scenes import make_scene, make_thing

SCENE = make_scene(make_thing("blue_bowl", 0.50, 0.20), make_thing("red_block", 0.45, -0.10))
KINEMATICS = Kinematics(load_model("panda"))
DOWN = RotationMatrix(np.diag([1.0, -1.0, -1.0]))


def stage(*lines: str) -> Stage:
    text = "def stage_1():\n" + "".join(f"    {one}\n" for one in lines)
    return read(text, Vocabulary.of(SCENE, maps=True)).stages[0]


def q_at(x: float, y: float, z: float, lean: float = 0.0) -> np.ndarray:
    model = KINEMATICS.model
    X_WG = RigidTransform(RotationMatrix.MakeYRotation(lean) @ DOWN, [x, y, z])
    q = reach(KINEMATICS, X_WG, model.q_home, model.lower, model.upper, model.q_home)
    assert q is not None
    return q


def now(q: np.ndarray, scene: Scene = SCENE) -> Situation:
    here = places(scene, "arm", KINEMATICS.tool_pose(q))
    return Situation(scene=scene, q=q, hand="arm", width=0.04, held=None, start=here, origin=here)


@pytest.mark.parametrize(("y", "met"), [(0.20, True), (0.23, True), (0.05, False)])
def test_over_the_bowl_is_measured_at_the_tool(y: float, met: bool) -> None:
    asked, planned = stage("toward(above(blue_bowl, cm(10)))"), q_at(0.5, 0.2, 0.16)
    (found,) = measured_ends(asked, now(q_at(0.5, y, 0.16)), planned, KINEMATICS)
    assert found.met is met and found.tolerance == WITHIN and found.unit == "m"
    # Half of the bowl is 3.75 cm to each side of its middle.
    assert found.residual == pytest.approx(max(0.0, 0.2 - 0.0375 - y), abs=1e-3)


def test_a_point_that_the_arm_could_not_be_at_is_measured_by_what_was_planned() -> None:
    asked, planned = stage("toward(red_block)"), q_at(0.45, -0.10, 0.05)
    (near,) = measured_ends(asked, now(planned), planned, KINEMATICS)
    (far,) = measured_ends(asked, now(q_at(0.45, -0.10, 0.12)), planned, KINEMATICS)
    assert near.met and near.tolerance == pytest.approx(0.03 + WITHIN, abs=1e-3)
    assert not far.met and far.residual == pytest.approx(0.10, abs=1e-3)


def test_a_thing_that_was_moved_meanwhile_is_where_it_is_now() -> None:
    moved = make_scene(make_thing("blue_bowl", 0.50, -0.05), make_thing("red_block", 0.45, -0.30))
    planned = q_at(0.5, 0.2, 0.16)
    (found,) = measured_ends(
        stage("toward(above(blue_bowl, cm(10)))"), now(planned, moved), planned, KINEMATICS
    )
    assert not found.met and found.residual > 0.15


def test_of_several_places_those_that_were_gone_to_count() -> None:
    asked = stage("toward(above(blue_bowl, cm(10)))", "toward(above(red_block, cm(10)), weight=0.5)")
    planned = q_at(0.5, 0.2, 0.16)
    (found,) = measured_ends(asked, now(planned), planned, KINEMATICS)
    assert "blue_bowl" in found.text and found.met


@pytest.mark.parametrize(("lean", "met"), [(0.0, True), (0.12, True), (0.3, False)])
def test_the_hand_faces_what_it_was_to(lean: float, met: bool) -> None:
    asked = stage("toward(above(blue_bowl, cm(10)))", "face(vec(0, 0, -1))")
    end = q_at(0.5, 0.2, 0.16, lean)
    _, found = measured_ends(asked, now(end), q_at(0.5, 0.2, 0.16), KINEMATICS)
    assert found.met is met and found.residual == pytest.approx(lean, abs=1e-3)


def test_a_stage_that_was_planned_to_end_turned_otherwise_is_not_held_to_it() -> None:
    asked = stage("goal(height(ee) >= cm(10))", "face(vec(0, 0, -1))")
    leaning = q_at(0.5, 0.2, 0.16, 0.3)
    assert measured_ends(asked, now(leaning), leaning, KINEMATICS) == ()
    (found,) = measured_ends(asked, now(leaning), q_at(0.5, 0.2, 0.16), KINEMATICS)
    assert not found.met


@pytest.mark.parametrize(("width", "met"), [(0.0, True), (FINGERS, True), (0.02, False)])
def test_fingers_are_as_far_open_as_was_said(width: float, met: bool) -> None:
    asked = stage("toward(above(blue_bowl, cm(10)))", 'grip("closed")')
    (found,) = measured_fingers(asked, now(q_at(0.5, 0.2, 0.16)), width, KINEMATICS)
    assert found.met is met
    assert measured_fingers(asked, now(q_at(0.5, 0.2, 0.16)), None, KINEMATICS) == ()
