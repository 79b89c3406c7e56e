"""A second table: what stands on it is meant and taken, things are put on it, and it is never moved."""

from dataclasses import replace

import numpy as np
import pytest
from handsel.agent.rules import write
from handsel.agent.rules.mind import RulesMind
from handsel.core.errors import CannotDo, InputError
from handsel.perception.scene import Scene, SupportPlane
from handsel.planners.read import Vocabulary, read
from handsel.robots.fake import FakeRobot
from handsel.skills.foresight import moved_thing, with_thing
from handsel.skills.pick import Pick
from handsel.skills.place import Place
from pydrake.math import RigidTransform

from .scenes import make_scene, make_thing

HIGH = 0.08
MIND = RulesMind()
SKILLS = ()


def two_tables() -> Scene:
    """A step 8 cm high on the person's right that carries a can and a block; a block and a ball below."""
    scene = make_scene(
        make_thing("red_block", 0.45, -0.20),
        make_thing("yellow_ball", 0.60, -0.10),
        make_thing("green_can", 0.45, 0.24, on="table_2", bottom=HIGH),
        make_thing("blue_block", 0.62, 0.32, on="table_2", bottom=HIGH),
        make_thing("table_2", 0.55, 0.30, kind="table", color="gray", size=(0.5, 0.3, HIGH)),
    )
    main = SupportPlane(name="table", X_WP=RigidTransform([0.55, 0.0, 0.0]), size=np.array([0.7, 1.0]))
    step = SupportPlane(name="table_2", X_WP=RigidTransform([0.55, 0.30, HIGH]), size=np.array([0.5, 0.3]))
    return replace(scene, planes=(main, step))


def said(instruction: str) -> list[str]:
    return [subtask.text for subtask in MIND.decompose(instruction, two_tables(), SKILLS)]


@pytest.mark.parametrize(
    ("instruction", "steps"),
    [
        ("put the red block on table_2", ["put red_block on table_2"]),
        ("put the red block on table 2", ["put red_block on table_2"]),
        ("put the red block on the second table", ["put red_block on table_2"]),
        ("put the red block on the other table", ["put red_block on table_2"]),
        ("put the can on the table", ["put green_can on table"]),
        ("remove the green can", ["put green_can on table"]),
        ("put the ball on table_2", ["put yellow_ball on table_2"]),
        ("pick up the block on table_2", ["pick up blue_block"]),
        ("pick up the block on the table", ["pick up red_block"]),
        ("put the red block next to the green can", ["put red_block next to green_can"]),
        ("stack the red block on the blue block", ["put red_block on blue_block"]),
        (
            "put everything on table_2",
            ["put yellow_ball on table_2", "put red_block on table_2"],
        ),
    ],
)
def test_instructions(instruction: str, steps: list[str]) -> None:
    assert said(instruction) == steps


@pytest.mark.parametrize(
    ("instruction", "error", "words"),
    [
        ("pick up table_2", CannotDo, "table_2 cannot be moved"),
        ("put the other table on the ball", CannotDo, "table_2 cannot be moved"),
        (
            "put the red block on the third table",
            CannotDo,
            "no such table here; there is: the table, table_2",
        ),
        ("put the green can on table_2", CannotDo, "already on table_2"),
        ("put the red block in table_2", CannotDo, "cannot hold"),
        ("put down the green can", CannotDo, "already stands on table_2"),
        ("put the red block on the gray table", InputError, "say 'the table' or table_2"),
    ],
)
def test_refusals(instruction: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        said(instruction)


def test_one_table_has_no_other() -> None:
    with pytest.raises(CannotDo, match="there is: the table"):
        MIND.decompose(
            "put the red block on the other table", make_scene(make_thing("red_block", 0.5, 0)), ()
        )


@pytest.mark.parametrize(
    ("step", "floor"),
    [
        ("put red_block on table_2", "height(table_2.top)"),
        ("put red_block next to green_can", "height(table_2.top)"),
        ("put red_block at 0.500 0.300", "height(table_2.top)"),
        ("put green_can on table", "height(table)"),
        ("put green_can next to red_block", "height(table)"),
    ],
)
def test_programs_set_things_down_on_the_right_level(step: str, floor: str) -> None:
    scene = two_tables()
    # Within 2.5 cm of coordinates there is no second spot to try.
    for variant in range(1 if " at " in step else 3):
        text = write.program(write.Step.read(step), scene, variant)
        read(text, Vocabulary.of(scene))
        assert f"<= {floor} + " in text and f">= {floor} + " in text


def test_spots_keep_off_the_edge_between_levels() -> None:
    scene = two_tables()
    for name, table in (("red_block", "table_2"), ("green_can", "table")):
        thing = scene.thing(name)
        radius = write.places.Footprint.of(thing).radius
        spots = list(write.places.near(scene, thing, thing.center[:2], table))
        assert len(spots) > 10
        inside = scene.planes[1].covers(np.array(spots), -radius)
        outside = ~scene.planes[1].covers(np.array(spots), radius)
        assert inside.all() if table == "table_2" else outside.all()


def test_skills_know_a_table_from_a_thing() -> None:
    scene, info, place = two_tables(), FakeRobot().info, Place()
    assert {"thing": "table_2"} not in Pick().candidates(scene)
    assert all(one["thing"] != "table_2" for one in place.candidates(scene))
    asked = {"thing": "red_block", "relation": "on", "reference": "table_2"}
    assert asked in place.candidates(scene)
    assert place.can(scene, asked, info).probability > 0.5
    assert Pick().can(scene, {"thing": "green_can"}, info).probability > 0.5
    assert "stays where it is" in Pick().can(scene, {"thing": "table_2"}, info).reason


def test_placing_on_a_second_table_is_judged_by_its_height() -> None:
    before, place = two_tables(), Place()
    asked = {"thing": "red_block", "relation": "on", "reference": "table_2"}
    block = before.thing("red_block")
    up = moved_thing(block, RigidTransform([0.55, 0.30, HIGH + 0.02]), "table_2")
    assert place.done(before, before, asked).probability < 0.5
    assert place.done(before, with_thing(before, up), asked).probability > 0.5
    back = {"thing": "red_block", "relation": "on", "reference": "table"}
    assert place.done(before, with_thing(before, up), back).probability < 0.5


def test_a_point_lies_over_the_highest_table() -> None:
    scene = two_tables()
    assert scene.table_at(np.array([0.5, 0.3, 1.0])) == "table_2" and scene.height_of("table_2") == HIGH
    assert scene.table_at(np.array([0.5, -0.3])) == "table" and scene.height_of("table") == 0.0
    assert scene.table_at(np.array([0.5, 0.16])) == "table_2"
    assert scene.table_at(np.array([0.5, 0.16]), 0.02) == "table"
    tray = replace(scene.planes[1], name="white_tray_floor", owner="white_tray")
    assert replace(scene, planes=(scene.planes[0], tray)).table_at(np.array([0.5, 0.3])) == "table"
