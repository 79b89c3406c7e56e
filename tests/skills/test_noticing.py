"""What a stage counts on: what of it has moved, what is lost, and whether a stage can begin."""

import numpy as np
import pytest
from handsel.perception.tracking import Tracked, TrackedThing
from handsel.planners.program import Program
from handsel.planners.read import Vocabulary, read
from handsel.planners.settings import Settings
from handsel.planners.situation import Held, Situation
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.skills.foresight import begin
from handsel.skills.noticing import MOVED, as_tracked, begins, displaced, ends_here, lost, spoken_of
from pydrake.math import RigidTransform

from ..agent.players import q_look
from ..agent.scenes import make_scene, make_thing

SCENE = make_scene(
    make_thing("red_block", 0.50, -0.10),
    make_thing("blue_bowl", 0.50, 0.15),
    make_thing("green_mug", 0.40, 0.0),
    make_thing("brown_drawer", 0.65, 0.0, size=(0.1, 0.1, 0.1)),
)
TEXT = """
def stage_1():
    grasp(red_block)

def stage_2():
    goal(height(red_block.bottom) >= height(blue_bowl.opening))
    along(height(ee) >= {least})
    avoid(green_mug, cm(3))
    release(red_block)
"""


def program(least: str = "cm(10)") -> Program:
    return read(TEXT.replace("{least}", least), Vocabulary.of(SCENE, ("arm",), {}))


def tracked(name: str, by: float, state: str = "seen") -> Tracked:
    X_WO = RigidTransform([by, 0.0, 0.0]) @ SCENE.thing(name).X_WO
    thing = TrackedThing(X_WO=X_WO, health=0.9, state=state, shift=by)  # type: ignore[arg-type]
    return Tracked(time=0.0, things={name: thing}, keypoints={})


def test_a_stage_speaks_of_what_it_grasps_measures_avoids_and_lets_go() -> None:
    first, second = program().stages
    assert spoken_of(first) == ("red_block",)
    assert set(spoken_of(second)) == {"red_block", "blue_bowl", "green_mug"}


@pytest.mark.parametrize(
    ("name", "by", "state", "held", "found"),
    [
        ("red_block", 0.08, "seen", None, True),
        ("red_block", MOVED - 1e-4, "seen", None, False),
        ("red_block", 0.08, "seen", "red_block", False),
        ("red_block", 0.08, "occluded", None, False),
        ("red_block", 0.08, "lost", None, False),
        ("brown_drawer", 0.08, "seen", None, False),
    ],
)
def test_what_counts_as_elsewhere(name: str, by: float, state: str, held: str | None, found: bool) -> None:
    away = displaced(SCENE, tracked(name, by, state), held)
    assert away == ({name: pytest.approx(by)} if found else {})
    moved = as_tracked(SCENE, tracked(name, by, state), held).thing(name)
    shift = moved.parts["top"] - SCENE.thing(name).parts["top"]
    np.testing.assert_allclose(shift, [by if found else 0.0, 0.0, 0.0], atol=1e-12)


def test_nothing_is_said_where_nothing_is_tracked() -> None:
    assert displaced(SCENE, None, None) == {} and lost(None, ("red_block",), None) == ()
    assert as_tracked(SCENE, None, None) is SCENE


def test_what_is_lost() -> None:
    gone = tracked("red_block", 0.0, "lost")
    assert lost(gone, ("red_block", "blue_bowl"), None) == ("red_block",)
    assert lost(gone, ("blue_bowl",), None) == () and lost(gone, ("red_block",), "red_block") == ()


def situation(held: bool) -> tuple[Situation, Kinematics]:
    kinematics = Kinematics(load_model("panda"))
    q = np.array(q_look())
    thing = SCENE.thing("red_block")
    taken = Held.at(thing, thing.X_WO, 0.04) if held else None
    return begin(SCENE, "arm", q, 0.08, taken, kinematics), kinematics


def test_a_stage_begins_where_the_hand_holds_what_it_needs_and_its_path_constraints_hold() -> None:
    empty, kinematics = situation(False)
    holding, _ = situation(True)
    first, second = program().stages
    assert begins(first, empty, empty, kinematics) == ""
    assert "holds red_block, not nothing" in begins(first, empty, holding, kinematics)
    assert "holds nothing, not red_block" in begins(second, holding, empty, kinematics)
    assert begins(second, holding, holding, kinematics) == ""
    high = program("cm(95)").stages[1]
    assert "height(ee) >= cm(95) does not hold" in begins(high, holding, holding, kinematics)


def test_a_stage_ends_here_where_its_goals_hold_and_it_grasps_nothing() -> None:
    text = """
def stage_1():
    goal(height(ee) {op} cm(10))

def stage_2():
    grasp(red_block)
    hold(red_block)
"""
    empty, kinematics = situation(False)
    words = Vocabulary.of(SCENE, ("arm",), {})
    met, grasp = read(text.replace("{op}", ">="), words).stages
    unmet = read(text.replace("{op}", "<="), words).stages[0]
    assert ends_here(met, empty, kinematics, Settings())
    assert not ends_here(unmet, empty, kinematics, Settings())
    assert not ends_here(grasp, empty, kinematics, Settings())
