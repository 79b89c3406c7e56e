"""Verdicts: geometry first, then goals, then the mind, and never the motion's end alone."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.agent.judge import judge, judge_goals
from handsel.agent.mind import Subtask, Verdict
from handsel.perception.scene import Scene
from handsel.planners.program import Program
from handsel.planners.read import Vocabulary, read
from handsel.skills.foresight import moved_thing, with_thing
from handsel.skills.skill import Feasibility
from handsel.skills.stage_ends import EndMet
from pydrake.math import RigidTransform

from .players import ScriptedMind, ScriptedSkill, no, yes
from .scenes import kitchen

UNSURE = Feasibility(probability=0.5, reason="hard to say")
STEP = Subtask(text="push red_block")


def program(text: str) -> Program:
    return read(text, Vocabulary.of(kitchen()))


PUSH = """
def stage_1():
    goal(norm(ee - red_block.center) <= cm(3))

def stage_2():
    goal(norm(xy(red_block.center - origin(red_block.center)) - vec(0.1, 0)) <= cm(1))
    goal(height(ee) >= cm(5))
"""


def pushed(by: float) -> Scene:
    block = kitchen().thing("red_block")
    X_WO = RigidTransform(block.X_WO.rotation(), block.X_WO.translation() + np.array([by, 0.0, 0.0]))
    return with_thing(kitchen(), moved_thing(block, X_WO, "table"))


class Opinionated(ScriptedMind):
    def judge(self, subtask: Subtask, before: Scene, after: Scene) -> Verdict | None:
        return Verdict(success=True, reason="looks fine", by="scripted")


def verdict(
    found: Feasibility, plan: Program | None, after: Scene, mind: ScriptedMind | None = None
) -> Verdict:
    skill = ScriptedSkill("push", verdicts=[found])
    return judge(STEP, skill, {}, plan, kitchen(), after, mind or ScriptedMind("x"))


def test_geometry_is_believed_before_anyone_else() -> None:
    assert not verdict(no("it lies beside"), program(PUSH), pushed(0.1), Opinionated("x")).success
    sure = verdict(yes("it lies inside"), program(PUSH), pushed(0.0))
    assert sure.success and sure.by == "geometry" and sure.reason == "it lies inside"


@pytest.mark.parametrize(("by", "success"), [(0.1, True), (0.105, True), (0.06, False), (0.0, False)])
def test_goals_are_measured_where_things_lie_now(by: float, success: bool) -> None:
    found = verdict(UNSURE, program(PUSH), pushed(by))
    assert found.success is success and "nearest to failing: norm(xy(red_block" in found.reason


def test_only_the_last_stage_that_speaks_of_a_thing_counts() -> None:
    text = """
def stage_1():
    goal(height(red_block.bottom) >= cm(20))

def stage_2():
    goal(height(red_block.bottom) <= cm(1))
"""
    found = judge_goals(program(text), kitchen(), kitchen())
    assert found is not None and found.success and "of 1 goals 1 hold" in found.reason


def test_goals_of_the_hand_alone_tell_nothing() -> None:
    assert (
        judge_goals(program("def stage_1():\n    goal(height(ee) >= cm(5))\n"), kitchen(), kitchen()) is None
    )


def test_the_mind_is_asked_last() -> None:
    assert verdict(UNSURE, None, kitchen(), Opinionated("x")).by == "scripted"


def test_a_motion_s_end_is_no_success() -> None:
    found = verdict(UNSURE, None, kitchen())
    assert not found.success and "hard to say" in found.reason


def test_what_is_out_of_sight_has_failed() -> None:
    rest = tuple(thing for thing in kitchen().things if thing.name != "red_block")
    found = verdict(UNSURE, program(PUSH), replace(kitchen(), things=rest))
    assert not found.success and "cannot be seen" in found.reason


def test_height_of_the_table() -> None:
    text = "def stage_1():\n    goal(height(red_block.bottom) <= height(table) + cm(1))\n"
    found = judge_goals(program(text), kitchen(), kitchen())
    assert found is not None and found.success
    assert np.isclose(kitchen().table.height, 0.0)


OVER = """
def stage_1():
    toward(above(red_block, cm(10)))

def stage_2():
    toward(vec(0.5, 0, 0.3))
    goal(norm(xy(red_block.center - origin(red_block.center))) <= cm(1))
"""


def ended(*far: float) -> dict[int, tuple[EndMet, ...]]:
    """Ends of stages, each so far from its place."""
    return {
        number: (EndMet(text=f"toward({number})", residual=one, tolerance=0.015, unit="m"),)
        for number, one in enumerate(far)
    }


def with_places(text: str) -> Program:
    return read(text, Vocabulary.of(kitchen(), maps=True))


@pytest.mark.parametrize(
    ("far", "success"), [((0.0, 0.004), True), ((0.0, 0.08), False), ((0.08, 0.0), False)]
)
def test_where_stages_ended_is_reported_like_goals(far: tuple[float, ...], success: bool) -> None:
    found = judge_goals(with_places(OVER), kitchen(), kitchen(), ended(*far))
    assert found is not None and found.success is success and found.by == "geometry"
    assert f"of 3 goals {3 if success else 2} hold" in found.reason
    assert success or ("toward(" in found.reason and "by 0.0800 of 0.0150" in found.reason)


def test_a_stage_that_never_ended_has_not_been_done() -> None:
    found = judge_goals(with_places(OVER), kitchen(), kitchen(), ended(0.0))
    assert found is not None and not found.success
    assert "stage_2 never came to its end: toward(vec(0.5, 0, 0.3))" in found.reason


def test_ends_alone_are_enough_and_nobody_measuring_tells_nothing() -> None:
    alone = with_places("def stage_1():\n    toward(vec(0.5, 0, 0.3))\n")
    found = judge_goals(alone, kitchen(), kitchen(), ended(0.001))
    assert found is not None and found.success
    assert judge_goals(alone, kitchen(), kitchen()) is None
