"""The suites stay_away and household: what is drawn, what is judged, and who reaches in."""

from pathlib import Path

import numpy as np
import pytest
from handsel.agent.program_mind import ProgramMind, all_meant, meant
from handsel.core.errors import CannotDo, InputError
from handsel.sim.episodes import TaskSuite
from handsel.sim.household_judges import AWAY, household, nearest_to
from handsel.sim.scenes import SceneSpec, ThingSpec
from handsel.sim.suite import SUITES
from handsel.sim.suites.household import PULLED
from handsel.sim.suites.stay_away import BETWEEN, far_enough
from handsel.sim.world import World

from ..agent.scenes import make_scene, make_thing

OUT = np.array([1.0, 0.0, 0.0])


def suite_of_tasks(name: str) -> TaskSuite:
    suite = SUITES.load(name)
    assert isinstance(suite, TaskSuite)
    return suite


def task(kind: str, target: str, reference: str | None = None, *others: str) -> dict[str, object]:
    return {"kind": kind, "target": target, "reference": reference, "others": list(others)}


@pytest.fixture(scope="module")
def world() -> World:
    """A cabinet that stands open, and a bottle with its cap."""
    things = (
        ThingSpec(id="drawer", kind="drawer", color="brown", x=0.30, y=0.20, opening=0.06),
        ThingSpec(
            id="bottle", kind="bottle", color="blue", x=0.45, y=-0.05, size={"radius": 0.028, "height": 0.17}
        ),
        ThingSpec(
            id="cap",
            kind="cap",
            color="red",
            x=0.45,
            y=-0.05,
            size={"radius": 0.0191, "height": 0.028},
            on="bottle",
        ),
    )
    return World(SceneSpec(name="household", things=things))


@pytest.fixture(scope="module")
def bits() -> World:
    """A box with a bit near it and one far off."""
    things = (
        ThingSpec(id="bin", kind="box", color="white", x=0.60, y=-0.20),
        ThingSpec(id="near", kind="bit", color="green", x=0.60, y=-0.09),
        ThingSpec(id="far", kind="bit", color="pink", x=0.40, y=-0.27),
    )
    return World(SceneSpec(name="bits", things=things))


@pytest.mark.parametrize("suite", ["stay_away", "household"])
def test_tasks_are_the_same_again_and_name_what_is_there(suite: str) -> None:
    found = suite_of_tasks(suite)
    for number in range(5):
        one, again = found.task(7, number), found.task(7, number)
        assert one == again
        ids = {thing.id for thing in one.scene.things}
        assert {one.target, *one.others, *([one.reference] if one.reference else [])} <= ids
    assert found.task(7, 0).scene != found.task(8, 0).scene


def test_c_is_in_the_way_and_the_hand_has_room_at_a_and_b() -> None:
    for number in range(8):
        one = suite_of_tasks("stay_away").task(3, number)
        assert one.reference is not None
        a, b, c = (one.scene.thing(name) for name in (one.target, one.reference, one.others[0]))
        places = {thing.id: np.array([thing.x, thing.y]) for thing in (a, b, c)}
        assert far_enough(a, b, c, places)
        line = places[b.id] - places[a.id]
        off = places[c.id] - places[a.id]
        assert abs(line[0] * off[1] - line[1] * off[0]) / np.linalg.norm(line) < BETWEEN


def test_every_kind_has_a_program_that_hears_its_instruction() -> None:
    suite = suite_of_tasks("household")
    mind = ProgramMind(Path(suite.mind.removeprefix("program:")))
    for number in range(len(suite.kinds)):
        said = suite.task(5, number).instruction
        assert any(template.heard(said) is not None for template in mind._templates), said


def test_several_things_fill_one_slot_and_a_noun_without_a_shape_means_the_colour() -> None:
    scene = make_scene(
        make_thing("red_block", 0.5, 0.0),
        make_thing("blue_ball", 0.5, 0.2),
        make_thing("white_box", 0.4, 0.3),
    )
    assert all_meant("red bit, the blue bit and the white bit", scene) == "red_block, blue_ball, white_box"
    assert meant("red fork", scene).name == "red_block"
    with pytest.raises(CannotDo):
        meant("green fork", scene)


def test_somebody_pulls_a_drawer_and_it_counts_as_shut_only_when_it_is(world: World) -> None:
    opened = world.opening("drawer")
    world.disturb("drawer", PULLED * OUT)
    assert world.opening("drawer") == pytest.approx(opened + PULLED, abs=1e-6)
    assert not household(world, task("close_drawer", "drawer"))["success"]
    with pytest.raises(InputError, match="slides from"):
        world.disturb("drawer", 0.5 * OUT)
    world.disturb("drawer", -world.opening("drawer") * OUT)
    found = household(world, task("close_drawer", "drawer"))
    assert found["success"] and found["wrong_touched"] == 0, found["reason"]


def test_a_cap_stays_on_and_its_bottle_stays_when_it_is_lifted(world: World) -> None:
    found = household(world, task("open_bottle", "cap", "bottle"))
    assert not found["success"]
    truth = world.truth()
    top = truth["bottle"].translation()[2] + 0.085
    assert truth["cap"].translation()[2] == pytest.approx(top + 0.018 - 0.014, abs=0.002)
    world.disturb("cap", np.array([0.0, 0.0, 0.06]) + 0.08 * OUT)
    found = household(world, task("open_bottle", "cap", "bottle"))
    assert found["success"], found["reason"]


def test_all_bits_have_to_be_at_the_bin(bits: World) -> None:
    found = household(bits, task("sweep", "near", "bin"))
    assert found["success"], found["reason"]
    found = household(bits, task("sweep", "near", "bin", "far"))
    assert not found["success"] and "1 of 2 bits" in found["reason"]


def test_the_distance_of_the_robot_from_a_thing_is_measured_to_its_surface(bits: World) -> None:
    nearest, what = nearest_to(bits, "bin", "far")
    assert AWAY < nearest < 1.0 and what.startswith("panda_")
    tip = bits.plant.GetBodyByName("panda_hand_tcp")
    context = bits.plant.CreateDefaultContext()
    bits.plant.SetPositions(context, bits.log()[-1].positions)
    away = bits.plant.EvalBodyPoseInWorld(context, tip).translation() - bits.truth()["bin"].translation()
    assert nearest < float(np.linalg.norm(away))
