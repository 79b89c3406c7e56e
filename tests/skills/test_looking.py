"""Ways home: what a program keeps away from is kept away from until the arm is at rest, as far as can be."""

import numpy as np
import pytest
from handsel.perception.scene import Scene
from handsel.planners.problem import build
from handsel.planners.reach import reach
from handsel.planners.read import Vocabulary, read
from handsel.planners.room import nearest_to
from handsel.planners.settings import Settings
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.robots.robot import ArmState
from handsel.skills.foresight import begin
from handsel.skills.looking import HOME, LookWays, kept_until_rest, way_to_look
from pydrake.math import RigidTransform, RotationMatrix

from ..agent.scenes import make_scene, make_thing

KINEMATICS = Kinematics(load_model("panda"))
MODEL = KINEMATICS.model
DOWN = RotationMatrix(np.diag([1.0, -1.0, -1.0]))


def at(x: float, y: float, z: float) -> ArmState:
    X_WG = RigidTransform(DOWN, [x, y, z])
    q = reach(KINEMATICS, X_WG, MODEL.q_home, MODEL.lower, MODEL.upper, MODEL.q_home)
    assert q is not None
    return ArmState(q=q, v=np.zeros_like(q), width=0.04)


def nearest(way: LookWays, state: ArmState, scene: Scene) -> float:
    """How near the arm comes to the block on its way."""
    (motion,) = way.motions
    situation = begin(scene, "arm", state.q, 0.04, None, KINEMATICS)
    world = build(HOME, situation, KINEMATICS, Settings()).room.world
    return nearest_to(world, motion.sampled(0.02)[1], "red_block", 0.0)


def test_the_way_home_leads_round_what_the_program_avoids() -> None:
    state = at(0.50, 0.40, 0.08)
    post = make_thing("red_block", 0.54, 0.14, size=(0.03, 0.03, 0.20))
    scene = make_scene(post, make_thing("blue_bowl", 0.6, -0.3))
    program = read(
        "def always():\n    avoid(red_block, cm(10))\ndef stage_1():\n    toward(above(blue_bowl, cm(10)))\n",
        Vocabulary.of(scene, maps=True),
    )
    rng = np.random.default_rng(0)
    plain = way_to_look(scene, "arm", state, None, KINEMATICS, rng)
    kept = way_to_look(scene, "arm", state, None, KINEMATICS, rng, kept_until_rest(program))
    assert isinstance(plain, LookWays) and isinstance(kept, LookWays)
    assert nearest(plain, state, scene) < 0.08, "the straight way passes it"
    assert kept.notes == () and nearest(kept, state, scene) >= 0.10


def test_an_arm_that_begins_near_goes_home_all_the_same_and_says_so() -> None:
    state = at(0.45, 0.20, 0.10)
    scene = make_scene(make_thing("red_block", 0.45, 0.20))
    text = "def stage_1():\n    avoid(red_block, cm(30))\n    toward(vec(0.5, -0.3, 0.3))\n"
    keeping = kept_until_rest(read(text, Vocabulary.of(scene, maps=True)))
    way = way_to_look(scene, "arm", state, None, KINEMATICS, np.random.default_rng(0), keeping)
    assert isinstance(way, LookWays)
    (note,) = way.notes
    assert note.startswith("avoid(red_block, 0.3) cannot be kept")
    np.testing.assert_allclose(way.motions[0].q[-1], MODEL.q_look, atol=1e-6)


def test_what_any_stage_says_holds_and_what_is_gone_does_not_matter() -> None:
    scene = make_scene(make_thing("red_block", 0.45, 0.20), make_thing("blue_bowl", 0.5, -0.2))
    text = (
        "def stage_1():\n    avoid(red_block, cm(5))\n    slow(blue_bowl, cm(10), 0.1)\n"
        "    toward(vec(0.5, -0.3, 0.3))\n"
        'def stage_2():\n    avoid(red_block, cm(8))\n    avoid(half(table, "left"))\n'
        "    toward(vec(0.5, 0, 0.3))\n"
    )
    keeping = kept_until_rest(read(text, Vocabulary.of(scene, maps=True)))
    assert [(one.thing, one.distance) for one in keeping.avoid] == [("red_block", 0.08)]
    assert len(keeping.avoid_regions) == 1 and len(keeping.slow) == 1
    bare = make_scene(make_thing("green_can", 0.6, 0.3))
    way = way_to_look(bare, "arm", at(0.5, 0.0, 0.2), None, KINEMATICS, np.random.default_rng(0), keeping)
    assert isinstance(way, LookWays)
    assert kept_until_rest(None) == HOME
    with pytest.raises(AttributeError):
        way.notes = ()  # type: ignore[misc]
