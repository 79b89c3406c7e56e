"""Maps become motion: the fields' way leads the arm; what is said of places is seen on the timed curve."""

import numpy as np
import pytest
from handsel.perception.scene import Scene
from handsel.planners.facing import CHECKED_FACING, TURN
from handsel.planners.plan import StagePlan, plan_stage
from handsel.planners.read import Vocabulary, read
from handsel.planners.settings import Settings
from handsel.planners.situation import Situation, places
from handsel.planners.solution import Infeasible
from handsel.robots.kinematics import Kinematics
from handsel.robots.models import load_model
from handsel.robots.shapes import distance

from .tabletop import block, bowl, can, scene, wall

SETTINGS = Settings()
TABLE = scene(
    block("red_block", 0.5, -0.25), bowl("blue_bowl", 0.5, 0.25), can("green_can", 0.5, 0.0, 0.035, 0.18)
)
OVER = "def stage_1():\n    toward(above(blue_bowl, cm(10)))\n"


@pytest.fixture(scope="module")
def kinematics() -> Kinematics:
    return Kinematics(load_model("panda"))


def plan(text: str, table: Scene, kinematics: Kinematics, width: float = 0.04) -> StagePlan:
    """Plan the first stage from over the block, at the other side of the can."""
    q = start(kinematics)
    here = places(table, "arm", kinematics.tool_pose(q))
    now = Situation(scene=table, q=q, hand="arm", width=width, held=None, start=here, origin=here)
    program = read(text, Vocabulary.of(table, maps=True))
    return plan_stage(program, 0, now, kinematics, np.random.default_rng(0), SETTINGS)


def start(kinematics: Kinematics) -> np.ndarray:
    from handsel.planners.reach import reach
    from pydrake.math import RigidTransform, RotationMatrix

    down = RotationMatrix(np.diag([1.0, -1.0, -1.0]))
    model = kinematics.model
    q = reach(
        kinematics,
        RigidTransform(down, [0.5, -0.25, 0.12]),
        model.q_home,
        model.lower,
        model.upper,
        model.q_home,
    )
    assert q is not None
    return q


def course(found: StagePlan, kinematics: Kinematics) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, tool points and tool rotations of the executed curve, each centisecond."""
    times = np.arange(0.0, found.motion.duration, 0.01)
    R, p = kinematics.tool_poses(found.motion.at(times)[0])
    return times, p, R


def test_the_way_leads_round_what_is_avoided_and_ends_over_the_target(kinematics: Kinematics) -> None:
    found = plan(OVER + "    avoid(green_can, cm(10))\n", TABLE, kinematics)
    assert found.path.method.startswith("field")
    _, p, _ = course(found, kinematics)
    end = kinematics.tool_pose(found.motion.q[-1]).translation()
    assert abs(end[2] - 0.152) < 0.016 and np.linalg.norm(end[:2] - [0.5, 0.25]) < 0.06
    shape = TABLE.thing("green_can").shapes[0]
    assert distance(shape, p).min() >= 0.10 + SETTINGS.least_clearance - 1e-6


def test_a_closed_target_is_a_refusal_in_words(kinematics: Kinematics) -> None:
    lid = wall("lid", 0.5, 0.25, (0.3, 0.3, 0.3))
    with pytest.raises(Infeasible, match=r"toward\(red_block\).*|unreachable") as refusal:
        plan("def stage_1():\n    toward(vec(0.5, 0.25, 0.1))\n", scene(lid), kinematics)
    assert "filled by lid" in str(refusal.value)


def test_the_hand_keeps_out_of_a_region_but_the_arm_may_pass(kinematics: Kinematics) -> None:
    text = OVER + "    avoid(near(green_can, cm(12)))\n"
    found = plan(text, TABLE, kinematics)
    _, p, _ = course(found, kinematics)
    assert distance(TABLE.thing("green_can").shapes[0], p).min() >= 0.12


def test_slow_is_kept_on_the_timed_curve_and_only_where_it_is_said(kinematics: Kinematics) -> None:
    speed = 0.1
    found = plan(OVER + f"    slow(green_can, cm(14), {speed})\n", TABLE, kinematics)
    times, p, _ = course(found, kinematics)
    v = np.linalg.norm(np.gradient(p, times, axis=0), axis=1)
    near = distance(TABLE.thing("green_can").shapes[0], p) <= 0.14
    assert near.sum() > 20
    assert v[near].max() <= 1.02 * speed
    assert v[~near].max() > 2.0 * speed


def test_slow_in_a_region(kinematics: Kinematics) -> None:
    found = plan(OVER + '    slow(half(table, "right", height=0.6), 0, 0.08)\n', TABLE, kinematics)
    times, p, _ = course(found, kinematics)
    v = np.linalg.norm(np.gradient(p, times, axis=0), axis=1)
    right = (p[:, 1] > 0.02) & (p[:, 2] < 0.6)
    assert right.sum() > 20 and v[right].max() <= 0.0816
    assert v[p[:, 1] < -0.05].max() > 0.16


def test_the_hand_faces_what_it_is_told_to_after_its_first_turn(kinematics: Kinematics) -> None:
    found = plan(OVER + "    face(direction(vec(0.3, 0, -1)))\n", TABLE, kinematics)
    _, p, R = course(found, kinematics)
    aim = np.array([0.3, 0.0, -1.0]) / np.linalg.norm([0.3, 0.0, -1.0])
    off = np.arccos(np.clip(R[:, :, 2] @ aim, -1.0, 1.0))
    turned = np.linalg.norm(p - p[0], axis=1) > TURN
    assert off[0] > 0.25
    assert turned.sum() > 20 and off[turned].max() <= CHECKED_FACING


def test_fingers_are_open_where_it_is_said(kinematics: Kinematics) -> None:
    found = plan(OVER + '    grip("open", where=near(blue_bowl, cm(20)))\n', TABLE, kinematics, width=0.06)
    times, p, _ = course(found, kinematics)
    inside = np.min([distance(shape, p) for shape in TABLE.thing("blue_bowl").shapes], axis=0) <= 0.20
    entered = times[np.argmax(inside)]
    (begin, width) = found.openings[0]
    assert width == pytest.approx(0.08, abs=1e-6) and 0.0 < begin < entered
    assert found.grip is not None and found.grip[0] == pytest.approx(0.08, abs=1e-6)


def test_a_region_that_has_to_be_entered_is_entered_no_deeper_and_that_is_said(
    kinematics: Kinematics,
) -> None:
    found = plan(OVER + "    avoid(near(blue_bowl, cm(20)))\n", TABLE, kinematics)
    (note,) = (one for one in found.path.notes if one.startswith("avoid("))
    assert note.startswith("avoid(near(blue_bowl, cm(20))) cannot be kept: the hand goes ")
    deep = float(note.partition("the hand goes ")[2].partition(" cm")[0])
    # The tool point ends 10 cm over the bowl, 10 cm inside; the fingers reach a little deeper.
    assert 9.0 <= deep <= 12.5
    end = kinematics.tool_pose(found.motion.q[-1]).translation()
    assert abs(end[2] - 0.152) < 0.016


def test_a_hand_that_begins_deep_inside_a_region_comes_no_deeper(kinematics: Kinematics) -> None:
    """Wherever it goes, nothing gives: it begins there, and that alone is said."""
    found = plan(OVER + '    avoid(half(table, "left", height=0.6))\n', TABLE, kinematics)
    assert any("the hand begins" in note and "it comes no deeper" in note for note in found.path.notes)
    assert not any("cannot be kept" in note for note in found.path.notes)
