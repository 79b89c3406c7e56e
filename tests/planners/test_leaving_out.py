"""A program without its maps or its constraints is the same program in everything else."""

import pytest
from handsel.planners.leaving_out import leaving_out
from handsel.planners.program import Program
from handsel.planners.read import Vocabulary, read

from ..agent.scenes import make_scene, make_thing

SCENE = make_scene(make_thing("red_mug", 0.50, -0.10), make_thing("blue_bowl", 0.50, 0.15))
TEXT = """
def always():
    avoid(blue_bowl, cm(5))

def stage_1():
    toward(above(blue_bowl, cm(15)))
    face(vec(0, 0, -1))

def stage_2():
    slow(red_mug, 0.1, 0.1)
    grasp(red_mug)

def stage_3():
    along(tilt(red_mug.bottom, red_mug.top) <= degrees(10))
    goal(height(red_mug.bottom) >= cm(10))
    hold(red_mug)
"""


@pytest.fixture(scope="module")
def program() -> Program:
    return read(TEXT, Vocabulary.of(SCENE, ("arm",), {}, maps=True))


def test_what_is_said_of_places_is_gone_and_what_only_went_somewhere_too(program: Program) -> None:
    bare = leaving_out(program, {"maps"})
    assert [stage.name for stage in bare.stages] == ["stage_2", "stage_3"]
    for stage in bare.stages:
        said = (stage.toward, stage.avoid, stage.avoid_regions, stage.slow, stage.slow_regions)
        assert not any((*said, stage.face, stage.grip))
    assert bare.stages[1].along == program.stages[2].along and bare.stages[1].goals == program.stages[2].goals
    assert bare.stages[0].grasps == program.stages[1].grasps and bare.text == program.text


def test_what_is_to_hold_on_the_way_is_gone_and_nothing_else(program: Program) -> None:
    bare = leaving_out(program, {"constraints"})
    assert all(not stage.along for stage in bare.stages) and program.stages[2].along
    assert bare.stages[0] == program.stages[0] and bare.stages[2].goals == program.stages[2].goals


def test_nothing_left_out_is_the_same_program(program: Program) -> None:
    assert leaving_out(program, {"can", "watch"}) is program


def test_a_program_that_only_goes_somewhere_is_not_empty() -> None:
    text = "def stage_1():\n    toward(above(blue_bowl, cm(15)))\n"
    program = read(text, Vocabulary.of(SCENE, ("arm",), {}, maps=True))
    assert len(leaving_out(program, {"maps"}).stages) == 1
