"""Feasibility and verdicts of the named skills, against scenes with known answers."""

import numpy as np
import pytest
from handsel.perception.scene import Scene, Thing
from handsel.robots.fake import FakeRobot
from handsel.skills.foresight import moved_thing, with_thing
from handsel.skills.pick import Pick
from handsel.skills.place import Place
from handsel.skills.registry import make_skills
from pydrake.math import RigidTransform, RollPitchYaw

from ..agent.scenes import kitchen, loaded, make_scene, make_thing, shelfful

ROBOT = FakeRobot().info


def can_pick(scene: Scene, name: str) -> tuple[float, str]:
    found = Pick().can(scene, {"thing": name}, ROBOT)
    return found.probability, found.reason


def can_place(scene: Scene, thing: str, relation: str, reference: str) -> tuple[float, str]:
    arguments = {"thing": thing, "relation": relation, "reference": reference}
    found = Place().can(scene, arguments, ROBOT)
    return found.probability, found.reason


def test_free_things_within_reach_can_be_picked() -> None:
    for thing in kitchen().things:
        assert can_pick(kitchen(), thing.name)[0] > 0.5, thing.name


@pytest.mark.parametrize(
    ("thing", "says"),
    [
        (make_thing("red_block", 0.95, 0.0), "beyond the reach"),
        (make_thing("red_block", 0.15, 0.05), "too near"),
        (make_thing("red_box", 0.5, 0.0, kind="block", size=(0.1, 0.09, 0.08)), "9.0 cm wide"),
        (make_thing("red_block", 0.5, 0.0, on="hand"), "held already"),
    ],
)
def test_what_cannot_be_picked_and_why(thing: Thing, says: str) -> None:
    probability, reason = can_pick(make_scene(thing), thing.name)
    assert probability == 0.0 and says in reason


def test_what_carries_something_cannot_be_picked() -> None:
    probability, reason = can_pick(loaded(), "red_block")
    assert probability == 0.0 and "blue_block stands on red_block" in reason


def test_a_full_hand_takes_nothing_else() -> None:
    scene = make_scene(make_thing("red_block", 0.5, 0.0, on="hand"), make_thing("blue_block", 0.5, 0.2))
    assert "holds red_block" in can_pick(scene, "blue_block")[1]
    assert can_place(scene, "blue_block", "on", "table")[0] == 0.0
    assert can_place(scene, "red_block", "on", "table")[0] > 0.5


@pytest.mark.parametrize(
    ("scene", "thing", "relation", "reference", "says"),
    [
        (kitchen(), "blue_bowl", "on", "yellow_ball", "round on top"),
        (kitchen(), "red_block", "in", "green_block", "has no inside"),
        (kitchen(), "blue_bowl", "in", "green_mug", "does not fit"),
        (shelfful(), "red_block_1", "on", "cyan_bottle", "too narrow"),
        (kitchen(), "yellow_ball", "on", "red_block", "roll off"),
        (kitchen(), "red_block", "at", "1.50,0.00", "beyond the reach"),
        (kitchen(), "red_block", "next to", "red_block", "itself"),
        (kitchen(), "red_block", "in", "table", "nothing is placed in the table"),
    ],
)
def test_what_cannot_be_placed_and_why(
    scene: Scene, thing: str, relation: str, reference: str, says: str
) -> None:
    probability, reason = can_place(scene, thing, relation, reference)
    assert probability == 0.0 and says in reason


def test_a_full_bowl_takes_nothing_more() -> None:
    balls = [
        make_thing(f"{color}_ball", 0.5 + x, 0.1 + y, on="blue_bowl", inside="blue_bowl", bottom=0.005)
        for color, x, y in (
            ("red", 0.03, 0.0),
            ("green", -0.03, 0.0),
            ("pink", 0.0, 0.035),
            ("white", 0.0, -0.03),
        )
    ]
    scene = make_scene(make_thing("blue_bowl", 0.5, 0.1), *balls, make_thing("black_ball", 0.5, -0.2))
    probability, reason = can_place(scene, "black_ball", "in", "blue_bowl")
    assert probability == 0.0 and "blue_bowl is full" in reason
    emptier = make_scene(make_thing("blue_bowl", 0.5, 0.1), balls[0], make_thing("black_ball", 0.5, -0.2))
    assert can_place(emptier, "black_ball", "in", "blue_bowl")[0] > 0.5


def after(scene: Scene, name: str, p_WO: list[float], on: str = "table") -> Scene:
    thing = scene.thing(name)
    return with_thing(scene, moved_thing(thing, RigidTransform(thing.X_WO.rotation(), p_WO), on))


def placed(scene: Scene, now: Scene, thing: str, relation: str, reference: str) -> bool:
    arguments = {"thing": thing, "relation": relation, "reference": reference}
    found = Place().done(scene, now, arguments)
    assert any(character.isdigit() for character in found.reason), "a verdict has numbers in it"
    return found.probability > 0.5


# red_block is 4 cm, blue_bowl 15 cm wide and 6 cm high at (0.55, 0.15), opening 6.7 cm in radius.
@pytest.mark.parametrize(
    ("p_WO", "inside"),
    [
        ([0.55, 0.15, 0.03], True),
        ([0.58, 0.17, 0.045], True),
        ([0.55, 0.15, 0.075], True),
        ([0.55, 0.15, 0.15], False),
        ([0.63, 0.15, 0.03], False),
        ([0.45, 0.15, 0.02], False),
    ],
)
def test_in(p_WO: list[float], inside: bool) -> None:
    scene = kitchen()
    assert placed(scene, after(scene, "red_block", p_WO), "red_block", "in", "blue_bowl") is inside


# green_block is 5 cm, at (0.40, -0.10).
@pytest.mark.parametrize(
    ("p_WO", "on"),
    [
        ([0.40, -0.10, 0.07], True),
        ([0.41, -0.09, 0.075], True),
        ([0.40, -0.10, 0.09], False),
        ([0.44, -0.10, 0.07], False),
        ([0.44, -0.10, 0.02], False),
    ],
)
def test_on(p_WO: list[float], on: bool) -> None:
    scene = kitchen()
    assert placed(scene, after(scene, "red_block", p_WO), "red_block", "on", "green_block") is on


@pytest.mark.parametrize(
    ("relation", "p_WO", "holds"),
    [
        ("next to", [0.40, -0.20, 0.02], True),
        ("next to", [0.40, -0.30, 0.02], False),
        ("next to", [0.40, -0.10, 0.07], False),
        ("left of", [0.40, -0.20, 0.02], True),
        ("left of", [0.40, 0.00, 0.02], False),
        ("left of", [0.55, -0.15, 0.02], False),
        ("right of", [0.42, 0.00, 0.02], True),
        ("behind", [0.30, -0.10, 0.02], True),
        ("in front of", [0.50, -0.10, 0.02], True),
        ("in front of", [0.30, -0.10, 0.02], False),
        ("in front of", [0.40, -0.10, 0.07], False),
    ],
)
def test_beside(relation: str, p_WO: list[float], holds: bool) -> None:
    scene = kitchen()
    now = after(scene, "red_block", p_WO, on="green_block" if p_WO[2] > 0.05 else "table")
    assert placed(scene, now, "red_block", relation, "green_block") is holds


def test_between_and_at_and_on_the_table() -> None:
    scene = kitchen()
    middle = after(scene, "red_block", [0.475, 0.025, 0.02])
    assert placed(scene, middle, "red_block", "between", "green_block,blue_bowl")
    aside = after(scene, "red_block", [0.60, -0.20, 0.02])
    assert not placed(scene, aside, "red_block", "between", "green_block,blue_bowl")
    assert placed(scene, aside, "red_block", "at", "0.610,-0.200")
    assert not placed(scene, aside, "red_block", "at", "0.640,-0.200")
    assert placed(scene, aside, "red_block", "on", "table")
    assert not placed(scene, after(scene, "red_block", [0.6, -0.2, 0.09]), "red_block", "on", "table")


def test_what_is_still_held_is_not_placed() -> None:
    scene = kitchen()
    now = after(scene, "red_block", [0.55, 0.15, 0.05], on="hand")
    found = Place().done(scene, now, {"thing": "red_block", "relation": "in", "reference": "blue_bowl"})
    assert found.probability == 0.0 and "still in the hand" in found.reason


@pytest.mark.parametrize(
    ("p_WO", "on", "picked"),
    [
        ([0.50, -0.30, 0.14], "hand", True),
        ([0.50, -0.30, 0.04], "hand", False),
        ([0.50, -0.30, 0.02], "table", False),
        ([0.50, -0.20, 0.02], "table", False),
    ],
)
def test_picked(p_WO: list[float], on: str, picked: bool) -> None:
    scene = kitchen()
    found = Pick().done(scene, after(scene, "red_block", p_WO, on), {"thing": "red_block"})
    assert (found.probability > 0.5) is picked


def test_candidates_cover_everything_once() -> None:
    scene = make_scene(
        *(make_thing(f"{c}_block", 0.5, y) for c, y in (("red", 0.0), ("blue", 0.1), ("pink", 0.2)))
    )
    found = [tuple(sorted(one.items())) for one in Place().candidates(scene)]
    assert len(found) == len(set(found)) == 3 * (7 * 2 + 1 + 1)
    assert len(Pick().candidates(scene)) == 3


def test_specs_are_what_prompts_need() -> None:
    for skill in make_skills():
        assert skill.spec.purpose.endswith(".") and skill.spec.name.isidentifier()


def test_moved_thing_takes_everything_along() -> None:
    thing = make_thing("red_block", 0.5, 0.1)
    X_WO = RigidTransform(RollPitchYaw(0.0, 0.0, 0.7), [0.4, -0.2, 0.3])
    moved = moved_thing(thing, X_WO, "hand")
    X_OW = thing.X_WO.inverse()
    for part, p_W in thing.parts.items():
        assert np.allclose(moved.parts[part], X_WO @ (X_OW @ p_W))
    assert np.allclose(moved.shapes[0].X_WS.translation(), X_WO.translation()) and moved.on == "hand"
